using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Numerics;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Hessians that are singular along directions which change no output have scores, those of the pseudo-inverse; what else does not
/// is named.</summary>
public class SingularHessianTests
{
    private static readonly string[] _wards = ["Age", "Ward=A", "Ward=B", "Ward=C"];

    [Fact]
    public void One_column_for_each_level_beside_a_bias_has_the_scores_of_one_level_less()
    {
        var (x, y) = Wards(60, 1);
        var fit = Minimum(x, y, _wards);
        var test = Set(Wards(12, 2), _wards);
        var scores = fit.Influence(new InfluenceFunctions(), test);
        Near(Expected(fit, test), scores, 1e-9);
        Assert.Contains(scores.Notes, note => note.Contains("1 of 5 directions", StringComparison.Ordinal)
            && note.Contains("the columns of Ward (feature 'Ward=A', feature 'Ward=B' and feature 'Ward=C') add up to the bias", StringComparison.Ordinal));

        // Without the last level nothing is singular, and the outputs are the same.
        var less = Minimum([.. x.Select(row => row[..3])], y, _wards[..3]);
        var (lessX, lessY) = Wards(12, 2);
        var lessScores = less.Influence(new InfluenceFunctions(), Set(([.. lessX.Select(row => row[..3])], lessY), _wards[..3]));
        Assert.Empty(lessScores.Notes);
        for (var t = 0; t < 12; t++)
        {
            Near(lessScores.OfTest(t), scores.OfTest(t), 1e-8);
        }

        var conjugate = fit.Influence(new InfluenceFunctions { Solver = Solver.ConjugateGradient(1e-13) }, test);
        for (var t = 0; t < 12; t++)
        {
            Near(scores.OfTest(t), conjugate.OfTest(t), 1e-8);
        }
    }

    [Fact]
    public void Changes_of_the_parameters_are_the_shortest()
    {
        var (x, y) = Wards(40, 3);
        var fit = Minimum(x, y, _wards);
        var (inverse, gradients) = (PseudoInverse.Of(Hessian(fit)), Gradients(fit, fit.Training));
        var relative = fit.Influence(new RelatIF(), fit.Training);
        var scores = fit.Influence(new InfluenceFunctions(), fit.Training);
        for (var i = 0; i < 40; i++)
        {
            var change = Enumerable.Range(0, 5).Sum(k => Math.Pow(Enumerable.Range(0, 5).Sum(j => inverse[k, j] * gradients[i][j]), 2));
            Assert.Equal(scores[i, 3] / Math.Sqrt(change), relative[i, 3], 1e-9);
        }
    }

