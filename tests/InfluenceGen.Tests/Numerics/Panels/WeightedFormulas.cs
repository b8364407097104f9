using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Numerics.Panels;

// 1 + a + 2b + 3c + …: no two operands may be taken for each other, and zeros of pads do not stay.
internal readonly struct Weighted<T> : IFormula1<T>, IFormula2<T>, IFormula3<T>, IFormula4<T>, IFormula5<T>, IFormula6<T>, IFormula7<T>,
    IFormula8<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static V Of<V>(V a) where V : struct, ILanes<V, T> => V.One + a;

    public static V Of<V>(V a, V b) where V : struct, ILanes<V, T> => Of(a) + V.Constant(2) * b;

    public static V Of<V>(V a, V b, V c) where V : struct, ILanes<V, T> => Of(a, b) + V.Constant(3) * c;

    public static V Of<V>(V a, V b, V c, V d) where V : struct, ILanes<V, T> => Of(a, b, c) + V.Constant(4) * d;

    public static V Of<V>(V a, V b, V c, V d, V e) where V : struct, ILanes<V, T> => Of(a, b, c, d) + V.Constant(5) * e;

    public static V Of<V>(V a, V b, V c, V d, V e, V f) where V : struct, ILanes<V, T> => Of(a, b, c, d, e) + V.Constant(6) * f;

    public static V Of<V>(V a, V b, V c, V d, V e, V f, V g) where V : struct, ILanes<V, T> => Of(a, b, c, d, e, f) + V.Constant(7) * g;

    public static V Of<V>(V a, V b, V c, V d, V e, V f, V g, V h) where V : struct, ILanes<V, T> =>
        Of(a, b, c, d, e, f, g) + V.Constant(8) * h;

    /// <summary>Their values as they should be.</summary>
    public static double Expected(IEnumerable<PanelCase<T>> operands, Func<PanelCase<T>, double> at) =>
        1 + operands.Select((operand, i) => (i + 1) * at(operand)).Sum();
}
