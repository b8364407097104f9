using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// Coordinates of the first layer in which the features have no unit: with z_j = (x_j − m_j)/s_j over the training examples,
/// Σ_j w_j x_j + b is Σ_j v_j z_j + c where v_j = s_j w_j and c = b + Σ_j m_j w_j. Exact for every model of features, whatever follows
/// the first layer. Units without a bias keep their origin: m is 0, and s_j the root of the mean square.
/// </summary>
internal sealed class FeatureUnits
{
    private readonly ParameterBlock _weights;
    private readonly ParameterBlock? _bias;
    private readonly double[] _shifts;
    private readonly double[] _scales;
    private readonly int[] _constant;

    private FeatureUnits(Layer layer, double[] shifts, double[] scales, int[] constant) =>
        (_weights, _bias, _shifts, _scales, _constant) = (layer.Weights, layer.Bias, shifts, scales, constant);

    /// <summary>The coordinates that a training set gives; null for embedding tables, and where the first layer does not move.</summary>
    public static FeatureUnits? Of<TModel, T>(TModel model, BlockSet blocks, ExampleSet<T> training)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layers = Layer.Of<TModel, T>(model);
        if (layers.IsEmpty || !blocks.Contains(0) || layers[0].Bias is not null && !blocks.Contains(1))
        {
            return null;
        }

        if (layers[0].Bias is null)
        {
            return new FeatureUnits(layers[0], new double[training.FeatureCount], RootMeanSquares(training), []);
        }

        var units = Standardisation.Fit(training);
        return new FeatureUnits(layers[0], units.Means.ToArray(), units.Deviations.ToArray(), units.ConstantFeatures.ToArray());
    }

    /// <summary>Whether units have a bias.</summary>
    public bool HasBias => _bias is not null;

    /// <summary>The same examples with features z; those that are constant but for rounding are 0.</summary>
    public ExampleSet<T> Apply<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var features = AlignedBuffer<T>.CopyOf(examples.Features);
        for (var start = 0; start < features.Length; start += examples.FeatureStride)
        {
            for (var j = 0; j < _scales.Length; j++)
            {
                features[start + j] = T.CreateChecked((double.CreateChecked(features[start + j]) - _shifts[j]) / _scales[j]);
            }

            foreach (var j in _constant)
            {
                features[start + j] = T.Zero;
            }
        }

        return examples.WithFeatures(features);
    }

    /// <summary>Brings weights, in storage order, into these coordinates.</summary>
    public void FromWeights(Span<double> values)
    {
        for (var unit = 0; unit < _weights.Rows; unit++)
        {
            var row = RowOf(values, unit);
            if (_bias is { } bias)
            {
                values[bias.Offset + unit] += TensorPrimitives.Dot<double>(row, _shifts);
            }

            TensorPrimitives.Multiply(row, _scales, row);
        }
    }

    /// <summary>Brings coordinates back to weights that are stored as <typeparamref name="T"/>: the bias makes up for what rounding does
    /// to the others.</summary>
    public void ToWeights<T>(Span<double> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var unit = 0; unit < _weights.Rows; unit++)
        {
            var row = RowOf(values, unit);
            TensorPrimitives.Divide(row, _scales, row);
            if (_bias is { } bias)
            {
                for (var j = 0; j < row.Length; j++)
                {
                    values[bias.Offset + unit] -= _shifts[j] * double.CreateChecked(T.CreateTruncating(row[j]));
                }
            }
        }
    }

    /// <summary>Adds what the penalty (λ/2)|w|² + (μ/2)|b|² of the weights makes of a vector in these coordinates: the product with its
    /// second derivative, which at the vector itself is its gradient.</summary>
    public void AddPenalty(ReadOnlySpan<double> vector, double lambda, double mu, Span<double> product)
    {
        if (lambda == 0 && mu == 0)
        {
            return;
        }

        for (var unit = 0; unit < _weights.Rows; unit++)
        {
            var from = vector.Slice(_weights.Offset + unit * _weights.Stride, _scales.Length);
            var into = RowOf(product, unit);
            var ofBias = 0.0;
            if (_bias is { } bias)
            {
                ofBias = vector[bias.Offset + unit];
                for (var j = 0; j < from.Length; j++)
                {
                    ofBias -= _shifts[j] / _scales[j] * from[j];
                }

                ofBias *= mu;
                product[bias.Offset + unit] += ofBias;
            }

            for (var j = 0; j < from.Length; j++)
            {
                into[j] += (lambda * from[j] / _scales[j] - _shifts[j] * ofBias) / _scales[j];
            }
        }
    }

    private Span<double> RowOf(Span<double> values, int unit) => values.Slice(_weights.Offset + unit * _weights.Stride, _scales.Length);

    private static double[] RootMeanSquares<T>(ExampleSet<T> training) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (largest, scales) = (new double[training.FeatureCount], new double[training.FeatureCount]);
        for (var i = 0; i < training.Features.Length; i += training.FeatureStride)
        {
            for (var j = 0; j < scales.Length; j++)
            {
                largest[j] = Math.Max(largest[j], Math.Abs(double.CreateChecked(training.Features[i + j])));
            }
        }

        // Relative to the largest, so that squares neither overflow nor vanish.
        for (var i = 0; i < training.Features.Length; i += training.FeatureStride)
        {
            for (var j = 0; j < scales.Length; j++)
            {
                var relative = largest[j] == 0 ? 0 : double.CreateChecked(training.Features[i + j]) / largest[j];
                scales[j] += relative * relative;
            }
        }

        for (var j = 0; j < scales.Length; j++)
        {
            scales[j] = largest[j] == 0 ? 1 : largest[j] * Math.Sqrt(scales[j] / training.Count);
        }

        return scales;
    }
}
