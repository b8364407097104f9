using System.Globalization;
using System.Numerics.Tensors;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
{
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 40;

    // Of the objective, within which two values of it are the same up to rounding.
    private static double Slack => Math.Max(1e-9, 1000 * double.CreateChecked(T.BitIncrement(T.One) - T.One));

    /// <summary>
    /// The minimum of the training objective (mean loss and penalties) that Newton's method reaches from these weights, with a line
    /// search: what influence functions, groups and representer points are about. Convex objectives take some five to ten steps.
    /// Where the Hessian is not positive definite it is damped as much as is needed.
    /// </summary>
    /// <param name="tolerance">The largest element of the gradient to stop at; by default 1e-11 in double precision, 1e-5 in single, times the
    /// length of a typical example's gradient where that is above 1.</param>
    /// <param name="iterations">Steps at most.</param>
    /// <param name="options">Threads and cancellation.</param>
    /// <returns>A fit of the same plan at other weights.</returns>
    /// <exception cref="InvalidOperationException">The tolerance was not reached; the message says what was.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Fit<TModel, T> Converged(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null) =>
        Minimised(BlockSet.All, tolerance, iterations, options);

    /// <summary><see cref="Converged"/> for the last layer alone, the others frozen: what representer points of a network are about
    /// (Yeh et al., 2018). Of a linear, logistic or softmax model that is the whole of it.</summary>
    /// <inheritdoc cref="Converged"/>
    /// <exception cref="InvalidOperationException">The tolerance was not reached, or no single layer makes the outputs; the message
    /// says what.</exception>
    public Fit<TModel, T> ConvergedLastLayer(double? tolerance = null, int iterations = 200, InfluenceOptions? options = null) =>
        Minimised(LastLayer<TModel, T>.BlocksOf(Model), tolerance, iterations, options);

    private Fit<TModel, T> Minimised(BlockSet blocks, double? tolerance, int iterations, InfluenceOptions? options)
    {
        var fit = new Fit<TModel, T>(Model, Training, Plan, AlignedBuffer<T>.CopyOf(Weights.Span)) { Divisor = Divisor, IsMinimised = true };
        using var task = new InfluenceTask<TModel, T>(fit, Training, options);
        task.Sweeps.Blocks = blocks;
        var goal = tolerance ?? (typeof(T) == typeof(double) ? 1e-11 : 1e-5) * Math.Max(1, Stationarity.TypicalGradient(task));
        var gradient = new AlignedBuffer<T>(Weights.Length);
        var damping = 0.0;
        var norm = task.WriteObjectiveGradient(gradient);
        for (var iteration = 0; iteration < iterations && norm > goal; iteration++)
        {
            task.Cancellation.ThrowIfCancellationRequested();
            var direction = fit.NewtonDirection(task, gradient, ref damping);
            if (!fit.Step(task, gradient, direction, norm, out var reached))
            {
                break;
            }

            norm = reached;
            damping = damping < 1e-12 ? 0 : damping / 10;
        }

        return norm <= goal
            ? fit
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Newton's method stopped at a gradient of {norm:G3}, above {goal:G3}: ask for less (tolerance), or give the objective a minimum with a penalty (L2) on blocks that the losses leave free."));
    }

    private AlignedBuffer<T> NewtonDirection(InfluenceTask<TModel, T> task, AlignedBuffer<T> gradient, ref double damping)
    {
        while (true)
        {
            var direction = AlignedBuffer<T>.CopyOf(gradient.Span);
            try
            {
                new InfluenceFunctions { Damping = damping }.Inverse(task).Solve(direction, 1);
                return direction;
            }
            catch (Exception problem) when (problem is NotPositiveDefiniteException or InvalidOperationException && damping < 1e12)
            {
                damping = Math.Max(10 * damping, 1e-6);
            }
        }
    }

    /// <summary>Moves the weights against a direction, as far as the objective falls; near the minimum, where the objective no longer
    /// tells, as far as the gradient does.</summary>
    private bool Step(InfluenceTask<TModel, T> task, AlignedBuffer<T> gradient, AlignedBuffer<T> direction, double norm, out double reached)
    {
        var start = Weights.Span.ToArray();
        var (objective, slope) = (MeanLoss(Training) + Penalty(), double.CreateChecked(TensorPrimitives.Dot<T>(gradient.Span, direction.Span)));
        var step = 1.0;
        for (var halving = 0; halving < MostHalvings; halving++, step /= 2)
        {
            TensorPrimitives.MultiplyAdd(direction.Span, T.CreateChecked(-step), start, Weights.Span);
            var there = MeanLoss(Training) + Penalty();
            reached = task.WriteObjectiveGradient(gradient);
            if (there <= objective - SufficientDecrease * step * slope || reached < 0.5 * norm && there <= objective + Slack * Math.Abs(objective))
            {
                return true;
            }
        }

        start.CopyTo(Weights.Span);
        reached = task.WriteObjectiveGradient(gradient);
        return false;
    }
}
