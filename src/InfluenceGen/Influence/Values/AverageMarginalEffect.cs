using System.Collections.Immutable;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Average marginal effect (Lin, Zhang, Lécuyer, Li, Panda and Sen, 2022): the coefficients of a regression of v on membership, over sampled
/// coalitions whose players are members with probability p. A member counts 1/p, another −1/(1 − p), both divided by √w with w the mean of
/// 1/(p (1 − p)), beside an intercept; the effect is √w times the coefficient. By least squares it estimates
/// <see cref="Semivalue.AverageMarginalEffect"/>; with the lasso, for many players of whom few matter, the penalty α Σ |coefficient| is added to
/// half the mean square.
/// </summary>
/// <remarks>Memory is n² and a number for each coalition and player; time n² a coalition, and n³ once. Standard errors are those of least squares where
/// variances differ (White, 1980, times M/(M − n − 1)); the lasso, which is biased towards 0, has none.</remarks>
public readonly record struct AverageMarginalEffect() : IValueMethod
{
    private static readonly ImmutableArray<double> _grid = [0.2, 0.4, 0.6, 0.8];

    /// <summary>The probabilities p, of which coalition j has number j modulo as many; 0.2, 0.4, 0.6 and 0.8 where none is given.</summary>
    public ImmutableArray<double> Inclusion
    {
        get => field.IsDefault ? _grid : field;
        init;
    }

    /// <summary>α of the lasso, in the unit of the utility; 0 for least squares.</summary>
    public double Lasso { get; init; }

    /// <summary>Coalitions to sample, M; 1,000 where nothing is said.</summary>
    public int Samples
    {
        get => field == 0 ? 1000 : field;
        init;
    }

    /// <summary>Fixes the sample, whose coalition j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <summary>Coalitions to take and not to sample, by their members, number j drawn at its probability; null to sample.</summary>
    public IReadOnlyList<int[]>? Coalitions { get; init; }

    internal static double[] Grid => [.. _grid];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A probability is not between 0 and 1, the penalty is negative, or there is no coalition.</exception>
    /// <exception cref="InvalidOperationException">Least squares does not determine the effects: there are too few coalitions. Or the lasso did not
    /// settle.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        var inclusion = Inclusion.AsSpan().ToArray();
        RequireProbabilities(inclusion, nameof(Inclusion));
        Settings.RequireNotNegative(Lasso);
        ArgumentOutOfRangeException.ThrowIfLessThan(Samples, 1);
        var coalitions = CoalitionSampling.Given(game.Players, Coalitions) ?? Sampled(game.Players, inclusion);
        if (Lasso == 0 && coalitions.Count < game.Players + 2)
        {
            throw new InvalidOperationException(
                $"{coalitions.Count} coalitions do not determine the effects of {game.Players} players by least squares: sample {game.Players + 2} at least (Samples), several times that for small errors, or use the lasso (Lasso).");
        }

        var evaluation = new GameEvaluation(game, options);
        var regression = new MembershipRegression(coalitions, inclusion, CoalitionSampling.Evaluate(evaluation, coalitions), evaluation.Utilities);
        return Lasso == 0
            ? evaluation.Result(regression.LeastSquares(out var errors), errors)
            : evaluation.Result(regression.Lasso(Lasso), null);
    }

    private Coalitions Sampled(int players, double[] inclusion)
    {
        var coalitions = new Coalitions(players, Samples);
        for (var sample = 0; sample < Samples; sample++)
        {
            CoalitionSampling.Include(coalitions.Append(), players, inclusion[sample % inclusion.Length], new CounterRandom(Seed, sample));
        }

        return coalitions;
    }

    internal static void RequireProbabilities(double[] probabilities, string name)
    {
        foreach (var p in probabilities)
        {
            if (!(p is > 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(name, p, "A probability of being a member is between 0 and 1.");
            }
        }

        if (probabilities.Length == 0)
        {
            throw new ArgumentOutOfRangeException(name, "There is no probability of being a member.");
        }
    }
}
