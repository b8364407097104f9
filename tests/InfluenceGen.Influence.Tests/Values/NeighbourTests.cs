using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values by nearest neighbours, against <c>knn</c> and against all coalitions.</summary>
public class NeighbourTests
{
    [Fact]
    public void They_are_the_reference_values()
    {
        var file = Fixture.Read("knn");
        ExampleSet<double> Set(string x, string y) => ExampleSet<double>.FromClasses(file["data"][x].Numbers, 2, file["data"][y].Wholes, 3);
        var (train, test) = (Set("X", "y"), Set("X_test", "y_test"));
        var fit = Softmax.Train(train, Problems.Penalised(0.1));
        foreach (var expected in file["expected"]["results"].Elements)
        {
            var k = expected["k"].Whole;
            Close.To(expected["shapley"].Numbers, Rows(new NearestNeighbourShapley { Neighbours = k }.Of(train, test)));
            Close.To(expected["shapley"].Numbers, Rows(fit.Influence(new NearestNeighbourShapley { Neighbours = k }, test)));
            var loo = new NearestNeighbourLeaveOneOut { Neighbours = k };
            Close.To(expected["loo"].Numbers, Rows(fit.Influence(loo with { Features = NeighbourFeatures.Inputs }, test)));
            Close.To(expected["loo"].Numbers, Rows(loo.Of(train, test)));
            var sums = fit.Influence(new NearestNeighbourShapley { Neighbours = k }, test);
            Close.To(expected["utility_full"].Numbers, [.. Enumerable.Range(0, 3).Select(t => sums.OfTest(t).ToArray().Sum())]);
        }

        static double[] Rows(InfluenceScores<double> scores) => [.. Enumerable.Range(0, scores.TrainingCount).SelectMany(scores.OfTraining)];
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(5), InlineData(9)]
    public void Votes_of_the_nearest_are_the_game_over_all_coalitions(int k)
    {
        foreach (var (train, test, order) in Small())
        {
            double Worth(int t, int[] coalition) => coalition.OrderBy(i => Array.IndexOf(order[t], i)).Take(k).Count(i => Class(train, i) == Class(test, t)) / (double)k;
            Holds(train, test, Worth, new NearestNeighbourShapley { Neighbours = k }.Of(train, test));
            var loo = new NearestNeighbourLeaveOneOut { Neighbours = k }.Of(train, test);
            for (var t = 0; t < test.Count; t++)
            {
                int[] all = [.. Enumerable.Range(0, train.Count)];
                Close.To([.. all.Select(i => Worth(t, all) - Worth(t, [.. all.Except([i])]))], loo.OfTest(t), 1e-12, 1e-15);
            }
        }
    }

    [Theory, InlineData(0.3), InlineData(0.8), InlineData(1.5), InlineData(50)]
    public void Neighbours_within_a_threshold_are_the_game_over_all_coalitions(double threshold)
    {
        foreach (var (train, test, _) in Small())
        {
            double Worth(int t, int[] coalition)
            {
                int[] near = [.. coalition.Where(i => Square(train, i, test, t) <= threshold * threshold)];
                return near.Length == 0 ? 1.0 / 3 : near.Count(i => Class(train, i) == Class(test, t)) / (double)near.Length;
            }

            var values = new ThresholdNeighbourShapley { Threshold = threshold }.Of(train, test);
            Holds(train, test, Worth, values);
            var alone = Enumerable.Range(0, test.Count).Count(t => Enumerable.Range(0, train.Count).All(i => Square(train, i, test, t) > threshold * threshold));
            Assert.Equal(alone > 0 ? 1 : 0, values.Notes.Length);
            Assert.All(values.Notes, note => Assert.StartsWith($"{alone} of {test.Count} ", note, StringComparison.Ordinal));
        }
    }

    [Theory, InlineData(1, 3), InlineData(2, 1), InlineData(3, 3), InlineData(3, 2), InlineData(4, 8), InlineData(9, 3)]
    public void Weighted_votes_are_the_game_over_all_coalitions(int k, int bits)
    {
        foreach (var (train, test, order) in Small())
        {
            double Worth(int t, int[] coalition) => coalition.Length == 0 ? 0 : coalition.OrderBy(i => Array.IndexOf(order[t], i)).Take(k)
                .Sum(i => Math.Round(((1 << bits) - 1) * Math.Exp(-Square(train, i, test, t) / (2 * 0.7 * 0.7))) * (Class(train, i) == Class(test, t) ? 1 : -1)) >= 0 ? 1 : 0;
            Holds(train, test, Worth, new WeightedNeighbourShapley { Neighbours = k, Bits = bits, Bandwidth = 0.7 }.Of(train, test));
        }
    }

