using System.Numerics;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
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
        /// <summary>What trains this model again on parts of its training set, so that scores can be held against the truth.</summary>
        /// <param name="removal">What becomes of the rest when examples are left out: <see cref="Removal.Fixed"/> is what influence functions
        /// are the first order of, <see cref="Removal.Refit"/> is training as if the examples had never been there. Without a penalty the
        /// minimum is the same.</param>
        /// <param name="by">To the minimum, or by the plan.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <param name="tolerance">What is accepted as a minimum, as <see cref="Converged"/> has it.</param>
        /// <exception cref="InvalidOperationException">A minimum is asked for and there is none or it is not reached, or the plan is and does not lead to this
        /// fit's weights; the message says what to do.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public Retrainer<TModel, T> Retrainer(Removal removal, RetrainBy by = RetrainBy.Automatic, InfluenceOptions? options = null,
            double? tolerance = null)
        {
            ArgumentNullException.ThrowIfNull(fit);
            return new(fit, removal, by, tolerance, options);
        }
    }
}
