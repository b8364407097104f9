namespace InfluenceGen;

/// <summary>The numbers a model computes with.</summary>
public enum Precision
{
    /// <summary><see cref="double"/>, 64 bits.</summary>
    Double,

    /// <summary><see cref="float"/>, 32 bits: half the memory, twice the numbers in a vector, about 7 digits.</summary>
    Single,
}
