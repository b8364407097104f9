using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Estimates the largest eigenvalue, in absolute value, of the Hessian of a batch's objective: power iteration on
/// Hessian products. Gradient descent on a quadratic is stable below 2/λ.
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
    private readonly AlignedBuffer<T> _products;

    public LargestCurvature(SweepRunner<TModel, T> sweeps, WeightUpdate<T> update, Objective objective)
    {
        _sweeps = sweeps;
        _update = update;
        _objective = objective;
        _products = new AlignedBuffer<T>(sweeps.Layout.StorageLength);
    }

    /// <summary>λ of <paramref name="batch"/> at <paramref name="weights"/>; 0 where there is no curvature.</summary>
    public double Of(ExampleSet<T> batch, AlignedBuffer<T> weights)
    {
        var direction = new AlignedBuffer<T>(weights.Length);
        Draw(direction);
        var largest = 0.0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Multiply(batch, weights, direction);
            var norm = TensorPrimitives.Norm<T>(_products.Span);
            if (!(norm > T.Zero) || !T.IsFinite(norm))
            {
                return 0;
            }

            TensorPrimitives.Divide(_products.Span, norm, direction.Span);
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

    private void Multiply(ExampleSet<T> batch, AlignedBuffer<T> weights, AlignedBuffer<T> direction)
    {
        _products.Span.Clear();
        _sweeps.HessianVectorSum(batch, weights, null, direction, _products);
        if (_objective == Objective.Mean)
        {
            TensorPrimitives.Divide(_products.Span, T.CreateChecked(batch.TotalWeight), _products.Span);
        }

        _update.AddDecay(direction.Span, _objective == Objective.Mean ? 1 : batch.TotalWeight, _products.Span);
    }
}
