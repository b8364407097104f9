using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>
/// The recommender experiment (Sundararajan and Krichene, Section 5.1 and Appendix A): a matrix factorization of film
/// ratings, full-batch gradient descent on the sum of losses, the penalty λ = 1 shared by the counts of the set that an
/// example is in, embeddings drawn from N(0, 0.01²), several initialisations of each of several splits.
/// </summary>
internal static class MovieLensStudy
{
    private const double InitialDeviation = 0.01;

    /// <summary>Trains everything and reports it.</summary>
    /// <param name="settings">What to train.</param>
    /// <param name="done">Called after each of the splits · initialisations trainings.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ExampleDataException">The ratings cannot be used.</exception>
    public static Report Run(MovieLensSettings settings, Action done, CancellationToken cancellation)
    {
        var ratings = Movies.Read(settings.Path);
        if (settings.TrainShare * ratings.Count < 1)
        {
            throw new ExampleDataException($"holds {ratings.Count} ratings, too few to train on a share of them.", settings.Path);
        }

        var runs = settings.Rank == MovieLensSettings.PaperRank
            ? Train(Movies.Model.For(ratings), ratings, settings, done, cancellation)
            : Train(MoviesOfAnyRank.Model.For(ratings, settings.Rank), ratings, settings, done, cancellation);
        return new MovieLensReport(settings, ratings, runs).Build();
    }

    private static MovieLensRun[][] Train<TModel>(TModel model, ExampleSet<double> ratings, MovieLensSettings settings,
        Action done, CancellationToken cancellation)
        where TModel : struct, IModel<double>
    {
        var splits = InParallel.Map(settings.Splits, settings.Threads, cancellation,
            split => ratings.Split(settings.TrainShare, settings.SeedOf(split)));
        var runs = InParallel.Map(settings.Splits * settings.Initialisations, settings.Threads, cancellation, n =>
        {
            var (split, initialisation) = Math.DivRem(n, settings.Initialisations);
            var (train, deployment) = splits[split];
            var plan = GradientDescent.FullBatch(settings.Steps, settings.Rate, Objective.Sum) with
            {
                Start = Initialisation.Gaussian(InitialDeviation, settings.SeedOf(settings.Splits + n)),
                Threads = 1,
            };

            // The check costs a sweep a step, so it is made once a split.
            var run = Train(model, train, deployment, plan, checks: initialisation == 0, cancellation);
            done();
            return run;
        });
        if (!Array.TrueForAll(runs, run => HasFlows(run.Flows)))
        {
            throw new ExampleDataException(
                "too few people have ratings in both parts of a random split, of films that others rate too.", settings.Path);
        }

        return [.. runs.Chunk(settings.Initialisations)];
    }

    private static bool HasFlows(Flows flows)
    {
        var measured = flows.Reciprocity.Measured;
        return measured.DistinctBy(u => flows.Inflow[u]).Skip(1).Any() && measured.DistinctBy(u => flows.Outflow[u]).Skip(1).Any();
    }

    private static MovieLensRun Train<TModel>(TModel model, ExampleSet<double> train, ExampleSet<double> deployment,
        GradientDescent plan, bool checks, CancellationToken cancellation)
        where TModel : struct, IModel<double>
    {
        var ledger = new Ledger<TModel, double>(model, train, deployment) { ChecksFirstOrder = checks };
        if (!checks)
        {
            var fit = Trainer.Train(model, train, plan, null, cancellation, ledger);
            return new MovieLensRun(ledger.Flows, fit.Rmse(deployment), [], []);
        }

        var plain = new Ledger<TModel, double>(model, train, deployment.WithPenalty(RowPenalty.None)) { ChecksFirstOrder = true };
        var checkedFit = Trainer.Train(model, train, plan, null, cancellation, ledger, plain);
        return new MovieLensRun(ledger.Flows, checkedFit.Rmse(deployment), [.. ledger.Discrepancy], [.. plain.Discrepancy]);
    }
}

/// <summary>What one training shows.</summary>
/// <param name="Flows">Who gave and who got.</param>
/// <param name="Rmse">On the deployment set.</param>
/// <param name="Discrepancy">Of each step, the deployment loss regularised; empty where it was not measured.</param>
/// <param name="PlainDiscrepancy">The same, the deployment loss not regularised.</param>
internal sealed record MovieLensRun(Flows Flows, double Rmse, double[] Discrepancy, double[] PlainDiscrepancy);

/// <summary>What to train.</summary>
/// <param name="Path">The file of ratings.</param>
/// <param name="Splits">Random splits.</param>
/// <param name="Initialisations">Trainings of each.</param>
/// <param name="Steps">Steps of each.</param>
/// <param name="Rank">The embeddings' dimension.</param>
/// <param name="Rate">The step size.</param>
/// <param name="TrainShare">The share of ratings to train on.</param>
/// <param name="Seed">Fixes all draws.</param>
/// <param name="Threads">Trainings at a time.</param>
internal sealed record MovieLensSettings(string Path, int Splits, int Initialisations, int Steps, int Rank, double Rate,
    double TrainShare, long Seed, int Threads)
{
    /// <summary>The paper's rank, which a model is compiled for.</summary>
    public const int PaperRank = 16;

    /// <summary>Whether a training is the paper's, whatever share it trains on.</summary>
    public bool TrainsAsPaper => (Steps, Rank, Rate) == (1000, PaperRank, 0.0002);

    /// <summary>Whether the share is the paper's too.</summary>
    public bool SplitsAsPaper => TrainsAsPaper && TrainShare == 0.8;

    /// <summary>Whether a split is averaged over as many initialisations too.</summary>
    public bool InitialisesAsPaper => SplitsAsPaper && Initialisations == 10;

    /// <summary>Whether there are as many splits too.</summary>
    public bool IsPaper => InitialisesAsPaper && Splits == 10;

    /// <summary>The n-th of unrelated seeds.</summary>
    public long SeedOf(int n) => unchecked(Seed * 1_000_003 + n);
}
