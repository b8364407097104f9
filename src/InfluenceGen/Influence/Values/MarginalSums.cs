using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Means and squared deviations of the marginal contributions of players (Welford, 1962).</summary>
internal sealed class MarginalSums
{
    private readonly int _utilities;
    private readonly double[] _squares;
    private readonly int[] _counts;
    private readonly double[] _least;
    private readonly double[] _most;

    /// <summary>No contribution yet.</summary>
    /// <param name="players">Players.</param>
    /// <param name="ofNobody">v(nobody), which was seen.</param>
    public MarginalSums(int players, ReadOnlySpan<double> ofNobody)
    {
        _utilities = ofNobody.Length;
        var length = Sizes.Product(players, _utilities, "Evaluate fewer test examples at a time.");
        (Means, _squares, _counts) = (new double[length], new double[length], new int[players]);
        (_least, _most) = (ofNobody.ToArray(), ofNobody.ToArray());
    }

    public double[] Means { get; }

    public long Truncated { get; private set; }

    public double Span
    {
        get
        {
            var spans = new double[_utilities];
            TensorPrimitives.Subtract(_most, _least, spans);
            return TensorPrimitives.Max<double>(spans);
        }
    }

    public void See(ReadOnlySpan<double> utility)
    {
        TensorPrimitives.Min(_least, utility, _least);
        TensorPrimitives.Max(_most, utility, _most);
    }

    /// <summary>Adds a player's marginal contribution; empty for one that was truncated.</summary>
    public void Add(int player, ReadOnlySpan<double> marginal)
    {
        Truncated += marginal.IsEmpty ? 1 : 0;
        var count = ++_counts[player];
        for (var utility = 0; utility < _utilities; utility++)
        {
            var (place, contribution) = (player * _utilities + utility, marginal.IsEmpty ? 0 : marginal[utility]);
            var deviation = contribution - Means[place];
            Means[place] += deviation / count;
            _squares[place] += deviation * (contribution - Means[place]);
        }
    }

    public double[] Errors(int permutations)
    {
        var errors = new double[_squares.Length];
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = Math.Sqrt(_squares[i] / (permutations - 1.0) / permutations);
        }

        return errors;
    }
}
