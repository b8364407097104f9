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
    private readonly int _seeds;

    /// <summary>Evaluates nobody and everybody, which every method needs.</summary>
    /// <param name="game">The game.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="ofEachSeed">Whether, of a game of means over seeds, each seed's utilities are found out about as well.</param>
    public GameEvaluation(Game game, InfluenceOptions? options, bool ofEachSeed = true)
    {
        ArgumentNullException.ThrowIfNull(game);
        _seeds = ofEachSeed ? game.Seeds : 1;
        Game = _seeds > 1 ? game.EachSeed! : game;
        game = Game;
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

    /// <summary>Numbers of each coalition: those asked for, and after them those of each seed.</summary>
    public int Utilities => Game.Utilities;

    /// <summary>Numbers of each coalition that are asked for.</summary>
    public int Asked => _seeds > 1 ? Utilities / (_seeds + 1) : Utilities;

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

        return _seeds == 1
            ? new PlayerValues(Game.NameOf, values, errors, Empty.ToArray(), All.ToArray(), Count, Tell(notes))
            : OverSeeds(values, errors, notes);
    }

    /// <summary>What the method found, of other utilities than the game's.</summary>
    public PlayerValues Result(double[] values, double[]? errors, double[] ofNobody, double[] ofAll, ReadOnlySpan<string> notes) =>
        new(Game.NameOf, values, errors, ofNobody, ofAll, Count, Tell(notes));

    /// <summary>The part of a row for each player that is asked for.</summary>
    public double[] AskedOf(double[] matrix)
    {
        if (Asked == Utilities)
        {
            return matrix;
        }

        var asked = new double[Players * Asked];
        for (var player = 0; player < Players; player++)
        {
            matrix.AsSpan(player * Utilities, Asked).CopyTo(asked.AsSpan(player * Asked));
        }

        return asked;
    }

    /// <summary>Values of the means, whose variance is that of the sample and, by how far seeds are apart, that of a mean over them.</summary>
    private PlayerValues OverSeeds(double[] values, double[]? errors, ReadOnlySpan<string> notes)
    {
        var (found, total) = (AskedOf(values), errors is null ? new double[Players * Asked] : AskedOf(errors));
        var (between, all) = (0.0, 0.0);
        for (var i = 0; i < found.Length; i++)
        {
            var first = i / Asked * Utilities + i % Asked;
            var (mean, squares) = (0.0, 0.0);
            for (var seed = 1; seed <= _seeds; seed++)
            {
                mean += values[first + seed * Asked] / _seeds;
            }

            for (var seed = 1; seed <= _seeds; seed++)
            {
                var deviation = values[first + seed * Asked] - mean;
                squares += deviation * deviation;
            }

            var variance = squares / (_seeds - 1.0) / _seeds;
            between += variance;
            all += variance + total[i] * total[i];
            total[i] = Math.Sqrt(variance + total[i] * total[i]);
        }

        var note = string.Create(CultureInfo.InvariantCulture,
            $"Each utility is the mean over {_seeds} trainings of other seeds, which {(all > 0 ? between / all : 0) * 100:F0} % of the squared standard errors are of: more seeds lower those, more coalitions the rest.");
        return new PlayerValues(Game.NameOf, found, total, Empty[..Asked].ToArray(), All[..Asked].ToArray(), Count, Tell([.. notes, note]));
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
