using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Consistency profile and C-score (Jiang et al., 2021; Hammoudeh and Lowd, Eqs. (15), (16)): how good models are for a test example on
/// average that were trained on random parts of the training set of one size, and the mean of that over sizes. <b>Large: easy</b>; small
/// are examples unlike the others.
/// </summary>
/// <remarks>
/// It says of an example how hard it is, and not who makes it so; for that take <see cref="Downsampling"/>. Parts are trained as if the
/// others' data had never been collected; those without a minimum, or with several, get a model by one rule, which the notes count.
/// </remarks>
public readonly record struct ConsistencyScore()
{
    private static readonly double[] _tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    private readonly int? _count;

    /// <summary>Sizes of parts as shares of the training set, rising, above 0 and below 1; 0.1 to 0.9 by tenths where nothing is
    /// said.</summary>
    public IReadOnlyList<double> Shares
    {
        get => field ?? _tenths;
        init;
    }

    /// <summary>Parts of each size; 20 where nothing is said.</summary>
    public int Count
    {
        get => _count ?? 20;
        init => _count = value;
    }

    /// <summary>Fixes the parts, of which number j of a size is a function of this, the size and j.</summary>
    public long Seed { get; init; }

    /// <summary>All parts of every size from 1 to n and not a sample, of up to 20 training examples. <see cref="Shares"/>,
    /// <see cref="Count"/> and <see cref="Seed"/> then count for nothing.</summary>
    public bool IsExact { get; init; }

    /// <summary>Parts to take and not to draw, by positions in the training set: a list for each size; null to draw.</summary>
    public IReadOnlyList<IReadOnlyList<int[]>>? Subsets { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <summary>What a model is worth to an example: minus the loss, or, as the authors have it, whether its class is predicted.</summary>
    public ExampleUtility Utility { get; init; }

    /// <summary>The profile and score of test examples.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <exception cref="ArgumentException">The test set is not one this model reads, shares do not rise, a part is empty or names an
    /// example twice, or parts of a list differ in size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two parts of a size, or a position is not one of the training
    /// set's.</exception>
    /// <exception cref="InvalidOperationException">All parts of more than 20 examples are asked for, the plan does not lead to this fit's
    /// weights, or training would take longer than the budget.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ConsistencyProfile Of<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        return Measure(fit, ModelData.Matched(fit.Model, fit.Training, on, nameof(on)), options, heldOut: false);
    }

    /// <summary>The profile and score of the training examples, each by the models that it was left out of, as the authors have
    /// it.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <exception cref="InvalidOperationException">An example is in every part of a size, all parts of more than 20 examples are asked
    /// for, the plan does not lead to this fit's weights, or training would take longer than the budget.</exception>
    /// <inheritdoc cref="Of{TModel, T}" path="/exception"/>
    public ConsistencyProfile OfTraining<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        return Measure(fit, fit.Training, options, heldOut: true);
    }

    private ConsistencyProfile Measure<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options, bool heldOut)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(By);
        ExampleUtilities.Require<TModel, T>(fit.Model, Utility);
        var parts = IsExact ? Parts.All(fit.Training.Count, heldOut)
            : Subsets is { } given ? Parts.Given(given, fit.Training.Count) : Drawn(fit.Training.Count);
        var retrainer = new Retrainer<TModel, T>(fit, Removal.Refit, By, null, options, ofCoalitions: true);
        var (all, row) = (new double[on.Count], new double[on.Count]);
        var found = new Moments[Sizes.Product(parts.Sizes.Length, on.Count, "Ask about fewer test examples at a time.")];
        ExampleUtilities.Write(retrainer.Full, on, Utility, all);
        SubmodelUtilities.Visit(retrainer, on, Utility, parts.Count, parts.Members, options, (i, utilities) =>
        {
            TensorPrimitives.Subtract(utilities, all, row);
            var own = found.AsSpan(parts.LevelOf(i) * on.Count, on.Count);
            foreach (var member in heldOut ? parts.Members(i) : [])
            {
                row[member] = double.NaN;
            }

            for (var test = 0; test < row.Length; test++)
            {
                own[test] = double.IsNaN(row[test]) ? own[test] : own[test].And(row[test]);
            }
        });

        var (profile, errors) = (new double[parts.Sizes.Length, on.Count], new double[parts.Sizes.Length, on.Count]);
        for (var level = 0; level < parts.Sizes.Length; level++)
        {
            for (var test = 0; test < on.Count; test++)
            {
                var moments = found[level * on.Count + test];
                if (moments.Count == 0)
                {
                    throw new InvalidOperationException($"Training {FiniteResults.Name(on, test)} is in every part of {parts.Sizes[level]} examples, so that no model was trained without it. Take more parts (Count), or smaller ones (Shares).");
                }

                profile[level, test] = FiniteResults.Require(all[test] + moments.Mean, "mean utility for " + FiniteResults.Name(on, test));
                errors[level, test] = IsExact ? 0 : moments.Count == 1 ? double.NaN
                    : FiniteResults.Require(Math.Sqrt(moments.VarianceOfMean), "standard error for " + FiniteResults.Name(on, test));
            }
        }

        return new(parts.Sizes, profile, errors, parts.Count, retrainer.Full.With(retrainer.CoalitionNotes));
    }

    private Parts Drawn(int training)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 2);
        var sizes = new int[Shares.Count];
        for (var level = 0; level < sizes.Length; level++)
        {
            sizes[level] = Shares[level] is > 0 and < 1 ? (int)Math.Round(Shares[level] * training, MidpointRounding.ToEven) : 0;
            if (sizes[level] == 0 || sizes[level] == training || level > 0 && sizes[level] <= sizes[level - 1])
            {
                throw new ArgumentException($"Shares rise, and each keeps some of {training} examples, leaves some out, and is another number of them than the last; share {level} (counted from 0) does not. Ask for other shares, or for all parts (IsExact).", nameof(Shares));
            }
        }

        if (sizes.Length == 0)
        {
            throw new ArgumentException("There is no share.", nameof(Shares));
        }

        var (count, seed) = (Count, Seed);
        return new([.. sizes], Sizes.Product(count, sizes.Length, "Ask for fewer parts."), i => i / count,
            i => SubsetDraws.Choose(training, sizes[i / count], seed, ((long)sizes[i / count] << 32) + i % count));
    }

    /// <summary>The parts to train on, by number.</summary>
    private sealed record Parts(ImmutableArray<int> Sizes, int Count, Func<int, int> LevelOf, Func<int, int[]> Members)
    {
        private const int Most = 20;

        public static Parts All(int training, bool heldOut)
        {
            if (training > Most)
            {
                throw new InvalidOperationException($"{training} training examples have 2^{training} parts; all of them are trained on for up to {Most}. Sample them (IsExact = false).");
            }

            // The whole set holds nobody out.
            var largest = heldOut ? training - 1 : training;
            return largest == 0
                ? throw new InvalidOperationException("Without the only training example there is nothing to train on.")
                : new([.. Enumerable.Range(1, largest)], (1 << training) - 1 - (training - largest), i => BitOperations.PopCount((uint)i + 1) - 1,
                    i => [.. Enumerable.Range(0, training).Where(example => (i + 1 >> example & 1) != 0)]);
        }

        public static Parts Given(IReadOnlyList<IReadOnlyList<int[]>> subsets, int training)
        {
            var (sizes, levels, members) = (new List<int>(), new List<int>(), new List<int[]>());
            for (var level = 0; level < subsets.Count; level++)
            {
                ArgumentNullException.ThrowIfNull(subsets[level], nameof(Subsets));
                foreach (var subset in subsets[level])
                {
                    ArgumentNullException.ThrowIfNull(subset, nameof(Subsets));
                    if (Array.Find(subset, position => (uint)position >= (uint)training) is not 0 and var other)
                    {
                        throw new ArgumentOutOfRangeException(nameof(Subsets), other, $"{other} is not a position of a training set of {training} examples.");
                    }

                    if (sizes.Count == level)
                    {
                        sizes.Add(subset.Length);
                    }
                    else if (sizes[level] != subset.Length)
                    {
                        throw new ArgumentException($"List {level} (counted from 0) has parts of {sizes[level]} and of {subset.Length} examples; make a list for each size.", nameof(Subsets));
                    }

                    levels.Add(level);
                    members.Add((int[])subset.Clone());
                }

                if (sizes.Count == level)
                {
                    throw new ArgumentException($"List {level} (counted from 0) has no part.", nameof(Subsets));
                }
            }

            return members.Count > 0
                ? new([.. sizes], members.Count, i => levels[i], i => members[i])
                : throw new ArgumentException("There is no part.", nameof(Subsets));
        }
    }
}

