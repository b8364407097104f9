using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>One step of gradient descent: what training does and what a replay of it does again, bit for bit.</summary>
internal sealed class GradientStep<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <param name="sweeps">The sweeps, over all blocks.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="momentum">μ.</param>
    /// <param name="team">The threads of the sweeps.</param>
    /// <param name="capacity">The most examples in a batch.</param>
    /// <exception cref="ArgumentException">The weight decay spares a block that the model does not have.</exception>
    public GradientStep(SweepRunner<TModel, T> sweeps, WeightDecay? decay, double momentum, WorkerTeam team, int capacity)
    {
        Sweeps = sweeps;
        Weights = new AlignedBuffer<T>(sweeps.Layout.StorageLength);
        Gradient = new AlignedBuffer<T>(sweeps.Layout.StorageLength);
        OutputGradients = new AlignedBuffer<T>(capacity, sweeps.Model.OutputStride);
        Update = new WeightUpdate<T>(sweeps.Layout, decay, momentum, team, Weights, Gradient);
    }

    /// <summary>The sweeps that steps are made of.</summary>
    public SweepRunner<TModel, T> Sweeps { get; }

    /// <summary>w.</summary>
    public AlignedBuffer<T> Weights { get; }

    /// <summary>Σ c_z g_z over the batch; rows that it does not touch are 0.</summary>
    public AlignedBuffer<T> Gradient { get; }

    /// <summary>r_z of the batch.</summary>
    public AlignedBuffer<T> OutputGradients { get; }

    /// <summary>What moves the weights.</summary>
    public WeightUpdate<T> Update { get; }

    /// <summary>Forgets gradient and velocity.</summary>
    public void Clear()
    {
        Gradient.Span.Clear();
        Update.Velocity?.Span.Clear();
    }

    /// <summary>Clears the gradient of the rows that a batch touches, before another batch takes its place.</summary>
    public void ClearTouchedRows(ExampleSet<T> batch)
    {
        foreach (ref readonly var block in Sweeps.Layout.Blocks.AsSpan())
        {
            if (!block.IsTable)
            {
                continue;
            }

            foreach (var row in batch.SegmentsOf(block.RowIndex).Targets)
            {
                Gradient.Span.Slice(block.Offset + row * block.Stride, block.Stride).Clear();
            }
        }
    }

    /// <summary>Sums the gradient of a batch.</summary>
    public void Sum(ExampleSet<T> batch, AlignedBuffer<T>? coefficients) =>
        Sweeps.GradientSum(batch, Weights, coefficients, OutputGradients, Gradient);

    /// <summary>Moves the weights by the gradient that was summed.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isFullBatch">Whether it is the whole training set.</param>
    /// <param name="stepSize">η.</param>
    /// <param name="factor">η red.</param>
    /// <param name="penaltyScale">ρ.</param>
    /// <returns>Whether they are still finite.</returns>
    public bool Move(ExampleSet<T> batch, bool isFullBatch, double stepSize, double factor, double penaltyScale)
    {
        if (isFullBatch || !Sweeps.HasTables || Update.MovesAll)
        {
            return Update.Move(stepSize, factor, penaltyScale);
        }

        var finite = true;
        foreach (ref readonly var block in Sweeps.Layout.Blocks.AsSpan())
        {
            finite &= block.IsTable
                ? Update.MoveRows(block, batch.SegmentsOf(block.RowIndex).Targets, factor)
                : Update.MoveBlock(block, factor);
        }

        return finite;
    }
}
