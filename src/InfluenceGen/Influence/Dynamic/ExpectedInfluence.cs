using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>Influence averaged over trainings that differ in their seeds.</summary>
/// <param name="Mean">The mean of the scores.</param>
/// <param name="StandardError">The standard error of each mean: the deviation between seeds over √k. Not signed; its rankings mean
/// nothing.</param>
/// <param name="Seeds">k.</param>
public sealed record ExpectedScores<T>(InfluenceScores<T> Mean, InfluenceScores<T> StandardError, int Seeds)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>
/// Expected influence (Hammoudeh and Lowd, Section 3.2): the mean, over the randomness of training (initial weights, batches), of an estimate of
/// influence. Which batch an example comes up in, and when, decides much of what one training says about it; the standard error tells
/// how much of the mean is chance.
/// </summary>
public static class ExpectedInfluence
{
    /// <summary>Trains once with each seed and averages the scores; memory is three matrices of scores whatever the number of
    /// seeds.</summary>
    /// <param name="seeds">The seeds, at least two.</param>
    /// <param name="train">Trains a model with a seed, on the same set every time.</param>
    /// <param name="method">Which estimate.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="ArgumentException">There are fewer than two seeds, or the training sets differ.</exception>
    /// <exception cref="ArithmeticException">A mean or its error is not a finite number; the message names the examples.</exception>
    public static ExpectedScores<T> Over<TModel, T, TMethod>(IReadOnlyList<long> seeds, Func<long, Fit<TModel, T>> train, TMethod method,
        ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMethod : struct, IInfluenceMethod
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(train);
        if (seeds.Count < 2)
        {
            throw new ArgumentException("A mean over seeds and its standard error take at least two seeds.", nameof(seeds));
        }

        ExampleSet<T>? training = null;
        AlignedBuffer<T>? mean = null;
        AlignedBuffer<T>? spread = null;
        ImmutableArray<string> notes = [];
        for (var k = 0; k < seeds.Count; k++)
        {
            var fit = train(seeds[k]);
            training ??= fit.Training;
            if (!ReferenceEquals(training, fit.Training))
            {
                throw new ArgumentException(
                    "The trainings are on different sets, so their scores are of different examples; train on the same set with every seed.", nameof(train));
            }

            var scores = fit.Influence(method, on, options is null ? null : options with { Progress = null });
            mean ??= new AlignedBuffer<T>(scores.TrainingCount, scores.TestCount);
            spread ??= new AlignedBuffer<T>(mean.Length);
            notes = scores.Notes;
            Add(scores, T.CreateChecked(k + 1), mean.Span, spread.Span);
            options?.Progress?.Invoke((k + 1.0) / seeds.Count);
        }

        var pairs = T.CreateChecked((double)seeds.Count * (seeds.Count - 1));
        foreach (ref var value in spread!.Span)
        {
            value = T.Sqrt(value / pairs);
        }

        RequireFinite(mean!, training!, on);
        RequireFinite(spread, training!, on);

        string about = string.Create(CultureInfo.InvariantCulture, $"Mean over {seeds.Count} trainings.");
        return new ExpectedScores<T>(new InfluenceScores<T>(mean!, training!, on.Count, [about, .. notes]),
            new InfluenceScores<T>(spread, training!, on.Count, [string.Create(CultureInfo.InvariantCulture, $"Standard errors of a mean over {seeds.Count} trainings.")]),
            seeds.Count);
    }

    /// <summary>Scores are finite or left out (NaN); what is made of them must not become infinite.</summary>
    private static void RequireFinite<T>(AlignedBuffer<T> values, ExampleSet<T> training, ExampleSet<T> on)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var test = 0; test < on.Count; test++)
        {
            var row = values.Span.Slice(test * training.Count, training.Count);
            if (TensorPrimitives.MaxMagnitudeNumber<T>(row) is var largest && T.IsInfinity(largest))
            {
                FiniteResults.RequireScores<T>(row, training, on, test);
            }
        }
    }

    /// <summary>Takes one more sample into the mean and the sum of squared deviations (Welford, 1962).</summary>
    private static void Add<T>(InfluenceScores<T> scores, T count, Span<T> mean, Span<T> spread)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var (test, place) = (0, 0); test < scores.TestCount; test++)
        {
            foreach (var score in scores.OfTest(test))
            {
                var difference = score - mean[place];
                mean[place] += difference / count;
                spread[place] += difference * (score - mean[place]);
                place++;
            }
        }
    }
}
