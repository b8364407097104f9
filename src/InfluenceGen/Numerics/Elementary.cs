using System.ComponentModel;

namespace InfluenceGen.Numerics;

/// <summary>Functions of plain numbers that generated code names; those of vectors are <see cref="ElementaryFormulas{T, V}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Elementary
{
    /// <summary>log(p/(1 − p)), the inverse of σ; infinite at 0 and 1.</summary>
    public static double Logit(double p) => Math.Log(p / (1 - p));
}
