using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.CompilerServices;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
{
    // Of the whole fall: what the last tenth of a training that has ended gains at most.
    private const double LastTenth = 0.01;

    private FoundNotes? _notes;

    /// <summary>
    /// What a reader of the fit should know: that training ended at a higher objective (mean loss and penalties) than it began at; that its
    /// last tenth of steps gained more than 1% of the whole fall, so that it had not ended; of a fit that was taken to the minimum
    /// (Converged), which parameters the training set does not determine; that the model's project was built without optimisation, as Debug
    /// is. Influence repeats what matters to it.
    /// </summary>
    /// <remarks>Found when first asked for: by three sweeps of losses, or from the second derivatives, of up to 1,024 parameters.</remarks>
    public ImmutableArray<string> Notes => Found.All;

    /// <summary>The weights when a tenth of the steps was left; null where it was not trained step by step.</summary>
    internal AlignedBuffer<T>? Late { get; init; }

    /// <summary>What the minimum leaves open, in words, as whoever took the weights there finds it out; null where nobody did.</summary>
    internal Func<Fit<TModel, T>, ImmutableArray<string>>? LeftOpen { get; init; }

    /// <summary>Adds to the notes of a method that training got worse, which matters to each of them. That it had not ended matters to those
    /// that are about a minimum, which say more of that.</summary>
    internal ImmutableArray<string> With(ImmutableArray<string> notes)
    {
        var own = Found;
        return own.Rose && !notes.Contains(own.All[0]) ? [.. notes, own.All[0]] : notes;
    }

    // Threads that come at the same time find the same.
    private FoundNotes Found => _notes ??= FindNotes();

    private FoundNotes FindNotes()
    {
        var ofTraining = OfTraining(out var rose);
        return new([.. ofTraining, .. LeftOpen?.Invoke(this) ?? [], .. OfBuild(typeof(TModel).Assembly)], rose);
    }

    /// <summary>The library's loops and the terms of formulas are optimised whatever the project is; what stands around them, and the largest formulas,
    /// are the project's.</summary>
    internal static ImmutableArray<string> OfBuild(Assembly project) =>
        RuntimeFeature.IsDynamicCodeCompiled && project.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }
            ? ["The project of this model is built without optimisation, as Debug is: training takes up to half as long again as in Release, third derivatives several times as long."] : [];

    private string[] OfTraining(out bool rose)
    {
        rose = false;
        if (Late is null)
        {
            return [];
        }

        var first = new AlignedBuffer<T>(Weights.Length);
        InitialWeights.Write(Plan.Start, Model, Training, [], first.Span);
        var (start, late, end) = (ObjectiveAt(first), ObjectiveAt(Late), ObjectiveAt(Weights));
        rose = !(end <= start + 1000 * double.CreateChecked(T.BitIncrement(T.One) - T.One) * Math.Abs(start));
        if (rose)
        {
            return [string.Create(CultureInfo.InvariantCulture,
                $"Training ended higher than it began: its objective went from {start:G6} to {end:G6}. Its steps are too long for it (StepSize), or lead elsewhere than down (momentum, clipping, batches).")];
        }

        return late - end > LastTenth * (start - end)
            ? [string.Create(CultureInfo.InvariantCulture,
                $"Training had not ended: of the fall of its objective from {start:G6} to {end:G6} the last tenth of {Plan.Steps} steps gained {100 * (late - end) / (start - end):G2}%. Take more or longer steps, or call Converged() where the minimum is what is asked about.")]
            : [];
    }

    private double ObjectiveAt(AlignedBuffer<T> weights)
    {
        var there = At(weights);
        return double.CreateChecked(TensorPrimitives.Sum<T>(there.LossesOf(Training).Span)) / Training.TotalWeight + there.Penalty();
    }

    /// <summary>The notes, and whether the first of them is that training got worse.</summary>
    private sealed record FoundNotes(ImmutableArray<string> All, bool Rose);
}
