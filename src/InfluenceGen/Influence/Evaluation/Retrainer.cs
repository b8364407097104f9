using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>How a model is trained again on part of its training set.</summary>
public enum RetrainBy
{
    /// <summary><see cref="Minimum"/> where outputs are linear in the parameters, so that the objective is convex;
    /// <see cref="Plan"/> elsewhere.</summary>
    Automatic,

    /// <summary>The minimum of the part's objective, by Newton's method from the minimum on everything: what static methods are
    /// about. Of an objective with several minima it is one nearby.</summary>
    Minimum,

    /// <summary>The fit's plan, from its start and in its batches, without the others: what dynamic methods are about.</summary>
    Plan,
}

/// <summary>
/// Trains a model again on parts of its training set: the ground truth that scores are held against. Parts are trained side by side;
/// what comes out is the same bits on any number of threads.
/// </summary>
/// <remarks>
/// In a factorization the decomposed penalty keeps its counts, as in <see cref="LeaveOneOut{TModel, T}"/>. A minimum is what
/// <c>Converged</c> accepts. It is looked for with the factor of the Hessian on everything as long as what a step
/// promises falls to a ninth a step, which costs n p + p² a step, and with Newton's method from there. Memory is two copies of the part for
/// each thread, and p² more where Newton's method is needed. Safe for any number of threads at once, each of whose calls has threads of
/// its own.
/// </remarks>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed partial class Retrainer<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Parts of a round, for each thread: progress and cancellation come between rounds.
    private const int RoundOfThread = 8;

    // How far outputs of classes and counts move before their slope and curvature are looked at anew.
    private const double FarOutputs = 10;

    // How far the plan's weights may be from the fit's, relative to the largest of them.
    private const double SameWeights = 1e-6;

    private readonly InfluenceOptions _options;
    private readonly InfluenceOptions _own;
    private readonly double _tolerance;
    private readonly FeatureUnits? _units;
    private readonly ExampleSet<T>? _unitFree;
    private readonly CurvatureModel? _curvature;

    internal Retrainer(Fit<TModel, T> fit, Removal removal, RetrainBy by, double? tolerance, InfluenceOptions? options, bool ofCoalitions = false)
    {
        Settings.RequireDefined(removal);
        Settings.RequireDefined(by);
        _options = options ?? new InfluenceOptions();
        _own = new InfluenceOptions { Threads = 1, Cancellation = _options.Cancellation };
        _tolerance = tolerance ?? Minimum.Accepted;
        (Removal, OfCoalitions) = (removal, ofCoalitions);
        Converges = by == RetrainBy.Minimum || by == RetrainBy.Automatic && fit.Model.HasLinearOutputs;
        if (Converges)
        {
            var silent = new InfluenceOptions { Threads = _options.Threads, Cancellation = _options.Cancellation };
            Full = ofCoalitions ? OfEverybody(fit, silent) : fit.Converged(_tolerance, options: silent);
            _units = FeatureUnits.Of(Full.Model, BlockSet.All, Training);
            _unitFree = _units?.Apply(Training) ?? Training;
            if (ofCoalitions && IsLeastSquares && SmallestMinimum([.. Enumerable.Range(0, Training.Count)]) is { } smallest)
            {
                _several++;
                Full = smallest;
            }

            _curvature = CurvatureOfEverything();
        }
        else
        {
            Full = fit;
            RequirePlan();
        }
    }

    /// <summary>The model trained on everything: the minimum, or the fit itself where retraining is by its plan.</summary>
    public Fit<TModel, T> Full { get; }

    /// <summary>Its training set, n examples.</summary>
    public ExampleSet<T> Training => Full.Training;

    /// <summary>What becomes of the rest when examples are left out.</summary>
    public Removal Removal { get; }

    /// <summary>Whether models are trained to a minimum, and not by the plan.</summary>
    public bool Converges { get; }

    /// <summary>The losses of test examples after training on parts.</summary>
    /// <param name="parts">For each part, the positions in the training set to train on.</param>
    /// <param name="on">The test examples.</param>
    /// <returns>A row for each part, a column for each test example.</returns>
    /// <exception cref="ArgumentException">The test set is not one this model reads, or a part is empty or names an example twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
    /// <exception cref="InvalidOperationException">Without those left out there is no minimum, or it was not reached; the message names them and
    /// says how near it came.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double[,] Losses(IReadOnlyList<int[]> parts, ExampleSet<T> on)
    {
        RequireMembers(parts);
        return Losses(parts.Count, i => parts[i], on);
    }

    /// <summary>The losses of test examples after training without groups of examples.</summary>
    /// <param name="groups">For each training, the positions in the training set to leave out.</param>
    /// <param name="on">The test examples.</param>
    /// <returns>A row for each group, a column for each test example.</returns>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public double[,] LossesWithout(IReadOnlyList<int[]> groups, ExampleSet<T> on)
    {
        RequireMembers(groups);
        return Losses(groups.Count, i => Without(groups[i]), on);
    }

    /// <summary>The losses of test examples after training on parts, over several seeds of a plan that draws its batches or its start.</summary>
    /// <param name="parts">For each part, the positions in the training set to train on.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="seeds">How often each part is trained, 2 or more: training s, from 0, adds s to the plan's seeds.</param>
    /// <returns>The means over trainings and their standard errors: a row for each part, a column for each test example.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two seeds, or a position is not one of the training set's.</exception>
    /// <exception cref="InvalidOperationException">Training does not depend on a seed: it is to the minimum, or the plan draws nothing.</exception>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public (double[,] Means, double[,] Errors) LossesOverSeeds(IReadOnlyList<int[]> parts, ExampleSet<T> on, int seeds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 2);
        RequireMembers(parts);
        on = ModelData.Matched(Full.Model, Training, on, nameof(on));
        var (means, errors, clock) = (new double[parts.Count, on.Count], new double[parts.Count, on.Count], new TrainingClock(_options));
        Retrainer<TModel, T>[] trainings = [.. Enumerable.Range(0, seeds).Select(OfSeed)];
        for (var seed = 0; seed < seeds; seed++)
        {
            var done = seed;
            var losses = trainings[seed].Losses(parts.Count, i => parts[i], on, share => clock.Tell((done + share) / seeds));
            for (var part = 0; part < parts.Count; part++)
            {
                for (var test = 0; test < on.Count; test++)
                {
                    // Welford's sums.
                    var deviation = losses[part, test] - means[part, test];
                    means[part, test] += deviation / (seed + 1);
                    errors[part, test] += deviation * (losses[part, test] - means[part, test]);
                }
            }
        }

        for (var part = 0; part < parts.Count; part++)
        {
            for (var test = 0; test < on.Count; test++)
            {
                errors[part, test] = Math.Sqrt(errors[part, test] / (seeds - 1.0) / seeds);
            }
        }

        return (means, errors);
    }

    /// <summary>This retrainer by the plan of another training: s is added to its seeds.</summary>
    /// <exception cref="InvalidOperationException">Training does not depend on a seed.</exception>
    internal Retrainer<TModel, T> OfSeed(int seed)
    {
        if (seed == 0)
        {
            return this;
        }

        if (Converges || !Full.Plan.IsRandom<TModel, T>(Full.Model, Training.Count))
        {
            throw new InvalidOperationException(Converges
                ? "A minimum does not depend on seeds, so that training again gives the same. Ask for one training, or retrain by the plan (RetrainBy.Plan)."
                : "This plan draws neither batches nor a start, so that training again gives the same. Ask for one training, or train by mini-batches (GradientDescent.MiniBatch).");
        }

        var fit = Trainer.Train(Full.Model, Training, Full.Plan.OfSeed(seed) with { Threads = _options.Threads }, null, _options.Cancellation);
        return new(fit, Removal, RetrainBy.Plan, null, _options, OfCoalitions);
    }

    /// <summary>Trains on parts and reads something from each.</summary>
    /// <param name="count">How many parts.</param>
    /// <param name="part">The positions of each; called on any thread.</param>
    /// <param name="read">Told each part's number and model, on any thread and in any order; it keeps what it reads apart by number.</param>
    /// <param name="progress">Told which share is done.</param>
    internal void Train(int count, Func<int, int[]> part, Action<int, Fit<TModel, T>> read, Action<double>? progress)
    {
        using var team = new WorkerTeam(_options.Threads);
        using var round = new Round(this, part, read, count);
        var length = (round.Together > 1 ? 1 : RoundOfThread) * team.Threads;
        var works = (count - 1) / round.Together + 1;
        for (var first = 0; first < (count == 0 ? 0 : works); first += length)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            round.First = first;
            team.Run(round, Math.Min(length, works - first));
            progress?.Invoke(Math.Min(1, (double)(first + length) / works));
        }
    }

    /// <summary>Whether so many parts are trained side by side, one in each lane of a processor's registers; else one after another on
    /// each thread. Models of one layer with one unit are, of up to 63 features to minima and 255 by a plan without clipping, in fours or more.</summary>
    /// <param name="count">How many parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than none.</exception>
    public bool UsesLanes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Converges
            ? _units is not null && SubmodelTrainer<TModel, T>.UsesLanes(Full.Model, Training, LeastCount(count))
            : SubmodelTrainer<TModel, T>.UsesLanes(Full.Model, Training, Full.Plan, LeastCount(count));
    }

    /// <summary>The bits of a coalition's utility must not depend on how many are asked for with it.</summary>
    private int LeastCount(int count) => OfCoalitions ? int.MaxValue : count;

    /// <inheritdoc cref="Train(int, Func{int, int[]}, Action{int, Fit{TModel, T}}, Action{double})"/>
    /// <exception cref="InvalidOperationException">It would take longer than the budget.</exception>
    internal void Train(int count, Func<int, int[]> part, Action<int, Fit<TModel, T>> read) =>
        Train(count, part, read, new TrainingClock(_options).Tell);

    /// <summary>Whom the caller wants told about progress.</summary>
    internal Action<double>? Progress => _options.Progress;

    /// <summary>The positions that are left when some are left out.</summary>
    internal int[] Without(ReadOnlySpan<int> removed) => Training.PositionsWithout(removed);

    /// <summary>Refuses scores that are of other sets.</summary>
    internal void Require(InfluenceScores<T> scores, ExampleSet<T> test)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(test);
        if (scores.TrainingCount != Training.Count || scores.TestCount != test.Count)
        {
            throw new ArgumentException(
                $"The scores are of {scores.TrainingCount} training examples and {scores.TestCount} test examples; here are {Training.Count} and {test.Count}.",
                nameof(scores));
        }
    }

    private double[,] Losses(int count, Func<int, int[]> part, ExampleSet<T> on) => Losses(count, part, on, new TrainingClock(_options).Tell);

    private double[,] Losses(int count, Func<int, int[]> part, ExampleSet<T> on, Action<double>? progress)
    {
        on = ModelData.Matched(Full.Model, Training, on, nameof(on));
        _ = Sizes.Product(count, on.Count, "Ask for fewer parts or test examples at a time.");
        var losses = new double[count, on.Count];
        Train(count, part, (i, fit) =>
        {
            ReadOnlySpan<T> row = fit.Losses(on);
            for (var test = 0; test < row.Length; test++)
            {
                losses[i, test] = double.CreateChecked(row[test]);
            }
        }, progress);
        return losses;
    }

    private Fit<TModel, T> FitOf(int[] kept, AlignedBuffer<T> weights)
    {
        var part = Part(Training, kept);
        return new Fit<TModel, T>(Full.Model, part, Full.Plan, weights)
        {
            Divisor = Removal == Removal.Fixed ? Training.TotalWeight : part.TotalWeight,
        };
    }

    /// <summary>Refuses a fit that its plan does not lead to: there would be nothing to compare retrained models with.</summary>
    private void RequirePlan()
    {
        if (Full.Plan.Steps == 0)
        {
            throw new InvalidOperationException(
                "The fit's plan takes no step, so that retraining by it changes nothing. Retrain to the minimum (RetrainBy.Minimum), or evaluate a fit that a plan has trained.");
        }

        using var descent = new Descent<TModel, T>(Full.Model, Training, Full.Plan with { Threads = _options.Threads });
        descent.Run([], null, _options.Cancellation);
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < Full.Weights.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(double.CreateChecked(Full.Weights[i])));
            difference = Math.Max(difference, Math.Abs(double.CreateChecked(Full.Weights[i] - descent.Weights[i])));
        }

        if (difference > SameWeights * largest)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The fit's weights are not those that its plan gives; they differ by up to {difference:G2}, so that retraining by the plan has nothing to be compared with. Retrain to the minimum (RetrainBy.Minimum), or evaluate the fit that the plan has trained."));
        }
    }

    private int[] CheckedPart(int[] positions)
    {
        var sorted = Training.PositionsOf(positions);
        if (sorted.Length == 0)
        {
            throw new ArgumentException("A part holds no training example; there is nothing to train on.");
        }

        if (!Training.Weights.IsEmpty && Array.TrueForAll(sorted, example => Training.Weights[example] == T.Zero))
        {
            throw new ArgumentException("A part holds training examples of weight 0 and no others; there is nothing to train on.");
        }

        return sorted.Length == positions.Length
            ? sorted
            : throw new ArgumentException($"A part names {positions.Length} examples, of which {sorted.Length} are different; name each one once.");
    }

    /// <summary>The parts that are trained between two reports: each piece of work is one, or as many as there are lanes.</summary>
    private sealed class Round(Retrainer<TModel, T> parent, Func<int, int[]> part, Action<int, Fit<TModel, T>> read, int count)
        : IPartedWork, IDisposable
    {
        private readonly Spares<Bench> _benches = new(() => parent.NewBench(parent.UsesLanes(count)));

        /// <summary>Parts of a piece of work.</summary>
        public int Together { get; } = parent.UsesLanes(count) ? LaneExamples<T>.Lanes : 1;

        /// <summary>The first piece of work.</summary>
        public int First { get; set; }

        public void Run(int number)
        {
            parent._own.Cancellation.ThrowIfCancellationRequested();
            var first = (First + number) * Together;
            var parts = new int[Math.Min(Together, count - first)][];
            for (var k = 0; k < parts.Length; k++)
            {
                parts[k] = parent.CheckedPart(part(first + k));
            }

            var bench = _benches.Take();
            bench.Train(parts, (k, fit) => read(first + k, fit));
            _benches.Return(bench);
        }

        public void Dispose() => _benches.Dispose();
    }
}