    [Theory]
    [InlineData("doubled", "feature 'a' and feature 'copy' are the same up to a factor")]
    [InlineData("shifted", "feature 'a' and feature 'copy' are the same up to a factor and a constant")]
    [InlineData("constant", "feature 'copy' is 7.3 in every training example, as constant as the bias")]
    [InlineData("empty", "feature 'copy' is 0 in every training example")]
    [InlineData("combined", "is a combination of")]
    [InlineData("hundred", "add up to 100, a multiple of the bias")]
    public void Columns_that_depend_on_others_are_named_and_change_no_score(string kind, string words)
    {
        double Copy(double[] row) => kind switch
        {
            "doubled" => 2.5 * row[0],
            "shifted" => 3 - 2 * row[0],
            "constant" => 7.3,
            "empty" => 0,
            "combined" => row[0] - 0.3 * row[1],
            _ => 100 - row[0] - row[1],
        };
        string[] names = ["a", "b", "copy"];
        var ((x, y), (testX, testY)) = (Pairs(50, 4), Pairs(9, 5));
        var without = Minimum(x, y, names[..2]).Influence(new InfluenceFunctions(), Set((testX, testY), names[..2]));
        foreach (var unit in new[] { 1, 1e-12, 1e12 })
        {
            double[] With(double[] row) => [row[0], row[1] / unit, unit * Copy(row)];
            var fit = At(Minimum(x, y, names[..2]), [.. x.Select(With)], y, names, theta => [theta[0], theta[1] * unit, 0, theta[2]]);
            var scores = fit.Influence(new InfluenceFunctions(), Set(([.. testX.Select(With)], testY), names));
            for (var t = 0; t < 9; t++)
            {
                Near(without.OfTest(t), scores.OfTest(t), 1e-8);
            }

            Assert.Single(scores.Notes, note => note.Contains("1 of 4 directions", StringComparison.Ordinal));
            if (unit == 1)
            {
                Assert.Contains(scores.Notes, note => note.Contains(words, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData(1e5, 100)]
    [InlineData(1.7e9, 1e5)]
    [InlineData(1e9, 1)]
    [InlineData(-1e9, 1e-3)]
    public void A_column_far_from_0_is_no_constant(double offset, double unit)
    {
        string[] names = ["time", "b"];
        double[] Moved(double[] row) => [Math.Round(1024 * row[0]) / 1024 * unit + offset, row[1]];
        double[] Same(double[] row) => [(Moved(row)[0] - offset) / unit, row[1]];
        var ((x, y), (testX, testY)) = (Pairs(50, 6), Pairs(9, 7));
        var fit = Minimum([.. x.Select(Same)], y, names);
        var moved = At(fit, [.. x.Select(Moved)], y, names, theta => [theta[0] / unit, theta[1], theta[2] - theta[0] * offset / unit]);
        var expected = fit.Influence(new InfluenceFunctions(), Set(([.. testX.Select(Same)], testY), names));
        var scores = moved.Influence(new InfluenceFunctions(), Set(([.. testX.Select(Moved)], testY), names));
        Assert.DoesNotContain(scores.Notes, note => note.Contains("does not determine", StringComparison.Ordinal));

        // Outputs and gradients themselves lose the digits that the offset takes.
        for (var t = 0; t < 9; t++)
        {
            Near(expected.OfTest(t), scores.OfTest(t), 1e-8 + 1e-14 * Math.Abs(offset / unit));
        }
    }

    [Fact]
    public void A_time_stamp_in_single_precision_is_no_constant_and_one_that_stands_still_is()
    {
        string[] names = ["time", "b"];
        var (x, y) = Pairs(80, 8);
        var random = Set((x, y), names);
        var fit = Minimum(x, y, names);
        var theta = fit.Theta();
        var times = Narrow([.. x.Select(row => new[] { 1.7e9 + 1e5 * row[0], row[1] })], y);
        var single = SingleLogistic.Train(times, GradientDescent.FullBatch(0, 1) with
        {
            Start = Initialisation.At(theta[0] / 1e5, theta[1], theta[2] - theta[0] * 1.7e4),
        });
        var scores = single.Influence(new InfluenceFunctions(), times);
        var expected = fit.Influence(new InfluenceFunctions(), random);
        Assert.DoesNotContain(scores.Notes, note => note.Contains("does not determine", StringComparison.Ordinal));
        for (var t = 0; t < 80; t++)
        {
            Near(expected.OfTest(t), [.. scores.OfTest(t).ToArray().Select(score => (double)score)], 0.02);
        }

        var still = Narrow([.. x.Select(row => new[] { 1.7e9, row[1] })], y);
        var fixedTime = SingleLogistic.Train(still, GradientDescent.FullBatch(0, 1)).Influence(new InfluenceFunctions(), still);
        Assert.Contains(fixedTime.Notes, note => note.Contains("feature 0 is 1.7E+09 in every training example", StringComparison.Ordinal));
    }

    [Fact]
    public void What_training_never_saw_is_refused_by_name()
    {
        var (x, y) = Wards(60, 1);
        var level = x.Select(row => (double[])[.. row, 0]).ToArray();
        string[] names = [.. _wards, "Ward=D"];
        var fit = Minimum(level, y, names);
        var seen = Set(([[0.3, 0, 1, 0, 0]], [1]), names);
        _ = fit.Influence(new InfluenceFunctions(), seen);
        var problem = Assert.Throws<InvalidOperationException>(() =>
            fit.Influence(new InfluenceFunctions(), Set(([[0.3, 0, 1, 0, 0], [0.3, 0, 0, 0, 1]], [1, 0]), names)));
        Assert.Contains("feature 'Ward=D' is 0 in every training example", problem.Message, StringComparison.Ordinal);

        // Of two levels at once: off the columns' sum.
        var both = Assert.Throws<InvalidOperationException>(() =>
            fit.Influence(new InfluenceFunctions(), Set(([[0.3, 1, 1, 0, 0]], [1]), names)));
        Assert.Contains("add up to the bias", both.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => fit.JointInfluence(new InfluenceFunctions(), Set(([[0.3, 0, 0, 0, 1]], [0]), names)));
    }

    [Fact]
    public void A_group_that_is_a_whole_level_does_to_the_others_what_retraining_does()
    {
        var (x, _) = Wards(30, 11);
        var random = new RandomSource(12);
        double[] y = [.. x.Select(row => row[0] + 2 * row[1] - row[3] + 0.3 * random.NextGaussian())];
        var train = Set((x, y), _wards);
        var fit = Linear.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        int[] level = [.. Enumerable.Range(0, 30).Where(i => x[i][3] == 1)];
        var test = Set(([[0.4, 1, 0, 0], [-1, 0, 1, 0]], [1, 2]), _wards);
        int[] stay = [.. Enumerable.Range(0, 30).Except(level)];
        var without = Linear.Train(Set(([.. stay.Select(i => x[i][..2])], [.. stay.Select(i => y[i])]), _wards[..2]), GradientDescent.FullBatch(0, 1)).Converged();
        var after = without.Losses(Set(([[0.4, 1], [-1, 0]], [1, 2]), _wards[..2]));
        var before = fit.Losses(test);
        var effects = fit.GroupInfluence(new NewtonStepGroup(), [level], test, LossChange.Exact);
        Assert.Contains(effects.Notes, note => note.Contains("feature 'Ward=C' is 0", StringComparison.Ordinal));
        for (var t = 0; t < 2; t++)
        {
            Assert.Equal(after[t] - before[t], effects[0, t], 1e-9);
        }

        // Who asks about the level that is gone has no answer; nor has who asks how one alone in a level moves its own loss.
        var gone = Assert.Throws<InvalidOperationException>(() => fit.GroupInfluence(new NewtonStepGroup(), [level], Set(([[0.4, 0, 0, 1]], [1]), _wards)));
        Assert.Contains("feature 'Ward=C'", gone.Message, StringComparison.Ordinal);
        _ = fit.GroupInfluence(new FirstOrderGroup(), [level], Set(([[0.4, 0, 0, 1]], [1]), _wards));
        Assert.Throws<InvalidOperationException>(() => fit.GroupInfluence(new FirstOrderGroup(), [level], Set(([[0.4, 1, 0, 1]], [1]), _wards)));
    }

    [Fact]
    public void A_softmax_without_a_penalty_has_the_scores_of_the_pseudo_inverse()
    {
        const int Classes = 3;
        var (x, _) = Pairs(60, 9);
        var random = new RandomSource(10);
        int[] labels = [.. x.Select(row => (int)(Classes * Math.Clamp(0.5 + 0.3 * row[0] + 0.3 * (random.NextDouble() - 0.5), 0, 0.999)))];
        var train = ExampleSet<double>.FromClasses(x.SelectMany(row => row).ToArray(), 2, labels, Classes, ["a", "b"]);
        double[] theta = [.. Enumerable.Range(0, Classes * 3).Select(_ => random.NextGaussian())];
        var fit = Trainer.Train(new Softmax.Model(2, Classes), train, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(theta) });
        var scores = fit.Influence(new InfluenceFunctions(), train);
        Assert.Contains(scores.Notes, note => note.Contains("3 of 9 directions", StringComparison.Ordinal)
            && note.Contains("what the weights and the bias of all classes have in common", StringComparison.Ordinal));

        // θ is W row by row, then b.
        var (hessian, gradients) = (new double[9, 9], new List<double[]>());
        for (var i = 0; i < 60; i++)
        {
            double[] inputs = [.. x[i], 1];
            double[] e = [.. Enumerable.Range(0, Classes).Select(c => Math.Exp(theta[2 * c] * x[i][0] + theta[2 * c + 1] * x[i][1] + theta[6 + c]))];
            double[] p = [.. e.Select(value => value / e.Sum())];
            (int Class, int Input)[] places = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (0, 2), (1, 2), (2, 2)];
            gradients.Add([.. places.Select(place => (p[place.Class] - (labels[i] == place.Class ? 1 : 0)) * inputs[place.Input])]);
            for (var j = 0; j < 9; j++)
            {
                for (var k = 0; k < 9; k++)
                {
                    var (a, b) = (places[j], places[k]);
                    hessian[j, k] += p[a.Class] * ((a.Class == b.Class ? 1 : 0) - p[b.Class]) * inputs[a.Input] * inputs[b.Input] / 60;
                }
            }
        }

        var inverse = PseudoInverse.Of(hessian);
        for (var t = 0; t < 60; t++)
        {
            Near([.. gradients.Select(g => PseudoInverse.Form(gradients[t], inverse, g) / 60)], scores.OfTest(t), 1e-9);
        }
    }

    [Fact]
    public void A_user_without_training_ratings_bothers_nobody_but_those_who_ask_about_him()
    {
        // shared/edges/factorization-train.data and factorization-user-in-test-only.data.
        int[] users = [0, 0, 1, 1, 2, 2], items = [0, 1, 0, 1, 0, 1];
        var names = new Individuals(["1", "2", "3", "9"]);
        double[] ratings = [5, 2, 4, 1, 3, 2];
        var train = ExampleSet<double>.FromRatings(users, items, ratings, 4, 2, names, ["a", "b"]);
        var test = ExampleSet<double>.FromRatings([0], [0], [4.0], 4, 2, names, ["a", "b"]).WithPenalty(RowPenalty.None);
        var stranger = ExampleSet<double>.FromRatings([3], [1], [3.0], 4, 2, names, ["a", "b"]).WithPenalty(RowPenalty.None);
        var fit = Trainer.Train(new Factors.Model(4, 2, 2), train, GradientDescent.FullBatch(20_000, 0.05) with { Start = Initialisation.Gaussian(0.5, 3) });
        var scores = fit.Influence(new InfluenceFunctions(), test);
        Assert.Contains(scores.Notes, note => note.Contains("user 9 has no training ratings; rotations of the embeddings", StringComparison.Ordinal));

        var theta = fit.Theta();
        var (hessian, gradients) = FactorizationDerivatives(theta, users, items, ratings, 4, 2, 2, 0.2);
        var dot = theta[0] * theta[8] + theta[1] * theta[9];
        double[] asked = [(dot - 4) * theta[8], (dot - 4) * theta[9], 0, 0, 0, 0, 0, 0, (dot - 4) * theta[0], (dot - 4) * theta[1], 0, 0];
        var inverse = PseudoInverse.Of(hessian);
        Near([.. gradients.Select(g => PseudoInverse.Form(asked, inverse, g) / 6)], scores.OfTest(0), 1e-7);

        var problem = Assert.Throws<InvalidOperationException>(() => fit.Influence(new InfluenceFunctions(), stranger));
        Assert.Contains("user 9 has no training ratings", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_curvature_is_refused_by_name()
    {
        var names = new Individuals(["Ann", "Bob"]);
        var train = ExampleSet<double>.FromRatings([0, 0, 1, 1], [0, 1, 0, 1], [9.0, 8, 7, 9], 2, 2, names, ["x", "y"]);
        var fit = Trainer.Train(new Factors.Model(2, 2, 1), train, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(0.1, 0.2, 0.2, 0.1) });
        var problem = Assert.Throws<NotPositiveDefiniteException>(() => fit.Influence(new InfluenceFunctions(), train));
        Assert.Contains("add damping", problem.Message, StringComparison.Ordinal);
        Assert.All(problem.Parameters, name => Assert.Contains(name, new[] { "user Ann", "user Bob", "item x", "item y" }));
        Assert.True(problem.Curvature < 0);
        _ = fit.Influence(new InfluenceFunctions { Damping = 20 }, train);
    }

    /// <summary>(1/n) Σ H_i and each g_i of a factorization, penalties shared by counts; θ is P row by row, then Q.</summary>
    private static (double[,] Hessian, double[][] Gradients) FactorizationDerivatives(double[] theta, int[] users, int[] items, double[] ratings,
        int userCount, int itemCount, int rank, double penalty)
    {
        var (p, n) = (theta.Length, ratings.Length);
        var (hessian, gradients) = (new double[p, p], new double[n][]);
        for (var i = 0; i < n; i++)
        {
            var (u, q) = (users[i] * rank, userCount * rank + items[i] * rank);
            var error = Enumerable.Range(0, rank).Sum(k => theta[u + k] * theta[q + k]) - ratings[i];
            var (ofUser, ofItem) = (penalty / users.Count(x => x == users[i]), penalty / items.Count(x => x == items[i]));
            gradients[i] = new double[p];
            for (var k = 0; k < rank; k++)
            {
                gradients[i][u + k] = error * theta[q + k] + ofUser * theta[u + k];
                gradients[i][q + k] = error * theta[u + k] + ofItem * theta[q + k];
                hessian[u + k, u + k] += ofUser / n;
                hessian[q + k, q + k] += ofItem / n;
                hessian[u + k, q + k] += error / n;
                hessian[q + k, u + k] += error / n;
                for (var l = 0; l < rank; l++)
                {
                    hessian[u + k, u + l] += theta[q + k] * theta[q + l] / n;
                    hessian[q + k, q + l] += theta[u + k] * theta[u + l] / n;
                    hessian[u + k, q + l] += theta[q + k] * theta[u + l] / n;
                    hessian[q + l, u + k] += theta[q + k] * theta[u + l] / n;
                }
            }
        }

        return (hessian, gradients);
    }

    /// <summary>(1/n) g_te · H⁺ g_i of an unpenalised logistic model, by definition.</summary>
    private static double[][] Expected(Fit<Logistic.Model, double> fit, ExampleSet<double> test)
    {
        var (inverse, training) = (PseudoInverse.Of(Hessian(fit)), Gradients(fit, fit.Training));
        return [.. Gradients(fit, test).Select(t => training.Select(g => PseudoInverse.Form(t, inverse, g) / training.Length).ToArray())];
    }

    private static double[,] Hessian(Fit<Logistic.Model, double> fit)
    {
        var d = fit.Training.FeatureCount;
        var hessian = new double[d + 1, d + 1];
        foreach (var (row, p, _) in Rows(fit, fit.Training))
        {
            for (var j = 0; j <= d; j++)
            {
                for (var k = 0; k <= d; k++)
                {
                    hessian[j, k] += p * (1 - p) * row[j] * row[k] / fit.Training.Count;
                }
            }
        }

        return hessian;
    }

    private static double[][] Gradients(Fit<Logistic.Model, double> fit, ExampleSet<double> examples) =>
        [.. Rows(fit, examples).Select(row => row.X.Select(x => (row.P - row.Y) * x).ToArray())];

    private static IEnumerable<(double[] X, double P, double Y)> Rows(Fit<Logistic.Model, double> fit, ExampleSet<double> examples)
    {
        var (theta, d) = (fit.Theta(), examples.FeatureCount);
        for (var i = 0; i < examples.Count; i++)
        {
            double[] x = [.. examples.Features.Slice(i * examples.FeatureStride, d).ToArray(), 1];
            yield return (x, 1 / (1 + Math.Exp(-x.Zip(theta, (a, b) => a * b).Sum())), examples.Labels[i]);
        }
    }

    private static Fit<Logistic.Model, double> Minimum(double[][] x, double[] y, string[] names) =>
        Logistic.Train(Set((x, y), names), GradientDescent.FullBatch(0, 1)).Converged();

    /// <summary>The same weights, in other units, on the same examples in those units.</summary>
    private static Fit<Logistic.Model, double> At(Fit<Logistic.Model, double> fit, double[][] x, double[] y, string[] names,
        Func<double[], double[]> weights) =>
        Logistic.Train(Set((x, y), names), GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(weights(fit.Theta())) });

    private static ExampleSet<double> Set((double[][] X, double[] Y) rows, string[] names) =>
        ExampleSet<double>.FromFeatures(rows.X.SelectMany(row => row).ToArray(), names.Length, rows.Y, names);

    private static ExampleSet<float> Narrow(double[][] x, double[] y) =>
        ExampleSet<float>.FromFeatures(x.SelectMany(row => row).Select(value => (float)value).ToArray(), x[0].Length, [.. y.Select(value => (float)value)]);

    /// <summary>An age and one column for each of three wards.</summary>
    private static (double[][] X, double[] Y) Wards(int count, long seed)
    {
        var random = new RandomSource(seed);
        double[][] x = [.. Enumerable.Range(0, count).Select(i => (double[])[random.NextGaussian(), i % 3 == 0 ? 1 : 0, i % 3 == 1 ? 1 : 0, i % 3 == 2 ? 1 : 0])];
        return (x, [.. x.Select(row => row[0] - row[1] + 0.5 * row[2] + 2 * random.NextGaussian() > 0 ? 1.0 : 0)]);
    }

    private static (double[][] X, double[] Y) Pairs(int count, long seed)
    {
        var random = new RandomSource(seed);
        double[][] x = [.. Enumerable.Range(0, count).Select(_ => (double[])[random.NextGaussian(), random.NextGaussian() + 0.5])];
        return (x, [.. x.Select(row => row[0] - row[1] + 2 * random.NextGaussian() > 0 ? 1.0 : 0)]);
    }

    private static void Near(double[][] expected, InfluenceScores<double> actual, double relative)
    {
        for (var t = 0; t < expected.Length; t++)
        {
            Near(expected[t], actual.OfTest(t), relative);
        }
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative)
    {
        var largest = expected.ToArray().Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], relative * largest);
        }
    }
}
