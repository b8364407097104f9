using InfluenceGen.Influence;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
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
        double? tolerance = null) => new(this, removal, by, tolerance, options);
}
