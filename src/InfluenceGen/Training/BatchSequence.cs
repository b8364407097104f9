using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>The batches of one training after another, gathered into the same buffer.</summary>
internal sealed class BatchSequence<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExampleSet<T> _training;
    private readonly Sampling _sampling;
    private readonly int[] _order = [];
    private RandomSource _random = new(0);
    private int _next;

    /// <exception cref="ArgumentException">A stated batch names a position that the set does not have.</exception>
    public BatchSequence(ExampleSet<T> training, Sampling sampling)
    {
        _training = training;
        _sampling = sampling;
        switch (sampling)
        {
            case Sampling.Epochs { BatchSize: var size }:
                _order = new int[training.Count];
                Buffer = new BatchBuffer<T>(training, Math.Min(size, training.Count));
                break;
            case Sampling.Stated { Batches: { IsEmpty: false } batches }:
                RequirePositions(batches, training.Count);
                Buffer = new BatchBuffer<T>(training, batches.Max(batch => batch.Length));
                break;
        }
    }

    /// <summary>Where batches are gathered; null where every step visits the whole set.</summary>
    public BatchBuffer<T>? Buffer { get; }

    /// <summary>The most examples in a batch.</summary>
    public int Capacity => Buffer?.Capacity ?? _training.Count;

    /// <summary>Batches after which the same examples come again, as far as the sampling goes.</summary>
    public int PerEpoch => _sampling switch
    {
        Sampling.Epochs { BatchSize: var size } => (_training.Count - 1) / size + 1,
        Sampling.Stated { Batches: var batches } => batches.Length,
        _ => 1,
    };

    /// <summary>Goes back to the first step.</summary>
    public void Restart()
    {
        _next = _training.Count;
        if (_sampling is Sampling.Epochs { Seed: var seed })
        {
            _random = new RandomSource(seed);
            for (var i = 0; i < _order.Length; i++)
            {
                _order[i] = i;
            }
        }
    }

    /// <summary>Gathers the batch of a step; steps are taken in order.</summary>
    public void Fill(int step)
    {
        if (_sampling is Sampling.Stated { Batches: var batches })
        {
            Buffer!.Fill(batches[step].AsSpan());
        }
        else if (_sampling is Sampling.Epochs { BatchSize: var size })
        {
            if (_next >= _order.Length)
            {
                _random.Shuffle<int>(_order);
                _next = 0;
            }

            var count = Math.Min(size, _order.Length - _next);
            Buffer!.Fill(_order.AsSpan(_next, count));
            _next += count;
        }
    }

    private static void RequirePositions(ImmutableArray<ImmutableArray<int>> batches, int count)
    {
        for (var step = 0; step < batches.Length; step++)
        {
            foreach (var position in batches[step])
            {
                if ((uint)position >= (uint)count)
                {
                    throw new ArgumentException(
                        $"The batch of step {step} (counted from 0) names position {position} of a training set of {count} examples.");
                }
            }
        }
    }
}
