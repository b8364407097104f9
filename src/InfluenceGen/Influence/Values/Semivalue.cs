using System.Globalization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// How coalitions are weighed: a semivalue (Dubey, Neyman and Weber, 1981) is the expected marginal contribution of player i,
/// φ_i = Σ_k q(k) · mean of v(S ∪ i) − v(S) over coalitions S of k others, with q(0) + … + q(n − 1) = 1. All of them are linear in v, equal for
/// players who contribute equally, and 0 for who contributes nothing; of them only Shapley's add up to v(all) − v(nobody).
/// </summary>
/// <remarks>Weight on large coalitions asks what a player adds to much data, where noise of training can be larger than that; weight on small
/// ones what it adds to little.</remarks>
public sealed class Semivalue
{
    private readonly Func<int, double[]> _sizes;

    private Semivalue(string name, Func<int, double[]> sizes) => (Name, _sizes) = (name, sizes);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Shapley (1953): all sizes alike, q(k) = 1/n (Hammoudeh and Lowd, Eq. (17)).</summary>
    public static Semivalue Shapley { get; } = new("Shapley", players => Filled(players, 1.0 / players));

    /// <summary>Banzhaf (1965): all coalitions alike, q(k) = C(n − 1, k)/2ⁿ⁻¹ (Hammoudeh and Lowd, Eq. (27)). Its ranking stands the noise of
    /// training best (Wang and Jia, 2023).</summary>
    public static Semivalue Banzhaf { get; } = new("Banzhaf", players => Binomial(players, 0.5));

    /// <summary>What a player adds to all others: q(n − 1) = 1.</summary>
    public static Semivalue LeaveOneOut { get; } = new("Leave-one-out", players => OneSize(players, players - 1));

    /// <summary>What a player adds to nobody: q(0) = 1.</summary>
    public static Semivalue AddOneIn { get; } = new("Add-one-in", players => OneSize(players, 0));

    /// <summary>Beta Shapley (Kwon and Zou, 2022): q(k) = C(n − 1, k) B(k + β, n − 1 − k + α)/B(α, β). (1, 1) is Shapley's; large α favours small
    /// coalitions, large β large ones. The paper recommends (16, 1).</summary>
    /// <param name="alpha">α, positive.</param>
    /// <param name="beta">β, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not positive and finite.</exception>
    public static Semivalue Beta(double alpha, double beta)
    {
        Settings.RequirePositive(alpha);
        Settings.RequirePositive(beta);
        return new(string.Create(CultureInfo.InvariantCulture, $"Beta({alpha}, {beta})"), players =>
            ByRatios(players, k => (players - 1.0 - k) / (k + 1) * ((k + beta) / (players - 2.0 - k + alpha))));
    }

    /// <summary>Average marginal effect (Lin et al., 2022): the others are members with a probability p each, which is one of some with equal
    /// chances: q(k) is the mean over them of C(n − 1, k) pᵏ (1 − p)ⁿ⁻¹⁻ᵏ. At p = ½ it is Banzhaf's.</summary>
    /// <param name="inclusion">Each p, between 0 and 1; 0.2, 0.4, 0.6 and 0.8 where none is given.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not between 0 and 1.</exception>
    public static Semivalue AverageMarginalEffect(params ReadOnlySpan<double> inclusion)
    {
        var probabilities = inclusion.IsEmpty ? Values.AverageMarginalEffect.Grid : inclusion.ToArray();
        Values.AverageMarginalEffect.RequireProbabilities(probabilities, nameof(inclusion));
        return new("Average marginal effect", players =>
        {
            var mean = new double[players];
            foreach (var probability in probabilities)
            {
                var sizes = Binomial(players, probability);
                for (var k = 0; k < players; k++)
                {
                    mean[k] += sizes[k] / probabilities.Length;
                }
            }

            return mean;
        });
    }

    /// <summary>Any semivalue of n players.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="sizes">q(0), …, q(n − 1): not negative, their sum 1 within rounding.</param>
    /// <exception cref="ArgumentException">One is negative or not finite, or their sum is another.</exception>
    public static Semivalue OfSizes(string name, params ReadOnlySpan<double> sizes)
    {
        ArgumentNullException.ThrowIfNull(name);
        var (given, sum) = (sizes.ToArray(), 0.0);
        foreach (var share in given)
        {
            sum += share >= 0 ? share : double.NaN;
        }

        return Math.Abs(sum - 1) <= 1e-9
            ? new(name, players => players == given.Length
                ? [.. given]
                : throw new InvalidOperationException($"The semivalue {name} states weights for {given.Length} players; the game has {players}."))
            : throw new ArgumentException("The weights of sizes are not negative, and their sum is 1.", nameof(sizes));
    }

    /// <summary>q(k) for k = 0, …, n − 1: with which probability player i is added to a coalition of k others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no player.</exception>
    /// <exception cref="InvalidOperationException">The weights were stated for another number of players.</exception>
    public double[] SizeProbabilities(int players)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        return _sizes(players);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static double[] Filled(int players, double value)
    {
        var sizes = new double[players];
        Array.Fill(sizes, value);
        return sizes;
    }

    private static double[] OneSize(int players, int size)
    {
        var sizes = new double[players];
        sizes[size] = 1;
        return sizes;
    }

    private static double[] Binomial(int players, double probability)
    {
        var odds = probability / (1 - probability);
        return ByRatios(players, k => (players - 1.0 - k) / (k + 1) * odds);
    }

    /// <summary>Weights by q(k + 1)/q(k): from the largest outwards, so that what is too small to count becomes 0 and nothing overflows.</summary>
    private static double[] ByRatios(int players, Func<int, double> ratio)
    {
        var (largest, log, most) = (0, 0.0, 0.0);
        for (var k = 0; k + 1 < players; k++)
        {
            log += Math.Log(ratio(k));
            if (log > most)
            {
                (largest, most) = (k + 1, log);
            }
        }

        var sizes = new double[players];
        sizes[largest] = 1;
        for (var k = largest; k + 1 < players; k++)
        {
            sizes[k + 1] = sizes[k] * ratio(k);
        }

        for (var k = largest; k > 0; k--)
        {
            sizes[k - 1] = sizes[k] / ratio(k - 1);
        }

        var sum = sizes.Sum();
        for (var k = 0; k < players; k++)
        {
            sizes[k] /= sum;
        }

        return sizes;
    }
}
