using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Downsampling (Feldman and Zhang, 2020; Hammoudeh and Lowd, Eq. (9)): models are trained on random parts of the training set, and an
/// example's influence is the mean loss of those models that were trained without it, less that of those with it. Positive where it
/// reduces the loss.
/// </summary>
/// <remarks>
/// <para>K trainings say something of every example, where leave-one-out takes n; it is about training on a share of the data, on average
/// over who else is there, and not about this one model. Standard errors fall with the root of K, and single examples of many have less
/// influence than that: look at the errors before ranking.</para>
/// <para>Parts are trained as if the others' data had never been collected (<see cref="Removal.Refit"/>). Those without a minimum, or
/// with several, get a model by one rule, which the notes count: of least squares the limit of a vanishing penalty, else the plan's
/// weights.</para>
/// </remarks>
public readonly record struct Downsampling() : IInfluenceMethod
{
    private readonly double? _share;
    private readonly int? _count;

    /// <summary>How much of the training set a part is, between 0 and 1; 0.7 where nothing is said, as the authors have it.</summary>
    public double Share
    {
        get => _share ?? 0.7;
        init => _share = value;
    }

    /// <summary>K, how many parts; 1,000 where nothing is said.</summary>
    public int Count
    {
        get => _count ?? 1000;
        init => _count = value;
    }

    /// <summary>Fixes the parts, of which number j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <summary>Parts to take and not to draw, by positions in the training set; null to draw. <see cref="Share"/>, <see cref="Count"/>
    /// and <see cref="Seed"/> then count for nothing.</summary>
    public IReadOnlyList<int[]>? Subsets { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <summary>What a model is worth to an example: the loss, or, as the authors have it, whether its class is predicted. Values then
    /// are in shares of models.</summary>
    public ExampleUtility Utility { get; init; }

    /// <inheritdoc/>
    /// <remarks>The utilities of every part's model for every test example are kept.</remarks>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new DownsampledScores<T>(Sample(task.Fit, task.Test, task.Options), task.Training.Count);

    /// <summary>The influence of every training example on every test example, with standard errors.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <returns>A player for each training example, a utility for each test example.</returns>
    /// <exception cref="InvalidOperationException">An example is in no part, or in all of them, or training would take longer than the
    /// budget.</exception>
    /// <inheritdoc cref="Sample{TModel, T}" path="/exception"/>
    public EstimatedValues Of<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sample(fit, on, options).Values();

    /// <summary>How far the model remembers each training example (Feldman and Zhang, 2020): its influence on itself, one
    /// utility.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <inheritdoc cref="Of{TModel, T}" path="/exception"/>
    public EstimatedValues Memorization<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        return Sample(fit, fit.Training, options).Memorization();
    }

    /// <summary>Trains on the parts, once for every question: examples, groups, memorization.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <exception cref="ArgumentException">The test set is not one this model reads, or a part is empty or names an example
    /// twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share leaves no example or none out, there are fewer than four parts, or a
    /// position is not one of the training set's.</exception>
    /// <exception cref="InvalidOperationException">The plan does not lead to this fit's weights, or training would take longer than the
    /// budget.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="ArithmeticException">A loss, influence or standard error is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DownsampledModels Sample<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        Settings.RequireDefined(By);
        ExampleUtilities.Require<TModel, T>(fit.Model, Utility);
        var isOwn = ReferenceEquals(on, fit.Training);
        on = ModelData.Matched(fit.Model, fit.Training, on, nameof(on));
        var (subsets, utility) = (Draw(fit.Training.Count), Utility);
        var retrainer = new Retrainer<TModel, T>(fit, Removal.Refit, By, null, options, ofCoalitions: true);
        var (all, found) = (new double[on.Count], new double[Sizes.Product(subsets.Length, on.Count, "Ask about fewer test examples at a time.")]);
        ExampleUtilities.Write(retrainer.Full, on, utility, all);
        SubmodelUtilities.Visit(retrainer, on, utility, subsets.Length, i => subsets[i], options,
            (i, utilities) => TensorPrimitives.Subtract(utilities, all, found.AsSpan(i * all.Length, all.Length)));
        return new(fit.Training.Count, subsets, found, all, isOwn, retrainer.Full.With(retrainer.CoalitionNotes));
    }

    private ImmutableArray<int[]> Draw(int training)
    {
        if (Subsets is { } given)
        {
            foreach (var subset in given)
            {
                ArgumentNullException.ThrowIfNull(subset, nameof(Subsets));
                foreach (var position in subset)
                {
                    if ((uint)position >= (uint)training)
                    {
                        throw new ArgumentOutOfRangeException(nameof(Subsets), position, $"{position} is not a position of a training set of {training} examples.");
                    }
                }
            }

            return [.. given.Select(subset => (int[])subset.Clone())];
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 4);
        var size = Share is > 0 and < 1 ? (int)Math.Round(Share * training, MidpointRounding.ToEven) : 0;
        if (size == 0 || size == training)
        {
            throw new ArgumentOutOfRangeException(nameof(Share), Share, $"The share must keep some of {training} examples and leave some out.");
        }

        var seed = Seed;
        return [.. Enumerable.Range(0, Count).Select(j => SubsetDraws.Choose(training, size, seed, j))];
    }
}

