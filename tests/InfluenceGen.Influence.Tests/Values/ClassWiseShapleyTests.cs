using InfluenceGen.Examples;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Class-wise Shapley values against their definition, written out.</summary>
public class ClassWiseShapleyTests
{
    private static readonly int[] _classes = [1, 0, 2, 1, 1, 0];

    [Fact]
    public void Exact_values_are_their_definition()
    {
        var game = Shares(6, 3, 1);
        var expected = Definition(Games.Table(game), _classes, 3);
        var found = new ClassWiseShapley().Of(game, _classes);
        Assert.Equal(1, found.UtilityCount);
        for (var player = 0; player < 6; player++)
        {
            Assert.Equal(expected[player], found[player, 0], 1e-12);
            Assert.True(Math.Abs(expected[player]) > 1e-4);
        }

        Assert.False(found.HasErrors);
        Assert.Equal(64, found.Evaluations);
        Assert.Equal(Games.Table(game)[^3..].Sum(), found.UtilityOfAll[0], 1e-14);
    }

    [Fact]
    public void Within_one_class_it_is_the_Shapley_value_of_the_accuracy()
    {
        var game = Shares(5, 1, 2);
        Assert.Equal(new ExactShapley().Of(game).OfUtility(0), new ClassWiseShapley().Of(game, [0, 0, 0, 0, 0]).OfUtility(0), new Near(1e-13));
    }

    [Fact]
    public void A_sample_is_near_by_as_much_as_its_errors_say()
    {
        var game = Shares(6, 3, 1);
        var exact = new ClassWiseShapley().Of(game, _classes);
        var (within, all) = (0, 0);
        for (var seed = 0; seed < 30; seed++)
        {
            var found = new ClassWiseShapley { Stop = Stopping.After(200), Seed = seed }.Of(game, _classes);
            Assert.Equal(2 + 200 * (6 + 3), found.Evaluations);
            for (var player = 0; player < 6; player++, all++)
            {
                within += Math.Abs(found[player, 0] - exact[player, 0]) <= 2 * found.ErrorsOf(player)[0] ? 1 : 0;
                Assert.InRange(found.ErrorsOf(player)[0], 1e-4, 0.05);
            }
        }

        // 95 of 100, of 180.
        Assert.InRange(within, 0.88 * all, 0.995 * all);
    }

    [Fact]
    public void A_bound_asks_for_samples_in_advance()
    {
        var found = new ClassWiseShapley { Stop = Stopping.Within(0.3, 0.9, range: 1) }.Of(Shares(6, 3, 1), _classes);
        var samples = (int)Math.Ceiling(2 * Math.Log(2 * 6 / 0.1) / 0.09);
        Assert.Equal(2 + samples * 9, found.Evaluations);
    }

    [Fact]
    public void Of_a_classifier_models_are_trained_on_coalitions()
    {
        var (train, test) = (Problems.Binary(7, 2, 1), Problems.Binary(20, 2, 2));
        var fit = Problems.FitBinary(train, 0.1);
        var (labels, of) = (ClassesOf(train), ClassesOf(test));
        var table = new double[(1 << 7) * 2];
        for (var bits = 0; bits < 1 << 7; bits++)
        {
            int[] kept = [.. Enumerable.Range(0, 7).Where(i => (bits >> i & 1) != 0)];
            var outputs = kept.Length == 0 ? new double[test.Count] : Logistic.Train(train.Subset(kept), Problems.Penalised(0.1) with { Start = Initialisation.At(0, 0, 0) }).Converged().Predict(test);
            for (var t = 0; t < test.Count; t++)
            {
                table[bits * 2 + of[t]] += outputs[t] > 0 == (of[t] == 1) ? 1.0 / test.Count : 0;
            }
        }

        Assert.Equal(Definition(table, labels, 2), fit.Value(new ClassWiseShapley(), Players.Examples, test).OfUtility(0), new Near(1e-10));
        Assert.Equal(fit.Accuracy(test), fit.Value(new ClassWiseShapley(), Players.Examples, test).UtilityOfAll[0], 1e-12);
        Assert.Contains(0, labels);
        Assert.Contains(1, labels);
    }

