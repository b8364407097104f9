using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// The directions in which the embeddings of a factorization can move without changing an output or the objective: rotations,
/// p_u → p_u R and q_i → q_i R, and without any penalty every p_u → p_u A, q_i → q_i A⁻ᵀ. At a minimum the Hessian sends them to 0; where a
/// gradient of 1e-11 is left it does so up to 1e-11, which may be negative, so they are taken out and not found.
/// </summary>
internal static class EmbeddingSymmetry
{
    // Of a direction, below which what others leave of it is rounding.
    private const double Dependent = 1e-8;

    /// <summary>An orthonormal basis of them, in the order of the rows; none where not both tables are differentiated. Rows without
    /// training ratings stand still: they are free by themselves.</summary>
    public static double[][] Of<TModel, T>(ObjectiveHessian<TModel, T> hessian, ReadOnlySpan<int> rows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var task = hessian.Task;
        if (!task.Sweeps.HasTables || task.Layout.Blocks.Length != 2 || !task.Sweeps.Blocks.Contains(0) || !task.Sweeps.Blocks.Contains(1)
            || task.Layout.Blocks[0].Columns != task.Layout.Blocks[1].Columns)
        {
            return [];
        }

        var positions = new Dictionary<int, int>(rows.Length);
        for (var k = 0; k < rows.Length; k++)
        {
            positions[rows[k]] = k;
        }

        var (basis, rank, isPenalised) = (new List<double[]>(), task.Layout.Blocks[0].Columns, IsPenalised(hessian));
        for (var a = 0; a < rank; a++)
        {
            for (var b = isPenalised ? a + 1 : 0; b < rank; b++)
            {
                var direction = new double[rows.Length];
                foreach (ref readonly var block in task.Layout.Blocks.AsSpan())
                {
                    // P goes along with E_ab, Q against E_ba; a rotation is E_ab − E_ba for both.
                    var (from, to, sign) = block.RowIndex == 0 ? (a, b, 1.0) : (b, a, -1.0);
                    foreach (var row in task.Training.Index(block.RowIndex).ToArray().Distinct())
                    {
                        var start = block.Offset + row * block.Stride;
                        direction[positions[start + to]] = sign * double.CreateChecked(task.Weights[start + from]);
                        if (isPenalised)
                        {
                            direction[positions[start + from]] = -sign * double.CreateChecked(task.Weights[start + to]);
                        }
                    }
                }

                Add(basis, direction);
            }
        }

        return [.. basis];
    }

    /// <summary>matrix ← (I − QᵀQ) matrix (I − QᵀQ), Q being orthonormal directions.</summary>
    public static void TakeOut(double[][] directions, Span<double> matrix, int stride)
    {
        foreach (var direction in directions)
        {
            var product = new double[direction.Length];
            for (var row = 0; row < product.Length; row++)
            {
                product[row] = TensorPrimitives.Dot(matrix.Slice(row * stride, product.Length), direction);
            }

            TensorPrimitives.MultiplyAdd(direction, -0.5 * TensorPrimitives.Dot<double>(direction, product), product, product);
            for (var row = 0; row < product.Length; row++)
            {
                var own = matrix.Slice(row * stride, product.Length);
                TensorPrimitives.MultiplyAdd(direction, -product[row], own, own);
                TensorPrimitives.MultiplyAdd(product, -direction[row], own, own);
            }
        }
    }

    private static bool IsPenalised<TModel, T>(ObjectiveHessian<TModel, T> hessian)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var fit = hessian.Task.Fit;
        return hessian.AddedTo(hessian.Layout.Blocks[0]) + hessian.AddedTo(hessian.Layout.Blocks[1]) > 0
            || fit.MeanLoss(fit.Training) != fit.MeanLoss(fit.Training.WithPenalty(RowPenalty.None));
    }

    private static void Add(List<double[]> basis, double[] direction)
    {
        var length = TensorPrimitives.Norm<double>(direction);
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var known in basis)
            {
                TensorPrimitives.MultiplyAdd(known, -TensorPrimitives.Dot<double>(known, direction), direction, direction);
            }
        }

        var left = TensorPrimitives.Norm<double>(direction);
        if (left > Dependent * length)
        {
            TensorPrimitives.Divide(direction, left, direction);
            basis.Add(direction);
        }
    }
}
