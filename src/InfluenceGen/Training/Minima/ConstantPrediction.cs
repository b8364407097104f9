using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>The size of losses: what the best constant prediction leaves of them.</summary>
internal static class ConstantPrediction
{
    // e to this is nothing, in single precision too.
    private const double LogarithmOfNothing = -80;

    /// <summary>
    /// The mean size |ℓ_i| of the losses where every output is constant and predicts the mean label (squared loss), its odds (logistic),
    /// its logarithm (counts) or the classes' shares (softmax); offsets come on top of it. Where that is 0, as of one class alone, and where no bias makes outputs
    /// constant, the outputs are 0.
    /// </summary>
    /// <param name="sweeps">The model's sweeps.</param>
    /// <param name="training">The examples.</param>
    /// <param name="included">1 for each example that counts, 0 for the others; empty where all do.</param>
    public static double Loss<TModel, T>(SweepRunner<TModel, T> sweeps, ExampleSet<T> training, ReadOnlySpan<T> included = default)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = new AlignedBuffer<T>(sweeps.Layout.StorageLength);
        var counted = training.TableCount == 0 ? training : training.WithPenalty(RowPenalty.None);
        var size = Write(sweeps.Model, training, included, weights) ? MeanSize(sweeps, counted, included, weights) : 0;
        if (size > 0)
        {
            return size;
        }

        weights.Span.Clear();
        return MeanSize(sweeps, counted, included, weights);
    }

    private static bool Write<TModel, T>(TModel model, ExampleSet<T> training, ReadOnlySpan<T> included, AlignedBuffer<T> weights)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (model.Layout.OutputBias is not { } bias)
        {
            // p = (1, 0, …) and q = (mean, 0, …) of every user and item.
            var mean = T.CreateChecked(MeanLabel(training, included, 0) - (model.HasOffsets ? OffsetBaseline.MeanOffset(training) : 0));
            foreach (var block in model.Layout.Blocks)
            {
                for (var row = 0; row < (block.IsTable && !block.IsBias ? block.Rows : 0); row++)
                {
                    weights[block.Offset + row * block.Stride] = block.RowIndex == 0 ? T.One : mean;
                }
            }

            return model.Layout.HasTables;
        }

        for (var output = 0; output < bias.Columns; output++)
        {
            var mean = MeanLabel(training, included, output);
            var baseline = model.Labels == LabelDomain.Distribution
                ? Math.Max(Math.Log(mean), LogarithmOfNothing)
                : double.CreateChecked(model.Baseline(T.CreateChecked(mean)));
            if (!double.IsFinite(baseline))
            {
                return false;
            }

            var constant = T.CreateChecked(baseline);
            weights[bias.Offset + output] = model.HasOffsets ? OffsetBaseline.Of(model, training, included, bias, constant) : constant;
        }

        return true;
    }

    private static double MeanLabel<T>(ExampleSet<T> training, ReadOnlySpan<T> included, int output) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var i = 0; i < training.Count; i++)
        {
            var label = double.CreateChecked(training.Labels[i * training.LabelStride + output]);
            label *= included.IsEmpty ? 1 : double.CreateChecked(included[i]);
            sum += training.Weights.IsEmpty ? label : double.CreateChecked(training.Weights[i]) * label;
        }

        return sum / TotalWeight(training, included);
    }

    private static double TotalWeight<T>(ExampleSet<T> training, ReadOnlySpan<T> included) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (included.IsEmpty)
        {
            return training.TotalWeight;
        }

        var total = 0.0;
        for (var i = 0; i < included.Length; i++)
        {
            total += double.CreateChecked(training.Weights.IsEmpty ? included[i] : included[i] * training.Weights[i]);
        }

        return total;
    }

    private static double MeanSize<TModel, T>(SweepRunner<TModel, T> sweeps, ExampleSet<T> training, ReadOnlySpan<T> included, AlignedBuffer<T> weights)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (losses, sum) = (new AlignedBuffer<T>(training.Count), 0.0);
        sweeps.Loss(training, weights, losses);
        for (var i = 0; i < training.Count; i++)
        {
            sum += Math.Abs(double.CreateChecked(losses[i])) * (included.IsEmpty ? 1 : double.CreateChecked(included[i]));
        }

        return sum / TotalWeight(training, included);
    }
}
