using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>What models are worth on test examples.</summary>
/// <param name="Count">Numbers.</param>
/// <param name="Write">Writes them.</param>
/// <param name="Name">What they are of, in words that are the same on every machine.</param>
internal sealed record TestUtility<TModel, T>(int Count, FitUtility<TModel, T> Write, string Name)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <exception cref="ArgumentException">The test set is not one this model reads.</exception>
    /// <exception cref="InvalidOperationException">The model has no such utility.</exception>
    public static TestUtility<TModel, T> Of(Fit<TModel, T> fit, ExampleSet<T> on, Utility utility)
    {
        on = ModelData.Matched(fit.Model, fit.Training, on, nameof(on));
        ModelData.RequireWeight(on, nameof(on));
        var name = $"{utility} of {SetFingerprint.Of(on)}";
        switch (utility)
        {
            case Utility.Losses:
                return new(on.Count, (trained, utilities) => ExampleUtilities.Write(trained, on, ExampleUtility.Loss, utilities), name);
            case Utility.Accuracy:
                return new(1, (trained, utilities) => utilities[0] = trained.Accuracy(on), name);
            case Utility.AreaUnderCurve:
                AreaUnderCurve.Require(fit.Model, on);
                return new(1, (trained, utilities) => utilities[0] = AreaUnderCurve.Of(trained, on), name);
            case Utility.ClassAccuracies:
                return new(ClassLabels.CountOf<TModel, T>(fit.Model), (trained, utilities) => ClassLabels.WriteAccuracies(trained, on, utilities), name);
            default:
                return new(1, (trained, utilities) => utilities[0] = -trained.MeanLoss(on), name);
        }
    }
}
