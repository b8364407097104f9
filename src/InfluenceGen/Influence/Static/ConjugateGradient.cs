using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    private static readonly Gradients _defaultGradients = new(1e-10, 1000, true);

    /// <summary>
    /// Conjugate gradients (Hestenes and Stiefel, 1952) from 0 on Hessian-vector products: no matrix, one pass over the training
    /// set an iteration for up to 32 vectors at once. How many iterations they took, and what residual is left where the
    /// tolerance was not reached, stands in the scores' notes. Refused where a direction of negative curvature is met.
    /// </summary>
    /// <param name="tolerance">|v − H x| / |v| to stop at.</param>
    /// <param name="iterations">Iterations at most.</param>
    /// <param name="preconditioned">Whether to divide by the diagonal of the empirical Fisher matrix, λ and damping (Jacobi's
    /// preconditioner), which costs one more pass.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative, or there is not one iteration.</exception>
    public static Solver ConjugateGradient(double tolerance = 1e-10, int iterations = 1000, bool preconditioned = true)
    {
        Settings.RequireNotNegative(tolerance);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        return new Gradients(tolerance, iterations, preconditioned);
    }

    internal sealed record Gradients(double Tolerance, int Iterations, bool Preconditioned) : Solver;
}

/// <inheritdoc cref="Solver.ConjugateGradient"/>
internal sealed class ConjugateGradientInverse<TModel, T> : InverseHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Together = 32;

    // A residual that rounding of H x leaves.
    private static readonly double _roundingFloor = 1024 * double.CreateChecked(T.BitIncrement(T.One) - T.One);

    private readonly Solver.Gradients _settings;
    private readonly AlignedBuffer<T>? _inverseDiagonal;
    private int _solved;
    private int _unsolved;
    private int _most;
    private double _worst;

    public ConjugateGradientInverse(ObjectiveHessian<TModel, T> hessian, Solver.Gradients settings)
        : base(hessian)
    {
        _settings = settings;
        _inverseDiagonal = settings.Preconditioned ? InverseDiagonal() : null;
    }

    public override ImmutableArray<string> Notes
    {
        get
        {
            var solved = string.Create(CultureInfo.InvariantCulture,
                $"Conjugate gradients: {_solved} solves, at most {_most} iterations, relative residual {_worst:G2} at worst.");
            return _unsolved == 0 || _settings.Tolerance == 0
                ? [solved]
                : [solved, string.Create(CultureInfo.InvariantCulture,
                    $"{_unsolved} of them did not reach {_settings.Tolerance:G2} in {_settings.Iterations} iterations: allow more, or add damping.")];
        }
    }

    public override void Solve(AlignedBuffer<T> vectors, int count)
    {
        var length = Hessian.Layout.StorageLength;
        for (var first = 0; first < count; first += Together)
        {
            Hessian.Task.Cancellation.ThrowIfCancellationRequested();
            SolveTogether(vectors.Span.Slice(first * length, Math.Min(Together, count - first) * length));
        }
    }

    private void SolveTogether(Span<T> vectors)
    {
        var length = Hessian.Layout.StorageLength;
        var count = vectors.Length / length;
        var (rights, residuals) = (AlignedBuffer<T>.CopyOf(vectors), AlignedBuffer<T>.CopyOf(vectors));
        var (directions, products) = (new AlignedBuffer<T>(vectors.Length), new AlignedBuffer<T>(vectors.Length));
        var scaled = _inverseDiagonal is null ? residuals : new AlignedBuffer<T>(vectors.Length);
        var (norms, dots, done) = (new double[count], new double[count], new bool[count]);
        vectors.Clear();
        for (var k = 0; k < count; k++)
        {
            // Of length 1, so that squares of small gradients do not vanish.
            norms[k] = Norm(Row(residuals, k));
            done[k] = norms[k] == 0;
            TensorPrimitives.Divide(Row(residuals, k), done[k] ? T.One : T.CreateChecked(norms[k]), Row(residuals, k));
            Precondition(Row(residuals, k), Row(scaled, k));
            Row(scaled, k).CopyTo(Row(directions, k));
            dots[k] = Dot(Row(residuals, k), Row(scaled, k));
        }

        var iteration = 0;
        for (; iteration < _settings.Iterations && done.Contains(false); iteration++)
        {
            Hessian.Task.Cancellation.ThrowIfCancellationRequested();
            Hessian.Multiply(directions, products);
            for (var k = 0; k < count; k++)
            {
                if (done[k])
                {
                    continue;
                }

                var curvature = Dot(Row(directions, k), Row(products, k));
                if (!(curvature > 0))
                {
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                        $"Conjugate gradients met a direction of curvature {curvature:G3}: the Hessian is not positive definite at these weights. Add damping (Damping) or use Gauss-Newton curvature."));
                }

                var step = T.CreateChecked(dots[k] / curvature);
                var x = vectors.Slice(k * length, length);
                TensorPrimitives.MultiplyAdd(Row(directions, k), step, x, x);
                TensorPrimitives.MultiplyAdd(Row(products, k), -step, Row(residuals, k), Row(residuals, k));
                Precondition(Row(residuals, k), Row(scaled, k));
                var dot = Dot(Row(residuals, k), Row(scaled, k));
                TensorPrimitives.MultiplyAdd(Row(directions, k), T.CreateChecked(dot / dots[k]), Row(scaled, k), Row(directions, k));
                dots[k] = dot;
                done[k] = dot == 0 || Norm(Row(residuals, k)) <= _settings.Tolerance;
                if (done[k])
                {
                    Row(directions, k).Clear();
                }
            }
        }

        // The residual as it is, not as the recurrence has it.
        vectors.CopyTo(directions.Span);
        Hessian.Multiply(directions, products);
        var reached = Math.Max(_settings.Tolerance, _roundingFloor);
        for (var k = 0; k < count; k++)
        {
            var x = vectors.Slice(k * length, length);
            var norm = T.CreateChecked(norms[k]);
            TensorPrimitives.Divide(Row(rights, k), norms[k] == 0 ? T.One : norm, Row(rights, k));
            TensorPrimitives.Subtract<T>(Row(rights, k), Row(products, k), Row(residuals, k));
            var residual = Norm(Row(residuals, k));
            _worst = Math.Max(_worst, residual);
            _unsolved += residual <= reached ? 0 : 1;
            TensorPrimitives.Multiply(x, norm, x);
        }

        _solved += count;
        _most = Math.Max(_most, iteration);

        Span<T> Row(AlignedBuffer<T> rows, int k) => rows.Span.Slice(k * length, length);
    }

    private void Precondition(ReadOnlySpan<T> residual, Span<T> scaled)
    {
        if (_inverseDiagonal is not null)
        {
            TensorPrimitives.Multiply(residual, _inverseDiagonal.Span, scaled);
        }
    }

    /// <summary>1 / ((1/n) Σ c_i g_i² + λ + δ), element by element; 1 where that would be nothing.</summary>
    private AlignedBuffer<T> InverseDiagonal()
    {
        var (task, layout) = (Hessian.Task, Hessian.Layout);
        var diagonal = new AlignedBuffer<T>(layout.StorageLength);
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / layout.StorageLength, 1, task.Training.Count);
        var rows = new AlignedBuffer<T>(checked(block * layout.StorageLength));
        for (var first = 0; first < task.Training.Count; first += block)
        {
            var part = InfluenceTask<TModel, T>.Part(task.Training, first, Math.Min(first + block, task.Training.Count));
            task.WriteGradients(part, rows);
            for (var i = 0; i < part.Count; i++)
            {
                var row = rows.Span.Slice(i * layout.StorageLength, layout.StorageLength);
                if (Hessian.Coefficients is { } coefficients)
                {
                    TensorPrimitives.Multiply(row, T.Sqrt(T.Max(coefficients[first + i], T.Zero)), row);
                }

                TensorPrimitives.MultiplyAdd(row, row, diagonal.Span, diagonal.Span);
            }
        }

        foreach (ref readonly var parameters in layout.Blocks.AsSpan())
        {
            var added = Hessian.AddedTo(parameters);
            foreach (ref var element in diagonal.Span.Slice(parameters.Offset, parameters.StorageLength))
            {
                var value = double.CreateChecked(element) / Hessian.Divisor + added;
                element = value > 0 ? T.CreateChecked(1 / value) : T.One;
            }
        }

        return diagonal;
    }

    private static double Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b) => double.CreateChecked(TensorPrimitives.Dot(a, b));

    private static double Norm(ReadOnlySpan<T> a) => double.CreateChecked(TensorPrimitives.Norm(a));
}
