using System.ComponentModel;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>
/// A part of a formula, as a type: a model's formulas are put together of such types, so that all their code is the library's, and a project
/// that is built without optimisation does not slow them down. Every part is given all operands, and the JIT drops those that it does not read.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITerm
{
    /// <summary>The value of the term, for as many numbers as a vector holds.</summary>
    static abstract V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>;
}

/// <summary>A number of a model's own in its formulas.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IConstant
{
    /// <summary>The number.</summary>
    static abstract double Value { get; }
}

/// <summary>What a pass of a model consists of.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IParts
{
    /// <summary>The parts: a constant.</summary>
    static abstract PassParts Parts { get; }
}
