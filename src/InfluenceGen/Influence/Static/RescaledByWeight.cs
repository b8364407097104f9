using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Rescaled influence where examples have weights and what stays is averaged anew: without an example of weight w the others weigh W − w, so
/// that the penalty beside their mean, and with it the matrix to be solved with, is another one for each of the different weights.
/// </summary>
internal sealed class RescaledByWeight<TModel, T> : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly ImmutableArray<(T Weight, RescaledScores<TModel, T> Scores)> _sources;

    /// <exception cref="InvalidOperationException">As for <see cref="RescaledScores{TModel, T}"/>.</exception>
    public RescaledByWeight(InfluenceTask<TModel, T> task, InfluenceFunctions settings, LossChange effect)
    {
        _task = task;
        _sources = [.. task.Training.Weights.ToArray().Distinct().Order().Select(weight =>
            (weight, new RescaledScores<TModel, T>(task, settings, effect, double.CreateChecked(weight))))];
    }

    public override ImmutableArray<string> Notes => [.. _sources.SelectMany(source => source.Scores.Notes).Distinct()];

    public override long MemoryOfTest => _task.Layout.StorageLength + _task.Training.Count;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores) =>
        Merge(last - first, scores, (source, part) => source.WriteScores(first, last, part));

    public override void WriteJoint(AlignedBuffer<T> scores) => Merge(1, scores, static (source, part) => source.WriteJoint(part));

    public override void WriteSelf(AlignedBuffer<T> scores) => Merge(1, scores, static (source, part) => source.WriteSelf(part));

    /// <summary>Takes each example's numbers from the source of its weight.</summary>
    private void Merge(int rows, AlignedBuffer<T> scores, Action<RescaledScores<TModel, T>, AlignedBuffer<T>> write)
    {
        var weights = _task.Training.Weights;
        var part = new AlignedBuffer<T>(rows, weights.Length);
        foreach (var (weight, source) in _sources)
        {
            write(source, part);
            for (var i = 0; i < weights.Length; i++)
            {
                for (var row = 0; weights[i] == weight && row < rows; row++)
                {
                    scores[row * weights.Length + i] = part[row * weights.Length + i];
                }
            }
        }
    }
}
