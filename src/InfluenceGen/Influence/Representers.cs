using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;

namespace InfluenceGen.Influence;

/// <summary>The outputs of test examples decomposed into contributions of the training examples; the unit is the output's.</summary>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its contributions: they are in Of(test, output), the values in Value(training, output), the notes in Notes")]
public sealed class Representers<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[][] _contributions;
    private readonly T[] _values;

    internal Representers(T[][] contributions, T[] values, int outputs, ImmutableArray<string> notes)
    {
        (_contributions, _values, OutputCount, Notes) = (contributions, values, outputs, notes);
        TestCount = contributions.Length / outputs;
    }

    /// <summary>Test examples.</summary>
    public int TestCount { get; }

    /// <summary>Outputs of each.</summary>
    public int OutputCount { get; }

    /// <summary>What a reader of the contributions should know: how a solve went, that the weights are not a minimum.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>Whether the method has representer values.</summary>
    public bool HasValues => _values.Length > 0;

    /// <summary>The contribution of one training example to one output of one test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example or output.</exception>
    public T this[int training, int test, int output]
    {
        get
        {
            var row = Of(test, output);
            RequireTraining(training, row.Length);
            return row[training];
        }
    }

    /// <summary>The contributions of every training example to one output of one test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example or output.</exception>
    public ReadOnlySpan<T> Of(int test, int output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(test, TestCount);
        RequireOutput(output);
        return _contributions[test * OutputCount + output];
    }

    /// <summary>The sum of all contributions: the output itself at weights that the method is exact for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example or output.</exception>
    public T Output(int test, int output) => TensorPrimitives.Sum(Of(test, output));

    /// <summary>α of a training example and output: how much the example counts, whatever the test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example or output.</exception>
    /// <exception cref="InvalidOperationException">The method has no representer values.</exception>
    public T Value(int training, int output)
    {
        RequireOutput(output);
        if (!HasValues)
        {
            throw new InvalidOperationException("This method's contributions are no products of a representer value and a kernel.");
        }

        RequireTraining(training, _values.Length / OutputCount);
        return _values[training * OutputCount + output];
    }

    private static void RequireTraining(int training, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(training);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(training, count);
    }

    private void RequireOutput(int output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, OutputCount);
    }
}
