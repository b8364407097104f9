using InfluenceGen.Tests.Package;
using Xunit;

namespace InfluenceGen.Tests.PublicApi;

/// <summary>
/// What the library offers is listed in <c>InfluenceGen.verified.txt</c>, where a change to it is seen in review. A
/// change that is meant is accepted by copying the received file, which a failing test writes beside it, over the
/// verified one.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_API_is_the_one_that_was_reviewed()
    {
        var folder = Path.Combine(Dotnet.Repository, "tests", "InfluenceGen.Tests", "PublicApi");
        var (verified, received) = (Path.Combine(folder, "InfluenceGen.verified.txt"), Path.Combine(folder, "InfluenceGen.received.txt"));
        var expected = File.ReadAllText(verified).ReplaceLineEndings("\n");
        var actual = ApiListing.Of(typeof(LinearModelAttribute).Assembly);
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"""
            The public API is not the one in {verified}:

            {LineDifference.Between(expected.Split('\n'), actual.Split('\n'))}
            If that is meant, accept it:  cp {received} {verified}
            """);
    }
}
