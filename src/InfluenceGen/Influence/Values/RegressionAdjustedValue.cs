using System.Collections.Immutable;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Any semivalue, of any number of players, by regression-adjusted sample reuse (Witter, Liu and Musco, 2025): the default. Coalitions are sampled once, an
/// additive surrogate is fitted to the utilities of most of them, its values are its coefficients, and the values of what it leaves over are estimated
/// without bias by the coalitions that it has not seen, weighted by importance. Every coalition counts for every player and every semivalue.
/// </summary>
/// <remarks>
/// The size of a coalition is k with a probability proportional to √(q(k − 1)²/k + q(k)²/(n − k)), the mean over the values that are to be covered; of Shapley's
/// that is 1/√(k (n − k)). Each one is followed by its complement, so that what both have in common drops out. For a nearly additive game errors are far below
/// those of <see cref="PermutationShapley"/> at as many evaluations. Time beside the evaluations is n² and a number for each coalition, and some six
/// factorisations of n by n a fold; memory n², and a number for each coalition and utility.
/// </remarks>
public readonly record struct RegressionAdjustedValue() : IValueMethod
{
    // Coalitions for each player, and at least, where nothing is said.
    private const int EachPlayer = 20;
    private const int Least = 256;

    /// <summary>Which value; <see cref="Semivalue.Shapley"/> where nothing is said.</summary>
    public Semivalue Value
    {
        get => field ?? Semivalue.Shapley;
        init;
    }

    /// <summary>The values that the sizes of coalitions are chosen for, and that <see cref="Stop"/> is about; <see cref="Value"/> alone where there is
    /// none.</summary>
    public ImmutableArray<Semivalue> Covers
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>How many coalitions; 20 for each player and 256 at least where nothing is said. An even number, 32 at least, is taken. A bound in advance
    /// is for other methods.</summary>
    public Stopping? Stop { get; init; }

    /// <summary>Parts that the sample is cut into, each foretold by the others; 5 where nothing is said.</summary>
    public int Folds
    {
        get => field == 0 ? 5 : field;
        init;
    }

    /// <summary>Fixes the sample, whose pair j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds, or more than eight.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null) => Sample(game, options).Of(Value);

    /// <summary>Samples and evaluates coalitions, from which any value that is covered can be had.</summary>
    /// <param name="game">Who plays, and what coalitions are worth.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds, or more than eight.</exception>
    /// <inheritdoc cref="IValueMethod.Of" path="/exception"/>
    public ValueSample Sample(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Folds, ValueSample.LeastPairs / 2);
        if (Stop?.Bound is not null)
        {
            throw new InvalidOperationException(
                "How far a surrogate is off is not known before anything is trained, so that no bound in advance is. Stop at a standard error, or use PermutationShapley or BanzhafSampleReuse.");
        }

        var covered = Covers.IsEmpty ? [Value] : Covers;
        var sizes = ValueSample.SizesFor(game.Players, covered);
        var evaluation = new GameEvaluation(game, options);
        var stop = Stop ?? Stopping.After((int)Math.Min(1 << 30, Math.Max(Least, (long)EachPlayer * game.Players)));
        var sample = new ValueSample(evaluation, sizes, Folds, Seed);
        var pairs = Math.Max(ValueSample.LeastPairs, stop.Most / 2 + (stop.Most & 1));
        if (game.Players == 1)
        {
            return sample;
        }

        for (var done = 0; done < pairs;)
        {
            var next = Math.Min(pairs, Math.Max(ValueSample.LeastPairs, stop.NextLook(2 * done, int.MaxValue) / 2));
            sample.Extend(next, pairs);
            done = next;
            if (done < pairs && !game.IsPartial && stop.StandardError is { } enough && IsSettled(sample, covered, enough))
            {
                evaluation.Report(1);
                break;
            }
        }

        sample.Stop = stop;
        return sample;

        static bool IsSettled(ValueSample sample, ImmutableArray<Semivalue> values, double enough)
        {
            foreach (var value in values)
            {
                if (!(sample.LargestError(value) <= enough))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
