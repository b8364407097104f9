using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence;

/// <summary>Receives the scores of one test example.</summary>
/// <param name="test">The test example, by position.</param>
/// <param name="scores">The influence of every training example on its loss; valid during the call only.</param>
public delegate void ScoreVisitor<T>(int test, ReadOnlySpan<T> scores);

/// <summary>What a fit is asked about: influence, groups, representers, steps of Newton's method, minima, training again. To be called on the
/// fit, as <c>fit.Influence(new InfluenceFunctions(), on: test)</c>.</summary>
/// <remarks>Safe for any number of threads at once, as the fit is; every call works in memory of its own.</remarks>
public static partial class FitQuestions
{
    /// <param name="fit">The trained model.</param>
    /// <typeparam name="TModel">The generated struct.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    extension<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The influence of every training example on the loss of every test example.</summary>
        /// <param name="method">Which estimate, such as <c>new InfluenceFunctions()</c>.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads, or its scores do not fit into memory in one
        /// piece: use TopInfluence or VisitInfluence.</exception>
        /// <exception cref="InvalidOperationException">The method needs something that this fit does not have, or more memory than there is in
        /// one piece, a test loss depends on what the training set does not determine, or a solver found no solution.</exception>
        /// <exception cref="NotPositiveDefiniteException">The Hessian has negative curvature: the weights are no minimum.</exception>
        /// <exception cref="ArithmeticException">A score is not a finite number; the message names the examples.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public InfluenceScores<T> Influence<TMethod>(TMethod method, ExampleSet<T> on, InfluenceOptions? options = null)
            where TMethod : struct, IInfluenceMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            if ((long)fit.Training.Count * on.Count > AlignedBuffer<T>.MaxLength)
            {
                throw new ArgumentException(
                    $"{fit.Training.Count} by {on.Count} scores are more than one piece of memory holds. Ask for the strongest ones (TopInfluence) or visit them test example by test example (VisitInfluence).",
                    nameof(on));
            }

            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var source = method.Prepare(task);
            var scores = AlignedBuffer<T>.ForResult((long)fit.Training.Count * on.Count);
            var block = InfluenceTask<TModel, T>.BlockOf(source.MemoryOfTest, on.Count);
            if (block >= on.Count)
            {
                source.WriteScores(0, on.Count, scores);
                for (var test = 0; test < on.Count && !source.IsKnownFinite; test++)
                {
                    FiniteResults.RequireScores<T>(scores.Span.Slice(test * fit.Training.Count, fit.Training.Count), fit.Training, on, test);
                }

                task.Report(1);
            }
            else
            {
                fit.Visit(task, source, block, (test, row) => row.CopyTo(scores.Span[(test * fit.Training.Count)..]));
            }

            return new InfluenceScores<T>(scores, fit.Training, on.Count, task.Tell(source));
        }

        /// <summary>Visits the scores of each test example in turn and keeps none of them.</summary>
        /// <param name="method">Which estimate.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="visitor">Told the scores of each.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <inheritdoc cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Influence{TMethod}" path="/exception"/>
        public void VisitInfluence<TMethod>(TMethod method, ExampleSet<T> on, ScoreVisitor<T> visitor, InfluenceOptions? options = null)
            where TMethod : struct, IInfluenceMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            ArgumentNullException.ThrowIfNull(visitor);
            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var source = method.Prepare(task);
            fit.Visit(task, source, InfluenceTask<TModel, T>.BlockOf(source.MemoryOfTest + fit.Training.Count, on.Count), visitor);
            task.Tell(source);
        }

        /// <summary>The strongest proponents and opponents of each test example, in memory that does not grow with the product of
        /// the sets.</summary>
        /// <param name="method">Which estimate.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="count">How many of each, at most.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <inheritdoc cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Influence{TMethod}" path="/exception"/>
        public TopInfluences TopInfluence<TMethod>(TMethod method, ExampleSet<T> on, int count, InfluenceOptions? options = null)
            where TMethod : struct, IInfluenceMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            _ = Sizes.Product(on.Count, 2L * Math.Min(count, fit.Training.Count), "Ask for fewer of each, or visit the scores test example by test example (VisitInfluence).");
            var (proponents, opponents) = (new ImmutableArray<ScoredExample>[on.Count], new ImmutableArray<ScoredExample>[on.Count]);
            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var source = method.Prepare(task);
            fit.Visit(task, source, InfluenceTask<TModel, T>.BlockOf(source.MemoryOfTest + fit.Training.Count, on.Count), (test, scores) =>
            {
                proponents[test] = Ranking.Top(scores, count, fit.Training, proponents: true);
                opponents[test] = Ranking.Top(scores, count, fit.Training, proponents: false);
            });
            return new TopInfluences([.. proponents], [.. opponents], task.Tell(source));
        }

        /// <summary>Each training example's influence on its own loss: how far the model remembers it (Feldman and Zhang, 2020, call it
        /// memorization). Mislabelled and atypical examples have much of it.</summary>
        /// <param name="method">Which estimate.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="InvalidOperationException">The method needs something that this fit does not have, or more memory than there is in
        /// one piece.</exception>
        /// <exception cref="ArithmeticException">A score is not a finite number; the message names the examples.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public T[] SelfInfluence<TMethod>(TMethod method, InfluenceOptions? options = null)
            where TMethod : struct, IInfluenceMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            using var task = new InfluenceTask<TModel, T>(fit, fit.Training, options);
            var scores = new AlignedBuffer<T>(fit.Training.Count);
            var source = method.Prepare(task);
            source.WriteSelf(scores);
            FiniteResults.RequireScores<T>(scores.Span, fit.Training, "its own loss");
            task.Tell(source);
            return scores.Span.ToArray();
        }

        /// <summary>Each training example's influence on the sum of the test losses, at about the cost of one test example.</summary>
        /// <param name="method">Which estimate.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <inheritdoc cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Influence{TMethod}" path="/exception"/>
        public T[] JointInfluence<TMethod>(TMethod method, ExampleSet<T> on, InfluenceOptions? options = null)
            where TMethod : struct, IInfluenceMethod
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var scores = new AlignedBuffer<T>(fit.Training.Count);
            var source = method.Prepare(task);
            source.WriteJoint(scores);
            if (!source.IsKnownFinite)
            {
                FiniteResults.RequireScores<T>(scores.Span, fit.Training, "the sum of the test losses");
            }

            task.Tell(source);
            return scores.Span.ToArray();
        }

        private void Visit(InfluenceTask<TModel, T> task, ScoreSource<T> source, int block, ScoreVisitor<T> visitor)
        {
            var scores = new AlignedBuffer<T>(block, fit.Training.Count);
            for (var first = 0; first < task.Test.Count; first += block)
            {
                var last = Math.Min(first + block, task.Test.Count);
                source.WriteScores(first, last, scores);
                for (var test = first; test < last; test++)
                {
                    ReadOnlySpan<T> row = scores.Span.Slice((test - first) * fit.Training.Count, fit.Training.Count);
                    if (!source.IsKnownFinite)
                    {
                        FiniteResults.RequireScores<T>(row, fit.Training, task.Test, test);
                    }

                    visitor(test, row);
                }

                task.Report((double)last / task.Test.Count);
            }
        }
    }
}
