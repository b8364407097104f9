using System.Numerics.Tensors;

namespace InfluenceGen.Numerics;

/// <summary>
/// A symmetric matrix that should be positive semidefinite, taken apart as D P L Lᵀ Pᵀ D with the scales D and a permutation P: what its
/// rank is, which directions it sends to 0, and products with a generalised inverse. Whether rows are in metres or nanometres
/// changes nothing: diagonals are scaled to 1 first, and once more after the rows that are eliminated first.
/// </summary>
/// <remarks>
/// <para>Pivoted Cholesky (Higham, 2002, Section 10.3; LAPACK's dpstrf), blocks of 64 columns, so that nearly all of the r n² work is in
/// products. Each step takes the row of which most is left; a row of which less is left than its threshold is 0 up to rounding
/// and is a combination of those taken. The threshold is 16 max(n, 64) units of rounding (2.2e-16), or what the caller knows of a row's
/// rounding, relative to its diagonal; after the first rows it is divided by what they left, as that is what cancelled.</para>
/// <para>Where the rest, which is 0 for a semidefinite matrix, is negative by more than 16 thresholds, the matrix has negative curvature.</para>
/// </remarks>
internal sealed class SemidefiniteFactor
{
    private const int Block = 64;
    private const int Line = 8;
    private const double Negative = 16;

    private readonly int _stride;
    private readonly AlignedBuffer<double> _lower;
    private readonly int[] _rows;
    private readonly double[] _scales;
    private readonly double[] _thresholds;
    private readonly bool[] _isEmpty;
    private readonly double[] _left;
    private readonly Cholesky _pivots;
    private readonly int _pivotStride;

    /// <summary>Factors a matrix, which stays as it is.</summary>
    /// <param name="matrix">A, row by row, both triangles.</param>
    /// <param name="stride">From row to row.</param>
    /// <param name="order">Rows and columns.</param>
    /// <param name="first">How many leading rows are eliminated before all others.</param>
    /// <param name="rounding">What rounding can leave of each row's diagonal, relative to it, beside that of the elimination.</param>
    public SemidefiniteFactor(ReadOnlySpan<double> matrix, int stride, int order, int first, ReadOnlySpan<double> rounding)
    {
        Order = order;
        _stride = (order + Line - 1) / Line * Line;
        _lower = new AlignedBuffer<double>(order, _stride);
        (_rows, _scales, _thresholds) = (new int[order], new double[order], new double[order]);
        (_isEmpty, _left) = (new bool[order], new double[order]);
        for (var i = 0; i < order; i++)
        {
            _rows[i] = i;
            _thresholds[i] = Math.Max(RoundingOf(order), rounding[i]);
        }

        Scale(matrix, stride);
        var eliminated = Eliminate(0, first);
        Rescale(eliminated);
        Rank = Eliminate(eliminated, order);
        _pivotStride = Math.Max(Line, (Rank + Line - 1) / Line * Line);
        _pivots = Pivots();
        NullSpace = Dependencies();
        FindNegativeCurvature();
    }

    /// <summary>Rows of the matrix.</summary>
    public int Order { get; }

    /// <summary>How many directions it does not send to 0, up to rounding.</summary>
    public int Rank { get; }

    /// <summary>Whether there is no other direction.</summary>
    public bool IsDefinite => Rank == Order;

    /// <summary>A basis of the directions that the matrix sends to 0, each <see cref="Order"/> long: a row that depends on others, and these.
    /// Neither orthogonal nor of length 1.</summary>
    public double[][] NullSpace { get; }

    /// <summary>A direction of negative curvature, scaled so that the matrix would have curvature 1 in each of its elements alone; null where
    /// there is none beyond rounding.</summary>
    public double[]? NegativeDirection { get; private set; }

    /// <summary>xᵀ A x / xᵀ D² x of that direction: −1 at the least for a row alone, 0 where there is none.</summary>
    public double NegativeCurvature { get; private set; }

    /// <summary>What rounding of the elimination can leave of a diagonal, relative to it.</summary>
    public static double RoundingOf(int order) => 16 * Math.Max(order, Block) * (double.BitIncrement(1) - 1);

    /// <summary>The root of what of a row's diagonal is not due to the rows eliminated first: the length that a change of the row by 1 has;
    /// 0 for a row of zeros.</summary>
    public void WriteScales(Span<double> scales)
    {
        for (var k = 0; k < Order; k++)
        {
            scales[_rows[k]] = _isEmpty[k] ? 0 : _scales[k];
        }
    }

