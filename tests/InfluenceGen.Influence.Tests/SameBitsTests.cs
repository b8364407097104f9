using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>A score is the same bits whatever other test examples are asked about.</summary>
public class SameBitsTests
{
    [Fact]
    public void A_test_example_alone_has_the_scores_that_it_has_among_others()
    {
        var random = new RandomSource(4);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
        ExampleSet<double> Labelled(int count) => ExampleSet<double>.FromFeatures(Draw(9 * count), 9, [.. Enumerable.Range(0, count).Select(_ => (double)random.NextBelow(2))]);
        ExampleSet<double> Classes(int count) => ExampleSet<double>.FromClasses(Draw(3 * count), 3, [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(3))], 3);
        var different = new List<string>();
        Compare(new Logistic.Model(9), Labelled(40), Labelled(9), different);
        Compare(new Linear.Model(9), Labelled(33), Labelled(9), different);
        Compare(new Softmax.Model(3, 3), Classes(33), Classes(9), different);
        Compare(new TanhSoftmax.Model(), Classes(33), Classes(9), different);
        Assert.True(different.Count == 0, string.Join(Environment.NewLine, different));
    }

    private static void Compare<TModel>(TModel model, ExampleSet<double> train, ExampleSet<double> test, List<string> different) where TModel : struct, IModel<double> =>
        EveryMethod.Run(new Alone<TModel>(Trainer.Train(model, train,
            GradientDescent.MiniBatch(4, 60, 0.1, 1) with { WeightDecay = new(0.01) }, new Trajectory<double>()), test, different));

    private sealed class Alone<TModel>(Fit<TModel, double> fit, ExampleSet<double> test, List<string> different) : IMethodTest where TModel : struct, IModel<double>
    {
        public void Run<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
        {
            // Products of whole blocks (pairs of gradients, outputs of several classes) take the path that is faster for as many examples.
            if (typeof(TMethod) == typeof(TracIn) || typeof(TMethod) == typeof(TracInCP) || typeof(TMethod) == typeof(GradientAggregatedSimilarity)
                || (fit.Model.Outputs > 1 && method is ProximalBregmanResponse or LeaveOneOut or Downsampling or IterativeLeaveOneOut { Effect: not LossChange.FirstOrder }))
            {
                return;
            }

            InfluenceScores<double> together;
            try
            {
                together = fit.Influence(method, test);
            }
            catch (Exception problem) when (problem is InvalidOperationException or NotPositiveDefiniteException)
            {
                // Not a method for this model, or not at these weights.
                return;
            }

            var few = fit.Influence(method, test.Subset([3, 4, 5, 6]));
            var differ = 0;
            foreach (var t in new[] { 0, 5, 8 })
            {
                var alone = fit.Influence(method, test.Subset([t])).OfTest(0);
                for (var i = 0; i < alone.Length; i++)
                {
                    differ += alone[i].Equals(together[i, t]) && (t is < 3 or > 6 || few[i, t - 3].Equals(together[i, t])) ? 0 : 1;
                }
            }

            if (differ > 0)
            {
                different.Add($"{differ} of {3 * fit.Training.Count} scores differ: {typeof(TModel)}, {method}");
            }
        }
    }
}
