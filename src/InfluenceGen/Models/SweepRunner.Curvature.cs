using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

public sealed partial class SweepRunner<TModel, T>
{
    /// <summary>The longest storage for which <see cref="HessianSum"/> writes the matrix: 4,096² numbers are 128 MB of
    /// <see cref="double"/>.</summary>
    public const int MostHessianStorage = 4096;

    // Unit directions that share a pass where the Hessian has no sweep of its own.
    private const int UnitDirections = 16;

    private AlignedBuffer<T> _outputHessians = new(0);
    private AlignedBuffer<T> _outputDots = new(0);
    private AlignedBuffer<T> _curved = new(0);
    private AlignedBuffer<T> _units = new(0);
    private AlignedBuffer<T> _products = new(0);

    /// <summary>Writes C_i = ∂²ℓ_i/∂s_i²: <see cref="IModel{T}.Outputs"/> rows of <see cref="IModel{T}.OutputStride"/> for
    /// each example.</summary>
    public void OutputHessian(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> outputHessians) =>
        Start(Sweep.OutputHessian, examples, weights, outputHessians);

    /// <summary>Writes the inputs of the last layer: <see cref="IModel{T}.LastLayerLength"/> numbers, rounded up to whole
    /// 64-byte lines, for each example.</summary>
    /// <exception cref="InvalidOperationException">The model has no last layer.</exception>
    public void LastLayerFeatures(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> features)
    {
        if (_model.LastLayerLength == 0)
        {
            throw new InvalidOperationException("This model has no last layer whose inputs could be written.");
        }

        Start(Sweep.LastLayerFeatures, examples, weights, features);
    }

