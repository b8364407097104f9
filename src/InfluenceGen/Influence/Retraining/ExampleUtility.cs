using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>How good a model is for one example. Larger is better.</summary>
public enum ExampleUtility
{
    /// <summary>Minus the example's loss, in the loss's unit.</summary>
    Loss,

    /// <summary>1 where the model predicts the example's class, else 0, as <c>Accuracy</c> counts it; of models whose labels are
    /// classes.</summary>
    Correctness,
}

/// <summary>Utilities of examples.</summary>
internal static class ExampleUtilities
{
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    /// <exception cref="InvalidOperationException">The model has no such utility.</exception>
    public static void Require<TModel, T>(TModel model, ExampleUtility utility)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(utility, "Utility");
        if (utility == ExampleUtility.Correctness && model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution))
        {
            throw new InvalidOperationException(
                "This model's labels are not classes, so that no prediction is right or wrong; ask for the loss (ExampleUtility.Loss).");
        }
    }

    /// <summary>Writes a utility of each example of a set that is matched.</summary>
    public static void Write<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, ExampleUtility utility, Span<double> utilities)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (utility == ExampleUtility.Loss)
        {
            ReadOnlySpan<T> losses = fit.Losses(on);
            for (var i = 0; i < losses.Length; i++)
            {
                utilities[i] = -double.CreateChecked(losses[i]);
            }

            return;
        }

        ReadOnlySpan<T> outputs = fit.Predict(on);
        var count = fit.Model.Outputs;
        for (var i = 0; i < on.Count; i++)
        {
            utilities[i] = fit.IsRight(outputs.Slice(i * count, count), on.Labels.Slice(i * on.LabelStride, count)) ? 1 : 0;
        }
    }
}
