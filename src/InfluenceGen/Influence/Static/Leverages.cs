using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// How far training examples determine their own outputs, for models whose outputs are linear in the parameters: the leverage h_i is
/// the largest eigenvalue of S_i = (1/d) R_iᵀ J_i H⁻¹ J_iᵀ R_i with C_i = R_i R_iᵀ the loss's Hessian in the outputs and d what the
/// objective divides by. For a squared loss S_i is the diagonal of the hat matrix; for one output in general it is
/// ℓ″_i x_iᵀ H⁻¹ x_i / d (Pregibon, 1981).
/// </summary>
/// <remarks>As many solves as outputs for each training example, in blocks. Vectors that are solved for are columns of J_iᵀ R_i, which
/// lie in the range of H even where H is singular along directions that change no output.</remarks>
internal sealed class Leverages<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Below this sum of eigenvalues, (I − S)⁻¹ is the sum of so many powers of S to the last bit of double precision.
    private const double Small = 0.1;
    private const int Powers = 17;

    // From this leverage on, an example determines its output more than all others do, and its removal changes it twice as much as to
    // first order (Huber, 1981, has 0.5 avoided).
    private const double Beyond = 0.5;

    // What rounding leaves of a pivot of C that is 0, relative to the diagonal: a saturated class's share is itself a difference.
    private const double Rounding = 1e-9;

    private readonly InfluenceTask<TModel, T> _task;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly LastLayer<TModel, T> _layer;
    private readonly double _divisor;
    private readonly int _outputs;
    private readonly int _stride;

    public Leverages(InfluenceTask<TModel, T> task, InverseHessian<TModel, T> inverse, double divisor)
    {
        (_task, _inverse, _divisor) = (task, inverse, divisor);
        _layer = new LastLayer<TModel, T>(task);
        (_outputs, _stride) = (task.Sweeps.Model.Outputs, task.Sweeps.Model.OutputStride);
    }

    /// <summary>Above which a leverage is 1 as far as can be told: without the example, something is not determined.</summary>
    public static double Whole => 1 - Math.Sqrt(double.CreateChecked(T.BitIncrement(T.One) - T.One));

    /// <summary>Finds h_i of every training example.</summary>
    /// <param name="residuals">Where they are given, r_i in the range of C_i, replaced by (I − C_i A_i)⁻¹ r_i with
    /// A_i = J_i H⁻¹ J_iᵀ / d; what only the example itself determines is left as it is.</param>
    public double[] Write(AlignedBuffer<T>? residuals = null)
    {
        var (training, length) = (_task.Training, _task.Layout.StorageLength);
        var leverages = new double[training.Count];
        var columns = _outputs + (residuals is not null && _outputs > 1 ? 1 : 0);
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / 2 / ((long)columns * length), 1, training.Count);
        var vectors = new AlignedBuffer<T>(checked(block * columns * length));
        var solved = new AlignedBuffer<T>(vectors.Length);
        var curvatures = new AlignedBuffer<T>(checked(block * _outputs * _stride));
        var roots = new double[block][,];
        var weights = new T[_outputs];
        for (var first = 0; first < training.Count; first += block)
        {
            var part = InfluenceTask<TModel, T>.Part(training, first, Math.Min(first + block, training.Count));
            _task.Cancellation.ThrowIfCancellationRequested();
            var features = _layer.Features(part);
            _task.Sweeps.OutputHessian(part, _task.Weights, curvatures);
            for (var i = 0; i < part.Count; i++)
            {
                roots[i] = RootOf(curvatures.Span.Slice(i * _outputs * _stride, _outputs * _stride));
                for (var k = 0; k < columns; k++)
                {
                    for (var j = 0; j < _outputs; j++)
                    {
                        weights[j] = k < _outputs ? T.CreateChecked(roots[i][j, k]) : residuals![(first + i) * _stride + j];
                    }

                    _layer.WriteDirection(features.Span.Slice(i * _layer.Weights.Stride, _layer.Weights.Stride), weights,
                        vectors.Span.Slice((i * columns + k) * length, length));
                }
            }

            vectors.Span.CopyTo(solved.Span);
            _inverse.Solve(solved, part.Count * columns);
            for (var i = 0; i < part.Count; i++)
            {
                var start = i * columns * length;
                leverages[first + i] = Of(vectors.Span.Slice(start, columns * length), solved.Span.Slice(start, columns * length), roots[i],
                    residuals is null ? [] : residuals.Span.Slice((first + i) * _stride, _outputs));
            }
        }

        return leverages;
    }

    /// <summary>A note that names the examples whose influence is beyond first order, where there are any.</summary>
    public static ImmutableArray<string> NoteOf(ReadOnlySpan<double> leverages, ExampleSet<T> training)
    {
        const int Named = 5;
        var order = Ranking.Descending(leverages);
        var count = 0;
        while (count < order.Length && leverages[order[count]] >= Beyond)
        {
            count++;
        }

        if (count == 0)
        {
            return [];
        }

        var named = new List<string>();
        foreach (var i in order[..Math.Min(count, Named)])
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{i} ({training.Individuals[training.IndividualOf[i]]}) {leverages[i]:F2}");
            named.Add(leverages[i] < Whole
                ? string.Create(CultureInfo.InvariantCulture, $"{name}, {1 / (1 - leverages[i]):G3} times")
                : $"{name}, which alone determines something");
        }

        return [$"The influence of {count} training {(count == 1 ? "example" : "examples")} is beyond first order: leaving one out changes outputs up to 1/(1 − leverage) times as much as its scores say. {(count == 1 ? "It is" : count > Named ? "Those of the largest leverage are" : "They are")} {string.Join("; ", named)}. RescaledInfluence takes leverage into account."];
    }

    /// <summary>A note that names the examples without which something is not determined.</summary>
    public static ImmutableArray<string> NoteOfUndetermined(ReadOnlySpan<double> leverages, ExampleSet<T> training)
    {
        var named = new List<string>();
        for (var i = 0; i < leverages.Length; i++)
        {
            if (!(leverages[i] < Whole))
            {
                named.Add($"{i} ({training.Individuals[training.IndividualOf[i]]})");
            }
        }

        return named.Count == 0
            ? []
            : [$"Without training example {string.Join(" or ", named)} the training objective has no single minimum: the example has a leverage of 1, so it alone determines some direction of the parameters. Scores leave that direction as it is; a penalty (L2) would determine it."];
    }

    /// <summary>h of one example, and its rescaled r.</summary>
    private double Of(ReadOnlySpan<T> vectors, ReadOnlySpan<T> solved, double[,] root, Span<T> residual)
    {
        var length = _task.Layout.StorageLength;
        double Form(int a, int b, ReadOnlySpan<T> left, ReadOnlySpan<T> right) =>
            double.CreateChecked(TensorPrimitives.Dot<T>(left.Slice(a * length, length), right.Slice(b * length, length))) / _divisor;

        var own = new double[_outputs, _outputs];
        var trace = 0.0;
        for (var a = 0; a < _outputs; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                own[a, b] = own[b, a] = Form(a, b, vectors, solved);
            }

            trace += own[a, a];
        }

        if (_outputs == 1)
        {
            if (!residual.IsEmpty && trace < Whole)
            {
                residual[0] /= T.CreateChecked(1 - trace);
            }

            return trace;
        }

        var right = new double[_outputs];
        for (var a = 0; a < _outputs && !residual.IsEmpty; a++)
        {
            right[a] = Form(a, _outputs, vectors, solved);
        }

        var leverage = trace;
        if (trace < Small)
        {
            SumPowers(own, right);
        }
        else
        {
            leverage = SolveByEigenvalues(own, right);
        }

        for (var j = 0; j < residual.Length; j++)
        {
            var added = 0.0;
            for (var a = 0; a < _outputs; a++)
            {
                added += root[j, a] * right[a];
            }

            residual[j] += T.CreateChecked(added);
        }

        return leverage;
    }

    /// <summary>right ← Σ Sᵏ right.</summary>
    private static void SumPowers(double[,] matrix, double[] right)
    {
        var (start, product) = ((double[])right.Clone(), new double[right.Length]);
        for (var power = 1; power < Powers; power++)
        {
            for (var a = 0; a < right.Length; a++)
            {
                product[a] = start[a];
                for (var b = 0; b < right.Length; b++)
                {
                    product[a] += matrix[a, b] * right[b];
                }
            }

            product.CopyTo(right, 0);
        }
    }

    /// <summary>right ← (I − S)⁻¹ right without the directions that the example alone determines.</summary>
    /// <returns>The largest eigenvalue of S.</returns>
    private static double SolveByEigenvalues(double[,] matrix, double[] right)
    {
        var vectors = SymmetricEigen.Decompose(matrix);
        var (start, largest) = ((double[])right.Clone(), 0.0);
        Array.Clear(right);
        for (var k = 0; k < right.Length; k++)
        {
            largest = Math.Max(largest, matrix[k, k]);
            if (!(matrix[k, k] < Whole))
            {
                continue;
            }

            var along = 0.0;
            for (var a = 0; a < right.Length; a++)
            {
                along += vectors[a, k] * start[a];
            }

            for (var a = 0; a < right.Length; a++)
            {
                right[a] += vectors[a, k] * along / (1 - matrix[k, k]);
            }
        }

        return largest;
    }

    /// <summary>R with C = R Rᵀ, of a positive semi-definite matrix: its Cholesky factor, columns of pivots that are 0 left out.</summary>
    private double[,] RootOf(ReadOnlySpan<T> curvature)
    {
        var root = new double[_outputs, _outputs];
        for (var k = 0; k < _outputs; k++)
        {
            var diagonal = double.CreateChecked(curvature[k * _stride + k]);
            var pivot = diagonal;
            for (var c = 0; c < k; c++)
            {
                pivot -= root[k, c] * root[k, c];
            }

            if (!(pivot > Rounding * diagonal))
            {
                continue;
            }

            root[k, k] = Math.Sqrt(pivot);
            for (var j = k + 1; j < _outputs; j++)
            {
                var element = double.CreateChecked(curvature[j * _stride + k]);
                for (var c = 0; c < k; c++)
                {
                    element -= root[j, c] * root[k, c];
                }

                root[j, k] = element / root[k, k];
            }
        }

        return root;
    }
}
