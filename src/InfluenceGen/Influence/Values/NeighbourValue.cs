using System.Collections.Immutable;

namespace InfluenceGen.Influence.Values;

/// <summary>The value of training examples for the class of one test example that their votes decide. Any number of threads ask at
/// once.</summary>
internal abstract class NeighbourValue
{
    /// <summary>What a reader of the values should know, once all are written.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>Writes the values.</summary>
    /// <param name="matches">Whether each training example is of the test example's class, the nearest first.</param>
    /// <param name="distances">Their distances, rising.</param>
    /// <param name="values">Receives a value for each, in the same order.</param>
    public abstract void Write(ReadOnlySpan<bool> matches, ReadOnlySpan<double> distances, Span<double> values);
}
