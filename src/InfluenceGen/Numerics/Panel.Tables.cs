using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

// Rows that indices name: added to, and compared.
public static partial class Panel
{
    /// <summary>target_e += factor_e · row_e, one example after the other, so that rows which several examples name take them all.</summary>
    /// <param name="target">The rows, or numbers, of a table that is added to: gathered.</param>
    /// <param name="factor">Numbers, or one number.</param>
    /// <param name="rows">Rows as long as the target's, or numbers.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">The operands do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void AddScattered<T>(in Panel<T> target, in Panel<T> factor, in Panel<T> rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireNumbers(in factor, nameof(factor));
        RequireColumns(in rows, target.Columns, nameof(rows));
        target.Require(count);
        factor.Require(count);
        rows.Require(count);
        for (nint e = 0; e < count; e++)
        {
            ref var sum = ref target.Row(e);
            ref var row = ref rows.Row(e);
            var multiple = Unsafe.Add(ref factor.Start, e * factor.RowStep);
            for (nint k = 0; k < target.Columns; k++)
            {
                Unsafe.Add(ref sum, k) += multiple * Unsafe.Add(ref row, k);
            }
        }
    }

    /// <summary>target_e = 1 where two indices of an example name the same row, else 0.</summary>
    /// <param name="target">Scratch numbers.</param>
    /// <param name="a">One index of each example.</param>
    /// <param name="b">The other.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void SameRow<T>(in Panel<T> target, ReadOnlySpan<int> a, ReadOnlySpan<int> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        target.Require(count);
        for (var e = 0; e < count; e++)
        {
            target.Row(e) = a[e] == b[e] ? T.One : T.Zero;
        }
    }

    /// <summary>target[a][b] = 1 where the index of a left example names the row that the index of a right one does, else 0.</summary>
    /// <param name="target">Scratch rows, one for each left example.</param>
    /// <param name="left">The index of each left example.</param>
    /// <param name="right">The index of each right example.</param>
    /// <exception cref="ArgumentOutOfRangeException">The target is too small.</exception>
    public static void PairSameRow<T>(in Panel<T> target, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        target.Require(left.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right.Length, target.Stride, nameof(right));
        for (var a = 0; a < left.Length; a++)
        {
            ref var row = ref target.Row(a);
            for (var b = 0; b < right.Length; b++)
            {
                Unsafe.Add(ref row, b) = left[a] == right[b] ? T.One : T.Zero;
            }
        }
    }

    /// <summary>Adds numbers of pairs to their places in a matrix of all pairs.</summary>
    /// <param name="gram">The matrix, whose rows have no pads.</param>
    /// <param name="step">From row to row of it.</param>
    /// <param name="rows">The row of each left example.</param>
    /// <param name="columns">The column of each right example.</param>
    /// <param name="pairs">The numbers, row by row.</param>
    /// <param name="pairStep">From row to row of these.</param>
    /// <exception cref="IndexOutOfRangeException">A place is not within the matrix.</exception>
    public static void AddToPairs<T>(Span<T> gram, int step, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, ReadOnlySpan<T> pairs, int pairStep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var a = 0; a < rows.Length; a++)
        {
            var row = gram.Slice(rows[a] * step, step);
            for (var b = 0; b < columns.Length; b++)
            {
                row[columns[b]] += pairs[a * pairStep + b];
            }
        }
    }

    /// <summary>row = 1 at one place, 0 elsewhere.</summary>
    /// <param name="row">A scratch row.</param>
    /// <param name="place">The place.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row has no such place.</exception>
    public static void Unit<T>(in Panel<T> row, int place) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, row.Columns);
        Clear(in row, 1);
        Unsafe.Add(ref row.Start, place) = T.One;
    }

    /// <summary>target += factor · row.</summary>
    /// <param name="target">One row, of any memory.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="row">One row as long.</param>
    /// <exception cref="ArgumentException">They are of different lengths, or not one row each.</exception>
    public static void AddRow<T>(in Panel<T> target, T factor, in Panel<T> row) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireColumns(in row, target.Columns, nameof(row));
        if (target.IsGathered || row.IsGathered || !target.IsShared || !row.IsShared)
        {
            PanelErrors.ThrowKind(nameof(row), "one row");
        }

        AddRow(ref target.Start, factor, ref row.Start, row.Stride);
    }

    /// <summary>The dot of two rows.</summary>
    /// <param name="a">One row.</param>
    /// <param name="b">One row as long.</param>
    /// <exception cref="ArgumentException">They are of different lengths.</exception>
    public static T Dot<T>(in Panel<T> a, in Panel<T> b) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = T.Zero;
        Dots(new Panel<T>(ref result, 1, 0, 1, 1, 1, false), in a, in b, 1);
        return result;
    }
}
