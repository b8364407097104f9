using System.Collections.Immutable;
using System.Globalization;
using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Sampled coalitions with their utilities and additive surrogates, from which values are estimated (<see cref="RegressionAdjustedValue"/>): once trained,
/// Shapley's, Banzhaf's, Beta's and average marginal effects cost no further training.
/// </summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class ValueSample
{
    /// <summary>Pairs at least.</summary>
    internal const int LeastPairs = 16;

    // Below this share of the sample the weights of a value rest on few coalitions.
    private const double FewEffective = 0.1;

    private readonly GameEvaluation _evaluation;
    private readonly Coalitions _coalitions;
    private readonly double[] _sizes;
    private readonly int _folds;
    private readonly long _seed;
    private double[] _observed = [];
    private double[] _foretold = [];
    private double[][] _surrogates = [];
    private Modularity? _modularity;

    internal ValueSample(GameEvaluation evaluation, double[] sizes, int folds, long seed)
    {
        (_evaluation, _sizes, _folds, _seed) = (evaluation, sizes, folds, seed);
        _coalitions = new Coalitions(evaluation.Players);
    }

    /// <summary>Coalitions that were sampled, beside nobody and everybody.</summary>
    public int Count => _coalitions.Count;

    /// <summary>How far contributions just add up, by the coalitions that a surrogate has not seen.</summary>
    public Modularity Modularity
    {
        get
        {
            if (Count == 0)
            {
                return new(1, 1);
            }

            if (_modularity is { } known)
            {
                return known;
            }

            Fit();
            Surrogates(Modularity.Ranks(_observed, _evaluation.Utilities), out var ranks);
            _modularity = Modularity.Of(_foretold, ranks, _observed, _evaluation.Utilities, _evaluation.Asked);
            return _modularity.Value;
        }
    }

    internal Stopping? Stop { get; set; }

    /// <summary>The estimates of one value, with standard errors.</summary>
    /// <param name="value">Which.</param>
    /// <exception cref="InvalidOperationException">The value weighs sizes of coalitions that were not sampled: name it in
    /// <see cref="RegressionAdjustedValue.Covers"/>.</exception>
    public PlayerValues Of(Semivalue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var values = Estimate(value, out var errors);
        if (Count == 0)
        {
            return _evaluation.Result(values, null);
        }

        var (effective, modularity) = (EffectiveCount(value), Modularity);
        return _evaluation.Result(values, errors,
        [
            .. Stop?.NotesOf(_evaluation.AskedOf(errors)) ?? [],
            string.Create(CultureInfo.InvariantCulture, $"{value.Name} by {Count} sampled coalitions, which count as {effective:F0} of equal weight."),
            .. effective < FewEffective * Count ? (string[])["Few of the coalitions carry most of the weight, so that the standard errors are rough: sample for this value (Covers)."] : [],
            modularity.ToString() + (modularity.IsLow
                ? " That is little: to select the players of the highest values, or drop those of the lowest, can be no better than chance (Wang et al., 2024)." : ""),
        ]);
    }

    /// <summary>Kish's effective number of coalitions for a value, (Σ a)²/Σ a², where a is the root mean square over players of a coalition's weight: all of
    /// them where sizes were chosen for this value alone.</summary>
    /// <param name="value">Which.</param>
    /// <inheritdoc cref="Of" path="/exception"/>
    public double EffectiveCount(Semivalue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var (players, (inside, outside)) = (_evaluation.Players, Weights(value));
        var (sum, squares) = (0.0, 0.0);
        for (var j = 0; j < Count; j++)
        {
            var size = _coalitions[j].Count;
            var square = (size * inside[size] * inside[size] + (players - size) * outside[size] * outside[size]) / players;
            sum += Math.Sqrt(square);
            squares += square;
        }

        return squares > 0 ? sum * sum / squares : 0;
    }

    /// <summary>Probabilities of sizes for some values, the same for a size and its complement's.</summary>
    internal static double[] SizesFor(int players, ImmutableArray<Semivalue> values)
    {
        var sizes = new double[players + 1];
        foreach (var value in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(RegressionAdjustedValue.Covers));
            var (q, own) = (value.SizeProbabilities(players), new double[players + 1]);
            for (var k = 1; k < players; k++)
            {
                own[k] = Math.Sqrt(q[k - 1] * q[k - 1] / k + q[k] * q[k] / (players - k));
            }

            var sum = own.Sum();
            for (var k = 1; k < players; k++)
            {
                sizes[k] += own[k] / sum / (2 * values.Length);
                sizes[players - k] += own[k] / sum / (2 * values.Length);
            }
        }

        return sizes;
    }

    /// <summary>Samples and evaluates until there are so many pairs.</summary>
    /// <param name="pairs">Coalitions with their complements.</param>
    /// <param name="whole">Of how many progress is told.</param>
    internal void Extend(int pairs, int whole)
    {
        var (players, first) = (_evaluation.Players, Count);
        for (var pair = first / 2; pair < pairs; pair++)
        {
            var random = new CounterRandom(_seed, pair);
            var (drawn, size) = (random.NextDouble(), 0);
            while (size < players - 1 && (drawn >= 0 || _sizes[size] == 0))
            {
                drawn -= _sizes[++size];
            }

            CoalitionSampling.Choose(_coalitions.Append(), players, size, random);
            _coalitions.AppendOthers();
        }

        Array.Resize(ref _observed, Sizes.Product(Count, _evaluation.Utilities, "Ask for fewer coalitions or test examples."));
        CoalitionSampling.Evaluate(_evaluation, _coalitions, first, _observed.AsSpan(first * _evaluation.Utilities), 2 * whole);
        (_surrogates, _modularity) = ([], null);
    }

    internal double LargestError(Semivalue value)
    {
        Estimate(value, out var errors);
        return _evaluation.AskedOf(errors).Max();
    }

    /// <summary>Fits a surrogate of the utilities to all folds but each.</summary>
    private void Fit() => _surrogates = _surrogates.Length > 0 ? _surrogates : Surrogates(_observed, out _foretold);

    /// <summary>Surrogates of all folds but each, and what they foretell of that one.</summary>
    private double[][] Surrogates(double[] observed, out double[] foretold)
    {
        var (fit, utilities) = (new AdditiveFit(_coalitions, observed, _evaluation.Utilities), _evaluation.Utilities);
        var surrogates = new double[_folds][];
        foretold = new double[observed.Length];
        for (var fold = 0; fold < _folds; fold++)
        {
            var (own, next) = (fold, (fold + 1) % _folds);
            surrogates[fold] = fit.Of(j => FoldOf(j) != own, j => FoldOf(j) == next);
            for (var j = 0; j < Count; j++)
            {
                if (FoldOf(j) == fold)
                {
                    fit.Foretell(surrogates[fold], _coalitions[j], foretold.AsSpan(j * utilities, utilities));
                }
            }
        }

        return surrogates;
    }

    private int FoldOf(int coalition) => coalition / 2 % _folds;

    /// <summary>What a coalition's utility counts with, by its size, for members and for others: q's share of the size over the probability that it came up.</summary>
    private (double[] Inside, double[] Outside) Weights(Semivalue value)
    {
        var players = _evaluation.Players;
        var (q, inside, outside) = (value.SizeProbabilities(players), new double[players + 1], new double[players + 1]);
        for (var k = 1; k < players; k++)
        {
            if (_sizes[k] > 0)
            {
                inside[k] = q[k - 1] * players / k / _sizes[k];
                outside[k] = -q[k] * players / (players - k) / _sizes[k];
            }
            else if (q[k - 1] > 0 || q[k] > 0)
            {
                throw new InvalidOperationException($"Coalitions of {k} players, which {value.Name} weighs, were not sampled: name it when sampling (Covers).");
            }
        }

        return (inside, outside);
    }

    private double[] Estimate(Semivalue value, out double[] errors)
    {
        var (players, utilities, q) = (_evaluation.Players, _evaluation.Utilities, value.SizeProbabilities(_evaluation.Players));
        var values = _evaluation.Matrix();
        errors = _evaluation.Matrix();
        var (left, all, nobody) = (new double[utilities], new double[utilities], new double[utilities]);
        if (Count == 0)
        {
            TensorPrimitives.Subtract(_evaluation.All, _evaluation.Empty, values);
            return values;
        }

        Fit();
        var (inside, outside) = Weights(value);
        var (pairs, sums, squares) = (Count / 2, _evaluation.Matrix(), _evaluation.Matrix());
        var (forMembers, forOthers, other) = (new double[utilities], new double[utilities], new double[utilities]);
        for (var fold = 0; fold < _folds; fold++)
        {
            Array.Clear(sums);
            Array.Clear(squares);
            var counted = 0;
            for (var pair = fold; pair < pairs; pair += _folds, counted++)
            {
                // A player is a member of one of the two.
                var coalition = _coalitions[2 * pair];
                var size = coalition.Count;
                Left(2 * pair, left);
                Left(2 * pair + 1, other);
                for (var utility = 0; utility < utilities; utility++)
                {
                    forMembers[utility] = (inside[size] * left[utility] + outside[players - size] * other[utility]) / 2;
                    forOthers[utility] = (outside[size] * left[utility] + inside[players - size] * other[utility]) / 2;
                }

                for (var player = 0; player < players; player++)
                {
                    var term = coalition[player] ? forMembers : forOthers;
                    var sum = sums.AsSpan(player * utilities, utilities);
                    var square = squares.AsSpan(player * utilities, utilities);
                    TensorPrimitives.Add(sum, term, sum);
                    TensorPrimitives.MultiplyAdd(term, term, square, square);
                }
            }

            // What the surrogate leaves over of the two coalitions that are known.
            var (surrogate, share) = (_surrogates[fold], (double)counted / pairs);
            surrogate.AsSpan(0, utilities).CopyTo(nobody);
            nobody.CopyTo(all, 0);
            for (var player = 0; player < players; player++)
            {
                TensorPrimitives.Add(all, surrogate.AsSpan((player + 1) * utilities, utilities), all);
            }

            TensorPrimitives.Subtract(_evaluation.All, all, all);
            TensorPrimitives.Subtract(_evaluation.Empty, nobody, nobody);
            for (var i = 0; i < values.Length; i++)
            {
                var known = q[players - 1] * all[i % utilities] - q[0] * nobody[i % utilities];
                values[i] += share * (surrogate[utilities + i] + known + sums[i] / counted);
                errors[i] += share * share * Math.Max(0, squares[i] - sums[i] * sums[i] / counted) / (counted - 1.0) / counted;
            }
        }

        TensorPrimitives.Sqrt(errors, errors);
        return values;

        void Left(int coalition, double[] residual) => TensorPrimitives.Subtract(_observed.AsSpan(coalition * utilities, utilities),
            _foretold.AsSpan(coalition * utilities, utilities), residual);
    }
}
