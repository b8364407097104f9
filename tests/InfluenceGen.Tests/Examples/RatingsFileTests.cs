using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class RatingsFileTests
{
    [Fact]
    public void Identifiers_become_codes_in_numeric_order_and_names()
    {
        using var file = new TextFile("10\t7\t3\t881250949\n9\t300\t4.5\t0\n\n9 7  -1\r\n");
        var set = RatingsFile.Read<double>(file.Path);
        Assert.Equal(
            [
                "source 2 individual 0 label -1 row 0 row 0",
                "source 1 individual 0 label 4.5 row 0 row 1",
                "source 0 individual 1 label 3 row 1 row 0",
            ],
            Given.Rows(set));
        Assert.Equal(("9", "10"), (set.Individuals[0], set.Individuals[1]));
        Assert.Equal(["7", "300"], set.ItemNames);
    }

    [Fact]
    public void Files_read_together_agree_on_users_and_items()
    {
        using var first = new TextFile("b x 1\na y 2\n");
        using var second = new TextFile("c y 3\nb x 4\n");
        var sets = RatingsFile.ReadTogether<double>([first.Path, second.Path]);
        Assert.Same(sets[0].Individuals, sets[1].Individuals);
        Assert.Equal(["source 1 individual 0 label 4 row 0 row 0", "source 0 individual 2 label 3 row 2 row 1"], Given.Rows(sets[1]));
        Assert.Equal(1, new SharedGroups<double>(sets[0], sets[1]).Count);
    }

    [Theory]
    [InlineData("", ": is empty; expected a line for each rating: user, item, rating.")]
    [InlineData("1 2\n", ", line 1: found '1 2', expected a user, an item, a rating and perhaps a timestamp, separated by blanks or tabs.")]
    [InlineData("1 2 3\n1 2 3 4 5 6\n", ", line 2: found '1 2 3 4 5 6', expected a user, an item, a rating and perhaps a timestamp, separated by blanks or tabs.")]
    [InlineData("1::2::3::4\n", ", line 1: found '1::2::3::4', expected a user, an item, a rating and perhaps a timestamp, separated by blanks or tabs.")]
    [InlineData("1 2 3\n\n1 3 five\n", ", line 3, column 'rating': found 'five', expected a number such as -1.5 or 2e3.")]
    [InlineData("1 2 NaN\n", ", line 1, column 'rating': found 'NaN', expected a finite number.")]
    [InlineData("1 2 3 monday\n", ", line 1, column 'timestamp': found 'monday', expected a number such as -1.5 or 2e3.")]
    [InlineData("8 2 3\n1 5 3\n\n1 2 3\n8 2 1\n1 5 3\n", ", line 5: user 8 has rated item 2 before, on line 1; remove one, or allow repeats.")]
    [InlineData("8 2 3\n8 2 4\n8 2 5\n", ", line 2: user 8 has rated item 2 before, on line 1; remove one, or allow repeats.")]
    public void A_file_that_cannot_be_used_is_refused_by_saying_where(string text, string message)
    {
        using var file = new TextFile(text);
        Assert.Equal(file.Path + message, Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>(file.Path)).Message);
    }

    [Fact]
    public void Repeats_can_be_allowed_and_keep_the_order_of_the_file()
    {
        using var file = new TextFile("1 1 3\n1 2 4\n1 1 5\n");
        var set = RatingsFile.Read<double>(file.Path, allowRepeats: true);
        Assert.Equal([3.0, 5.0, 4.0], set.Labels.ToArray());
        Assert.Equal(1.0 / 3, set.RowShares(0)[0]);
        Assert.Equal([0.5, 1.0], set.RowShares(1).ToArray());
    }

    [Fact]
    public void Ratings_are_read_alike_under_a_culture_with_other_signs() => HostileCulture.Run(() =>
    {
        using var file = new TextFile("1 1 -3.5\n");
        Assert.Equal(-3.5, RatingsFile.Read<double>(file.Path).Labels[0]);
        using var foreign = new TextFile("1 1 3,5\n");
        Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>(foreign.Path));
    });

    [Fact]
    public void A_file_that_is_not_there_is_refused()
    {
        Assert.Equal("no/such.data: there is no such file.",
            Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>("no/such.data")).Message);
        Assert.ThrowsAny<ArgumentException>(() => RatingsFile.ReadTogether<double>([]));
    }
}
