using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Additive surrogates of a game, f(S) = b₀ + Σ_{i ∈ S} b_i, by ridge regression on some of the sampled coalitions. The penalty is the one of a few
/// that foretells others of them best.
/// </summary>
internal sealed class AdditiveFit
{
    // Penalties, as shares of what the sum of squares of a player's column is at most.
    private static readonly double[] _penalties = [1e-4, 1e-2, 0.1, 1, 10];

    private readonly Coalitions _coalitions;
    private readonly double[] _observed;
    private readonly int _utilities;
    private readonly int _stride;

    /// <summary>Surrogates of what was observed.</summary>
    /// <param name="coalitions">Coalitions.</param>
    /// <param name="observed">A row for each.</param>
    /// <param name="utilities">Numbers of a row.</param>
    public AdditiveFit(Coalitions coalitions, double[] observed, int utilities)
    {
        (_coalitions, _observed, _utilities) = (coalitions, observed, utilities);
        _stride = Sizes.RoundUp(coalitions.Players, 8);
        _ = Sizes.Product(_stride, _stride, "Make fewer players of them (Players.Groups), or use PermutationShapley or BanzhafSampleReuse.");
    }

    /// <summary>The surrogate by those coalitions that are used, its penalty chosen by leaving out those that are asked.</summary>
    /// <param name="isUsed">Whether coalition j counts.</param>
    /// <param name="isAsked">Whether coalition j, one of the used, is foretold by the others to choose the penalty.</param>
    /// <returns>b₀ of each utility, and after those a row of b_i for each player.</returns>
    public double[] Of(Func<int, bool> isUsed, Func<int, bool> isAsked)
    {
        var (penalty, least) = (_penalties[^1], double.PositiveInfinity);
        var part = new Part(this, j => isUsed(j) && !isAsked(j));
        foreach (var candidate in _penalties)
        {
            var error = part.Count == 0 ? 0 : ErrorOf(part.Solve(candidate), j => isUsed(j) && isAsked(j), part.Scales);
            if (error < least)
            {
                (penalty, least) = (candidate, error);
            }
        }

        return new Part(this, isUsed).Solve(penalty);
    }

    /// <summary>What a surrogate says of a coalition.</summary>
    public void Foretell(double[] surrogate, Coalition coalition, Span<double> utilities)
    {
        surrogate.AsSpan(0, _utilities).CopyTo(utilities);
        foreach (var player in coalition)
        {
            TensorPrimitives.Add(utilities, surrogate.AsSpan((player + 1) * _utilities, _utilities), utilities);
        }
    }

    private double ErrorOf(double[] surrogate, Func<int, bool> isAsked, double[] scales)
    {
        var (error, row) = (0.0, new double[_utilities]);
        for (var j = 0; j < _coalitions.Count; j++)
        {
            if (isAsked(j))
            {
                Foretell(surrogate, _coalitions[j], row);
                TensorPrimitives.Subtract(row, _observed.AsSpan(j * _utilities, _utilities), row);
                TensorPrimitives.Multiply(row, scales, row);
                error += TensorPrimitives.SumOfSquares<double>(row);
            }
        }

        return error;
    }

    /// <summary>The normal equations of some coalitions.</summary>
    private sealed class Part
    {
        private readonly AdditiveFit _fit;
        private readonly AlignedBuffer<double> _gram;
        private readonly AlignedBuffer<double> _products;
        private readonly double[] _share;
        private readonly double[] _means;

        public Part(AdditiveFit fit, Func<int, bool> isUsed)
        {
            _fit = fit;
            var (players, stride, utilities) = (fit._coalitions.Players, fit._stride, fit._utilities);
            _gram = new AlignedBuffer<double>(stride, stride);
            _products = new AlignedBuffer<double>(utilities, stride);
            (_share, _means, Scales) = (new double[players], new double[utilities], new double[utilities]);
            int[] used = [.. Enumerable.Range(0, fit._coalitions.Count).Where(isUsed)];
            Count = used.Length;
            if (Count == 0)
            {
                return;
            }

            // A player's column is bits, so that a product of two is a count.
            var words = (Count - 1 >> 6) + 1;
            var columns = new ulong[Sizes.Product(players, words, "Ask for fewer coalitions.")];
            for (var k = 0; k < Count; k++)
            {
                TensorPrimitives.Add(_means, Observed(used[k]), _means);
                foreach (var player in fit._coalitions[used[k]])
                {
                    columns[player * words + (k >> 6)] |= 1UL << k;
                    _share[player]++;
                }
            }

            TensorPrimitives.Divide(_means, Count, _means);
            TensorPrimitives.Divide(_share, Count, _share);
            for (var i = 0; i < players; i++)
            {
                var column = columns.AsSpan(i * words, words);
                for (var j = 0; j <= i; j++)
                {
                    var both = 0;
                    for (var word = 0; word < words; word++)
                    {
                        both += BitOperations.PopCount(column[word] & columns[j * words + word]);
                    }

                    _gram[i * stride + j] = _gram[j * stride + i] = both - Count * _share[i] * _share[j];
                }
            }

            // Observations without their means need no means of the columns.
            var row = new double[utilities];
            for (var k = 0; k < Count; k++)
            {
                TensorPrimitives.Subtract(Observed(used[k]), _means, row);
                for (var utility = 0; utility < utilities; utility++)
                {
                    Scales[utility] += row[utility] * row[utility];
                }

                foreach (var player in fit._coalitions[used[k]])
                {
                    for (var utility = 0; utility < utilities; utility++)
                    {
                        _products[utility * stride + player] += row[utility];
                    }
                }
            }

            for (var utility = 0; utility < utilities; utility++)
            {
                Scales[utility] = Scales[utility] > 0 ? Math.Sqrt(Count / Scales[utility]) : 0;
            }
        }

        /// <summary>Coalitions.</summary>
        public int Count { get; }

        /// <summary>One over each utility's deviation.</summary>
        public double[] Scales { get; }

        public double[] Solve(double penalty)
        {
            var (players, stride, utilities) = (_fit._coalitions.Players, _fit._stride, _fit._utilities);
            var matrix = AlignedBuffer<double>.CopyOf(_gram.Span);
            for (var i = 0; i < stride; i++)
            {
                matrix[i * stride + i] += penalty * Count / 4 + (i < players ? 0 : 1);
            }

            var rows = AlignedBuffer<double>.CopyOf(_products.Span);
            var factor = Cholesky.Factor(matrix, stride, 1e-12)
                ?? throw new InvalidOperationException("The surrogate's normal equations could not be solved, though its penalty is positive.");
            factor.Solve(rows.Span, utilities);
            var surrogate = new double[Sizes.Product(players + 1L, utilities, "Evaluate fewer test examples at a time.")];
            for (var utility = 0; utility < utilities; utility++)
            {
                var constant = _means[utility];
                for (var player = 0; player < players; player++)
                {
                    var coefficient = rows[utility * stride + player];
                    surrogate[(player + 1) * utilities + utility] = coefficient;
                    constant -= coefficient * _share[player];
                }

                surrogate[utility] = constant;
            }

            return surrogate;
        }

        private ReadOnlySpan<double> Observed(int coalition) => _fit._observed.AsSpan(coalition * _fit._utilities, _fit._utilities);
    }
}
