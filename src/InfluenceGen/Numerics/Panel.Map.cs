using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>
    /// target = F(a, …), element by element. Into numbers go numbers. Into rows go rows, one row for all, numbers, each taken for
    /// all of its example's row, and one number for all. Whole lines are computed, so pads become what the formula makes of
    /// them: <see cref="ClearPads"/>.
    /// </summary>
    /// <typeparam name="F">The formula.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="target">Scratch memory for the results; may be an operand. One row or number is filled once.</param>
    /// <param name="a">The formula's first operand; the others follow.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered, or rows where numbers are wanted, or of rows of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, int count)
        where F : struct, IFormula1<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where F : struct, IFormula2<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, int count)
        where F : struct, IFormula3<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, int count)
        where F : struct, IFormula4<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        shape.Take(in d);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, in d, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, in d, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, in d, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, in d, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e, int count)
        where F : struct, IFormula5<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        shape.Take(in d);
        shape.Take(in e);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, in d, in e, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, in d, in e, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, in d, in e, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, in d, in e, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, int count)
        where F : struct, IFormula6<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        shape.Take(in d);
        shape.Take(in e);
        shape.Take(in f);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, in d, in e, in f, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, int count)
        where F : struct, IFormula7<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        shape.Take(in d);
        shape.Take(in e);
        shape.Take(in f);
        shape.Take(in g);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, in d, in e, in f, in g, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, shape.Rows, shape.Length);
        }
    }

    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, in Panel<T> h, int count)
        where F : struct, IFormula8<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new MapShape<T>(in target, count);
        shape.Take(in a);
        shape.Take(in b);
        shape.Take(in c);
        shape.Take(in d);
        shape.Take(in e);
        shape.Take(in f);
        shape.Take(in g);
        shape.Take(in h);
        if (shape.EndsEarly)
        {
            MapLastLine<F, T>(in target, in a, in b, in c, in d, in e, in f, in g, in h, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            MapLoops<T, Wide<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, in h, shape.Rows, shape.Length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MapLoops<T, Narrow<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, in h, shape.Rows, shape.Length);
        }
        else
        {
            MapLoops<T, Slim<T>>.Map<F>(in target, in a, in b, in c, in d, in e, in f, in g, in h, shape.Rows, shape.Length);
        }
    }

    // Whole lines as they are, then the last one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, int count)
        where F : struct, IFormula1<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 1);
        Map<F, T>(in target, in a, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where F : struct, IFormula2<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 2);
        Map<F, T>(in target, in a, in b, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, int count)
        where F : struct, IFormula3<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 3);
        Map<F, T>(in target, in a, in b, in c, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, int count)
        where F : struct, IFormula4<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 4);
        Map<F, T>(in target, in a, in b, in c, in d, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Of(in d), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        int count)
        where F : struct, IFormula5<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 5);
        Map<F, T>(in target, in a, in b, in c, in d, in e, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Of(in d), line.Of(in e), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, int count)
        where F : struct, IFormula6<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 6);
        Map<F, T>(in target, in a, in b, in c, in d, in e, in f, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Of(in d), line.Of(in e), line.Of(in f), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, int count)
        where F : struct, IFormula7<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 7);
        Map<F, T>(in target, in a, in b, in c, in d, in e, in f, in g, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Of(in d), line.Of(in e),
            line.Of(in f), line.Of(in g), line.Count);
        line.Store(in target, in results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapLastLine<F, T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, in Panel<T> c, in Panel<T> d, in Panel<T> e,
        in Panel<T> f, in Panel<T> g, in Panel<T> h, int count)
        where F : struct, IFormula8<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var line = new LastLine<T>(target.IsShared ? 1 : count, 8);
        Map<F, T>(in target, in a, in b, in c, in d, in e, in f, in g, in h, line.First);
        var results = line.Target();
        Map<F, T>(in results, line.Of(in a), line.Of(in b), line.Of(in c), line.Of(in d), line.Of(in e),
            line.Of(in f), line.Of(in g), line.Of(in h), line.Count);
        line.Store(in target, in results);
    }
}
