using System.Collections.Immutable;
using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>
/// What a coalition gets that has no minimum, or several: values ask about every coalition, those of one class and of fewer rows than
/// parameters among them. By one rule: least squares of one output have the limit of a penalty that vanishes, the smallest weights of all
/// minima, of columns scaled by their deviation in the full set, the bias free; all else has the plan's weights after its steps.
/// </summary>
public sealed partial class Retrainer<TModel, T>
{
    private Spares<SubmodelTrainer<TModel, T>>? _byPlan;
    private long _several;
    private long _none;
    private long _started;

    /// <summary>Whether parts are coalitions, which that rule is for; else they are refused.</summary>
    private bool OfCoalitions { get; }

    /// <summary>How many coalitions the rule was needed for so far, in words.</summary>
    internal ImmutableArray<string> CoalitionNotes
    {
        get
        {
            var notes = ImmutableArray.CreateBuilder<string>();
            if (Interlocked.Read(ref _several) is > 0 and var several)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{several} trainings had several minima, such as those on fewer rows than parameters: taken was the limit of a penalty that vanishes (the smallest weights, of columns scaled by their deviation in the full set, the bias free)."));
            }

            if (Interlocked.Read(ref _none) is > 0 and var none)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{none} trainings had no minimum, such as those on one class, or reached none: taken were the weights of the plan after its {Full.Plan.Steps} steps. With a penalty (L2) on every block each has one."));
            }

            if (Interlocked.Read(ref _started) is > 0 and var started)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{started} trainings by the plan were on labels that no finite bias predicts, such as one class: they started from the bias of everybody."));
            }

            return notes.ToImmutable();
        }
    }

    private bool IsLeastSquares => Full.Model.Labels == LabelDomain.Real && Full.Model.HasLinearOutputs && Full.Model.Outputs == 1;

    /// <summary>The model of everybody, for coalitions.</summary>
    private Fit<TModel, T> OfEverybody(Fit<TModel, T> fit, InfluenceOptions options)
    {
        try
        {
            return fit.Converged(_tolerance, options: options);
        }
        catch (InvalidOperationException)
        {
            _none++;
            return ByPlan(fit, [.. Enumerable.Range(0, fit.Training.Count)]);
        }
    }

    /// <summary>A part's model, trained by itself; of a coalition by the rule where it has no minimum.</summary>
    private Fit<TModel, T> MinimumAlone(int[] kept) => OfCoalitions ? MinimumOfCoalition(kept) : MinimumOf(kept);

    /// <summary>A coalition's model.</summary>
    private Fit<TModel, T> MinimumOfCoalition(int[] kept)
    {
        if (IsLeastSquares && SmallestMinimum(kept) is { } smallest)
        {
            Interlocked.Increment(ref _several);
            return smallest;
        }

        if (!IsOfOneLabel(kept))
        {
            try
            {
                return MinimumOf(kept);
            }
            catch (InvalidOperationException)
            {
                // There is none, or none was reached.
            }
        }

        Interlocked.Increment(ref _none);
        return ByPlan(Full, kept);
    }

    /// <summary>Whether the labels ask for a bias of infinity, which bears no penalty.</summary>
    private bool IsOfOneLabel(int[] kept)
    {
        if (Full.Model.Labels is not (LabelDomain.Binary or LabelDomain.NonNegative) || Full.Model.Layout.OutputBias is not { Columns: 1 } bias || Full.PenaltyOf(bias) > 0)
        {
            return false;
        }

        var (isBinary, first) = (Full.Model.Labels == LabelDomain.Binary, Training.Labels[kept[0]]);
        return (first == T.Zero || isBinary && first == T.One)
            && Array.TrueForAll(kept, example => Training.Labels[example] == first || !Training.Weights.IsEmpty && Training.Weights[example] == T.Zero);
    }

    /// <summary>The plan's weights; where no finite bias predicts a part's labels it starts from that of everybody.</summary>
    private Fit<TModel, T> ByPlan(Fit<TModel, T> fit, int[] kept)
    {
        var trainers = LazyInitializer.EnsureInitialized(ref _byPlan, () => new Spares<SubmodelTrainer<TModel, T>>(() =>
            SubmodelTrainer<TModel, T>.By(fit.Model, fit.Training, fit.Plan with { Threads = 1 }, Removal, inLanes: false, () => { })));
        var trainer = trainers.Take();
        var weights = new AlignedBuffer<T>(fit.Weights.Length);
        trainer.Train([kept], (_, trained) => trained.Span.CopyTo(weights.Span), _own.Cancellation);
        trainers.Return(trainer);
        return new Fit<TModel, T>(fit.Model, Part(fit.Training, kept), fit.Plan, weights);
    }

    /// <summary>The limit of a penalty that vanishes, where a least-squares problem has several minima; null where it has one.</summary>
    private Fit<TModel, T>? SmallestMinimum(int[] kept)
    {
        using var team = new WorkerTeam(1);
        var start = FitOf(kept, Full.Weights);
        var objective = new UnitFreeObjective<TModel, T>(start, BlockSet.All, _units, Part(_unitFree!, kept), team);
        var point = new AlignedBuffer<double>(objective.Order);
        var gradient = new AlignedBuffer<double>(objective.Order);
        objective.MoveTo(point);
        objective.WriteGradient(gradient);
        var hessian = objective.WriteHessian();

        // The bias is free: what is left of H and of −g when it is always the best one.
        var (order, count) = (objective.Order, objective.Positions.Length);
        var bias = Full.Model.Layout.Blocks.Length > 1 ? count - 1 : -1;
        var free = bias < 0 ? count : bias;
        var (reduced, wanted) = (new double[free, free], new double[free]);
        for (var j = 0; j < free; j++)
        {
            var share = bias < 0 ? 0 : hessian[j * order + bias] / hessian[bias * (order + 1)];
            wanted[j] = -gradient[j] + share * (bias < 0 ? 0 : gradient[bias]);
            for (var k = 0; k < free; k++)
            {
                reduced[j, k] = hessian[j * order + k] - share * (bias < 0 ? 0 : hessian[bias * order + k]);
            }
        }

        var vectors = SymmetricEigen.Decompose(reduced);
        var largest = Enumerable.Range(0, free).Max(k => reduced[k, k]);
        var least = SemidefiniteFactor.RoundingOf(count) * Math.Max(largest, double.Epsilon);
        var rank = Enumerable.Range(0, free).Count(k => reduced[k, k] > least);
        if (rank == free)
        {
            return null;
        }

        for (var k = 0; k < free; k++)
        {
            if (reduced[k, k] <= least)
            {
                continue;
            }

            var along = 0.0;
            for (var j = 0; j < free; j++)
            {
                along += vectors[j, k] * wanted[j];
            }

            for (var j = 0; j < free; j++)
            {
                point[j] += along / reduced[k, k] * vectors[j, k];
            }
        }

        if (bias >= 0)
        {
            var sum = gradient[bias];
            for (var j = 0; j < free; j++)
            {
                sum += hessian[bias * order + j] * point[j];
            }

            point[bias] = -sum / hessian[bias * (order + 1)];
        }

        return start.At(objective.WeightsOf(point));
    }
}
