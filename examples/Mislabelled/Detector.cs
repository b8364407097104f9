using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace Mislabelled;

/// <summary>A way of telling suspicious labels.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Suspicion">A score for each training example of a model, higher where its label is more suspicious.</param>
internal sealed record Detector(string Name, Func<Fit<Digits.Model, double>, InfluenceOptions, double[]> Suspicion)
{
    /// <summary>
    /// The ways that are compared, in the order of the table; a further one is a line here. ℓ-RelatIF is not among them: an example's
    /// influence on itself divided by its root is that root, which has the order of self-influence.
    /// </summary>
    public static IReadOnlyList<Detector> All { get; } =
    [
        new("loss", (fit, _) => fit.Losses(fit.Training)),
        new("gradient norm", GradientNorms),
        new("self-influence, influence functions", (fit, options) => fit.SelfInfluence(new InfluenceFunctions(), options)),
        new("self-influence, θ-RelatIF", (fit, options) => fit.SelfInfluence(new RelatIF(), options)),
        new("self-influence, renormalised", (fit, options) => fit.SelfInfluence(new RenormalisedInfluence(), options)),
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
