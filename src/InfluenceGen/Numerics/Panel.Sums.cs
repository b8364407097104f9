using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>target_e = a_e · b_e, from whole lines. A dot has the same bits alone and among others.</summary>
    /// <param name="target">Numbers.</param>
    /// <param name="a">Rows, gathered rows, or one row.</param>
    /// <param name="b">The same, of as many numbers. Of tables of numbers, the products.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">Rows are of different lengths, or the target is not numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots<T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireNumbers(in target, nameof(target));
        count = target.IsShared ? Math.Min(count, 1) : count;
        target.Require(count);
        a.Require(count);
        b.Require(count);
        if (a.IsNumber || b.IsNumber)
        {
            RequireColumns(in a, 1, nameof(a));
            RequireColumns(in b, 1, nameof(b));
            for (nint e = 0; e < count; e++)
            {
                Unsafe.Add(ref target.Start, e) = a.Row(e) * b.Row(e);
            }

            return;
        }

        RequireColumns(in b, a.Columns, nameof(b));
        if (a.IsShared)
        {
            DotsWithOne(in target, in b, in a, count);
        }
        else if (b.IsShared)
        {
            DotsWithOne(in target, in a, in b, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            RowDots<T, Wide<T>>.WithEach(in target, in a, in b, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowDots<T, Narrow<T>>.WithEach(in target, in a, in b, count);
        }
        else
        {
            RowDots<T, Slim<T>>.WithEach(in target, in a, in b, count);
        }
    }

    /// <summary>target += Σ_e factor_e · row_e, whole lines.</summary>
    /// <param name="target">One row, or one number where the others are numbers too: of any memory.</param>
    /// <param name="factor">Numbers, or one number.</param>
    /// <param name="rows">Rows, gathered rows, or one row; numbers where the target is a number.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">Rows are of different lengths, or the target is not one for all, or the factors are not numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows<T>(in Panel<T> target, in Panel<T> factor, in Panel<T> rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (target.IsGathered)
        {
            PanelErrors.ThrowKind(nameof(target), "one row");
        }

        RequireNumbers(in factor, nameof(factor));
        RequireColumns(in rows, target.Columns, nameof(rows));
        factor.Require(count);
        rows.Require(count);
        if (target.IsNumber || rows.IsNumber)
        {
            var sum = T.Zero;
            for (nint e = 0; e < count; e++)
            {
                sum += Unsafe.Add(ref factor.Start, e * factor.RowStep) * rows.Row(e);
            }

            target.Start += sum;
        }
        else if (rows.IsShared)
        {
            AddRow(ref target.Start, Sum(in factor, count), ref rows.Start, rows.Stride);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            RowSums<T, Wide<T>>.AddRows(ref target.Start, in factor, in rows, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowSums<T, Narrow<T>>.AddRows(ref target.Start, in factor, in rows, count);
        }
        else
        {
            RowSums<T, Slim<T>>.AddRows(ref target.Start, in factor, in rows, count);
        }
    }

    /// <summary>Σ_e factor_e (a_e · b_e): products are added up over all examples and reduced once, so no dot has bits of its own.</summary>
    /// <param name="factor">Numbers, or one number.</param>
    /// <param name="a">Rows, gathered rows, or one row.</param>
    /// <param name="b">The same, of as many numbers.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">Rows are of different lengths, or the factors are not numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static T SumOfDots<T>(in Panel<T> factor, in Panel<T> a, in Panel<T> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireNumbers(in factor, nameof(factor));
        factor.Require(count);
        RequireRow(in a, a.Columns, count, nameof(a));
        RequireRow(in b, a.Columns, count, nameof(b));
        return Vector512.IsHardwareAccelerated ? RowDotSums<T, Wide<T>>.Sum(in factor, in a, in b, count)
            : Vector256.IsHardwareAccelerated ? RowDotSums<T, Narrow<T>>.Sum(in factor, in a, in b, count)
            : RowDotSums<T, Slim<T>>.Sum(in factor, in a, in b, count);
    }

    /// <summary>Σ_e number_e; for one number, as often as there are examples.</summary>
    /// <param name="numbers">Numbers, gathered numbers, or one number.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">They are rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Sum<T>(in Panel<T> numbers, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!numbers.IsNumber)
        {
            PanelErrors.ThrowKind(nameof(numbers), "numbers");
        }

        numbers.Require(count);
        if (numbers.IsShared)
        {
            return numbers.Start * T.CreateTruncating(count);
        }

        if (numbers.IsGathered)
        {
            return GatheredSum(in numbers, count);
        }

        return Vector512.IsHardwareAccelerated ? RowSums<T, Wide<T>>.Sum(ref numbers.Start, count)
            : Vector256.IsHardwareAccelerated ? RowSums<T, Narrow<T>>.Sum(ref numbers.Start, count)
            : RowSums<T, Slim<T>>.Sum(ref numbers.Start, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotsWithOne<T>(in Panel<T> target, in Panel<T> rows, in Panel<T> one, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            RowDots<T, Wide<T>>.WithOne(in target, in rows, in one, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowDots<T, Narrow<T>>.WithOne(in target, in rows, in one, count);
        }
        else
        {
            RowDots<T, Slim<T>>.WithOne(in target, in rows, in one, count);
        }
    }

    private static void AddRow<T>(ref T target, T factor, ref T row, nint stride) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            RowSums<T, Wide<T>>.AddRow(ref target, factor, ref row, stride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowSums<T, Narrow<T>>.AddRow(ref target, factor, ref row, stride);
        }
        else
        {
            RowSums<T, Slim<T>>.AddRow(ref target, factor, ref row, stride);
        }
    }

    private static T GatheredSum<T>(in Panel<T> numbers, nint count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T even = T.Zero, odd = T.Zero;
        nint e = 0;
        for (; e + 2 <= count; e += 2)
        {
            even += numbers.Row(e);
            odd += numbers.Row(e + 1);
        }

        return (e < count ? even + numbers.Row(e) : even) + odd;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireNumbers<T>(in Panel<T> operand, string name) where T : unmanaged
    {
        if (!operand.IsNumber || operand.IsGathered)
        {
            PanelErrors.ThrowKind(name, "numbers, not gathered");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireColumns<T>(in Panel<T> operand, int columns, string name) where T : unmanaged
    {
        if (operand.Columns != columns)
        {
            PanelErrors.ThrowShape(name, operand.Columns, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireDirect<T>(in Panel<T> operand, string name) where T : unmanaged
    {
        if (operand.IsGathered)
        {
            PanelErrors.ThrowKind(name, "numbers or rows; what is gathered is copied first");
        }
    }
}
