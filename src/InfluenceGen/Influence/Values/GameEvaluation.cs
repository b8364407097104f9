using System.Collections.Immutable;
using System.Globalization;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>One method's evaluations of a game: counted, checked, told about.</summary>
internal sealed class GameEvaluation
{
    // Members up to which a coalition is named by them.
    private const int Named = 20;

    private readonly InfluenceOptions _options;
    private readonly double[] _ends;
    private readonly TrainingClock _clock;

    /// <summary>Evaluates nobody and everybody, which every method needs.</summary>
    public GameEvaluation(Game game, InfluenceOptions? options)
    {
        ArgumentNullException.ThrowIfNull(game);
        Game = game;
        _options = options ?? new InfluenceOptions();
        _clock = new TrainingClock(_options);
        var ends = new Coalitions(game.Players, 2);
        ends.Append();
        ends.AppendAll();
        _ends = new double[2L * game.Utilities];
        Write(ends, _ends);
    }

    public Game Game { get; }

    public int Players => Game.Players;

    public int Utilities => Game.Utilities;

    /// <summary>v(nobody).</summary>
    public ReadOnlySpan<double> Empty => _ends.AsSpan(0, Utilities);

    /// <summary>v(everybody).</summary>
    public ReadOnlySpan<double> All => _ends.AsSpan(Utilities);

    /// <summary>Coalitions that were evaluated, these two among them.</summary>
    public long Count { get; private set; }

    /// <summary>Room for a number of each player and utility.</summary>
    public double[] Matrix() => new double[Sizes.Product(Players, Utilities, "Evaluate fewer test examples at a time.")];

    /// <summary>Room for the utilities of some coalitions.</summary>
    public double[] Rows(long coalitions) => new double[Sizes.Product(coalitions, Utilities, "Evaluate fewer test examples at a time, or ask for fewer coalitions.")];

    /// <summary>Evaluates coalitions.</summary>
    /// <exception cref="ArithmeticException">A utility is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Write(Coalitions coalitions, Span<double> utilities)
    {
        _options.Cancellation.ThrowIfCancellationRequested();
        utilities = utilities[..(coalitions.Count * Utilities)];
        Game.Write(coalitions, utilities);
        Count += coalitions.Count;
        if (Finite.IndexOfOther<double>(utilities) is >= 0 and var at)
        {
            var coalition = coalitions[at / Utilities];
            var name = coalition.Count <= Named ? coalition.ToString() : $"of {coalition.Count} players";
            throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                $"Utility {at % Utilities} (counted from 0) of the coalition {name} is {utilities[at]}; values need finite ones."));
        }
    }

    /// <summary>Tells which share is done.</summary>
    /// <exception cref="InvalidOperationException">All of it would take longer than the budget.</exception>
    public void Report(double share)
    {
        if (share > 0)
        {
            _clock.Tell(share);
        }
    }

    /// <summary>What the method found.</summary>
    /// <param name="values">A row for each player.</param>
    /// <param name="errors">Their standard errors; null where there are none.</param>
    /// <param name="notes">What a reader should know.</param>
    /// <exception cref="ArithmeticException">A value is not finite.</exception>
    public PlayerValues Result(double[] values, double[]? errors, params ReadOnlySpan<string> notes)
    {
        if (Finite.IndexOfOther<double>(values) is >= 0 and var at)
        {
            throw new ArithmeticException($"The value of player {Game.NameOf(at / Utilities)} is not a finite number: sums of utilities leave the range of double precision.");
        }

        return new PlayerValues(Game.NameOf, values, errors, Empty.ToArray(), All.ToArray(), Count, Tell(notes));
    }

    /// <summary>Tells notes, the game's own after the method's.</summary>
    public ImmutableArray<string> Tell(params ReadOnlySpan<string> notes)
    {
        ImmutableArray<string> all = [.. notes, .. Game.Notes];
        foreach (var note in all)
        {
            _options.Notes?.Invoke(note);
        }

        return all;
    }
}
