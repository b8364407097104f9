using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// A vector with what passes do with whole rows. Nothing in it has to be inlined, and types are compared rather than
/// constants asked for: the JIT takes only so many calls into a loop.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
internal interface IRowLanes<TSelf, T> : ILanes<TSelf, T>
    where TSelf : struct, IRowLanes<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The products of a row's vectors with others, added up lane by lane.</summary>
    static abstract TSelf Products<N>(ref T row, TSelf with0, TSelf with1, TSelf with2, TSelf with3) where N : struct, IRowLength;

    /// <summary>Adds a multiple of a row's vectors to others.</summary>
    static abstract void AddRow<N>(ref T factor, ref T row, ref TSelf sum0, ref TSelf sum1, ref TSelf sum2, ref TSelf sum3)
        where N : struct, IRowLength;
}
