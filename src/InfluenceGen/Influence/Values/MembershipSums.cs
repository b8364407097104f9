using System.Numerics.Tensors;

namespace InfluenceGen.Influence.Values;

/// <summary>Mean utilities of the coalitions with and without each player, and how far they are to be trusted.</summary>
/// <remarks>Utilities are counted from halfway between nobody's and everybody's, so that squares lose no digits to what all have in common.</remarks>
internal sealed class MembershipSums
{
    private readonly GameEvaluation _evaluation;
    private readonly double[] _middle;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly double[] _ofAll;
    private readonly double[] _squaresOfAll;
    private readonly double[] _least;
    private readonly double[] _most;
    private readonly double[] _row;
    private readonly double[] _square;
    private readonly int[] _inside;
    private int _count;

    public MembershipSums(GameEvaluation evaluation)
    {
        _evaluation = evaluation;
        var utilities = evaluation.Utilities;
        (_sums, _squares, _inside) = (evaluation.Matrix(), evaluation.Matrix(), new int[evaluation.Players]);
        (_ofAll, _squaresOfAll, _row, _square) = (new double[utilities], new double[utilities], new double[utilities], new double[utilities]);
        (_least, _most, _middle) = (evaluation.Empty.ToArray(), evaluation.Empty.ToArray(), new double[utilities]);
        TensorPrimitives.Min(_least, evaluation.All, _least);
        TensorPrimitives.Max(_most, evaluation.All, _most);
        TensorPrimitives.Lerp(evaluation.Empty, evaluation.All, 0.5, _middle);
    }

    /// <summary>The largest difference of two utilities that were seen.</summary>
    public double Span
    {
        get
        {
            TensorPrimitives.Subtract(_most, _least, _row);
            return TensorPrimitives.Max<double>(_row);
        }
    }

    /// <summary>Adds coalitions from <paramref name="first"/> on.</summary>
    public void Add(Coalitions coalitions, int first, ReadOnlySpan<double> rows)
    {
        var utilities = _evaluation.Utilities;
        for (var i = first; i < coalitions.Count; i++)
        {
            var utility = rows.Slice((i - first) * utilities, utilities);
            TensorPrimitives.Min(_least, utility, _least);
            TensorPrimitives.Max(_most, utility, _most);
            TensorPrimitives.Subtract(utility, _middle, _row);
            TensorPrimitives.Multiply(_row, _row, _square);
            TensorPrimitives.Add(_ofAll, _row, _ofAll);
            TensorPrimitives.Add(_squaresOfAll, _square, _squaresOfAll);
            foreach (var player in coalitions[i])
            {
                var sum = _sums.AsSpan(player * utilities, utilities);
                var squares = _squares.AsSpan(player * utilities, utilities);
                TensorPrimitives.Add(sum, _row, sum);
                TensorPrimitives.Add(squares, _square, squares);
                _inside[player]++;
            }

            _count++;
        }
    }

    /// <summary>The differences of the means.</summary>
    public double[] Values()
    {
        var values = _evaluation.Matrix();
        for (var i = 0; i < values.Length; i++)
        {
            var (inside, outside) = Counts(i);
            values[i] = _sums[i] / inside - (_ofAll[i % _evaluation.Utilities] - _sums[i]) / outside;
        }

        return values;
    }

    /// <summary>Their standard errors.</summary>
    public double[] Errors()
    {
        var errors = _evaluation.Matrix();
        for (var i = 0; i < errors.Length; i++)
        {
            var ((inside, outside), utility) = (Counts(i), i % _evaluation.Utilities);
            errors[i] = Math.Sqrt(VarianceOfMean(_sums[i], _squares[i], inside)
                + VarianceOfMean(_ofAll[utility] - _sums[i], _squaresOfAll[utility] - _squares[i], outside));
        }

        return errors;
    }

    private (int Inside, int Outside) Counts(int place)
    {
        var player = place / _evaluation.Utilities;
        var (inside, outside) = (_inside[player], _count - _inside[player]);
        return inside >= 2 && outside >= 2
            ? (inside, outside)
            : throw new InvalidOperationException(
                $"Of {_count} coalitions player {_evaluation.Game.NameOf(player)} is in {inside}; two with and two without are the least. Sample more (Stop).");
    }

    private static double VarianceOfMean(double sum, double squares, int count) =>
        Math.Max(0, squares - sum * sum / count) / (count - 1.0) / count;
}
