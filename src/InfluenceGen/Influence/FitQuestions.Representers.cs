using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
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
        /// <summary>The outputs of test examples as sums of contributions of the training examples.</summary>
        /// <param name="method">Which decomposition, such as <c>new RepresenterPoints()</c>.</param>
        /// <param name="on">The test examples. n contributions are kept for each of them and each output.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads.</exception>
        /// <exception cref="InvalidOperationException">The method needs something that this fit does not have, or more memory than there is in
        /// one piece.</exception>
        /// <exception cref="ArithmeticException">A contribution is not a finite number; the message names the examples.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public Representers<T> Representers<TMethod>(TMethod method, ExampleSet<T> on, InfluenceOptions? options = null)
            where TMethod : struct, IRepresenterMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var source = method.Represent(task);
            var (n, outputs, stride) = (fit.Training.Count, fit.Model.Outputs, fit.Model.OutputStride);
            var contributions = new T[Sizes.Product(on.Count, outputs, "Ask for fewer test examples at a time.")][];
            var block = InfluenceTask<TModel, T>.BlockOf(source.MemoryOfTest + n + stride, on.Count);
            var (weights, rows) = (new AlignedBuffer<T>(block, stride), new AlignedBuffer<T>(block, n));
            for (var first = 0; first < on.Count; first += block)
            {
                var part = task.TestPart(first, Math.Min(first + block, on.Count));
                for (var output = 0; output < outputs; output++)
                {
                    weights.Span.Clear();
                    for (var t = 0; t < part.Count; t++)
                    {
                        weights[t * stride + output] = T.One;
                    }

                    source.Write(fit.Training, 0, part, weights, rows);
                    for (var t = 0; t < part.Count; t++)
                    {
                        FiniteResults.RequireScores<T>(rows.Span.Slice(t * n, n), fit.Training, on, first + t);
                        contributions[(first + t) * outputs + output] = rows.Span.Slice(t * n, n).ToArray();
                    }
                }

                task.Report((double)(first + part.Count) / on.Count);
            }

            var values = new T[source.Values.IsEmpty ? 0 : Sizes.Product(n, outputs, "Train on fewer examples.")];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = source.Values[i / outputs * stride + i % outputs];
            }

            FiniteResults.Require<T, T>(values, fit.Training, outputs, "representer value");
            return new Representers<T>(contributions, values, outputs, fit.With(source.Notes));
        }
    }
}
