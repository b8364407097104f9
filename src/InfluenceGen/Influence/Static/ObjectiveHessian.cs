using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
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
/// H = (1/n) Σ_i c_i H_i + diag(λ) + δ I at the final weights: the Hessian of the mean training objective, its penalty included,
/// and the damping δ. The c_i are 1 unless <see cref="Coefficients"/> says otherwise, n is <see cref="Divisor"/>. Restricted to the
/// blocks that the task's sweeps differentiate in; on the others it is the identity, so that vectors stay 0 there.
/// </summary>
internal sealed class ObjectiveHessian<TModel, T>(InfluenceTask<TModel, T> task, Curvature curvature, double damping)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public InfluenceTask<TModel, T> Task => task;

    public ParameterLayout Layout => task.Layout;

    /// <summary>c_i of each training example; null where every one is 1.</summary>
    public AlignedBuffer<T>? Coefficients { get; init; }

    /// <summary>What the sum of the losses is divided by.</summary>
    public double Divisor { get; init; } = task.Training.TotalWeight;

    /// <summary>Whether diag(λ) is part of it.</summary>
    public bool IsPenalised { get; init; } = true;

    /// <summary>What a block's diagonal has beside the losses' curvature: λ and δ.</summary>
    public double AddedTo(in ParameterBlock block) => (IsPenalised ? task.Fit.PenaltyOf(block, Divisor) : 0) + damping;

    /// <summary>What each example carries of that: its share of the penalty that goes with it, and δ.</summary>
    public double CarriedOn(in ParameterBlock block) => (IsPenalised ? task.Fit.CarriedPenaltyOf(block) : 0) + damping;

    /// <summary>Writes H v for every direction.</summary>
    public void Multiply(AlignedBuffer<T> directions, AlignedBuffer<T> products)
    {
        Sum(task.Training, Coefficients, directions, products);
        Finish(directions, products, T.One / T.CreateChecked(Divisor), T.One);
    }

    /// <summary>Writes scale · (H_B v), of a batch's mean instead of the whole set's, for every direction.</summary>
    public void Multiply(ExampleSet<T> batch, AlignedBuffer<T> directions, AlignedBuffer<T> products, T scale)
    {
        Sum(batch, null, directions, products);
        Finish(directions, products, scale / T.CreateChecked(batch.TotalWeight), scale);
    }

    /// <summary>Writes Σ_i H_i v over a group; where every member carries its share of penalty and damping,
    /// Σ_i (H_i + diag(λ_i) + δ I) v, with λ_i what it carries.</summary>
    public void MultiplyGroup(in GroupExamples<T> group, AlignedBuffer<T> directions, AlignedBuffer<T> products, bool carriesPenalty)
    {
        Sum(group.Examples, group.Coefficients, directions, products);
        Finish(directions, products, T.One, carriesPenalty ? T.CreateChecked(group.Weight) : T.Zero, ofExample: true);
    }

    /// <summary>H written out in double precision, with 1 on the diagonal of pads.</summary>
    /// <exception cref="InvalidOperationException">The model has too many parameters.</exception>
    public AlignedBuffer<double> Write()
    {
        var length = Layout.StorageLength;
        if (length > SweepRunner<TModel, T>.MostHessianStorage)
        {
            throw new InvalidOperationException(
                $"The model's {Layout.Count} parameters take {length} elements in storage; a Hessian is written out for at most {SweepRunner<TModel, T>.MostHessianStorage}. Use Solver.ConjugateGradient() instead.");
        }

        var sum = new AlignedBuffer<T>(length, length);
        if (curvature == Curvature.Hessian || task.Sweeps.Model.HasLinearOutputs)
        {
            task.Sweeps.HessianSum(task.Training, task.Weights, Coefficients, sum);
        }
        else
        {
            WriteGaussNewton(sum);
        }

        var matrix = sum as AlignedBuffer<double> ?? Widened(sum);
        TensorPrimitives.Divide(matrix.Span, Divisor, matrix.Span);
        var next = 0;
        for (var b = 0; b < Layout.Blocks.Length; b++)
        {
            ref readonly var block = ref Layout.Blocks.ItemRef(b);
            var (added, isFixed) = (AddedTo(block), !task.Sweeps.Blocks.Contains(b));
            FillDiagonal(next, block.Offset);
            for (var element = 0; element < block.StorageLength; element++)
            {
                ref var diagonal = ref matrix[(block.Offset + element) * (length + 1)];
                diagonal = isFixed || element % block.Stride >= block.Columns ? 1 : diagonal + added;
            }

            next = block.Offset + block.StorageLength;
        }

        FillDiagonal(next, length);
        return matrix;

        // Behind a table of scalars, to the end of the line.
        void FillDiagonal(int from, int to)
        {
            for (var pad = from; pad < to; pad++)
            {
                matrix[pad * (length + 1)] = 1;
            }
        }
    }

    private void Sum(ExampleSet<T> examples, AlignedBuffer<T>? coefficients, AlignedBuffer<T> directions, AlignedBuffer<T> products)
    {
        products.Span.Clear();
        if (curvature == Curvature.Hessian)
        {
            task.Sweeps.HessianVectorSum(examples, task.Weights, coefficients, directions, products);
        }
        else
        {
            task.Sweeps.GaussNewtonVectorSum(examples, task.Weights, coefficients, directions, products);
            if (IsPenalised && task.Sweeps.ReadsColumns)
            {
                AddOwnPenalty(examples, coefficients, directions, products);
            }
        }
    }

    /// <summary>Adds the curvature of a factorization's penalty, which stands in its losses and not among the outputs: what Hessian
    /// products lose without it.</summary>
    private void AddOwnPenalty(ExampleSet<T> examples, AlignedBuffer<T>? coefficients, AlignedBuffer<T> directions, AlignedBuffer<T> products)
    {
        var part = new AlignedBuffer<T>(directions.Length);
        task.Sweeps.HessianVectorSum(examples, task.Weights, coefficients, directions, part);
        TensorPrimitives.Add(products.Span, part.Span, products.Span);
        part.Span.Clear();
        task.Sweeps.HessianVectorSum(examples.WithPenalty(RowPenalty.None), task.Weights, coefficients, directions, part);
        TensorPrimitives.Subtract(products.Span, part.Span, products.Span);
    }

    /// <summary>products ← share · products + scale · (λ + δ) directions, where λ is the objective's or an example's share.</summary>
    private void Finish(AlignedBuffer<T> directions, AlignedBuffer<T> products, T share, T scale, bool ofExample = false)
    {
        TensorPrimitives.Multiply(products.Span, share, products.Span);
        for (var start = 0; start < directions.Length; start += Layout.StorageLength)
        {
            for (var b = 0; b < Layout.Blocks.Length; b++)
            {
                ref readonly var block = ref Layout.Blocks.ItemRef(b);
                var added = task.Sweeps.Blocks.Contains(b) ? scale * T.CreateChecked(ofExample ? CarriedOn(block) : AddedTo(block)) : T.Zero;
                var part = products.Span.Slice(start + block.Offset, block.StorageLength);
                TensorPrimitives.MultiplyAdd(directions.Span.Slice(start + block.Offset, block.StorageLength), added, part, part);
            }
        }
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
        var (units, products) = (new AlignedBuffer<T>(Units, length), new AlignedBuffer<T>(Units, length));
        for (var first = 0; first < length; first += Units)
        {
            units.Span.Clear();
            products.Span.Clear();
            for (var k = first; k < Math.Min(first + Units, length); k++)
            {
                units[(k - first) * length + k] = T.One;
            }

            Sum(task.Training, Coefficients, units, products);
            products.Span[..(Math.Min(Units, length - first) * length)].CopyTo(sum.Span[(first * length)..]);
        }
    }
}
