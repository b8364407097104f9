using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

[LogisticModel(Features = 30)]
internal sealed partial class RescaledTumour;

[LinearModel(Loss = Loss.Poisson)]
internal sealed partial class RescaledCounts;

/// <summary>Influence divided by one minus leverage, held against models that are solved again without the example.</summary>
public class RescaledInfluenceTests
{
    public static TheoryData<Removal, double, bool> Regressions => new()
    {
        { Removal.Fixed, 0, false }, { Removal.Fixed, 0.3, false }, { Removal.Fixed, 0.3, true },
        { Removal.Refit, 0, false }, { Removal.Refit, 0.3, false }, { Removal.Refit, 0.3, true },
    };

    [Theory]
    [MemberData(nameof(Regressions))]
    public void Of_least_squares_it_is_the_regression_without_the_example(Removal removal, double lambda, bool coversBias)
    {
        var (train, test) = (Problems.Numbers(14, 4, 1), Problems.Numbers(6, 4, 2));
        var decay = coversBias ? WeightDecay.OnAll(lambda) : new WeightDecay(lambda);
        var fit = Linear.Train(train, GradientDescent.FullBatch(0, 1) with { WeightDecay = decay }).Converged();
        var n = train.Count;
        var (exact, second, self) = (new double[n * 6], new double[n * 6], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var without = Ridge(train, i, removal == Removal.Fixed ? n : n - 1, lambda, coversBias);
            for (var t = 0; t < 6; t++)
            {
                exact[t * n + i] = HalfSquare(test, t, without) - HalfSquare(test, t, fit.Theta());
            }

            self[i] = HalfSquare(train, i, without) - HalfSquare(train, i, fit.Theta());
        }

        var method = new RescaledInfluence { Removal = removal, Effect = LossChange.Exact };
        Close.To(exact, Flat(fit.Influence(method, test)), 1e-10);
        Close.To(exact, Flat(fit.Influence(method with { Effect = LossChange.SecondOrder }, test)), 1e-10);
        Close.To(self, fit.SelfInfluence(method), 1e-10);
        double[] joint = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, 6).Sum(t => exact[t * n + i]))];
        Close.To(joint, fit.JointInfluence(method, test), 1e-10);
        Assert.Empty(fit.Influence(method, test).Notes);
    }

    [Theory]
    [InlineData(Removal.Fixed)]
    [InlineData(Removal.Refit)]
    public void Of_classes_it_is_a_newton_step_on_those_who_stay(Removal removal)
    {
        // Written out: gradients and Hessians of the softmax loss in W by classes, then b, each in full.
        const double Lambda = 0.02;
        var (train, test) = (Problems.Classes(18, 3, 5), Problems.Classes(5, 3, 6));
        var fit = Softmax.Train(train, Problems.Penalised(Lambda)).Converged();
        var (n, theta) = (train.Count, fit.Theta());
        var divisor = removal == Removal.Fixed ? n : n - 1;
        var expected = new double[n * test.Count];
        var own = new double[n];
        for (var i = 0; i < n; i++)
        {
            var hessian = new double[theta.Length, theta.Length];
            var gradient = new double[theta.Length];
            for (var j = 0; j < theta.Length; j++)
            {
                hessian[j, j] = Lambda;
                gradient[j] = Lambda * theta[j];
            }

            for (var other = 0; other < n; other++)
            {
                if (other != i)
                {
                    AddSoftmax(train, other, theta, 1.0 / divisor, gradient, hessian);
                }
            }

            var step = Solve(hessian, gradient);
            for (var t = 0; t < test.Count; t++)
            {
                expected[t * n + i] = -Dot(SoftmaxGradient(test, t, theta), step);
            }

            own[i] = -Dot(SoftmaxGradient(train, i, theta), step);
        }

        var method = new RescaledInfluence { Removal = removal };
        Close.To(expected, Flat(fit.Influence(method, test)), 1e-8, 1e-10);
        Close.To(own, fit.SelfInfluence(method), 1e-8, 1e-10);
        double[] joint = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, test.Count).Sum(t => expected[t * n + i]))];
        Close.To(joint, fit.JointInfluence(method, test), 1e-8, 1e-10);
    }

    [Fact]
    public void Of_one_output_it_is_influence_divided_by_one_minus_leverage()
    {
        // r²h/ℓ″ is what an example's own score is, so that the leverage follows from outside.
        var (train, test) = (Problems.Binary(40, 6, 3), Problems.Binary(7, 6, 4));
        var fit = Problems.FitBinary(train, 0.01);
        var (scores, rescaled) = (fit.Influence(new InfluenceFunctions(), test), fit.Influence(new RescaledInfluence(), test));
        var (self, outputs) = (fit.SelfInfluence(new InfluenceFunctions()), fit.Predict(train));
        for (var i = 0; i < train.Count; i++)
        {
            var p = 1 / (1 + Math.Exp(-outputs[i]));
            var r = p - train.Labels[i * train.LabelStride];
            var leverage = p * (1 - p) * self[i] / (r * r);
            for (var t = 0; t < test.Count; t++)
            {
                Assert.Equal(scores[i, t] / (1 - leverage), rescaled[i, t], 1e-10 * Math.Abs(rescaled[i, t]) + 1e-14);
            }
        }
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public void Where_examples_are_few_it_foretells_retraining(double lambda)
    {
        var all = RescaledTumour.Read(Path.Combine(AppContext.BaseDirectory, "data", "breast-cancer.csv"), label: "benign", individual: "patient");
        var (train, test) = all.Split(trainShare: 0.8, seed: 1);
        train = train.Subset([.. Enumerable.Range(0, 60)]);
        var scale = Standardisation.Fit(train);
        (train, test) = (scale.Apply(train), scale.Apply(test));
        var fit = RescaledTumour.Train(train, Problems.Penalised(lambda)).Converged();
        var truth = fit.Retrainer(Removal.Fixed).LeaveOneOut(test);
        var plain = RetrainingCorrelation.Of(fit.Influence(new InfluenceFunctions(), test), truth).Overall!.Value;
        var first = RetrainingCorrelation.Of(fit.Influence(new RescaledInfluence(), test), truth).Overall!.Value;
        var exact = RetrainingCorrelation.Of(fit.Influence(new RescaledInfluence { Effect = LossChange.Exact }, test), truth).Overall!.Value;
        Assert.InRange(plain.Slope, 0.35, 0.65);
        Assert.InRange(first.Slope, 1.03, 1.12);
        Assert.InRange(exact.Slope, 0.97, 1.03);
        Assert.True(plain.Pearson < 0.98 && first.Pearson > 0.99 && exact.Pearson > 0.996, $"{plain} | {first} | {exact}");
    }

    [Fact]
    public void An_outlier_among_counts_is_far_beyond_first_order()
    {
        double[] x = [.. Enumerable.Range(0, 16).Select(i => i / 8.0 - 1), 8];
        double[] y = [1, 0, 2, 1, 1, 3, 2, 1, 2, 4, 3, 2, 5, 3, 4, 6, 60];
        var train = ExampleSet<double>.FromFeatures(x, 1, y);
        var test = train.Subset([.. Enumerable.Range(0, 16)]);
        var fit = RescaledCounts.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        var truth = fit.Retrainer(Removal.Fixed).LeaveOut(test, [[16]]).Effects;
        var plain = fit.Influence(new InfluenceFunctions(), test);
        var exact = fit.Influence(new RescaledInfluence { Effect = LossChange.Exact }, test);
        double Sum(Func<int, double> of) => Enumerable.Range(0, test.Count).Sum(of);
        var ratios = $"plain {Sum(t => Math.Abs(plain[16, t]))} exact {Sum(t => Math.Abs(exact[16, t]))} truth {Sum(t => Math.Abs(truth[0, t]))}";
        Assert.True(Sum(t => Math.Abs(plain[16, t])) < Sum(t => Math.Abs(truth[0, t])) / 200, ratios);
        Assert.True(Sum(t => Math.Abs(exact[16, t] - truth[0, t])) < 0.3 * Sum(t => Math.Abs(truth[0, t])), ratios);
    }

    [Fact]
    public void An_example_that_alone_determines_something_is_named_and_spoils_no_score()
    {
        // The second feature is 1 for Ann alone: without her there is no telling what it does.
        var train = ExampleSet<double>.FromFeatures([1, 0, 2, 0, 3, 0, 5, 1, 4, 0, 7, 0], 2, [1, 3, 2, 9, 4, 8],
            new Individuals(["u", "v", "w", "Ann", "y", "z"]), [0, 1, 2, 3, 4, 5]);
        var test = ExampleSet<double>.FromFeatures([2, 0, 6, 0], 2, [1, 1]);
        var fit = Linear.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        var scores = fit.Influence(new RescaledInfluence { Effect = LossChange.Exact }, test);
        var note = Assert.Single(scores.Notes);
        Assert.Contains("3 (Ann)", note, StringComparison.Ordinal);
        Assert.Contains("no single minimum", note, StringComparison.Ordinal);
        for (var t = 0; t < 2; t++)
        {
            Assert.Equal(0, scores[3, t], 1e-12);
            foreach (var i in (int[])[0, 1, 2, 4, 5])
            {
                Assert.Equal(HalfSquare(test, t, Ridge(train, i, 6, 0, false)) - HalfSquare(test, t, fit.Theta()), scores[i, t], 1e-10);
            }
        }

        Assert.Contains("3 (Ann) 1.00, which alone determines something",
            Assert.Single(fit.Influence(new InfluenceFunctions(), test).Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-5)]
    [InlineData(1e12)]
    public void The_unit_of_a_feature_does_not_matter(double unit)
    {
        var (train, test) = (Problems.Numbers(20, 3, 7), Problems.Numbers(4, 3, 8));
        Close.To(Flat(Scores(1)), Flat(Scores(unit)), 1e-8);

        InfluenceScores<double> Scores(double factor)
        {
            var theta = Ridge(train, -1, train.Count, 0, false);
            theta[1] /= factor;
            var plan = GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(theta) };
            return Linear.Train(Scaled(train, factor), plan).Influence(new RescaledInfluence { Effect = LossChange.Exact }, Scaled(test, factor));
        }
    }

    [Fact]
    public void In_single_precision_it_is_the_same_to_that_precision()
    {
        var (train, test) = (Problems.Binary(50, 4, 9), Problems.Binary(5, 4, 10));
        var single = Evaluation.SingleLogistic.Train(Problems.Single(train), Problems.Penalised(0.02)).Converged();
        foreach (var effect in Enum.GetValues<LossChange>())
        {
            var method = new RescaledInfluence { Effect = effect };
            var scores = single.Influence(method, Problems.Single(test));
            Close.To(Flat(Problems.FitBinary(train, 0.02).Influence(method, test)),
                [.. Enumerable.Range(0, 5).SelectMany(t => scores.OfTest(t).ToArray()).Select(score => (double)score)], 1e-3, 1e-6);
        }
    }

    [Fact]
    public void Conjugate_gradients_find_the_same()
    {
        var (train, test) = (Problems.Classes(25, 3, 11), Problems.Classes(5, 3, 12));
        var fit = Softmax.Train(train, Problems.Penalised(0.05)).Converged();
        var iterative = new RescaledInfluence { Influence = new InfluenceFunctions { Solver = Solver.ConjugateGradient(tolerance: 1e-13) } };
        Close.To(Flat(fit.Influence(new RescaledInfluence(), test)), Flat(fit.Influence(iterative, test)), 1e-8);
    }

    [Fact]
    public void What_it_needs_is_said()
    {
        var train = Problems.Classes(12, 3, 1);
        var network = TanhSoftmax.Train(train, GradientDescent.FullBatch(3, 0.1));
        Assert.Contains("linear in the parameters", Assert.Throws<InvalidOperationException>(
            () => network.Influence(new RescaledInfluence(), train)).Message, StringComparison.Ordinal);
        var ratings = ExampleSet<double>.FromRatings([0, 1, 1], [0, 0, 1], [3, 4, 1], 2, 2);
        var factors = Trainer.Train(new Factors.Model(2, 2, 2), ratings, GradientDescent.FullBatch(3, 0.1));
        Assert.Contains("linear in the parameters", Assert.Throws<InvalidOperationException>(
            () => factors.Influence(new RescaledInfluence(), ratings)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RescaledInfluence { Removal = (Removal)7 });
        Assert.Equal(Removal.Fixed, default(RescaledInfluence).Removal);
    }

    internal static double[] Flat(InfluenceScores<double> scores) =>
        [.. Enumerable.Range(0, scores.TestCount).SelectMany(t => scores.OfTest(t).ToArray())];

    /// <summary>w and b of least squares without an example: the minimum of (1/d) Σ ½(w·x + b − y)² + (λ/2)(|w|² [+ b²]).</summary>
    internal static double[] Ridge(ExampleSet<double> set, int without, double divisor, double lambda, bool coversBias)
    {
        var d = set.FeatureCount;
        var (matrix, right) = (new double[d + 1, d + 1], new double[d + 1]);
        for (var i = 0; i < set.Count; i++)
        {
            double[] x = [.. Features(set, i), 1];
            for (var j = 0; j <= d && i != without; j++)
            {
                right[j] += x[j] * set.Labels[i * set.LabelStride] / divisor;
                for (var k = 0; k <= d; k++)
                {
                    matrix[j, k] += x[j] * x[k] / divisor;
                }
            }
        }

        for (var j = 0; j <= d; j++)
        {
            matrix[j, j] += j < d || coversBias ? lambda : 0;
        }

        return Solve(matrix, right);
    }

    /// <summary>x with A x = b, by elimination with pivots.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var (a, b, n) = ((double[,])matrix.Clone(), (double[])right.Clone(), right.Length);
        for (var k = 0; k < n; k++)
        {
            var pivot = Enumerable.Range(k, n - k).MaxBy(row => Math.Abs(a[row, k]));
            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (var j = 0; j < n; j++)
            {
                (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]);
            }

            for (var row = k + 1; row < n; row++)
            {
                var factor = a[row, k] / a[k, k];
                b[row] -= factor * b[k];
                for (var j = k; j < n; j++)
                {
                    a[row, j] -= factor * a[k, j];
                }
            }
        }

        for (var k = n - 1; k >= 0; k--)
        {
            for (var j = k + 1; j < n; j++)
            {
                b[k] -= a[k, j] * b[j];
            }

            b[k] /= a[k, k];
        }

        return b;
    }

    private static double HalfSquare(ExampleSet<double> set, int i, double[] theta)
    {
        var error = Dot([.. Features(set, i), 1], theta) - set.Labels[i * set.LabelStride];
        return error * error / 2;
    }

    private static double[] Features(ExampleSet<double> set, int i) =>
        set.Features.Slice(i * set.FeatureStride, set.FeatureCount).ToArray();

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <summary>The factor of (x, 1) in the gradient of each class's weights, p − y, and p.</summary>
    private static (double[] Residual, double[] Shares) Classes(ExampleSet<double> set, int i, double[] theta)
    {
        var (x, d) = (Features(set, i), set.FeatureCount);
        var classes = theta.Length / (d + 1);
        double[] e = [.. Enumerable.Range(0, classes).Select(c => Math.Exp(Dot(x, theta[(c * d)..((c + 1) * d)]) + theta[classes * d + c]))];
        double[] p = [.. e.Select(value => value / e.Sum())];
        return ([.. p.Select((share, c) => share - set.Labels[i * set.LabelStride + c])], p);
    }

    private static double[] SoftmaxGradient(ExampleSet<double> set, int i, double[] theta)
    {
        var residual = Classes(set, i, theta).Residual;
        return [.. Enumerable.Range(0, residual.Length).SelectMany(c => Features(set, i).Select(x => residual[c] * x)), .. residual];
    }

    private static void AddSoftmax(ExampleSet<double> set, int i, double[] theta, double share, double[] gradient, double[,] hessian)
    {
        var (d, p) = (set.FeatureCount, Classes(set, i, theta).Shares);
        double[] x = [.. Features(set, i), 1];
        var own = SoftmaxGradient(set, i, theta);
        int Place(int c, int j) => j < d ? c * d + j : p.Length * d + c;
        for (var c = 0; c < p.Length; c++)
        {
            for (var j = 0; j <= d; j++)
            {
                gradient[Place(c, j)] += share * own[Place(c, j)];
                for (var other = 0; other < p.Length; other++)
                {
                    for (var k = 0; k <= d; k++)
                    {
                        hessian[Place(c, j), Place(other, k)] += share * p[c] * ((c == other ? 1 : 0) - p[other]) * x[j] * x[k];
                    }
                }
            }
        }
    }

    private static ExampleSet<double> Scaled(ExampleSet<double> set, double factor)
    {
        double[] x = [.. Enumerable.Range(0, set.Count).SelectMany(i => Features(set, i).Select((value, j) => j == 1 ? value * factor : value))];
        return ExampleSet<double>.FromFeatures(x, set.FeatureCount, set.Labels);
    }
}
