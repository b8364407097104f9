using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Retraining;

/// <summary>Receives the utilities that a submodel has for examples.</summary>
/// <param name="number">Which submodel.</param>
/// <param name="utilities">A number for each example; valid during the call only.</param>
internal delegate void UtilityVisitor(int number, ReadOnlySpan<double> utilities);

/// <summary>Trains submodels and reads what they are worth to examples.</summary>
internal static class SubmodelUtilities
{
    // Submodels between two rounds of visits, whatever the number of threads.
    private const int MostTogether = 1024;

    /// <summary>Trains on parts, each of which has a model by the rule for coalitions, and visits their utilities in the order of their
    /// numbers.</summary>
    /// <param name="retrainer">Trains.</param>
    /// <param name="on">The examples, matched.</param>
    /// <param name="utility">What a model is worth to one.</param>
    /// <param name="count">Parts.</param>
    /// <param name="part">Positions of each; called on any thread.</param>
    /// <param name="options">Progress and budget.</param>
    /// <param name="visitor">Told in order, on the caller's thread.</param>
    public static void Visit<TModel, T>(Retrainer<TModel, T> retrainer, ExampleSet<T> on, ExampleUtility utility, int count, Func<int, int[]> part,
        InfluenceOptions? options, UtilityVisitor visitor)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var clock = new TrainingClock(options ?? new InfluenceOptions());
        var together = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / on.Count, LaneExamples<T>.Lanes, MostTogether);
        var rows = new double[Sizes.Product(Math.Min(together, count), on.Count, "Ask about fewer test examples at a time.")];
        for (var first = 0; first < count; first += together)
        {
            var (start, length) = (first, Math.Min(together, count - first));
            retrainer.Train(length, i => part(start + i), (i, fit) => ExampleUtilities.Write(fit, on, utility, rows.AsSpan(i * on.Count, on.Count)),
                share => clock.Tell((start + share * length) / count));
            for (var i = 0; i < length; i++)
            {
                visitor(first + i, rows.AsSpan(i * on.Count, on.Count));
            }
        }
    }
}
