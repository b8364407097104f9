using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>What becomes of the rest of the training when an individual is left out.</summary>
public enum Removal
{
    /// <summary>As if its data had never been collected: the mean loss and the initial bias are over the others.</summary>
    Refit,

    /// <summary>Only its terms go: the divisor |B| and the initial bias stay what they were with it.</summary>
    Fixed,
}

/// <summary>Receives the influence of one individual on each deployment example.</summary>
/// <param name="individual">The individual that was left out, by code.</param>
/// <param name="influence">Marginal(u, z′) for each deployment example, positive where u reduces its loss; valid during
/// the call only.</param>
public delegate void InfluenceVisitor(int individual, ReadOnlySpan<double> influence);

/// <summary>
/// Leave one out, by retraining: Marginal(u, z′) = ℓ(M_{Z∖Z_u}, z′) − ℓ(M_Z, z′) (Sundararajan and Krichene, Eq. (1);
/// Hammoudeh and Lowd, Eq. (8)), where M is trained by the same plan from the same start. Whoever has one example is
/// one example; others are left out with all of theirs.
/// </summary>
/// <remarks>
/// In a factorization the decomposed penalty keeps its counts: the shares of those who stay are what they were. The cost
/// is one training for each individual; those run side by side on the plan's threads. Safe for any number of threads at once, each of
/// whose calls has threads of its own.
/// </remarks>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed class LeaveOneOut<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Retrainings between two rounds of visits; results are visited in the order of codes whatever thread had them.
    private const int Block = 64;

    private readonly TModel _model;
    private readonly GradientDescent _plan;
    private readonly Removal _removal;

    /// <summary>Prepares to leave out individuals of a training set.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set Z.</param>
    /// <param name="plan">How to train, with everybody and without each one.</param>
    /// <param name="removal">What becomes of the rest.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads.</exception>
    public LeaveOneOut(TModel model, ExampleSet<T> training, GradientDescent plan, Removal removal)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Settings.RequireDefined(removal);
        ModelData.RequireFit(model, training, nameof(training));
        _model = model;
        Training = training;
        _plan = plan;
        _removal = removal;
    }

    /// <summary>The training set.</summary>
    public ExampleSet<T> Training { get; }

    /// <summary>Retrains without each individual that has training examples, in the order of their codes.</summary>
    /// <param name="deployment">The examples to measure the influence on.</param>
    /// <param name="visitor">Told each individual's influence.</param>
    /// <param name="progress">Told how many individuals are done; may be null.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, only one individual trains, or the labels
    /// of those who stay have no finite baseline.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void InfluenceOn(ExampleSet<T> deployment, InfluenceVisitor visitor, Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        deployment = ModelData.Matched(_model, Training, deployment, nameof(deployment));
        var examples = Segments.Ordered(Training.IndividualOf, Training.Individuals.Count);
        var trainers = Enumerable.Range(0, Training.Individuals.Count)
            .Where(u => examples.Offsets[u] < examples.Offsets[u + 1]).ToArray();
        if (trainers.Count(u => Training.Weights.IsEmpty || HasWeight(examples.Order[examples.Offsets[u]..examples.Offsets[u + 1]])) < 2)
        {
            throw new ArgumentException("There is only one individual with training examples; without it there is nothing to train on.");
        }

        using var team = new WorkerTeam(_plan.Threads);
        using var round = new Round(this, deployment, examples, trainers.Length, cancellation);
        for (var first = 0; first < trainers.Length; first += Block)
        {
            var individuals = trainers.AsMemory(first, Math.Min(Block, trainers.Length - first));
            round.Individuals = individuals;
            team.Run(round, (individuals.Length - 1) / round.Together + 1);
            for (var i = 0; i < individuals.Length; i++)
            {
                visitor(individuals.Span[i], round.Influence(i));
                progress?.Invoke(first + i + 1);
            }
        }
    }

    private bool HasWeight(ReadOnlySpan<int> examples)
    {
        foreach (var example in examples)
        {
            if (Training.Weights[example] > T.Zero)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The retrainings of one block: each piece of work is one, or as many as there are lanes.</summary>
    private sealed class Round : IPartedWork, IDisposable
    {
        private readonly LeaveOneOut<TModel, T> _parent;
        private readonly ExampleSet<T> _deployment;
        private readonly Segments _examples;
        private readonly CancellationToken _cancellation;
        private readonly Spares<Bench> _benches;
        private readonly T[] _losses;
        private readonly double[] _influence;

        public Round(LeaveOneOut<TModel, T> parent, ExampleSet<T> deployment, Segments examples, int count, CancellationToken cancellation)
        {
            _parent = parent;
            _deployment = deployment;
            _examples = examples;
            _cancellation = cancellation;
            Together = SubmodelTrainer<TModel, T>.UsesLanes(parent._model, parent.Training, parent._plan, count) ? LaneExamples<T>.Lanes : 1;
            _benches = new Spares<Bench>(() => new Bench(this));
            var first = _benches.Take();
            _losses = new T[deployment.Count];
            first.Trainer.Train([parent.Training.PositionsWithout([])], (_, weights) => first.LossesAt(weights).CopyTo(_losses), cancellation);
            _benches.Return(first);
            _influence = new double[Sizes.Product(Block, deployment.Count, "Ask for fewer deployment examples at a time.")];
        }

        /// <summary>Individuals of a piece of work.</summary>
        public int Together { get; }

        public ReadOnlyMemory<int> Individuals { get; set; }

        public ReadOnlySpan<double> Influence(int number) => InfluenceOf(number);

        public void Run(int part)
        {
            var bench = _benches.Take();
            var first = part * Together;
            var individuals = Individuals.Slice(first, Math.Min(Together, Individuals.Length - first));
            var parts = new int[individuals.Length][];
            for (var k = 0; k < parts.Length; k++)
            {
                var u = individuals.Span[k];
                parts[k] = _parent.Training.PositionsWithout(_examples.Order[_examples.Offsets[u].._examples.Offsets[u + 1]]);
            }

            bench.Trainer.Train(parts, (k, weights) =>
            {
                var losses = bench.LossesAt(weights);
                var influence = InfluenceOf(first + k);
                for (var i = 0; i < influence.Length; i++)
                {
                    influence[i] = double.CreateChecked(losses[i] - _losses[i]);
                }
            }, _cancellation);
            _benches.Return(bench);
        }

        public void Dispose() => _benches.Dispose();

        private Span<double> InfluenceOf(int part) => _influence.AsSpan(part * _deployment.Count, _deployment.Count);

        /// <summary>The buffers of one thread.</summary>
        private sealed class Bench(Round round) : IDisposable
        {
            private readonly WorkerTeam _team = new(1);
            private readonly AlignedBuffer<T> _losses = new(round._deployment.Count);
            private SweepRunner<TModel, T>? _sweeps;

            public SubmodelTrainer<TModel, T> Trainer { get; } =
                SubmodelTrainer<TModel, T>.By(round._parent._model, round._parent.Training, round._parent._plan, round._parent._removal, round.Together > 1);

            public Span<T> LossesAt(AlignedBuffer<T> weights)
            {
                _sweeps ??= new SweepRunner<TModel, T>(round._parent._model, _team);
                _sweeps.Loss(round._deployment, weights, _losses);
                FiniteResults.Require<T, T>(_losses.Span, round._deployment, 1, "loss");
                return _losses.Span;
            }

            public void Dispose()
            {
                Trainer.Dispose();
                _team.Dispose();
            }
        }
    }
}
