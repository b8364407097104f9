using System.Collections.Immutable;
using System.Text.Json.Serialization;
using InfluenceGen.Influence.Values;

namespace InfluenceGen.Influence;

/// <summary>
/// What each player of a game is worth: n values for each utility. <b>Positive: the player makes things better.</b> The unit is the
/// utility's; where utilities are losses with a minus, values are by how much the player reduces the loss.
/// </summary>
/// <remarks>
/// A group of players has two values. <see cref="SumOver"/> adds up those of its members: whoever splits data into many players, or joins
/// some, gains nothing, so it is the one to pay by. <see cref="Players.Groups"/> makes the group one player, beside others who are: it asks what
/// they bring when they only come together. Safe for any number of threads at once.
/// </remarks>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its values: they are in OfPlayer(player), a row for each player, their standard errors in ErrorsOf(player), the notes in Notes")]
public sealed class PlayerValues
{
    private readonly Func<int, string> _name;
    private readonly double[] _values;
    private readonly double[]? _errors;
    private readonly double[] _ofNobody;
    private readonly double[] _ofAll;

    internal PlayerValues(Func<int, string> name, double[] values, double[]? errors, double[] ofNobody, double[] ofAll, long evaluations,
        ImmutableArray<string> notes)
    {
        (_name, _values, _errors, _ofNobody, _ofAll) = (name, values, errors, ofNobody, ofAll);
        (PlayerCount, UtilityCount) = (values.Length / ofNobody.Length, ofNobody.Length);
        (Evaluations, Notes) = (evaluations, notes);
    }

    /// <summary>n.</summary>
    public int PlayerCount { get; }

    /// <summary>Utilities: test examples, or 1.</summary>
    public int UtilityCount { get; }

    /// <summary>Coalitions whose utility was asked for, nobody and everybody among them: as many trainings, but for these two. Of
    /// <see cref="GradientShapley"/> models whose utility was.</summary>
    public long Evaluations { get; }

    /// <summary>Whether the values are estimates with a standard error.</summary>
    public bool HasErrors => _errors is not null;

    /// <summary>What a reader of the values should know: who brings the same as another, how far values say what to select.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>v(nobody), a number for each utility.</summary>
    public ReadOnlySpan<double> UtilityOfNobody => _ofNobody;

    /// <summary>v(everybody), a number for each utility.</summary>
    public ReadOnlySpan<double> UtilityOfAll => _ofAll;

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

    /// <summary>The standard errors of a player's values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    /// <exception cref="InvalidOperationException">There are none: the values are exact, or an estimate that has none.</exception>
    public ReadOnlySpan<double> ErrorsOf(int player)
    {
        RequirePlayer(player);
        return _errors is null
            ? throw new InvalidOperationException("These values have no standard errors: they are exact, or of a method that estimates none.")
            : _errors.AsSpan(player * UtilityCount, UtilityCount);
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

    /// <summary>The sum of some players' values, a number for each utility: a group's value as its members'.</summary>
    /// <param name="players">The members, each once.</param>
    /// <exception cref="ArgumentException">A player is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public double[] SumOver(params ReadOnlySpan<int> players)
    {
        var (sums, seen) = (new double[UtilityCount], new HashSet<int>());
        foreach (var player in players)
        {
            if (!seen.Add(player))
            {
                throw new ArgumentException($"Player {player} is named twice.", nameof(players));
            }

            System.Numerics.Tensors.TensorPrimitives.Add(sums, OfPlayer(player), sums);
        }

        return sums;
    }

    /// <summary>A player's name: an individual's, or a number from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public string NameOf(int player)
    {
        RequirePlayer(player);
        return _name(player);
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
