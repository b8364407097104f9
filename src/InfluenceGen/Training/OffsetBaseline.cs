using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// The constant that predicts best on top of offsets: c with Σ_i k_i ∂ℓ_i/∂s (c + o_i) = 0, where k_i says who counts and ℓ_i has its weight in
/// it. For a squared loss it is the mean of y_i − o_i, for counts log(Σ y_i / Σ exp(o_i)); other losses have no formula.
/// </summary>
internal static class OffsetBaseline
{
    private const int Iterations = 200;
    private const double LongestStep = 4;

    /// <summary>Finds it by Newton's method, by halves where that leaves the interval in which the slope changes its sign: losses are convex in
    /// the output.</summary>
    /// <param name="model">A model of one output.</param>
    /// <param name="examples">The examples, with offsets.</param>
    /// <param name="included">1 for each example that counts, 0 for the others; empty where all do.</param>
    /// <param name="bias">The last layer's bias, the only parameter that is not 0.</param>
    /// <param name="start">What predicts best where there are no offsets.</param>
    public static T Of<TModel, T>(TModel model, ExampleSet<T> examples, ReadOnlySpan<T> included, in ParameterBlock bias, T start)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = new AlignedBuffer<T>(model.Layout.StorageLength);
        var (slopes, curvatures) = (new AlignedBuffer<T>(examples.Count), new AlignedBuffer<T>(examples.Count));
        var (constant, low, high) = (double.CreateChecked(start) - MeanOffset(examples), double.NegativeInfinity, double.PositiveInfinity);
        var rounding = double.CreateChecked(T.BitIncrement(T.One) - T.One);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            weights[bias.Offset] = T.CreateTruncating(constant);
            model.OutputGradient(examples, 0, examples.SegmentsOf(0).Count, weights.Span, slopes.Span);
            model.OutputHessian(examples, 0, examples.SegmentsOf(0).Count, weights.Span, curvatures.Span);
            var (slope, curvature) = (0.0, 0.0);
            for (var i = 0; i < examples.Count; i++)
            {
                var counts = included.IsEmpty ? 1 : double.CreateChecked(included[i]);
                slope += counts * double.CreateChecked(slopes[i]);
                curvature += counts * double.CreateChecked(curvatures[i]);
            }

            (low, high) = slope > 0 ? (low, constant) : (constant, high);
            var next = constant - (curvature > 0 ? Math.Clamp(slope / curvature, -LongestStep, LongestStep) : Math.CopySign(LongestStep, slope));
            if (!(next > low && next < high) && double.IsFinite(high - low))
            {
                next = low + (high - low) / 2;
            }

            var moved = Math.Abs(next - constant);
            constant = next;
            if (slope == 0 || !(moved > rounding * (1 + Math.Abs(constant))))
            {
                break;
            }
        }

        return T.CreateTruncating(constant);
    }

    /// <summary>Σ w_i o_i / Σ w_i.</summary>
    public static double MeanOffset<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var i = 0; i < examples.Count; i++)
        {
            var offset = double.CreateChecked(examples.Offsets[i]);
            sum += examples.Weights.IsEmpty ? offset : double.CreateChecked(examples.Weights[i]) * offset;
        }

        return sum / examples.TotalWeight;
    }
}
