using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Examples;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

using Linear = ReferenceFeatureModel<HalfSquare>;
using Logistic = ReferenceFeatureModel<LogisticLoss>;

public class LedgerTests
{
    private const int People = 7;

    public static TheoryData<string> Plans => [.. PlansByName.Keys];

    private static Dictionary<string, GradientDescent> PlansByName { get; } = new()
    {
        ["full batch, mean"] = GradientDescent.FullBatch(5, 0.05),
        ["full batch, sum"] = GradientDescent.FullBatch(5, 0.01, Objective.Sum),
        ["mini-batch"] = GradientDescent.MiniBatch(9, 7, 0.05, seed: 5),
        ["mini-batch, sum"] = GradientDescent.MiniBatch(9, 7, 0.01, seed: 5, Objective.Sum),
        ["stated batches that name examples twice"] = GradientDescent.Batches([[3, 3, 1, 14], [0], [2, 19, 2, 2, 7]], 0.05),
        ["clipped"] = GradientDescent.FullBatch(5, 0.05) with { Scaling = GradientScaling.Clip(0.8) },
        ["clipped mini-batch"] = GradientDescent.MiniBatch(9, 7, 0.05, seed: 6) with { Scaling = GradientScaling.Clip(0.8) },
        ["normalised mini-batch"] = GradientDescent.MiniBatch(9, 7, 0.05, seed: 7) with { Scaling = GradientScaling.Normalise },
        ["weight decay"] = GradientDescent.MiniBatch(9, 7, 0.05, seed: 8) with { WeightDecay = WeightDecay.OnAll(0.3) },
        ["falling step size"] = GradientDescent.MiniBatch(9, 7, StepSize.InverseTime(0.1, 3), seed: 9),
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Linear_flows_are_the_double_sum_over_pairs(string plan)
    {
        var (training, deployment) = Features(binary: false);
        Check(new Linear(3), training, deployment, PlansByName[plan]);
        Check(GeneratedLinear.Model.For(training), training, deployment, PlansByName[plan]);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Logistic_flows_are_the_double_sum_over_pairs(string plan)
    {
        var (training, deployment) = Features(binary: true);
        Check(new Logistic(3), training, deployment, PlansByName[plan]);
        Check(GeneratedLogistic.Model.For(training), training, deployment, PlansByName[plan]);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Factorization_flows_are_the_double_sum_over_pairs(string plan)
    {
        // Few items, so that users rate the same one in both sets, and twice in one.
        var (training, deployment) = Ratings();
        var started = PlansByName[plan] with { Start = Initialisation.Gaussian(0.7, seed: 11) };
        foreach (var set in new[] { deployment, deployment.WithPenalty(RowPenalty.None), deployment.WithPenalty(RowPenalty.AsIn(training)) })
        {
            Check(new ReferenceFactorization(People, 5, 3, 0.4), training, set, started);
            Check(GeneratedFactorization3.Model.For(training), training, set, started);
            Check(new ReferenceBiasedFactorization(People, 5, 3, 0.4, 0.3), training, set, started);
        }
    }

    [Fact]
    public void Flows_of_any_ratings_are_the_double_sum_over_pairs() => Given.AnyRatings((ratings, positions) =>
    {
        // A position chosen twice is a rating that stands twice; one chosen for both sets is an own pair.
        if (positions.Length < 2)
        {
            return;
        }

        var training = ratings.Subset(positions[..(positions.Length / 2)]);
        var deployment = ratings.Subset(positions[(positions.Length / 2)..]);
        var model = GeneratedFactorization3.Model.For(training);
        var plan = GradientDescent.MiniBatch(4, 3, 1e-4, seed: 1) with { Start = Initialisation.Gaussian(0.5, seed: 2) };
        CheckPairs(model, training, deployment, plan);
    });

    [Fact]
    public void A_zero_gradient_is_normalised_to_a_zero_coefficient()
    {
        // The first row is predicted exactly at the start, so its gradient is 0 and only the second moves the weights.
        var training = ExampleSet<double>.FromFeatures([0, 1], 1, [0, 1]);
        var plan = GradientDescent.FullBatch(1, 0.5) with
        {
            Scaling = GradientScaling.Normalise,
            Start = Initialisation.At(0, 0),
        };
        var fit = Trainer.Train(new Linear(1), training, plan);
        Close.To([0.25 / Math.Sqrt(2), 0.25 / Math.Sqrt(2)], fit.Theta());
    }

    [Fact]
    public void Flows_at_a_milestone_are_those_of_a_training_that_ends_there()
    {
        var (training, deployment) = Features(binary: false);
        var ledger = new Ledger<Linear, double>(new Linear(3), training, deployment) { Milestones = [2, 5, 9] };
        Trainer.Train(new Linear(3), training, GradientDescent.FullBatch(5, 0.05), ledger);
        foreach (var steps in (int[])[2, 5])
        {
            var shorter = new Ledger<Linear, double>(new Linear(3), training, deployment);
            Trainer.Train(new Linear(3), training, GradientDescent.FullBatch(steps, 0.05), shorter);
            Assert.Equal(shorter.Flows.Inflow, ledger.FlowsAfter(steps).Inflow);
            Assert.Equal(shorter.Flows.Outflow, ledger.FlowsAfter(steps).Outflow);
            Assert.Equal(shorter.Flows.Self, ledger.FlowsAfter(steps).Self);
        }

        Assert.Contains("9 steps", Assert.Throws<ArgumentException>(() => ledger.FlowsAfter(9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_account_of_a_step_does_not_depend_on_the_one_before()
    {
        var (training, deployment) = Features(binary: false);
        var ledger = new Ledger<Linear, double>(new Linear(3), training, deployment);
        Trainer.Train(new Linear(3), training, PlansByName["full batch, mean"], ledger);
        Trainer.Train(new Linear(3), training, PlansByName["clipped mini-batch"], ledger);
        var again = ledger.Flows;
        var fresh = new Ledger<Linear, double>(new Linear(3), training, deployment);
        Trainer.Train(new Linear(3), training, PlansByName["clipped mini-batch"], fresh);
        Assert.Equal(fresh.Flows.Inflow, again.Inflow);
        Assert.Equal(fresh.Flows.Outflow, again.Outflow);
        Assert.Equal(fresh.Flows.Self, again.Self);
    }

    [Fact]
    public void Several_ledgers_watch_one_training()
    {
        var (training, deployment) = Ratings();
        var model = new ReferenceFactorization(People, 5, 3, 0.4);
        var bare = deployment.WithPenalty(RowPenalty.None);
        var plan = PlansByName["clipped mini-batch"] with { Start = Initialisation.Gaussian(0.7, 11) };
        var ledgers = new[] { deployment, bare }
            .Select(set => new Ledger<ReferenceFactorization, double>(model, training, set)).ToArray();
        Trainer.Train(model, training, plan, ledgers[0], ledgers[1]);
        foreach (var (set, ledger) in new[] { deployment, bare }.Zip(ledgers))
        {
            var alone = new Ledger<ReferenceFactorization, double>(model, training, set);
            Trainer.Train(model, training, plan, alone);
            Close.To([.. alone.Flows.Outflow], [.. ledger.Flows.Outflow], 1e-13);
            Close.To([.. alone.Flows.Inflow], [.. ledger.Flows.Inflow], 1e-13);
        }
    }

    [Fact]
    public void A_ledger_refuses_what_it_cannot_account()
    {
        var (training, deployment) = Features(binary: false);
        var model = new Linear(3);
        var others = ExampleSet<double>.FromFeatures(new double[6], 3, new double[4], 2);
        Assert.Contains("has 1 output", Assert.Throws<ArgumentException>("deployment", () => new Ledger<Linear, double>(model, training, others)).Message);
        Assert.Contains("reads 4 features", Assert.Throws<ArgumentException>(() => new Ledger<Linear, double>(new Linear(4), training, deployment)).Message);
        Assert.Contains("ratings", Assert.Throws<ArgumentException>(() => new Ledger<Linear, double>(model, Ratings().Training, deployment)).Message);
        Assert.Contains("labels 0 and 1", Assert.Throws<ArgumentException>(() => new Ledger<Logistic, double>(new Logistic(3), training, deployment)).Message);
        Assert.Contains("P has 8 rows", Assert.Throws<ArgumentException>(() => new Ledger<ReferenceFactorization, double>(
            new ReferenceFactorization(8, 5, 3, 0), Ratings().Training, Ratings().Deployment)).Message);

        var ledger = new Ledger<Linear, double>(model, training, deployment);
        Assert.Contains("pass it to Train", Assert.Throws<InvalidOperationException>(() => ledger.Flows).Message);
        Assert.Contains("another training set", Assert.Throws<ArgumentException>(() =>
            Trainer.Train(model, training.Subset([0, 1, 2]), GradientDescent.FullBatch(1, 0.1), ledger)).Message);
        Trainer.Train(model, training, GradientDescent.FullBatch(1, 0.1), ledger);
        Assert.Contains("ChecksFirstOrder", Assert.Throws<InvalidOperationException>(() => ledger.Discrepancy).Message);
    }

    [Fact]
    public void A_training_that_was_cut_short_leaves_no_account()
    {
        var (training, deployment) = Features(binary: false);
        var ledger = new Ledger<Linear, double>(new Linear(3), training, deployment);
        Trainer.Train(new Linear(3), training, GradientDescent.FullBatch(3, 0.1), ledger);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Trainer.Train(new Linear(3), training, GradientDescent.FullBatch(9, 0.1), step =>
            {
                if (step == 4)
                {
                    stop.Cancel();
                }
            }, stop.Token, ledger));
        Assert.Throws<InvalidOperationException>(() => ledger.Flows);
    }

    private static void Check<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment,
        GradientDescent plan)
        where TModel : struct, IModel<double>
    {
        Assert.Contains(CheckPairs(model, training, deployment, plan).Self, self => self != 0);
    }

    private static AllPairs<TModel> CheckPairs<TModel>(TModel model, ExampleSet<double> training,
        ExampleSet<double> deployment, GradientDescent plan)
        where TModel : struct, IModel<double>
    {
        var ledger = new Ledger<TModel, double>(model, training, deployment) { ChecksFirstOrder = true };
        var pairs = new AllPairs<TModel>(model, deployment, plan);
        Trainer.Train(model, training, plan, pairs, ledger);
        var flows = ledger.Flows;
        Close.To(pairs.Inflow, [.. flows.Inflow]);
        Close.To(pairs.Outflow, [.. flows.Outflow]);
        Close.To(pairs.Self, [.. flows.Self]);
        Close.To([.. pairs.Reductions], [.. ledger.FirstOrderReduction]);
        Assert.Equal(flows.Inflow.Sum(), flows.Outflow.Sum(), 1e-10 * (flows.Inflow.Sum(Math.Abs) + flows.Self.Sum(Math.Abs)));
        Assert.Equal(ledger.FirstOrderReduction.Sum(), flows.Inflow.Sum() + flows.Self.Sum(),
            1e-10 * (flows.Inflow.Sum(Math.Abs) + flows.Self.Sum(Math.Abs)));
        return pairs;
    }

    private static (ExampleSet<double> Training, ExampleSet<double> Deployment) Features(bool binary)
    {
        var random = new RandomSource(1);
        var (features, labels, people) = (new List<double>(), new List<double>(), new List<int>());
        for (var i = 0; i < 34; i++)
        {
            features.AddRange([random.NextGaussian(), random.NextGaussian(), random.NextGaussian()]);
            labels.Add(binary ? random.NextBelow(2) : 2 + random.NextGaussian());
            people.Add(random.NextBelow(People));
        }

        return Parts(ExampleSet<double>.FromFeatures([.. features], 3, [.. labels], Individuals.Numbered(People), [.. people]));
    }

    private static (ExampleSet<double> Training, ExampleSet<double> Deployment) Ratings()
    {
        var random = new RandomSource(2);
        var (users, items, ratings) = (new List<int>(), new List<int>(), new List<double>());
        for (var i = 0; i < 34; i++)
        {
            users.Add(random.NextBelow(People - 1));
            items.Add(random.NextBelow(4));
            ratings.Add(1 + random.NextBelow(5));
        }

        return Parts(ExampleSet<double>.FromRatings([.. users], [.. items], [.. ratings], People, 5));
    }

    private static (ExampleSet<double> Training, ExampleSet<double> Deployment) Parts(ExampleSet<double> all) =>
        (all.Subset([.. Enumerable.Range(0, all.Count).Where(i => i % 5 > 1)]),
            all.Subset([.. Enumerable.Range(0, all.Count).Where(i => i % 5 <= 1)]));
}
