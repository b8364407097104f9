using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <remarks>Sums that hold several numbers of each example are taken over a part of the examples at a time, where all of them would take
/// more than the budget for partial sums. How they are parted depends on sizes alone, so that bits do not depend on the threads.</remarks>
public sealed partial class SweepRunner<TModel, T>
{
    private AlignedBuffer<T> _partSum = new(0);
    private Part? _part;

    /// <summary>Whole chunks of examples for which <paramref name="each"/> numbers fit the budget, at least one chunk.</summary>
    private int PartLength(long each)
    {
        const int Chunk = ExampleSet<T>.ChunkLength;
        return (int)Math.Clamp(PartialBudget / each / Chunk, 1, int.MaxValue / 2 / Chunk) * Chunk;
    }

    private Part StartParts(ExampleSet<T> examples, int most, long length)
    {
        AlignedBuffer<T>.Grow(ref _partSum, length);
        _partSum.Span[..(int)length].Clear();
        if (_part is null || !ReferenceEquals(_part.Whole, examples) || _part.Positions.Length != most)
        {
            _part = new Part(examples, most);
        }

        (_part.First, _part.Length) = (0, (int)length);
        return _part;
    }

    /// <summary>Copies the next part's examples and coefficients.</summary>
    /// <returns>Whether there is one.</returns>
    private static bool FillPart(Part part, AlignedBuffer<T>? coefficients)
    {
        var count = Math.Min(part.Positions.Length, part.Whole.Count - part.First);
        if (count <= 0)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            part.Positions[i] = part.First + i;
        }

        part.Batch.Fill(part.Positions.AsSpan(0, count));
        part.IsWeighted = coefficients is not null;
        coefficients?.Span.Slice(part.First, count).CopyTo(part.Weights.Span);

        return true;
    }

    /// <summary>Adds the sum over a part, unless it was the first, whose sum stands where the whole one is to.</summary>
    private void AddPart(Part part, AlignedBuffer<T> sum)
    {
        if (part.First > 0)
        {
            var whole = sum.Span[..part.Length];
            TensorPrimitives.Add(whole, _partSum.Span[..part.Length], whole);
        }
    }

    /// <summary>Neighbouring examples of a set, copied.</summary>
    private sealed class Part(ExampleSet<T> whole, int most)
    {
        public ExampleSet<T> Whole => whole;

        public BatchBuffer<T> Batch { get; } = new(whole, most);

        public int[] Positions { get; } = new int[most];

        public AlignedBuffer<T> Weights { get; } = new(most);

        public bool IsWeighted { get; set; }

        public int Length { get; set; }

        public ExampleSet<T> Examples => Batch.Examples;

        public AlignedBuffer<T>? Coefficients => IsWeighted ? Weights : null;

        public int First { get; set; }
    }
}
