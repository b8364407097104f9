using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Influence;

public static partial class FitQuestions
{
    // Parameters up to which it is found out what a minimum leaves open.
    private const int MostWritten = 1024;

    /// <param name="fit">The trained model.</param>
    /// <typeparam name="TModel">The generated struct.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    extension<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>
        /// The minimum of the training objective (mean loss and penalties) that Newton's method reaches from these weights: what influence
        /// functions, groups and representer points are about. Convex objectives take some five to ten steps; others go down in a trust region
        /// over Hessian products, and on along negative curvature; a factorization's rows are solved exactly in turn before.
        /// </summary>
        /// <remarks>It goes on to rounding. What it ends at is a minimum where another step would gain at most <paramref name="tolerance"/> of
        /// what the best constant prediction leaves of the losses, or no more than rounding makes of it, and no curvature is negative. No unit
        /// of a feature, and no offset, changes that. Where the minimum is not unique, <see cref="Fit{TModel, T}.Notes"/> say what is not determined.</remarks>
        /// <param name="tolerance">The largest share that is accepted; 1e-10 where nothing is said.</param>
        /// <param name="iterations">Steps at most.</param>
        /// <param name="options">Threads, progress and cancellation.</param>
        /// <returns>A fit of the same plan at other weights.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative or not a number, or there is not one step.</exception>
        /// <exception cref="InvalidOperationException">There is no minimum, as where a column separates the classes: the message names what goes to
        /// infinity. Or it was not reached; the message says what was.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public Fit<TModel, T> Converged(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(fit);
            return fit.Minimised(BlockSet.All, tolerance, iterations, options);
        }

        /// <summary><see cref="Converged"/> for the last layer alone, the others frozen: what representer points of a network are about
        /// (Yeh et al., 2018). Of a linear, logistic or softmax model that is the whole of it.</summary>
        /// <inheritdoc cref="Converged"/>
        /// <exception cref="InvalidOperationException">There is no minimum, it was not reached, or no single layer makes the outputs; the message
        /// says what.</exception>
        public Fit<TModel, T> ConvergedLastLayer(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(fit);
            return fit.Minimised(fit.OrAll(Layer.BlocksOfLast<TModel, T>(fit.Model)), tolerance, iterations, options);
        }

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
            var objective = new UnitFreeObjective<TModel, T>(fit, blocks, units, examples, team);
            var scale = ConstantPrediction.Loss(objective.Sweeps, examples);
            var minimiser = new Minimiser<TModel, T>(objective, scale, iterations, options.Progress, options.Cancellation);
            var minimum = minimiser.Run(sizes => ParameterNames.Largest<TModel, T>(fit.Model, fit.Training, sizes));
            if (!minimum.IsReached(tolerance))
            {
                throw new InvalidOperationException(
                    $"Newton's method reached no minimum in {iterations} steps at most: {minimum.Description(tolerance)}. Allow more steps (iterations), ask for less (tolerance), start elsewhere, or add a penalty (L2) on blocks that the losses leave free.");
            }

            var reached = new Fit<TModel, T>(fit.Model, fit.Training, fit.Plan, objective.WeightsOf(minimiser.Point))
            {
                Divisor = fit.Divisor,
                Moved = blocks,
                LeftOpen = LeftOpen,
            };
            reached.Know(blocks, minimum);
            return reached;
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
            var units = FeatureUnits.Of(fit.Model, blocks, fit.Training);
            using var team = new WorkerTeam(options.Threads);
            return fit.Minimised(blocks, units, units?.Apply(fit.Training) ?? fit.Training, team, accepted, iterations, options);
        }
    }

    /// <summary>Which parameters the training set does not determine, of a fit that was taken to the minimum; nothing of a model that is too
    /// large to find out.</summary>
    private static ImmutableArray<string> LeftOpen<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (fit.Moved is not { } blocks || fit.Model.Layout.StorageLength > MostWritten)
        {
            return [];
        }

        using var task = new InfluenceTask<TModel, T>(fit, fit.Training, new InfluenceOptions { Threads = 1 });
        task.Sweeps.Blocks = blocks;
        var factor = new HessianFactor<TModel, T>(new ObjectiveHessian<TModel, T>(task, Curvature.Hessian, 0));
        return factor.IsDefinite || factor.NegativeDirection is not null ? [] : new Undetermined<TModel, T>(factor).Notes;
    }
}
