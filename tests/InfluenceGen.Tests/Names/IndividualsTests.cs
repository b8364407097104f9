using InfluenceGen.Examples;
using InfluenceGen.Reciprocity;
using Xunit;

namespace InfluenceGen.Tests.Names;

public class IndividualsTests
{
    private static readonly string[] _hostile = ["Ann", "ann", "Ann ", "Änn", "A\u0308nn", "1", "01", "1.0", "=1+1", "a,b", "\u200BAnn", "i", "ı", "İ"];

    [Fact]
    public void Names_that_differ_in_a_character_are_different_people()
    {
        var people = new Individuals(_hostile);
        var shuffled = new Individuals(_hostile.Reverse());
        Assert.Equal(Enumerable.Range(0, _hostile.Length).Reverse(), people.CodesIn(shuffled)!);
        Assert.All(_hostile, name => Assert.Equal(name, people[people.CodeOf(name)]));
        Assert.All(_hostile, name => Assert.Equal(-1, new Individuals([name]).CodesIn(new Individuals(_hostile.Where(other => other != name)))![0]));
        Assert.Null(people.CodesIn(new Individuals(_hostile)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    [InlineData("\u00A0")]
    [InlineData(null)]
    public void A_name_that_is_blank_is_missing(string? name) => Assert.StartsWith("Individual 1 (counted from 0) has no name.",
        Assert.Throws<ArgumentException>("names", () => new Individuals(["Ann", name!])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_stands_twice_is_refused() => Assert.StartsWith("The individual 'Ann' stands twice.",
        Assert.Throws<ArgumentException>("names", () => new Individuals(["Ann", "Bob", "Ann"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_of_a_reading_are_the_same_people_in_its_parts_alone()
    {
        var (first, second) = (Individuals.OfRows(2), Individuals.OfRows(2));
        Assert.True(first.SameAs(first));
        Assert.False(first.SameAs(second));
        Assert.False(first.SameAs(Individuals.Numbered(2)));
        Assert.False(Individuals.Numbered(2).SameAs(first));
        Assert.True(Individuals.Numbered(2).SameAs(new Individuals(["1", "2"])));
        var both = first.With(second);
        Assert.Equal(["1", "2", "3", "4"], Names(both));
        Assert.Equal([2, 3], second.CodesIn(both)!);
        Assert.Same(both, both.With(first));
        Assert.Same(both, both.With(second));
        Assert.True(both.SameAs(first.With(second)));
        Assert.False(both.SameAs(second.With(first)));
    }

    [Fact]
    public void Somebody_without_a_name_is_not_called_like_somebody_with_that_name()
    {
        var mixed = Individuals.OfRows(3).With(new Individuals(["2", "3 (unnamed)", "3", "04"]));
        Assert.Equal(["1", "2 (unnamed)", "3 (unnamed) (unnamed)", "2", "3 (unnamed)", "3", "04"], Names(mixed));
        Assert.All(Enumerable.Range(0, mixed.Count), code => Assert.Equal(code, mixed.CodeOf(mixed[code])));
        Assert.Throws<KeyNotFoundException>(() => mixed.CodeOf("4"));
        Assert.Throws<KeyNotFoundException>(() => Individuals.OfRows(3).CodeOf("01"));
        Assert.Throws<ArgumentOutOfRangeException>(() => mixed[7]);
    }

    [Fact]
    public void Named_people_keep_their_codes_and_others_come_after_them()
    {
        var people = new Individuals(["Bob", "Ann"]).With(new Individuals(["Ann", "Cem", "Bob", "Dan"]));
        Assert.Equal(["Bob", "Ann", "Cem", "Dan"], Names(people));
    }

    [Fact]
    public void Flows_of_runs_that_number_people_otherwise_are_averaged_by_name()
    {
        bool[] all = [true, true];
        var average = new FlowAverage(Averaging.EveryRun);
        average.Add(new Flows(new Individuals(["Ann", "Bob"]), [1, 2], [3, 4], [5, 6], all, all, 2, 2));
        average.Add(new Flows(new Individuals(["Bob", "Ann"]), [20, 10], [40, 30], [60, 50], all, all, 2, 2));
        Assert.Equal([5.5, 11], average.Mean.Inflow);
        Assert.Equal([16.5, 22], average.Mean.Outflow);
        Assert.Equal([27.5, 33], average.Mean.Self);
        Assert.StartsWith("The run has other individuals than those before it: it has 'Cem'.", Refused(["Bob", "Cem"]), StringComparison.Ordinal);
        Assert.StartsWith("The run has other individuals than those before it: it does not have 'Ann'.", Refused(["Bob"]), StringComparison.Ordinal);

        string Refused(string[] names) => Assert.Throws<ArgumentException>("run", () => average.Add(new Flows(new Individuals(names),
            new double[names.Length], new double[names.Length], new double[names.Length], [.. all.Take(names.Length)], [.. all.Take(names.Length)], 2, 2))).Message;
    }

    private static IEnumerable<string> Names(Individuals people) => Enumerable.Range(0, people.Count).Select(code => people[code]);
}
