using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

/// <summary>
/// The small factorization of <c>fixtures/reciprocity/mf_synth</c>, whose <c>note</c> states the conventions.
/// </summary>
public abstract class SmallFactorizationTests<TModel> where TModel : struct, IModel<double>
{
    private readonly Fixture _fixture = Fixture.Read("reciprocity/mf_synth");

    protected abstract TModel Create(ExampleSet<double> training);

    [Fact]
    public void Training_and_its_account_follow_the_fixture()
    {
        var (training, deployment) = (Set("train"), Set("deploy"));
        Assert.Equal(_fixture["deploy"].Elements.Length, deployment.Count);
        var model = Create(training);
        var run = new FactorizationRun<TModel>(model, training, deployment);
        var fit = run.Train(GradientDescent.FullBatch(_fixture["T"].Whole, _fixture["eta"].Number, Objective.Sum) with
        {
            Start = Initialisation.At([.. _fixture["P0"].Numbers, .. _fixture["Q0"].Numbers]),
        });
        Close.To([.. _fixture["P_final"].Numbers, .. _fixture["Q_final"].Numbers], fit.Theta());
        run.Check(_fixture);
    }

    private ExampleSet<double> Set(string part)
    {
        var rows = _fixture[part].Elements.Select(row => row.Numbers).ToArray();
        return ExampleSet<double>.FromRatings([.. rows.Select(row => (int)row[0])], [.. rows.Select(row => (int)row[1])],
            [.. rows.Select(row => row[2])], _fixture["users"].Whole, _fixture["items"].Whole);
    }
}

/// <summary>MovieLens 100K, first split, of <c>fixtures/reciprocity/mf_ml100k_u1</c>. Its ratings may not be
/// redistributed; they are read where they lie, or the test says that it did not run.</summary>
public abstract class MovieLensTests<TModel> where TModel : struct, IModel<double>
{
    private const int Users = 943;
    private const int Items = 1682;
    private const int Rank = 16;

    protected abstract TModel Create(ExampleSet<double> training);

    [Fact]
    public void Training_and_its_account_follow_the_fixture()
    {
        var fixture = Fixture.Read("reciprocity/mf_ml100k_u1");
        var sets = RatingsFile.ReadTogether<double>([MovieLens.File("u1.base"), MovieLens.File("u1.test")]);
        var (training, deployment) = (sets[0], sets[1]);
        Assert.Equal((Users, Items), (training.RowCount(0), training.RowCount(1)));
        Assert.Equal((80_000, 20_000), (training.Count, deployment.Count));
        var theta = new double[(Users + Items) * Rank];
        for (var j = 0; j < theta.Length; j++)
        {
            theta[j] = 0.1 * (j < Users * Rank ? Math.Sin(1 + j) : Math.Cos(1 + j - Users * Rank));
        }

        var model = Create(training);
        var run = new FactorizationRun<TModel>(model, training, deployment);
        var fit = run.Train(GradientDescent.FullBatch(fixture["T"].Whole, fixture["eta"].Number, Objective.Sum) with
        {
            Start = Initialisation.At(theta),
        });
        var final = fit.Theta();
        Close.To([.. fixture["P_final"].Numbers, .. fixture["Q_final_first_50"].Numbers], final.AsSpan(0, (Users + 50) * Rank));
        var items = final[(Users * Rank)..];
        Close.To([fixture["Q_final_sum"].Number, fixture["Q_final_sumsq"].Number], [items.Sum(), items.Sum(q => q * q)]);
        Close.To(fixture["rmse_train_test"].Numbers[^2..], [fit.Rmse(training), fit.Rmse(deployment)]);
        run.Check(fixture);
    }
}

/// <summary>One training watched by three ledgers: with the penalty of the training counts, of the deployment counts, and
/// with none on the deployment side.</summary>
internal sealed class FactorizationRun<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment)
    where TModel : struct, IModel<double>
{
    private readonly LossRecord<TModel> _losses = new(model);

    private readonly Dictionary<string, Ledger<TModel, double>> _ledgers = new()
    {
        ["reg"] = Ledger(model, training, deployment.WithPenalty(RowPenalty.AsIn(training))),
        ["regd"] = Ledger(model, training, deployment.WithPenalty(RowPenalty.OwnCounts)),
        ["noreg"] = Ledger(model, training, deployment.WithPenalty(RowPenalty.None)),
    };

    public Fit<TModel, double> Train(GradientDescent plan) =>
        Trainer.Train(model, training, plan, [_losses, .. _ledgers.Values]);

    public void Check(Fixture fixture)
    {
        Close.To(fixture["train_loss"].Numbers, _losses.Sums);
        foreach (var (name, ledger) in _ledgers)
        {
            var expected = fixture["deploy_" + name];
            Close.To(expected["inflow"].Numbers, [.. ledger.Flows.Inflow]);
            Close.To(expected["outflow"].Numbers, [.. ledger.Flows.Outflow]);
            Close.To(expected["self"].Numbers, [.. ledger.Flows.Self]);
            Close.To(fixture["deploy_loss_" + name].Numbers, [.. ledger.DeploymentLoss]);
            var flows = ledger.Flows;
            Assert.Equal(flows.Inflow.Sum(), flows.Outflow.Sum(), 1e-10 * flows.Inflow.Sum(Math.Abs));
            Assert.Equal(ledger.FirstOrderReduction.Sum(), flows.Inflow.Sum() + flows.Self.Sum(),
                1e-10 * flows.Inflow.Sum(Math.Abs));
        }
    }

    private static Ledger<TModel, double> Ledger(TModel model, ExampleSet<double> training, ExampleSet<double> deployment) =>
        new(model, training, deployment) { ChecksFirstOrder = true };
}

public class ReferenceSmallFactorizationTests : SmallFactorizationTests<ReferenceFactorization>
{
    protected override ReferenceFactorization Create(ExampleSet<double> training) =>
        new(training.RowCount(0), training.RowCount(1), 4, 1);
}

public class GeneratedSmallFactorizationTests : SmallFactorizationTests<GeneratedFactorization4.Model>
{
    protected override GeneratedFactorization4.Model Create(ExampleSet<double> training) =>
        GeneratedFactorization4.Model.For(training);
}

public class GeneratedMovieLensTests : MovieLensTests<GeneratedFactorization16.Model>
{
    protected override GeneratedFactorization16.Model Create(ExampleSet<double> training) =>
        GeneratedFactorization16.Model.For(training);
}
