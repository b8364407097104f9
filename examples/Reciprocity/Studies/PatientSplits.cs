using InfluenceGen.Examples;

namespace ReciprocityStudies.Studies;

/// <summary>
/// Random splits of patients, 80:20, features standardised by the training part, in sets that repeat the whole experiment.
/// A patient has one example, which is in one part or the other, so reciprocity shows only on average over a set.
/// </summary>
/// <param name="Sets">How often the experiment is repeated.</param>
/// <param name="Splits">Splits in a set.</param>
/// <param name="Seed">Fixes them all.</param>
/// <param name="Threads">Splits worked on at a time.</param>
internal sealed record PatientSplits(int Sets, int Splits, long Seed, int Threads)
{
    private const double TrainShare = 0.8;

    /// <summary>The results of each split of one set, in order.</summary>
    public TResult[] Of<TResult>(int set, ExampleSet<double> patients, CancellationToken cancellation,
        Func<ExampleSet<double>, ExampleSet<double>, TResult> study) =>
        InParallel.Map(Splits, Threads, cancellation, split =>
        {
            var (train, deployment) = patients.Split(TrainShare, SeedOf(set, split));
            var scale = Standardisation.Fit(train);
            return study(scale.Apply(train), scale.Apply(deployment));
        });

    /// <summary>What figures are averages over, in words.</summary>
    public override string ToString() => Sets == 1 ? $"{Splits} splits 80:20" : $"{Sets} sets of {Splits} splits 80:20";

    /// <summary>The paper's number, where a set has as many splits as the paper's.</summary>
    public double? Paper(double value) => Splits == 100 ? value : null;

    /// <summary>How the spread over sets is described.</summary>
    public string Spread => $"sets of {Splits} splits";

    private long SeedOf(int set, int split) => unchecked((Seed * 1_000_003 + set) * 1_000_003 + split);
}