    [Fact]
    public void Shares_of_classes_add_up_to_the_accuracy()
    {
        var (train, test) = (Problems.Classes(30, 2, 1), Problems.Classes(20, 2, 2));
        var fit = Softmax.Train(train, Problems.Penalised(0.1)).Converged();
        var found = fit.Value(new LeaveOneOutValue(), Players.Examples, test, Utility.ClassAccuracies).UtilityOfAll.ToArray();
        Assert.Equal(3, found.Length);
        Assert.Equal(fit.Accuracy(test), found.Sum(), 1e-12);
        var (outputs, labels) = (fit.Predict(test), Enumerable.Range(0, 20).Select(i => Array.IndexOf(test.Labels.Slice(i * test.LabelStride, 3).ToArray(), 1)).ToArray());
        Assert.Equal(Enumerable.Range(0, 20).Count(t => labels[t] == 2 && outputs[3 * t + 2] > outputs[3 * t] && outputs[3 * t + 2] > outputs[3 * t + 1]) / 20.0, found[2], 1e-12);
    }

    [Fact]
    public void Wrong_labels_of_two_classes_are_worth_less()
    {
        var clean = Problems.Binary(30, 2, 3);
        var x = clean.Features.ToArray().Where((_, i) => i % clean.FeatureStride < 2).ToArray();
        double[] labels = [.. clean.Labels.ToArray().Where((_, i) => i % clean.LabelStride == 0)];
        double[] y = [.. labels.Select((label, i) => i < 6 ? 1 - label : label)];
        var fit = Problems.FitBinary(ExampleSet<double>.FromFeatures(x, 2, y), 0.1);
        var found = fit.Value(new ClassWiseShapley { Stop = Stopping.After(40) }, Players.Examples, Problems.Binary(60, 2, 4)).OfUtility(0);
        Assert.True(found[..6].Average() < found[6..].Average());
    }

    [Fact]
    public void Who_is_no_classifier_or_brings_several_classes_is_refused()
    {
        var numbers = Problems.Numbers(6, 2, 1);
        var problem = Assert.Throws<InvalidOperationException>(() => Linear.Train(numbers, Problems.Penalised(0.1)).Value(new ClassWiseShapley(), Players.Examples, numbers));
        Assert.Contains(typeof(Linear.Model).ToString(), problem.Message, StringComparison.Ordinal);
        var binary = Problems.Binary(24, 2, 1);
        var fit = Problems.FitBinary(binary, 0.1);
        Assert.Contains("classes", Assert.Throws<ArgumentException>("of", () => fit.Value(new ClassWiseShapley(), Players.Groups([.. Enumerable.Range(0, 24)]), binary)).Message, StringComparison.Ordinal);
        Assert.Contains("Stop", Assert.Throws<InvalidOperationException>(() => fit.Value(new ClassWiseShapley(), Players.Examples, binary)).Message, StringComparison.Ordinal);
        var game = Shares(3, 2, 1);
        Assert.Throws<ArgumentException>(() => new ClassWiseShapley().Of(game, [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassWiseShapley().Of(game, [0, 1, 2]));
    }

    /// <summary>φ_i, from marginal contributions as they stand in the formula.</summary>
    private static double[] Definition(double[] table, int[] classOf, int classes)
    {
        var players = classOf.Length;
        double Worth(int bits, int c)
        {
            var row = table.AsSpan(bits * classes, classes).ToArray();
            return row[c] * Math.Exp(row.Sum() - row[c]);
        }

        return [.. Enumerable.Range(0, players).Select(player =>
        {
            var own = classOf[player];
            var others = Enumerable.Range(0, players).Where(other => classOf[other] == own).Aggregate(0, (mask, other) => mask | 1 << other);
            var (size, sum) = (int.PopCount(others), 0.0);
            for (var bits = 0; bits < 1 << players; bits++)
            {
                if ((bits >> player & 1) == 0)
                {
                    sum += (Worth(bits | 1 << player, own) - Worth(bits, own)) / (size * Games.Binomial(size - 1, int.PopCount(bits & others)));
                }
            }

            return sum / Math.Pow(2, players - size);
        })];
    }

    /// <summary>Shares of classes that add up to 1 at most.</summary>
    private static Game Shares(int players, int classes, long seed)
    {
        var random = new RandomSource(seed);
        var table = new double[1 << players, classes];
        for (var bits = 0; bits < 1 << players; bits++)
        {
            for (var c = 0; c < classes; c++)
            {
                table[bits, c] = random.NextDouble() / classes;
            }
        }

        return Game.OfTable(table);
    }

    private static int[] ClassesOf(ExampleSet<double> examples) => [.. Enumerable.Range(0, examples.Count).Select(i => (int)examples.Labels[i * examples.LabelStride])];

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }
}
