using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>H by products, a sweep each. M is given.</summary>
internal sealed class SweptCurvature<TModel, T>(UnitFreeObjective<TModel, T> objective, Preconditioner preconditioner, int most) : CurvatureModel
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override double Flat => 64 * UnitFreeObjective<TModel, T>.Rounding;

    /// <inheritdoc/>
    public override int MostIterations => most;

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<double> direction, Span<double> product) => objective.Multiply(direction, product);

    /// <inheritdoc/>
    public override void Precondition(ReadOnlySpan<double> residual, Span<double> result) => preconditioner.Solve(residual, result);
}

/// <summary>M⁻¹ of a matrix M near H.</summary>
internal abstract class Preconditioner
{
    /// <summary>Writes M⁻¹ r.</summary>
    public abstract void Solve(ReadOnlySpan<double> residual, Span<double> result);
}

/// <summary>M is the diagonal of H where it is positive, estimated from products with random signs z: the mean of z ∘ H z (Bekas, Kokiopoulou
/// and Saad, 2007).</summary>
internal sealed class DiagonalPreconditioner : Preconditioner
{
    // Random sign vectors, a sweep for sixteen of them.
    private const int Probes = 32;

    // Of the mean diagonal: what the estimate does not tell from 0.
    private const double Least = 1e-2;

    private readonly double[] _diagonal;

    private DiagonalPreconditioner(double[] diagonal) => _diagonal = diagonal;

    public static DiagonalPreconditioner Of<TModel, T>(UnitFreeObjective<TModel, T> objective)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (order, random) = (objective.Order, new RandomSource(3));
        var (signs, products, diagonal) = (new double[checked(Probes * order)], new double[checked(Probes * order)], new double[order]);
        foreach (ref var sign in signs.AsSpan())
        {
            sign = random.NextDouble() < 0.5 ? -1 : 1;
        }

        for (var first = 0; first < Probes * order; first += 16 * order)
        {
            objective.Multiply(signs.AsSpan(first, 16 * order), products.AsSpan(first, 16 * order));
        }

        for (var probe = 0; probe < Probes; probe++)
        {
            TensorPrimitives.MultiplyAdd(signs.AsSpan(probe * order, order), products.AsSpan(probe * order, order), diagonal, diagonal);
        }

        TensorPrimitives.Abs(diagonal, diagonal);
        var mean = TensorPrimitives.Sum<double>(diagonal) / objective.Positions.Length;
        TensorPrimitives.Max(diagonal, mean > 0 ? Least * mean : 1, diagonal);
        return new DiagonalPreconditioner(diagonal);
    }

    /// <inheritdoc/>
    public override void Solve(ReadOnlySpan<double> residual, Span<double> result) => TensorPrimitives.Divide(residual, _diagonal, result);
}
