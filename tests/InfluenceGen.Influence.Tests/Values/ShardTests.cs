using System.Globalization;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values whose trainings are written down, and cut into shards.</summary>
public sealed class ShardTests : IDisposable
{
    private static readonly Fit<Logistic.Model, double> _fit = Problems.FitBinary(Problems.Binary(9, 2, 1), 0.1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-shards-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(7)]
    public void Shards_put_together_are_the_whole_to_the_bit(int shards)
    {
        Check(new ExactShapley(), shards);
        Check(new PermutationShapley { Stop = Stopping.After(5), Seed = 3 }, shards);
        Check(new BanzhafSampleReuse { Stop = Stopping.AtStandardError(0.02, 400), Seed = 2 }, shards);
        Check(new RegressionAdjustedValue { Stop = Stopping.AtStandardError(0.03, 300) }, shards);
        Check(new AverageMarginalEffect(), shards);
    }

    [Fact]
    public void A_journal_cut_at_any_byte_goes_on_to_the_same_bits()
    {
        var method = new PermutationShapley { Stop = Stopping.After(2), Seed = 1 };
        var (path, copy) = (Of("whole"), Of("cut"));
        var expected = method.Of(Game().Recorded(path)).ToMatrix();
        Assert.Equal(expected, method.Of(Game()).ToMatrix());
        var bytes = File.ReadAllBytes(path);
        var counted = new CountingGame(Game());
        Assert.Equal(expected, method.Of(new RecordedGame(counted, path)).ToMatrix());
        Assert.Equal(0, counted.Evaluated);

        for (var length = bytes.Length; length >= 0; length -= 5)
        {
            File.WriteAllBytes(copy, bytes[..length]);
            Assert.Equal(expected, method.Of(Game().Recorded(copy)).ToMatrix());
            Assert.Equal(bytes.Length, new FileInfo(copy).Length);
        }
    }

    [Fact]
    public void A_damaged_record_of_a_journal_and_what_follows_is_evaluated_again()
    {
        var path = Of("damaged");
        var expected = new ExactShapley().Of(Game().Recorded(path)).ToMatrix();
        var bytes = File.ReadAllBytes(path);
        bytes[^100] ^= 4;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(expected, new ExactShapley().Of(Game().Recorded(path)).ToMatrix());
    }

    [Fact]
    public void Files_of_another_game_are_refused()
    {
        var path = Of("journal");
        new AddOneInValue().Of(Game().Recorded(path));
        var test = Problems.Binary(7, 2, 2);
        Assert.Throws<ArgumentException>(() => _fit.Game(Players.Examples, test, Utility.Accuracy).Recorded(path));
        Assert.Throws<ArgumentException>(() => _fit.Game(Players.Examples, Problems.Binary(7, 2, 3)).Recorded(path));
        Assert.Throws<ArgumentException>(() => _fit.Game(Players.Examples, test, removal: Removal.Fixed).Recorded(path));
        Assert.Throws<ArgumentException>(() => _fit.Game(Players.Examples, test, ofNobody: -1).Recorded(path));
        Assert.Throws<ArgumentException>(() => Problems.FitBinary(Problems.Binary(9, 2, 1), 0.2).Game(Players.Examples, test).Recorded(path));
        Assert.Throws<ArgumentException>(() => Problems.FitBinary(Problems.Binary(9, 2, 4), 0.1).Game(Players.Examples, test).Recorded(path));
        File.WriteAllText(Of("text"), "player,value");
        Assert.Throws<IOException>(() => Game().Recorded(Of("text")));
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        var method = new ExactShapley();
        string[] paths = [.. Enumerable.Range(0, 4).Select(k => Of($"part{k}"))];
        for (var k = 0; k < 4; k++)
        {
            Game().WriteShard(method, k, 4, paths[k]);
        }

        var missing = Assert.Throws<ArgumentException>(() => Game().Merged(paths[0], paths[2]));
        Assert.Contains("Of 4 shards 2 are missing: 1, 3", missing.Message, StringComparison.Ordinal);
        Assert.Contains("both shard 1 of 4", Assert.Throws<ArgumentException>(() => Game().Merged([.. paths, paths[1]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Game().Merged());
        Game().WriteShard(method, 0, 3, Of("other"));
        Assert.Contains("of 3 shards", Assert.Throws<ArgumentException>(() => Game().Merged(paths[1], Of("other"))).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => Game().Recorded(paths[0]));
        var journal = Of("journal");
        Game().Recorded(journal);
        Assert.Contains("journal", Assert.Throws<ArgumentException>(() => Game().Merged(journal)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(paths[3], File.ReadAllBytes(paths[3])[..^3]);
        Assert.Contains("damaged", Assert.Throws<IOException>(() => Game().Merged(paths)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_settings_than_those_of_the_shards_are_found_out()
    {
        var method = new PermutationShapley { Stop = Stopping.After(2), Seed = 1 };
        Game().WriteShard(method, 0, 1, Of("part"));
        Assert.Throws<InvalidOperationException>(() => (method with { Seed = 2 }).Of(Game().Merged(Of("part"))));
    }

    [Fact]
    public void Truncated_permutations_cannot_be_cut_and_a_cancelled_shard_leaves_no_file()
    {
        Assert.Throws<InvalidOperationException>(() => Game().WriteShard(new TruncatedMonteCarlo { Tolerance = 0.1 }, 0, 2, Of("truncated")));
        Assert.False(File.Exists(Of("truncated")));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Game().WriteShard(new ExactShapley(), 0, 2, Of("cancelled"), new() { Cancellation = source.Token }));
        Assert.False(File.Exists(Of("cancelled")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Game().WriteShard(new ExactShapley(), 2, 2, Of("none")));
    }

    [Fact]
    public void Files_do_not_depend_on_the_culture()
    {
        var path = Of("culture");
        var before = CultureInfo.CurrentCulture;
        try
        {
            var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (hostile.NumberFormat.NumberDecimalSeparator, hostile.NumberFormat.NegativeSign) = (",", "~");
            CultureInfo.CurrentCulture = hostile;
            new AddOneInValue().Of(Game().Recorded(path));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        new AddOneInValue().Of(Game().Recorded(path));
    }

    private static Game Game() => _fit.Game(Players.Examples, Problems.Binary(7, 2, 2), Utility.MeanLoss);

    private string Of(string name) => Path.Combine(_folder.FullName, name);

    private void Check<TMethod>(TMethod method, int shards) where TMethod : struct, IValueMethod
    {
        var whole = method.Of(Game());
        string[] paths = [.. Enumerable.Range(0, shards).Select(k => Of($"{typeof(TMethod).Name}-{k}-{shards}"))];
        for (var k = shards - 1; k >= 0; k--)
        {
            Assert.True(Game().WriteShard(method, k, shards, paths[k], new() { Threads = 1 + k % 2 }) > 0);
        }

        var merged = method.Of(Game().Merged(paths));
        Assert.Equal(whole.ToMatrix(), merged.ToMatrix());
        Assert.Equal(whole.Evaluations, merged.Evaluations);
        if (whole.HasErrors)
        {
            Assert.Equal(whole.ErrorsOf(2).ToArray(), merged.ErrorsOf(2).ToArray());
        }
    }

    private sealed class CountingGame(Game game) : Game(game.Players, game.Utilities)
    {
        public int Evaluated { get; private set; }

        internal override string Identity => game.Identity;

        public override void Write(Coalitions coalitions, Span<double> utilities)
        {
            Evaluated += coalitions.Count;
            game.Write(coalitions, utilities);
        }
    }
}
