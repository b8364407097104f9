using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Estimates the largest eigenvalue, in absolute value, of the Hessian of a batch's objective: power iteration on
/// central differences of its gradient. Gradient descent on a quadratic is stable below 2/λ.
/// </summary>
internal sealed class LargestCurvature<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Iterations = 60;
    private const double Tolerance = 1e-3;

    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly WeightUpdate<T> _update;
    private readonly Objective _objective;
    private readonly AlignedBuffer<T> _shifted;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _forward;
    private readonly AlignedBuffer<T> _backward;

    public LargestCurvature(SweepRunner<TModel, T> sweeps, WeightUpdate<T> update, Objective objective, int capacity)
    {
        _sweeps = sweeps;
        _update = update;
        _objective = objective;
        var length = sweeps.Layout.StorageLength;
        _shifted = new AlignedBuffer<T>(length);
        _forward = new AlignedBuffer<T>(length);
        _backward = new AlignedBuffer<T>(length);
        _outputGradients = new AlignedBuffer<T>(capacity, sweeps.Model.OutputStride);
    }

    /// <summary>λ of <paramref name="batch"/> at <paramref name="weights"/>; 0 where there is no curvature.</summary>
    public double Of(ExampleSet<T> batch, AlignedBuffer<T> weights)
    {
        var direction = new AlignedBuffer<T>(weights.Length);
        Draw(direction);
        var shift = T.Cbrt(T.BitIncrement(T.One) - T.One) * (T.One + TensorPrimitives.Norm<T>(weights.Span));
        var largest = 0.0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Gradient(batch, weights, direction, shift, _forward);
            Gradient(batch, weights, direction, -shift, _backward);
            var product = direction.Span;
            TensorPrimitives.Subtract<T>(_forward.Span, _backward.Span, product);
            TensorPrimitives.Divide(product, shift + shift, product);
            var norm = TensorPrimitives.Norm<T>(product);
            if (!(norm > T.Zero) || !T.IsFinite(norm))
            {
                return 0;
            }

            TensorPrimitives.Divide(product, norm, product);
            var previous = largest;
            largest = double.CreateChecked(norm);
            if (Math.Abs(largest - previous) <= Tolerance * largest)
            {
                break;
            }
        }

        return largest;
    }

    private void Draw(AlignedBuffer<T> direction)
    {
        var random = new RandomSource(1);
        var theta = new T[_sweeps.Layout.Count];
        foreach (ref var value in theta.AsSpan())
        {
            value = T.CreateChecked(random.NextGaussian());
        }

        TensorPrimitives.Divide(theta, TensorPrimitives.Norm<T>(theta), theta);
        _sweeps.Layout.Unpack<T>(theta, direction.Span);
    }

    private void Gradient(ExampleSet<T> batch, AlignedBuffer<T> weights, AlignedBuffer<T> direction, T shift,
        AlignedBuffer<T> gradient)
    {
        TensorPrimitives.MultiplyAdd<T>(direction.Span, shift, weights.Span, _shifted.Span);
        gradient.Span.Clear();
        _sweeps.GradientSum(batch, _shifted, null, _outputGradients, gradient);
        if (_objective == Objective.Mean)
        {
            TensorPrimitives.Divide(gradient.Span, T.CreateChecked(batch.Count), gradient.Span);
        }

        _update.AddDecay(_shifted.Span, _objective == Objective.Mean ? 1 : batch.Count, gradient.Span);
    }
}
