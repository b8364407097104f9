using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Sources;

/// <summary>What a change δ of the parameters does to the losses of some examples, to first order, second or exactly.</summary>
internal sealed class LossChanges<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly ExampleSet<T> _examples;
    private readonly LossChange _effect;
    private readonly AlignedBuffer<T> _dots;
    private readonly AlignedBuffer<T> _before;
    private readonly AlignedBuffer<T> _moved;

    public LossChanges(InfluenceTask<TModel, T> task, ExampleSet<T> examples, LossChange effect)
    {
        (_task, _examples, _effect) = (task, examples, effect);
        _dots = new AlignedBuffer<T>(examples.Count);
        var isExact = effect == LossChange.Exact;
        _before = new AlignedBuffer<T>(isExact ? examples.Count : 0);
        _moved = new AlignedBuffer<T>(isExact ? task.Layout.StorageLength : 0);
        if (isExact)
        {
            task.Sweeps.Loss(examples, task.Weights, _before);
        }
    }

    /// <summary>Writes the change of each example's loss.</summary>
    /// <param name="change">δ, in storage order.</param>
    /// <param name="effects">Receives a number for each example.</param>
    public void Write(AlignedBuffer<T> change, Span<T> effects)
    {
        if (_effect == LossChange.Exact)
        {
            TensorPrimitives.Add(_task.Weights.Span, change.Span, _moved.Span);
            _task.Sweeps.Loss(_examples, _moved, _dots);
            TensorPrimitives.Subtract(_dots.Span, _before.Span, effects);
            return;
        }

        _task.Sweeps.GradientDot(_examples, _task.Weights, change, _dots);
        _dots.Span.CopyTo(effects);
        if (_effect == LossChange.SecondOrder)
        {
            _task.Sweeps.HessianDot(_examples, _task.Weights, change, change, _dots);
            TensorPrimitives.MultiplyAdd(_dots.Span, T.One / (T.One + T.One), effects, effects);
        }
    }
}
