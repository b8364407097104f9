using System.Numerics.Tensors;

namespace InfluenceGen.Training.Minima;

/// <summary>How a step within a trust region ended.</summary>
/// <param name="Decrease">What the quadratic model promises to gain by it; of an interior step half the squared Newton decrement.</param>
/// <param name="Length">Its length in the norm of M.</param>
/// <param name="IsInterior">Whether it is the model's minimum, within the tolerance.</param>
/// <param name="IsAlongNegativeCurvature">Whether it ends along a direction of negative curvature.</param>
/// <param name="SmallestCurvature">The smallest d·Hd / d·Md that was met.</param>
internal readonly record struct TrustedStep(double Decrease, double Length, bool IsInterior, bool IsAlongNegativeCurvature,
    double SmallestCurvature)
{
    /// <summary>
    /// Conjugate gradients on H d = −g that stop at the boundary of |d|_M ≤ radius, or go there along a direction of negative curvature
    /// (Steihaug, 1983; Toint, 1981). Where H is singular and g in its range the step is the shortest in the norm of M.
    /// </summary>
    /// <param name="model">H and M.</param>
    /// <param name="gradient">g.</param>
    /// <param name="radius">The radius, which may be infinite.</param>
    /// <param name="tolerance">The residual to stop at in the norm of M⁻¹, relative to g's.</param>
    /// <param name="step">Receives d.</param>
    /// <param name="cancellation">Asked between products.</param>
    /// <param name="enough">A decrease at which to stop, where it is only asked whether there is as much.</param>
    public static TrustedStep Take(CurvatureModel model, ReadOnlySpan<double> gradient, double radius, double tolerance, Span<double> step,
        CancellationToken cancellation, double enough = double.PositiveInfinity)
    {
        var length = gradient.Length;
        var (residual, scaled, direction, product) = (gradient.ToArray(), new double[length], new double[length], new double[length]);
        step.Clear();
        model.Precondition(residual, scaled);
        TensorPrimitives.Negate<double>(scaled, direction);
        var first = TensorPrimitives.Dot<double>(residual, scaled);
        var (left, decrease, smallest) = (first, 0.0, double.PositiveInfinity);
        var (ofStep, between, ofDirection) = (0.0, 0.0, first);
        for (var iteration = 0; iteration < model.MostIterations && left > tolerance * tolerance * first && decrease < enough; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            model.Multiply(direction, product);
            var curvature = TensorPrimitives.Dot<double>(direction, product);
            smallest = Math.Min(smallest, curvature / ofDirection);
            var boundary = ToBoundary(radius, ofStep, between, ofDirection);
            var isNegative = curvature < -100 * model.Flat * ofDirection;
            if (isNegative || curvature <= model.Flat * ofDirection)
            {
                if (!isNegative && left <= 1e-6 * first)
                {
                    break;
                }

                // Where nothing bends, as far as M has it; where the way leads down for ever, to the boundary.
                var far = isNegative ? boundary : Math.Min(1, boundary);
                far = double.IsFinite(far) ? far : 1;
                TensorPrimitives.MultiplyAdd(direction, far, step, step);
                return new TrustedStep(decrease + far * left - far * far / 2 * curvature,
                    Math.Sqrt(ofStep + 2 * far * between + far * far * ofDirection), false, isNegative, smallest);
            }

            var along = left / curvature;
            if (along >= boundary)
            {
                TensorPrimitives.MultiplyAdd(direction, boundary, step, step);
                return new TrustedStep(decrease + boundary * left - boundary * boundary / 2 * curvature, radius, false, false, smallest);
            }

            TensorPrimitives.MultiplyAdd(direction, along, step, step);
            TensorPrimitives.MultiplyAdd(product, along, residual, residual);
            decrease += along * left / 2;
            ofStep += 2 * along * between + along * along * ofDirection;
            model.Precondition(residual, scaled);
            var next = TensorPrimitives.Dot<double>(residual, scaled);
            var ratio = next / left;
            left = next;
            between = ratio * (between + along * ofDirection);
            ofDirection = next + ratio * ratio * ofDirection;
            TensorPrimitives.Multiply(direction, ratio, direction);
            TensorPrimitives.Subtract(direction, scaled, direction);
        }

        return new TrustedStep(decrease, Math.Sqrt(ofStep), true, false, smallest);
    }

    /// <summary>How many times a direction fits between a step and the boundary.</summary>
    private static double ToBoundary(double radius, double ofStep, double between, double ofDirection)
    {
        if (double.IsInfinity(radius))
        {
            return radius;
        }

        var room = Math.Max(0, radius * radius - ofStep);
        var root = Math.Sqrt(between * between + ofDirection * room);
        return between > 0 ? room / (between + root) : (root - between) / ofDirection;
    }
}
