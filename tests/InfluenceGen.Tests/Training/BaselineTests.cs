using InfluenceGen.Examples;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

/// <summary>Where generated models start: at the output whose mean response is the mean label, which is the loss's to say.</summary>
public sealed class BaselineTests
{
    private static readonly double[] _x = [1, 0, 2, 0, 0, 1, 0, 2, 0, 1, 1, 0];

    [Fact]
    public void A_model_of_counts_starts_at_the_logarithm_of_the_mean_count() =>
        Assert.Equal(Math.Log(10.0 / 3), Start(Counts4.Train(Labelled(4, 1, 5), Plan)), 1e-14);

    [Fact]
    public void A_model_of_two_classes_starts_at_the_logarithm_of_the_odds() =>
        Assert.Equal(Math.Log(2), Start(LogisticOpen.Train(Labelled(1, 0, 1), Plan)), 1e-14);

    [Fact]
    public void A_regression_starts_at_the_mean_label() =>
        Assert.Equal(10.0 / 3, Start(Unpenalised.Train(Labelled(4, 1, 5), Plan)), 1e-14);

    [Fact]
    public void What_the_best_constant_prediction_leaves_is_that_of_the_mean_count()
    {
        // Where no feature says anything the minimum is the constant prediction, and it is found from there at once.
        var training = ExampleSet<double>.FromFeatures(new double[12], 4, [4, 1, 5]);
        Assert.Equal(Math.Log(10.0 / 3), Start(Counts4.Train(training, Plan)), 1e-14);
        Assert.Equal(10.0 / 3 * (1 - Math.Log(10.0 / 3)), Counts4.Train(training, Plan).MeanLoss(training), 1e-14);
    }

    private static GradientDescent Plan => GradientDescent.FullBatch(0, 0.1);

    private static ExampleSet<double> Labelled(params double[] labels) => ExampleSet<double>.FromFeatures(_x, 4, labels);

    /// <summary>The bias, after which no step was taken.</summary>
    private static double Start<TModel>(Fit<TModel, double> fit)
        where TModel : struct, InfluenceGen.Models.IModel<double>
    {
        var theta = fit.Theta();
        Assert.All(theta[..^1], weight => Assert.Equal(0, weight));
        return theta[^1];
    }
}
