using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// A vector with what passes do with whole rows, eight at a time: the JIT takes only so many calls, and so many variables, into
/// one loop. So little in it has to be inlined, and types are compared rather than constants asked for.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
internal interface IRowLanes<TSelf, T> : ILanes<TSelf, T>
    where TSelf : struct, IRowLanes<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The products of a row's vectors with others, added up lane by lane.</summary>
    static abstract TSelf Products<N>(ref T row, TSelf with0, TSelf with1, TSelf with2, TSelf with3) where N : struct, IRowLength;

    /// <summary>Adds a multiple of a row's vectors, by what stands in every lane, to others.</summary>
    static abstract void AddRow<N>(TSelf factors, ref T row, ref TSelf sum0, ref TSelf sum1, ref TSelf sum2, ref TSelf sum3)
        where N : struct, IRowLength;

    /// <summary>Stores the dots of eight rows, whose places are given, with the row of some vectors: the bits of <see cref="ILanes{TSelf, T}.Sum"/> of
    /// <see cref="Products"/>.</summary>
    static abstract void StoreDots<N>(ref T rows, nint at0, nint at1, nint at2, nint at3, nint at4, nint at5, nint at6, nint at7,
        TSelf with0, TSelf with1, TSelf with2, TSelf with3, ref T target) where N : struct, IRowLength;

    /// <summary>Adds a multiple of two rows' products, vector by vector, to one other.</summary>
    static abstract void AddProducts<N>(TSelf factors, ref T row, ref T other, ref TSelf sum) where N : struct, IRowLength;

    /// <summary>Numbers that an index names: as many as a vector has lanes.</summary>
    static abstract TSelf Gather(ref T numbers, ref int index);
}
