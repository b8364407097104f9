using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>The loops of <see cref="Panel"/>'s Map, for one type of number and one width.</summary>
internal static class MapLoops<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, int rows, nint length)
        where F : struct, IFormula1<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int rows, nint length)
        where F : struct, IFormula2<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, int rows, nint length)
        where F : struct, IFormula3<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, int rows, nint length)
        where F : struct, IFormula4<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        var fourth = new MapOperand<T, V>(in d, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k), fourth.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
            fourth.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        int rows, nint length)
        where F : struct, IFormula5<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        var fourth = new MapOperand<T, V>(in d, in target);
        var fifth = new MapOperand<T, V>(in e, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k), fourth.At(k), fifth.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
            fourth.Next();
            fifth.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, int rows, nint length)
        where F : struct, IFormula6<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        var fourth = new MapOperand<T, V>(in d, in target);
        var fifth = new MapOperand<T, V>(in e, in target);
        var sixth = new MapOperand<T, V>(in f, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k), fourth.At(k), fifth.At(k), sixth.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
            fourth.Next();
            fifth.Next();
            sixth.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, int rows, nint length)
        where F : struct, IFormula7<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        var fourth = new MapOperand<T, V>(in d, in target);
        var fifth = new MapOperand<T, V>(in e, in target);
        var sixth = new MapOperand<T, V>(in f, in target);
        var seventh = new MapOperand<T, V>(in g, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k), fourth.At(k), fifth.At(k), sixth.At(k),
                    seventh.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
            fourth.Next();
            fifth.Next();
            sixth.Next();
            seventh.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Map<F>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, in Panel<T> h, int rows, nint length)
        where F : struct, IFormula8<T>
    {
        ref var results = ref target.Start;
        var first = new MapOperand<T, V>(in a, in target);
        var second = new MapOperand<T, V>(in b, in target);
        var third = new MapOperand<T, V>(in c, in target);
        var fourth = new MapOperand<T, V>(in d, in target);
        var fifth = new MapOperand<T, V>(in e, in target);
        var sixth = new MapOperand<T, V>(in f, in target);
        var seventh = new MapOperand<T, V>(in g, in target);
        var eighth = new MapOperand<T, V>(in h, in target);
        for (; rows > 0; rows--)
        {
            for (nint k = 0; k < length; k += V.Count)
            {
                F.Of(first.At(k), second.At(k), third.At(k), fourth.At(k), fifth.At(k), sixth.At(k),
                    seventh.At(k), eighth.At(k)).Store(ref results, k);
            }

            results = ref Unsafe.Add(ref results, target.RowStep);
            first.Next();
            second.Next();
            third.Next();
            fourth.Next();
            fifth.Next();
            sixth.Next();
            seventh.Next();
            eighth.Next();
        }
    }
}
