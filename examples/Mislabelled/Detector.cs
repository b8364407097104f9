using InfluenceGen.Influence;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace Mislabelled;

/// <summary>A model that learned from flipped labels.</summary>
/// <param name="Minimum">At the minimum of the training objective: what static methods are about.</param>
/// <param name="Stopped">After the steps of the plan: what dynamic methods are about.</param>
internal sealed record Trained(Fit<Digits.Model, double> Minimum, Fit<Digits.Model, double> Stopped);

/// <summary>A way of telling suspicious labels.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Suspicion">A score for each training example, higher where its label is more suspicious.</param>
internal sealed record Detector(string Name, Func<Trained, InfluenceOptions, double[]> Suspicion)
{
    /// <summary>
    /// The ways that are compared, in the order of the table; a further one, static or dynamic, is a line here. Two are left out: ℓ-RelatIF,
    /// since an example's influence on itself divided by its root is that root, which has the order of self-influence; and GAS, in which
    /// every example is equally similar to itself.
    /// </summary>
    public static IReadOnlyList<Detector> All { get; } =
    [
        new("loss", (model, _) => model.Minimum.Losses(model.Minimum.Training)),
        new("loss, stopped early", (model, _) => model.Stopped.Losses(model.Stopped.Training)),
        new("gradient norm", (model, options) => GradientNorms(model.Minimum, options)),
        new("self-influence, influence functions", (model, options) => model.Minimum.SelfInfluence(new InfluenceFunctions(), options)),
        new("self-influence, θ-RelatIF", (model, options) => model.Minimum.SelfInfluence(new RelatIF(), options)),
        new("self-influence, renormalised", (model, options) => model.Minimum.SelfInfluence(new RenormalisedInfluence(), options)),
        new("self-influence, TracInCP", (model, options) => model.Stopped.SelfInfluence(new TracInCP(), options)),
    ];

    /// <summary>|g_i|², which orders examples as the norm does.</summary>
    private static double[] GradientNorms(Fit<Digits.Model, double> fit, InfluenceOptions options)
    {
        using var team = new WorkerTeam(options.Threads);
        var norms = new AlignedBuffer<double>(fit.Training.Count);
        new SweepRunner<Digits.Model, double>(fit.Model, team).GradientSquaredNorm(fit.Training, fit.Weights, norms);
        return norms.Span.ToArray();
    }
}
