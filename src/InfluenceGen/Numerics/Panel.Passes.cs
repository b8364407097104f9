using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>
    /// Dots, a formula and sums in one loop over the examples: dot0_e = rows0_e · with0 and dot1_e = rows0_e · with1; the formula of
    /// these and of a_e, b_e, c_e and d_e; store0_e and store1_e; sum0 += Σ factor0_e rows0_e, sum1 += Σ factor0_e rows1_e,
    /// total0 += Σ factor0_e and total1 += Σ factor1_e, as far as the formula's parts say. For kernels without matrices, whose segments are short. A dot has the
    /// bits that <see cref="Dots"/> gives it.
    /// </summary>
    /// <typeparam name="F">The formula.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="operands">What is read and filled.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is of another kind, or rows are of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void Pass<F, T>(in PassOperands<T> operands, int count)
        where F : struct, IPass<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(F.Parts, in operands, count);
        if (Vector512.IsHardwareAccelerated)
        {
            // A vector of the formula has no more than eight lanes.
            if (typeof(T) == typeof(double))
            {
                RowPasses<F, T, Wide<T>, Wide<T>>.Run(in operands, count);
            }
            else
            {
                RowPasses<F, T, Wide<T>, Narrow<T>>.Run(in operands, count);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowPasses<F, T, Narrow<T>, Narrow<T>>.Run(in operands, count);
        }
        else
        {
            RowPasses<F, T, Slim<T>, Slim<T>>.Run(in operands, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Require<T>(PassParts parts, in PassOperands<T> operands, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRead(in operands.A, count, nameof(operands.A));
        RequireRead(in operands.B, count, nameof(operands.B));
        RequireRead(in operands.C, count, nameof(operands.C));
        RequireRead(in operands.D, count, nameof(operands.D));
        var columns = operands.Rows1.Columns;
        if ((parts & (PassParts.Dot0 | PassParts.Dot1 | PassParts.Sum0)) != 0)
        {
            columns = operands.Rows0.Columns;
            RequireRow(in operands.Rows0, columns, count, nameof(operands.Rows0));
        }

        if ((parts & PassParts.Sum1) != 0)
        {
            RequireRow(in operands.Rows1, columns, count, nameof(operands.Rows1));
            RequireOne(in operands.Sum1, columns, false, nameof(operands.Sum1));
        }

        if ((parts & PassParts.Dot0) != 0)
        {
            RequireOne(in operands.With0, columns, false, nameof(operands.With0));
        }

        if ((parts & PassParts.Dot1) != 0)
        {
            RequireOne(in operands.With1, columns, false, nameof(operands.With1));
        }

        if ((parts & PassParts.Sum0) != 0)
        {
            RequireOne(in operands.Sum0, columns, false, nameof(operands.Sum0));
        }

        if ((parts & PassParts.Store0) != 0)
        {
            RequireFilled(in operands.Store0, count, nameof(operands.Store0));
        }

        if ((parts & PassParts.Store1) != 0)
        {
            RequireFilled(in operands.Store1, count, nameof(operands.Store1));
        }

        if ((parts & PassParts.Total0) != 0)
        {
            RequireOne(in operands.Total0, 1, true, nameof(operands.Total0));
        }

        if ((parts & PassParts.Total1) != 0)
        {
            RequireOne(in operands.Total1, 1, true, nameof(operands.Total1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireRead<T>(in Panel<T> operand, int count, string name) where T : unmanaged
    {
        if (!operand.IsNumber)
        {
            PanelErrors.ThrowKind(name, "numbers");
        }

        operand.Require(count);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RequireOne<T>(in Panel<T> operand, int columns, bool isNumber, string name) where T : unmanaged
    {
        if (operand.IsNumber != isNumber || !operand.IsShared || operand.IsGathered)
        {
            PanelErrors.ThrowKind(name, "one row, or one number, for all examples");
        }

        RequireColumns(in operand, columns, name);
    }
}
