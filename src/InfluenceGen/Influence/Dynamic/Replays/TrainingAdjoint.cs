using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>
/// The derivative of final test losses in every training example's weight, by one pass backwards along the training (Hara, Nitanda and
/// Maehara, 2019): what <see cref="Hypergradients{TModel, T}"/> unrolls forwards for each training example, transposed.
/// </summary>
/// <remarks>
/// a is the derivative of the loss in the weights, b that in the velocity. A step backwards is w = b − η a,
/// score_i += −red c_i w · g_i, a ← a + λ w + red Σ c_z H_z w, b ← μ w.
/// </remarks>
internal sealed class TrainingAdjoint<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, long bytes)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Trajectory<T> _trajectory = task.Fit.Trajectory!;
    private readonly int _length = task.Layout.StorageLength;
    private AlignedBuffer<T> _adjoints = new(0);
    private AlignedBuffer<T> _velocityAdjoints = new(0);
    private AlignedBuffer<T> _directions = new(0);
    private AlignedBuffer<T> _products = new(0);
    private AlignedBuffer<T> _dots = new(0);

    /// <summary>Writes scores, a row of every training example's for each direction.</summary>
    /// <param name="gradients">The derivative of each test loss, or of a sum of them, in the final weights; it is overwritten.</param>
    /// <param name="scores">Receives the scores.</param>
    /// <param name="progress">Told the share of the steps that are done.</param>
    public void Write(AlignedBuffer<T> gradients, AlignedBuffer<T> scores, Action<double> progress)
    {
        var count = gradients.Length / _length;
        _adjoints = gradients;
        _directions = new AlignedBuffer<T>(gradients.Length);
        _products = new AlignedBuffer<T>(gradients.Length);
        _velocityAdjoints = new AlignedBuffer<T>(_trajectory.Momentum > 0 ? gradients.Length : 0);
        scores.Span[..checked(count * task.Training.Count)].Clear();
        if (replay.Steps > 0)
        {
            replay.Backwards(bytes / Unsafe.SizeOf<T>(), () =>
            {
                Step(count, scores);
                progress(1 - (double)replay.Number / replay.Steps);
            });
        }
    }

    private void Step(int count, AlignedBuffer<T> scores)
    {
        var step = replay.Current;
        TensorPrimitives.Multiply(_adjoints.Span, T.CreateTruncating(-step.StepSize), _directions.Span);
        if (_velocityAdjoints.Length > 0)
        {
            TensorPrimitives.Add(_directions.Span, _velocityAdjoints.Span, _directions.Span);
            TensorPrimitives.Multiply(_directions.Span, T.CreateTruncating(_trajectory.Momentum), _velocityAdjoints.Span);
        }

        var reduction = T.CreateTruncating(step.Reduction);
        AddScores(step, count, -reduction, scores.Span);
        _products.Span.Clear();
        task.Sweeps.HessianVectorSum(step.Batch, step.Weights, step.Coefficients, _directions, _products);
        TensorPrimitives.MultiplyAdd(_products.Span, reduction, _adjoints.Span, _adjoints.Span);
        for (var b = 0; b < task.Layout.Blocks.Length; b++)
        {
            var penalty = _trajectory.PenaltyOf(b, step.PenaltyScale);
            for (var k = 0; k < count && penalty != 0; k++)
            {
                var (start, length) = (k * _length + task.Layout.Blocks[b].Offset, task.Layout.Blocks[b].StorageLength);
                var adjoint = _adjoints.Span.Slice(start, length);
                TensorPrimitives.MultiplyAdd(_directions.Span.Slice(start, length), T.CreateTruncating(penalty), adjoint, adjoint);
            }
        }
    }

    private void AddScores(in UpdateStep<T> step, int count, T factor, Span<T> scores)
    {
        var batch = step.Batch.Count;
        if (_dots.Length < (long)count * batch)
        {
            _dots = new AlignedBuffer<T>(count, batch);
        }

        task.Sweeps.ScoreDot(step.Batch, step.Weights, _directions, _dots);
        StepScores.Add(step, count, factor, _dots.Span, scores, task.Training.Count);
    }
}

/// <summary>Puts what a step gives its batch where the examples stand.</summary>
internal static class StepScores
{
    /// <summary>scores[k, position of i] += factor · c_i · dots[k, i].</summary>
    public static void Add<T>(in UpdateStep<T> step, int count, T factor, ReadOnlySpan<T> dots, Span<T> scores, int trainingCount)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var batch = step.Batch.Count;
        for (var k = 0; k < count; k++)
        {
            var row = dots.Slice(k * batch, batch);
            var into = scores.Slice(k * trainingCount, trainingCount);
            if (step.IsFullBatch && step.Coefficients is null)
            {
                TensorPrimitives.MultiplyAdd(row, factor, into, into);
                continue;
            }

            for (var i = 0; i < batch; i++)
            {
                into[step.PositionOf(i)] += (step.Coefficients is null ? factor : factor * step.Coefficients[i]) * row[i];
            }
        }
    }
}
