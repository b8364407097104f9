using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>One way in: a matrix, visits, the strongest few, sums, the same numbers each time.</summary>
public class InfluenceScoresTests
{
    private readonly Fit<Logistic.Model, double> _fit;
    private readonly ExampleSet<double> _test;

    public InfluenceScoresTests()
    {
        (var train, _test) = (Set(300, 1), Set(40, 2));
        _fit = Logistic.Train(train, GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.02) }).Converged();
    }

    [Fact]
    public void Every_form_tells_the_same()
    {
        var method = new InfluenceFunctions();
        var scores = _fit.Influence(method, _test);
        _fit.VisitInfluence(method, _test, (test, row) => Assert.True(row.SequenceEqual(scores.OfTest(test))));
        var top = _fit.TopInfluence(method, _test, 7);
        for (var test = 0; test < _test.Count; test++)
        {
            Assert.Equal(scores.Proponents(test, 7), top.Proponents[test]);
            Assert.Equal(scores.Opponents(test, 7), top.Opponents[test]);
        }

        Near(scores.OnAll(), _fit.JointInfluence(method, _test), 1e-12);
        var own = _fit.Influence(method, _fit.Training);
        Near([.. Enumerable.Range(0, 300).Select(i => own[i, i])], _fit.SelfInfluence(method), 1e-12);
    }

    [Fact]
    public void The_strongest_come_first_and_equals_in_order_of_position()
    {
        var scores = _fit.Influence(new InfluenceFunctions(), _test);
        var row = scores.OfTest(3).ToArray();
        int[] expected = [.. Enumerable.Range(0, 300).OrderByDescending(i => row[i]).ThenBy(i => i).Take(12)];
        Assert.Equal(expected, scores.Proponents(3, 12).Select(x => x.Example));
        expected = [.. Enumerable.Range(0, 300).OrderBy(i => row[i]).ThenBy(i => i).Take(12)];
        Assert.Equal(expected, scores.Opponents(3, 12).Select(x => x.Example));
        Assert.All(scores.Proponents(3, 300), x => Assert.True(x.Score > 0));
        Assert.Equal(300, scores.Proponents(3, 300).Length + scores.Opponents(3, 300).Length + row.Count(x => x == 0));
    }

    [Fact]
    public void Individuals_and_groups_are_sums_of_their_examples()
    {
        var names = new Individuals(["Ann", "Bob", "Cem"]);
        int[] of = [.. Enumerable.Range(0, 300).Select(i => i % 3)];
        var (x, y) = (Features(300, 1), Labels(300, 1));
        var train = ExampleSet<double>.FromFeatures(x, 4, y, names, of);
        var fit = Logistic.Train(train, GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.02) }).Converged();
        var scores = fit.Influence(new InfluenceFunctions(), _test);
        var sums = scores.OfIndividuals();
        var groups = scores.OfGroups([.. Enumerable.Range(0, 3).Select(u => Enumerable.Range(0, 300).Where(i => i % 3 == u).ToArray())]);
        for (var test = 0; test < _test.Count; test++)
        {
            for (var u = 0; u < 3; u++)
            {
                Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 3 == u).Sum(i => scores[i, test]), sums[u, test], 1e-12);
                Assert.Equal(sums[u, test], groups[u, test], 1e-15);
            }
        }

        Assert.Equal("Bob", scores.Proponents(0, 300).First(p => p.Example % 3 == 1).Individual);
    }

    [Fact]
    public void Threads_change_no_bit_and_solvers_agree()
    {
        var one = _fit.Influence(new InfluenceFunctions(), _test, new() { Threads = 1 });
        var two = _fit.Influence(new InfluenceFunctions(), _test, new() { Threads = 2 });
        var conjugate = _fit.Influence(new InfluenceFunctions { Solver = Solver.ConjugateGradient(1e-12) }, _test);
        Assert.Contains(conjugate.Notes, note => note.StartsWith("Conjugate gradients: 40 solves", StringComparison.Ordinal));
        for (var test = 0; test < _test.Count; test++)
        {
            Assert.True(one.OfTest(test).SequenceEqual(two.OfTest(test)));
            Near(one.OfTest(test), conjugate.OfTest(test), 1e-10);
        }

        // More tests than training examples: the training side is solved.
        var few = Logistic.Train(Set(30, 3), GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.1) }).Converged();
        var exact = few.Influence(new InfluenceFunctions(), _test);
        conjugate = few.Influence(new InfluenceFunctions { Solver = Solver.ConjugateGradient(1e-12) }, _test);
        Assert.Contains(conjugate.Notes, note => note.StartsWith("Conjugate gradients: 30 solves", StringComparison.Ordinal));
        for (var test = 0; test < _test.Count; test++)
        {
            Near(exact.OfTest(test), conjugate.OfTest(test), 1e-10);
        }
    }

    [Fact]
    public void What_a_method_needs_is_said()
    {
        var flat = Logistic.Train(Set(3, 5), GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(0, 0, 0, 0, 0) });
        var problem = Assert.Throws<InvalidOperationException>(() => flat.Influence(new InfluenceFunctions(), _test));
        Assert.Contains("or damping (Damping)", problem.Message, StringComparison.Ordinal);
        var lissa = Assert.Throws<InvalidOperationException>(() =>
            _fit.Influence(new InfluenceFunctions { Solver = Solver.Lissa(2000, 1, 0.01, 1) }, _test));
        Assert.Contains("LiSSA diverged", lissa.Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            _fit.Influence(new InfluenceFunctions(), _test, new() { Cancellation = source.Token }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _fit.Influence(new InfluenceFunctions { Damping = -1 }, _test));
    }

    [Fact]
    public void Notes_are_told_also_where_no_scores_object_comes_back()
    {
        var early = Logistic.Train(Set(50, 8), GradientDescent.FullBatch(1, 0.1) with { WeightDecay = WeightDecay.OnAll(0.1) });
        var told = new List<string>();
        var options = new InfluenceOptions { Notes = told.Add };
        _ = early.SelfInfluence(new InfluenceFunctions(), options);
        _ = early.JointInfluence(new InfluenceFunctions(), _test, options);
        early.VisitInfluence(new InfluenceFunctions(), _test, (_, _) => { }, options);
        _ = early.TopInfluence(new InfluenceFunctions(), _test, 1, options);
        Assert.Equal(4, told.Count);
        Assert.All(told, note => Assert.Contains("not a minimum", note, StringComparison.Ordinal));
    }

    [Fact]
    public void Gauss_newton_curvature_of_ratings_that_are_met_is_their_hessian_penalty_included()
    {
        var random = new RandomSource(4);
        double[] theta = [.. Enumerable.Range(0, 2 * (4 + 3)).Select(_ => random.NextGaussian())];
        int[] users = [0, 0, 1, 1, 2, 2, 3, 3], items = [0, 1, 1, 2, 0, 2, 0, 1];
        double[] met = [.. users.Zip(items, (u, i) => theta[2 * u] * theta[8 + 2 * i] + theta[2 * u + 1] * theta[9 + 2 * i])];
        var ratings = ExampleSet<double>.FromRatings(users, items, met, 4, 3);
        var fit = Trainer.Train(new Factors.Model(4, 3, 2), ratings, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(theta) });
        foreach (var solver in new[] { Solver.Cholesky, Solver.ConjugateGradient(1e-13) })
        {
            var hessian = new InfluenceFunctions { Damping = 0.01, Solver = solver };
            var (exact, approximate) = (fit.Influence(hessian, ratings), fit.Influence(hessian with { Curvature = Curvature.GaussNewton }, ratings));
            for (var test = 0; test < ratings.Count; test++)
            {
                Near(exact.OfTest(test), approximate.OfTest(test), 1e-9);
            }
        }
    }

    [Fact]
    public void Arnoldi_stops_where_its_space_is_exhausted_and_refuses_directions_without_curvature()
    {
        // As many dimensions as parameters are all there is: the same scores as Cholesky's, however many are asked for.
        var exact = _fit.Influence(new InfluenceFunctions(), _test);
        var arnoldi = _fit.Influence(new InfluenceFunctions { Solver = Solver.Arnoldi(20, 20, seed: 3) }, _test);
        for (var test = 0; test < _test.Count; test++)
        {
            Near(exact.OfTest(test), arnoldi.OfTest(test), 1e-7);
        }

        // Two features that are the same leave a direction free.
        var x = Features(50, 9);
        for (var i = 0; i < 50; i++)
        {
            x[4 * i + 3] = x[4 * i];
        }

        var singular = Logistic.Train(ExampleSet<double>.FromFeatures(x, 4, Labels(50, 9)), GradientDescent.FullBatch(5, 0.1));
        var problem = Assert.Throws<InvalidOperationException>(() =>
            singular.Influence(new InfluenceFunctions { Solver = Solver.Arnoldi(5, 5, [1, 0, 0, 0, 0]) }, _test));
        Assert.Contains("0 up to rounding", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaving_an_example_out_of_a_convex_model_does_what_its_score_says()
    {
        var scores = _fit.Influence(new InfluenceFunctions(), _test);
        var before = _fit.Losses(_test);
        var n = _fit.Training.Count;
        var (predicted, measured) = (new List<double>(), new List<double>());
        for (var left = 0; left < n; left += 30)
        {
            // The divisor stays n: the mean over n − 1 and λ, both times (n − 1)/n, so λ n/(n − 1).
            var rest = _fit.Training.Subset([.. Enumerable.Range(0, n).Where(i => i != left)]);
            var without = Logistic.Train(rest, GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.02 * n / (n - 1)) }).Converged();
            var after = without.Losses(_test);
            predicted.AddRange(scores.OfTraining(left));
            measured.AddRange(after.Zip(before, (a, b) => a - b));
        }

        var (xy, xx, yy) = (predicted.Zip(measured, (p, q) => p * q).Sum(), predicted.Sum(p => p * p), measured.Sum(q => q * q));
        Assert.True(xy / Math.Sqrt(xx * yy) > 0.999);
        Assert.InRange(xy / xx, 0.95, 1.1);
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative)
    {
        var largest = expected.ToArray().Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], relative * largest);
        }
    }

    private static double[] Features(int count, long seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, 4 * count).Select(_ => random.NextGaussian())];
    }

    private static double[] Labels(int count, long seed)
    {
        var (x, random) = (Features(count, seed), new RandomSource(seed + 100));
        return [.. Enumerable.Range(0, count).Select(i => random.NextDouble() * (1 + Math.Exp(x[4 * i + 1] - 2 * x[4 * i])) < 1 ? 1.0 : 0)];
    }

    private static ExampleSet<double> Set(int count, long seed) => ExampleSet<double>.FromFeatures(Features(count, seed), 4, Labels(count, seed));
}
