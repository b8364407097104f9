using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    /// <summary>
    /// Writes out H and factors it: exact up to rounding, p²/2 numbers of memory and p³/3 multiply-adds once, then p² for each vector. In
    /// double precision also for models in single. Where H is singular, as beside a doubled column, a constant one, or one column for
    /// each of some levels beside a bias, the pseudo-inverse takes its place and the scores' notes say what is not determined;
    /// a gradient that depends on that is refused, and so is negative curvature.
    /// </summary>
    /// <remarks>A direction counts as one of curvature 0 where it has less than 16 max(p, 64) units of rounding (2.2e-16) of what its parameters
    /// have, each by itself and biases taken out: units and offsets of features do not matter.</remarks>
    public static Solver Cholesky { get; } = new Factorization();

    internal sealed record Factorization : Solver;
}

/// <inheritdoc cref="Solver.Cholesky"/>
internal sealed class CholeskyInverse<TModel, T> : InverseHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Undetermined<TModel, T>? _undetermined;

    /// <exception cref="NotPositiveDefiniteException">H has negative curvature.</exception>
    /// <exception cref="InvalidOperationException">The model has too many parameters.</exception>
    public CholeskyInverse(ObjectiveHessian<TModel, T> hessian)
        : base(hessian)
    {
        Factor = new HessianFactor<TModel, T>(hessian);
        if (Factor.Reduced?.NegativeDirection is { } direction)
        {
            throw new NotPositiveDefiniteException(Factor.NegativeCurvature, ParameterNames.Largest(hessian.Task.Sweeps.Model, hessian.Task.Training, Factor.Sizes(direction)));
        }

        _undetermined = Factor.IsDefinite ? null : new Undetermined<TModel, T>(Factor);
    }

    /// <summary>What H was found to be.</summary>
    public HessianFactor<TModel, T> Factor { get; }

    public override bool IsIterative => false;

    public override bool MayBeSingular => _undetermined is not null;

    public override ImmutableArray<string> Notes => _undetermined?.Notes ?? [];

    public override void Solve(AlignedBuffer<T> vectors, int count)
    {
        var length = count * Hessian.Layout.StorageLength;
        var rows = vectors as AlignedBuffer<double> ?? Widened(vectors, length);
        _undetermined?.RequireInRange(rows.Span[..length], count);
        Factor.Solve(rows.Span[..length], count);
        if (typeof(T) != typeof(double))
        {
            TensorPrimitives.ConvertTruncating<double, T>(rows.Span, vectors.Span[..length]);
        }
    }

    public override void RequireInRange(AlignedBuffer<T> vectors, int count)
    {
        var length = count * Hessian.Layout.StorageLength;
        _undetermined?.RequireInRange((vectors as AlignedBuffer<double> ?? Widened(vectors, length)).Span[..length], count);
    }

    private static AlignedBuffer<double> Widened(AlignedBuffer<T> vectors, int length)
    {
        var wide = new AlignedBuffer<double>(length);
        TensorPrimitives.ConvertChecked<T, double>(vectors.Span[..length], wide.Span);
        return wide;
    }
}
