using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>H written out. M is D (H̃ + δ I) D, where H̃ = D⁻¹ H D⁻¹ has a unit diagonal, and δ is what rounding leaves of H̃, or as
/// much more as makes it positive definite.</summary>
internal sealed class WrittenCurvature : CurvatureModel
{
    // The diagonal is 1, so that no finite matrix needs as much.
    private const double LargestShift = 1e9;

    private readonly AlignedBuffer<double> _matrix;
    private readonly double[] _diagonal;
    private readonly Cholesky _factor;
    private readonly double _rounding;
    private readonly int _order;

    /// <param name="matrix">H.</param>
    /// <param name="order">Its rows, a multiple of 8.</param>
    /// <param name="rounding">The relative rounding of its elements.</param>
    public WrittenCurvature(AlignedBuffer<double> matrix, int order, double rounding)
    {
        (_matrix, _order, _rounding) = (matrix, order, Math.Max(1e-12, 32 * rounding));
        _diagonal = new double[order];
        for (var k = 0; k < order; k++)
        {
            var element = Math.Abs(matrix[k * (order + 1)]);
            _diagonal[k] = element > 0 ? Math.Sqrt(element) : 1;
        }

        Shift = _rounding;
        Cholesky? factor;

        // Where H is singular δ is all that is left of a pivot.
        while ((factor = Cholesky.Factor(Shifted(), order, Math.Min(1e-6, Shift / 16))) is null && Shift < LargestShift)
        {
            Shift *= 10;
        }

        _factor = factor ?? throw new ArithmeticException("The second derivative of the objective is not finite.");
    }

    /// <summary>δ: H̃ has no eigenvalue below −δ.</summary>
    public double Shift { get; }

    /// <summary>Whether there is no negative curvature beyond rounding.</summary>
    public bool IsSemidefinite => Shift <= 100 * _rounding;

    /// <inheritdoc/>
    public override double Flat => 1e-3 * _rounding / Shift;

    /// <inheritdoc/>
    public override int MostIterations => 50;

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<double> direction, Span<double> product)
    {
        for (var row = 0; row < _order; row++)
        {
            product[row] = TensorPrimitives.Dot(_matrix.Span.Slice(row * _order, _order), direction);
        }
    }

    /// <inheritdoc/>
    public override void Precondition(ReadOnlySpan<double> residual, Span<double> result)
    {
        TensorPrimitives.Divide(residual, _diagonal, result);
        _factor.Solve(result, 1);
        TensorPrimitives.Divide(result, _diagonal, result);
    }

    private AlignedBuffer<double> Shifted()
    {
        var scaled = AlignedBuffer<double>.CopyOf(_matrix.Span);
        for (var row = 0; row < _order; row++)
        {
            var elements = scaled.Span.Slice(row * _order, _order);
            TensorPrimitives.Divide(elements, _diagonal, elements);
            TensorPrimitives.Divide(elements, _diagonal[row], elements);
            elements[row] += Shift;
        }

        return scaled;
    }
}
