using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Retraining;

/// <summary>The predictions that one individual's absence flips.</summary>
public class LeaveOneOutUnfairnessTests
{
    // Three examples of each of fifteen people, and one more of the first.
    private static readonly ExampleSet<double> _train = ByThrees(Problems.Binary(46, 3, 1));
    private static readonly ExampleSet<double> _test = Problems.Binary(60, 3, 2);
    private static readonly Fit<Logistic.Model, double> _fit = Problems.FitBinary(_train, 0.01);

    [Fact]
    public void They_are_those_of_models_trained_without_each_of_them()
    {
        var found = new LeaveOneOutUnfairness().Of(_fit, _test);
        var (before, flips) = (_fit.Predict(_test), 0);
        Assert.Equal([.. Enumerable.Range(0, 15)], found.Individuals.ToArray());
        var flipped = new bool[60];
        for (var person = 0; person < 15; person++)
        {
            var after = Problems.FitBinary(_train.Subset([.. Enumerable.Range(0, 46).Where(i => _train.IndividualOf[i] != person)]), 0.01).Predict(_test);
            var own = 0;
            for (var t = 0; t < 60; t++)
            {
                var flip = before[t] > 0 != after[t] > 0;
                Assert.Equal(flip, found.FlippedBy[t].Contains(person));
                flipped[t] |= flip;
                own += flip ? 1 : 0;
            }

            Assert.Equal(own / 60.0, found.ShareOf(person));
            flips += own;
        }

        Assert.InRange(flips, 1, 100);
        Assert.Equal(flipped.Count(flip => flip) / 60.0, found.Share);
        var most = Array.IndexOf(flipped, true);
        Assert.Equal(found.FlippedBy[most].Length / 15.0, found.ShareAgainst(most));
    }

    [Fact]
    public void Of_classes_it_is_the_greatest_output_that_counts()
    {
        var (train, test) = (Problems.Classes(25, 3, 1), Problems.Classes(80, 3, 2));
        var fit = Softmax.Train(train, Problems.Penalised(0.02)).Converged();
        var found = new LeaveOneOutUnfairness { Removal = Removal.Fixed }.Of(fit, test);
        var (before, retrainer, flips) = (fit.Predict(test), fit.Retrainer(Removal.Fixed), 0);
        retrainer.Train(25, i => [.. Enumerable.Range(0, 25).Where(j => j != i)], (i, without) =>
        {
            var after = without.Predict(test);
            for (var t = 0; t < 80; t++)
            {
                var flip = Greatest(before, t) != Greatest(after, t);
                Assert.Equal(flip, found.FlippedBy[t].Contains(i));
                Interlocked.Add(ref flips, flip ? 1 : 0);
            }
        });
        Assert.True(flips > 0);

        static int Greatest(double[] outputs, int t) => Array.IndexOf(outputs, outputs.AsSpan(3 * t, 3).ToArray().Max(), 3 * t, 3) - 3 * t;
    }

    [Fact]
    public void What_cannot_flip_is_refused()
    {
        var numbers = Linear.Train(Problems.Numbers(20, 3, 1), Problems.Penalised(0.1));
        Assert.Throws<InvalidOperationException>(() => new LeaveOneOutUnfairness().Of(numbers, numbers.Training));
        Assert.Throws<ArgumentOutOfRangeException>("By", () => new LeaveOneOutUnfairness { By = (RetrainBy)9 }.Of(_fit, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Removal", () => new LeaveOneOutUnfairness { Removal = (Removal)9 }.Of(_fit, _test));
        Assert.Throws<ArgumentNullException>("fit", () => new LeaveOneOutUnfairness().Of<Logistic.Model, double>(null!, _test));
        Assert.Throws<ArgumentNullException>("on", () => new LeaveOneOutUnfairness().Of(_fit, null!));
        var found = new LeaveOneOutUnfairness().Of(_fit, _test);
        Assert.Throws<ArgumentOutOfRangeException>("test", () => found.ShareAgainst(60));
        Assert.Throws<ArgumentOutOfRangeException>("individual", () => found.ShareOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>("individual", () => found.ShareOf(15));
        var alone = ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [0, 1, 0, 1], new Individuals(["one"]), [0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => new LeaveOneOutUnfairness().Of(Problems.FitBinary(alone, 0.1), alone));
    }

    private static ExampleSet<double> ByThrees(ExampleSet<double> set) => ExampleSet<double>.FromFeatures(
        [.. Enumerable.Range(0, set.Count).SelectMany(i => set.Features.Slice(i * set.FeatureStride, 3).ToArray())], 3, set.Labels,
        new Individuals([.. Enumerable.Range(0, 15).Select(person => $"person {person}")]), [.. Enumerable.Range(0, set.Count).Select(i => i % 15)]);
}
