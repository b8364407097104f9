using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>The area under the receiver operating characteristic, which is the statistic of Mann and Whitney (Hanley and McNeil, 1982).</summary>
internal static class AreaUnderCurve
{
    /// <exception cref="InvalidOperationException">The model or the test set has no such area.</exception>
    public static void Require<TModel, T>(TModel model, ExampleSet<T> on)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (model.Labels != LabelDomain.Binary || model.Outputs != 1)
        {
            throw new InvalidOperationException("The area under the curve is of models with one output and labels 0 and 1; ask for the accuracy or the loss.");
        }

        if (!(WeightOf(on, T.One) > 0 && WeightOf(on, T.Zero) > 0))
        {
            throw new InvalidOperationException("The area under the curve needs test examples of both classes.");
        }
    }

    /// <summary>The area of a model on a set that is matched.</summary>
    public static double Of<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var outputs = fit.Predict(on);
        var order = new int[on.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort((T[])outputs.Clone(), order);
        var (area, below) = (0.0, 0.0);
        for (var first = 0; first < order.Length;)
        {
            var (last, zeros, ones) = (first, 0.0, 0.0);
            for (; last < order.Length && outputs[order[last]] == outputs[order[first]]; last++)
            {
                var weight = on.Weights.IsEmpty ? 1 : double.CreateChecked(on.Weights[order[last]]);
                (zeros, ones) = on.Labels[order[last] * on.LabelStride] == T.One ? (zeros, ones + weight) : (zeros + weight, ones);
            }

            area += ones * (below + zeros / 2);
            below += zeros;
            first = last;
        }

        return area / (below * WeightOf(on, T.One));
    }

    private static double WeightOf<T>(ExampleSet<T> on, T label) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var i = 0; i < on.Count; i++)
        {
            sum += on.Labels[i * on.LabelStride] != label ? 0 : on.Weights.IsEmpty ? 1 : double.CreateChecked(on.Weights[i]);
        }

        return sum;
    }
}
