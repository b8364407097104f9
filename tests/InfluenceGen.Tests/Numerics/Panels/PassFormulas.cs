using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Numerics.Panels;

// Sums in which no two operands and no two results may be taken for each other.
internal readonly struct EveryPart<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PassParts Parts => (PassParts)255;

    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
        where V : struct, ILanes<V, T>
    {
        store0 = dot0 + V.Constant(2) * dot1;
        store1 = a + V.Constant(2) * b + V.Constant(3) * c + V.Constant(4) * d;
        factor0 = dot0 - dot1 * a + c;
        factor1 = V.Constant(5) * dot0 + b - d;
    }
}

// What weighs rows that were seen before.
internal readonly struct SumAndTotal<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PassParts Parts => PassParts.Sum0 | PassParts.Total1;

    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
        where V : struct, ILanes<V, T>
    {
        factor0 = a * b;
        store0 = store1 = V.Zero;
        factor1 = b;
    }
}

// What needs no rows at all.
internal readonly struct StoreAlone<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PassParts Parts => PassParts.Store1;

    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
        where V : struct, ILanes<V, T>
    {
        store1 = d + V.One;
        store0 = factor0 = factor1 = V.Zero;
    }
}

// Another table's rows by the same factors.
internal readonly struct OtherSum<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PassParts Parts => PassParts.Sum1 | PassParts.Total0;

    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
        where V : struct, ILanes<V, T>
    {
        factor0 = c;
        store0 = store1 = factor1 = V.Zero;
    }
}
