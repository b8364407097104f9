using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Influence sketching for least squares (Wojnowicz et al., 2016): Cook's distance of every training example, D_i = e_i² h_i / (p s² (1 −
/// h_i)²), with leverages h_i from features that were projected at random to few dimensions. Without a projection it is Cook's distance
/// itself (Cook, 1977), (θ − θ_i)ᵀ X̃ᵀX̃ (θ − θ_i)/(p s²): by how many standard errors the fit moves without the example.
/// </summary>
/// <remarks>
/// <para>e_i is the residual, s² = Σ e²/(n − p), h_i = z_iᵀ(Σ z zᵀ + nλ Ω M Ωᵀ)⁻¹z_i with z = Ω(x, 1) and M the mask of the penalty: n p
/// k + n k² for a projection Ω to k dimensions, instead of n p². Leverages of fewer dimensions are smaller, so that distances are for
/// ranking; on the order of log n dimensions keep what is far apart. Where examples have weights, squares and products are weighted. D
/// has no sign and no unit; above 1 is much.</para>
/// <para>For many examples by many features, where even the Hessian is too large; else ask for effects on predictions
/// (<see cref="RescaledInfluence"/>, exact for squared losses).</para>
/// </remarks>
public readonly record struct InfluenceSketch
{
    /// <summary>Ω, k rows of p numbers; null for the features themselves.</summary>
    public RandomProjection? Projection { get; init; }

    /// <summary>Cook's distances and leverages.</summary>
    /// <param name="fit">The model, at its minimum; elsewhere a note says so.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="InvalidOperationException">The model is not least squares of one output that is linear in the parameters, there
    /// are no more examples than parameters, or the projected features are collinear.</exception>
    /// <exception cref="ArithmeticException">A distance is not finite, as where an example alone determines its prediction; the message
    /// names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CooksDistances Of<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        if (fit.Model.Labels != LabelDomain.Real || !fit.Model.HasLinearOutputs || fit.Model.Outputs != 1 || fit.Training.TableCount > 0)
        {
            throw new InvalidOperationException(
                "Cook's distance is of least squares with one output that is linear in the parameters. Use RescaledInfluence or InfluenceFunctions.");
        }

        using var task = new InfluenceTask<TModel, T>(fit, fit.Training, options);
        var (n, p) = (fit.Training.Count, task.Layout.Count);
        var counted = fit.Training.Weights.IsEmpty ? n : n - fit.Training.Weights.Count(T.Zero);
        if (counted <= p)
        {
            throw new InvalidOperationException($"{counted} training examples leave nothing to estimate an error by beside {p} parameters. Take more examples, or fewer features.");
        }

        var rows = Projection?.Rows<T>(task.Layout) ?? Identity<T>(task.Layout);
        var (sketch, order) = (new Sketch<TModel, T>(task, rows), Sizes.RoundUp(rows.Length / task.Layout.StorageLength, 8));
        var factor = Cholesky.Factor(sketch.Gram, order, 1e-12)
            ?? throw new InvalidOperationException(
                "The features, or their projections, are collinear, so that leverages are not determined. Leave a column out, add a penalty (L2), or project to fewer dimensions.");
        var (distances, leverages, sum) = (new double[n], new double[n], 0.0);
        sketch.Visit((first, squares, curvatures, z) =>
        {
            var count = squares.Length;
            factor.HalfSolve(z.Span, count);
            for (var i = 0; i < count; i++)
            {
                var h = curvatures[i] * TensorPrimitives.SumOfSquares<double>(z.Span.Slice(i * order, order));
                leverages[first + i] = h;
                distances[first + i] = squares[i] * h / ((1 - h) * (1 - h));
                sum += squares[i];
            }
        });

        TensorPrimitives.Divide(distances, p * (sum / (counted - p)), distances);
        if (sum == 0)
        {
            throw new ArithmeticException("Every residual is 0: the labels are fitted exactly, and distances are in units of an error that is 0.");
        }

        FiniteResults.Require<double, T>(distances, fit.Training, 1, "Cook's distance");
        ImmutableArray<string> notes = Projection is null ? [] : [string.Create(CultureInfo.InvariantCulture,
            $"Leverages are of {Projection.Dimension} projections of {p} parameters: they add up to {leverages.Sum():G3}, and the distances are for ranking.")];
        return new([.. distances], [.. leverages], fit.With([.. Stationarity.NoteOf(task), .. notes]));
    }

    private static AlignedBuffer<T> Identity<T>(ParameterLayout layout) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, theta) = (new AlignedBuffer<T>(layout.Count, layout.StorageLength), new T[layout.Count]);
        for (var row = 0; row < theta.Length; row++)
        {
            theta[row] = T.One;
            layout.Unpack<T>(theta, rows.Span.Slice(row * layout.StorageLength, layout.StorageLength));
            theta[row] = T.Zero;
        }

        return rows;
    }
}

