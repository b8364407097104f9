using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Rescaled influence (Rubinstein and Hopkins, 2025): influence functions whose change of the weights is divided by one minus the
/// example's leverage, δθ_i = (1/n) H⁻¹ g_i / (1 − h_i) with h_i = ℓ″_i x_iᵀ H⁻¹ x_i / n. It is one step of Newton's method on the objective
/// without the example, since what the example's own curvature takes away is of low rank: for several outputs
/// δθ_i = (1/n) H⁻¹ J_iᵀ (I − C_i A_i)⁻¹ r_i with A_i = J_i H⁻¹ J_iᵀ / n (Pregibon, 1981; Sherman, Morrison and Woodbury).
/// </summary>
/// <remarks>
/// <para>For models whose outputs are linear in the parameters: those of features without hidden layers, whatever their loss. Exact for squared losses, with
/// <see cref="LossChange.Exact"/> or <see cref="LossChange.SecondOrder"/> in the loss too; for the others much nearer to retraining than
/// influence functions where an example has leverage, which is where examples are few or far out. Needs a minimum of the objective, as influence
/// functions do; the notes say how far the weights are from one, and name the examples of leverage 1, which alone determine something.</para>
/// <para>Takes a solve for each test example and as many as outputs, and one more, for each training example: n C p² multiply-adds beside
/// influence functions'. The exact change of the losses takes a forward pass over the test set for each training example. With
/// <see cref="Removal.Refit"/> all of that once for each of the different weights that examples have.</para>
/// </remarks>
public readonly record struct RescaledInfluence() : IInfluenceMethod
{
    private readonly bool _averagesAnew;

    /// <summary>Damping and solver.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>How the change of a loss follows from that of the parameters; to first order unless said otherwise. Where influence is large,
    /// the exact change matters as much as the leverage.</summary>
    public LossChange Effect { get; init; }

    /// <summary>What becomes of the divisor; <see cref="Removal.Fixed"/>, as for influence functions, unless said otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the two.</exception>
    public Removal Removal
    {
        get => _averagesAnew ? Removal.Refit : Removal.Fixed;
        init => _averagesAnew = value switch
        {
            Removal.Refit => true,
            Removal.Fixed => false,
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, "An example is removed by Removal.Fixed or Removal.Refit."),
        };
    }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Removal == Removal.Refit && !task.Training.Weights.IsEmpty
            ? new RescaledByWeight<TModel, T>(task, Influence, Effect)
            : new RescaledScores<TModel, T>(task, Influence, Effect, Removal == Removal.Refit ? 1 : 0);
}

