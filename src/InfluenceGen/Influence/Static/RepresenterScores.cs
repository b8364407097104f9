using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>Contributions to the output that a test example's label stands for, as scores.</summary>
internal sealed class RepresenterScores<TModel, T> : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Together = 64;

    private readonly InfluenceTask<TModel, T> _task;
    private readonly RepresenterSource<T> _source;

    /// <exception cref="InvalidOperationException">Labels are not classes.</exception>
    public RepresenterScores(InfluenceTask<TModel, T> task, RepresenterSource<T> source)
    {
        if (task.Sweeps.Model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution))
        {
            throw new InvalidOperationException(
                "Representer points score the contribution to the logit of a label; this model's labels are not classes. Ask for the contributions to its outputs (Representers), or use influence functions.");
        }

        (_task, _source) = (task, source);
    }

    public override ImmutableArray<string> Notes => _source.Notes;

    public override long MemoryOfTest => _source.MemoryOfTest;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var test = _task.TestPart(first, last);
        _source.Write(_task.Training, 0, test, OfLabels(test), scores);
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var square = new AlignedBuffer<T>(Together, Together);
        for (var first = 0; first < _task.Training.Count; first += Together)
        {
            var part = InfluenceTask<TModel, T>.Part(_task.Training, first, Math.Min(first + Together, _task.Training.Count));
            _source.Write(part, first, part, OfLabels(part), square);
            for (var i = 0; i < part.Count; i++)
            {
                scores[first + i] = square[i * (part.Count + 1)];
            }

            _task.Report((double)(first + part.Count) / _task.Training.Count);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var n = _task.Training.Count;
        var rows = new AlignedBuffer<T>(Math.Min(Together, _task.Test.Count), n);
        scores.Span.Clear();
        for (var first = 0; first < _task.Test.Count; first += Together)
        {
            var last = Math.Min(first + Together, _task.Test.Count);
            WriteScores(first, last, rows);
            for (var t = 0; t < last - first; t++)
            {
                // A contribution to an output has nothing of the test example's weight in it, as a loss has.
                var weight = _task.Test.Weights.IsEmpty ? T.One : _task.Test.Weights[first + t];
                TensorPrimitives.MultiplyAdd(rows.Span.Slice(t * n, n), weight, scores.Span, scores.Span);
            }

            _task.Report((double)last / _task.Test.Count);
        }
    }

    /// <summary>The label of each example as weights of the outputs: a share for each class; 1 or −1 for a label of 1 or 0.</summary>
    private AlignedBuffer<T> OfLabels(ExampleSet<T> examples)
    {
        var outputs = AlignedBuffer<T>.CopyOf(examples.Labels);
        if (_task.Sweeps.Model.Labels == LabelDomain.Binary)
        {
            for (var i = 0; i < examples.Count; i++)
            {
                foreach (ref var label in outputs.Span.Slice(i * examples.LabelStride, examples.LabelCount))
                {
                    label = label + label - T.One;
                }
            }
        }

        return outputs;
    }
}
