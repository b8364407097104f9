using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>A group as the sweeps take it: the examples themselves, or the whole set with coefficients 0 and 1.</summary>
/// <param name="Examples">What to sweep over.</param>
/// <param name="Coefficients">1 for a member and 0 for the others; null where every example is a member.</param>
/// <param name="Weight">The sum of the members' weights; their number where they have none.</param>
internal readonly record struct GroupExamples<T>(ExampleSet<T> Examples, AlignedBuffer<T>? Coefficients, double Weight)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Sums over groups of training examples, each of which carries its share of the objective's penalty, as much as its weight:
/// g_i + w_i λθ and H_i + w_i diag(λ) (Basu, You and Feizi with L2; see the errata on Eqs. (12) and (15)). Of an objective that is a sum the
/// weight decay is nobody's share: however many losses there are, there is one.</summary>
internal sealed class GroupSums<TModel, T>(InfluenceTask<TModel, T> task)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A group of less than this part of the set is copied; a larger one is swept over where it lies.
    private const int CopiedPart = 4;

    private readonly AlignedBuffer<T> _coefficients = new(task.Training.Count);
    private readonly AlignedBuffer<T> _outputGradients = new(task.Training.Count, task.Sweeps.Model.OutputStride);

    /// <summary>The group's examples, valid until the next call.</summary>
    public GroupExamples<T> Of(ReadOnlySpan<int> group)
    {
        var training = task.Training;
        if (group.Length < training.Count / CopiedPart)
        {
            var part = training.TableCount == 0 ? training.Subset(group) : training.Subset(group, RowPenalty.AsIn(training));
            return new(part, null, part.TotalWeight);
        }

        _coefficients.Span.Clear();
        foreach (var example in group)
        {
            _coefficients[example] = T.One;
        }

        return new(training, _coefficients, WeightOf(group));
    }

    /// <summary>Everybody else, valid until the next call.</summary>
    public GroupExamples<T> Without(ReadOnlySpan<int> group)
    {
        _coefficients.Span.Fill(T.One);
        foreach (var example in group)
        {
            _coefficients[example] = T.Zero;
        }

        return new(task.Training, _coefficients, task.Training.TotalWeight - WeightOf(group));
    }

    /// <summary>Writes Σ g_i over the group; with its penalty Σ (g_i + λθ).</summary>
    public void WriteGradient(in GroupExamples<T> group, bool withPenalty, AlignedBuffer<T> sum)
    {
        sum.Span.Clear();
        task.Sweeps.GradientSum(group.Examples, task.Weights, group.Coefficients, _outputGradients, sum);
        if (withPenalty)
        {
            foreach (ref readonly var block in task.Layout.Blocks.AsSpan())
            {
                AddPenaltyGradient(block, group.Weight * task.Fit.CarriedPenaltyOf(block), sum);
            }
        }
    }

    /// <summary>sum += count · λθ, with the λ that stands beside the mean of losses of that weight.</summary>
    public void AddPenaltyGradient(double count, AlignedBuffer<T> sum)
    {
        foreach (ref readonly var block in task.Layout.Blocks.AsSpan())
        {
            AddPenaltyGradient(block, count * task.Fit.PenaltyOf(block, count), sum);
        }
    }

    private double WeightOf(ReadOnlySpan<int> group)
    {
        if (task.Training.Weights.IsEmpty)
        {
            return group.Length;
        }

        var sum = 0.0;
        foreach (var example in group)
        {
            sum += double.CreateChecked(task.Training.Weights[example]);
        }

        return sum;
    }

    private void AddPenaltyGradient(in ParameterBlock block, double penalty, AlignedBuffer<T> sum)
    {
        var part = sum.Span.Slice(block.Offset, block.StorageLength);
        TensorPrimitives.MultiplyAdd(task.Weights.Span.Slice(block.Offset, block.StorageLength), T.CreateChecked(penalty), part, part);
    }
}
