using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>Removal and addition curves, and brittleness.</summary>
public class CurveTests
{
    private static readonly ExampleSet<double> _train = Problems.Binary(80, 3, 1);
    private static readonly ExampleSet<double> _test = Problems.Binary(40, 3, 2);
    private static readonly Fit<Logistic.Model, double> _trained = Problems.FitBinary(_train, 0.05);
    private static readonly Retrainer<Logistic.Model, double> _again = _trained.Retrainer(Removal.Refit);

    [Fact]
    public void Points_are_the_models_without_or_with_the_highest()
    {
        double[] scores = [.. Enumerable.Range(0, 80).Select(i => i * 37 % 80)];
        int[] order = [.. Enumerable.Range(0, 80).OrderByDescending(i => scores[i])];
        var removed = _again.Curve(CurveOf.Removal, scores, _test, 0, 0.25);
        var added = _again.Curve(CurveOf.Addition, scores, _test, 0.25, 1);
        Is(_trained, removed.Points[0]);
        Is(Problems.FitBinary(_train.Subset(order[20..]), 0.05), removed.Points[1]);
        Is(Problems.FitBinary(_train.Subset(order[..20]), 0.05), added.Points[0]);
        Is(_trained, added.Points[1]);
        Assert.Equal([0, 20], removed.Points.Select(point => point.Examples));

        static void Is(Fit<Logistic.Model, double> fit, CurvePoint point)
        {
            Assert.Equal(fit.MeanLoss(_test), point.Loss, 1e-9);
            Assert.Equal(fit.Accuracy(_test), point.Accuracy);
            Assert.Equal(0, point.LossDeviation);
        }
    }

    [Fact]
    public void Influence_beats_random_orders_both_ways()
    {
        var scores = _trained.JointInfluence(new InfluenceFunctions(), _test);
        foreach (var kind in Enum.GetValues<CurveOf>())
        {
            // Near the whole set, which is what the scores are about.
            double[] shares = kind == CurveOf.Removal ? [0.1, 0.2, 0.4] : [0.6, 0.8, 0.9];
            var random = _again.RandomCurve(kind, _test, 8, seed: 1, shares);
            Assert.All(random.Points, point => Assert.True(point.LossDeviation > 0));
            var area = _again.Curve(kind, scores, _test, shares).AreaOver(random);
            Assert.True(area > 2 * random.Points.Average(point => point.LossDeviation), $"{kind}: {area}");
            Assert.True(_again.Curve(kind, [.. scores.Select(score => -score)], _test, shares).AreaOver(random) < 0);
        }
    }

    [Fact]
    public void The_area_is_that_of_trapezoids()
    {
        static RetrainingCurve Of(CurveOf kind, params double[] losses) =>
            new(kind, [.. losses.Select((loss, i) => new CurvePoint(i * i * 0.1, i * i, loss, 0, null, null))]);
        Assert.Equal((0.1 * (0 + 1) / 2 + 0.3 * (1 + 3) / 2) / 0.4, Of(CurveOf.Removal, 1, 2, 4).AreaOver(Of(CurveOf.Removal, 1, 1, 1)), 1e-14);
        Assert.True(Of(CurveOf.Addition, 1, 2, 4).AreaOver(Of(CurveOf.Addition, 1, 1, 1)) < 0);
        Assert.Throws<ArgumentException>(() => Of(CurveOf.Addition, 1, 2, 4).AreaOver(Of(CurveOf.Removal, 1, 1, 1)));
        Assert.Throws<ArgumentException>(() => Of(CurveOf.Addition, 1, 2, 4).AreaOver(Of(CurveOf.Addition, 1, 1)));
    }

    [Fact]
    public void Regression_has_a_curve_without_accuracy()
    {
        var fit = Linear.Train(Problems.Numbers(30, 3, 1), Problems.Penalised(0.1)).Converged();
        var curve = fit.Retrainer(Removal.Refit).RandomCurve(CurveOf.Removal, Problems.Numbers(9, 3, 2), 3, 1, 0.5);
        Assert.Null(Assert.Single(curve.Points).Accuracy);
    }

    [Fact]
    public void Shares_that_leave_nothing_are_refused()
    {
        var scores = new double[80];
        Assert.Throws<ArgumentException>(() => _again.Curve(CurveOf.Removal, scores, _test, 0.5, 1));
        Assert.Throws<ArgumentException>(() => _again.Curve(CurveOf.Addition, scores, _test, 0, 0.5));
        Assert.Throws<ArgumentException>(() => _again.Curve(CurveOf.Addition, scores, _test, 0.5, 0.5));
        Assert.Throws<ArgumentException>(() => _again.Curve(CurveOf.Addition, scores, _test));
        Assert.Throws<ArgumentException>(() => _again.Curve(CurveOf.Addition, new double[79], _test, 0.5));
    }

    [Fact]
    public void Without_the_number_found_a_prediction_flips_and_without_one_fewer_it_stays()
    {
        var scores = _trained.Influence(new InfluenceFunctions(), _test);
        var found = _again.Brittleness(scores, _test, most: 15);
        Assert.Equal(_test.Count, found.Predictions.Length);
        Assert.Contains(found.Predictions, prediction => prediction.Removed is > 2);
        Assert.Contains(found.Predictions, prediction => prediction.Removed is null);
        var before = _trained.Predict(_test);
        foreach (var (test, removed, tried) in found.Predictions)
        {
            var right = before[test] > 0 == (_test.Labels[test] == 1);
            int[] supporters = [.. (right ? scores.Proponents(test, 15) : scores.Opponents(test, 15)).Select(scored => scored.Example)];
            Assert.Equal(supporters.Length, tried);
            bool Flips(int count) =>
                Problems.FitBinary(_train.Subset([.. Enumerable.Range(0, 80).Except(supporters[..count])]), 0.05).Predict(_test)[test] > 0 != before[test] > 0;
            if (removed is { } number)
            {
                Assert.True(Flips(number));
                Assert.False(number > 1 && Flips(number - 1));
            }
            else
            {
                Assert.False(tried > 0 && Flips(tried));
            }
        }

        Assert.Contains(found.Predictions, prediction => prediction.Removed is not null && before[prediction.Test] > 0 != (_test.Labels[prediction.Test] == 1));
        Assert.Equal(found.Predictions.Count(p => p.Removed is not null) / 40.0, found.FlippedBy(15), 1e-15);
        Assert.Equal(0, found.FlippedBy(0));
    }

    [Fact]
    public void Brittleness_needs_classes_and_scores_of_the_sets()
    {
        var fit = Linear.Train(Problems.Numbers(30, 3, 1), Problems.Penalised(0.1)).Converged();
        var scores = fit.Influence(new InfluenceFunctions(), fit.Training);
        Assert.Throws<InvalidOperationException>(() => fit.Retrainer(Removal.Refit).Brittleness(scores, fit.Training, 3));
        Assert.Throws<ArgumentException>(() => _again.Brittleness(scores, _test, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => _again.Brittleness(_trained.Influence(new InfluenceFunctions(), _test), _test, 80));
    }
}
