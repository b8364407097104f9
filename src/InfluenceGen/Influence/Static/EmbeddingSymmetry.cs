using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// The directions in which the parameters of a factorization can move without changing an output or the objective: rotations,
/// p_u → p_u R and q_i → q_i R, and without any penalty every p_u → p_u A, q_i → q_i A⁻ᵀ; with biases that bear no penalty, constants
/// moved from b_u or c_i to what all have in common, and, where the embeddings bear none either, p_u → p_u + d, c_i → c_i − d·q_i, and
/// the other way round. At a minimum the Hessian sends them to 0; where a gradient of 1e-11 is left it does so up to 1e-11, which may be
/// negative, so they are taken out and not found.
/// </summary>
internal static class EmbeddingSymmetry
{
    private const string Rotations = "rotations of the embeddings, which change no rating";
    private const string Constants = "constants that biases pass on to each other, which change no rating";
    private const string Shifts = "shifts of the embeddings that biases take back, which change no rating";

    // Of a direction, below which what others leave of it is rounding.
    private const double Dependent = 1e-8;

    // Of what its parts do to outputs, below which what a direction does to them is rounding.
    private const double NoChange = 1e-6;
    private const double NoChangeInSingle = 1e-3;

    /// <summary>An orthonormal basis of them, in the order of the rows, each with what it is in words; none of blocks that are not
    /// differentiated. Rows without training ratings stand still: they are free by themselves.</summary>
    public static (string Words, double[] Direction)[] Of<TModel, T>(ObjectiveHessian<TModel, T> hessian, ReadOnlySpan<int> rows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var basis = new List<(string Words, double[] Direction)>();
        if (!hessian.Task.Sweeps.HasTables)
        {
            return [];
        }

        foreach (var (words, direction) in new Candidates<TModel, T>(hessian).All())
        {
            var reduced = new double[rows.Length];
            for (var k = 0; k < rows.Length; k++)
            {
                reduced[k] = direction[rows[k]];
            }

            Add(basis, words, reduced);
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

    private static void Add(List<(string Words, double[] Direction)> basis, string words, double[] direction)
    {
        var length = TensorPrimitives.Norm<double>(direction);
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var (_, known) in basis)
            {
                TensorPrimitives.MultiplyAdd(known, -TensorPrimitives.Dot<double>(known, direction), direction, direction);
            }
        }

        var left = TensorPrimitives.Norm<double>(direction);
        if (left > Dependent * length)
        {
            TensorPrimitives.Divide(direction, left, direction);
            basis.Add((words, direction));
        }
    }

    /// <summary>What a factorization's form suggests, where that is what the model is.</summary>
    private sealed class Candidates<TModel, T>
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly InfluenceTask<TModel, T> _task;
        private readonly int[][] _rated;

        // By their numbers; −1 where there is none that is differentiated and, of biases, free.
        private readonly int[] _embeddings = [-1, -1];
        private readonly int[] _biases = [-1, -1];
        private readonly int _common = -1;
        private readonly bool _isPenalised;

        public Candidates(ObjectiveHessian<TModel, T> hessian)
        {
            _task = hessian.Task;
            _rated = [.. Enumerable.Range(0, _task.Training.TableCount)
                .Select(column => _task.Training.Index(column).ToArray().Distinct().ToArray())];
            var blocks = _task.Layout.Blocks;
            var bears = Bearing(hessian);
            if (blocks.Any(block => block.RowIndex > 1)
                || Array.Exists([0, 1], index => blocks.Count(block => block.RowIndex == index && !block.IsScalars) > 1))
            {
                return;
            }

            for (var b = 0; b < blocks.Length; b++)
            {
                if (!_task.Sweeps.Blocks.Contains(b))
                {
                    continue;
                }

                if (blocks[b].IsTable && !blocks[b].IsScalars)
                {
                    _embeddings[blocks[b].RowIndex] = b;
                    _isPenalised |= bears[b];
                }
                else if (!bears[b] && blocks[b].IsScalars)
                {
                    _biases[blocks[b].RowIndex] = b;
                }
                else if (!bears[b] && blocks[b].Count == 1)
                {
                    _common = b;
                }
            }
        }

        private bool AreEmbedded => _embeddings[0] >= 0 && _embeddings[1] >= 0
            && _task.Layout.Blocks[_embeddings[0]].Columns == _task.Layout.Blocks[_embeddings[1]].Columns;

        private int Rank => _task.Layout.Blocks[_embeddings[0]].Columns;

        /// <summary>Directions in storage order.</summary>
        public IEnumerable<(string Words, double[] Direction)> All()
        {
            var all = AreEmbedded ? [.. Turned(), .. Constant(), .. _isPenalised ? [] : Shifted()] : Constant();
            return all.Where(candidate => ChangesNothing(candidate.Direction));
        }

