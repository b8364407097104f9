using System.Collections.Immutable;
using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
{
    // Of the whole fall: what the last tenth of a training that has ended gains at most.
    private const double LastTenth = 0.01;

    private string[]? _notes;

    /// <summary>
    /// What a reader of the fit should know: that training ended at a higher objective (mean loss and penalties) than it began at; that its
    /// last tenth of steps gained more than 1% of the whole fall, so that it had not ended; of what <see cref="Converged"/> returns, which
    /// parameters the training set does not determine. Influence repeats what matters to it.
    /// </summary>
    /// <remarks>Found when first asked for, which takes three sweeps of losses.</remarks>
    public ImmutableArray<string> Notes => [.. _notes ??= [.. OfTraining(), .. OfMinimum]];

    /// <summary>The weights when a tenth of the steps was left; null where it was not trained step by step.</summary>
    internal AlignedBuffer<T>? Late { get; init; }

    /// <summary>What is to be said of a minimum.</summary>
    internal ImmutableArray<string> OfMinimum { get; init; } = [];

    private IEnumerable<string> OfTraining()
    {
        if (Late is null)
        {
            yield break;
        }

        var first = new AlignedBuffer<T>(Weights.Length);
        InitialWeights.Write(Plan.Start, Model, Training, [], first.Span);
        var (start, late, end) = (ObjectiveAt(first), ObjectiveAt(Late), ObjectiveAt(Weights));
        if (!(end <= start + 1000 * double.CreateChecked(T.BitIncrement(T.One) - T.One) * Math.Abs(start)))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Training ended higher than it began: its objective went from {start:G6} to {end:G6}. Its steps are too long for it (StepSize), or lead elsewhere than down (momentum, clipping, batches).");
        }
        else if (late - end > LastTenth * (start - end))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Training had not ended: of the fall of its objective from {start:G6} to {end:G6} the last tenth of {Plan.Steps} steps gained {100 * (late - end) / (start - end):G2}%. Take more or longer steps, or call Converged() where the minimum is what is asked about.");
        }
    }

    private double ObjectiveAt(AlignedBuffer<T> weights)
    {
        var there = At(weights);
        return there.MeanLoss(Training) + there.Penalty();
    }
}
