using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>How parts are trained: to the minimum or by the plan, one by one or side by side.</summary>
public sealed partial class Retrainer<TModel, T>
{
    private Bench NewBench(bool inLanes) => !Converges ? new Planned(this, inLanes) : inLanes ? new MinimaInLanes(this) : new Minimised(this);

    /// <summary>The buffers of one thread.</summary>
    private abstract class Bench : IDisposable
    {
        /// <summary>Trains on parts.</summary>
        /// <param name="parts">The positions of each, ascending.</param>
        /// <param name="read">Told each part's place among them and its model.</param>
        public abstract void Train(int[][] parts, Action<int, Fit<TModel, T>> read);

        public virtual void Dispose()
        {
        }
    }

    /// <summary>To the minimum, one by one.</summary>
    private sealed class Minimised(Retrainer<TModel, T> parent) : Bench
    {
        public override void Train(int[][] parts, Action<int, Fit<TModel, T>> read)
        {
            for (var k = 0; k < parts.Length; k++)
            {
                read(k, parent.MinimumAlone(parts[k]));
            }
        }
    }

    /// <summary>To the minimum, side by side; what lanes do not bring there beyond doubt, one by one.</summary>
    private sealed class MinimaInLanes : Bench
    {
        private readonly Retrainer<TModel, T> _parent;
        private readonly WorkerTeam _team = new(1);
        private readonly LaneMinimiser<TModel, T> _lanes;

        public MinimaInLanes(Retrainer<TModel, T> parent)
        {
            _parent = parent;
            _lanes = new LaneMinimiser<TModel, T>(parent.Full.Model, parent._unitFree!, parent._units!, parent.Full.Weights.Span, FarOutputs, _team);
        }

        public override void Train(int[][] parts, Action<int, Fit<TModel, T>> read)
        {
            var blocks = _parent.Full.Model.Layout.Blocks;
            var starts = Array.ConvertAll(parts, kept => _parent.FitOf(kept, _parent.Full.Weights));
            for (var k = 0; k < parts.Length; k++)
            {
                _lanes.Include(k, parts[k], starts[k].PenaltyOf(blocks[0]), blocks.Length > 1 ? starts[k].PenaltyOf(blocks[1]) : 0);
            }

            _lanes.Run(_parent._own.Cancellation);
            for (var k = 0; k < parts.Length; k++)
            {
                var weights = new AlignedBuffer<T>(_parent.Full.Weights.Length);
                var isReached = _lanes.Write(k, parts[k], weights.Span);
                read(k, isReached ? starts[k].At(weights) : _parent.MinimumAlone(parts[k]));
            }
        }

        public override void Dispose() => _team.Dispose();
    }

    /// <summary>By the plan.</summary>
    private sealed class Planned(Retrainer<TModel, T> parent, bool inLanes) : Bench
    {
        private readonly SubmodelTrainer<TModel, T> _trainer =
            SubmodelTrainer<TModel, T>.By(parent.Full.Model, parent.Training, parent.Full.Plan, parent.Removal, inLanes,
                parent.OfCoalitions ? () => Interlocked.Increment(ref parent._started) : null);

        public override void Train(int[][] parts, Action<int, Fit<TModel, T>> read) => _trainer.Train(parts, (k, weights) =>
            read(k, new Fit<TModel, T>(parent.Full.Model, parent.Training, parent.Full.Plan, weights)), parent._own.Cancellation);

        public override void Dispose() => _trainer.Dispose();
    }
}
