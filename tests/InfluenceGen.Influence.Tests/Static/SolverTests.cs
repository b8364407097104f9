using System.Globalization;
using System.Text.RegularExpressions;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>What iterative solvers reached is said as it is, and what is no solution is refused.</summary>
public partial class SolverTests
{
    [Fact]
    public void Too_few_iterations_are_refused_unless_asked_for()
    {
        var fit = Graded(80, 1);
        var few = new InfluenceFunctions { Solver = Solver.ConjugateGradient(1e-10, 2, preconditioned: false) };
        var problem = Assert.Throws<InvalidOperationException>(() => fit.Influence(few, fit.Training));
        Assert.Contains("left a relative residual of", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Gauss-Newton", problem.Message, StringComparison.Ordinal);
        var accepted = fit.Influence(few with { Solver = Solver.ConjugateGradient(1e-10, 2, preconditioned: false, accepted: 10) }, fit.Training);
        Assert.Contains(accepted.Notes, note => note.Contains("80 of them did not reach 1E-10 in 2 iterations", StringComparison.Ordinal));
        var exact = fit.Influence(few with { Solver = Solver.ConjugateGradient(0, 2, preconditioned: false) }, fit.Training);
        Assert.True(accepted.OfTest(3).SequenceEqual(exact.OfTest(3)));
        _ = fit.Influence(few with { Solver = Solver.ConjugateGradient(1e-10, 400) }, fit.Training);
    }

    [Fact]
    public void Conjugate_gradients_refuse_what_training_does_not_determine_by_name()
    {
        // A column that training never saw other than 0, and two that add up to 1.
        var random = new RandomSource(2);
        string[] names = ["a", "left", "right", "never"];
        double[] x = [.. Enumerable.Range(0, 60).SelectMany(i => new[] { random.NextGaussian(), i % 2, 1 - i % 2, 0 })];
        double[] y = [.. Enumerable.Range(0, 60).Select(i => x[4 * i] + 2 * random.NextGaussian() > 0 ? 1.0 : 0)];
        var train = ExampleSet<double>.FromFeatures(x, 4, y, names);
        var fit = Logistic.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        var method = new InfluenceFunctions { Solver = Solver.ConjugateGradient() };
        var within = ExampleSet<double>.FromFeatures([0.5, 1, 0, 0], 4, [1], names);
        var (exact, iterated) = (fit.Influence(new InfluenceFunctions(), within), fit.Influence(method, within));
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(exact[i, 0], iterated[i, 0], 1e-9);
        }

        foreach (var (row, named) in new[] { (new double[] { 0.5, 1, 0, 1 }, "feature 'never'"), ([0.5, 1, 1, 0], "feature 'left', feature 'right'") })
        {
            foreach (var preconditioned in new[] { true, false })
            {
                var strange = ExampleSet<double>.FromFeatures(row, 4, [1], names);
                var solver = method with { Solver = Solver.ConjugateGradient(preconditioned: preconditioned) };
                var problem = Assert.Throws<InvalidOperationException>(() => fit.Influence(solver, strange));
                Assert.Contains("does not determine", problem.Message, StringComparison.Ordinal);
                Assert.All(named.Split(", "), name => Assert.Contains(name, problem.Message, StringComparison.Ordinal));

                // More test than training examples: solved from the other side.
                var many = ExampleSet<double>.FromFeatures(
                    [.. Enumerable.Range(0, 70).SelectMany(t => t == 66 ? row : [0.1 * t, t % 2, 1 - t % 2, 0])], 4, [.. Enumerable.Repeat(1.0, 70)], names);
                problem = Assert.Throws<InvalidOperationException>(() => fit.Influence(solver, many));
                Assert.Contains("does not determine", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Conjugate_gradients_name_a_user_without_training_ratings()
    {
        int[] users = [0, 0, 1, 1, 2, 2], items = [0, 1, 0, 1, 0, 1];
        var names = new Individuals(["1", "2", "3", "9"]);
        var train = ExampleSet<double>.FromRatings(users, items, [5.0, 2, 4, 1, 3, 2], 4, 2, names, ["a", "b"]);
        var test = ExampleSet<double>.FromRatings([3], [1], [3.0], 4, 2, names, ["a", "b"]).WithPenalty(RowPenalty.None);
        var fit = Trainer.Train(new Factors.Model(4, 2, 2), train, GradientDescent.FullBatch(20_000, 0.05) with { Start = Initialisation.Gaussian(0.5, 3) });
        var problem = Assert.Throws<InvalidOperationException>(() =>
            fit.Influence(new InfluenceFunctions { Solver = Solver.ConjugateGradient() }, test));
        Assert.Contains("most on user 9", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    public void Lissa_reports_the_residual_of_its_result(int steps)
    {
        // x is ±1 and ±2 and no bias is correlated with it: H = diag(2.5, 1) whatever the weights, and what is left of v after J steps
        // of the whole set is (I − H/s)^(J+1) v.
        const double Scale = 4;
        var fit = Linear.Train(ExampleSet<double>.FromFeatures([-2, -1, 1, 2], 1, [0, 1, 1, 5]), GradientDescent.FullBatch(0, 1)).Converged();
        var test = ExampleSet<double>.FromFeatures([3], 1, [0]);
        int[][] batches = [.. Enumerable.Repeat(new[] { 0, 1, 2, 3 }, steps)];
        var scores = fit.Influence(new InfluenceFunctions { Solver = Solver.Lissa(Scale, batches) }, test);
        var (ofWeight, ofBias) = (3 * Math.Pow(1 - 2.5 / Scale, steps + 1), Math.Pow(1 - 1 / Scale, steps + 1));
        var expected = double.Hypot(ofWeight, ofBias) / double.Hypot(3, 1);
        var told = double.Parse(ResidualOf().Match(scores.Notes[0]).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(expected, told, 0.06 * expected + 1e-15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(2000)]
    public void Lissa_that_diverges_is_refused_wherever_it_stops(int steps)
    {
        var fit = Linear.Train(ExampleSet<double>.FromFeatures([-2, -1, 1, 2], 1, [0, 1, 1, 5]), GradientDescent.FullBatch(0, 1)).Converged();
        var test = ExampleSet<double>.FromFeatures([3], 1, [0]);
        var problem = Assert.Throws<InvalidOperationException>(() =>
            fit.Influence(new InfluenceFunctions { Solver = Solver.Lissa(steps, 4, 1, 1) }, test));
        Assert.Contains("LiSSA diverged", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void As_many_of_arnoldis_iterations_as_parameters_are_the_inverse(long seed)
    {
        // 31 parameters, eigenvalues over six powers of ten: one Gram-Schmidt pass leaves vectors that are nearly the same.
        var fit = Graded(120, 3);
        var exact = fit.Influence(new InfluenceFunctions(), fit.Training);
        var arnoldi = fit.Influence(new InfluenceFunctions { Solver = Solver.Arnoldi(31, 31, seed) }, fit.Training);
        Assert.Contains(arnoldi.Notes, note => note.Contains("31 eigenvalues of a space of 31 dimensions", StringComparison.Ordinal));
        for (var t = 0; t < fit.Training.Count; t++)
        {
            var largest = exact.OfTest(t).ToArray().Max(Math.Abs);
            for (var i = 0; i < fit.Training.Count; i++)
            {
                Assert.Equal(exact[i, t], arnoldi[i, t], 1e-8 * largest);
            }
        }
    }

    [Fact]
    public void Near_examples_are_near_however_far_from_0_they_lie()
    {
        double[] times = [.. Enumerable.Range(0, 20).Select(i => 1.7e9 + i)];
        var random = new RandomSource(5);
        var train = ExampleSet<double>.FromFeatures(times, 1, [.. times.Select(_ => random.NextDouble() < 0.5 ? 1.0 : 0)]);
        var fit = Logistic.Train(train, GradientDescent.FullBatch(0, 1));
        var test = ExampleSet<double>.FromFeatures([1.7e9 + 7.1], 1, [1.0]);
        var scores = fit.Influence(new FastIF { Candidates = 3 }, test);
        Assert.Equal([6, 7, 8], Enumerable.Range(0, 20).Where(i => !double.IsNaN(scores[i, 0])));
    }

    /// <summary>A logistic model of 30 correlated columns of sizes from 1 to 0.001, at a minimum.</summary>
    private static Fit<Logistic.Model, double> Graded(int count, long seed)
    {
        const int Columns = 30;
        var random = new RandomSource(seed);
        var (x, y) = (new double[count * Columns], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var shared = random.NextGaussian();
            for (var k = 0; k < Columns; k++)
            {
                x[i * Columns + k] = Math.Pow(10, -3.0 * k / Columns) * (shared + random.NextGaussian());
            }

            y[i] = shared + 2 * random.NextGaussian() > 0 ? 1 : 0;
        }

        return Logistic.Train(ExampleSet<double>.FromFeatures(x, Columns, y), GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(1e-6) }).Converged();
    }

    [GeneratedRegex("relative residual ([0-9.E+-]+) ")]
    private static partial Regex ResidualOf();
}