        private List<(string Words, double[] Direction)> Turned()
        {
            var all = new List<(string, double[])>();
            for (var a = 0; a < Rank; a++)
            {
                for (var b = _isPenalised ? a + 1 : 0; b < Rank; b++)
                {
                    var direction = new double[_task.Layout.StorageLength];
                    for (var index = 0; index < 2; index++)
                    {
                        // P goes along with E_ab, Q against E_ba; a rotation is E_ab − E_ba for both.
                        var (from, to, sign) = index == 0 ? (a, b, 1.0) : (b, a, -1.0);
                        foreach (var row in _rated[index])
                        {
                            direction[Place(_embeddings[index], row, to)] = sign * Weight(_embeddings[index], row, from);
                            if (_isPenalised)
                            {
                                direction[Place(_embeddings[index], row, from)] = -sign * Weight(_embeddings[index], row, to);
                            }
                        }
                    }

                    all.Add((Rotations, direction));
                }
            }

            return all;
        }

        private List<(string Words, double[] Direction)> Constant()
        {
            var all = new List<(string, double[])>();
            for (var index = 0; index < 2; index++)
            {
                var other = _common >= 0 ? _common : index == 0 ? _biases[1] : -1;
                if (_biases[index] < 0 || other < 0)
                {
                    continue;
                }

                var direction = new double[_task.Layout.StorageLength];
                foreach (var row in _rated[index])
                {
                    direction[Place(_biases[index], row, 0)] = 1;
                }

                foreach (var row in other == _common ? [0] : _rated[1])
                {
                    direction[Place(other, row, 0)] = -1;
                }

                all.Add((Constants, direction));
            }

            return all;
        }

        private List<(string Words, double[] Direction)> Shifted()
        {
            var all = new List<(string, double[])>();
            for (var index = 0; index < 2; index++)
            {
                for (var k = 0; k < (_biases[1 - index] < 0 ? 0 : Rank); k++)
                {
                    var direction = new double[_task.Layout.StorageLength];
                    foreach (var row in _rated[index])
                    {
                        direction[Place(_embeddings[index], row, k)] = 1;
                    }

                    foreach (var row in _rated[1 - index])
                    {
                        direction[Place(_biases[1 - index], row, 0)] = -Weight(_embeddings[1 - index], row, k);
                    }

                    all.Add((Shifts, direction));
                }
            }

            return all;
        }

        private int Place(int block, int row, int column) => _task.Layout.Blocks[block].Offset + row * _task.Layout.Blocks[block].Stride + column;

        private double Weight(int block, int row, int column) => double.CreateChecked(_task.Weights[Place(block, row, column)]);

        /// <summary>Whether what a direction does to outputs is rounding of what its parts do to them.</summary>
        private bool ChangesNothing(double[] direction)
        {
            var (layout, parts) = (_task.Layout, 0.0);
            for (var b = 0; b < layout.Blocks.Length; b++)
            {
                parts += Change(direction, layout.Blocks[b].Offset, layout.Blocks[b].StorageLength);
            }

            return Change(direction, 0, direction.Length) <= (typeof(T) == typeof(double) ? NoChange : NoChangeInSingle) * parts;
        }

        /// <summary>The largest change of a training output along a part of a direction.</summary>
        private double Change(double[] direction, int start, int length)
        {
            var vector = new AlignedBuffer<T>(direction.Length);
            var dots = new AlignedBuffer<T>(_task.Training.Count, _task.Sweeps.Model.OutputStride);
            TensorPrimitives.ConvertTruncating<double, T>(direction.AsSpan(start, length), vector.Span[start..]);
            _task.Sweeps.OutputDot(_task.Training, _task.Weights, vector, dots);
            return Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(dots.Span)));
        }

        /// <summary>Which blocks bear a penalty or damping: in the objective, or in the losses, which then bend otherwise without.</summary>
        private static bool[] Bearing(ObjectiveHessian<TModel, T> hessian)
        {
            var (task, layout) = (hessian.Task, hessian.Layout);
            var ones = new AlignedBuffer<T>(layout.StorageLength);
            var (with, without) = (new AlignedBuffer<T>(ones.Length), new AlignedBuffer<T>(ones.Length));
            foreach (ref readonly var block in layout.Blocks.AsSpan())
            {
                for (var element = 0; element < block.StorageLength; element++)
                {
                    ones[block.Offset + element] = element % block.Stride < block.Columns ? T.One : T.Zero;
                }
            }

            task.Sweeps.HessianVectorSum(task.Training, task.Weights, null, ones, with);
            task.Sweeps.HessianVectorSum(task.Training.WithPenalty(RowPenalty.None), task.Weights, null, ones, without);
            var bears = new bool[layout.Blocks.Length];
            for (var b = 0; b < bears.Length; b++)
            {
                ref readonly var block = ref layout.Blocks.ItemRef(b);
                bears[b] = hessian.AddedTo(block) > 0
                    || !with.Span.Slice(block.Offset, block.StorageLength).SequenceEqual(without.Span.Slice(block.Offset, block.StorageLength));
            }

            return bears;
        }
    }
}
