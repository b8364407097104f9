using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence;

public static partial class FitQuestions
{
    /// <param name="fit">The trained model.</param>
    /// <typeparam name="TModel">The generated struct.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    extension<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The step of Newton's method from these weights after the weight of one training example was raised by ε, and the parts that it
        /// has where the weights are no minimum (Koh and Liang, 2017, appendix B).</summary>
        /// <param name="example">Its position in the training set.</param>
        /// <param name="epsilon">ε; null for removal, −1/n.</param>
        /// <param name="influence">Damping, solver and curvature; null for none, the automatic one and the Hessian.</param>
        /// <param name="options">Threads and cancellation.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no such example, or ε is not finite.</exception>
        /// <exception cref="ArithmeticException">The step is not finite.</exception>
        /// <exception cref="InvalidOperationException">The solver needs something that this fit does not have.</exception>
        public NewtonStepParts<T> NewtonStep(int example, double? epsilon = null, InfluenceFunctions? influence = null,
            InfluenceOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentOutOfRangeException.ThrowIfNegative(example);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(example, fit.Training.Count);
            var weight = epsilon ?? -1.0 / fit.Training.TotalWeight;
            if (!double.IsFinite(weight))
            {
                throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is a finite number.");
            }

            using var task = new InfluenceTask<TModel, T>(fit, fit.Training, options);
            var length = task.Layout.StorageLength;
            var (gradient, step) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(length));
            var steps = new UpweightedNewtonStep<TModel, T>(task, influence ?? new InfluenceFunctions());
            task.WriteGradients(InfluenceTask<TModel, T>.Part(fit.Training, example, example + 1), gradient);
            steps.Write(example, gradient.Span, weight, step);
            steps.Inverse.Solve(gradient, 1);
            TensorPrimitives.Multiply(gradient.Span, T.CreateChecked(-weight), gradient.Span);
            return new NewtonStepParts<T>(weight, Flat(step), Flat(steps.Constant), Flat(gradient));

            ImmutableArray<T> Flat(AlignedBuffer<T> storage)
            {
                var flat = new T[task.Layout.Count];
                task.Layout.Pack<T>(storage.Span, flat);
                if (Finite.IndexOfOther<T>(flat) is >= 0 and var at)
                {
                    throw new ArithmeticException($"Parameter {at} of the Newton step of {FiniteResults.Name(fit.Training, example)} is {flat[at]}: the step leaves the range of its precision. Add damping (Damping), or bring the features to a common scale (Standardisation).");
                }

                return [.. flat];
            }
        }
    }
}
