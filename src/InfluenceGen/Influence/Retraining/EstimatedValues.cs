using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// What training examples, or groups of them, are worth by models that were trained on parts of the training set: a number for each of
/// them and each utility, such as a test example's. <b>Positive: they make things better.</b> The unit is the utility's; where that is
/// minus a loss, values are by how much it is reduced.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its values: they are in OfPlayer(player), a row for each player, their standard errors in ErrorsOf(player), the notes in Notes")]
public sealed class EstimatedValues
{
    private readonly double[] _values;
    private readonly double[] _errors;

    internal EstimatedValues(double[] values, double[] errors, int utilities, long trainings, ImmutableArray<string> notes)
    {
        (_values, _errors, UtilityCount, Trainings, Notes) = (values, errors, utilities, trainings, notes);
        PlayerCount = values.Length / utilities;
    }

    /// <summary>Training examples or groups.</summary>
    public int PlayerCount { get; }

    /// <summary>Utilities: test examples, or 1.</summary>
    public int UtilityCount { get; }

    /// <summary>Models that were trained.</summary>
    public long Trainings { get; }

    /// <summary>What a reader of the values should know, such as how many trainings had no minimum.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>One value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player or utility.</exception>
    public double this[int player, int utility]
    {
        get
        {
            RequireUtility(utility);
            return OfPlayer(player)[utility];
        }
    }

    /// <summary>A player's value for every utility.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public ReadOnlySpan<double> OfPlayer(int player)
    {
        RequirePlayer(player);
        return _values.AsSpan(player * UtilityCount, UtilityCount);
    }

    /// <summary>The standard errors of a player's values, over the parts that were drawn; not a number where only one part was with the
    /// player, or only one without.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public ReadOnlySpan<double> ErrorsOf(int player)
    {
        RequirePlayer(player);
        return _errors.AsSpan(player * UtilityCount, UtilityCount);
    }

    /// <summary>Every player's value for one utility.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such utility.</exception>
    public double[] OfUtility(int utility)
    {
        RequireUtility(utility);
        var values = new double[PlayerCount];
        for (var player = 0; player < values.Length; player++)
        {
            values[player] = _values[player * UtilityCount + utility];
        }

        return values;
    }

    /// <summary>A row for each player, a column for each utility.</summary>
    public double[,] ToMatrix()
    {
        var matrix = new double[PlayerCount, UtilityCount];
        Buffer.BlockCopy(_values, 0, matrix, 0, Buffer.ByteLength(_values));
        return matrix;
    }

    private void RequirePlayer(int player)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(player);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(player, PlayerCount);
    }

    private void RequireUtility(int utility)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(utility);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(utility, UtilityCount);
    }
}
