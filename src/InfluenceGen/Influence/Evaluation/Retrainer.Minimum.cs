using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>Retraining to the minimum.</summary>
public sealed partial class Retrainer<TModel, T>
{
    // What a step with the factor of everything may leave of what the last one promised before Newton's method takes over: a gradient
    // that falls to a third.
    private const double Worthwhile = 1.0 / 9;

    // Newton's steps that a part may take, and parameters up to which the second derivative of everything is kept.
    private const int Iterations = 200;
    private const int MostWritten = 1024;

    private Fit<TModel, T> MinimumOf(int[] kept)
    {
        var start = FitOf(kept, Full.Weights);
        var examples = Part(_unitFree!, kept);
        using var team = new WorkerTeam(1);
        try
        {
            return (_curvature is null ? null : Approached(start, examples, _curvature, team))
                ?? start.Minimised(BlockSet.All, _units, examples, team, _tolerance, Iterations, _own);
        }
        catch (InvalidOperationException problem)
        {
            throw new InvalidOperationException($"Without {NameOfOthers(kept)}: {problem.Message}", problem);
        }
    }

    private static ExampleSet<T> Part(ExampleSet<T> examples, int[] kept) =>
        examples.TableCount == 0 ? examples.Subset(kept) : examples.Subset(kept, RowPenalty.AsIn(examples));

    /// <summary>Steps with the second derivative of everything, as long as they are worth it.</summary>
    /// <returns>The minimum; null where it takes Newton's method to get there.</returns>
    private Fit<TModel, T>? Approached(Fit<TModel, T> start, ExampleSet<T> examples, CurvatureModel curvature, WorkerTeam team)
    {
        var objective = new UnitFreeObjective<TModel, T>(start, BlockSet.All, _units, examples, team);
        var (gradient, point, step) = (new AlignedBuffer<double>(objective.Order), objective.Start(), new double[objective.Order]);
        var (promise, before) = (double.PositiveInfinity, double.PositiveInfinity);
        while (true)
        {
            _own.Cancellation.ThrowIfCancellationRequested();
            before = promise;
            objective.MoveTo(point);
            objective.WriteGradient(gradient);
            curvature.Precondition(gradient.Span, step);
            promise = TensorPrimitives.Dot<double>(gradient.Span, step) / 2;
            if (!(promise <= Worthwhile * before))
            {
                break;
            }

            if (promise == 0)
            {
                return IsFar(objective, point) ? null : start.At(objective.WeightsOf(point));
            }

            TensorPrimitives.Subtract(point.Span, step, point.Span);
        }

        // What no longer falls is rounding where it is next to nothing; before that these steps lead nowhere.
        var rounding = UnitFreeObjective<TModel, T>.Rounding;
        var least = Math.Max(Minimum.Accepted * Minimum.Accepted, 100 * rounding * rounding);
        return before <= least * ConstantPrediction.Loss(objective.Sweeps, examples) && !IsFar(objective, point)
            ? start.At(objective.WeightsOf(point))
            : null;
    }

    /// <summary>Whether outputs have moved so far that slope and curvature may have vanished on the way to a minimum that does not exist:
    /// Newton's method finds out.</summary>
    private static bool IsFar(UnitFreeObjective<TModel, T> objective, AlignedBuffer<double> point)
    {
        var moved = objective.Start();
        TensorPrimitives.Subtract(point.Span, moved.Span, moved.Span);
        return objective.Sweeps.Model.Labels != LabelDomain.Real && !(objective.LargestOutputChange(moved.Span) <= FarOutputs);
    }

    /// <summary>The second derivative at the minimum on everything, where it is written out.</summary>
    private CurvatureModel? CurvatureOfEverything()
    {
        using var team = new WorkerTeam(_options.Threads);
        var objective = new UnitFreeObjective<TModel, T>(Full, BlockSet.All, _units, _unitFree!, team);
        objective.MoveTo(objective.Start());
        return objective.IsConvex && objective.Order <= MostWritten
            ? new WrittenCurvature(objective.WriteHessian(), objective.Order, typeof(T) == typeof(double) ? 0 : UnitFreeObjective<TModel, T>.Rounding)
            : null;
    }

    /// <summary>Who is left out: a person where it is one, otherwise how many examples.</summary>
    private string NameOfOthers(int[] kept)
    {
        var others = Training.PositionsWithout(kept);
        var individuals = new HashSet<int>();
        foreach (var example in others)
        {
            individuals.Add(Training.IndividualOf[example]);
        }

        return others.Length == 0 ? "anybody left out"
            : individuals.Count == 1 ? $"{Training.Individuals[Training.IndividualOf[others[0]]]} ({(others.Length == 1 ? $"row {Training.Source[others[0]]}" : $"{others.Length} rows, the first {Training.Source[others[0]]}")}, counted from 0)"
            : $"{others.Length} examples of {individuals.Count} people, the first row {Training.Source[others[0]]}, counted from 0";
    }
}