    [Fact]
    public void Distances_are_of_what_the_last_layer_multiplies()
    {
        var (train, test) = (Problems.Classes(30, 3, 1), Problems.Classes(8, 3, 2));
        var fit = Trainer.Train(default(TanhSoftmax.Model), train, GradientDescent.FullBatch(30, 0.4) with { Start = Initialisation.Gaussian(0.5, 1) });
        var theta = fit.Theta();
        ExampleSet<double> Hidden(ExampleSet<double> set) => ExampleSet<double>.FromClasses([.. Enumerable.Range(0, set.Count).SelectMany(i => Enumerable.Range(0, 4)
            .Select(h => Math.Tanh(theta[12 + h] + Enumerable.Range(0, 3).Sum(j => theta[3 * h + j] * set.Features[i * set.FeatureStride + j]))))], 4,
            [.. Enumerable.Range(0, set.Count).Select(i => Class(set, i))], 3);
        var method = new NearestNeighbourShapley { Neighbours = 3 };
        var (found, inputs, expected) = (fit.Influence(method, test), fit.Influence(method with { Features = NeighbourFeatures.Inputs }, test), method.Of(Hidden(train), Hidden(test)));
        var differ = 0;
        for (var t = 0; t < test.Count; t++)
        {
            Close.To(expected.OfTest(t), found.OfTest(t), 1e-14, 1e-16);
            differ += found.OfTest(t).SequenceEqual(inputs.OfTest(t)) ? 0 : 1;
        }

        Assert.True(differ > 4);
    }

    [Fact]
    public void Threads_blocks_and_sums_say_the_same()
    {
        var (train, test) = (Problems.Classes(150, 4, 1), Problems.Classes(97, 4, 2));
        var fit = Softmax.Train(train, Problems.Penalised(0.1));
        Compare(new NearestNeighbourShapley());
        Compare(new NearestNeighbourLeaveOneOut());
        Compare(new ThresholdNeighbourShapley { Threshold = 1 });
        Compare(new WeightedNeighbourShapley { Bandwidth = 1, Neighbours = 3 });

        void Compare<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
        {
            var one = fit.Influence(method, test, new InfluenceOptions { Threads = 1 });
            var three = fit.Influence(method, test, new InfluenceOptions { Threads = 3 });
            for (var t = 0; t < test.Count; t++)
            {
                Assert.Equal(one.OfTest(t), three.OfTest(t));
            }

            Assert.Equal(one.OfTest(96), fit.Influence(method, test.Subset([96])).OfTest(0));
            Close.To(one.OnAll(), fit.JointInfluence(method, test), 1e-12, 1e-14);
            Assert.Equal(fit.JointInfluence(method, test, new InfluenceOptions { Threads = 1 }), fit.JointInfluence(method, test, new InfluenceOptions { Threads = 3 }));
            var own = fit.Influence(method, train);
            Assert.Equal([.. Enumerable.Range(0, 150).Select(i => own[i, i])], fit.SelfInfluence(method));
        }
    }

    [Fact]
    public void Single_precision_says_nearly_the_same()
    {
        var (train, test) = (Problems.Binary(40, 3, 1), Problems.Binary(6, 3, 2));
        var (values, single) = (new NearestNeighbourShapley().Of(train, test), new NearestNeighbourShapley().Of(Problems.Single(train), Problems.Single(test)));
        for (var t = 0; t < 6; t++)
        {
            Close.To(values.OfTest(t), [.. single.OfTest(t).ToArray().Select(value => (double)value)], 1e-6, 1e-7);
        }
    }

    [Theory, InlineData(1e-250), InlineData(1e250)]
    public void The_unit_of_the_features_changes_nothing(double scale)
    {
        var (train, test) = (Problems.Classes(40, 3, 1), Problems.Classes(6, 3, 2));
        ExampleSet<double> Scaled(ExampleSet<double> set) => ExampleSet<double>.FromClasses([.. Enumerable.Range(0, set.Count)
            .SelectMany(i => set.Features.Slice(i * set.FeatureStride, 3).ToArray()).Select(x => x * scale)], 3, [.. Enumerable.Range(0, set.Count).Select(i => Class(set, i))], 3);
        Same(new NearestNeighbourShapley().Of(train, test), new NearestNeighbourShapley().Of(Scaled(train), Scaled(test)));
        Same(new ThresholdNeighbourShapley { Threshold = 1 }.Of(train, test), new ThresholdNeighbourShapley { Threshold = scale }.Of(Scaled(train), Scaled(test)));
        Same(new WeightedNeighbourShapley { Bandwidth = 1 }.Of(train, test), new WeightedNeighbourShapley { Bandwidth = scale }.Of(Scaled(train), Scaled(test)));

        static void Same(InfluenceScores<double> expected, InfluenceScores<double> found) => Close.To(expected.OnAll(), found.OnAll(), 1e-12, 1e-13);
    }

