using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Banzhaf value by maximum sample reuse (Wang and Jia, 2023): over coalitions of whom each player is a member with probability ½, the mean
/// utility of those with player i minus that of those without. Every coalition counts for every player.
/// </summary>
/// <remarks>Standard errors are those of a difference of two means. A bound stated in advance (<see cref="Stopping.Within"/>) is Hoeffding's for the
/// coalitions that player i is and is not in, whose numbers are known before anything is trained.</remarks>
public readonly record struct BanzhafSampleReuse() : IValueMethod
{
    /// <summary>How many coalitions; 1,000 where nothing is said.</summary>
    public Stopping Stop
    {
        get => field ?? Stopping.Thousand;
        init;
    }

    /// <summary>Fixes the sample, whose coalition j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <summary>Coalitions to take and not to sample, by their members; null to sample. <see cref="Stop"/> then counts for nothing.</summary>
    public IReadOnlyList<int[]>? Coalitions { get; init; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Some player is a member of fewer than two of the coalitions, or of all but one: sample more.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        var (players, utilities, seed) = (game.Players, game.Utilities, Seed);
        if (CoalitionSampling.Given(players, Coalitions) is { } given)
        {
            var once = new GameEvaluation(game, options);
            var sums = new MembershipSums(once);
            sums.Add(given, 0, CoalitionSampling.Evaluate(once, given));
            return once.Result(sums.Values(), sums.Errors());
        }

        var (coalitions, drawn, inside) = (new Coalitions(players), 0, new int[players]);
        var most = Stop.Bound is { } bound ? CountFor(bound) : Stop.Most;
        var evaluation = new GameEvaluation(game, options);
        var found = new MembershipSums(evaluation);
        for (var done = 0; done < most;)
        {
            var next = Stop.NextLook(done, most);
            Draw(next);
            var rows = evaluation.Rows(next - done);
            CoalitionSampling.Evaluate(evaluation, coalitions, done, rows, most);
            found.Add(coalitions, done, rows);
            done = next;
            if (done < most && !evaluation.Game.IsPartial && Stop.IsReached(evaluation.AskedOf(found.Errors())))
            {
                break;
            }
        }

        Stop.RequireRange(found.Span);
        return evaluation.Result(found.Values(), found.Errors(), Stop.NotesOf(evaluation.AskedOf(found.Errors())));

        void Draw(int count)
        {
            for (var sample = coalitions.Count; sample < count; sample++)
            {
                CoalitionSampling.Include(coalitions.Append(), players, 0.5, new CounterRandom(seed, sample));
            }
        }

        // Until 1/n_in + 1/n_out is small enough for every player: |error| ≥ ε has probability 2 exp(−2 ε²/(R² (1/n_in + 1/n_out))) at most.
        int CountFor(Stopping.Hoeffding bound)
        {
            var enough = 2 * bound.Error * bound.Error / (bound.Range * bound.Range * bound.Logarithm((long)players * utilities));
            for (var count = Math.Max(4, (long)Math.Ceiling(4 / enough)); ; count += (count >> 6) + 1)
            {
                Draw(Stopping.RequireCount(count));
                for (var sample = drawn; sample < coalitions.Count; sample++)
                {
                    foreach (var player in coalitions[sample])
                    {
                        inside[player]++;
                    }
                }

                drawn = coalitions.Count;
                if (Array.TrueForAll(inside, n => n >= 2 && drawn - n >= 2 && 1.0 / n + 1.0 / (drawn - n) <= enough))
                {
                    return drawn;
                }
            }
        }
    }
}
