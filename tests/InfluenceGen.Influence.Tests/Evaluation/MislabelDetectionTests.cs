using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>The search for wrong labels.</summary>
public class MislabelDetectionTests
{
    [Fact]
    public void Of_five_examples_it_is_what_counting_gives()
    {
        // Inspected 3, 0, 4, 1, 2; wrong are 0 and 1.
        var found = MislabelDetection.Of<double>([4, 2, 1, 5, 3], [true, true, false, false, false]);
        Assert.Equal([0, 0, 0.5, 0.5, 1, 1], found.Curve);
        Assert.Equal(0.5, found.FoundIn(0.4));
        Assert.Equal(1, found.FoundIn(0.8));
        Assert.Equal(0, found.FoundIn(0));
        Assert.Equal((0 + 0.5 + 0.5 + 1 + 0.5) / 5, found.Area, 1e-15);
        Assert.Equal(2, found.FlippedCount);
    }

    [Fact]
    public void Equal_scores_find_what_chance_does()
    {
        var found = MislabelDetection.Of<float>([7, 7, 7, 7], [false, false, true, true]);
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], found.Curve);
        Assert.Equal(0.5, found.Area, 1e-15);
        var mixed = MislabelDetection.Of<float>([9, 7, 7, 7], [false, true, true, false]);
        Assert.Equal([0, 0, 1 / 3.0, 2 / 3.0, 1], mixed.Curve);
    }

    [Fact]
    public void A_perfect_score_finds_all_and_noise_finds_its_share()
    {
        var random = new RandomSource(1);
        bool[] flipped = [.. Enumerable.Range(0, 2000).Select(i => i % 10 == 3)];
        var perfect = MislabelDetection.Of<double>([.. flipped.Select(wrong => wrong ? 1.0 : 0.0)], flipped);
        Assert.Equal(1, perfect.FoundIn(0.1), 1e-12);
        Assert.Equal(1 - 0.1 / 2, perfect.Area, 1e-12);
        var noise = MislabelDetection.Of<double>([.. flipped.Select(_ => random.NextDouble())], flipped);
        Assert.InRange(noise.Area, 0.45, 0.55);
    }

    [Fact]
    public void A_share_counts_as_the_decimal_it_is_written_as()
    {
        bool[] flipped = [.. Enumerable.Range(0, 100).Select(i => i == 28)];
        var found = MislabelDetection.Of<double>([.. Enumerable.Range(0, 100).Select(i => -(double)i)], flipped);
        Assert.Equal(1, found.FoundIn(0.29));
        Assert.Equal(0, found.FoundIn(0.28));
        Assert.Throws<ArgumentOutOfRangeException>(() => found.FoundIn(1.1));
    }

    [Fact]
    public void What_has_no_answer_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MislabelDetection.Of<double>([1, 2], [true]));
        Assert.Throws<ArgumentException>(() => MislabelDetection.Of<double>([1, 2], [true, true]));
        Assert.Throws<ArgumentException>(() => MislabelDetection.Of<double>([1, 2], [false, false]));
        Assert.Throws<ArgumentException>(() => MislabelDetection.Of<double>([1, double.NaN], [true, false]));
    }
}
