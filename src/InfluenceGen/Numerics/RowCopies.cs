using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Loops of <see cref="Panel"/> that bring rows to where they are wanted, and add rows without pads, for one type of number and one width.
/// </summary>
internal static class RowCopies<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    /// <summary>Copies an example's row, wherever it lies, to each of the target's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(in Panel<T> target, in Panel<T> source, int count) =>
        Write(ref target.Start, target.RowStep, in source, count);

    /// <summary>Copies an example's row, wherever it lies, to every so many numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(ref T target, nint step, in Panel<T> source, nint count)
    {
        var rows = new RowAddresses<T>(in source);
        nint length = source.Stride;
        for (nint e = 0; e < count; e++)
        {
            ref var row = ref rows.At(e);
            for (nint k = 0; k < length; k += V.Count)
            {
                V.Load(ref row, k).Store(ref target, k);
            }

            target = ref Unsafe.Add(ref target, step);
        }
    }

    /// <summary>target[e·step + j·stride + k] = left_e[j] · right_e[k], pads of the right included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteOuter(ref T target, nint step, in Panel<T> left, in Panel<T> right, nint count)
    {
        var lefts = new RowAddresses<T>(in left);
        var rights = new RowAddresses<T>(in right);
        nint columns = left.Columns;
        nint length = right.Stride;
        for (nint e = 0; e < count; e++)
        {
            ref var factors = ref lefts.At(e);
            ref var row = ref rights.At(e);
            ref var result = ref target;
            for (nint j = 0; j < columns; j++)
            {
                var factor = V.Create(Unsafe.Add(ref factors, j));
                for (nint k = 0; k < length; k += V.Count)
                {
                    (factor * V.Load(ref row, k)).Store(ref result, k);
                }

                result = ref Unsafe.Add(ref result, length);
            }

            target = ref Unsafe.Add(ref target, step);
        }
    }

    /// <summary>target_k += row_k for so many numbers and none beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddNumbers(ref T target, ref T row, nint count)
    {
        nint k = 0;
        for (; k + V.Count <= count; k += V.Count)
        {
            (V.Load(ref target, k) + V.Load(ref row, k)).Store(ref target, k);
        }

        for (; k < count; k++)
        {
            Unsafe.Add(ref target, k) += Unsafe.Add(ref row, k);
        }
    }
}
