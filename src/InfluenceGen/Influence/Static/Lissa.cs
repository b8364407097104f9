using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    /// <summary>
    /// LiSSA (Agarwal, Bullins and Hazan, 2017), the truncated Neumann series on batches that Koh and Liang (2017) use:
    /// h_0 = v, h_j = v + h_{j−1} − (1/s) H_{B_j} h_{j−1}, and H⁻¹ v ≈ h_J / s, averaged over repetitions. Converges only where s is
    /// above the largest eigenvalue of every batch's H; noisy, and here for comparison with the literature. Penalty and damping are
    /// part of H (damping δ is what others write as 1 − δ/s in front of h_{j−1}). How far the result is from solving, |v − H x| / |v| with the
    /// whole set's H, stands in the scores' notes; a result that is farther from it than 0 is has diverged, and is refused.
    /// </summary>
    /// <param name="steps">J, the recursion's depth.</param>
    /// <param name="batchSize">Examples in a batch.</param>
    /// <param name="scale">s.</param>
    /// <param name="seed">Fixes the batches.</param>
    /// <param name="repetitions">Recursions to average, each with batches of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count or the scale is not positive.</exception>
    public static Solver Lissa(int steps, int batchSize, double scale, long seed, int repetitions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Settings.RequirePositive(scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        return new Recursion(scale, [.. Enumerable.Range(0, repetitions).Select(r => (steps, Sampling.Shuffled(batchSize, seed + r)))]);
    }

    /// <summary><see cref="Lissa(int, int, double, long, int)"/> over stated batches, a step for each.</summary>
    /// <param name="scale">s.</param>
    /// <param name="repetitions">For each repetition its batches: positions in the training set.</param>
    /// <exception cref="ArgumentException">There is no repetition, or a batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive.</exception>
    public static Solver Lissa(double scale, params ReadOnlySpan<IReadOnlyCollection<int[]>> repetitions)
    {
        Settings.RequirePositive(scale);
        var orders = ImmutableArray.CreateBuilder<(int, Sampling)>();
        foreach (var batches in repetitions)
        {
            ArgumentNullException.ThrowIfNull(batches, nameof(repetitions));
            orders.Add((batches.Count, Sampling.Listed(batches)));
        }

        return orders.Count > 0
            ? new Recursion(scale, orders.ToImmutable())
            : throw new ArgumentException("There is no repetition.", nameof(repetitions));
    }

    internal sealed record Recursion(double Scale, ImmutableArray<(int Steps, Sampling Batches)> Orders) : Solver;
}

/// <inheritdoc cref="Solver.Lissa(int, int, double, long, int)"/>
internal sealed class LissaInverse<TModel, T>(ObjectiveHessian<TModel, T> hessian, Solver.Recursion settings)
    : InverseHessian<TModel, T>(hessian)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Together = 32;

    // A recursion that has grown so much does not come back.
    private const double Diverged = 1e12;

    private double _worst;

    public override ImmutableArray<string> Notes => [string.Create(CultureInfo.InvariantCulture,
        $"LiSSA: relative residual {_worst:G2} at worst; deeper recursions make it less until the noise of the batches is what is left, larger batches or repetitions make that less.")];

    public override void Solve(AlignedBuffer<T> vectors, int count)
    {
        var length = Hessian.Layout.StorageLength;
        for (var first = 0; first < count; first += Together)
        {
            var part = vectors.Span.Slice(first * length, Math.Min(Together, count - first) * length);
            var start = AlignedBuffer<T>.CopyOf(part);
            part.Clear();
            foreach (var (steps, batches) in settings.Orders)
            {
                Hessian.Task.Cancellation.ThrowIfCancellationRequested();
                TensorPrimitives.Add(part, Recur(start, steps, batches).Span, part);
            }

            TensorPrimitives.Divide(part, T.CreateChecked(settings.Scale * settings.Orders.Length), part);
            Measure(start, part, length);
        }
    }

    /// <summary>Takes |v − H x| / |v| of some results.</summary>
    private void Measure(AlignedBuffer<T> start, ReadOnlySpan<T> results, int length)
    {
        var (solved, product) = (AlignedBuffer<T>.CopyOf(results), new AlignedBuffer<T>(results.Length));
        Hessian.Multiply(solved, product);
        TensorPrimitives.Subtract<T>(start.Span, product.Span, product.Span);
        for (var k = 0; k < results.Length; k += length)
        {
            var size = double.CreateChecked(TensorPrimitives.Norm<T>(start.Span.Slice(k, length)));
            var residual = size == 0 ? 0 : double.CreateChecked(TensorPrimitives.Norm<T>(product.Span.Slice(k, length))) / size;
            if (!(residual <= 1))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"LiSSA diverged: the relative residual of its result is {residual:G3}, and 0 in its place would have 1. {Cure}"));
            }

            _worst = Math.Max(_worst, residual);
        }
    }

    private string Cure => string.Create(CultureInfo.InvariantCulture,
        $"The scale {settings.Scale} is below the largest eigenvalue of some batch's Hessian, or the batches are too small for so few repetitions. Try the scale {10 * settings.Scale}, or larger batches.");

    private AlignedBuffer<T> Recur(AlignedBuffer<T> start, int steps, Sampling sampling)
    {
        var batches = new BatchSequence<T>(Hessian.Task.Training, sampling);
        batches.Restart();
        var limit = Diverged * (1 + Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(start.Span))));
        var (h, product) = (AlignedBuffer<T>.CopyOf(start.Span), new AlignedBuffer<T>(start.Length));
        for (var step = 0; step < steps; step++)
        {
            Hessian.Task.Cancellation.ThrowIfCancellationRequested();
            batches.Fill(step);
            Hessian.Multiply(batches.Buffer?.Examples ?? Hessian.Task.Training, h, product, T.CreateChecked(1 / settings.Scale));
            TensorPrimitives.Subtract(start.Span, product.Span, product.Span);
            TensorPrimitives.Add(h.Span, product.Span, h.Span);
            var largest = Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(h.Span)));
            if (!(largest < limit))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"LiSSA diverged in step {step + 1}. {Cure}"));
            }
        }

        return h;
    }
}
