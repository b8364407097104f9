using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Training;

namespace Mislabelled;

/// <summary>What is studied.</summary>
/// <param name="Repetitions">How often labels are flipped anew.</param>
/// <param name="Share">The share of labels that is flipped.</param>
/// <param name="L2">λ of the penalty (λ/2)|θ|² beside the mean loss.</param>
/// <param name="Seed">Of the first repetition; the others have the numbers after it.</param>
/// <param name="Threads">Threads; the figures do not depend on them.</param>
internal sealed record Settings(int Repetitions, double Share, double L2, long Seed, int Threads);

/// <summary>What a method found in each repetition.</summary>
internal sealed record Findings(string Method, IReadOnlyList<MislabelDetection> Repetitions);

/// <summary>The search for flipped labels of digits, method by method: a softmax model is trained on all of them, and every method
/// orders the training set by suspicion.</summary>
internal static class Study
{
    /// <summary>Steps of gradient descent after which the model is looked at before it goes on to the minimum.</summary>
    public const int Steps = 50;

    private const double Rate = 0.3;

    /// <summary>Runs it.</summary>
    /// <param name="digits">The images and their right labels.</param>
    /// <param name="settings">What is studied.</param>
    /// <param name="done">Called after each repetition.</param>
    /// <param name="cancellation">Stops between two blocks of work.</param>
    /// <returns>The findings of each method, in the order of <see cref="Detector.All"/>.</returns>
    public static IReadOnlyList<Findings> Run(ExampleSet<double> digits, Settings settings, Action done, CancellationToken cancellation)
    {
        var options = new InfluenceOptions { Threads = settings.Threads, Cancellation = cancellation };
        // Biases too: the same number added to all ten changes no loss.
        var plan = GradientDescent.FullBatch(Steps, Rate) with { WeightDecay = WeightDecay.OnAll(settings.L2), Threads = settings.Threads };
        var found = Detector.All.Select(_ => new List<MislabelDetection>()).ToArray();
        for (var repetition = 0; repetition < settings.Repetitions; repetition++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (examples, flipped) = FlippedLabels.Of(digits, settings.Share, settings.Seed + repetition);
            var stopped = Digits.Train(examples, plan, new Trajectory<double>(Checkpoints.Every(5)));
            var model = new Trained(stopped.Converged(options: options), stopped);
            for (var method = 0; method < found.Length; method++)
            {
                found[method].Add(MislabelDetection.Of(Detector.All[method].Suspicion(model, options), flipped));
            }

            done();
        }

        return [.. Detector.All.Zip(found, (detector, each) => new Findings(detector.Name, each))];
    }
}
