using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

internal static partial class BroadcastTiles<T, TVector>
{
    /// <summary>Eight rows of three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x3(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner)
    {
        var row1 = rows > 1 ? leftRowStride : 0;
        var row2 = rows > 2 ? 2 * leftRowStride : 0;
        var row3 = rows > 3 ? 3 * leftRowStride : 0;
        var row4 = rows > 4 ? 4 * leftRowStride : 0;
        var row5 = rows > 5 ? 5 * leftRowStride : 0;
        var row6 = rows > 6 ? 6 * leftRowStride : 0;
        var row7 = rows > 7 ? 7 * leftRowStride : 0;
        TVector sum00 = default, sum01 = default, sum02 = default;
        TVector sum10 = default, sum11 = default, sum12 = default;
        TVector sum20 = default, sum21 = default, sum22 = default;
        TVector sum30 = default, sum31 = default, sum32 = default;
        TVector sum40 = default, sum41 = default, sum42 = default;
        TVector sum50 = default, sum51 = default, sum52 = default;
        TVector sum60 = default, sum61 = default, sum62 = default;
        TVector sum70 = default, sum71 = default, sum72 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var right1 = TVector.Load(ref right, TVector.Count);
            var right2 = TVector.Load(ref right, 2 * TVector.Count);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            sum02 = TVector.MultiplyAdd(factor, right2, sum02);
            factor = TVector.Create(Unsafe.Add(ref left, row1));
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            sum11 = TVector.MultiplyAdd(factor, right1, sum11);
            sum12 = TVector.MultiplyAdd(factor, right2, sum12);
            factor = TVector.Create(Unsafe.Add(ref left, row2));
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            sum21 = TVector.MultiplyAdd(factor, right1, sum21);
            sum22 = TVector.MultiplyAdd(factor, right2, sum22);
            factor = TVector.Create(Unsafe.Add(ref left, row3));
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            sum31 = TVector.MultiplyAdd(factor, right1, sum31);
            sum32 = TVector.MultiplyAdd(factor, right2, sum32);
            factor = TVector.Create(Unsafe.Add(ref left, row4));
            sum40 = TVector.MultiplyAdd(factor, right0, sum40);
            sum41 = TVector.MultiplyAdd(factor, right1, sum41);
            sum42 = TVector.MultiplyAdd(factor, right2, sum42);
            factor = TVector.Create(Unsafe.Add(ref left, row5));
            sum50 = TVector.MultiplyAdd(factor, right0, sum50);
            sum51 = TVector.MultiplyAdd(factor, right1, sum51);
            sum52 = TVector.MultiplyAdd(factor, right2, sum52);
            factor = TVector.Create(Unsafe.Add(ref left, row6));
            sum60 = TVector.MultiplyAdd(factor, right0, sum60);
            sum61 = TVector.MultiplyAdd(factor, right1, sum61);
            sum62 = TVector.MultiplyAdd(factor, right2, sum62);
            factor = TVector.Create(Unsafe.Add(ref left, row7));
            sum70 = TVector.MultiplyAdd(factor, right0, sum70);
            sum71 = TVector.MultiplyAdd(factor, right1, sum71);
            sum72 = TVector.MultiplyAdd(factor, right2, sum72);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, sum01, sum02, ref result);
        if (rows > 1)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum10, sum11, sum12, ref result);
        }

        if (rows > 2)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum20, sum21, sum22, ref result);
        }

        if (rows > 3)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum30, sum31, sum32, ref result);
        }

        if (rows > 4)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum40, sum41, sum42, ref result);
        }

        if (rows > 5)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum50, sum51, sum52, ref result);
        }

        if (rows > 6)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum60, sum61, sum62, ref result);
        }

        if (rows > 7)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum70, sum71, sum72, ref result);
        }
    }

    /// <summary>Eight rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x2(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner)
    {
        var row1 = rows > 1 ? leftRowStride : 0;
        var row2 = rows > 2 ? 2 * leftRowStride : 0;
        var row3 = rows > 3 ? 3 * leftRowStride : 0;
        var row4 = rows > 4 ? 4 * leftRowStride : 0;
        var row5 = rows > 5 ? 5 * leftRowStride : 0;
        var row6 = rows > 6 ? 6 * leftRowStride : 0;
        var row7 = rows > 7 ? 7 * leftRowStride : 0;
        TVector sum00 = default, sum01 = default;
        TVector sum10 = default, sum11 = default;
        TVector sum20 = default, sum21 = default;
        TVector sum30 = default, sum31 = default;
        TVector sum40 = default, sum41 = default;
        TVector sum50 = default, sum51 = default;
        TVector sum60 = default, sum61 = default;
        TVector sum70 = default, sum71 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var right1 = TVector.Load(ref right, TVector.Count);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            factor = TVector.Create(Unsafe.Add(ref left, row1));
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            sum11 = TVector.MultiplyAdd(factor, right1, sum11);
            factor = TVector.Create(Unsafe.Add(ref left, row2));
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            sum21 = TVector.MultiplyAdd(factor, right1, sum21);
            factor = TVector.Create(Unsafe.Add(ref left, row3));
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            sum31 = TVector.MultiplyAdd(factor, right1, sum31);
            factor = TVector.Create(Unsafe.Add(ref left, row4));
            sum40 = TVector.MultiplyAdd(factor, right0, sum40);
            sum41 = TVector.MultiplyAdd(factor, right1, sum41);
            factor = TVector.Create(Unsafe.Add(ref left, row5));
            sum50 = TVector.MultiplyAdd(factor, right0, sum50);
            sum51 = TVector.MultiplyAdd(factor, right1, sum51);
            factor = TVector.Create(Unsafe.Add(ref left, row6));
            sum60 = TVector.MultiplyAdd(factor, right0, sum60);
            sum61 = TVector.MultiplyAdd(factor, right1, sum61);
            factor = TVector.Create(Unsafe.Add(ref left, row7));
            sum70 = TVector.MultiplyAdd(factor, right0, sum70);
            sum71 = TVector.MultiplyAdd(factor, right1, sum71);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, sum01, ref result);
        if (rows > 1)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum10, sum11, ref result);
        }

        if (rows > 2)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum20, sum21, ref result);
        }

        if (rows > 3)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum30, sum31, ref result);
        }

        if (rows > 4)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum40, sum41, ref result);
        }

        if (rows > 5)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum50, sum51, ref result);
        }

        if (rows > 6)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum60, sum61, ref result);
        }

        if (rows > 7)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum70, sum71, ref result);
        }
    }

    /// <summary>Six rows of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x4(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner)
    {
        var row1 = rows > 1 ? leftRowStride : 0;
        var row2 = rows > 2 ? 2 * leftRowStride : 0;
        var row3 = rows > 3 ? 3 * leftRowStride : 0;
        var row4 = rows > 4 ? 4 * leftRowStride : 0;
        var row5 = rows > 5 ? 5 * leftRowStride : 0;
        TVector sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        TVector sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        TVector sum20 = default, sum21 = default, sum22 = default, sum23 = default;
        TVector sum30 = default, sum31 = default, sum32 = default, sum33 = default;
        TVector sum40 = default, sum41 = default, sum42 = default, sum43 = default;
        TVector sum50 = default, sum51 = default, sum52 = default, sum53 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var right1 = TVector.Load(ref right, TVector.Count);
            var right2 = TVector.Load(ref right, 2 * TVector.Count);
            var right3 = TVector.Load(ref right, 3 * TVector.Count);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            sum02 = TVector.MultiplyAdd(factor, right2, sum02);
            sum03 = TVector.MultiplyAdd(factor, right3, sum03);
            factor = TVector.Create(Unsafe.Add(ref left, row1));
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            sum11 = TVector.MultiplyAdd(factor, right1, sum11);
            sum12 = TVector.MultiplyAdd(factor, right2, sum12);
            sum13 = TVector.MultiplyAdd(factor, right3, sum13);
            factor = TVector.Create(Unsafe.Add(ref left, row2));
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            sum21 = TVector.MultiplyAdd(factor, right1, sum21);
            sum22 = TVector.MultiplyAdd(factor, right2, sum22);
            sum23 = TVector.MultiplyAdd(factor, right3, sum23);
            factor = TVector.Create(Unsafe.Add(ref left, row3));
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            sum31 = TVector.MultiplyAdd(factor, right1, sum31);
            sum32 = TVector.MultiplyAdd(factor, right2, sum32);
            sum33 = TVector.MultiplyAdd(factor, right3, sum33);
            factor = TVector.Create(Unsafe.Add(ref left, row4));
            sum40 = TVector.MultiplyAdd(factor, right0, sum40);
            sum41 = TVector.MultiplyAdd(factor, right1, sum41);
            sum42 = TVector.MultiplyAdd(factor, right2, sum42);
            sum43 = TVector.MultiplyAdd(factor, right3, sum43);
            factor = TVector.Create(Unsafe.Add(ref left, row5));
            sum50 = TVector.MultiplyAdd(factor, right0, sum50);
            sum51 = TVector.MultiplyAdd(factor, right1, sum51);
            sum52 = TVector.MultiplyAdd(factor, right2, sum52);
            sum53 = TVector.MultiplyAdd(factor, right3, sum53);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, sum01, sum02, sum03, ref result);
        if (rows > 1)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum10, sum11, sum12, sum13, ref result);
        }

        if (rows > 2)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum20, sum21, sum22, sum23, ref result);
        }

        if (rows > 3)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum30, sum31, sum32, sum33, ref result);
        }

        if (rows > 4)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum40, sum41, sum42, sum43, ref result);
        }

        if (rows > 5)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum50, sum51, sum52, sum53, ref result);
        }
    }

    /// <summary>Six rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x2(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner)
    {
        var row1 = rows > 1 ? leftRowStride : 0;
        var row2 = rows > 2 ? 2 * leftRowStride : 0;
        var row3 = rows > 3 ? 3 * leftRowStride : 0;
        var row4 = rows > 4 ? 4 * leftRowStride : 0;
        var row5 = rows > 5 ? 5 * leftRowStride : 0;
        TVector sum00 = default, sum01 = default;
        TVector sum10 = default, sum11 = default;
        TVector sum20 = default, sum21 = default;
        TVector sum30 = default, sum31 = default;
        TVector sum40 = default, sum41 = default;
        TVector sum50 = default, sum51 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var right1 = TVector.Load(ref right, TVector.Count);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            factor = TVector.Create(Unsafe.Add(ref left, row1));
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            sum11 = TVector.MultiplyAdd(factor, right1, sum11);
            factor = TVector.Create(Unsafe.Add(ref left, row2));
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            sum21 = TVector.MultiplyAdd(factor, right1, sum21);
            factor = TVector.Create(Unsafe.Add(ref left, row3));
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            sum31 = TVector.MultiplyAdd(factor, right1, sum31);
            factor = TVector.Create(Unsafe.Add(ref left, row4));
            sum40 = TVector.MultiplyAdd(factor, right0, sum40);
            sum41 = TVector.MultiplyAdd(factor, right1, sum41);
            factor = TVector.Create(Unsafe.Add(ref left, row5));
            sum50 = TVector.MultiplyAdd(factor, right0, sum50);
            sum51 = TVector.MultiplyAdd(factor, right1, sum51);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, sum01, ref result);
        if (rows > 1)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum10, sum11, ref result);
        }

        if (rows > 2)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum20, sum21, ref result);
        }

        if (rows > 3)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum30, sum31, ref result);
        }

        if (rows > 4)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum40, sum41, ref result);
        }

        if (rows > 5)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum50, sum51, ref result);
        }
    }

    /// <summary>Eight rows of one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x1(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner)
    {
        var row1 = rows > 1 ? leftRowStride : 0;
        var row2 = rows > 2 ? 2 * leftRowStride : 0;
        var row3 = rows > 3 ? 3 * leftRowStride : 0;
        var row4 = rows > 4 ? 4 * leftRowStride : 0;
        var row5 = rows > 5 ? 5 * leftRowStride : 0;
        var row6 = rows > 6 ? 6 * leftRowStride : 0;
        var row7 = rows > 7 ? 7 * leftRowStride : 0;
        TVector sum00 = default;
        TVector sum10 = default;
        TVector sum20 = default;
        TVector sum30 = default;
        TVector sum40 = default;
        TVector sum50 = default;
        TVector sum60 = default;
        TVector sum70 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            factor = TVector.Create(Unsafe.Add(ref left, row1));
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            factor = TVector.Create(Unsafe.Add(ref left, row2));
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            factor = TVector.Create(Unsafe.Add(ref left, row3));
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            factor = TVector.Create(Unsafe.Add(ref left, row4));
            sum40 = TVector.MultiplyAdd(factor, right0, sum40);
            factor = TVector.Create(Unsafe.Add(ref left, row5));
            sum50 = TVector.MultiplyAdd(factor, right0, sum50);
            factor = TVector.Create(Unsafe.Add(ref left, row6));
            sum60 = TVector.MultiplyAdd(factor, right0, sum60);
            factor = TVector.Create(Unsafe.Add(ref left, row7));
            sum70 = TVector.MultiplyAdd(factor, right0, sum70);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, ref result);
        if (rows > 1)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum10, ref result);
        }

        if (rows > 2)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum20, ref result);
        }

        if (rows > 3)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum30, ref result);
        }

        if (rows > 4)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum40, ref result);
        }

        if (rows > 5)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum50, ref result);
        }

        if (rows > 6)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum60, ref result);
        }

        if (rows > 7)
        {
            result = ref Unsafe.Add(ref result, resultStride);
            Add(sum70, ref result);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector sum0, TVector sum1, TVector sum2, TVector sum3, ref T result)
    {
        (TVector.Load(ref result, 0) + sum0).Store(ref result, 0);
        (TVector.Load(ref result, TVector.Count) + sum1).Store(ref result, TVector.Count);
        (TVector.Load(ref result, 2 * TVector.Count) + sum2).Store(ref result, 2 * TVector.Count);
        (TVector.Load(ref result, 3 * TVector.Count) + sum3).Store(ref result, 3 * TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector sum0, TVector sum1, TVector sum2, ref T result)
    {
        (TVector.Load(ref result, 0) + sum0).Store(ref result, 0);
        (TVector.Load(ref result, TVector.Count) + sum1).Store(ref result, TVector.Count);
        (TVector.Load(ref result, 2 * TVector.Count) + sum2).Store(ref result, 2 * TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector sum0, TVector sum1, ref T result)
    {
        (TVector.Load(ref result, 0) + sum0).Store(ref result, 0);
        (TVector.Load(ref result, TVector.Count) + sum1).Store(ref result, TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector sum0, ref T result)
    {
        (TVector.Load(ref result, 0) + sum0).Store(ref result, 0);
    }
}