/// <summary>What models of random parts of the training set are worth to test examples (<see cref="Downsampling"/>). Any number of
/// questions cost no further training.</summary>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("what its models are worth: a row for each part in Utilities(), influences in Values(), the parts in Subsets")]
public sealed class DownsampledModels
{
    private readonly int _training;
    private readonly double[] _utilities;
    private readonly double[] _ofAll;
    private readonly bool _isOwn;

    internal DownsampledModels(int training, ImmutableArray<int[]> subsets, double[] utilities, double[] ofAll, bool isOwn, ImmutableArray<string> notes)
    {
        (_training, Subsets, _utilities, _ofAll, _isOwn, Notes) = (training, subsets, utilities, ofAll, isOwn, notes);
    }

    /// <summary>Which training examples each model was trained on.</summary>
    public ImmutableArray<int[]> Subsets { get; }

    /// <summary>Test examples.</summary>
    public int TestCount => _ofAll.Length;

    /// <summary>What a reader should know, such as how many parts had no minimum.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>What each model is worth to each test example: a row for each part.</summary>
    public double[,] Utilities()
    {
        var rows = new double[Subsets.Length, TestCount];
        for (var k = 0; k < Subsets.Length; k++)
        {
            for (var test = 0; test < TestCount; test++)
            {
                rows[k, test] = _ofAll[test] + _utilities[k * TestCount + test];
            }
        }

        return rows;
    }

    /// <summary>The influence of each training example: the mean utility of the models with it, less that of those without.</summary>
    /// <exception cref="InvalidOperationException">An example is in no part, or in all of them.</exception>
    public EstimatedValues Values()
    {
        var length = Sizes.Product(_training, TestCount, "Ask about fewer test examples at a time.");
        var (values, errors) = (new double[length], new double[length]);
        var (own, ownErrors) = (new double[_training], new double[_training]);
        for (var test = 0; test < TestCount; test++)
        {
            Write(test, own, ownErrors);
            for (var i = 0; i < _training; i++)
            {
                (values[i * TestCount + test], errors[i * TestCount + test]) = (own[i], ownErrors[i]);
            }
        }

        return new(values, errors, TestCount, Subsets.Length, Notes);
    }

    /// <summary>The influence of groups of training examples: the mean utility of the models with all of the group, less that of those
    /// with none of it. Such parts become rare as groups grow.</summary>
    /// <param name="groups">Positions in the training set; groups may overlap.</param>
    /// <exception cref="ArgumentException">A group is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
    /// <exception cref="InvalidOperationException">No part has all of a group, or every part some of it.</exception>
    public EstimatedValues OfGroups(IReadOnlyList<int[]> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var length = Sizes.Product(groups.Count, TestCount, "Ask for fewer groups at a time.");
        var (values, errors, member) = (new double[length], new double[length], new bool[_training]);
        for (var group = 0; group < groups.Count; group++)
        {
            ArgumentNullException.ThrowIfNull(groups[group], nameof(groups));
            Array.Clear(member);
            foreach (var position in groups[group])
            {
                ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(groups));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, _training, nameof(groups));
                member[position] = true;
            }