/// <summary>Cook's distance of each training example (<see cref="InfluenceSketch"/>).</summary>
/// <param name="Distances">D_i, without unit.</param>
/// <param name="Leverages">h_i, from 0 to 1.</param>
/// <param name="Notes">What a reader should know, such as that the weights are no minimum.</param>
public sealed record CooksDistances(ImmutableArray<double> Distances, ImmutableArray<double> Leverages, ImmutableArray<string> Notes);

/// <summary>Receives some examples: their weighted squared residuals, second derivatives, and projected features, a row each.</summary>
internal delegate void SketchVisitor(int first, ReadOnlySpan<double> squares, ReadOnlySpan<double> curvatures, AlignedBuffer<double> projected);

/// <summary>The projected features of a training set and what they add up to.</summary>
internal sealed class Sketch<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly AlignedBuffer<T> _rows;
    private readonly int _dimension;
    private readonly int _order;
    private readonly int _block;

    public Sketch(InfluenceTask<TModel, T> task, AlignedBuffer<T> rows)
    {
        (_task, _rows, _dimension) = (task, rows, rows.Length / task.Layout.StorageLength);
        _order = Sizes.RoundUp(_dimension, 8);
        _block = InfluenceTask<TModel, T>.BlockOf(2L * _order, task.Training.Count);
        Gram = new AlignedBuffer<double>(_order, _order);
        WriteGram();
    }

    /// <summary>Σ c z zᵀ + nλ Ω M Ωᵀ, and ones on the diagonal of the pads.</summary>
    public AlignedBuffer<double> Gram { get; }

    /// <summary>Visits all examples, block by block.</summary>
    public void Visit(SketchVisitor visitor)
    {
        var (projected, squares, curvatures) = (new AlignedBuffer<double>(_block, _order), new double[_block], new double[_block]);
        var (dots, gradients, hessians) = (new AlignedBuffer<T>(_dimension, _block), new AlignedBuffer<T>(_block), new AlignedBuffer<T>(_block));
        for (var first = 0; first < _task.Training.Count; first += _block)
        {
            var part = InfluenceTask<TModel, T>.Part(_task.Training, first, Math.Min(first + _block, _task.Training.Count));
            _task.Sweeps.OutputDot(part, _task.Weights, _rows, dots);
            _task.Sweeps.OutputGradient(part, _task.Weights, gradients);
            _task.Sweeps.OutputHessian(part, _task.Weights, hessians);
            for (var i = 0; i < part.Count; i++)
            {
                var (r, c) = (double.CreateChecked(gradients[i]), double.CreateChecked(hessians[i]));
                (squares[i], curvatures[i]) = (c > 0 ? r * r / c : 0, c);
                for (var k = 0; k < _dimension; k++)
                {
                    projected[i * _order + k] = double.CreateChecked(dots[k * part.Count + i]);
                }
            }

            visitor(first, squares.AsSpan(0, part.Count), curvatures.AsSpan(0, part.Count), projected);
            _task.Report((double)(first + part.Count) / _task.Training.Count);
        }
    }

    private void WriteGram()
    {
        Visit((first, squares, curvatures, z) =>
        {
            var weighted = AlignedBuffer<double>.CopyOf(z.Span);
            for (var i = 0; i < curvatures.Length; i++)
            {
                var row = weighted.Span.Slice(i * _order, _order);
                TensorPrimitives.Multiply(row, curvatures[i], row);
            }

            // Of Zᵀ C Z the columns of C Z are the rows of the left side.
            DenseProducts.AddProduct(ref weighted[0], 1, _order, ref z[0], _order, ref Gram[0], _order, _order, curvatures.Length, _order);
        });
        foreach (ref readonly var block in _task.Layout.Blocks.AsSpan())
        {
            var (penalty, length) = (_task.Fit.PenaltyOf(block) * _task.Training.TotalWeight, _task.Layout.StorageLength);
            for (var j = 0; penalty > 0 && j < _dimension; j++)
            {
                for (var k = 0; k < _dimension; k++)
                {
                    var dot = TensorPrimitives.Dot<T>(_rows.Span.Slice(j * length + block.Offset, block.StorageLength),
                        _rows.Span.Slice(k * length + block.Offset, block.StorageLength));
                    Gram[j * _order + k] += penalty * double.CreateChecked(dot);
                }
            }
        }

        for (var k = _dimension; k < _order; k++)
        {
            Gram[k * (_order + 1)] = 1;
        }
    }
}
