using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

[MatrixFactorization(Rank = 3, L2 = 0.4, Precision = Precision.Single)] internal sealed partial class SharedFactorsSingle;
[LinearModel] internal sealed partial class SharedLinear;

/// <summary>Flows that are 0 but for rounding are 0: own pairs, which are subtracted, decide about nobody's reciprocity.</summary>
public class NothingSharedTests
{
    private static readonly string[] _files = [.. ((string[])["train", "test"]).Select(name =>
        Path.Combine(AppContext.BaseDirectory, "fixtures", "edges", $"nothing-shared-{name}.data"))];

    public static TheoryData<string> Plans => [.. _plans.Keys];

    private static readonly Dictionary<string, GradientDescent> _plans = new()
    {
        ["full batch"] = GradientDescent.FullBatch(300, 0.1),
        ["sum"] = GradientDescent.FullBatch(50, 0.05, Objective.Sum),
        ["mini-batch"] = GradientDescent.MiniBatch(400, 2, 0.1, seed: 3),
        ["clipped"] = GradientDescent.MiniBatch(100, 3, 0.1, seed: 4) with { Scaling = GradientScaling.Clip(0.3) },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Whoever_shares_no_item_with_others_has_a_reciprocity_of_1(string plan)
    {
        var sets = RatingsFile.ReadTogether<double>(_files);
        var (a, c) = (sets[0].Individuals.CodeOf("A"), sets[0].Individuals.CodeOf("C"));
        for (var seed = 1; seed <= 20; seed++)
        {
            var ledger = new Ledger<GeneratedFactorization3.Model, double>(GeneratedFactorization3.Model.For(sets[0]), sets[0], sets[1]);
            Trainer.Train(GeneratedFactorization3.Model.For(sets[0]), sets[0], _plans[plan] with { Start = Initialisation.Gaussian(0.5, seed) }, ledger);
            Assert.Equal(1, ledger.Reciprocity.Of(a));
            Assert.Equal(1, ledger.Flows.PerExample().Reciprocity.Of(a));

            // B and C rate the same two films.
            Assert.Equal(ReciprocityMeasures.Ratio(ledger.Flows.Inflow[c], ledger.Flows.Outflow[c]), ledger.Reciprocity.Of(c));
            Assert.True(Math.Abs(ledger.Flows.Outflow[c]) > 1e-6);
        }
    }

    [Fact]
    public void In_single_precision_and_on_average_too()
    {
        var sets = RatingsFile.ReadTogether<float>(_files);
        var average = new FlowAverage(Averaging.EveryRun);
        for (var seed = 1; seed <= 20; seed++)
        {
            var ledger = new Ledger<SharedFactorsSingle.Model, float>(SharedFactorsSingle.Model.For(sets[0]), sets[0], sets[1]);
            Trainer.Train(SharedFactorsSingle.Model.For(sets[0]), sets[0],
                GradientDescent.FullBatch(200, 0.1) with { Start = Initialisation.Gaussian(0.5, seed) }, ledger);
            Assert.Equal(1, ledger.Reciprocity.Of(sets[0].Individuals.CodeOf("A")));
            average.Add(ledger.Flows);
        }

        Assert.Equal(1, average.Mean.Reciprocity.Of(sets[0].Individuals.CodeOf("A")));
    }

    [Fact]
    public void By_retraining_too()
    {
        var sets = RatingsFile.ReadTogether<double>(_files);
        var plan = GradientDescent.FullBatch(50, 0.1) with { Start = Initialisation.Gaussian(0.5, 7) };
        var leaveOneOut = new LeaveOneOut<GeneratedFactorization3.Model, double>(GeneratedFactorization3.Model.For(sets[0]), sets[0], plan, Removal.Fixed);
        Assert.Equal(1, MarginalFlows.Of(leaveOneOut, sets[1]).Reciprocity.Of(sets[0].Individuals.CodeOf("A")));
    }

    [Fact]
    public void Where_nobody_else_trains_nothing_flows_in()
    {
        // Ann trains alone: all that reaches her is her own; she gives to Bob, who does not train.
        var people = new Individuals(["Ann", "Bob"]);
        var training = ExampleSet<double>.FromFeatures([0.3, 1.7, -0.9], 1, [1.1, -2.3, 0.7], people, [0, 0, 0]);
        var alone = ExampleSet<double>.FromFeatures([0.7, -1.3], 1, [0.1, 0.9], people, [0, 0]);
        var both = ExampleSet<double>.FromFeatures([0.7, -1.3, 2.1], 1, [0.1, 0.9, 3], people, [0, 0, 1]);
        Assert.Equal(1, Measures(alone).Of(0));
        Assert.Equal(0, Measures(both).Of(0));
        Assert.Equal((0.0, 0.0), (Measures(alone).NegativeInflowShare, Measures(alone).NegativeOutflowShare));

        ReciprocityMeasures Measures(ExampleSet<double> deployment)
        {
            var ledger = new Ledger<SharedLinear.Model, double>(SharedLinear.Model.For(training), training, deployment);
            SharedLinear.Train(training, GradientDescent.FullBatch(77, 0.1), ledger);
            return ledger.Reciprocity;
        }
    }

    [Fact]
    public void Flows_beyond_their_rounding_are_compared_as_they_are()
    {
        var people = Individuals.Numbered(6);
        bool[] all = [true, true, true, true, true, true];
        var flows = new Flows(people, [1e-17, -1e-17, 1, -1e-16, 2, -1], [-2e-17, 1, -1e-17, 1e-16, 4, -4], new double[6], all, all, 1, 1,
            [1e-16, 1e-16, 1e-16, 1e-17, 1e-16, 1e-16], [1e-16, 1e-16, 1e-16, 1e-17, 1e-16, 1e-16]);
        Assert.Equal([1, 0, 0, 0, 0.5, 0.25], flows.Reciprocity.Values);
        Assert.Equal(2.0 / 6, flows.Reciprocity.NegativeInflowShare);
        Assert.Equal(1.0 / 6, flows.Reciprocity.NegativeOutflowShare);
        var none = new Flows(people, [1e-17, 0, 0, 0, 0, -1e-17], [1, 2, 3, 4, 5, 6], new double[6], all, all, 1, 1,
            [1e-16, 0, 0, 0, 0, 1e-16], new double[6]);
        Assert.Contains("all inflows", Assert.Throws<InvalidOperationException>(() => none.Reciprocity.Correlation()).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Flows_that_others_share_keep_their_ratio()
    {
        var (x, y) = (Enumerable.Range(0, 60).Select(i => Math.Sin(7.0 * i)).ToArray(), Enumerable.Range(0, 30).Select(i => Math.Cos(3.0 * i)).ToArray());
        int[] of = [.. Enumerable.Range(0, 30).Select(i => i % 6)];
        var people = Individuals.Numbered(6);
        var (training, deployment) = (ExampleSet<double>.FromFeatures(x, 2, y, people, of), ExampleSet<double>.FromFeatures([.. x.Reverse()], 2, y, people, of));
        var ledger = new Ledger<SharedLinear.Model, double>(SharedLinear.Model.For(training), training, deployment);
        SharedLinear.Train(training, GradientDescent.FullBatch(1000, 0.1), ledger);
        Assert.Equal([.. Enumerable.Range(0, 6).Select(u => ReciprocityMeasures.Ratio(ledger.Flows.Inflow[u], ledger.Flows.Outflow[u]))],
            ledger.Reciprocity.Values);
    }
}
