using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// The Hessian of a layer that makes the outputs, s = W x + b, in coordinates in which its inputs are counted from their means:
/// (1/n) Σ_i c_i (C_i)_jk (x_i − m)(x_i − m)ᵀ and the penalties. In double precision whatever the model's, so that its rank is not decided
/// by rounding of large numbers.
/// </summary>
internal sealed class CentredHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Examples whose inputs are converted at once.
    private const int Together = 512;

    // In units of rounding of a model's numbers: how far apart those may be that were meant to be the same, and shares from 1.
    private const double Units = 4;
    private const double SumUnits = 64;

    private static readonly double _unit = double.CreateChecked(T.BitIncrement(T.One) - T.One);

    private readonly ObjectiveHessian<TModel, T> _hessian;
    private readonly ParameterBlock _weights;
    private readonly ParameterBlock? _bias;
    private readonly int _outputs;
    private readonly bool _isShared;
    private readonly int _stride;
    private readonly double[] _means;
    private readonly AlignedBuffer<double> _squares;
    private readonly AlignedBuffer<double> _crosses;
    private readonly double[] _totals;

    /// <param name="hessian">What is differentiated.</param>
    /// <param name="weights">W.</param>
    /// <param name="bias">b, where there is one that is differentiated.</param>
    public CentredHessian(ObjectiveHessian<TModel, T> hessian, ParameterBlock weights, ParameterBlock? bias)
    {
        (_hessian, _weights, _bias) = (hessian, weights, bias);
        _outputs = hessian.Task.Sweeps.Model.Outputs;
        _isShared = _outputs > 1 && hessian.Task.Sweeps.Model.Labels == LabelDomain.Distribution;
        _stride = Workspace<double>.Stride(weights.Columns);
        var pairs = _outputs * (_outputs + 1) / 2;
        _squares = new AlignedBuffer<double>(checked(pairs * weights.Columns * _stride));
        _crosses = new AlignedBuffer<double>(pairs, _stride);
        _totals = new double[pairs];
        _means = bias is null ? new double[weights.Columns] : Means();
        Coordinates = MakeCoordinates();
        Stride = Workspace<double>.Stride(Coordinates.Count);
        Matrix = new AlignedBuffer<double>(checked(Coordinates.Count * Stride));
        ForParts((features, offset, part, outputHessians, outputStride) => AddPart(features, offset, part, outputHessians, outputStride));
        Assemble();
        Rounding = MakeRounding();
    }

    /// <summary>What rows and columns are.</summary>
    public CentredCoordinates Coordinates { get; }

    /// <summary>From row to row of the matrix.</summary>
    public int Stride { get; }

    /// <summary>Both triangles.</summary>
    public AlignedBuffer<double> Matrix { get; }

    /// <summary>What rounding of the inputs themselves makes of each diagonal element, relative to it: a column whose values differ by less than
    /// 4 units of rounding of their size is constant.</summary>
    public double[] Rounding { get; }

    private delegate void PartVisitor(ReadOnlySpan<T> features, int first, int count, AlignedBuffer<T> outputHessians, int outputStride);

    private void ForParts(PartVisitor visit)
    {
        var (task, training) = (_hessian.Task, _hessian.Task.Training);
        var isLinear = task.Sweeps.Model.HasLinearOutputs;
        var outputStride = task.Sweeps.Model.OutputStride;
        var most = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / (_outputs * outputStride + _weights.Stride), 1, training.Count);
        for (var first = 0; first < training.Count; first += most)
        {
            var part = InfluenceTask<TModel, T>.Part(training, first, Math.Min(first + most, training.Count));
            var curvatures = new AlignedBuffer<T>(checked(part.Count * _outputs * outputStride));
            task.Sweeps.OutputHessian(part, task.Weights, curvatures);
            var features = isLinear ? null : new AlignedBuffer<T>(checked(part.Count * _weights.Stride));
            if (features is not null)
            {
                task.Sweeps.LastLayerFeatures(part, task.Weights, features);
            }

            visit(features is null ? part.Features : features.Span, first, part.Count, curvatures, outputStride);
        }
    }

    /// <summary>The mean of each input over the examples that count, from the first one's on: that of a constant is the constant.</summary>
    private double[] Means()
    {
        var (origin, sums, counted) = (new double[_weights.Columns], new double[_weights.Columns], 0);
        ForParts((features, first, count, _, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                var weights = _hessian.Task.Training.Weights;
                if (_hessian.Coefficients is { } c && c[first + i] == T.Zero || !weights.IsEmpty && weights[first + i] == T.Zero)
                {
                    continue;
                }

                var row = features.Slice(i * _weights.Stride, _weights.Columns);
                for (var k = 0; k < row.Length; k++)
                {
                    var x = double.CreateChecked(row[k]);
                    origin[k] = counted == 0 ? x : origin[k];
                    sums[k] += x - origin[k];
                }

                counted++;
            }
        });
        TensorPrimitives.Divide(sums, Math.Max(1, counted), sums);
        TensorPrimitives.Add(sums, origin, sums);
        return sums;
    }

    private CentredCoordinates MakeCoordinates()
    {
        var (d, biases) = (_weights.Columns, _bias is null ? 0 : _outputs);
        var count = checked(biases + _outputs * d);
        var (rows, biasOf, means) = (new int[count], new int[count], new double[count]);
        Array.Fill(biasOf, -1);
        for (var j = 0; j < biases; j++)
        {
            rows[j] = _bias!.Value.Offset + j;
        }

        for (var k = biases; k < count; k++)
        {
            var (j, feature) = ((k - biases) / d, (k - biases) % d);
            rows[k] = _weights.Offset + j * _weights.Stride + feature;
            (biasOf[k], means[k]) = (biases == 0 ? -1 : j, _means[feature]);
        }

        return new(rows, biases, biasOf, means);
    }

    /// <summary>Adds some examples' sums of squares, of inputs and of curvatures of every pair of outputs.</summary>
    private void AddPart(ReadOnlySpan<T> features, int offset, int count, AlignedBuffer<T> outputHessians, int outputStride)
    {
        var d = _weights.Columns;
        var (x, curvature) = (new AlignedBuffer<double>(Together, _stride), new AlignedBuffer<double>(Together));
        for (var first = 0; first < count; first += Together)
        {
            _hessian.Task.Cancellation.ThrowIfCancellationRequested();
            var examples = Math.Min(Together, count - first);
            for (var i = 0; i < examples; i++)
            {
                var row = x.Span.Slice(i * _stride, d);
                TensorPrimitives.ConvertChecked<T, double>(features.Slice((first + i) * _weights.Stride, d), row);
                TensorPrimitives.Subtract(row, _means, row);
            }

            for (int j = 0, pair = 0; j < _outputs; j++)
            {
                for (var k = j; k < _outputs; k++, pair++)
                {
                    for (var i = 0; i < examples; i++)
                    {
                        var own = CurvatureOf(outputHessians.Span.Slice((first + i) * _outputs * outputStride, _outputs * outputStride), j, k);
                        curvature[i] = _hessian.Coefficients is { } c ? double.CreateChecked(c[offset + first + i]) * own : own;
                        _totals[pair] += curvature[i];
                    }

                    DenseProducts.AddWeightedSquares(ref x[0], _stride, ref curvature[0], 1, ref _squares[pair * d * _stride], _stride, examples, d);
                    DenseProducts.AddProduct(ref curvature[0], 1, 1, ref x[0], _stride, ref _crosses[pair * _stride], _stride, 1, examples, d);
                }
            }
        }
    }

    /// <summary>(C_i)_jk. The rows of a softmax's add up to 0; where they do so up to rounding they do so here, as a curvature that rounding
    /// leaves would be taken for one.</summary>
    private double CurvatureOf(ReadOnlySpan<T> outputHessian, int j, int k)
    {
        var stride = outputHessian.Length / _outputs;
        var own = double.CreateChecked(outputHessian[j * stride + k]);
        if (j != k || !_isShared)
        {
            return own;
        }

        var others = 0.0;
        for (var other = 0; other < _outputs; other++)
        {
            others += other == j ? 0 : double.CreateChecked(outputHessian[j * stride + other]);
        }

        return Math.Abs(own + others) <= SumUnits * _unit ? -others : own;
    }

    private void Assemble()
    {
        var (d, biases, share) = (_weights.Columns, Coordinates.First, 1 / _hessian.Divisor);
        for (int j = 0, pair = 0; j < _outputs; j++)
        {
            for (var k = j; k < _outputs; k++, pair++)
            {
                for (var r = 0; r < d; r++)
                {
                    for (var s = r; s < d; s++)
                    {
                        var value = share * _squares[(pair * d + r) * _stride + s];
                        Set(biases + j * d + r, biases + k * d + s, value);
                        Set(biases + j * d + s, biases + k * d + r, value);
                    }

                    if (biases > 0)
                    {
                        var value = share * _crosses[pair * _stride + r];
                        Set(j, biases + k * d + r, value);
                        Set(k, biases + j * d + r, value);
                    }
                }

                if (biases > 0)
                {
                    Set(j, k, share * _totals[pair]);
                }
            }
        }

        AddPenalties();

        void Set(int row, int column, double value)
        {
            Matrix[row * Stride + column] = value;
            Matrix[column * Stride + row] = value;
        }
    }

    /// <summary>λ w² as it is; λ b² is λ (b′ − w·m)².</summary>
    private void AddPenalties()
    {
        var (d, biases) = (_weights.Columns, Coordinates.First);
        var (ofWeights, ofBias) = (_hessian.AddedTo(_weights), _bias is { } bias ? _hessian.AddedTo(bias) : 0);
        for (var j = 0; j < _outputs; j++)
        {
            for (var r = 0; r < d; r++)
            {
                var row = biases + j * d + r;
                Matrix[row * Stride + row] += ofWeights;
                if (ofBias == 0)
                {
                    continue;
                }

                for (var s = 0; s < d; s++)
                {
                    Matrix[row * Stride + biases + j * d + s] += ofBias * _means[r] * _means[s];
                }

                Matrix[row * Stride + j] -= ofBias * _means[r];
                Matrix[j * Stride + row] -= ofBias * _means[r];
            }

            if (biases > 0)
            {
                Matrix[j * Stride + j] += ofBias;
            }
        }
    }

    private double[] MakeRounding()
    {
        var rounding = new double[Coordinates.Count];
        for (var k = Coordinates.First; k < rounding.Length; k++)
        {
            var bias = Coordinates.BiasOf[k];
            var (own, mean) = (Matrix[k * Stride + k], Coordinates.Means[k]);
            var offset = bias >= 0 && own > 0 ? mean * mean * Matrix[bias * Stride + bias] / own : 0;
            rounding[k] = Units * Units * _unit * _unit * (1 + offset);
        }

        return rounding;
    }

    /// <summary>Whether a change that is the same for all outputs has no curvature: the common part of a softmax's classes.</summary>
    public bool IsSharedByOutputs()
    {
        for (var k = 0; k < Coordinates.Count && _isShared; k++)
        {
            var (output, input) = k < Coordinates.First ? (k, -1) : ((k - Coordinates.First) / _weights.Columns, (k - Coordinates.First) % _weights.Columns);
            var (sum, size) = (0.0, 0.0);
            for (var other = 0; other < _outputs; other++)
            {
                var element = Matrix[k * Stride + (input < 0 ? other : Coordinates.First + other * _weights.Columns + input)];
                (sum, size) = (sum + element, size + (other == output ? element : 0));
            }

            if (Math.Abs(sum) > SemidefiniteFactor.RoundingOf(Coordinates.Count) * size)
            {
                return false;
            }
        }

        return _isShared;
    }

    /// <summary>The combinations of inputs that are the same in all examples.</summary>
    public List<(double[] Coefficients, string Words)> Dependencies(Func<int, string> nameOf)
    {
        var (d, first, hasBias) = (_weights.Columns, Coordinates.First, Coordinates.First > 0);
        var start = hasBias ? 1 : 0;
        var stride = Workspace<double>.Stride(d + start);
        var (matrix, rounding) = (new double[checked((d + start) * stride)], new double[d + start]);
        for (var output = 0; output < _outputs; output++)
        {
            for (var r = 0; r < d + start; r++)
            {
                var row = r < start ? output : first + output * d + r - start;
                rounding[r] = Math.Max(rounding[r], Rounding[row]);
                for (var s = 0; s < d + start; s++)
                {
                    matrix[r * stride + s] += Matrix[row * Stride + (s < start ? output : first + output * d + s - start)];
                }
            }
        }

        return FeatureDependencies.Of(matrix, stride, hasBias, rounding, _means, nameOf);
    }
}
