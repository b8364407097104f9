using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Leave-one-out unfairness (Black and Fredrikson, 2021): whose predicted class would be another if one individual were not in the
/// training set, by retraining without each of them. A decision that hangs on whether somebody else was asked is capricious.
/// </summary>
/// <remarks>One training for each individual with training examples, side by side; whoever has several is left out with all of them. The
/// class is that of <c>Accuracy</c>. Whether the prediction is right counts for nothing. Of a stochastic plan others' batches stay what
/// they were, so that what flips is not the draw of batches.</remarks>
public readonly record struct LeaveOneOutUnfairness
{
    /// <summary>What becomes of the rest; <see cref="Removal.Refit"/> where nothing is said.</summary>
    public Removal Removal { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <summary>Finds the predictions that flip.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <exception cref="ArgumentException">The test set is not one this model reads, or only one individual has training examples of
    /// weight above 0.</exception>
    /// <exception cref="InvalidOperationException">The labels are not classes, there is no minimum without somebody, the plan does not
    /// lead to this fit's weights, or training would take longer than the budget.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public FlippedPredictions Of<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        Settings.RequireDefined(Removal);
        Settings.RequireDefined(By);
        if (fit.Model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution))
        {
            throw new InvalidOperationException("This model's labels are not classes; no prediction can flip. Ask for the change of the loss (LeaveOneOut).");
        }

        on = ModelData.Matched(fit.Model, fit.Training, on, nameof(on));
        var retrainer = new Retrainer<TModel, T>(fit, Removal, By, null, options);
        var (training, outputs) = (fit.Training, fit.Model.Outputs);
        var examples = Segments.Ordered(training.IndividualOf, training.Individuals.Count);
        int[] individuals = [.. Enumerable.Range(0, training.Individuals.Count).Where(code => examples.Offsets[code] < examples.Offsets[code + 1])];
        var (before, flipped) = (retrainer.Full.Predict(on), new int[individuals.Length][]);
        int[] Others(int i) => retrainer.Without(examples.Order[examples.Offsets[individuals[i]]..examples.Offsets[individuals[i] + 1]]);
        retrainer.Train(individuals.Length, Others, (i, without) =>
        {
            var after = without.Predict(on);
            flipped[i] = [.. Enumerable.Range(0, on.Count).Where(test =>
                !retrainer.IsSameClass(before.AsSpan(test * outputs, outputs), after.AsSpan(test * outputs, outputs)))];
        });

        var flippers = new List<int>[on.Count];
        for (var i = 0; i < individuals.Length; i++)
        {
            foreach (var test in flipped[i])
            {
                (flippers[test] ??= []).Add(individuals[i]);
            }
        }

        return new([.. individuals], [.. flippers.Select(each => each is null ? [] : ImmutableArray.CreateRange(each))]);
    }
}

/// <summary>The predictions that one individual's absence flips.</summary>
/// <param name="Individuals">The codes of those who were left out, one after the other, ascending: who has training examples.</param>
/// <param name="FlippedBy">For each test example, the codes of those without whom its predicted class is another, ascending.</param>
public sealed record FlippedPredictions(ImmutableArray<int> Individuals, ImmutableArray<ImmutableArray<int>> FlippedBy)
{
    /// <summary>The share of test examples whose predicted class somebody's absence flips.</summary>
    public double Share => FlippedBy.Count(flippers => !flippers.IsEmpty) / (double)FlippedBy.Length;

    /// <summary>The share of test examples that one individual's absence flips.</summary>
    /// <param name="individual">The individual, by code.</param>
    /// <exception cref="ArgumentOutOfRangeException">Nobody of that code was left out.</exception>
    public double ShareOf(int individual)
    {
        if (Individuals.BinarySearch(individual) < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(individual), individual, "Nobody of that code has training examples, and could be left out.");
        }

        return FlippedBy.Count(flippers => flippers.BinarySearch(individual) >= 0) / (double)FlippedBy.Length;
    }

    /// <summary>The share of individuals whose absence flips one test example's predicted class.</summary>
    /// <param name="test">The test example.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test example.</exception>
    public double ShareAgainst(int test)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(test, FlippedBy.Length);
        return FlippedBy[test].Length / (double)Individuals.Length;
    }
}
