using InfluenceGen.Mutations;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>The table of <c>tests/mutations</c> is about the sources as they are: each mutation can be made, and those that must notice exist.</summary>
public sealed class MutationTableTests
{
    private static readonly List<Mutation> _mutations = Mutation.Read(Repository.PathOf("tests", "mutations", "mutations.txt"));

    [Fact]
    public void Every_mutation_changes_a_text_that_stands_where_it_says_and_once()
    {
        Assert.True(_mutations.Count >= 25);
        Assert.Equal(_mutations.Count, _mutations.DistinctBy(mutation => mutation.Name).Count());
        Assert.All(_mutations, mutation => Assert.NotEqual(Repository.Read(Repository.PathOf(mutation.File)), mutation.Applied(Repository.Root)));
    }

    [Fact]
    public void Every_class_that_must_notice_one_is_there() => Assert.All(_mutations, mutation =>
    {
        var sources = Directory.GetFiles(Repository.PathOf("tests", mutation.Project), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileName).ToHashSet();
        Assert.All(mutation.Classes, name => Assert.Contains($"{name}.cs", sources));
    });

    [Theory]
    [InlineData("name: a\nfile: f.cs\nwrite: y\n", "'find:'")]
    [InlineData("name: a\nfile: f.cs\nfind: x\nwrite: y\n", "ends before")]
    [InlineData("name: a\nfile: f.cs\nfind: x\nwrite: y\ntests: Project\n", "ends before")]
    [InlineData("name: a\nfile: f.cs\nfind: x\nwrite: y\ntests: Project Class\nname: b\n", "an empty line")]
    public void A_paragraph_that_is_no_mutation_is_refused(string table, string problem) =>
        InFolder(folder =>
        {
            File.WriteAllText(Path.Combine(folder, "table"), table);
            Assert.Contains(problem, Assert.Throws<FormatException>(() => Mutation.Read(Path.Combine(folder, "table"))).Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("f.cs", "a = b;", null, "a = c;")]
    [InlineData("f.cs", "a = b; a = b;", "more than one", null)]
    [InlineData("f.cs", "c = d;", "has no", null)]
    [InlineData("other.cs", "a = b;", "there is no f.cs", null)]
    public void What_is_to_be_replaced_stands_there_once_or_nothing_is_done(string file, string text, string? problem, string? expected) =>
        InFolder(folder =>
        {
            File.WriteAllText(Path.Combine(folder, file), text);
            var mutation = new Mutation("m", "f.cs", "a = b;", "a = c;", "P", ["C"]);
            if (problem is null)
            {
                Assert.Equal(expected, mutation.Applied(folder));
            }
            else
            {
                Assert.Contains(problem, Assert.Throws<InvalidOperationException>(() => mutation.Applied(folder)).Message, StringComparison.Ordinal);
            }
        });

    private static void InFolder(Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory("InfluenceGen.").FullName;
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
