using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>How many training examples a prediction hangs on.</summary>
/// <param name="Test">The test example, by position.</param>
/// <param name="Removed">The number of strongest supporters whose removal flips the predicted class, where that of one fewer does not; null
/// where none up to <paramref name="Tried"/> does.</param>
/// <param name="Tried">The most that could be removed: supporters, up to the number asked for.</param>
public readonly record struct BrittlePrediction(int Test, int? Removed, int Tried)
{
    /// <summary>The finding in one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Test}: {(Removed is { } removed ? $"flips without {removed}" : $"stays without {Tried}")}");
}

/// <summary>
/// Brittleness (Ilyas et al., 2022, Datamodels): the smallest number of a prediction's strongest supporters whose removal, by retraining,
/// flips the predicted class. The scores that find smaller numbers name better who a prediction hangs on.
/// </summary>
/// <remarks>
/// The supporters of a right prediction are the proponents of the test example's label; those of a wrong one are its opponents.
/// What is found is an upper bound of the smallest set of any examples that would do. Sizes are doubled until the class flips and then
/// bisected, some 2 log₂ k trainings a test example: the size found flips it, one fewer does not, and a smaller size that was passed over
/// is missed where removing more flips the class back.
/// </remarks>
/// <param name="Predictions">A finding for each test example.</param>
public sealed record Brittleness(ImmutableArray<BrittlePrediction> Predictions)
{
    /// <summary>The share of test examples that flip without <paramref name="examples"/> supporters or fewer.</summary>
    public double FlippedBy(int examples) => (double)Predictions.Count(found => found.Removed <= examples) / Predictions.Length;
}

public sealed partial class Retrainer<TModel, T>
{
    /// <summary>Finds how many of its strongest supporters each prediction hangs on.</summary>
    /// <param name="scores">The scores that say who the supporters are; examples that are none are not removed.</param>
    /// <param name="test">The test examples.</param>
    /// <param name="most">Examples to remove at most, fewer than there are.</param>
    /// <exception cref="InvalidOperationException">The labels are not classes, so that there is nothing to flip.</exception>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public Brittleness Brittleness(InfluenceScores<T> scores, ExampleSet<T> test, int most)
    {
        Require(scores, test);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(most, Training.Count);
        if (Full.Model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution))
        {
            throw new InvalidOperationException("This model's labels are not classes; no prediction can flip.");
        }

        var searches = new Search[test.Count];
        for (var i = 0; i < searches.Length; i++)
        {
            var supporters = Full.Accuracy(test.Subset([i])) == 1 ? scores.Proponents(i, most) : scores.Opponents(i, most);
            searches[i] = new Search(i, OutputOf(Full, test, i), [.. supporters.Select(scored => scored.Example)]);
        }

        while (Array.FindAll(searches, search => !search.IsDone) is { Length: > 0 } open)
        {
            Train(open.Length, i => Without(open[i].Next), (i, fit) =>
            {
                var search = open[i];
                search.Tell(!IsSameClass(OutputOf(fit, test, search.Test), search.Outputs));
            }, null);
            Progress?.Invoke(1 - (double)open.Count(search => !search.IsDone) / searches.Length);
        }

        return new([.. searches.Select(search => search.Found)]);
    }

    private T[] OutputOf(Fit<TModel, T> fit, ExampleSet<T> test, int example) =>
        fit.Predict(test.Subset([example]));

    /// <summary>Whether the greatest output is the same one; of labels 0 and 1, whether the same outputs are positive.</summary>
    internal bool IsSameClass(ReadOnlySpan<T> outputs, ReadOnlySpan<T> others)
    {
        if (Full.Model.Labels == LabelDomain.Distribution)
        {
            return TensorPrimitives.IndexOfMax(outputs) == TensorPrimitives.IndexOfMax(others);
        }

        for (var output = 0; output < outputs.Length; output++)
        {
            if (outputs[output] > T.Zero != others[output] > T.Zero)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The search for one test example's number.</summary>
    private sealed class Search(int test, T[] outputs, int[] supporters)
    {
        private int _stays;
        private int _flips = supporters.Length + 1;
        private int _size = 1;

        public int Test => test;

        public T[] Outputs => outputs;

        public bool IsDone => _flips - _stays <= 1;

        public ReadOnlySpan<int> Next => supporters.AsSpan(0, _size);

        public BrittlePrediction Found => new(test, _flips <= supporters.Length ? _flips : null, supporters.Length);

        public void Tell(bool flipped)
        {
            if (flipped)
            {
                _flips = _size;
            }
            else
            {
                _stays = _size;
            }

            _size = _flips > supporters.Length ? Math.Min(2 * _size, supporters.Length) : (_stays + _flips) / 2;
        }
    }
}