            var size = member.Count(true);
            if (size == 0)
            {
                throw new ArgumentException($"Group {group} (counted from 0) is empty.", nameof(groups));
            }

            int[] counts = [.. Subsets.Select(subset => subset.Count(position => member[position]))];
            for (var test = 0; test < TestCount; test++)
            {
                var (with, without) = (default(Moments), default(Moments));
                for (var k = 0; k < counts.Length; k++)
                {
                    var utility = _utilities[k * TestCount + test];
                    with = counts[k] == size ? with.And(utility) : with;
                    without = counts[k] == 0 ? without.And(utility) : without;
                }

                (values[group * TestCount + test], errors[group * TestCount + test]) = Difference(with, without, $"group {group} (counted from 0)");
            }
        }

        return new(values, errors, TestCount, Subsets.Length, Notes);
    }

    /// <summary>How far models remember each training example: its influence on itself, one utility. Of models that were asked about the
    /// training set itself.</summary>
    /// <exception cref="InvalidOperationException">They were asked about another set, or an example is in no part, or in all of
    /// them.</exception>
    public EstimatedValues Memorization()
    {
        if (!_isOwn)
        {
            throw new InvalidOperationException(
                "Memorization is an example's influence on itself: ask the models about the training set (Sample(fit, on: fit.Training)).");
        }

        var (values, errors) = (new double[_training], new double[_training]);
        var (with, all) = (new Moments[_training], new Moments[_training]);
        for (var k = 0; k < Subsets.Length; k++)
        {
            var utilities = _utilities.AsSpan(k * TestCount, TestCount);
            for (var i = 0; i < _training; i++)
            {
                all[i] = all[i].And(utilities[i]);
            }

            foreach (var position in Subsets[k])
            {
                with[position] = with[position].And(utilities[position]);
            }
        }

        for (var i = 0; i < _training; i++)
        {
            (values[i], errors[i]) = Difference(with[i], all[i].Less(with[i]), $"training example {i}");
        }

        return new(values, errors, 1, Subsets.Length, Notes);
    }

    /// <summary>Writes every training example's influence on one test example.</summary>
    internal void Write(int test, Span<double> values, Span<double> errors)
    {
        var (with, all) = (new Moments[_training], default(Moments));
        for (var k = 0; k < Subsets.Length; k++)
        {
            var utility = _utilities[k * TestCount + test];
            all = all.And(utility);
            foreach (var position in Subsets[k])
            {
                with[position] = with[position].And(utility);
            }
        }

        for (var i = 0; i < _training; i++)
        {
            (values[i], errors[i]) = Difference(with[i], all.Less(with[i]), $"training example {i}");
        }
    }

    private (double Value, double Error) Difference(Moments with, Moments without, string who)
    {
        if (with.Count == 0 || without.Count == 0)
        {
            throw new InvalidOperationException(
                $"Of {Subsets.Length} parts {with.Count} are with {who} and {without.Count} without; there is nothing to compare. Take more parts (Count), or others (Share, Subsets).");
        }

        var error = Math.Sqrt(with.VarianceOfMean + without.VarianceOfMean);
        return (FiniteResults.Require(with.Mean - without.Mean, "influence of " + who),
            with.Count == 1 || without.Count == 1 ? double.NaN : FiniteResults.Require(error, "standard error of the influence of " + who));
    }
}

/// <inheritdoc cref="Downsampling"/>
internal sealed class DownsampledScores<T>(DownsampledModels models, int training) : ScoreSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _values = new double[training];
    private readonly double[] _errors = new double[training];

    public override ImmutableArray<string> Notes => models.Notes;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        for (var test = first; test < last; test++)
        {
            models.Write(test, _values, _errors);
            for (var i = 0; i < training; i++)
            {
                scores[(test - first) * training + i] = T.CreateChecked(_values[i]);
            }
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var own = models.Memorization();
        for (var i = 0; i < training; i++)
        {
            scores[i] = T.CreateChecked(own[i, 0]);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var sums = new double[training];
        for (var test = 0; test < models.TestCount; test++)
        {
            models.Write(test, _values, _errors);
            TensorPrimitives.Add(sums, _values, sums);
        }

        for (var i = 0; i < training; i++)
        {
            scores[i] = T.CreateChecked(sums[i]);
        }
    }
}
