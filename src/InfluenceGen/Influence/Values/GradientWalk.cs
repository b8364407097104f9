using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>Marginal contributions of gradient steps along orders of players, a thread for each order.</summary>
internal sealed class GradientWalk<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Numbers of contributions that are kept before they are added up.
    private const long Kept = 1 << 22;

    private readonly Fit<TModel, T> _fit;
    private readonly GradientShapley _method;
    private readonly (int[][] Examples, Func<int, string> Name) _players;
    private readonly TestUtility<TModel, T> _utility;
    private readonly InfluenceOptions _options;
    private readonly double _rate;
    private readonly double[] _ofNobody;

    /// <exception cref="ArgumentException">No finite bias predicts the labels, from which the plan starts.</exception>
    public GradientWalk(Fit<TModel, T> fit, GradientShapley method, Players of, TestUtility<TModel, T> utility, InfluenceOptions? options)
    {
        Settings.RequireDefined(method.Reading);
        _rate = method.Rate ?? fit.Plan.Rate.At(0);
        Settings.RequirePositive(_rate, nameof(GradientShapley.Rate));
        (_method, _players, _utility, _options) = (method, of.In(fit.Training), utility, options ?? new InfluenceOptions());
        var (start, theta) = (new AlignedBuffer<T>(fit.Weights.Length), new T[fit.Model.Layout.Count]);
        InitialWeights.Write(fit.Plan.Start, fit.Model, fit.Training, [], start.Span);
        fit.Model.Layout.Pack<T>(start.Span, theta);
        _fit = new(fit.Model, fit.Training, fit.Plan with { Start = Initialisation.At([.. theta.Select(double.CreateChecked)]) }, start);
        _ofNobody = new double[utility.Count];
        utility.Write(_fit, _ofNobody);
    }

    public PlayerValues Run() => _method.Reading == GradientReading.Step ? OfSteps() : OfPasses();

    /// <summary>The game of models that took one step on all of a coalition's examples.</summary>
    private PlayerValues OfSteps()
    {
        var plan = PlanOf(GradientDescent.FullBatch(1, _rate)) with { Threads = _options.Threads };
        var stepped = Trainer.Train(_fit.Model, _fit.Training, plan, null, _options.Cancellation);
        var retrainer = new Retrainer<TModel, T>(stepped, Removal.Refit, RetrainBy.Plan, null, _options, ofCoalitions: true);
        var game = new RetrainingGame<TModel, T>(retrainer, _players, _utility.Count, _utility.Write, _utility.Name, _ofNobody);
        return new PermutationShapley { Stop = _method.Stop, Seed = _method.Seed, Orders = _method.Orders }.Of(game, _options);
    }

    private PlayerValues OfPasses()
    {
        var (players, utilities, clock) = (_players.Examples.Length, _utility.Count, new TrainingClock(_options));
        var orders = new MarginalOrders(players, _method.Seed, _method.Orders);
        var sums = new MarginalSums(players, _ofNobody);
        var row = Sizes.Product(players, utilities, "Evaluate fewer test examples at a time.");
        using var team = new WorkerTeam(_options.Threads);
        using var round = new Round(this, orders, row);
        var (evaluations, ofAll, marginal) = (1L, _ofNobody.ToArray(), new double[utilities]);
        var (errors, notes) = orders.Visit(_method.Stop, orders.MostOf(_method.Stop, row), sums, isPartial: false, Walk, clock.Tell);
        for (var player = 0; player < players; player++)
        {
            TensorPrimitives.Add(ofAll, sums.Means.AsSpan(player * utilities, utilities), ofAll);
        }

        ImmutableArray<string> all = [.. notes, .. EqualRows.NoteOf(_fit.Training, _players.Examples, _players.Name)];
        foreach (var note in all)
        {
            _options.Notes?.Invoke(note);
        }

        return new(NameOf, sums.Means, errors, _ofNobody, ofAll, evaluations, all);

        string NameOf(int player) => _players.Name(player);

        void Walk(int first, int last)
        {
            var together = (int)Math.Clamp(Kept / row, 1, last - first);
            for (; first < last; first += together)
            {
                _options.Cancellation.ThrowIfCancellationRequested();
                var count = Math.Min(together, last - first);
                round.Prepare(first, count);
                team.Run(round, count);
                for (var i = 0; i < count; i++)
                {
                    var before = _ofNobody.AsSpan();
                    var order = orders[first + i];
                    for (var place = 0; place < players; place++)
                    {
                        var after = round.After(i, place);
                        TensorPrimitives.Subtract(after, before, marginal);
                        sums.Add(order[place], marginal);
                        sums.See(after);
                        before = after;
                    }
                }

                evaluations += (long)count * players;
            }
        }
    }

    private GradientDescent PlanOf(GradientDescent steps) =>
        steps with { Start = _fit.Plan.Start, WeightDecay = _fit.Plan.WeightDecay, Scaling = _fit.Plan.Scaling };

    /// <summary>Some orders at a time; a piece of work is one.</summary>
    private sealed class Round(GradientWalk<TModel, T> parent, MarginalOrders orders, int row) : IPartedWork, IDisposable
    {
        private double[] _after = [];
        private int _first;

        public void Prepare(int first, int count)
        {
            _first = first;
            if (_after.LongLength < (long)count * row)
            {
                _after = new double[(long)count * row];
            }
        }

        /// <summary>Utilities after the steps of the player at a place.</summary>
        public Span<double> After(int part, int place) =>
            _after.AsSpan(part * row + place * parent._utility.Count, parent._utility.Count);

        public void Run(int part)
        {
            var (training, order) = (parent._fit.Training, orders[_first + part]);
            var (batches, ends) = (new List<int[]>(training.Count), new int[order.Length]);
            for (var place = 0; place < order.Length; place++)
            {
                foreach (var example in parent._players.Examples[order[place]])
                {
                    if (training.Weights.IsEmpty || training.Weights[example] > T.Zero)
                    {
                        batches.Add([example]);
                    }
                }

                ends[place] = batches.Count;
            }

            // Of a batch of one a sum is the mean, but for the weight of the example, which stays.
            var plan = parent.PlanOf(GradientDescent.Batches(batches, parent._rate, Objective.Sum)) with { Threads = 1 };
            using var descent = new Descent<TModel, T>(parent._fit.Model, training, plan);
            var watch = new Watch(this, part, ends, parent._fit.At(descent.Weights));
            descent.Run([watch], null, parent._options.Cancellation);
        }

        public void Dispose() => _after = [];

        /// <summary>Asks for the utility after the last step of each player.</summary>
        private sealed class Watch(Round round, int part, int[] ends, Fit<TModel, T> fit) : ITrainingObserver<T>
        {
            private int _place;

            public void Begin(TrainingStep<T> step)
            {
            }

            public void BeforeGradient(TrainingStep<T> step) => After(step.Number);

            public void AfterGradient(TrainingStep<T> step)
            {
            }

            public void End(TrainingStep<T> step) => After(ends[^1]);

            private void After(int steps)
            {
                for (; _place < ends.Length && ends[_place] == steps; _place++)
                {
                    round.Utility.Write(fit, round.After(part, _place));
                }
            }
        }

        private TestUtility<TModel, T> Utility => parent._utility;
    }
}
