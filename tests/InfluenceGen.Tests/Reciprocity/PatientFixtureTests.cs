using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

/// <summary>
/// The diabetes and breast cancer runs of <c>fixtures/reciprocity</c>, whose <c>note</c> states the conventions.
/// </summary>
public abstract class PatientFixtureTests<TModel>(string fixtureName, string csv, string label)
    where TModel : struct, IModel<double>
{
    private readonly Fixture _fixture = Fixture.Read("reciprocity/" + fixtureName);

    protected abstract TModel Create(ExampleSet<double> training);

    [Fact]
    public void Training_and_its_account_follow_the_fixture()
    {
        var (training, deployment) = Sets();
        var model = Create(training);
        var ledger = new Ledger<TModel, double>(model, training, deployment) { ChecksFirstOrder = true };
        var losses = new LossRecord<TModel>(model);
        var corner = new PairwiseTracIn<TModel>(model, training.Subset([0, 1, 2]), deployment.Subset([0, 1, 2]));
        var fit = Trainer.Train(model, training, Plan, ledger, losses, corner);

        Close.To(_fixture["w_final"].Numbers, fit.Theta());
        Close.To(_fixture["train_loss"].Numbers, losses.Means);
        Close.To(_fixture["deploy_loss"].Numbers, [.. ledger.DeploymentLoss.Select(sum => sum / deployment.Count)]);
        Close.To(_fixture["first_order_total_per_step"].Numbers, [.. ledger.FirstOrderReduction]);
        Close.To(_fixture["tracin_first_3x3"].Numbers, corner.Influence);
        Close.To(_fixture["inflow"].Numbers, Of(ledger.Flows.Inflow, deployment));
        Close.To(_fixture["outflow"].Numbers, Of(ledger.Flows.Outflow, training));
        Assert.All(ledger.Flows.Self, self => Assert.Equal(0, self));
    }

    [Fact]
    public void Training_starts_from_the_mean_label()
    {
        var (training, _) = Sets();
        var model = Create(training);
        var fit = Trainer.Train(model, training, GradientDescent.FullBatch(0, 1));
        Close.To(_fixture["w0"].Numbers, fit.Theta());
    }

    [Fact]
    public void An_example_helps_itself_as_the_fixture_says()
    {
        // Deployed on the training set itself, everybody's self-influence is its own example's.
        var (training, _) = Sets();
        var model = Create(training);
        var ledger = new Ledger<TModel, double>(model, training, training);
        Trainer.Train(model, training, Plan, ledger);
        Close.To(_fixture["train_self"].Numbers, Of(ledger.Flows.Self, training));
    }

    [Theory]
    [InlineData(Removal.Refit, "refit")]
    [InlineData(Removal.Fixed, "fixed")]
    public void Marginal_flows_follow_the_fixture(Removal removal, string reading)
    {
        var (training, deployment) = Sets();
        var flows = MarginalFlows.Of(
            new LeaveOneOut<TModel, double>(Create(training), training, Plan, removal), deployment);
        Close.To(_fixture["marginal"][reading]["inflow"].Numbers, Of(flows.Inflow, deployment));
        Close.To(_fixture["marginal"][reading]["outflow"].Numbers, Of(flows.Outflow, training));
    }

    private GradientDescent Plan => GradientDescent.FullBatch(_fixture["T"].Whole, _fixture["eta"].Number);

    private static double[] Of(IReadOnlyList<double> flows, ExampleSet<double> examples) =>
        [.. examples.IndividualOf.ToArray().Select(individual => flows[individual])];

    private (ExampleSet<double> Training, ExampleSet<double> Deployment) Sets()
    {
        var all = CsvExamples.Read<double>(Path.Combine(AppContext.BaseDirectory, "data", csv), label, "patient");
        var training = all.Subset(_fixture["train"].Wholes);
        var scale = Standardisation.Fit(training);
        return (scale.Apply(training), scale.Apply(all.Subset(_fixture["deploy"].Wholes)));
    }
}

public class ReferenceDiabetesTests()
    : PatientFixtureTests<ReferenceFeatureModel<HalfSquare>>("diabetes_fixed", "diabetes.csv", "progression")
{
    protected override ReferenceFeatureModel<HalfSquare> Create(ExampleSet<double> training) => new(training.FeatureCount);
}

public class GeneratedDiabetesTests()
    : PatientFixtureTests<GeneratedLinear.Model>("diabetes_fixed", "diabetes.csv", "progression")
{
    protected override GeneratedLinear.Model Create(ExampleSet<double> training) => GeneratedLinear.Model.For(training);
}

public class GeneratedCancerTests()
    : PatientFixtureTests<GeneratedLogistic.Model>("cancer_fixed", "breast-cancer.csv", "benign")
{
    protected override GeneratedLogistic.Model Create(ExampleSet<double> training) => GeneratedLogistic.Model.For(training);
}
