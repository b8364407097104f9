using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Numerics.Panels;

/// <summary>The parts of a pass, which its code is compiled for.</summary>
internal interface IParts
{
    static abstract PassParts Parts { get; }
}

/// <summary>A formula in which no two operands and no two results may be taken for each other.</summary>
internal readonly struct PassFormula<T, P> : IPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where P : IParts
{
    public static PassParts Parts => P.Parts;

    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1)
        where V : struct, ILanes<V, T>
    {
        store0 = dot0 + V.Constant(2) * dot1;
        store1 = a + V.Constant(2) * b + V.Constant(3) * c + V.Constant(4) * d + V.Constant(5) * e + V.Constant(6) * f;
        factor = dot0 - dot1 * a + c + g;
        cross = b - V.Constant(2) * h + e;
        decay = d + V.Constant(3) * i - f;
        total0 = V.Constant(5) * dot0 + b - d + j;
        total1 = dot1 + V.Constant(2) * c - h;
    }

    /// <summary>The same of plain numbers, where what is no part is 0.</summary>
    public static (double Store0, double Store1, double Factor, double Cross, double Decay, double Total0, double Total1) Of(
        double dot0, double dot1, double a, double b, double c, double d, double e, double f, double g, double h, double i, double j) =>
        (dot0 + 2 * dot1, a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f, dot0 - dot1 * a + c + g, b - 2 * h + e, d + 3 * i - f, 5 * dot0 + b - d + j,
            dot1 + 2 * c - h);
}

/// <summary>Everything, the second sum being multiplied with the shared row.</summary>
internal readonly struct Everything : IParts
{
    public static PassParts Parts => (PassParts)((1 << 21) - 1);
}

/// <summary>Everything, with a formula that stands alone in its loop.</summary>
internal readonly struct EverythingLong : IParts
{
    public static PassParts Parts => Everything.Parts | PassParts.Long;
}

/// <summary>Everything, both sums being kept.</summary>
internal readonly struct BothSums : IParts
{
    public static PassParts Parts => Everything.Parts & ~PassParts.Inner;
}

/// <summary>What a training step of a factorization is.</summary>
internal readonly struct DotAndSum : IParts
{
    public static PassParts Parts => PassParts.Dot0 | PassParts.A | PassParts.B | PassParts.D | PassParts.G | PassParts.Store0 | PassParts.Sum0 | PassParts.Decay;
}

/// <summary>What weighs rows that were seen before.</summary>
internal readonly struct SumAlone : IParts
{
    public static PassParts Parts => PassParts.A | PassParts.C | PassParts.Sum0 | PassParts.Total1;
}

/// <summary>What flows through rows.</summary>
internal readonly struct InnerAndCross : IParts
{
    public static PassParts Parts => PassParts.B | PassParts.C | PassParts.H | PassParts.Sum1 | PassParts.Inner | PassParts.Cross;
}

/// <summary>What adds up nothing.</summary>
internal readonly struct StoresAlone : IParts
{
    public static PassParts Parts => PassParts.Dot0 | PassParts.Dot1 | PassParts.A | PassParts.F | PassParts.Store0 | PassParts.Store1;
}

/// <summary>What needs no rows at all.</summary>
internal readonly struct NumbersAlone : IParts
{
    public static PassParts Parts => PassParts.B | PassParts.D | PassParts.J | PassParts.Store1 | PassParts.Total0;
}
