using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>Which second derivatives an estimate uses.</summary>
public enum Curvature
{
    /// <summary>The Hessian of the losses.</summary>
    Hessian,

    /// <summary>Σ J_iᵀ C_i J_i, which leaves out the curvature of the outputs in the parameters and is positive semi-definite for
    /// every convex loss (Schraudolph, 2002; Martens, 2020); the same thing where outputs are linear in the parameters.</summary>
    GaussNewton,
}

/// <summary>
/// H = (1/n) Σ_i H_i + diag(λ) + δ I at the final weights: the Hessian of the mean training objective, its penalty included,
/// and the damping δ.
/// </summary>
internal sealed class ObjectiveHessian<TModel, T>(InfluenceTask<TModel, T> task, Curvature curvature, double damping)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public InfluenceTask<TModel, T> Task => task;

    public ParameterLayout Layout => task.Layout;

    public double Damping => damping;

    /// <summary>Writes H v for every direction.</summary>
    public void Multiply(AlignedBuffer<T> directions, AlignedBuffer<T> products) =>
        Multiply(task.Training, directions, products, T.One);

    /// <summary>Writes scale · (H_B v), of a batch's mean instead of the whole set's, for every direction.</summary>
    public void Multiply(ExampleSet<T> batch, AlignedBuffer<T> directions, AlignedBuffer<T> products, T scale)
    {
        products.Span.Clear();
        if (curvature == Curvature.Hessian)
        {
            task.Sweeps.HessianVectorSum(batch, task.Weights, null, directions, products);
        }
        else
        {
            task.Sweeps.GaussNewtonVectorSum(batch, task.Weights, null, directions, products);
        }

        TensorPrimitives.Multiply(products.Span, scale / T.CreateChecked(batch.Count), products.Span);
        for (var start = 0; start < directions.Length; start += Layout.StorageLength)
        {
            foreach (ref readonly var block in Layout.Blocks.AsSpan())
            {
                var part = products.Span.Slice(start + block.Offset, block.StorageLength);
                TensorPrimitives.MultiplyAdd(directions.Span.Slice(start + block.Offset, block.StorageLength),
                    scale * T.CreateChecked(task.Fit.PenaltyOf(block) + damping), part, part);
            }
        }
    }

    /// <summary>H written out in double precision, with 1 on the diagonal of pads.</summary>
    /// <exception cref="InvalidOperationException">The model has too many parameters.</exception>
    public AlignedBuffer<double> Write()
    {
        var length = Layout.StorageLength;
        var sum = new AlignedBuffer<T>(checked(length * length));
        if (curvature == Curvature.Hessian || task.Sweeps.Model.HasLinearOutputs)
        {
            task.Sweeps.HessianSum(task.Training, task.Weights, null, sum);
        }
        else
        {
            WriteGaussNewton(sum);
        }

        var matrix = sum as AlignedBuffer<double> ?? Widened(sum);
        TensorPrimitives.Divide(matrix.Span, task.Training.Count, matrix.Span);
        foreach (ref readonly var block in Layout.Blocks.AsSpan())
        {
            var added = task.Fit.PenaltyOf(block) + damping;
            for (var element = 0; element < block.StorageLength; element++)
            {
                ref var diagonal = ref matrix[(block.Offset + element) * (length + 1)];
                diagonal = element % block.Stride < block.Columns ? diagonal + added : 1;
            }
        }

        return matrix;
    }

    private static AlignedBuffer<double> Widened(AlignedBuffer<T> values)
    {
        var wide = new AlignedBuffer<double>(values.Length);
        TensorPrimitives.ConvertChecked<T, double>(values.Span, wide.Span);
        return wide;
    }

    private void WriteGaussNewton(AlignedBuffer<T> sum)
    {
        const int Units = 16;
        var length = Layout.StorageLength;
        var (units, products) = (new AlignedBuffer<T>(Units * length), new AlignedBuffer<T>(Units * length));
        for (var first = 0; first < length; first += Units)
        {
            units.Span.Clear();
            products.Span.Clear();
            for (var k = first; k < Math.Min(first + Units, length); k++)
            {
                units[(k - first) * length + k] = T.One;
            }

            task.Sweeps.GaussNewtonVectorSum(task.Training, task.Weights, null, units, products);
            products.Span[..(Math.Min(Units, length - first) * length)].CopyTo(sum.Span[(first * length)..]);
        }
    }
}
