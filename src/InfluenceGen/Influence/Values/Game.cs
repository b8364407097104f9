using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>What a coalition is worth; called on one thread.</summary>
/// <param name="coalition">Who is in it; valid during the call only.</param>
public delegate double CoalitionUtility(Coalition coalition);

/// <summary>
/// A cooperative game: n players, and for each coalition of them what it is worth, v(S), one number or several (one for each test example).
/// Values share out v(all) − v(nobody) among the players. Where players are training examples, v(S) is how good the model is that was trained
/// on S (<c>fit.Game</c>).
/// </summary>
/// <remarks>Larger is better: a loss counts with a minus.</remarks>
public abstract class Game
{
    /// <summary>A game.</summary>
    /// <param name="players">n.</param>
    /// <param name="utilities">Numbers of each coalition.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no player, or no number.</exception>
    protected Game(int players, int utilities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(utilities, 1);
        (Players, Utilities) = (players, utilities);
    }

    /// <summary>n.</summary>
    public int Players { get; }

    /// <summary>Numbers of each coalition.</summary>
    public int Utilities { get; }

    /// <summary>What a reader of the values should know; read after the coalitions were evaluated.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>A player's name; its number from 0 where it has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public string NameOf(int player)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(player);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(player, Players);
        return Name(player);
    }

    /// <summary>A player's name.</summary>
    /// <param name="player">One of them.</param>
    protected virtual string Name(int player) => player.ToString(CultureInfo.InvariantCulture);

    /// <summary>What it is a game of, in words that are the same on every machine: files of utilities are known again by it.</summary>
    internal virtual string Identity => string.Create(CultureInfo.InvariantCulture, $"{Players} players; {Utilities} utilities");

    /// <summary>Whether some utilities are not known, so that nothing may be decided by them.</summary>
    internal virtual bool IsPartial => false;

    /// <summary>Where utilities are means over seeds: the game that tells each seed's as well (<see cref="SeededGames"/>).</summary>
    internal virtual Game? EachSeed => null;

    /// <summary>Seeds that utilities are means over.</summary>
    internal virtual int Seeds => 1;

    /// <summary>Evaluates coalitions. The same coalition has the same utilities every time.</summary>
    /// <param name="coalitions">Which.</param>
    /// <param name="utilities">Written to: a row of <see cref="Utilities"/> numbers for each.</param>
    public abstract void Write(Coalitions coalitions, Span<double> utilities);

    /// <summary>A game by a function.</summary>
    /// <param name="players">n.</param>
    /// <param name="utility">What a coalition is worth, the empty one too.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no player.</exception>
    public static Game Of(int players, CoalitionUtility utility)
    {
        ArgumentNullException.ThrowIfNull(utility);
        return new FunctionGame(players, utility);
    }

    /// <summary>A game by a table: v at number Σ 2ⁱ over the members i.</summary>
    /// <param name="utilities">2ⁿ numbers.</param>
    /// <exception cref="ArgumentException">Their number is no power of two, or there is no player.</exception>
    public static Game OfTable(params ReadOnlySpan<double> utilities) => new TableGame(utilities.ToArray(), 1);

    /// <summary>A game by a table of several utilities: row Σ 2ⁱ over the members i.</summary>
    /// <param name="utilities">2ⁿ rows.</param>
    /// <exception cref="ArgumentException">Their number is no power of two, or there is no player or no utility.</exception>
    public static Game OfTable(double[,] utilities)
    {
        ArgumentNullException.ThrowIfNull(utilities);
        var table = new double[utilities.Length];
        Buffer.BlockCopy(utilities, 0, table, 0, Buffer.ByteLength(utilities));
        return new TableGame(table, utilities.GetLength(1));
    }

    /// <summary>
    /// This game with a journal: each evaluation is written down, and what stands there is not evaluated again. So a computation that was killed goes
    /// on where it was, to the same bits, by starting it again; and several methods share their trainings.
    /// </summary>
    /// <param name="path">The file; it is made where there is none. One computation writes it at a time.</param>
    /// <exception cref="ArgumentException">The journal is of another game; the message names both.</exception>
    /// <exception cref="IOException">The file is none of utilities, cannot be read or written, or another computation writes it.</exception>
    public Game Recorded(string path) => OfEachSeed(game => new RecordedGame(game, path));

    /// <summary>
    /// Evaluates, of the coalitions that a method asks for, every N-th from the k-th on, and writes them to a file: shard k of N. The same command
    /// started N times, on any machines, does the work; <see cref="Merged"/> puts it together. Which coalitions those are depends on nothing but the
    /// method's settings, so a rule that stops at a standard error is left to the merging, and as many are trained as it allows at most.
    /// </summary>
    /// <param name="method">The method, the same for all shards.</param>
    /// <param name="shard">k, from 0 to before N.</param>
    /// <param name="shards">N.</param>
    /// <param name="path">The file, which is there only once it is whole.</param>
    /// <param name="options">Threads, progress, cancellation, budget.</param>
    /// <returns>How many coalitions are in it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    /// <exception cref="InvalidOperationException">What the method asks for depends on what it was told, as truncated permutations do.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public int WriteShard<TMethod>(TMethod method, int shard, int shards, string path, InfluenceOptions? options = null)
        where TMethod : struct, IValueMethod
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, shards);
        using var file = new Training.UnfinishedFile(path);
        var game = new ShardGame(EachSeed ?? this, shard, shards);
        method.Of(EachSeed is null ? game : new RepeatedGame(game, Seeds), options is null ? null : options with { Notes = null });
        game.Found.Write(file.Stream, EachSeed ?? this, shard, shards);
        file.Finish();
        return game.Found.Count;
    }

    /// <summary>This game with the utilities of all its shards, without any training: a method gives of it the same bits as of the game itself,
    /// however many shards there were.</summary>
    /// <param name="paths">A file of each shard, in any order.</param>
    /// <exception cref="ArgumentException">A file is of another game, two are of one shard or of different numbers of shards, or some are missing; the message
    /// names them.</exception>
    /// <exception cref="IOException">A file is none of utilities, is damaged, or cannot be read.</exception>
    public Game Merged(params ReadOnlySpan<string> paths)
    {
        var merged = new MergedGame(EachSeed ?? this, paths);
        return EachSeed is null ? merged : new RepeatedGame(merged, Seeds);
    }

    /// <summary>This game with every coalition evaluated and kept, so that any number of exact values and indices cost one training for each
    /// coalition together. 8 · 2ⁿ bytes for each utility.</summary>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="InvalidOperationException">There are more than 20 players, or more numbers than one piece of memory holds.</exception>
    /// <exception cref="ArithmeticException">A utility is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Game Tabulated(InfluenceOptions? options = null) => OfEachSeed(game => game.InTable(options));

    private Game OfEachSeed(Func<Game, Game> make) => EachSeed is { } each ? new RepeatedGame(make(each), Seeds) : make(this);

    private TableGame InTable(InfluenceOptions? options)
    {
        AllCoalitions.Require(Players);
        var table = new double[Sizes.Product(1L << Players, Utilities, "Evaluate fewer test examples at a time.")];
        var evaluation = new GameEvaluation(this, options);
        evaluation.Empty.CopyTo(table);
        evaluation.All.CopyTo(table.AsSpan(^Utilities..));
        AllCoalitions.Visit(evaluation, (first, utilities) => utilities.CopyTo(table.AsSpan((int)first * Utilities)));
        return new TableGame(table, Utilities) { Source = this };
    }

    private sealed class FunctionGame(int players, CoalitionUtility utility) : Game(players, 1)
    {
        public override void Write(Coalitions coalitions, Span<double> utilities)
        {
            for (var i = 0; i < coalitions.Count; i++)
            {
                utilities[i] = utility(coalitions[i]);
            }
        }
    }

    private sealed class TableGame(double[] table, int utilities) : Game(PlayersOf(table.Length, utilities), utilities)
    {
        /// <summary>Whose utilities they are; null for a user's numbers.</summary>
        public Game? Source { get; init; }

        public override ImmutableArray<string> Notes => Source?.Notes ?? [];

        protected override string Name(int player) => Source?.NameOf(player) ?? base.Name(player);

        public override void Write(Coalitions coalitions, Span<double> utilities)
        {
            for (var i = 0; i < coalitions.Count; i++)
            {
                table.AsSpan((int)coalitions[i].Words[0] * Utilities, Utilities).CopyTo(utilities[(i * Utilities)..]);
            }
        }

        private static int PlayersOf(int numbers, int utilities)
        {
            var rows = utilities == 0 ? 0 : numbers / utilities;
            return rows >= 2 && BitOperations.IsPow2(rows)
                ? BitOperations.Log2((uint)rows)
                : throw new ArgumentException($"A table of n players has 2ⁿ rows, 2 at least; this one has {rows}.", nameof(utilities));
        }
    }
}
