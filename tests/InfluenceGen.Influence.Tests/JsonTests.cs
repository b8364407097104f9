using System.Text.Json;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>JsonSerializer writes all of a result, or refuses and says what to write instead: never counts without numbers.</summary>
public class JsonTests
{
    private readonly ExampleSet<double> _train = Problems.Binary(30, 3, 1);
    private readonly ExampleSet<double> _test = Problems.Binary(2, 3, 2);
    private readonly Fit<Logistic.Model, double> _fit;

    public JsonTests() => _fit = Problems.FitBinary(_train, 0.1);

    [Fact]
    public void Results_whose_numbers_it_does_not_see_are_refused()
    {
        var standardisation = Standardisation.Fit(_train);
        var traced = Logistic.Train(_train, GradientDescent.FullBatch(2, 0.1), new Trajectory<double>());
        Refused(_fit.Influence(new InfluenceFunctions(), _test), "OfTest(test)");
        Refused(InfluenceScores<float>.From(Problems.Single(_train), 1, new float[30]), "OfTest(test)");
        Refused(_fit.GroupInfluence(new KohGroupSum(), [[1, 2]], _test), "OfGroup(group)");
        Refused(_fit.Representers(new RepresenterPoints(), _test), "Of(test, output)");
        Refused(new Downsampling { Count = 20 }.Of(_fit, _test), "OfPlayer(player)");
        Refused(new Downsampling { Count = 20 }.Sample(_fit, _test), "Utilities()");
        Refused(new ConsistencyScore { Shares = [0.5], Count = 2 }.Of(_fit, _test), "Profile()");
        Refused(_fit, "Theta()");
        Refused(_fit.Value(new LeaveOneOutValue(), Players.Examples, _test), "OfPlayer(player)");
        Refused(new ShapleyInteraction().Of(Game.OfTable(0, 1, 2, 3)), "OfSet(number)");
        Refused(traced.Trajectory, "Save");
        Refused(_train, "Labels");
        Refused(standardisation, "Deviations");
        Refused(new { Name = "nested", Scores = _fit.Influence(new InfluenceFunctions(), _test) }, "OfTest(test)");
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(_fit.Retrainer(Removal.Fixed).LeaveOneOut(_test, 2)));
    }

    [Fact]
    public void Results_that_are_properties_are_written_whole()
    {
        var top = _fit.TopInfluence(new InfluenceFunctions(), _test, 2);
        using var written = JsonDocument.Parse(JsonSerializer.Serialize(top));
        var strongest = written.RootElement.GetProperty("Proponents")[1][0];
        Assert.Equal(top.Proponents[1][0].Example, strongest.GetProperty("Example").GetInt32());
        Assert.Equal(top.Proponents[1][0].Individual, strongest.GetProperty("Individual").GetString());
        Assert.Equal(top.Proponents[1][0].Score, strongest.GetProperty("Score").GetDouble());
        Assert.Equal(top.Opponents.Length, written.RootElement.GetProperty("Opponents").GetArrayLength());
        var group = _fit.MostInfluentialGroup(new GreedyGroup(), 3, _test);
        Assert.Equal(group.Examples, JsonSerializer.Deserialize<SelectedGroup>(JsonSerializer.Serialize(group))!.Examples);
    }

    [Fact]
    public void Individuals_are_their_names()
    {
        var names = new Individuals(["Ann", "Bob \"the builder\""]);
        var text = JsonSerializer.Serialize(names);
        var read = JsonSerializer.Deserialize<Individuals>(text)!;
        Assert.Equal((2, "Ann", "Bob \"the builder\""), (read.Count, read[0], read[1]));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Individuals>("{\"Count\":2}"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Individuals>("[1]"));
    }

    private static void Refused<T>(T result, string cure) => Assert.Contains(cure,
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(result)).Message, StringComparison.Ordinal);
}