    [Fact]
    public void What_has_no_neighbours_that_vote_is_refused_by_name()
    {
        var (train, numbers) = (Problems.Classes(20, 3, 1), Problems.Numbers(20, 3, 1));
        var fit = Softmax.Train(train, Problems.Penalised(0.1));
        Assert.Throws<ArgumentOutOfRangeException>("Neighbours", () => fit.Influence(new NearestNeighbourShapley { Neighbours = 0 }, train));
        Assert.Throws<ArgumentOutOfRangeException>("Neighbours", () => fit.Influence(new NearestNeighbourLeaveOneOut { Neighbours = -1 }, train));
        Assert.Throws<ArgumentOutOfRangeException>("Threshold", () => fit.Influence(new ThresholdNeighbourShapley(), train));
        Assert.Throws<ArgumentOutOfRangeException>("Bandwidth", () => fit.Influence(new WeightedNeighbourShapley(), train));
        Assert.Throws<ArgumentOutOfRangeException>("Bits", () => fit.Influence(new WeightedNeighbourShapley { Bandwidth = 1, Bits = 9 }, train));
        Assert.Throws<ArgumentOutOfRangeException>("Features", () => fit.Influence(new NearestNeighbourShapley { Features = (NeighbourFeatures)7 }, train));
        Assert.Throws<InvalidOperationException>(() => Linear.Train(numbers, Problems.Penalised(0.1)).Influence(new NearestNeighbourShapley(), numbers));
        Assert.Contains("example 0", Assert.Throws<InvalidOperationException>(() => new NearestNeighbourShapley().Of(numbers, numbers)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("on", () => new NearestNeighbourShapley().Of(train, Problems.Classes(20, 2, 1)));
        Assert.Throws<ArgumentNullException>("training", () => new NearestNeighbourShapley().Of<double>(null!, train));
        Assert.Throws<ArgumentNullException>("on", () => new NearestNeighbourShapley().Of(train, null!));
        var far = ExampleSet<double>.FromFeatures([1e308, -1e308], 1, [0, 1]);
        Assert.Throws<ArithmeticException>(() => new NearestNeighbourShapley().Of(far, far));
        Assert.Throws<InvalidOperationException>(() => new NearestNeighbourShapley().Of(ExampleSet<double>.FromFeatures([1, 2], 1, [0, 1], weights: [1, 2]), far));
        Assert.Throws<InvalidOperationException>(() => new NearestNeighbourShapley().Of(ExampleSet<double>.FromFeatures([1, 2], 1, [0.5, 0.5, 1, 0], 2), ExampleSet<double>.FromFeatures([1, 2], 1, [0.5, 0.5, 1, 0], 2)));
        Assert.Throws<OperationCanceledException>(() => new NearestNeighbourShapley().Of(train, train, new InfluenceOptions { Cancellation = new CancellationToken(true) }));
    }

    /// <summary>Four to eight players of three classes, some at the same place.</summary>
    private static IEnumerable<(ExampleSet<double> Train, ExampleSet<double> Test, int[][] Order)> Small()
    {
        for (var n = 4; n <= 8; n++)
        {
            var random = new RandomSource(n);
            double[] Places(int count) => [.. Enumerable.Range(0, 2 * count).Select(_ => random.NextBelow(4) / 2.0)];
            int[] Labels(int count) => [.. Enumerable.Range(0, count).Select(i => i < 3 ? i : random.NextBelow(3))];
            var train = ExampleSet<double>.FromClasses(Places(n), 2, Labels(n), 3);
            var test = ExampleSet<double>.FromClasses(Places(4), 2, Labels(4), 3);
            yield return (train, test, [.. Enumerable.Range(0, 4).Select(t => Enumerable.Range(0, n).OrderBy(i => Square(train, i, test, t)).ToArray())]);
        }
    }

    private static void Holds(ExampleSet<double> train, ExampleSet<double> test, Func<int, int[], double> worth, InfluenceScores<double> values)
    {
        var n = train.Count;
        for (var t = 0; t < test.Count; t++)
        {
            var expected = new double[n];
            for (var bits = 0; bits < 1 << n; bits++)
            {
                int[] coalition = [.. Enumerable.Range(0, n).Where(i => (bits >> i & 1) != 0)];
                for (var i = 0; i < n; i++)
                {
                    if ((bits >> i & 1) == 0)
                    {
                        expected[i] += (worth(t, [.. coalition, i]) - worth(t, coalition)) / n / Binomial(n - 1, coalition.Length);
                    }
                }
            }

            Close.To(expected, values.OfTest(t), 1e-12, 1e-14);
        }
    }

    private static double Binomial(int n, int k) => k == 0 ? 1 : Binomial(n - 1, k - 1) * n / k;

    private static double Square(ExampleSet<double> train, int i, ExampleSet<double> test, int t) => Enumerable.Range(0, train.FeatureCount)
        .Sum(j => Math.Pow(train.Features[i * train.FeatureStride + j] - test.Features[t * test.FeatureStride + j], 2));

    private static int Class(ExampleSet<double> set, int i) => set.Labels.Slice(i * set.LabelStride, set.LabelCount).IndexOf(1);
}
