using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Trains submodels by a plan, from its start and in its batches, on parts of a training set: in the buffers of one thread, any number of
/// times. Models of one layer with one unit stand side by side in the lanes of registers; others, whose weights would not stay in
/// a processor's cache together, are trained one by one.
/// </summary>
internal abstract class SubmodelTrainer<TModel, T> : IDisposable
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Parts from which lanes pay: those that are not used train all the same.
    private const int FewestInLanes = 4;

    /// <summary>Whether so many parts are trained side by side by a plan.</summary>
    public static bool UsesLanes(TModel model, ExampleSet<T> training, GradientDescent plan, int count) =>
        count >= FewestInLanes && LaneDescent<TModel, T>.Serves(model, training, plan);

    /// <summary>The same for minima.</summary>
    public static bool UsesLanes(TModel model, ExampleSet<T> training, int count) =>
        count >= FewestInLanes && Training.Minima.LaneMinimiser<TModel, T>.Serves(model, training);

    /// <summary>What trains parts by a plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">What parts are of.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="removal">What becomes of the rest.</param>
    /// <param name="inLanes">Whether side by side.</param>
    /// <param name="startedAnyway">Told of a part whose labels no finite bias predicts, which then starts as everybody does; null to refuse it.</param>
    public static SubmodelTrainer<TModel, T> By(TModel model, ExampleSet<T> training, GradientDescent plan, Removal removal, bool inLanes,
        Action? startedAnyway = null) =>
        inLanes ? new SideBySide(model, training, plan, removal, startedAnyway) : new OneByOne(model, training, plan, removal, startedAnyway);

    /// <summary>Trains on parts.</summary>
    /// <param name="parts">The positions of each, as many parts as there are lanes at most.</param>
    /// <param name="read">Told each part's place among them and the weights, which are valid during the call only.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="ArgumentException">No finite bias predicts the mean label of a part.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public abstract void Train(ReadOnlySpan<int[]> parts, Action<int, AlignedBuffer<T>> read, CancellationToken cancellation);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private static void WriteIncluded(int[] kept, Span<T> included)
    {
        included.Clear();
        foreach (var example in kept)
        {
            included[example] = T.One;
        }
    }

    private sealed class OneByOne(TModel model, ExampleSet<T> training, GradientDescent plan, Removal removal, Action? startedAnyway) : SubmodelTrainer<TModel, T>
    {
        private readonly Descent<TModel, T> _descent = new(model, training, plan with { Threads = 1 });
        private readonly AlignedBuffer<T> _included = new(training.Count);

        public override void Train(ReadOnlySpan<int[]> parts, Action<int, AlignedBuffer<T>> read, CancellationToken cancellation)
        {
            for (var k = 0; k < parts.Length; k++)
            {
                WriteIncluded(parts[k], _included.Span);
                _descent.Include(_included, removal == Removal.Refit);
                try
                {
                    _descent.Run([], null, cancellation);
                }
                catch (ArgumentException) when (startedAnyway is not null && removal == Removal.Refit)
                {
                    startedAnyway();
                    _descent.Include(_included, renormalises: true, startsAsEverybody: true);
                    _descent.Run([], null, cancellation);
                }

                read(k, _descent.Weights);
            }
        }

        public override void Dispose() => _descent.Dispose();
    }

    /// <summary>One that diverges is trained once more by itself, to be told of as it would be there.</summary>
    private sealed class SideBySide(TModel model, ExampleSet<T> training, GradientDescent plan, Removal removal, Action? startedAnyway) : SubmodelTrainer<TModel, T>
    {
        private readonly LaneDescent<TModel, T> _lanes = new(model, training, plan);
        private readonly AlignedBuffer<T> _included = new(training.Count);
        private readonly AlignedBuffer<T> _weights = new(model.Layout.StorageLength);
        private OneByOne? _alone;

        public override void Train(ReadOnlySpan<int[]> parts, Action<int, AlignedBuffer<T>> read, CancellationToken cancellation)
        {
            for (var k = 0; k < LaneExamples<T>.Lanes; k++)
            {
                // A lane too many trains what the last one does.
                WriteIncluded(parts[Math.Min(k, parts.Length - 1)], _included.Span);
                _lanes.Include(k, _included.Span);
                try
                {
                    _lanes.Start(k, removal == Removal.Refit ? _included.Span : default);
                }
                catch (ArgumentException) when (startedAnyway is not null && removal == Removal.Refit)
                {
                    _lanes.Start(k, default);
                    if (k < parts.Length)
                    {
                        startedAnyway();
                    }
                }
            }

            _lanes.Run(removal == Removal.Refit, cancellation);
            for (var k = 0; k < parts.Length; k++)
            {
                if (_lanes.Write(k, _weights.Span))
                {
                    read(k, _weights);
                }
                else
                {
                    var place = k;
                    _alone ??= new OneByOne(model, training, plan, removal, startedAnyway);
                    _alone.Train(parts.Slice(k, 1), (_, weights) => read(place, weights), cancellation);
                }
            }
        }

        public override void Dispose() => _alone?.Dispose();
    }
}
