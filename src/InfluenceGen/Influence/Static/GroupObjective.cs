using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// The second-order influence of a group of size k as a quadratic form of its members' weights w (Basu, You and Feizi, Eq. (18)):
/// c₁ wᵀa + c₂ wᵀBw with a_i = v₁ᵀ g_i, B_ij = v₁ᵀ H_i H⁻¹ g_j, v₁ = H⁻¹ g_te, c₁ = (1/n)(1 − 2p)/(1 − p)², c₂ = (1/n²)/(1 − p)² and
/// p = k/n; g_i and H_i carry their share of the penalty. Where examples have weights v, n is their sum and p = Σ w_i v_i / n, of the w at
/// hand. For w of zeros and ones with k ones it is
/// <see cref="SecondOrderGroup"/>'s influence to first order in the loss.
/// </summary>
/// <remarks>B is n × n and not symmetric. It is never formed, nor are its factors: B w is one gradient sum, one solve and one uᵀ H_i v of
/// every example; Bᵀ w one Hessian-vector sum, one solve and one dot with every gradient.</remarks>
internal sealed class GroupObjective<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly ImmutableArray<string> _stationarity;
    private readonly AlignedBuffer<T> _penalty;
    private readonly AlignedBuffer<T> _direction;
    private readonly AlignedBuffer<T> _damped;
    private readonly AlignedBuffer<T> _gradients;
    private readonly AlignedBuffer<T> _curvatures;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _dots;

    /// <exception cref="InvalidOperationException">Gauss-Newton curvature was asked for where it is not the Hessian.</exception>
    public GroupObjective(InfluenceTask<TModel, T> task, InfluenceFunctions settings, int size)
    {
        if (settings.Curvature == Curvature.GaussNewton && !task.Sweeps.Model.HasLinearOutputs)
        {
            throw new InvalidOperationException(
                "The second-order objective of a group uses each example's Hessian; Gauss-Newton curvature is not it for this model. Use Curvature.Hessian with damping.");
        }

        (_task, _inverse, _stationarity) = (task, settings.Inverse(task), Stationarity.NoteOf(task));
        var (n, length) = (task.Training.Count, task.Layout.StorageLength);
        SetShare((double)size / n);
        (_penalty, _direction, _damped) = (new(length), new(length), new(length));
        (_gradients, _curvatures) = (new(length), new(length));
        _outputGradients = new(n, task.Sweeps.Model.OutputStride);
        (_dots, Additive) = (new(n), new(n));
        task.WriteGradientSum(task.Test, _direction);
        _inverse.Solve(_direction, 1);
        foreach (ref readonly var block in task.Layout.Blocks.AsSpan())
        {
            TensorPrimitives.Multiply(task.Weights.Span.Slice(block.Offset, block.StorageLength),
                T.CreateChecked(task.Fit.CarriedPenaltyOf(block)), _penalty.Span.Slice(block.Offset, block.StorageLength));
            TensorPrimitives.Multiply(_direction.Span.Slice(block.Offset, block.StorageLength),
                T.CreateChecked(_inverse.Hessian.CarriedOn(block)), _damped.Span.Slice(block.Offset, block.StorageLength));
        }

        task.Sweeps.GradientDot(task.Training, task.Weights, _direction, Additive);
        AddShares(TensorPrimitives.Dot<T>(_direction.Span, _penalty.Span), Additive.Span);
    }

    /// <summary>c₁.</summary>
    public double Linear { get; private set; }

    /// <summary>c₂.</summary>
    public double Quadratic { get; private set; }

    /// <summary>a.</summary>
    public AlignedBuffer<T> Additive { get; }

    /// <summary>v₁ in storage order.</summary>
    public AlignedBuffer<T> Direction => _direction;

    public ImmutableArray<string> Notes => [.. _inverse.Notes, .. _stationarity];

    /// <summary>c₁ wᵀa + c₂ wᵀBw.</summary>
    public double Of(AlignedBuffer<T> weights)
    {
        Solve(weights);
        return Linear * double.CreateChecked(TensorPrimitives.Dot<T>(weights.Span, Additive.Span))
            + Quadratic * double.CreateChecked(TensorPrimitives.Dot<T>(_curvatures.Span, _gradients.Span));
    }

    /// <summary>The objective of a group, whose members have weight 1.</summary>
    public double Of(ReadOnlySpan<int> group)
    {
        var weights = new AlignedBuffer<T>(Additive.Length);
        foreach (var example in group)
        {
            weights[example] = T.One;
        }

        return Of(weights);
    }

    /// <summary>Writes c₁ a + c₂ (B + Bᵀ) w.</summary>
    public void WriteGradient(AlignedBuffer<T> weights, AlignedBuffer<T> gradient)
    {
        WriteQuadratic(weights, gradient);
        TensorPrimitives.MultiplyAdd(Additive.Span, T.CreateChecked(Linear), gradient.Span, gradient.Span);
    }

    /// <summary>Writes c₂ (B + Bᵀ) w.</summary>
    public void WriteQuadratic(AlignedBuffer<T> weights, AlignedBuffer<T> product)
    {
        Solve(weights);
        _inverse.Solve(_curvatures, 1);
        _task.Sweeps.HessianDot(_task.Training, _task.Weights, _direction, _gradients, product);
        _task.Sweeps.GradientDot(_task.Training, _task.Weights, _curvatures, _dots);
        TensorPrimitives.Add(product.Span, _dots.Span, product.Span);
        AddShares(TensorPrimitives.Dot<T>(_damped.Span, _gradients.Span)
            + TensorPrimitives.Dot<T>(_penalty.Span, _curvatures.Span), product.Span);
        TensorPrimitives.Multiply(product.Span, T.CreateChecked(Quadratic), product.Span);
    }

    /// <summary>_gradients = H⁻¹ Σ w_i g_i and _curvatures = Σ w_i H_i v₁, with the shares of the penalty.</summary>
    private void Solve(AlignedBuffer<T> weights)
    {
        var total = TensorPrimitives.Sum<T>(weights.Span);
        if (!_task.Training.Weights.IsEmpty)
        {
            total = TensorPrimitives.Dot(weights.Span, _task.Training.Weights);
            SetShare(double.CreateChecked(total) / _task.Training.TotalWeight);
        }

        _gradients.Span.Clear();
        _task.Sweeps.GradientSum(_task.Training, _task.Weights, weights, _outputGradients, _gradients);
        TensorPrimitives.MultiplyAdd(_penalty.Span, total, _gradients.Span, _gradients.Span);
        _inverse.Solve(_gradients, 1);
        _curvatures.Span.Clear();
        _task.Sweeps.HessianVectorSum(_task.Training, _task.Weights, weights, _direction, _curvatures);
        TensorPrimitives.MultiplyAdd(_damped.Span, total, _curvatures.Span, _curvatures.Span);
    }

    private void SetShare(double p)
    {
        var n = _task.Training.TotalWeight;
        (Linear, Quadratic) = ((1 - 2 * p) / ((1 - p) * (1 - p)) / n, 1 / ((1 - p) * (1 - p)) / n / n);
    }

    /// <summary>Adds what each example carries of something that all share by weight.</summary>
    private void AddShares(T whole, Span<T> values)
    {
        if (_task.Training.Weights.IsEmpty)
        {
            TensorPrimitives.Add(values, whole, values);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(_task.Training.Weights, whole, values, values);
        }
    }

    /// <summary>The k examples of the largest numbers, ascending; ties go to the lower position.</summary>
    public static int[] Largest(AlignedBuffer<T> numbers, int count)
    {
        var wide = new double[numbers.Length];
        TensorPrimitives.ConvertChecked<T, double>(numbers.Span, wide);
        var largest = Ranking.Descending(wide)[..count];
        Array.Sort(largest);
        return largest;
    }

    /// <summary>What was found, by what numbers.</summary>
    public SelectedGroup Found(int[] group, AlignedBuffer<T> by, params ReadOnlySpan<string> notes)
    {
        var weights = new double[by.Length];
        TensorPrimitives.ConvertChecked<T, double>(by.Span, weights);
        return new([.. group], Of(group), [.. weights], [.. notes, .. Notes]);
    }
}
