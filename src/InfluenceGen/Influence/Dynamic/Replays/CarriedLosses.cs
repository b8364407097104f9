using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>
/// What the models that are carried along a training say of losses: of those whom each leaves out, of others. A piece of models is one
/// thread's, and what pieces give is added up in their order.
/// </summary>
internal sealed class CarriedLosses<TModel, T>(InfluenceTask<TModel, T> task, CarriedModels<TModel, T> carried) : IPartedWork
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _length = task.Layout.StorageLength;
    private Spares<Bench>? _benches;
    private Action<Bench, int> _visit = (_, _) => { };
    private int _count;
    private int _longest = 1;

    /// <summary>Calls for each of some models, on any thread and in any order; pieces of them on one.</summary>
    /// <param name="count">How many.</param>
    /// <param name="visit">Told the place of each and the buffers of its thread.</param>
    /// <param name="longest">The most examples that it puts into <see cref="Bench.Own"/>.</param>
    public void ForEach(int count, Action<Bench, int> visit, int longest = 1)
    {
        (_count, _visit, _longest) = (count, visit, longest);
        _benches ??= new Spares<Bench>(() => new Bench(task, _longest));
        task.Team.Run(this, (count - 1) / CarriedModels<TModel, T>.PieceLength + 1);
    }

    void IPartedWork.Run(int part)
    {
        var bench = _benches!.Take();
        if (bench.Own.Capacity < _longest)
        {
            bench = new Bench(task, _longest);
        }

        var last = Math.Min((part + 1) * CarriedModels<TModel, T>.PieceLength, _count);
        for (var k = part * CarriedModels<TModel, T>.PieceLength; k < last; k++)
        {
            _visit(bench, k);
        }

        _benches.Return(bench);
    }

    /// <summary>The mean loss of those who are left out, along the training.</summary>
    public LeaveOneOutPath Path(int[][] removals, int every)
    {
        var (steps, sums, training) = (new List<int>(), new List<double>(), new List<double>());
        var weight = removals.Sum(removal => removal.Sum(i => task.Training.Weights.IsEmpty ? 1 : double.CreateChecked(task.Training.Weights[i])));
        var longest = removals.Max(removal => removal.Length);
        var (each, all) = (new double[removals.Length], new AlignedBuffer<T>(task.Training.Count));
        for (var first = 0; first < removals.Length; first += carried.Block)
        {
            var (begin, count) = (first, Math.Min(carried.Block, removals.Length - first));
            var place = 0;
            carried.Of(removals.AsSpan(begin, count), share => task.Report((begin + share * count) / removals.Length), every, changes =>
            {
                ForEach(count, (bench, k) => each[k] = bench.LossOfOwn(removals[begin + k], carried.Weights.Span, changes.Span.Slice(k * _length, _length)), longest);
                if (begin == 0)
                {
                    steps.Add(carried.Number);
                    sums.Add(0);
                    task.Sweeps.Loss(task.Training, carried.Weights, all);
                    training.Add(double.CreateChecked(TensorPrimitives.Sum<T>(all.Span)) / task.Training.TotalWeight);
                }

                for (var k = 0; k < count; k++)
                {
                    sums[place] += each[k];
                }

                place++;
            });
        }

        return new([.. steps], [.. sums.Select(sum => FiniteResults.Require(sum / weight, "leave-one-out loss"))], [.. training]);
    }

    /// <summary>The buffers of one thread.</summary>
    internal sealed class Bench(InfluenceTask<TModel, T> task, int capacity)
    {
        private readonly AlignedBuffer<T> _direction = new(task.Layout.StorageLength);
        private readonly AlignedBuffer<T> _moved = new(task.Layout.StorageLength);
        private readonly SweepRunner<TModel, T> _sweeps = new(task.Sweeps.Model, new WorkerTeam(1));
        private AlignedBuffer<T> _numbers = new(0);

        /// <summary>Examples of the training set that something is asked about.</summary>
        public BatchBuffer<T> Own { get; } = new(task.Training, capacity);

        /// <summary>The sum of the losses of some training examples at weights that are moved.</summary>
        public double LossOfOwn(int[] positions, ReadOnlySpan<T> weights, ReadOnlySpan<T> change)
        {
            Own.Fill(positions);
            TensorPrimitives.Add(weights, change, _moved.Span);
            AlignedBuffer<T>.Grow(ref _numbers, positions.Length);
            _sweeps.Loss(Own.Examples, _moved, _numbers);
            return double.CreateChecked(TensorPrimitives.Sum<T>(_numbers.Span[..positions.Length]));
        }

        /// <summary>What a change of the final weights does to the losses of some examples.</summary>
        /// <param name="on">The examples.</param>
        /// <param name="before">Their losses at the final weights, where the change is taken exactly.</param>
        /// <param name="change">The change.</param>
        /// <param name="effect">How.</param>
        /// <returns>A number for each, in memory that the next call uses again.</returns>
        public ReadOnlySpan<T> Effects(ExampleSet<T> on, ReadOnlySpan<T> before, ReadOnlySpan<T> change, LossChange effect)
        {
            var count = on.Count;
            AlignedBuffer<T>.Grow(ref _numbers, 2L * count);
            var effects = _numbers.Span[..count];
            var second = _numbers.Span.Slice(count, count);
            if (effect == LossChange.Exact)
            {
                TensorPrimitives.Add(task.Weights.Span, change, _moved.Span);
                _sweeps.Loss(on, _moved, _numbers);
                TensorPrimitives.Subtract(effects, before, effects);
                return effects;
            }

            change.CopyTo(_direction.Span);
            if (effect == LossChange.SecondOrder)
            {
                _sweeps.HessianDot(on, task.Weights, _direction, _direction, _numbers);
                TensorPrimitives.Divide(effects, T.One + T.One, second);
            }
            else
            {
                second.Clear();
            }

            _sweeps.ScoreDot(on, task.Weights, _direction, _numbers);
            TensorPrimitives.Add(effects, second, effects);
            return effects;
        }
    }
}

