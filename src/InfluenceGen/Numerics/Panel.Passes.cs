using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>
    /// Dots, a formula and sums in one loop over the examples of some segments: dot0_e = rows0_e · with0 and dot1_e = rows0_e · with1; the
    /// formula of these, of six numbers of the example and four of its segment; store0_e and store1_e; and for each segment
    /// sum0 = Σ factor_e rows0_e + (Σ decay_e) with0, sum1 = Σ factor_e rows1_e, total0 = Σ number0_e and
    /// total1 = Σ number1_e + Σ cross_e (rows0_e · rows1_e) + scale (sum1 · with0), as far as the formula's parts say. For kernels without
    /// matrices, whose segments are short. A dot has the bits that <see cref="Dots"/> gives it, and a segment's sums the same ones
    /// alone and among others.
    /// </summary>
    /// <typeparam name="F">The formula.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="operands">What is read and filled.</param>
    /// <param name="segments">The segments.</param>
    /// <exception cref="ArgumentException">An operand is of another kind, or rows are of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void Pass<F, T>(in PassOperands<T> operands, PassSegments segments)
        where F : struct, IPass<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(F.Parts, in operands, segments.Count);
        if (Vector512.IsHardwareAccelerated)
        {
            // A vector of the formula has no more than eight lanes.
            if (typeof(T) == typeof(double))
            {
                RowPasses<F, T, Wide<T>, Wide<T>>.Run(in operands, in segments);
            }
            else
            {
                RowPasses<F, T, Wide<T>, Narrow<T>>.Run(in operands, in segments);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowPasses<F, T, Narrow<T>, Narrow<T>>.Run(in operands, in segments);
        }
        else
        {
            RowPasses<F, T, Slim<T>, Slim<T>>.Run(in operands, in segments);
        }
    }

    /// <summary>The same for examples of one segment, or a tile of it, whose operands are one for all.</summary>
    /// <typeparam name="F">The formula.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="operands">What is read and filled.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is of another kind, or rows are of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void Pass<F, T>(in PassOperands<T> operands, int count)
        where F : struct, IPass<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Pass<F, T>(in operands, new PassSegments([0, count], [0], [0]));

    /// <summary>Sets numbers of each segment's target to 0.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="sums">Where they lie.</param>
    /// <param name="offset">The place of the first target's.</param>
    /// <param name="step">From target to target.</param>
    /// <param name="length">How many of each.</param>
    /// <param name="segments">The segments.</param>
    public static void ClearOfSegments<T>(Span<T> sums, int offset, int step, int length, PassSegments segments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var target in segments.Targets)
        {
            sums.Slice(offset + target * step, length).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Require<T>(PassParts parts, in PassOperands<T> operands, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireNumbers(parts, PassParts.A, in operands.A, count, nameof(operands.A));
        RequireNumbers(parts, PassParts.B, in operands.B, count, nameof(operands.B));
        RequireNumbers(parts, PassParts.C, in operands.C, count, nameof(operands.C));
        RequireNumbers(parts, PassParts.D, in operands.D, count, nameof(operands.D));
        RequireNumbers(parts, PassParts.E, in operands.E, count, nameof(operands.E));
        RequireNumbers(parts, PassParts.F, in operands.F, count, nameof(operands.F));
        RequireOfSegments(parts, PassParts.G, in operands.G, 1, true, nameof(operands.G));
        RequireOfSegments(parts, PassParts.H, in operands.H, 1, true, nameof(operands.H));
        RequireOfSegments(parts, PassParts.I, in operands.I, 1, true, nameof(operands.I));
        RequireOfSegments(parts, PassParts.J, in operands.J, 1, true, nameof(operands.J));
        var columns = operands.Rows0.Columns;
        if ((parts & (PassParts.Dot0 | PassParts.Dot1 | PassParts.Sum0 | PassParts.Sum1 | PassParts.Cross)) != 0)
        {
            RequireRows(in operands.Rows0, columns, count, nameof(operands.Rows0));
        }

        if ((parts & (PassParts.Sum1 | PassParts.Cross)) != 0)
        {
            RequireRows(in operands.Rows1, columns, count, nameof(operands.Rows1));
            if (!Unsafe.AreSame(ref operands.Rows0.Index, ref operands.Rows1.Index))
            {
                PanelErrors.ThrowKind(nameof(operands.Rows1), "in the order of the first rows, or gathered by the same index");
            }
        }

        RequireOfSegments(parts, PassParts.Dot0 | PassParts.Decay | PassParts.Inner, in operands.With0, columns, false, nameof(operands.With0));
        RequireOfSegments(parts, PassParts.Dot1, in operands.With1, columns, false, nameof(operands.With1));
        RequireOfSegments(parts, PassParts.Sum0, in operands.Sum0, columns, false, nameof(operands.Sum0));
        RequireOfSegments(parts, PassParts.Sum1, in operands.Sum1, columns, false, nameof(operands.Sum1));
        RequireOfSegments(parts, PassParts.Total0, in operands.Total0, 1, true, nameof(operands.Total0));
        RequireOfSegments(parts, PassParts.Total1 | PassParts.Inner | PassParts.Cross, in operands.Total1, 1, true, nameof(operands.Total1));
        if ((parts & PassParts.Store0) != 0)
        {
            RequireFilled(in operands.Store0, count, nameof(operands.Store0));
        }

        if ((parts & PassParts.Store1) != 0)
        {
            RequireFilled(in operands.Store1, count, nameof(operands.Store1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireNumbers<T>(PassParts parts, PassParts part, in Panel<T> operand, int count, string name) where T : unmanaged
    {
        if ((parts & part) == 0)
        {
            return;
        }

        if (!operand.IsNumber)
        {
            PanelErrors.ThrowKind(name, "numbers");
        }

        operand.Require(count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireRows<T>(in Panel<T> operand, int columns, int count, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRow(in operand, columns, count, name);
        if (operand.IsShared)
        {
            PanelErrors.ThrowKind(name, "rows, one for each example");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireOfSegments<T>(PassParts parts, PassParts part, in Panel<T> operand, int columns, bool isNumber, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if ((parts & part) == 0)
        {
            return;
        }

        if (operand.IsNumber != isNumber || operand.IsGathered || Unsafe.IsNullRef(ref operand.Start))
        {
            PanelErrors.ThrowKind(name, "a row, or a number, of each segment");
        }

        RequireColumns(in operand, columns, name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireFilled<T>(in Panel<T> operand, int count, string name) where T : unmanaged
    {
        if (!operand.IsNumber || operand.IsGathered || operand.IsShared)
        {
            PanelErrors.ThrowKind(name, "numbers, one for each example");
        }

        operand.Require(count);
    }
}