    /// <summary>Replaces each row v by an x with A x = v where there is one: that in which the rows that depend on others are 0.</summary>
    public void Solve(Span<double> vectors, int count)
    {
        // Of the call: several threads may solve at once.
        var reduced = new AlignedBuffer<double>(count, _pivotStride);
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.Slice(i * Order, Order);
            var row = reduced.Span.Slice(i * _pivotStride, _pivotStride);
            for (var k = 0; k < Rank; k++)
            {
                row[k] = vector[_rows[k]] / _scales[k];
            }
        }

        _pivots.Solve(reduced.Span, count);
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.Slice(i * Order, Order);
            var row = reduced.Span.Slice(i * _pivotStride, _pivotStride);
            vector.Clear();
            for (var k = 0; k < Rank; k++)
            {
                vector[_rows[k]] = row[k] / _scales[k];
            }
        }
    }

    /// <summary>Copies the lower triangle with diagonals of 1, −1, or 0.</summary>
    private void Scale(ReadOnlySpan<double> matrix, int stride)
    {
        for (var i = 0; i < Order; i++)
        {
            _scales[i] = Math.Sqrt(Math.Abs(matrix[i * stride + i]));
        }

        for (var i = 0; i < Order; i++)
        {
            if (_scales[i] > 0)
            {
                continue;
            }

            // Beside a diagonal of 0 stands nothing in a semidefinite matrix; what does stand there gives the unit.
            var largest = 0.0;
            for (var j = 0; j < Order; j++)
            {
                largest = Math.Max(largest, Math.Abs(matrix[i * stride + j]) / (_scales[j] > 0 ? _scales[j] : 1));
            }

            _isEmpty[i] = largest == 0;
            _scales[i] = _isEmpty[i] ? 1 : largest;
        }

        for (var i = 0; i < Order; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                _lower[i * _stride + j] = matrix[i * stride + j] / _scales[i] / _scales[j];
            }

            _left[i] = _lower[i * _stride + i];
        }
    }

    /// <summary>Takes pivots among the rows from <paramref name="start"/> to before <paramref name="candidates"/> while one is left.</summary>
    /// <returns>How many were taken, those before the start included.</returns>
    private int Eliminate(int start, int candidates)
    {
        while (start < candidates)
        {
            var (next, stop) = (start, Math.Min(start + Block, candidates));
            while (next < stop && Largest(next, candidates) is var pivot and >= 0)
            {
                Swap(next, pivot);
                EliminateColumn(start, next);
                next++;
            }

            UpdateRest(start, next);
            if (next < stop)
            {
                return next;
            }

            start = next;
        }

        return start;
    }

    private int Largest(int start, int end)
    {
        var largest = -1;
        for (var i = start; i < end; i++)
        {
            if (_left[i] > _thresholds[i] && (largest < 0 || _left[i] > _left[largest]))
            {
                largest = i;
            }
        }

        return largest;
    }

    private void Swap(int i, int k)
    {
        if (i == k)
        {
            return;
        }

        var a = _lower.Span;
        for (var column = 0; column < i; column++)
        {
            (a[i * _stride + column], a[k * _stride + column]) = (a[k * _stride + column], a[i * _stride + column]);
        }

        for (var between = i + 1; between < k; between++)
        {
            (a[between * _stride + i], a[k * _stride + between]) = (a[k * _stride + between], a[between * _stride + i]);
        }

        for (var row = k + 1; row < Order; row++)
        {
            (a[row * _stride + i], a[row * _stride + k]) = (a[row * _stride + k], a[row * _stride + i]);
        }

        (a[i * _stride + i], a[k * _stride + k]) = (a[k * _stride + k], a[i * _stride + i]);
        (_rows[i], _rows[k]) = (_rows[k], _rows[i]);
        (_scales[i], _scales[k]) = (_scales[k], _scales[i]);
        (_thresholds[i], _thresholds[k]) = (_thresholds[k], _thresholds[i]);
        (_isEmpty[i], _isEmpty[k]) = (_isEmpty[k], _isEmpty[i]);
        (_left[i], _left[k]) = (_left[k], _left[i]);
    }

    /// <summary>Writes a column of L; the block that it is in starts at <paramref name="start"/>.</summary>
    private void EliminateColumn(int start, int column)
    {
        var a = _lower.Span;
        var pivot = Math.Sqrt(_left[column]);
        ReadOnlySpan<double> own = a.Slice(column * _stride + start, column - start);
        a[column * _stride + column] = pivot;
        for (var row = column + 1; row < Order; row++)
        {
            var x = a.Slice(row * _stride + start, column - start + 1);
            var value = (x[^1] - TensorPrimitives.Dot(x[..^1], own)) / pivot;
            x[^1] = value;
            _left[row] -= value * value;
        }
    }

    /// <summary>Subtracts what the columns of a block explain from what lies right of and below them.</summary>
    private void UpdateRest(int start, int end)
    {
        if (start == end || end == Order)
        {
            return;
        }

        var (taken, negated) = (new AlignedBuffer<double>(Order - end, Block), new AlignedBuffer<double>(Order - end, Block));
        for (var row = end; row < Order; row++)
        {
            ReadOnlySpan<double> x = _lower.Span.Slice(row * _stride + start, end - start);
            x.CopyTo(taken.Span[((row - end) * Block)..]);
            TensorPrimitives.Negate(x, negated.Span[((row - end) * Block)..]);
        }

        for (var panel = end; panel < Order; panel += Block)
        {
            DenseProducts.AddProductTransposed(ref negated[(panel - end) * Block], Block, ref taken[(panel - end) * Block], Block,
                ref _lower[panel * _stride + panel], _stride, Order - panel, Block, Math.Min(Block, Order - panel));
        }

        for (var row = end; row < Order; row++)
        {
            _left[row] = _lower[row * _stride + row];
        }
    }

    /// <summary>Brings what is left of the diagonals from a row on to 1.</summary>
    private void Rescale(int start)
    {
        if (start == 0)
        {
            return;
        }

        var factors = new double[Order];
        for (var row = 0; row < Order; row++)
        {
            var rest = row < start || _left[row] <= _thresholds[row] ? 1 : _left[row];
            factors[row] = 1 / Math.Sqrt(rest);
            _scales[row] *= Math.Sqrt(rest);
            _thresholds[row] /= rest;
        }

        for (var row = start; row < Order; row++)
        {
            var x = _lower.Span.Slice(row * _stride, row + 1);
            TensorPrimitives.Multiply(x, factors[row], x);
            TensorPrimitives.Multiply(x[start..], factors.AsSpan(start, row + 1 - start), x[start..]);
            _left[row] = x[row];
        }
    }

    /// <summary>L of the rows that were taken, with a 1 on the diagonal of what pads them.</summary>
    private Cholesky Pivots()
    {
        var lower = new AlignedBuffer<double>(_pivotStride, _pivotStride);
        for (var row = 0; row < _pivotStride; row++)
        {
            if (row < Rank)
            {
                _lower.Span.Slice(row * _stride, row + 1).CopyTo(lower.Span[(row * _pivotStride)..]);
            }
            else
            {
                lower[row * _pivotStride + row] = 1;
            }
        }

        return Cholesky.Of(lower, _pivotStride);
    }

    /// <summary>(−L₁₁⁻ᵀ L₂₁ᵀ, 1) of each row that was not taken, in the units of the matrix.</summary>
    private double[][] Dependencies()
    {
        var count = Order - Rank;
        var reduced = new AlignedBuffer<double>(count, _pivotStride);
        for (var i = 0; i < count; i++)
        {
            _lower.Span.Slice((Rank + i) * _stride, Rank).CopyTo(reduced.Span[(i * _pivotStride)..]);
        }

        _pivots.HalfSolveTransposed(reduced.Span, count);
        var directions = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var direction = directions[i] = new double[Order];
            var row = reduced.Span.Slice(i * _pivotStride, Rank);
            var rounding = RoundingOf(Order) * Math.Max(1, Rank == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<double>(row)));
            for (var k = 0; k < Rank; k++)
            {
                // What is rounding here would not be in another unit.
                direction[_rows[k]] = Math.Abs(row[k]) > rounding ? -row[k] / _scales[k] : 0;
            }

            direction[_rows[Rank + i]] = 1 / _scales[Rank + i];
        }

        return directions;
    }

    /// <summary>Looks for it in what is left of the rows that were not taken, which is 0 for a semidefinite matrix.</summary>
    private void FindNegativeCurvature()
    {
        for (var i = 0; i < NullSpace.Length; i++)
        {
            var row = (Rank + i) * _stride + Rank;
            for (var k = 0; k <= i; k++)
            {
                // A diagonal by itself; beside diagonals that are 0, an element off them is of the size of minus an eigenvalue.
                var rest = i == k ? _lower[row + i] : -Math.Abs(_lower[row + k]);
                if (rest >= -Negative * Math.Max(_thresholds[Rank + i], _thresholds[Rank + k]))
                {
                    continue;
                }

                var direction = (double[])NullSpace[i].Clone();
                if (i != k)
                {
                    TensorPrimitives.MultiplyAdd(NullSpace[k], -Math.Sign(_lower[row + k]), direction, direction);
                    rest = _lower[row + i] + _lower[(Rank + k) * _stride + Rank + k] + 2 * rest;
                }

                var length = 0.0;
                for (var r = 0; r < Order; r++)
                {
                    var element = direction[_rows[r]] * _scales[r];
                    length += element * element;
                }

                if (rest / length < NegativeCurvature)
                {
                    (NegativeDirection, NegativeCurvature) = (direction, rest / length);
                }
            }
        }
    }
}
