using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Representer point selection by a local Jacobian expansion (Sui, Wu and Sanner, 2021): with W the last layer's parameters as they are,
/// not at a minimum, one Newton step leads to Σ_i (1/n) [W − H⁻¹ (g_i + λW)], H the Hessian of the last layer's mean objective; example i
/// contributes (1/n) [W − H⁻¹ (g_i + λW)] · f_te to the outputs.
/// </summary>
/// <remarks>The contributions sum to the outputs after that step. Needs neither a penalty nor a stationary last layer, only an H that
/// is positive definite. One solve for each test example and output. See <see cref="IRepresenterMethod"/> for the sign
/// and unit of scores.</remarks>
public readonly record struct RpsLje() : IRepresenterMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new RepresenterScores<TModel, T>(task, Represent(task));

    /// <inheritdoc/>
    public RepresenterSource<T> Represent<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new ExpandedRepresenters<TModel, T>(task, Influence);
}

/// <inheritdoc cref="RpsLje"/>
internal sealed class ExpandedRepresenters<TModel, T> : RepresenterSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly LastLayer<TModel, T> _layer;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly AlignedBuffer<T> _penalty;

    public ExpandedRepresenters(InfluenceTask<TModel, T> task, InfluenceFunctions settings)
    {
        (_task, _layer) = (task, new LastLayer<TModel, T>(task));
        task.Sweeps.Blocks = _layer.Blocks;
        _inverse = settings.Inverse(task);
        _penalty = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.Fit.AddPenaltyGradient(_penalty.Span);
    }

    public override ImmutableArray<string> Notes => _inverse.Notes;

    public override long MemoryOfTest => _task.Layout.StorageLength;

    public override void Write(ExampleSet<T> training, int first, ExampleSet<T> tests, AlignedBuffer<T> outputs, AlignedBuffer<T> contributions)
    {
        var (length, model, features) = (_task.Layout.StorageLength, _task.Sweeps.Model, _layer.Features(tests));
        var (directions, constants) = (new AlignedBuffer<T>(tests.Count, length), new T[tests.Count]);
        for (var t = 0; t < tests.Count; t++)
        {
            var direction = directions.Span.Slice(t * length, length);
            _layer.WriteDirection(features.Span.Slice(t * _layer.Weights.Stride, _layer.Weights.Stride),
                outputs.Span.Slice(t * model.OutputStride, model.Outputs), direction);
            constants[t] = TensorPrimitives.Dot<T>(direction, _task.Weights.Span);
        }

        _inverse.Solve(directions, tests.Count);
        _task.Sweeps.ScoreDot(training, _task.Weights, directions, contributions);
        var share = T.One / T.CreateChecked(_task.Training.TotalWeight);
        for (var t = 0; t < tests.Count; t++)
        {
            // The direction is 0 outside the last layer, and so is its product with the penalty's gradient.
            var constant = constants[t] - TensorPrimitives.Dot<T>(directions.Span.Slice(t * length, length), _penalty.Span);
            var row = contributions.Span.Slice(t * training.Count, training.Count);
            if (training.Weights.IsEmpty)
            {
                TensorPrimitives.Subtract(constant, row, row);
            }
            else
            {
                TensorPrimitives.Negate(row, row);
                TensorPrimitives.MultiplyAdd(training.Weights, constant, row, row);
            }

            TensorPrimitives.Multiply(row, share, row);
        }
    }
}
