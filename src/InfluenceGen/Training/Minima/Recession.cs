using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// Tells objectives that have no minimum: along some direction they fall for ever, as where a direction separates the classes. A convex
/// objective that has risen nowhere while outputs moved by a hundred thousand has no minimum on that ray that double precision could tell
/// from infinity.
/// </summary>
internal static class Recession
{
    // A step of Newton's method towards infinity moves outputs by about 1; near a minimum steps vanish.
    private const double LeastChange = 0.1;

    /// <summary>Refuses to go on where there is no minimum along a step.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="point">Where it is.</param>
    /// <param name="step">The step.</param>
    /// <param name="value">The objective there.</param>
    /// <param name="names">What parameters are called, given their sizes in storage order: the largest first.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static void Require<TModel, T>(UnitFreeObjective<TModel, T> objective, AlignedBuffer<double> point, ReadOnlySpan<double> step,
        double value, Func<double[], ImmutableArray<string>> names)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (objective.Sweeps.Model.Labels == LabelDomain.Real)
        {
            return;
        }

        var free = new double[step.Length];
        objective.WriteUnpenalised(step, free);
        if (!free.AsSpan().ContainsAnyExcept(0.0))
        {
            return;
        }

        objective.MoveTo(point);
        var change = objective.LargestOutputChange(free);
        if (change < LeastChange || !Falls(objective, point, free, value, change))
        {
            return;
        }

        var sizes = new double[objective.Sweeps.Layout.StorageLength];
        for (var k = 0; k < objective.Positions.Length; k++)
        {
            sizes[objective.Positions[k]] = free[k];
        }

        throw new InvalidOperationException(
            $"The training objective has no minimum: it falls for ever along {string.Join(", ", names(sizes))}. {Cause(objective.Sweeps.Model.Labels)} Add a penalty (L2 of the declaration, or WeightDecay), or leave out what separates them.");
    }

    private static bool Falls<TModel, T>(UnitFreeObjective<TModel, T> objective, AlignedBuffer<double> point, ReadOnlySpan<double> step,
        double value, double change)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // What rounding of a direction does to outputs that it should leave alone grows with the square of the way.
        var (slack, far) = typeof(T) == typeof(double) ? (1e-9, 1e5) : (1e-4, 1e3);
        var (lowest, there) = (value, new AlignedBuffer<double>(point.Length));
        for (var distance = 4.0; distance < 8 * far; distance *= 8)
        {
            TensorPrimitives.MultiplyAdd(step, Math.Min(distance, far) / change, point.Span, there.Span);
            objective.MoveTo(there);
            var reached = objective.Value();
            if (!(reached <= lowest + slack * Math.Abs(value)))
            {
                return false;
            }

            lowest = Math.Min(lowest, reached);
        }

        return true;
    }

    private static string Cause(LabelDomain labels) => labels == LabelDomain.NonNegative
        ? "There are only zeros where the counts that this tells apart should be."
        : "That direction separates the classes, or some examples of one class from all others.";
}
