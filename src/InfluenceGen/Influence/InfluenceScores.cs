using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence;

/// <summary>One training example and its influence.</summary>
/// <param name="Example">Its position in the training set, from 0.</param>
/// <param name="Individual">Whose example it is.</param>
/// <param name="Score">Its influence: positive where it reduces the test loss.</param>
public readonly record struct ScoredExample(int Example, string Individual, double Score)
{
    /// <summary>Position, individual and score in one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Example} ({Individual}): {Score:+0.######;-0.######;0}");
}

/// <summary>
/// The influence of each of n training examples on the loss of each of m test examples. <b>Positive: the training example
/// reduces that test loss</b> (Hammoudeh and Lowd, Eq. (8)). The unit is the loss's, unless the method says otherwise.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its scores: they are in OfTest(test), a row for each test example, the notes in Notes")]
public sealed class InfluenceScores<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _scores;
    private readonly ExampleSet<T> _training;
    private readonly Lazy<ImmutableArray<string>> _notes;

    internal InfluenceScores(AlignedBuffer<T> scores, ExampleSet<T> training, int testCount, ImmutableArray<string> notes)
        : this(scores, training, testCount, new Lazy<ImmutableArray<string>>(notes))
    {
    }

    internal InfluenceScores(AlignedBuffer<T> scores, ExampleSet<T> training, int testCount, Lazy<ImmutableArray<string>> notes)
    {
        _scores = scores;
        _training = training;
        TestCount = testCount;
        _notes = notes;
    }

    /// <summary>Scores that were found elsewhere, to be read and evaluated like the library's own.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="testCount">m.</param>
    /// <param name="scores">m rows of one score for each training example, positive where the example reduces that test loss.</param>
    /// <exception cref="ArgumentException">There are not as many scores.</exception>
    public static InfluenceScores<T> From(ExampleSet<T> training, int testCount, ReadOnlySpan<T> scores)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testCount);
        return scores.Length == (long)training.Count * testCount
            ? new(AlignedBuffer<T>.CopyOf(scores), training, testCount, ImmutableArray<string>.Empty)
            : throw new ArgumentException($"{scores.Length} scores for {training.Count} training examples and {testCount} test examples.", nameof(scores));
    }

    /// <summary>n.</summary>
    public int TrainingCount => _training.Count;

    /// <summary>m.</summary>
    public int TestCount { get; }

    /// <summary>What a reader of the scores should know: how a solve went, that the weights are not a minimum, which examples have an
    /// influence that is beyond the method. What takes long to find out is looked for when this is read first.</summary>
    public ImmutableArray<string> Notes => _notes.Value;

    /// <summary>One score.</summary>
    /// <param name="training">The training example, by position.</param>
    /// <param name="test">The test example, by position.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public T this[int training, int test]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(training);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(training, TrainingCount);
            return OfTest(test)[training];
        }
    }

    /// <summary>The scores of every training example on one test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test example.</exception>
    public ReadOnlySpan<T> OfTest(int test)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(test, TestCount);
        return _scores.Span.Slice(test * TrainingCount, TrainingCount);
    }

    /// <summary>The scores of one training example on every test example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such training example.</exception>
    public T[] OfTraining(int training)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(training);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(training, TrainingCount);
        var scores = new T[TestCount];
        for (var test = 0; test < scores.Length; test++)
        {
            scores[test] = _scores[test * TrainingCount + training];
        }

        return scores;
    }

    /// <summary>Each training example's influence on the sum of all test losses.</summary>
    public T[] OnAll()
    {
        var sums = new T[TrainingCount];
        for (var test = 0; test < TestCount; test++)
        {
            TensorPrimitives.Add(sums, OfTest(test), sums);
        }

        return sums;
    }

    /// <summary>The influence of groups of training examples, as the sum of their members' (Koh et al., 2019): a row for each
    /// group, a column for each test example.</summary>
    /// <param name="groups">Positions in the training set; groups may overlap.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
    public T[,] OfGroups(IReadOnlyList<int[]> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        foreach (var group in groups)
        {
            ArgumentNullException.ThrowIfNull(group, nameof(groups));
        }

        _ = Sizes.Product(groups.Count, TestCount, "Ask for fewer groups at a time.");
        var sums = new T[groups.Count, TestCount];
        for (var test = 0; test < TestCount; test++)
        {
            var scores = OfTest(test);
            for (var group = 0; group < groups.Count; group++)
            {
                foreach (var example in groups[group])
                {
                    ArgumentOutOfRangeException.ThrowIfNegative(example, nameof(groups));
                    ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, TrainingCount, nameof(groups));
                    sums[group, test] += scores[example];
                }
            }
        }

        return sums;
    }

    /// <summary>The influence of each individual, as the sum of its examples': a row for each individual by code, a column for
    /// each test example.</summary>
    public T[,] OfIndividuals()
    {
        _ = Sizes.Product(_training.Individuals.Count, TestCount, "Score fewer test examples at a time.");
        var sums = new T[_training.Individuals.Count, TestCount];
        var individualOf = _training.IndividualOf;
        for (var test = 0; test < TestCount; test++)
        {
            var scores = OfTest(test);
            for (var i = 0; i < scores.Length; i++)
            {
                sums[individualOf[i], test] += scores[i];
            }
        }

        return sums;
    }

    /// <summary>The training examples that reduce a test loss most, the strongest first; ties go to the lower position.</summary>
    /// <param name="of">The test example.</param>
    /// <param name="count">How many, at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test example, or the count is negative.</exception>
    public ImmutableArray<ScoredExample> Proponents(int of, int count) => Strongest(of, count, proponents: true);

    /// <summary>The training examples that raise a test loss most, the strongest first; ties go to the lower position.</summary>
    /// <param name="of">The test example.</param>
    /// <param name="count">How many, at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test example, or the count is negative.</exception>
    public ImmutableArray<ScoredExample> Opponents(int of, int count) => Strongest(of, count, proponents: false);

    private ImmutableArray<ScoredExample> Strongest(int of, int count, bool proponents)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(of);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(of, TestCount);
        return Ranking.Top(OfTest(of), count, _training, proponents);
    }
}

/// <summary>The strongest proponents and opponents of each test example.</summary>
public sealed class TopInfluences
{
    private readonly Lazy<ImmutableArray<string>> _notes;

    internal TopInfluences(ImmutableArray<ImmutableArray<ScoredExample>> proponents, ImmutableArray<ImmutableArray<ScoredExample>> opponents,
        Lazy<ImmutableArray<string>> notes) =>
        (Proponents, Opponents, _notes) = (proponents, opponents, notes);

    /// <summary>For each test example, those that reduce its loss most, the strongest first.</summary>
    public ImmutableArray<ImmutableArray<ScoredExample>> Proponents { get; }

    /// <summary>For each test example, those that raise its loss most, the strongest first.</summary>
    public ImmutableArray<ImmutableArray<ScoredExample>> Opponents { get; }

    /// <inheritdoc cref="InfluenceScores{T}.Notes"/>
    public ImmutableArray<string> Notes => _notes.Value;
}
