using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// An expression of a model in a single number, written once for every width: what <see cref="Panel"/>'s Map and AddPairs compute, element
/// by element.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a) where V : struct, ILanes<V, T>;
}

/// <summary>The same of two numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula2<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b) where V : struct, ILanes<V, T>;
}

/// <summary>The same of three numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula3<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c) where V : struct, ILanes<V, T>;
}

/// <summary>The same of four numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula4<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c, V d) where V : struct, ILanes<V, T>;
}

/// <summary>The same of five numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula5<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c, V d, V e) where V : struct, ILanes<V, T>;
}

/// <summary>The same of six numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula6<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c, V d, V e, V f) where V : struct, ILanes<V, T>;
}

/// <summary>The same of seven numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula7<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c, V d, V e, V f, V g) where V : struct, ILanes<V, T>;
}

/// <summary>The same of eight numbers.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFormula8<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value of the expression, for as many numbers as a vector holds.</summary>
    static abstract V Of<V>(V a, V b, V c, V d, V e, V f, V g, V h) where V : struct, ILanes<V, T>;
}
