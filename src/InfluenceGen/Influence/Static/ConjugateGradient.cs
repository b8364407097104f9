using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

public abstract partial record Solver
{
    private static readonly Gradients _defaultGradients = new(1e-10, 1000, true, 1e-2);

    /// <summary>
    /// Conjugate gradients (Hestenes and Stiefel, 1952) from 0 on Hessian-vector products: no matrix, one pass over the training
    /// set an iteration for up to 32 vectors at once. How many iterations they took, and what residual is left where the
    /// tolerance was not reached, stands in the scores' notes. Refused where a direction of negative curvature is met, where more is left
    /// than is accepted, and where what is left lies along directions without curvature, which no number of iterations changes.
    /// </summary>
    /// <param name="tolerance">|v − H x| / |v| to stop at. 0 asks for all the iterations and accepts whatever they leave.</param>
    /// <param name="iterations">Iterations at most.</param>
    /// <param name="preconditioned">Whether to divide by the diagonal of the empirical Fisher matrix, λ and damping (Jacobi's
    /// preconditioner), which costs one more pass.</param>
    /// <param name="accepted">The largest |v − H x| / |v| that still counts as a solution: above it scores would be of another size, and often
    /// of another sign, than those asked for. A larger tolerance counts as accepted too.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance or what is accepted is negative, or there is not one iteration.</exception>
    public static Solver ConjugateGradient(double tolerance = 1e-10, int iterations = 1000, bool preconditioned = true, double accepted = 1e-2)
    {
        Settings.RequireNotNegative(tolerance);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(accepted);
        return new Gradients(tolerance, iterations, preconditioned, accepted);
    }

    internal sealed record Gradients(double Tolerance, int Iterations, bool Preconditioned, double Accepted) : Solver;
}