/// <inheritdoc cref="RescaledInfluence"/>
/// <remarks>With the divisor d = n, or n − w without an example of weight w, which is 1 where there are no weights, and M = (1/d) Σ H_j + diag(λ) + δ I, the step without example i from a minimum is
/// (M − J_iᵀ C_i J_i / d)⁻¹ (g_i + (n − d) λθ) / d = M⁻¹ J_iᵀ r̂_i / d + u with u = (n − d) M⁻¹ λθ / d,
/// r̂_i = (I − C_i A_i)⁻¹ (r_i + C_i J_i u) and A_i = J_i M⁻¹ J_iᵀ / d.</remarks>
internal sealed class RescaledScores<TModel, T> : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly LossChange _effect;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly LastLayer<TModel, T> _layer;
    private readonly AlignedBuffer<T> _residuals;
    private readonly AlignedBuffer<T>? _common;
    private readonly T _share;
    private readonly ImmutableArray<string> _notes;

    /// <param name="task">What is asked.</param>
    /// <param name="settings">Damping and solver.</param>
    /// <param name="effect">How the change of a loss follows.</param>
    /// <param name="weight">What an example takes away from the divisor as it goes; 0 where that stays.</param>
    /// <exception cref="InvalidOperationException">The outputs are not linear in the parameters, or the solver needs something that the fit
    /// does not have.</exception>
    public RescaledScores(InfluenceTask<TModel, T> task, InfluenceFunctions settings, LossChange effect, double weight)
    {
        var (model, training) = (task.Sweeps.Model, task.Training);
        if (!model.HasLinearOutputs || task.Sweeps.ReadsColumns)
        {
            throw new InvalidOperationException(
                "Rescaled influence is for models whose outputs are linear in the parameters: those of features without hidden layers. For this one use InfluenceFunctions, or train again without the examples in question (Retrainer).");
        }

        var divisor = training.TotalWeight - weight;
        if (!(divisor > 0))
        {
            throw new InvalidOperationException("Without the only training example there is nothing to average over; use Removal.Fixed.");
        }

        (_task, _effect) = (task, effect);
        _share = T.One / T.CreateChecked(divisor);
        _inverse = settings.Inverse(task, null, divisor);
        _layer = new LastLayer<TModel, T>(task);
        _residuals = new AlignedBuffer<T>(checked(training.Count * model.OutputStride));
        task.Sweeps.OutputGradient(training, task.Weights, _residuals);
        if (weight > 0)
        {
            _common = new AlignedBuffer<T>(task.Layout.StorageLength);
            task.Fit.AddPenaltyGradient(_common.Span);
            _inverse.Solve(_common, 1);
            TensorPrimitives.Multiply(_common.Span, T.CreateChecked(weight) * _share, _common.Span);
            AddCurved(_common);
        }

        var leverages = new Leverages<TModel, T>(task, _inverse, divisor).Write(_residuals);
        _notes = [.. Stationarity.NoteOf(task), .. Leverages<TModel, T>.NoteOfUndetermined(leverages, training)];
    }

    public override ImmutableArray<string> Notes => [.. _inverse.Notes, .. _notes];

    public override long MemoryOfTest => _task.Layout.StorageLength;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (test, n) = (_task.TestPart(first, last), _task.Training.Count);
        if (_effect == LossChange.FirstOrder)
        {
            var directions = new AlignedBuffer<T>(checked(test.Count * _task.Layout.StorageLength));
            _task.WriteGradients(test, directions);
            WriteFirstOrder(directions, test.Count, scores);
            return;
        }

        var (losses, effects) = (new LossChanges<TModel, T>(_task, test, _effect), new T[test.Count]);
        ForChanges((example, change) =>
        {
            losses.Write(change, effects);
            RequireFinite(example, effects);
            for (var t = 0; t < effects.Length; t++)
            {
                scores[t * n + example] = effects[t];
            }
        });
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        if (_effect == LossChange.FirstOrder)
        {
            var direction = new AlignedBuffer<T>(_task.Layout.StorageLength);
            _task.WriteGradientSum(_task.Test, direction);
            WriteFirstOrder(direction, 1, scores);
            return;
        }

        var (losses, effects) = (new LossChanges<TModel, T>(_task, _task.Test, _effect), new T[_task.Test.Count]);
        ForChanges((example, change) =>
        {
            losses.Write(change, effects);
            RequireFinite(example, effects);
            scores[example] = TensorPrimitives.Sum<T>(effects);
        });
    }

    public override void WriteSelf(AlignedBuffer<T> scores) => ForChanges((example, change) =>
    {
        var own = scores.Span.Slice(example, 1);
        new LossChanges<TModel, T>(_task, InfluenceTask<TModel, T>.Part(_task.Training, example, example + 1), _effect).Write(change, own);
        RequireFinite(example, own);
    });

    /// <summary>Writes g_te · δθ_i of some test gradients, which are solved for in place.</summary>
    private void WriteFirstOrder(AlignedBuffer<T> gradients, int count, AlignedBuffer<T> scores)
    {
        var (n, length) = (_task.Training.Count, _task.Layout.StorageLength);
        var shifts = new T[count];
        for (var t = 0; t < count && _common is not null; t++)
        {
            shifts[t] = TensorPrimitives.Dot<T>(gradients.Span.Slice(t * length, length), _common.Span);
        }

        _inverse.Solve(gradients, count);
        TensorPrimitives.Multiply(gradients.Span, _share, gradients.Span);
        _task.Sweeps.CotangentDot(_task.Training, _task.Weights, _residuals, gradients, scores);
        for (var t = 0; t < count && _common is not null; t++)
        {
            var row = scores.Span.Slice(t * n, n);
            TensorPrimitives.Add(row, shifts[t], row);
        }
    }

    /// <summary>Gives δθ_i of every training example in turn.</summary>
    private void ForChanges(Action<int, AlignedBuffer<T>> use)
    {
        var (training, length) = (_task.Training, _task.Layout.StorageLength);
        var (outputs, stride) = (_task.Sweeps.Model.Outputs, _task.Sweeps.Model.OutputStride);
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / length, 1, training.Count);
        var (changes, change) = (new AlignedBuffer<T>(checked(block * length)), new AlignedBuffer<T>(length));
        for (var first = 0; first < training.Count; first += block)
        {
            var part = InfluenceTask<TModel, T>.Part(training, first, Math.Min(first + block, training.Count));
            var features = _layer.Features(part);
            for (var i = 0; i < part.Count; i++)
            {
                _layer.WriteDirection(features.Span.Slice(i * _layer.Weights.Stride, _layer.Weights.Stride),
                    _residuals.Span.Slice((first + i) * stride, outputs), changes.Span.Slice(i * length, length));
            }

            _inverse.Solve(changes, part.Count);
            for (var i = 0; i < part.Count; i++)
            {
                TensorPrimitives.Multiply(changes.Span.Slice(i * length, length), _share, change.Span);
                if (_common is not null)
                {
                    TensorPrimitives.Add(change.Span, _common.Span, change.Span);
                }

                use(first + i, change);
            }

            _task.Report((double)(first + part.Count) / training.Count);
        }
    }

    /// <summary>r_i += C_i J_i u.</summary>
    private void AddCurved(AlignedBuffer<T> direction)
    {
        var (training, outputs, stride) = (_task.Training, _task.Sweeps.Model.Outputs, _task.Sweeps.Model.OutputStride);
        var dots = new AlignedBuffer<T>(_residuals.Length);
        var curvatures = new AlignedBuffer<T>(checked(training.Count * outputs * stride));
        _task.Sweeps.OutputDot(training, _task.Weights, direction, dots);
        _task.Sweeps.OutputHessian(training, _task.Weights, curvatures);
        for (var i = 0; i < training.Count; i++)
        {
            for (var j = 0; j < outputs; j++)
            {
                _residuals[i * stride + j] += TensorPrimitives.Dot<T>(curvatures.Span.Slice((i * outputs + j) * stride, outputs),
                    dots.Span.Slice(i * stride, outputs));
            }
        }
    }

    private void RequireFinite(int example, ReadOnlySpan<T> effects)
    {
        if (!T.IsFinite(TensorPrimitives.Sum(effects)))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Without training example {example} ({_task.Training.Individuals[_task.Training.IndividualOf[example]]}) a test loss at the estimated parameters is not finite. Ask for the loss to first order, or add a penalty (L2) or damping (Damping)."));
        }
    }
}
