using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Serialization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence;

/// <summary>
/// The influence of groups of training examples on test losses: the estimated loss after the group is removed minus the loss
/// with it. <b>Positive: the group reduces that test loss.</b> The unit is the loss's.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its effects: they are in OfGroup(group), a row for each group, the changes of the parameters in ParameterChange(group), the notes in Notes")]
public sealed class GroupInfluences<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _effects;
    private readonly T[][] _changes;

    internal GroupInfluences(AlignedBuffer<T> effects, T[][] changes, int groupCount, int testCount, ImmutableArray<string> notes)
    {
        _effects = effects;
        _changes = changes;
        GroupCount = groupCount;
        TestCount = testCount;
        Notes = notes;
    }

    /// <summary>Groups.</summary>
    public int GroupCount { get; }

    /// <summary>Test examples.</summary>
    public int TestCount { get; }

    /// <summary>What a reader of the estimates should know: how a solve went, that the weights are not a minimum.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The influence of one group on one test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such group or test example.</exception>
    public T this[int group, int test]
    {
        get
        {
            RequireTest(test);
            return OfGroup(group)[test];
        }
    }

    /// <summary>The influence of one group on every test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such group.</exception>
    public ReadOnlySpan<T> OfGroup(int group)
    {
        RequireGroup(group);
        return _effects.Span.Slice(group * TestCount, TestCount);
    }

    /// <summary>The influence of every group on one test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test example.</exception>
    public T[] OfTest(int test)
    {
        RequireTest(test);
        var effects = new T[GroupCount];
        for (var group = 0; group < effects.Length; group++)
        {
            effects[group] = _effects[group * TestCount + test];
        }

        return effects;
    }

    /// <summary>A row for each group, a column for each test example: what is held against retraining.</summary>
    public T[,] ToMatrix()
    {
        _ = Sizes.Product(GroupCount, TestCount, "Read them group by group (OfGroup).");
        var matrix = new T[GroupCount, TestCount];
        for (var group = 0; group < GroupCount; group++)
        {
            for (var test = 0; test < TestCount; test++)
            {
                matrix[group, test] = this[group, test];
            }
        }

        return matrix;
    }

    /// <summary>δθ = θ without the group − θ as the method estimates it, in the order of <see cref="Training.Fit{TModel, T}.Theta"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such group.</exception>
    /// <exception cref="InvalidOperationException">There were too many groups to keep their changes.</exception>
    public ReadOnlySpan<T> ParameterChange(int group)
    {
        RequireGroup(group);
        return _changes.Length > 0
            ? _changes[group]
            : throw new InvalidOperationException(
                $"The parameter changes of {GroupCount} groups were too many numbers to keep. Ask for fewer groups at a time.");
    }

    private void RequireTest(int test)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(test, TestCount);
    }

    private void RequireGroup(int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, GroupCount);
    }
}
