using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Which blocks a set contains, past the 64 that can be named one by one too.</summary>
public class BlockSetTests
{
    [Fact]
    public void All_contains_blocks_of_any_number()
    {
        Assert.All([0, 1, 63, 64, 65, 1000], block => Assert.True(BlockSet.All.Contains(block)));
        Assert.Equal(BlockSet.All, default);
    }

    [Fact]
    public void A_set_contains_the_blocks_it_names_and_none_a_multiple_of_64_further()
    {
        var set = BlockSet.Of(0, 5, 63);
        Assert.Equal([0, 5, 63], Enumerable.Range(0, 200).Where(set.Contains));
        Assert.Equal(BlockSet.Of(63, 5, 0, 5), set);
        Assert.DoesNotContain(true, Enumerable.Range(0, 200).Select(BlockSet.Of().Contains));
    }

    [Fact]
    public void Naming_64_blocks_is_not_naming_all()
    {
        var set = BlockSet.Of([.. Enumerable.Range(0, 64)]);
        Assert.Equal(Enumerable.Range(0, 64), Enumerable.Range(0, 200).Where(set.Contains));
        Assert.NotEqual(BlockSet.All, set);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(64)]
    public void A_number_that_cannot_be_named_is_refused(int block) =>
        Assert.Equal("blocks", Assert.Throws<ArgumentOutOfRangeException>(() => BlockSet.Of(block)).ParamName);
}