/// <summary>Scores of examples by models that are carried along without each of them.</summary>
internal sealed class CarriedScores<TModel, T>(InfluenceTask<TModel, T> task, CarriedModels<TModel, T> carried, LossChange effect) : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CarriedLosses<TModel, T> _losses = new(task, carried);
    private readonly int _length = task.Layout.StorageLength;
    private AlignedBuffer<T>? _all;

    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfCoefficients(task.Fit.Trajectory!)];

    // What test examples take is a few numbers each.
    public override long MemoryOfTest => 0;

    /// <exception cref="InvalidOperationException">Both the training and the test examples come in several blocks.</exception>
    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var n = task.Training.Count;
        if (carried.Block < n && last - first < task.Test.Count)
        {
            throw new InvalidOperationException(
                $"{n} training examples take {(n - 1) / carried.Block + 1} blocks of models within the memory bound, and {task.Test.Count} test examples several blocks of scores: the training would be walked along for each pair of blocks. Set MemoryBound to {n * carried.MemoryOfOne} bytes, ask for all scores at once (Influence) or for fewer test examples.");
        }

        var tests = task.TestPart(first, last);
        var before = LossesOf(tests);
        ForBlocks((changes, begin, count) => _losses.ForEach(count, (bench, k) =>
        {
            var effects = bench.Effects(tests, before.Span, changes.Span.Slice(k * _length, _length), effect);
            for (var t = 0; t < effects.Length; t++)
            {
                scores[t * n + begin + k] = effects[t];
            }
        }), share => TracedFit.Report(task, first, last, share));
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        if (effect == LossChange.FirstOrder)
        {
            var gradient = new AlignedBuffer<T>(_length);
            task.WriteGradientSum(task.Test, gradient);
            ForBlocks((changes, begin, count) => _losses.ForEach(count, (_, k) =>
                scores[begin + k] = TensorPrimitives.Dot<T>(gradient.Span, changes.Span.Slice(k * _length, _length))), task.Report);
            return;
        }

        var before = LossesOf(task.Test);
        ForBlocks((changes, begin, count) => _losses.ForEach(count, (bench, k) =>
            scores[begin + k] = TensorPrimitives.Sum(bench.Effects(task.Test, before.Span, changes.Span.Slice(k * _length, _length), effect))), task.Report);
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var before = LossesOf(task.Training);
        ForBlocks((changes, begin, count) => _losses.ForEach(count, (bench, k) =>
        {
            bench.Own.Fill([begin + k]);
            var own = before.Length == 0 ? default : before.Span.Slice(begin + k, 1);
            scores[begin + k] = bench.Effects(bench.Own.Examples, own, changes.Span.Slice(k * _length, _length), effect)[0];
        }), task.Report);
    }

    private AlignedBuffer<T> LossesOf(ExampleSet<T> examples)
    {
        var losses = new AlignedBuffer<T>(effect == LossChange.Exact ? examples.Count : 0);
        if (losses.Length > 0)
        {
            task.Sweeps.Loss(examples, task.Weights, losses);
        }

        return losses;
    }

    private void ForBlocks(Action<AlignedBuffer<T>, int, int> visit, Action<double> report)
    {
        var n = task.Training.Count;
        if (_all is not null)
        {
            visit(_all, 0, n);
            return;
        }

        for (var first = 0; first < n; first += carried.Block)
        {
            var (begin, count) = (first, Math.Min(carried.Block, n - first));
            int[][] removals = [.. Enumerable.Range(begin, count).Select(i => (int[])[i])];
            var changes = carried.Of(removals, share => report((begin + count * share) / n));
            _all = count == n ? changes : null;
            visit(changes, begin, count);
        }
    }
}

/// <summary>Changes of the parameters by models that are carried along without each of some groups.</summary>
internal sealed class CarriedGroups<TModel, T>(InfluenceTask<TModel, T> task, CarriedModels<TModel, T> carried) : GroupSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfCoefficients(task.Fit.Trajectory!)];

    internal override int Together => carried.Block;

    public override void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change) =>
        carried.Of([group.ToArray()], null).Span.CopyTo(change.Span);

    internal override AlignedBuffer<T> ChangesOf(ReadOnlySpan<int[]> groups, Action<double> progress) => carried.Of(groups, progress);
}
