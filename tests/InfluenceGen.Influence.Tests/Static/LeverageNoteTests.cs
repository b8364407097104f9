using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Scores name the examples whose influence is beyond first order.</summary>
public class LeverageNoteTests
{
    private static readonly ExampleSet<double> _test = ExampleSet<double>.FromFeatures([0.5, 2, 3.5], 1, [1, 2, 3]);

    [Fact]
    public void The_examples_of_leverage_are_named_with_how_far()
    {
        // One feature and a bias: h = 1/n + (x − mean)²/Σ(x − mean)².
        double[] x = [.. Enumerable.Range(0, 40).Select(i => i / 10.0), 30];
        var (fit, mean) = (Fit(x), x.Average());
        double Leverage(int i) => 1.0 / x.Length + (x[i] - mean) * (x[i] - mean) / x.Sum(v => (v - mean) * (v - mean));
        var note = Assert.Single(fit.Influence(new InfluenceFunctions(), _test).Notes);
        Assert.StartsWith("The influence of 1 training example is beyond first order", note, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"40 (41) {Leverage(40):F2}, {1 / (1 - Leverage(40)):G3} times"), note,
            StringComparison.Ordinal);
        Assert.Contains("RescaledInfluence", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_has_leverage_nothing_is_said()
    {
        Assert.Empty(Fit([.. Enumerable.Range(0, 60).Select(i => i / 10.0)]).Influence(new InfluenceFunctions(), _test).Notes);

        // Of points evenly apart the outer ones have 1/n + ¼ 12 (n − 1)/(n (n + 1)): 0.46 of 7, 0.52 of 6.
        Assert.Empty(Fit([0, 1, 2, 3, 4, 5, 6]).Influence(new InfluenceFunctions(), _test).Notes);
        Assert.StartsWith("The influence of 2 training examples", Assert.Single(
            Fit([0, 1, 2, 3, 4, 5]).Influence(new InfluenceFunctions(), _test).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_told_to_who_listens_where_no_scores_object_comes_back()
    {
        var fit = Fit([.. Enumerable.Range(0, 40).Select(i => i / 10.0), 30]);
        var told = new List<string>();
        var options = new InfluenceOptions { Notes = told.Add };
        _ = fit.SelfInfluence(new InfluenceFunctions(), options);
        _ = fit.JointInfluence(new InfluenceFunctions(), _test, options);
        fit.VisitInfluence(new InfluenceFunctions(), _test, (_, _) => { }, options);
        var top = fit.TopInfluence(new InfluenceFunctions(), _test, 1, options);
        _ = fit.Influence(new InfluenceFunctions(), _test, options);
        Assert.Equal(5, told.Count);
        Assert.All(told, note => Assert.Contains("40 (41)", note, StringComparison.Ordinal));
        Assert.Equal(told[0], Assert.Single(top.Notes));
    }

    [Fact]
    public void Of_classes_it_is_the_largest_eigenvalue()
    {
        // Everybody is class 0 or 1 at x = ±1 but for one far away: its own curvature is most of what there is in that direction.
        double[] x = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 1.0 : -1), 12];
        int[] y = [.. Enumerable.Range(0, 40).Select(i => i % 3), 1];
        var fit = Softmax.Train(ExampleSet<double>.FromClasses(x, 1, y, 3), Problems.Penalised(1e-3)).Converged();
        Assert.Contains("40 (41)", Assert.Single(fit.Influence(new InfluenceFunctions(), fit.Training).Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("0 (1)", fit.Influence(new InfluenceFunctions(), fit.Training).Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_about_estimates_of_retraining_by_models_that_are_linear_in_their_parameters()
    {
        var fit = Fit([.. Enumerable.Range(0, 40).Select(i => i / 10.0), 30]);
        Assert.Empty(fit.Influence(new RenormalisedInfluence(), _test).Notes);
        Assert.Empty(fit.Influence(new RescaledInfluence(), _test).Notes);
        var train = Problems.Classes(12, 3, 1);
        var network = TanhSoftmax.Train(train, GradientDescent.FullBatch(30, 0.1));
        Assert.DoesNotContain(network.Influence(new InfluenceFunctions { Damping = 1 }, train).Notes,
            note => note.Contains("leverage", StringComparison.Ordinal));
    }

    private static Fit<Linear.Model, double> Fit(double[] x) =>
        Linear.Train(ExampleSet<double>.FromFeatures(x, 1, [.. x.Select((value, i) => value + Math.Sin(i))]), GradientDescent.FullBatch(0, 1)).Converged();
}
