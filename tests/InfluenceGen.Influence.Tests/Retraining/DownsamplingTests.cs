using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Retraining;

/// <summary>Downsampling, memorization, consistency profile and C-score.</summary>
public class DownsamplingTests
{
    private static readonly ExampleSet<double> _train = Problems.Binary(24, 3, 1);
    private static readonly ExampleSet<double> _test = Problems.Binary(5, 3, 2);
    private static readonly Fit<Logistic.Model, double> _fit = Problems.FitBinary(_train, 0.1);

    [Theory]
    [InlineData("retrain_linear")]
    [InlineData("retrain_logistic")]
    [InlineData("retrain_softmax")]
    public void Stated_parts_give_the_reference_values(string file) => FixtureProblem.Run(file, new StatedParts());

    [Theory]
    [InlineData("shapley_linear")]
    [InlineData("shapley_logistic")]
    public void All_parts_give_the_reference_values(string file) => FixtureProblem.Run(file, new AllParts());

    [Fact]
    public void Errors_groups_and_memorization_are_what_the_models_say()
    {
        var method = new Downsampling { Count = 60, Share = 0.6, Seed = 4 };
        var models = method.Sample(_fit, _test);
        var losses = _fit.Retrainer(Removal.Refit).Losses(models.Subsets, _test);
        var (values, utilities) = (models.Values(), models.Utilities());
        int[][] groups = [[3, 8], [5], [1, 2, 9]];
        var grouped = models.OfGroups(groups);
        for (var t = 0; t < 5; t++)
        {
            Close.To([.. Enumerable.Range(0, 60).Select(k => -losses[k, t])], [.. Enumerable.Range(0, 60).Select(k => utilities[k, t])], 1e-9, 1e-11);
            for (var i = 0; i < 24; i++)
            {
                Is(values, i, t, [.. Part(k => models.Subsets[k].Contains(i), losses, t)], [.. Part(k => !models.Subsets[k].Contains(i), losses, t)]);
            }

            for (var g = 0; g < 3; g++)
            {
                Is(grouped, g, t, [.. Part(k => groups[g].All(models.Subsets[k].Contains), losses, t)], [.. Part(k => !groups[g].Any(models.Subsets[k].Contains), losses, t)]);
            }

            Assert.Equal(values[5, t], grouped[1, t], 1e-14);
        }

        Assert.Equal(60, values.Trainings);
        var (own, scores) = (method.Memorization(_fit), _fit.Influence(method, _train));
        Assert.Equal(_fit.SelfInfluence(method), own.OfUtility(0));
        Close.To([.. Enumerable.Range(0, 24).Select(i => scores[i, i])], own.OfUtility(0), 1e-12, 1e-14);
        Close.To(_fit.Influence(method, _test).OnAll(), _fit.JointInfluence(method, _test), 1e-12, 1e-14);
        Assert.Equal(values.OfUtility(3), _fit.Influence(method, _test).OfTest(3).ToArray());
        Assert.Throws<InvalidOperationException>(models.Memorization);

        // One part without example 0 gives a difference, and no error.
        var single = new Downsampling { Subsets = [[0, 1], [0, 2], [1, 2]] }.Sample(_fit, _test).OfGroups([[0]]);
        Assert.True(double.IsFinite(single[0, 0]) && double.IsNaN(single.ErrorsOf(0)[0]));

        static IEnumerable<double> Part(Func<int, bool> has, double[,] losses, int t) => Enumerable.Range(0, losses.GetLength(0)).Where(has).Select(k => losses[k, t]);

        static void Is(EstimatedValues found, int player, int t, double[] with, double[] without)
        {
            Assert.Equal(without.Average() - with.Average(), found[player, t], 1e-9);
            Assert.Equal(Math.Sqrt(Variance(with) / with.Length + Variance(without) / without.Length), found.ErrorsOf(player)[t], 1e-9);
        }
    }

