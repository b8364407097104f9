namespace InfluenceGen.Numerics;

/// <summary>Whether rows are named by an index, where a loop is compiled for that: a constant of the JIT's.</summary>
internal interface IRowOrder
{
    static abstract bool IsGathered { get; }
}

/// <summary>One row behind the other.</summary>
internal readonly struct InOrder : IRowOrder
{
    public static bool IsGathered => false;
}

/// <summary>The rows that an index names.</summary>
internal readonly struct ByIndex : IRowOrder
{
    public static bool IsGathered => true;
}