    /// <summary>Writes J_i v for each of K directions and each example.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="dots">Receives K × n × <see cref="IModel{T}.OutputStride"/> numbers, direction by direction.</param>
    public void OutputDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> directions,
        AlignedBuffer<T> dots)
    {
        _direction = directions;
        var count = DirectionsIn(directions);
        SweepArguments.Require(dots.Length, (long)count * examples.Count * _model.OutputStride, nameof(dots));
        Start(Sweep.OutputDot, examples, weights, dots, perExample: (long)count * _touchedByExample,
            resultLength: count * examples.Count * _model.OutputStride);
    }

    /// <summary>Writes Σ_i J_i' c_i in storage order.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="cotangents">c_i, <see cref="IModel{T}.OutputStride"/> numbers for each example.</param>
    /// <param name="sum">Receives the sum. Table rows that no segment of the set covers keep what they held.</param>
    public void OutputAdjointSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> cotangents,
        AlignedBuffer<T> sum) => OutputAdjointSum(examples, weights, cotangents, 0, sum, 0);

    /// <summary>Writes Σ_i c_i H_i v for each of K directions.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="products">Receives K vectors in storage order. Table rows that no segment of the set covers keep what
    /// they held.</param>
    public void HessianVectorSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> directions, AlignedBuffer<T> products)
    {
        _coefficients = coefficients;
        _direction = directions;
        var count = DirectionsIn(directions);
        Sum(Sweep.HessianVectorSum, examples, weights, products, 0, Layout.StorageLength, count,
            (long)count * _touchedByExample);
    }

    /// <summary>
    /// Writes Σ_i c_i H_i: rows and columns in storage order, those of pads zero, exactly symmetric. Beside the result this
    /// holds at most 64 MB of partial sums, or one matrix for each thread where that is more; so it is refused beyond
    /// <see cref="MostHessianStorage"/>. Where outputs are linear in the parameters it also holds C_i of the examples, a part of
    /// them at a time where they take more than 64 MB, and costs m(m+1)/2 · d(d+1)/2 multiply-adds an example; elsewhere one product
    /// with a unit vector for each parameter.
    /// </summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="sum">Receives the matrix, the square of the storage's length.</param>
    /// <exception cref="InvalidOperationException">The model has too many parameters.</exception>
    /// <exception cref="ArgumentException">The result does not fit <paramref name="sum"/>.</exception>
    public void HessianSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> sum)
    {
        var length = Layout.StorageLength;
        if (length > MostHessianStorage)
        {
            throw new InvalidOperationException(
                $"The model's {Layout.Count} parameters take {length} elements in storage; a Hessian is written out for at most {MostHessianStorage}. Use products with vectors (HessianVectorSum) instead.");
        }

        SweepArguments.Require(sum.Length, (long)length * length, nameof(sum));
        if (_model.HasLinearOutputs && !ReadsColumns)
        {
            var most = PartLength((long)_model.Outputs * _model.OutputStride);
            if (examples.Count <= most)
            {
                LinearHessianSum(examples, weights, coefficients, sum);
                return;
            }

            for (var part = StartParts(examples, most, (long)length * length); FillPart(part, coefficients); part.First += most)
            {
                LinearHessianSum(part.Examples, weights, part.Coefficients, part.First == 0 ? sum : _partSum);
                AddPart(part, sum);
            }

            return;
        }

        AlignedBuffer<T>.Grow(ref _units, (long)UnitDirections * length);
        AlignedBuffer<T>.Grow(ref _products, (long)UnitDirections * length);
        sum.Span[..(length * length)].Clear();
        Span<int> parameters = stackalloc int[UnitDirections];
        var count = 0;
        foreach (var block in Layout.Blocks)
        {
            for (var element = 0; element < block.StorageLength; element++)
            {
                if (element % block.Stride < block.Columns)
                {
                    parameters[count++] = block.Offset + element;
                    if (count == UnitDirections)
                    {
                        WriteRows(examples, weights, coefficients, parameters, sum.Span);
                        count = 0;
                    }
                }
            }
        }

        WriteRows(examples, weights, coefficients, parameters[..count], sum.Span);
        Symmetrise(sum.Span, length);
    }

    private void LinearHessianSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients, AlignedBuffer<T> sum)
    {
        var length = Layout.StorageLength;
        AlignedBuffer<T>.Grow(ref _outputHessians, (long)examples.Count * _model.Outputs * _model.OutputStride);
        OutputHessian(examples, weights, _outputHessians);
        _coefficients = coefficients;
        Sum(Sweep.HessianSum, examples, weights, sum, 0, length * length, 1, (long)_touchedByExample * _touchedByExample);
    }

    /// <summary>Writes u' H_i v for each example.</summary>
    public void HessianDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> left, AlignedBuffer<T> right,
        AlignedBuffer<T> dots)
    {
        (_direction, _otherDirection) = (left, right);
        Start(Sweep.HessianDot, examples, weights, dots);
    }

    /// <summary>Writes Σ_i c_i ∂³ℓ_i[u, v] in storage order.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="left">u.</param>
    /// <param name="right">v.</param>
    /// <param name="sum">Receives the sum. Table rows that no segment of the set covers keep what they held.</param>
    public void ThirdDerivativeSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> left, AlignedBuffer<T> right, AlignedBuffer<T> sum)
    {
        _coefficients = coefficients;
        (_direction, _otherDirection) = (left, right);
        Sum(Sweep.ThirdDerivativeSum, examples, weights, sum, 0, Layout.StorageLength, 1, _touchedByExample);
    }

    /// <summary>
    /// Writes Σ_i c_i J_i' C_i J_i v for each of K directions: the Gauss-Newton approximation of
    /// <see cref="HessianVectorSum"/> (Schraudolph, 2002), exact where outputs are linear in the parameters. A factorization's
    /// own penalty is not in it. Holds C_i, J_i v and C_i J_i v of the examples, (Outputs + 2 K) × OutputStride numbers each, and for
    /// models of features takes a part of them at a time where that is more than 64 MB.
    /// </summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="products">Receives K vectors in storage order. Table rows that no segment of the set covers keep what
    /// they held.</param>
    public void GaussNewtonVectorSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> directions, AlignedBuffer<T> products)
    {
        var count = DirectionsIn(directions);
        var most = PartLength((_model.Outputs + 2L * count) * _model.OutputStride);
        if (HasTables || examples.Count <= most)
        {
            GaussNewtonOf(examples, weights, coefficients, directions, count, products);
            return;
        }

        for (var part = StartParts(examples, most, (long)count * Layout.StorageLength); FillPart(part, coefficients); part.First += most)
        {
            GaussNewtonOf(part.Examples, weights, part.Coefficients, directions, count, part.First == 0 ? products : _partSum);
            AddPart(part, products);
        }
    }

    private void GaussNewtonOf(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> directions, int count, AlignedBuffer<T> products)
    {
        var length = Sizes.Product(examples.Count, _model.OutputStride, "Use fewer examples.");
        AlignedBuffer<T>.Grow(ref _outputHessians, (long)length * _model.Outputs);
        AlignedBuffer<T>.Grow(ref _outputDots, (long)count * length);
        AlignedBuffer<T>.Grow(ref _curved, (long)count * length);
        OutputHessian(examples, weights, _outputHessians);
        OutputDot(examples, weights, directions, _outputDots);
        _coefficients = coefficients;
        Start(Sweep.Curve, examples, weights, _curved, perExample: (long)count * _model.Outputs * _model.Outputs,
            resultLength: count * length);
        for (var direction = 0; direction < count; direction++)
        {
            OutputAdjointSum(examples, weights, _curved, direction * length, products, direction * Layout.StorageLength);
        }
    }

    private void OutputAdjointSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> cotangents, int offset,
        AlignedBuffer<T> sum, int start)
    {
        (_cotangents, _cotangentsOffset) = (cotangents, offset);
        Sum(Sweep.OutputAdjointSum, examples, weights, sum, start, Layout.StorageLength, 1, _touchedByExample);
    }

    /// <summary>Writes c_i C_i (J_i v), for every direction, of the examples of some segments.</summary>
    private void Curve(int first, int last, Span<T> curved)
    {
        var (outputs, stride) = (_model.Outputs, _model.OutputStride);
        var coefficients = Coefficients;
        var offsets = _examples.SegmentsOf(0).Offsets;
        var length = _examples.Count * stride;
        for (var start = 0; start < curved.Length; start += length)
        {
            for (var i = offsets[first]; i < offsets[last]; i++)
            {
                ReadOnlySpan<T> dots = _outputDots.Span.Slice(start + i * stride, outputs);
                var c = coefficients.IsEmpty ? T.One : coefficients[i];
                for (var output = 0; output < outputs; output++)
                {
                    curved[start + i * stride + output] = c * TensorPrimitives.Dot(dots,
                        _outputHessians.Span.Slice((i * outputs + output) * stride, outputs));
                }
            }
        }
    }

    /// <summary>Writes the rows of the Hessian that belong to some parameters.</summary>
    private void WriteRows(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        ReadOnlySpan<int> parameters, Span<T> sum)
    {
        var length = Layout.StorageLength;
        _units.Span.Clear();
        _products.Span.Clear();
        for (var k = 0; k < parameters.Length; k++)
        {
            _units[k * length + parameters[k]] = T.One;
        }

        HessianVectorSum(examples, weights, coefficients, _units, _products);
        for (var k = 0; k < parameters.Length; k++)
        {
            _products.Span.Slice(k * length, length).CopyTo(sum[(parameters[k] * length)..]);
        }
    }

    private static void Symmetrise(Span<T> matrix, int length)
    {
        var half = T.One / (T.One + T.One);
        for (var row = 0; row < length; row++)
        {
            for (var column = 0; column < row; column++)
            {
                var mean = half * (matrix[row * length + column] + matrix[column * length + row]);
                matrix[row * length + column] = mean;
                matrix[column * length + row] = mean;
            }
        }
    }
}
