using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Sources;

/// <summary>Contributions of training examples to the outputs of others, by one method.</summary>
/// <typeparam name="T">double or float.</typeparam>
public abstract class RepresenterSource<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What a reader of the contributions should know: how a solve went, that the weights are not a minimum.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>Numbers of working memory that a test example takes beside its contributions.</summary>
    public virtual long MemoryOfTest => 0;

    /// <summary>α_i of each training example, <see cref="Models.IModel{T}.OutputStride"/> numbers each; empty where the method has
    /// none.</summary>
    public virtual ReadOnlySpan<T> Values => [];

    /// <summary>Writes Σ_c w_tc (contribution of example i to output c of test example t).</summary>
    /// <param name="training">Training examples i: the training set or neighbouring examples of it.</param>
    /// <param name="first">Position of the first of them in the training set.</param>
    /// <param name="tests">Test examples t.</param>
    /// <param name="outputs">w_t, <see cref="Models.IModel{T}.OutputStride"/> numbers each.</param>
    /// <param name="contributions">Receives a number for each i, test example by test example.</param>
    public abstract void Write(ExampleSet<T> training, int first, ExampleSet<T> tests, AlignedBuffer<T> outputs, AlignedBuffer<T> contributions);
}
