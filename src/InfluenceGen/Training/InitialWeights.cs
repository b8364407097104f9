using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>Writes the weights that training starts from.</summary>
internal static class InitialWeights
{
    /// <param name="start">The rule.</param>
    /// <param name="model">The model.</param>
    /// <param name="examples">The training set, whose labels set the bias.</param>
    /// <param name="included">1 for each example that counts, 0 for the others; empty where all do.</param>
    /// <param name="weights">Receives the weights in storage order.</param>
    /// <exception cref="ArgumentException">Stated parameters are not as many as the model's, or no finite bias predicts
    /// the mean label.</exception>
    public static void Write<TModel, T>(Initialisation start, TModel model, ExampleSet<T> examples,
        ReadOnlySpan<T> included, Span<T> weights)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        weights.Clear();
        switch (start)
        {
            case Initialisation.Stated { Theta: var theta }:
                WriteTheta(theta.AsSpan(), model.Layout, weights);
                break;
            case Initialisation.Rule rule:
                DrawTables(rule, model.Layout, weights);
                if (BiasOf(model.Layout) is { } bias)
                {
                    weights[bias.Offset] = Baseline(model, examples, included);
                }

                break;
        }
    }

    private static void WriteTheta<T>(ReadOnlySpan<double> theta, ParameterLayout layout, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (theta.Length != layout.Count)
        {
            throw new ArgumentException($"{theta.Length} initial parameters were stated; the model has {layout.Count}.");
        }

        var next = 0;
        foreach (var block in layout.Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                foreach (ref var weight in weights.Slice(block.Offset + row * block.Stride, block.Columns))
                {
                    weight = T.CreateChecked(theta[next++]);
                }
            }
        }
    }

    private static void DrawTables<T>(Initialisation.Rule rule, ParameterLayout layout, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(rule.Seed);
        foreach (var block in layout.Blocks)
        {
            for (var row = 0; block.RowIndex >= 0 && row < block.Rows; row++)
            {
                foreach (ref var weight in weights.Slice(block.Offset + row * block.Stride, block.Columns))
                {
                    weight = T.CreateChecked(rule.Deviation * random.NextGaussian());
                }
            }
        }
    }

    private static ParameterBlock? BiasOf(ParameterLayout layout) =>
        layout.Blocks is [_, .., { Rows: 1, Columns: 1, RowIndex: < 0 } last] ? last : null;

    private static T Baseline<TModel, T>(TModel model, ExampleSet<T> examples, ReadOnlySpan<T> included)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sum, count) = (T.Zero, T.Zero);
        var labels = examples.Labels;
        for (var i = 0; i < labels.Length; i++)
        {
            var counts = included.IsEmpty ? T.One : included[i];
            sum += counts * labels[i];
            count += counts;
        }

        var baseline = model.Baseline(sum / count);
        if (!T.IsFinite(baseline))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The mean training label is {sum / count}, which no finite bias predicts: a model of two classes needs examples of both, or initial weights of your own (Initialisation.At)."));
        }

        return baseline;
    }
}
