using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Numerics;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

using Biased = ReferenceBiasedFactorization;
using Dense = DenseBiasedFactorization;

/// <summary>
/// A factorization with biases, by tables of two indices, tables of scalars and a mean that every rating reads, against the same model
/// written out over all of θ.
/// </summary>
public class BiasedFactorizationTests
{
    private const int Users = 6, Items = 5, Rank = 2;

    // Full batches, stated ones that name an example twice, decay that spares biases and one that does not.
    private static readonly int[][] _batches = [[0, 7, 3, 3], [39, 1], [20, 21, 22, 23, 24, 25], [5], [30, 31, 9], [2, 12]];

    public static TheoryData<string> Plans => [.. PlansByName.Keys];

    private static Dictionary<string, GradientDescent> PlansByName { get; } = new()
    {
        ["full batch"] = GradientDescent.FullBatch(12, 0.1),
        ["sum"] = GradientDescent.FullBatch(12, 0.004, Objective.Sum),
        ["batches"] = GradientDescent.Batches(_batches, 0.05),
        ["batches, sum"] = GradientDescent.Batches(_batches, 0.02, Objective.Sum),
        ["batches with momentum"] = GradientDescent.Batches(_batches, 0.05) with { Momentum = 0.6 },
        ["batches with decay"] = GradientDescent.Batches(_batches, 0.05) with { WeightDecay = new WeightDecay(0.3) },
        ["decay of everything but c"] = GradientDescent.FullBatch(8, 0.1) with { WeightDecay = WeightDecay.OnAll(0.3, "c") },
        ["batches, clipped"] = GradientDescent.Batches(_batches, 0.05) with { Scaling = GradientScaling.Clip(0.7) },
    };

    [Theory, MemberData(nameof(Plans))]
    public void Training_takes_the_steps_of_gradient_descent_written_out(string name)
    {
        var (train, plan) = (Ratings(40, 1), PlansByName[name] with { Start = Initialisation.At(Drawn()) });
        var fit = Trainer.Train(Tables(), train, plan);
        var batches = name.StartsWith("batches", StringComparison.Ordinal) ? _batches : [.. Enumerable.Repeat<int[]>([.. Enumerable.Range(0, 40)], plan.Steps)];
        Close.To(Descend(Written(), Dense.Columns(train), plan, batches), fit.Theta(), 1e-12);
    }

