using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Influence at weights that are no minimum, without Koh and Liang's approximation (2017, appendix B; Eq. (11)): how the Newton step
/// N_ε,z = −(H + ε H_z)⁻¹ (g + ε g_z) of example z's removal, ε = −1/n, differs from the step −H⁻¹ g that the weights would take
/// anyway; to first order in the test loss, g_te · (N_ε,z − N_0). Influence functions are what remains of it when the cross term
/// of g and H_z is dropped, which has the same order in ε and is small only where g is.
/// </summary>
/// <remarks>A Hessian of its own for each training example: with <see cref="Solver.Cholesky"/> n (n p² + p³) in all.
/// <c>fit.NewtonStep</c> gives the parts of one step.</remarks>
public readonly record struct InfluenceAtNonConvergence() : IInfluenceMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new NonConvergenceScores<TModel, T>(task, Influence);
}

/// <summary>A step of Newton's method after an example's weight was raised by ε (Koh and Liang, 2017, appendix B), and its parts.</summary>
/// <param name="Epsilon">ε; −1/n is removal.</param>
/// <param name="Exact">−(H + ε H_z)⁻¹ (g + ε g_z), in the order of θ.</param>
/// <param name="Constant">−H⁻¹ g: the step that the weights would take anyway, the same for every example; 0 at a minimum.</param>
/// <param name="OfExample">−ε H⁻¹ g_z: what influence functions track.</param>
/// <typeparam name="T">double or float.</typeparam>
public sealed record NewtonStepParts<T>(double Epsilon, ImmutableArray<T> Exact, ImmutableArray<T> Constant, ImmutableArray<T> OfExample)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The sum of both parts: the exact step but for the terms in ε g and ε².</summary>
    public ImmutableArray<T> Linearised
    {
        get
        {
            var sum = new T[Exact.Length];
            TensorPrimitives.Add(Constant.AsSpan(), OfExample.AsSpan(), sum);
            return [.. sum];
        }
    }
}

/// <summary>Newton steps after the weight of one example has changed.</summary>
internal sealed class UpweightedNewtonStep<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly InfluenceFunctions _settings;
    private readonly AlignedBuffer<T> _coefficients;
    private readonly AlignedBuffer<T> _gradient;

    public UpweightedNewtonStep(InfluenceTask<TModel, T> task, InfluenceFunctions settings)
    {
        (_task, _settings) = (task, settings);
        _coefficients = new AlignedBuffer<T>(task.Training.Count);
        _coefficients.Span.Fill(T.One);
        _gradient = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.WriteObjectiveGradient(_gradient);
        Inverse = settings.Inverse(task);
        Constant = AlignedBuffer<T>.CopyOf(_gradient.Span);
        Inverse.Solve(Constant, 1);
        TensorPrimitives.Negate(Constant.Span, Constant.Span);
    }

    /// <summary>H⁻¹ of the objective as it was trained.</summary>
    public InverseHessian<TModel, T> Inverse { get; }

    /// <summary>−H⁻¹ g.</summary>
    public AlignedBuffer<T> Constant { get; }

    /// <summary>Writes −(H + ε H_z)⁻¹ (g + ε g_z) from z's gradient.</summary>
    /// <returns>The inverse that it was made with.</returns>
    public InverseHessian<TModel, T> Write(int example, ReadOnlySpan<T> gradient, double epsilon, AlignedBuffer<T> step)
    {
        TensorPrimitives.MultiplyAdd(gradient, T.CreateChecked(epsilon), _gradient.Span, step.Span);
        TensorPrimitives.Negate(step.Span, step.Span);
        _coefficients[example] = T.CreateChecked(1 + _task.Training.TotalWeight * epsilon);
        var inverse = _settings.Inverse(_task, _coefficients, _task.Training.TotalWeight);
        inverse.Solve(step, 1);
        _coefficients[example] = T.One;
        return inverse;
    }
}

/// <inheritdoc cref="InfluenceAtNonConvergence"/>
internal sealed class NonConvergenceScores<TModel, T>(InfluenceTask<TModel, T> task, InfluenceFunctions settings) : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly UpweightedNewtonStep<TModel, T> _steps = new(task, settings);

    public override ImmutableArray<string> Notes => _steps.Inverse.Notes;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (test, n) = (task.TestPart(first, last), task.Training.Count);
        ForBlocks((changes, from, count) =>
        {
            var dots = new AlignedBuffer<T>(count, test.Count);
            task.Sweeps.ScoreDot(test, task.Weights, changes, dots);
            for (var i = 0; i < count; i++)
            {
                for (var t = 0; t < test.Count; t++)
                {
                    scores[t * n + from + i] = dots[i * test.Count + t];
                }
            }
        });
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var (sum, length) = (new AlignedBuffer<T>(task.Layout.StorageLength), task.Layout.StorageLength);
        task.WriteGradientSum(task.Test, sum);
        ForBlocks((changes, from, count) =>
        {
            for (var i = 0; i < count; i++)
            {
                scores[from + i] = TensorPrimitives.Dot<T>(sum.Span, changes.Span.Slice(i * length, length));
            }
        });
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var length = task.Layout.StorageLength;
        ForBlocks((changes, from, count) =>
        {
            var gradients = new AlignedBuffer<T>(count, length);
            task.WriteGradients(InfluenceTask<TModel, T>.Part(task.Training, from, from + count), gradients);
            for (var i = 0; i < count; i++)
            {
                scores[from + i] = TensorPrimitives.Dot<T>(gradients.Span.Slice(i * length, length), changes.Span.Slice(i * length, length));
            }
        });
    }

    /// <summary>Hands out N_ε,z − N_0 of the training examples, block by block.</summary>
    private void ForBlocks(Action<AlignedBuffer<T>, int, int> work)
    {
        var (n, length) = (task.Training.Count, task.Layout.StorageLength);
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / length, 1, n);
        var step = new AlignedBuffer<T>(length);
        for (var from = 0; from < n; from += block)
        {
            var part = InfluenceTask<TModel, T>.Part(task.Training, from, Math.Min(from + block, n));
            var (gradients, changes) = (new AlignedBuffer<T>(part.Count, length), new AlignedBuffer<T>(part.Count, length));
            task.WriteGradients(part, gradients);
            for (var i = 0; i < part.Count; i++)
            {
                task.Cancellation.ThrowIfCancellationRequested();
                var inverse = _steps.Write(from + i, gradients.Span.Slice(i * length, length), -1.0 / task.Training.TotalWeight, step);
                if (!inverse.IsIterative)
                {
                    // Who alone has a level takes what determines it along.
                    inverse.RequireTestsInRange();
                }

                TensorPrimitives.Subtract(step.Span, _steps.Constant.Span, changes.Span.Slice(i * length, length));
            }

            work(changes, from, part.Count);
            task.Report((double)(from + part.Count) / n);
        }
    }
}
