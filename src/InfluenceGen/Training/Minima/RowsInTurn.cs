using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// Solves the rows of tables exactly in turn (alternating least squares, Zhou et al., 2008): with the items' rows fixed each user's, of all
/// tables together, is a ridge regression, and the other way round; then what every example reads. Stops where a round gains little; the
/// rest is left to Newton's method.
/// </summary>
internal static class RowsInTurn
{
    private const int MostRounds = 50;

    // Of the objective, below which another round is not worth its time.
    private const double Worthwhile = 1e-3;

    public static void Run<TModel, T>(UnitFreeObjective<TModel, T> objective, AlignedBuffer<double> point, CancellationToken cancellation)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (gradient, step) = (new AlignedBuffer<double>(objective.Order), new double[objective.Order]);
        var trial = AlignedBuffer<double>.CopyOf(point.Span);
        objective.MoveTo(trial);
        var value = objective.Value();
        for (var round = 0; round < MostRounds; round++)
        {
            for (var pass = 0; pass < objective.Sweeps.Layout.Passes; pass++)
            {
                cancellation.ThrowIfCancellationRequested();
                objective.WriteGradient(gradient);
                RowBlocks.Of(objective, pass).Solve(gradient.Span, step);
                TensorPrimitives.Subtract(trial.Span, step, trial.Span);
                objective.MoveTo(trial);
            }

            var reached = objective.Value();
            if (!(reached < value))
            {
                return;
            }

            trial.Span.CopyTo(point.Span);
            if (value - reached <= Worthwhile * Math.Abs(reached))
            {
                return;
            }

            value = reached;
        }
    }
}
