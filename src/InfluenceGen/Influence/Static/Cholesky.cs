using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    /// <summary>
    /// Writes out H and factors it, H = L Lᵀ: exact up to rounding, p²/2 numbers of memory and p³/3 multiply-adds once, then p² for
    /// each vector. Refused where H is not positive definite. In double precision also for models in single.
    /// </summary>
    public static Solver Cholesky { get; } = new Factorization();

    internal sealed record Factorization : Solver;
}

/// <inheritdoc cref="Solver.Cholesky"/>
internal sealed class CholeskyInverse<TModel, T> : InverseHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Numerics.Cholesky _factor;

    /// <exception cref="NotPositiveDefiniteException">H is not.</exception>
    /// <exception cref="InvalidOperationException">The model has too many parameters.</exception>
    public CholeskyInverse(ObjectiveHessian<TModel, T> hessian)
        : base(hessian)
    {
        try
        {
            _factor = Numerics.Cholesky.Factor(hessian.Write(), hessian.Layout.StorageLength,
                typeof(T) == typeof(double) ? 0 : double.CreateChecked(T.BitIncrement(T.One) - T.One));
        }
        catch (NotPositiveDefiniteException problem)
        {
            throw new NotPositiveDefiniteException(problem.Row, problem.Pivot, Cure);
        }
    }

    public override bool IsIterative => false;

    private const string Cure = " The weights are no strict minimum of the training objective: add damping (Damping), a penalty (L2) on every block that the losses leave free, or use Gauss-Newton curvature with damping.";

    public override void Solve(AlignedBuffer<T> vectors, int count)
    {
        var length = count * _factor.Order;
        if (vectors is AlignedBuffer<double> rows)
        {
            _factor.Solve(rows.Span[..length], count);
            return;
        }

        var wide = new AlignedBuffer<double>(length);
        TensorPrimitives.ConvertChecked<T, double>(vectors.Span[..length], wide.Span);
        _factor.Solve(wide.Span, count);
        TensorPrimitives.ConvertTruncating<double, T>(wide.Span, vectors.Span[..length]);
    }
}
