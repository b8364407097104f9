namespace InfluenceGen.Numerics;

/// <summary>How many vectors a row is, where a loop is compiled for that: a constant of the JIT's.</summary>
internal interface IRowLength
{
    static abstract int Vectors { get; }
}

/// <summary>One vector.</summary>
internal readonly struct OneVector : IRowLength
{
    public static int Vectors => 1;
}

/// <summary>Two vectors.</summary>
internal readonly struct TwoVectors : IRowLength
{
    public static int Vectors => 2;
}

/// <summary>Three vectors.</summary>
internal readonly struct ThreeVectors : IRowLength
{
    public static int Vectors => 3;
}

/// <summary>Four vectors.</summary>
internal readonly struct FourVectors : IRowLength
{
    public static int Vectors => 4;
}