/// <summary>How good models are for examples by how much they were trained on (<see cref="ConsistencyScore"/>). Larger is easier; the
/// unit is the utility's.</summary>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its numbers: a row for each size in Profile(), the mean over sizes in Scores(), the notes in Notes")]
public sealed class ConsistencyProfile
{
    private readonly double[,] _profile;
    private readonly double[,] _errors;

    internal ConsistencyProfile(ImmutableArray<int> sizes, double[,] profile, double[,] errors, long trainings, ImmutableArray<string> notes) =>
        (Sizes, _profile, _errors, Trainings, Notes) = (sizes, profile, errors, trainings, notes);

    /// <summary>Training examples of a part, size by size.</summary>
    public ImmutableArray<int> Sizes { get; }

    /// <summary>Test examples.</summary>
    public int TestCount => _profile.GetLength(1);

    /// <summary>Models that were trained.</summary>
    public long Trainings { get; }

    /// <summary>What a reader should know, such as how many parts had no minimum.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The profile: a row for each size, a column for each test example.</summary>
    public double[,] Profile() => (double[,])_profile.Clone();

    /// <summary>Standard errors of the profile over the parts that were drawn: 0 where all parts were taken, not a number where there was
    /// one.</summary>
    public double[,] ProfileErrors() => (double[,])_errors.Clone();

    /// <summary>The C-score of each test example: the mean of its profile over the sizes.</summary>
    public double[] Scores() => Means((level, test) => _profile[level, test]);

    /// <summary>Standard errors of the scores, as those of the profile.</summary>
    public double[] ScoreErrors() => [.. Means((level, test) => _errors[level, test] * _errors[level, test] / Sizes.Length).Select(Math.Sqrt)];

    private double[] Means(Func<int, int, double> value)
    {
        var means = new double[TestCount];
        for (var test = 0; test < means.Length; test++)
        {
            for (var level = 0; level < Sizes.Length; level++)
            {
                means[test] += value(level, test) / Sizes.Length;
            }
        }

        return means;
    }
}
