using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Reciprocity;

/// <summary>Records, step by step, what TracIn says the deployment loss falls by and what it does.</summary>
internal sealed class FirstOrderCheck<TModel, T>(ExampleSet<T> deployment, int steps)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Losses that are added up as vectors before their sum is added in double precision.
    private const int RunLength = 256;

    private readonly AlignedBuffer<T> _losses = new(deployment.Count);
    private readonly double[] _total = new double[steps + 1];
    private readonly double[] _reduction = new double[steps];
    private int _recordedLosses;
    private int _recordedReductions;

    public ImmutableArray<double> Losses => [.. _total];

    public ImmutableArray<double> Reductions => [.. _reduction];

    public void RecordLoss(SweepRunner<TModel, T> sweeps, AlignedBuffer<T> weights)
    {
        sweeps.Loss(deployment, weights, _losses);
        var total = 0.0;
        for (var start = 0; start < _losses.Length; start += RunLength)
        {
            var run = _losses.Span[start..Math.Min(start + RunLength, _losses.Length)];
            total += double.CreateTruncating(TensorPrimitives.Sum<T>(run));
        }

        _total[_recordedLosses++] = total;
    }

    public void RecordReduction(double factor, ReadOnlySpan<T> gradient, ReadOnlySpan<T> deploymentGradient) =>
        _reduction[_recordedReductions++] =
            factor * double.CreateTruncating(TensorPrimitives.Dot(gradient, deploymentGradient));

    public ImmutableArray<double> Discrepancy()
    {
        var relative = ImmutableArray.CreateBuilder<double>(_reduction.Length);
        for (var step = 0; step < _reduction.Length; step++)
        {
            var actual = _total[step] - _total[step + 1];
            var error = Math.Abs(_reduction[step] - actual);
            relative.Add(error == 0 ? 0 : error / Math.Abs(actual));
        }

        return relative.MoveToImmutable();
    }
}