    [Fact]
    public void Right_and_wrong_predictions_are_counted()
    {
        var models = new Downsampling { Count = 40, Share = 0.4, Utility = ExampleUtility.Correctness }.Sample(_fit, _test);
        var right = models.Utilities();
        var seen = new HashSet<double>();
        for (var k = 0; k < 40; k++)
        {
            var again = Problems.FitBinary(_train.Subset(models.Subsets[k]), 0.1);
            for (var t = 0; t < 5; t++)
            {
                Assert.Equal(again.Accuracy(_test.Subset([t])), right[k, t]);
                seen.Add(right[k, t]);
            }
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_part_is_a_function_of_seed_and_number()
    {
        var (few, many, other) = (Parts(new() { Count = 6, Seed = 9 }), Parts(new() { Count = 30, Seed = 9 }), Parts(new() { Count = 6, Seed = 10 }));
        Assert.Equal(few, many.Take(6));
        Assert.All(few.Zip(other), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(30, many.Select(part => string.Join(",", part)).Distinct().Count());
        Assert.All(many, part => Assert.Equal(17, part.Length));

        // Each example is in a part with probability 17/24: 2,000 parts stray by 0.0102, five times that here.
        var counts = new int[24];
        for (var j = 0; j < 2000; j++)
        {
            foreach (var i in SubsetDraws.Choose(24, 17, 1, j))
            {
                counts[i]++;
            }
        }

        Assert.All(counts, count => Assert.InRange(count / 2000.0, 17 / 24.0 - 0.051, 17 / 24.0 + 0.051));

        static IEnumerable<int[]> Parts(Downsampling method) => method.Sample(_fit, _test).Subsets;
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var (one, three) = (new InfluenceOptions { Threads = 1 }, new InfluenceOptions { Threads = 3 });
        var method = new Downsampling { Count = 50 };
        Assert.Equal(method.Of(_fit, _test, one).ToMatrix(), method.Of(_fit, _test, three).ToMatrix());
        var score = new ConsistencyScore { Count = 4 };
        Assert.Equal(score.Of(_fit, _test, one).Scores(), score.Of(_fit, _test, three).Scores());
    }

    [Fact]
    public void Parts_without_a_minimum_are_counted_in_the_notes()
    {
        var fit = Logistic.Train(Problems.Binary(12, 2, 3), GradientDescent.FullBatch(30, 0.3));
        var found = new Downsampling { Share = 0.34, Count = 40, By = RetrainBy.Minimum }.Of(fit, Problems.Binary(4, 2, 5));
        Assert.Contains(found.Notes, note => note.Contains("no minimum", StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_is_means_over_parts_of_a_size()
    {
        var method = new ConsistencyScore { Shares = [0.25, 0.5], Count = 7, Seed = 2 };
        var found = method.Of(_fit, _test);
        Assert.Equal([6, 12], found.Sizes);
        Assert.Equal(14, found.Trainings);
        for (var level = 0; level < 2; level++)
        {
            int[][] parts = [.. Enumerable.Range(0, 7).Select(j => SubsetDraws.Choose(24, found.Sizes[level], 2, ((long)found.Sizes[level] << 32) + j))];
            var losses = _fit.Retrainer(Removal.Refit).Losses(parts, _test);
            for (var t = 0; t < 5; t++)
            {
                double[] own = [.. Enumerable.Range(0, 7).Select(k => -losses[k, t])];
                Assert.Equal(own.Average(), found.Profile()[level, t], 1e-9);
                Assert.Equal(Math.Sqrt(Variance(own) / 7), found.ProfileErrors()[level, t], 1e-9);
            }
        }

        for (var t = 0; t < 5; t++)
        {
            Assert.Equal((found.Profile()[0, t] + found.Profile()[1, t]) / 2, found.Scores()[t], 1e-14);
            Assert.Equal(Math.Sqrt(Math.Pow(found.ProfileErrors()[0, t], 2) + Math.Pow(found.ProfileErrors()[1, t], 2)) / 2, found.ScoreErrors()[t], 1e-14);
        }
    }

    [Fact]
    public void Of_the_training_set_each_example_is_held_out()
    {
        int[][] parts = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]];
        var found = new ConsistencyScore { Subsets = [parts], Utility = ExampleUtility.Loss }.OfTraining(_fit);
        var losses = _fit.Retrainer(Removal.Refit).Losses(parts, _train);
        for (var i = 0; i < 24; i++)
        {
            Assert.Equal(-Enumerable.Range(0, 3).Where(k => !parts[k].Contains(i)).Average(k => losses[k, i]), found.Scores()[i], 1e-9);
        }

        var exact = new ConsistencyScore { IsExact = true }.OfTraining(Problems.FitBinary(Problems.Binary(6, 2, 1), 0.1));
        Assert.Equal([1, 2, 3, 4, 5], exact.Sizes);
        Assert.Equal(62, exact.Trainings);
    }

    [Fact]
    public void What_has_no_answer_is_refused_by_name()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Share", () => new Downsampling { Share = 1 }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Share", () => new Downsampling { Share = double.NaN }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Count", () => new Downsampling { Count = 3 }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("By", () => new Downsampling { By = (RetrainBy)9 }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Utility", () => new Downsampling { Utility = (ExampleUtility)9 }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Subsets", () => new Downsampling { Subsets = [[24]] }.Of(_fit, _test));
        Assert.Throws<ArgumentNullException>("Subsets", () => new Downsampling { Subsets = [null!] }.Of(_fit, _test));
        Assert.Throws<ArgumentNullException>("fit", () => new Downsampling().Of<Logistic.Model, double>(null!, _test));
        Assert.Throws<ArgumentNullException>("on", () => new Downsampling().Of(_fit, null!));
        Assert.Contains("training example 0", Assert.Throws<InvalidOperationException>(() => new Downsampling { Subsets = [[0, 1], [0, 2], [0, 3], [0, 4]] }.Of(_fit, _test)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("groups", () => new Downsampling { Count = 4 }.Sample(_fit, _test).OfGroups([[]]));
        Assert.Throws<ArgumentOutOfRangeException>("groups", () => new Downsampling { Count = 4 }.Sample(_fit, _test).OfGroups([[24]]));
        Assert.Throws<ArgumentException>("Shares", () => new ConsistencyScore { Shares = [0.5, 0.5] }.Of(_fit, _test));
        Assert.Throws<ArgumentException>("Shares", () => new ConsistencyScore { Shares = [0.001] }.Of(_fit, _test));
        Assert.Throws<ArgumentException>("Shares", () => new ConsistencyScore { Shares = [] }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Count", () => new ConsistencyScore { Count = 1 }.Of(_fit, _test));
        Assert.Throws<ArgumentException>("Subsets", () => new ConsistencyScore { Subsets = [[[1], [1, 2]]] }.Of(_fit, _test));
        Assert.Throws<ArgumentException>("Subsets", () => new ConsistencyScore { Subsets = [[]] }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Subsets", () => new ConsistencyScore { Subsets = [[[-1]]] }.Of(_fit, _test));
        Assert.Throws<InvalidOperationException>(() => new ConsistencyScore { IsExact = true }.Of(_fit, _test));
        Assert.Throws<InvalidOperationException>(() => new ConsistencyScore { Subsets = [[[0, 1, 2]]] }.OfTraining(_fit));
        var numbers = Linear.Train(Problems.Numbers(20, 3, 1), Problems.Penalised(0.1));
        Assert.Throws<InvalidOperationException>(() => new ConsistencyScore { Utility = ExampleUtility.Correctness }.Of(numbers, numbers.Training));
        Assert.Throws<OperationCanceledException>(() => new Downsampling().Of(_fit, _test, new InfluenceOptions { Cancellation = new CancellationToken(true) }));
    }

    private static double Variance(double[] values) => values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Length - 1);

    private sealed class StatedParts : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(new double[given.Model.Layout.Count]);
            int[][] subsets = [.. given.Inputs["downsampling_subsets"].Elements.Select(subset => subset.Wholes)];
            var found = new Downsampling { Subsets = subsets }.Of(fit, given.Test);
            Close.To(given.Expected["downsampling"].Numbers, [.. found.ToMatrix().Cast<double>()], 1e-7, 1e-9);
            IReadOnlyList<int[]>[] bySize = [.. given.Inputs["cscore_subsets_by_size"].Elements.Select(size => (IReadOnlyList<int[]>)[.. size.Elements.Select(subset => subset.Wholes)])];
            Close.To(given.Expected["cscore"].Numbers, new ConsistencyScore { Subsets = bySize }.Of(fit, given.Test).Scores(), 1e-7, 1e-9);
        }
    }

    private sealed class AllParts : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(new double[given.Model.Layout.Count]);
            var exact = new ConsistencyScore { IsExact = true }.Of(fit, given.Test);
            Close.To(given.Expected["cscore_exact"].Numbers, exact.Scores(), 1e-7, 1e-9);
            Assert.All(exact.ScoreErrors(), error => Assert.Equal(0, error));
            int[][] halves = [.. Enumerable.Range(0, 128).Select(bits => Enumerable.Range(0, 7).Where(i => (bits >> i & 1) != 0).ToArray()).Where(part => part.Length == 3)];
            Close.To(given.Expected["downsampling_all_subsets_of_size_half"].Numbers, [.. new Downsampling { Subsets = halves }.Of(fit, given.Test).ToMatrix().Cast<double>()], 1e-7, 1e-9);
        }
    }
}
