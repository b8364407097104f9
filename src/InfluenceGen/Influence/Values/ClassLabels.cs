using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>The classes that a model tells apart.</summary>
internal static class ClassLabels
{
    /// <summary>How many.</summary>
    /// <exception cref="InvalidOperationException">The model is no classifier.</exception>
    public static int CountOf<TModel, T>(TModel model)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        model.Labels == LabelDomain.Distribution ? model.Outputs
        : model is { Labels: LabelDomain.Binary, Outputs: 1 } ? 2
        : throw new InvalidOperationException(
            $"Values within classes are of classifiers, and {typeof(TModel)} is none: {(model.Labels == LabelDomain.Binary ? $"its examples have {model.Outputs} labels each" : "its labels are numbers")}. Ask for Shapley's value of the loss (RegressionAdjustedValue).");

    /// <summary>The class of an example; of soft labels that of the greatest share.</summary>
    public static int Of<T>(ExampleSet<T> examples, int example) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Of(examples.Labels.Slice(example * examples.LabelStride, examples.LabelCount));

    /// <summary>Writes, for each class, how many of the test examples are of it and predicted to be, as a share of all of them.</summary>
    public static void WriteAccuracies<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, Span<double> shares)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> outputs = fit.Predict(on);
        shares.Clear();
        for (var i = 0; i < on.Count; i++)
        {
            var label = Of(on, i);
            if (Of(outputs.Slice(i * fit.Model.Outputs, fit.Model.Outputs)) == label)
            {
                shares[label] += (on.Weights.IsEmpty ? 1 : double.CreateChecked(on.Weights[i])) / on.TotalWeight;
            }
        }
    }

    /// <summary>The class that all of a player's examples are of.</summary>
    /// <exception cref="ArgumentException">They are of several.</exception>
    public static int[] OfPlayers<T>(ExampleSet<T> training, (int[][] Examples, Func<int, string> Name) players)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var classes = new int[players.Examples.Length];
        for (var player = 0; player < classes.Length; player++)
        {
            classes[player] = Of(training, players.Examples[player][0]);
            foreach (var example in players.Examples[player])
            {
                if (Of(training, example) is var other && other != classes[player])
                {
                    throw new ArgumentException(
                        $"Player {players.Name(player)} brings examples of classes {classes[player]} and {other}; values within a class are of players of one. Let examples play, or groups of one class.", "of");
                }
            }
        }

        return classes;
    }

    private static int Of<T>(ReadOnlySpan<T> numbers) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        numbers.Length == 1 ? numbers[0] > T.Zero ? 1 : 0 : TensorPrimitives.IndexOfMax(numbers);
}