/// <inheritdoc cref="Solver.ConjugateGradient"/>
internal sealed class ConjugateGradientInverse<TModel, T> : InverseHessian<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Together = 32;

    // Of what parameters have by themselves: below it a curvature is 0 up to the rounding of H x, and so is a residual below it.
    private static readonly double _roundingFloor = 1024 * double.CreateChecked(T.BitIncrement(T.One) - T.One);

    // What no H x reaches makes iterates grow along directions with less curvature than that.
    private static readonly double _withoutCurvature = 256 * _roundingFloor;

    private readonly Solver.Gradients _settings;
    private readonly AlignedBuffer<T>? _inverseDiagonal;
    private readonly List<int> _free = [];
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

    public override bool MayBeSingular => true;

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
            var solved = SolveTogether(vectors.Span.Slice(first * length, Math.Min(Together, count - first) * length));
            var reached = Math.Max(_settings.Tolerance, _roundingFloor);
            for (var k = 0; k < solved.Residuals.Length; k++)
            {
                if (!IsAccepted(solved, k))
                {
                    var iterate = vectors.Span.Slice((first + k) * length, length);
                    throw new InvalidOperationException(WithoutCurvature(solved, k, iterate) is { } free ? Undetermined(free) : NotSolved(solved, k));
                }

                _worst = Math.Max(_worst, solved.Residuals[k]);
                _unsolved += solved.Residuals[k] <= reached ? 0 : 1;
            }

            _solved += solved.Residuals.Length;
            _most = Math.Max(_most, solved.Iterations);
        }
    }

    /// <summary>Solves one combination of all the vectors, with signs drawn at random: what no H x reaches in one of them shows.</summary>
    public override void RequireInRange(AlignedBuffer<T> vectors, int count)
    {
        var length = Hessian.Layout.StorageLength;
        var (sum, random) = (new AlignedBuffer<T>(length), new RandomSource(1));
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.Span.Slice(i * length, length);
            var norm = Norm(vector);
            var share = norm == 0 ? 0 : (random.NextBelow(2) == 0 ? 1 : -1) / norm;
            TensorPrimitives.MultiplyAdd(vector, T.CreateChecked(share), sum.Span, sum.Span);
        }

        var solved = SolveTogether(sum.Span);
        if (!IsAccepted(solved, 0) && WithoutCurvature(solved, 0, sum.Span) is { } free)
        {
            throw new InvalidOperationException(Undetermined(free));
        }
    }

    private bool IsAccepted(in Solved solved, int k) => _settings.Tolerance == 0
        || solved.Residuals[k] <= Math.Max(Math.Max(_settings.Accepted, _settings.Tolerance), _roundingFloor)
        || solved.Residuals[k] * solved.Norms[k] <= _roundingFloor * TypicalGradient();

    /// <summary>Along what an iterate has grown, by name, where that has no curvature; null where more iterations would help.</summary>
    private ImmutableArray<string>? WithoutCurvature(in Solved solved, int k, ReadOnlySpan<T> iterate)
    {
        if (solved.Stuck[k] is { } stuck)
        {
            return ParameterNames.Largest(Hessian.Task.Sweeps.Model, Hessian.Task.Training, stuck);
        }

        var (own, product) = (AlignedBuffer<T>.CopyOf(iterate), new AlignedBuffer<T>(iterate.Length));
        Hessian.Multiply(own, product);
        return Math.Abs(Dot(own.Span, product.Span)) <= _withoutCurvature * Size(own.Span, solved.Largest)
            ? ParameterNames.Largest(Hessian.Task.Sweeps.Model, Hessian.Task.Training, Sizes(own.Span))
            : null;
    }

    private static string Undetermined(ImmutableArray<string> free) =>
        $"The loss asked about depends on what the training set does not determine, most on {string.Join(", ", free)}: no training loss has curvature there, so that no training example has a finite influence on it. Leave such examples out, or give what is free a minimum with a penalty (L2) or damping (Damping).";

    private string NotSolved(in Solved solved, int k)
    {
        var length = Hessian.Layout.StorageLength;
        return string.Create(CultureInfo.InvariantCulture,
            $"Conjugate gradients left a relative residual of {solved.Residuals[k]:G2} after {solved.Iterations} iterations, most of it at {string.Join(", ", Names(solved.Left.Span.Slice(k * length, length)))}; above {_settings.Accepted:G2} that is no solution, and scores made of it would say nothing. What works: damping with Gauss-Newton curvature (Damping = 0.01, Curvature = Curvature.GaussNewton), which takes some tens of iterations; or more of them than {_settings.Iterations} (iterations). To have the result all the same, say what is accepted (accepted).");
    }

    /// <summary>How much of a direction each element is, its own curvature counted: without units where there is a preconditioner. Elements on
    /// which no training gradient depends are all of it, where there are any.</summary>
    private double[] Sizes(ReadOnlySpan<T> direction)
    {
        var sizes = new double[direction.Length];
        foreach (var k in _free)
        {
            sizes[k] = Math.Abs(double.CreateChecked(direction[k]));
        }

        if (sizes.Any(size => size > 0))
        {
            return sizes;
        }

        for (var k = 0; k < sizes.Length; k++)
        {
            var inverse = _inverseDiagonal is null ? 1 : double.CreateChecked(_inverseDiagonal[k]);
            sizes[k] = Math.Abs(double.CreateChecked(direction[k])) / Math.Sqrt(inverse);
        }

        return sizes;
    }

    /// <summary>What most of a residual belongs to.</summary>
    private ImmutableArray<string> Names(ReadOnlySpan<T> residual)
    {
        var scaled = residual.ToArray();
        Precondition(residual, scaled);
        return ParameterNames.Largest(Hessian.Task.Sweeps.Model, Hessian.Task.Training, Sizes(scaled));
    }

    /// <summary>dᵀ D d with D what parameters have by themselves: the preconditioner's diagonal, or the largest curvature met.</summary>
    private double Size(ReadOnlySpan<T> direction, double largest)
    {
        if (_inverseDiagonal is null)
        {
            return largest * Dot(direction, direction);
        }

        var size = 0.0;
        for (var k = 0; k < direction.Length; k++)
        {
            var element = double.CreateChecked(direction[k]);
            size += element * element / double.CreateChecked(_inverseDiagonal[k]);
        }

        return size;
    }

    /// <summary>The root of the mean squared length of the training gradients: against it a vector may be 0 up to rounding.</summary>
    private double TypicalGradient()
    {
        var task = Hessian.Task;
        var norms = new AlignedBuffer<T>(task.Training.Count);
        task.Sweeps.GradientSquaredNorm(task.Training, task.Weights, norms);
        return Math.Sqrt(double.CreateChecked(TensorPrimitives.Sum<T>(norms.Span)) / task.Training.Count);
    }

    private Solved SolveTogether(Span<T> vectors)
    {
        var length = Hessian.Layout.StorageLength;
        var count = vectors.Length / length;
        var (rights, residuals) = (AlignedBuffer<T>.CopyOf(vectors), AlignedBuffer<T>.CopyOf(vectors));
        var (directions, products) = (new AlignedBuffer<T>(vectors.Length), new AlignedBuffer<T>(vectors.Length));
        var scaled = _inverseDiagonal is null ? residuals : new AlignedBuffer<T>(vectors.Length);
        var (norms, dots, done, stuck) = (new double[count], new double[count], new bool[count], new double[]?[count]);
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

        var (iteration, largest) = (0, 0.0);
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
                largest = Math.Max(largest, curvature / Dot(Row(directions, k), Row(directions, k)));
                if (!(curvature > _roundingFloor * Size(Row(directions, k), largest)))
                {
                    RequireNotNegative(curvature, Row(directions, k), largest);

                    // What is left is left, whatever is done.
                    (done[k], stuck[k]) = (true, Sizes(Row(directions, k)));
                    Row(directions, k).Clear();
                    continue;
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
        var left = new double[count];
        for (var k = 0; k < count; k++)
        {
            var x = vectors.Slice(k * length, length);
            var norm = T.CreateChecked(norms[k]);
            TensorPrimitives.Divide(Row(rights, k), norms[k] == 0 ? T.One : norm, Row(rights, k));
            TensorPrimitives.Subtract<T>(Row(rights, k), Row(products, k), Row(residuals, k));
            left[k] = Norm(Row(residuals, k));
            TensorPrimitives.Multiply(x, norm, x);
        }

        return new(left, norms, residuals, stuck, largest, iteration);

        Span<T> Row(AlignedBuffer<T> rows, int k) => rows.Span.Slice(k * length, length);
    }

    private void RequireNotNegative(double curvature, ReadOnlySpan<T> direction, double largest)
    {
        var size = Size(direction, Math.Max(largest, Math.Abs(curvature) / Dot(direction, direction)));
        if (!(curvature >= -_roundingFloor * size))
        {
            throw new NotPositiveDefiniteException(curvature / size, ParameterNames.Largest(Hessian.Task.Sweeps.Model, Hessian.Task.Training, Sizes(direction)));
        }
    }

    private void Precondition(ReadOnlySpan<T> residual, Span<T> scaled)
    {
        if (_inverseDiagonal is not null)
        {
            TensorPrimitives.Multiply(residual, _inverseDiagonal.Span, scaled);
        }
    }

    /// <summary>1 / ((1/n) Σ c_i g_i² + λ + δ), element by element; 1 where that would be nothing, as in pads.</summary>
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

                if (!part.Weights.IsEmpty)
                {
                    // A gradient has the weight in it, and its square twice.
                    TensorPrimitives.Multiply(row, part.Weights[i] > T.Zero ? T.One / T.Sqrt(part.Weights[i]) : T.Zero, row);
                }

                TensorPrimitives.MultiplyAdd(row, row, diagonal.Span, diagonal.Span);
            }
        }

        var inverse = new AlignedBuffer<T>(layout.StorageLength);
        inverse.Span.Fill(T.One);
        foreach (ref readonly var parameters in layout.Blocks.AsSpan())
        {
            var added = Hessian.AddedTo(parameters);
            for (var k = parameters.Offset; k < parameters.Offset + parameters.StorageLength; k++)
            {
                var value = double.CreateChecked(diagonal[k]) / Hessian.Divisor + added;
                if (value > 0)
                {
                    inverse[k] = T.CreateChecked(1 / value);
                }
                else
                {
                    _free.Add(k);
                }
            }
        }

        return inverse;
    }

    private static double Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b) => double.CreateChecked(TensorPrimitives.Dot(a, b));

    private static double Norm(ReadOnlySpan<T> a) => double.CreateChecked(TensorPrimitives.Norm(a));

    /// <summary>How solves went.</summary>
    /// <param name="Residuals">|v − H x| / |v| of each.</param>
    /// <param name="Norms">|v| of each.</param>
    /// <param name="Left">(v − H x) / |v| of each.</param>
    /// <param name="Stuck">Where a direction without curvature ended a solve, how much each element is of it.</param>
    /// <param name="Largest">The largest curvature met.</param>
    /// <param name="Iterations">What they took.</param>
    private readonly record struct Solved(double[] Residuals, double[] Norms, AlignedBuffer<T> Left, double[]?[] Stuck, double Largest, int Iterations);
}
