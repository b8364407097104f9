using System.Collections.Immutable;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
{
    /// <summary>
    /// The minimum of the training objective (mean loss and penalties) that Newton's method reaches from these weights: what influence
    /// functions, groups and representer points are about. Convex objectives take some five to ten steps; others go down in a trust region
    /// over Hessian products, and on along negative curvature; a factorization's rows are solved exactly in turn before.
    /// </summary>
    /// <remarks>It goes on to rounding. What it ends at is a minimum where another step would gain at most <paramref name="tolerance"/> of
    /// what the best constant prediction leaves of the losses, or no more than rounding makes of it, and no curvature is negative. No unit
    /// of a feature, and no offset, changes that. Where the minimum is not unique, <see cref="Notes"/> say what is not determined.</remarks>
    /// <param name="tolerance">The largest share that is accepted; 1e-10 where nothing is said.</param>
    /// <param name="iterations">Steps at most.</param>
    /// <param name="options">Threads, progress and cancellation.</param>
    /// <returns>A fit of the same plan at other weights.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative or not a number, or there is not one step.</exception>
    /// <exception cref="InvalidOperationException">There is no minimum, as where a column separates the classes: the message names what goes to
    /// infinity. Or it was not reached; the message says what was.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Fit<TModel, T> Converged(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null) =>
        Minimised(BlockSet.All, tolerance, iterations, options);

    /// <summary><see cref="Converged"/> for the last layer alone, the others frozen: what representer points of a network are about
    /// (Yeh et al., 2018). Of a linear, logistic or softmax model that is the whole of it.</summary>
    /// <inheritdoc cref="Converged"/>
    /// <exception cref="InvalidOperationException">There is no minimum, it was not reached, or no single layer makes the outputs; the message
    /// says what.</exception>
    public Fit<TModel, T> ConvergedLastLayer(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null) =>
        Minimised(OrAll(LastLayer<TModel, T>.BlocksOf(Model)), tolerance, iterations, options);

    /// <summary><see cref="Converged"/> in coordinates that are known already.</summary>
    /// <param name="blocks">The blocks that move.</param>
    /// <param name="units">Coordinates; null for the weights' own.</param>
    /// <param name="examples">The training set in them.</param>
    /// <param name="team">Threads.</param>
    /// <param name="tolerance">The largest share that is accepted.</param>
    /// <param name="iterations">Steps at most.</param>
    /// <param name="options">Progress and cancellation.</param>
    internal Fit<TModel, T> Minimised(BlockSet blocks, FeatureUnits? units, ExampleSet<T> examples, WorkerTeam team, double tolerance,
        int iterations, InfluenceOptions options)
    {
        var objective = new UnitFreeObjective<TModel, T>(this, blocks, units, examples, team);
        var scale = ConstantPrediction.Loss(objective.Sweeps, examples);
        var minimiser = new Minimiser<TModel, T>(objective, scale, iterations, options.Progress, options.Cancellation);
        var minimum = minimiser.Run(NamesOf);
        if (!minimum.IsReached(tolerance))
        {
            throw new InvalidOperationException(
                $"Newton's method reached no minimum in {iterations} steps at most: {minimum.Description(tolerance)}. Allow more steps (iterations), ask for less (tolerance), start elsewhere, or add a penalty (L2) on blocks that the losses leave free.");
        }

        var fit = new Fit<TModel, T>(Model, Training, Plan, objective.WeightsOf(minimiser.Point)) { Divisor = Divisor, Moved = blocks };
        fit.Know(blocks, minimum);
        return fit;
    }

    /// <summary>The same model of the same training set at other weights.</summary>
    internal Fit<TModel, T> At(AlignedBuffer<T> weights) => new(Model, Training, Plan, weights) { Divisor = Divisor };

    /// <summary>Whether the weights are a minimum in some blocks; found once.</summary>
    internal Minimum MinimumIn(BlockSet blocks, InfluenceTask<TModel, T> task)
    {
        blocks = OrAll(blocks);
        foreach (var (known, minimum) in _minima)
        {
            if (known == blocks)
            {
                return minimum;
            }
        }

        var units = FeatureUnits.Of(Model, blocks, Training);
        var objective = new UnitFreeObjective<TModel, T>(this, blocks, units, units?.Apply(Training) ?? Training, task.Team);
        var scale = ConstantPrediction.Loss(objective.Sweeps, objective.Examples);
        var found = new Minimiser<TModel, T>(objective, scale, 0, null, task.Cancellation).Judge();
        Know(blocks, found);
        return found;
    }

    // What is known of the weights; replaced as a whole, so that threads may share it.
    private (BlockSet Blocks, Minimum Minimum)[] _minima = [];

    private void Know(BlockSet blocks, Minimum minimum) => _minima = [.. _minima, (blocks, minimum)];

    private ImmutableArray<string> NamesOf(double[] sizes)
    {
        using var task = new InfluenceTask<TModel, T>(this, Training, new InfluenceOptions { Threads = 1 });
        return ParameterNames.Largest(task, sizes);
    }

    private BlockSet OrAll(BlockSet blocks)
    {
        for (var b = 0; b < Model.Layout.Blocks.Length; b++)
        {
            if (!blocks.Contains(b))
            {
                return blocks;
            }
        }

        return BlockSet.All;
    }

    private Fit<TModel, T> Minimised(BlockSet blocks, double? tolerance, int iterations, InfluenceOptions? options)
    {
        var accepted = tolerance ?? Minimum.Accepted;
        if (!(accepted >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The share that is accepted is 0 or more.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        options ??= new InfluenceOptions();
        var units = FeatureUnits.Of(Model, blocks, Training);
        using var team = new WorkerTeam(options.Threads);
        return Minimised(blocks, units, units?.Apply(Training) ?? Training, team, accepted, iterations, options);
    }
}
