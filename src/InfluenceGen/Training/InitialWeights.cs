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
                var random = new RandomSource(rule.Seed);
                DrawTables(rule, model.Layout, random, weights);
                DrawLayers(rule, model.Layout, !model.HasLinearOutputs, random, weights);
                if (model.Layout.OutputBias is { } bias)
                {
                    WriteBaseline(model, examples, included, weights.Slice(bias.Offset, bias.Columns));
                    if (model.HasOffsets)
                    {
                        ref var constant = ref weights[bias.Offset];
                        constant = OffsetBaseline.Of(model, examples, included, bias, constant);
                    }
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

    private static void DrawTables<T>(Initialisation.Rule rule, ParameterLayout layout, RandomSource random, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var block in layout.Blocks)
        {
            if (block.IsTable && !block.IsBias)
            {
                Draw(block, () => rule.Deviation * random.NextGaussian(), weights);
            }
        }
    }

    private static void DrawLayers<T>(Initialisation.Rule rule, ParameterLayout layout, bool someAreHidden,
        RandomSource random, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var block in layout.Blocks)
        {
            if (block.IsTable || block.IsBias)
            {
                continue;
            }

            var bound = Math.Sqrt(6.0 / (block.Columns + block.Rows));
            var deviation = Math.Sqrt(2.0 / block.Columns);
            Func<double>? draw = rule.Layers switch
            {
                Initialisation.LayerDraw.He => () => deviation * random.NextGaussian(),
                Initialisation.LayerDraw.Glorot => () => bound * (2 * random.NextDouble() - 1),
                Initialisation.LayerDraw.GlorotWhereHidden when someAreHidden => () => bound * (2 * random.NextDouble() - 1),
                Initialisation.LayerDraw.GaussianWhereHidden when someAreHidden => () => rule.Deviation * random.NextGaussian(),
                _ => null,
            };
            if (draw is not null)
            {
                Draw(block, draw, weights);
            }
        }
    }

    private static void Draw<T>(ParameterBlock block, Func<double> next, Span<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < block.Rows; row++)
        {
            foreach (ref var weight in weights.Slice(block.Offset + row * block.Stride, block.Columns))
            {
                weight = T.CreateChecked(next());
            }
        }
    }

    private static void WriteBaseline<TModel, T>(TModel model, ExampleSet<T> examples, ReadOnlySpan<T> included, Span<T> bias)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (model.Labels == LabelDomain.Distribution)
        {
            // A class of which a part has no example would ask for a bias of minus infinity; all alike is the usual start.
            return;
        }

        for (var output = 0; output < bias.Length; output++)
        {
            var (sum, count) = (T.Zero, T.Zero);
            for (var i = 0; i < examples.Count; i++)
            {
                var counts = included.IsEmpty ? T.One : included[i];
                counts *= examples.Weights.IsEmpty ? T.One : examples.Weights[i];
                sum += counts * examples.Labels[i * examples.LabelStride + output];
                count += counts;
            }

            bias[output] = model.Baseline(sum / count);
            if (!T.IsFinite(bias[output]))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"The mean training label{(bias.Length == 1 ? "" : $" of output {output}")} is {sum / count}, which no finite bias predicts: {Cure(model.Labels)}, or initial weights of your own (Initialisation.At)."));
            }
        }
    }

    private static string Cure(LabelDomain labels) => labels == LabelDomain.NonNegative
        ? "a model of counts needs an example whose count is not 0"
        : "a model of two classes needs examples of both";
}
