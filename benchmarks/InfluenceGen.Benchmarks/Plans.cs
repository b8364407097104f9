using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks;

/// <summary>How models are trained here.</summary>
internal static class Plans
{
    /// <summary>η, the kernel's.</summary>
    public const double StepSize = 2e-4;

    /// <summary>The kernel's initial weights are draws from N(0, 0.5²).</summary>
    public const double Deviation = 0.5;

    /// <summary>A factorization as the hand-written kernel trains it.</summary>
    public static GradientDescent Ratings(int steps, int threads, long seed = 1) =>
        GradientDescent.FullBatch(steps, StepSize, Objective.Sum) with
        {
            Start = Initialisation.Gaussian(Deviation, seed),
            Threads = threads,
        };
}
