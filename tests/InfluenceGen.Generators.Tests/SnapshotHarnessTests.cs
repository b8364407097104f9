using Xunit;
using Xunit.Sdk;

namespace InfluenceGen.Generators.Tests;

public sealed class SnapshotHarnessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_text_that_was_accepted_passes()
    {
        Snapshot.Matches(_folder, "A", "cs", "one\ntwo\n", accepts: true);
        Snapshot.Matches(_folder, "A", "cs", "one\ntwo\n", accepts: false);
        Assert.Equal(["A.verified.cs"], Files);
    }

    [Fact]
    public void A_text_that_differs_is_written_beside_and_the_line_named()
    {
        Snapshot.Matches(_folder, "A", "cs", "one\ntwo\nthree\n", accepts: true);
        var problem = Assert.Throws<FailException>(() => Snapshot.Matches(_folder, "A", "cs", "one\n2\nthree\n", accepts: false));
        Assert.Contains("differs from line 2 on:\n  verified: two\n  received: 2\n", problem.Message, StringComparison.Ordinal);
        Assert.Contains("ACCEPT_SNAPSHOTS=1", problem.Message, StringComparison.Ordinal);
        Assert.Equal(["A.received.cs", "A.verified.cs"], Files);

        Snapshot.Matches(_folder, "A", "cs", "one\n2\nthree\n", accepts: true);
        Assert.Equal(["A.verified.cs"], Files);
    }

    [Fact]
    public void A_text_that_was_never_seen_fails()
    {
        Assert.Throws<FailException>(() => Snapshot.Matches(_folder, "A", "cs", "one\n", accepts: false));
        Assert.Equal(["A.received.cs"], Files);
    }

    [Fact]
    public void Line_endings_of_a_checkout_do_not_matter()
    {
        File.WriteAllText(Path.Combine(_folder, "A.verified.cs"), "one\r\ntwo\r\n");
        Snapshot.Matches(_folder, "A", "cs", "one\ntwo\n", accepts: false);
    }

    private string[] Files => [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order()];
}
