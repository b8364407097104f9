using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    /// <summary>
    /// Arnoldi's iteration (Schioppa et al., 2022): H on the span of its dominant eigenvectors and nothing outside of it,
    /// H⁻¹ v ≈ Σ_k u_k (u_k · v) / λ_k. One pass over the training set an iteration, once for all vectors; what lies outside the span
    /// counts for nothing, so scores are too small where small eigenvalues matter. The basis stays orthonormal to rounding, so that as many
    /// iterations as parameters, all kept, are the inverse.
    /// </summary>
    /// <param name="iterations">Dimension of the Krylov space, whose basis is kept: that many storages of memory.</param>
    /// <param name="top">Eigenvectors of the largest |λ| to keep, at most <paramref name="iterations"/>.</param>
    /// <param name="seed">Fixes the vector to start from.</param>
    /// <exception cref="ArgumentOutOfRangeException">There would be no eigenvector, or more than iterations.</exception>
    public static Solver Arnoldi(int iterations, int top, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, top);
        return new Subspace(iterations, top, seed, []);
    }

    /// <summary><see cref="Arnoldi(int, int, long)"/> from a stated vector.</summary>
    /// <param name="iterations">Dimension of the Krylov space.</param>
    /// <param name="top">Eigenvectors to keep.</param>
    /// <param name="start">The flat vector to start from, an element for each parameter.</param>
    /// <exception cref="ArgumentOutOfRangeException">There would be no eigenvector, or more than iterations.</exception>
    public static Solver Arnoldi(int iterations, int top, ReadOnlySpan<double> start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, top);
        return new Subspace(iterations, top, 0, [.. start]);
    }

    internal sealed record Subspace(int Iterations, int Top, long Seed, ImmutableArray<double> Start) : Solver;
}

/// <inheritdoc cref="Solver.Arnoldi(int, int, long)"/>
internal sealed class ArnoldiInverse<TModel, T> : InverseHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of modified Gram and Schmidt: one leaves vectors that grow dependent, two leave rounding (Giraud, Langou and Rozložník, 2005).
    private const int Passes = 2;

    private readonly AlignedBuffer<T> _eigenvectors;
    private readonly double[] _eigenvalues;
    private readonly int _dimension;

    /// <exception cref="ArgumentException">The stated vector has another length than the parameters.</exception>
    /// <exception cref="InvalidOperationException">An eigenvalue that is to be kept is 0.</exception>
    public ArnoldiInverse(ObjectiveHessian<TModel, T> hessian, Solver.Subspace settings)
        : base(hessian)
    {
        var length = hessian.Layout.StorageLength;
        var basis = Start(settings);
        var products = new AlignedBuffer<T>(length);
        var directions = new AlignedBuffer<T>(length);
        var vectors = new List<T[]> { basis };
        var dimension = 0;
        var most = Math.Min(settings.Iterations, hessian.Layout.Count);
        _ = Sizes.Product(most, most, "Take fewer iterations.");
        var projected = new double[most, most];
        while (dimension < most)
        {
            hessian.Task.Cancellation.ThrowIfCancellationRequested();
            vectors[dimension].CopyTo(directions.Span);
            hessian.Multiply(directions, products);
            var before = TensorPrimitives.Norm<T>(products.Span);
            for (var pass = 0; pass < Passes; pass++)
            {
                for (var row = 0; row <= dimension; row++)
                {
                    var dot = TensorPrimitives.Dot<T>(vectors[row], products.Span);
                    projected[row, dimension] += double.CreateChecked(dot);
                    TensorPrimitives.MultiplyAdd<T>(vectors[row], -dot, products.Span, products.Span);
                }
            }

            var norm = TensorPrimitives.Norm<T>(products.Span);
            dimension++;

            // What is left is rounding: the space holds all that the start can reach.
            if (dimension == most || !(norm > Exhausted * before))
            {
                break;
            }

            projected[dimension, dimension - 1] = double.CreateChecked(norm);
            var next = new T[length];
            TensorPrimitives.Divide(products.Span, norm, next);
            vectors.Add(next);
        }

        _dimension = dimension;
        var symmetric = new double[dimension, dimension];
        for (var row = 0; row < dimension; row++)
        {
            for (var column = 0; column < dimension; column++)
            {
                symmetric[row, column] = 0.5 * (projected[row, column] + projected[column, row]);
            }
        }

        var rotation = SymmetricEigen.Decompose(symmetric);
        var kept = Enumerable.Range(0, dimension).OrderByDescending(k => Math.Abs(symmetric[k, k])).Take(settings.Top).ToArray();
        _eigenvalues = [.. kept.Select(k => symmetric[k, k])];
        if (_eigenvalues.Any(value => !(Math.Abs(value) > dimension * double.CreateChecked(Rounding) * Math.Abs(_eigenvalues[0]))))
        {
            throw new InvalidOperationException("Arnoldi's iteration is to keep an eigenvector whose eigenvalue is 0 up to rounding: keep fewer (top), or add damping.");
        }

        _eigenvectors = new AlignedBuffer<T>(kept.Length, length);
        for (var k = 0; k < kept.Length; k++)
        {
            var vector = _eigenvectors.Span.Slice(k * length, length);
            for (var row = 0; row < dimension; row++)
            {
                TensorPrimitives.MultiplyAdd(vectors[row], T.CreateChecked(rotation[row, kept[k]]), vector, vector);
            }
        }
    }

    private static T Rounding => T.BitIncrement(T.One) - T.One;

    private static T Exhausted => T.CreateChecked(1024) * Rounding;

    public override bool IsIterative => false;

    public override ImmutableArray<string> Notes => [string.Create(CultureInfo.InvariantCulture,
        $"Arnoldi: {_eigenvalues.Length} eigenvalues of a space of {_dimension} dimensions, from {_eigenvalues[0]:G3} to {_eigenvalues[^1]:G3}; what lies outside their eigenvectors is left out.")];

    public override void Solve(AlignedBuffer<T> vectors, int count)
    {
        var length = Hessian.Layout.StorageLength;
        Span<T> dots = new T[_eigenvalues.Length];
        for (var i = 0; i < count; i++)
        {
            var v = vectors.Span.Slice(i * length, length);
            for (var k = 0; k < dots.Length; k++)
            {
                dots[k] = TensorPrimitives.Dot<T>(_eigenvectors.Span.Slice(k * length, length), v) / T.CreateChecked(_eigenvalues[k]);
            }

            v.Clear();
            for (var k = 0; k < dots.Length; k++)
            {
                TensorPrimitives.MultiplyAdd(_eigenvectors.Span.Slice(k * length, length), dots[k], v, v);
            }
        }
    }

    private T[] Start(Solver.Subspace settings)
    {
        var layout = Hessian.Layout;
        var (flat, start) = (new T[layout.Count], new T[layout.StorageLength]);
        if (!settings.Start.IsEmpty && settings.Start.Length != layout.Count)
        {
            throw new ArgumentException($"The vector to start from has {settings.Start.Length} elements; the model has {layout.Count} parameters.");
        }

        var random = new RandomSource(settings.Seed);
        for (var k = 0; k < flat.Length; k++)
        {
            flat[k] = T.CreateChecked(settings.Start.IsEmpty ? random.NextGaussian() : settings.Start[k]);
        }

        layout.Unpack<T>(flat, start);
        var norm = TensorPrimitives.Norm<T>(start);
        if (!(norm > T.Zero) || !T.IsFinite(norm))
        {
            throw new ArgumentException("The vector to start from is 0 or not finite.");
        }

        TensorPrimitives.Divide(start, norm, start);
        return start;
    }
}
