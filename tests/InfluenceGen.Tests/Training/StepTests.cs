using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

/// <summary>What every step promises: no allocation, and the same bits on any number of threads.</summary>
public class StepTests
{
    // Longer than an epoch of mini-batches, so that every run of steps has the start of one.
    private const int StepsOfRun = 30;

    public static TheoryData<string> Samplings => ["full batch", "mini-batch", "clipped"];

    [Theory]
    [MemberData(nameof(Samplings))]
    public void A_step_over_features_allocates_nothing(string sampling)
    {
        var (training, deployment) = Sets.PatientsSeenOften();
        Assert.Equal(0, Allocated(GeneratedLinear.Model.For(training), training, deployment, sampling));
    }

    [Theory]
    [MemberData(nameof(Samplings))]
    public void A_step_over_ratings_allocates_nothing(string sampling)
    {
        var (training, deployment) = Sets.Ratings(2_000);
        Assert.NotEqual(0, new SharedGroups<double>(training, deployment).Count);
        Assert.Equal(0, Allocated(GeneratedFactorization4.Model.For(training), training, deployment, sampling));
    }

    [Theory]
    [MemberData(nameof(Samplings))]
    public void Threads_do_not_change_a_bit_of_a_factorization(string sampling)
    {
        var (training, deployment) = Sets.Ratings(40_000);
        CheckThreads(GeneratedFactorization16.Model.For(training), training, deployment, sampling);
    }

    [Theory]
    [MemberData(nameof(Samplings))]
    public void Threads_do_not_change_a_bit_of_a_model_of_features(string sampling)
    {
        var (training, deployment) = Sets.ManyFeatures(10_000);
        CheckThreads(GeneratedLogistic.Model.For(training), training, deployment, sampling);
    }

    private static GradientDescent Plan(string sampling, int steps, int batch, int threads) =>
        (sampling == "mini-batch"
            ? GradientDescent.MiniBatch(steps, batch, 1e-4, seed: 1)
            : GradientDescent.FullBatch(steps, 1e-4)) with
        {
            Threads = threads,
            Start = Initialisation.Gaussian(0.3, seed: 1),
            Scaling = sampling == "clipped" ? GradientScaling.Clip(0.1) : GradientScaling.None,
        };

    private static void CheckThreads<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment,
        string sampling)
        where TModel : struct, IModel<double>
    {
        var one = Run(1);
        Assert.Equal(one, Run(2));
        Assert.Equal(one, Run(5));

        double[] Run(int threads)
        {
            // Each sweep is over 8,000 examples or more, enough to be shared.
            Assert.True(8_000L * 20 > SweepRunner<TModel, double>.WorkThreshold);
            var ledger = new Ledger<TModel, double>(model, training, deployment) { ChecksFirstOrder = true };
            var fit = Trainer.Train(model, training, Plan(sampling, 3, 8_000, threads), ledger);
            return [.. fit.Theta(), .. ledger.Flows.Inflow, .. ledger.Flows.Outflow, .. ledger.Flows.Self, .. ledger.Discrepancy];
        }
    }

    private static long Allocated<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment,
        string sampling)
        where TModel : struct, IModel<double>
    {
        var ledger = new Ledger<TModel, double>(model, training, deployment) { ChecksFirstOrder = true };
        var allocations = new Allocations();
        allocations.Mark();
        Trainer.Train(model, training, Plan(sampling, StepsOfRun * Allocations.Runs, 50, threads: 1), step =>
        {
            if (step % StepsOfRun == 0)
            {
                allocations.Mark();
            }
        }, CancellationToken.None, ledger);
        return allocations.Least;
    }
}