    [Fact]
    public void Training_starts_from_the_mean_rating_without_biases()
    {
        var train = Ratings(40, 1);
        var theta = Trainer.Train(Tables(), train, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.Gaussian(0.3, 5) }).Theta();
        var plain = Trainer.Train(new Factors.Model(Users, Items, Rank), train,
            GradientDescent.FullBatch(0, 1) with { Start = Initialisation.Gaussian(0.3, 5) }).Theta();
        Assert.Equal(plain[..(Users * Rank)], theta[..(Users * Rank)]);
        Assert.Equal(new double[Users], theta[(Users * Rank)..(Users * (Rank + 1))]);
        Assert.Equal(plain[(Users * Rank)..], theta[(Users * (Rank + 1))..^(Items + 1)]);
        Assert.Equal(new double[Items], theta[^(Items + 1)..^1]);
        Assert.Equal(train.Labels.ToArray().Average(), theta[^1], 1e-15);
    }

    [Fact]
    public void Every_method_scores_as_it_does_the_model_written_out()
    {
        // Near a minimum, so that the Hessian with damping is positive.
        var near = Trainer.Train(Tables(), Ratings(24, 1), GradientDescent.FullBatch(100, 0.2) with { Start = Initialisation.At(Drawn()) }).Converged().Theta();
        var start = Initialisation.At([.. near.Zip(Drawn(), (x, draw) => x + 0.02 * draw)]);
        string[] neighbours = [nameof(NearestNeighbourShapley), nameof(NearestNeighbourLeaveOneOut), nameof(ThresholdNeighbourShapley), nameof(WeightedNeighbourShapley)];
        foreach (var plan in new[] { GradientDescent.MiniBatch(5, 9, 0.05, 3), GradientDescent.FullBatch(4, 0.1) with { Momentum = 0.5 } })
        {
            var (a, b, test) = Fits(plan with { Start = start, WeightDecay = new WeightDecay(0.02) }, 24, 3);
            var same = new SameScores(a, b, test);
            EveryMethod.Run(same);
            same.Run(new TracIn { Scope = ParameterScope.Of("b", "mu") });
            same.Run(new TracInCP { Scope = ParameterScope.Of("Q", "c") });
            Assert.Equal([nameof(FastIF), nameof(RepresenterPoints), nameof(RenormalisedRepresenterPoints), nameof(RpsLje), .. neighbours], same.Refused);
            Assert.Equal(24, same.Scored);
        }
    }

    [Fact]
    public void Groups_and_their_changes_are_those_of_the_model_written_out()
    {
        var (a, b, test) = Fits(GradientDescent.FullBatch(5, 0.05) with { Start = Initialisation.At(Drawn()) });
        int[][] groups = [[0, 1, 2], [5], [7, 12, 30, 39]];
        var inner = new InfluenceFunctions { Damping = 3 };
        foreach (var effect in new[] { LossChange.FirstOrder, LossChange.Exact })
        {
            Same(a.GroupInfluence(new FirstOrderGroup { Influence = inner }, groups, test, effect),
                b.GroupInfluence(new FirstOrderGroup { Influence = inner }, groups, Dense.Columns(test), effect));
            Same(a.GroupInfluence(new SecondOrderGroup { Influence = inner }, groups, test, effect),
                b.GroupInfluence(new SecondOrderGroup { Influence = inner }, groups, Dense.Columns(test), effect));
            Same(a.GroupInfluence(new NewtonStepGroup { Influence = inner }, groups, test, effect),
                b.GroupInfluence(new NewtonStepGroup { Influence = inner }, groups, Dense.Columns(test), effect));
        }

        void Same(GroupInfluences<double> x, GroupInfluences<double> y)
        {
            for (var group = 0; group < groups.Length; group++)
            {
                Close.To(y.OfGroup(group), x.OfGroup(group), 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(0.4, 0.2, "rotations of the embeddings")]
    [InlineData(0.4, 0.0, "rotations of the embeddings, which change no rating; constants that biases pass on to each other")]
    [InlineData(0.0, 0.0, "constants that biases pass on to each other, which change no rating; shifts of the embeddings that biases take back")]
    public void Influence_functions_at_a_minimum_are_those_of_the_pseudo_inverse(double l2, double biasL2, string free)
    {
        var (train, test) = (Ratings(60, 1), Ratings(7, 2).WithPenalty(RowPenalty.None));
        var fit = Trainer.Train(new Biased(Users, Items, Rank, l2, biasL2), train,
            GradientDescent.FullBatch(200, 0.2) with { Start = Initialisation.At(Drawn()) }).Converged();
        var scores = fit.Influence(new InfluenceFunctions(), test);
        Assert.Contains(scores.Notes, note => note.Contains(free, StringComparison.Ordinal));

        var (model, theta, columns) = (new Dense(Users, Items, Rank, l2, biasL2), fit.Theta(), Dense.Columns(train));
        var (hessian, gradients) = (new double[theta.Length, theta.Length], new double[60][]);
        for (var i = 0; i < 60; i++)
        {
            (gradients[i], var own) = (model.Gradient(columns, i, theta), model.Hessian(columns, i, theta));
            for (var k = 0; k < hessian.Length; k++)
            {
                hessian[k / theta.Length, k % theta.Length] += own[k / theta.Length, k % theta.Length] / 60;
            }
        }

        Close.To(new double[theta.Length], [.. Enumerable.Range(0, theta.Length).Select(k => gradients.Sum(g => g[k]) / 60)], 0, 1e-6);
        var (inverse, tested) = (PseudoInverse.Of(hessian), Dense.Columns(test));
        for (var t = 0; t < 7; t++)
        {
            var asked = model.Gradient(tested, t, theta);
            Close.To([.. gradients.Select(g => PseudoInverse.Form(asked, inverse, g) / 60)], scores.OfTest(t), 1e-5);
        }
    }

    [Fact]
    public void Who_has_no_rating_is_named_with_his_bias()
    {
        var all = Ratings(60, 1);
        var train = all.Subset([.. Enumerable.Range(0, 60).Where(i => all.Index(0)[i] != 4)]);
        var fit = Trainer.Train(Tables(), train, GradientDescent.FullBatch(200, 0.2) with { Start = Initialisation.At(Drawn()) }).Converged();
        var notes = fit.Influence(new InfluenceFunctions(), train.WithPenalty(RowPenalty.None)).Notes;
        Assert.Contains(notes, note => note.Contains("does not determine 4 of 34 directions of the parameters: user 5 has no training ratings; rotations", StringComparison.Ordinal));
        var stranger = ExampleSet<double>.FromRatings([4], [0], [3.0], Users, Items).WithPenalty(RowPenalty.None);
        Assert.Contains("user 5 has no training ratings", Assert.Throws<InvalidOperationException>(
            () => fit.Influence(new InfluenceFunctions(), stranger)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minimum_is_one_of_the_model_written_out()
    {
        var (a, b, test) = Fits(GradientDescent.FullBatch(200, 0.2) with { Start = Initialisation.At(Drawn()) });
        var (minimum, written) = (a.Converged(), b.Converged());
        Close.To(written.Losses(written.Training), minimum.Losses(minimum.Training), 1e-7);
        Assert.Equal(written.MeanLoss(written.Training), minimum.MeanLoss(minimum.Training), 1e-11);
        int[][] groups = [[0, 1], [5]];
        var (without, expected) = (minimum.Retrainer(Removal.Refit, RetrainBy.Minimum).LossesWithout(groups, test),
            written.Retrainer(Removal.Refit, RetrainBy.Minimum).LossesWithout(groups, Dense.Columns(test)));
        Close.To([.. expected.Cast<double>()], [.. without.Cast<double>()], 1e-6);
    }

    [Fact]
    public void Leaving_a_user_out_is_training_without_him_from_the_same_start()
    {
        var (train, test) = (Ratings(40, 1), Ratings(9, 2));
        var plan = GradientDescent.FullBatch(6, 0.1) with { Start = Initialisation.At(Drawn()) };
        var full = LossesAt(Trained(train));
        new LeaveOneOut<Biased, double>(Tables(), train, plan, Removal.Refit).InfluenceOn(test, (user, influence) =>
        {
            int[] others = [.. Enumerable.Range(0, 40).Where(i => train.Index(0)[i] != user)];
            var without = LossesAt(Trained(train.Subset(others, RowPenalty.AsIn(train))));
            Close.To([.. without.Zip(full, (x, y) => x - y)], influence, 1e-10);
        });

        double[] Trained(ExampleSet<double> set) =>
            Descend(Written(), Dense.Columns(set), plan, [.. Enumerable.Repeat<int[]>([.. Enumerable.Range(0, set.Count)], plan.Steps)]);

        double[] LossesAt(double[] theta) => Trainer.Train(Written(), Dense.Columns(train),
            GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(theta) }).Losses(Dense.Columns(test));
    }

    [Fact]
    public void Flows_are_those_of_the_model_written_out()
    {
        var (train, test) = (Ratings(40, 1), Ratings(30, 2));
        var (writtenTrain, writtenTest) = (Dense.Columns(train), Dense.Columns(test));
        foreach (var plan in new[] { GradientDescent.FullBatch(4, 0.1), GradientDescent.MiniBatch(8, 7, 0.1, 2) })
        {
            var started = plan with { Start = Initialisation.At(Drawn()) };
            var ledger = new Ledger<Biased, double>(Tables(), train, test);
            var written = new Ledger<Dense, double>(Written(), writtenTrain, writtenTest);
            Trainer.Train(Tables(), train, started, ledger);
            Trainer.Train(Written(), writtenTrain, started, written);
            Close.To([.. written.Flows.Inflow], [.. ledger.Flows.Inflow]);
            Close.To([.. written.Flows.Outflow], [.. ledger.Flows.Outflow]);
            Close.To([.. written.Flows.Self], [.. ledger.Flows.Self]);
        }
    }

    [Fact]
    public void A_stored_training_is_restored_for_the_same_biases_and_penalty()
    {
        var train = Ratings(40, 1);
        var plan = GradientDescent.MiniBatch(6, 9, 0.05, 3) with { Start = Initialisation.Gaussian(0.3, 5), Momentum = 0.5 };
        using var folder = new Sharing.TemporaryFolder();
        var fit = Trainer.Train(Tables(), train, plan, new Trajectory<double>(Checkpoints.Every(4)));
        fit.Trajectory!.Save(folder.File("biased.trajectory"));
        var read = Trajectory<double>.Open(folder.File("biased.trajectory"));
        var restored = Trainer.Restore(Tables(), train, plan, read);
        Assert.Equal(fit.Theta(), restored.Theta());
        Assert.Equal(fit.JointInfluence(new TracIn(), train), restored.JointInfluence(new TracIn(), train));
        Assert.Contains("biases, their L2: 0.3", Assert.Throws<ArgumentException>("model", () => Trainer.Restore(
            new Biased(Users, Items, Rank, 0.4, 0.3), train, plan, read)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("model", () => Trainer.Restore(new Factors.Model(Users, Items, Rank), train, plan, read));
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var random = new RandomSource(7);
        const int count = 4_000;
        var ratings = ExampleSet<double>.FromRatings([.. Enumerable.Range(0, count).Select(_ => random.NextBelow(300))],
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(200))], [.. Enumerable.Range(0, count).Select(_ => 1 + 4 * random.NextDouble())], 300, 200);
        var (train, test) = ratings.Split(0.9, 1);
        var model = new Biased(300, 200, 40, 0.4, 0.2);
        var plan = GradientDescent.MiniBatch(2, 3_590, 0.1, 1) with { Start = Initialisation.Gaussian(0.1, 1) };
        var runs = new[] { 1, 3 }.Select(threads =>
        {
            var ledger = new Ledger<Biased, double>(model, train, test);
            var fit = Trainer.Train(model, train, plan with { Threads = threads }, ledger, new Trajectory<double>());
            return (fit.Theta(), ledger.Flows.Inflow.ToArray(), ledger.Flows.Self.ToArray(),
                fit.JointInfluence(new SgdInfluence(), test, new InfluenceOptions { Threads = threads }));
        }).ToArray();
        Assert.Equal(runs[0].Item1, runs[1].Item1);
        Assert.Equal(runs[0].Item2, runs[1].Item2);
        Assert.Equal(runs[0].Item3, runs[1].Item3);
        Assert.Equal(runs[0].Item4, runs[1].Item4);
    }

    private static Biased Tables() => new(Users, Items, Rank, 0.4, 0.2);

    private static Dense Written() => new(Users, Items, Rank, 0.4, 0.2);

    private static double[] Drawn()
    {
        var random = new RandomSource(11);
        return [.. Enumerable.Range(0, Users * (Rank + 1) + Items * (Rank + 1)).Select(_ => 0.6 * random.NextGaussian()), 2.5];
    }

    /// <summary>Ratings of a factorization of rank 2 and some noise; every user and item has some where there are enough.</summary>
    private static ExampleSet<double> Ratings(int count, int seed)
    {
        var random = new RandomSource(seed);
        int[] users = [.. Enumerable.Range(0, count).Select(i => i < Users * Items ? i % Users : random.NextBelow(Users))];
        int[] items = [.. Enumerable.Range(0, count).Select(i => i < Users * Items ? i / Users : random.NextBelow(Items))];
        return ExampleSet<double>.FromRatings(users, items, [.. users.Zip(items, (u, i) =>
            3 + 0.3 * u - 0.2 * i + Math.Sin(1.0 + u) * Math.Cos(2.0 * i) + Math.Cos(3.0 * u) * Math.Sin(1.0 * i * i) + 0.5 * random.NextGaussian())], Users, Items);
    }

    private static (Fit<Biased, double> Tables, Fit<Dense, double> Written, ExampleSet<double> Test) Fits(GradientDescent plan, int count = 40, int tests = 9)
    {
        var (train, test) = (Ratings(count, 1), Ratings(tests, 2).WithPenalty(RowPenalty.None));
        return (Trainer.Train(Tables(), train, plan, new Trajectory<double>()), Trainer.Train(Written(), Dense.Columns(train), plan, new Trajectory<double>()), test);
    }

    /// <summary>Gradient descent over θ by definition.</summary>
    private static double[] Descend(Dense model, ExampleSet<double> train, GradientDescent plan, int[][] batches)
    {
        var theta = Drawn();
        var velocity = new double[theta.Length];
        for (var step = 0; step < batches.Length; step++)
        {
            var batch = batches[step];
            var gradient = new double[theta.Length];
            foreach (var i in batch)
            {
                var g = model.Gradient(train, i, theta);
                var norm = Math.Sqrt(g.Select(x => x * x).Sum());
                var c = norm > plan.Scaling.Limit ? plan.Scaling.Limit / norm : 1;
                gradient = [.. gradient.Zip(g, (sum, x) => sum + c * x)];
            }

            var (rate, next) = (plan.Rate.At(step), 0);
            foreach (var block in model.Layout.Blocks)
            {
                var decay = plan.WeightDecay is not { } of || block.IsBias && !of.CoversBias || of.Except.Contains(block.Name) ? 0 : of.Lambda;
                for (var k = 0; k < block.Count; k++, next++)
                {
                    var slope = gradient[next] / (plan.Objective == Objective.Mean ? batch.Length : 1) + decay * theta[next];
                    velocity[next] = plan.Momentum * velocity[next] + slope;
                    theta[next] -= rate * velocity[next];
                }
            }
        }

        return theta;
    }

    private sealed class SameScores(Fit<Biased, double> tables, Fit<Dense, double> written, ExampleSet<double> test) : IMethodTest
    {
        public int Scored { get; private set; }

        public List<string> Refused { get; } = [];

        public void Run<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
        {
            InfluenceScores<double> expected;
            try
            {
                expected = written.Influence(method, Dense.Columns(test));
            }
            catch (Exception problem) when (problem is InvalidOperationException or NotPositiveDefiniteException)
            {
                Assert.Equal(problem.GetType(), Assert.ThrowsAny<Exception>(() => tables.Influence(method, test)).GetType());
                Refused.Add(typeof(TMethod).Name);
                return;
            }

            var scores = tables.Influence(method, test);
            for (var t = 0; t < test.Count; t++)
            {
                Close.To(expected.OfTest(t), scores.OfTest(t), 1e-7, 1e-10);
            }

            Close.To(written.JointInfluence(method, Dense.Columns(test)), tables.JointInfluence(method, test), 1e-7, 1e-10);
            Scored++;
        }
    }
}
