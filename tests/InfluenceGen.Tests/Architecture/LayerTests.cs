using Xunit;

namespace InfluenceGen.Tests.Architecture;

/// <summary>
/// The library's folders are layers: each needs those before it and never one behind it. Held over what is compiled, so that an inferred type
/// counts as one that is written out.
/// </summary>
public sealed class LayerTests
{
    // From the lowest. What is declared with, and what every layer refuses with, stands in the library's own namespace.
    private static readonly string[] _layers =
    [
        "InfluenceGen",
        "InfluenceGen.Numerics",
        "InfluenceGen.Generated",
        "InfluenceGen.Examples",
        "InfluenceGen.Models",
        "InfluenceGen.Training",
        "InfluenceGen.Influence",
        "InfluenceGen.Reciprocity",
    ];

    private static readonly List<TypeReference> _references = TypeReferences.Of(typeof(LinearModelAttribute).Assembly.Location);

    [Fact]
    public void No_type_needs_one_of_a_layer_above()
    {
        var upward = _references.Where(reference => LayerOf(reference.FromNamespace) < LayerOf(reference.ToNamespace))
            .Select(reference => $"{reference.FromNamespace}.{reference.From} needs {reference.ToNamespace}.{reference.To} in '{reference.Member}'")
            .ToList();
        Assert.True(upward.Count == 0, string.Join(Environment.NewLine, upward));
    }

    [Fact]
    public void Every_type_stands_in_a_layer() =>
        Assert.All(typeof(LinearModelAttribute).Assembly.GetTypes().Where(type => type.DeclaringType is null && type.Name[0] != '<' && !IsTheCompilers(type.Namespace)),
            type => Assert.True(LayerOf(type.Namespace ?? "") >= 0, $"{type} is in no layer. Which folder does it belong to?"));

    [Fact]
    public void The_folders_are_the_layers()
    {
        var source = Path.Combine(Package.Dotnet.Repository, "src", "InfluenceGen");
        var folders = Directory.GetDirectories(source).Select(folder => Path.GetFileName(folder)).Except(["bin", "build", "obj"]).Order();
        Assert.Equal([.. _layers.Skip(1).Select(layer => layer["InfluenceGen.".Length..]).Append("Declaring").Order()], folders);
        foreach (var file in Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            var folder = Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
            if (folder.Split('/')[0] is not ("bin" or "obj"))
            {
                var expected = folder is "." or "Declaring" ? "namespace InfluenceGen;" : $"namespace InfluenceGen.{folder.Replace('/', '.')};";
                Assert.True(File.ReadLines(file).Any(line => line == expected), $"{file} is not in '{expected}'");
            }
        }
    }

    // What the test sees, at all of these: a base, a field, a parameter, an attribute's argument, a call, a local, a type argument.
    [Theory]
    [InlineData("InfluenceGen.Training", "Fit`2", "InfluenceGen.Examples", "ExampleSet`1")]
    [InlineData("InfluenceGen.Training", "Fit`2", "InfluenceGen", "JsonRefusal")]
    [InlineData("InfluenceGen.Training", "Fit`2", "InfluenceGen.Examples", "FiniteResults")]
    [InlineData("InfluenceGen.Examples", "ExampleSet`1", "InfluenceGen.Numerics", "AlignedBuffer`1")]
    [InlineData("InfluenceGen.Influence.Static", "InfluenceFunctions", "InfluenceGen.Influence", "IInfluenceMethod")]
    [InlineData("InfluenceGen.Influence.Static", "InfluenceFunctionScores`2", "InfluenceGen.Influence.Sources", "ScoreSource`1")]
    [InlineData("InfluenceGen.Influence", "FitQuestions", "InfluenceGen.Influence.Static", "NewtonStepParts`1")]
    [InlineData("InfluenceGen.Influence.Values", "RetrainingGame`2", "InfluenceGen.Influence.Evaluation", "Retrainer`2")]
    [InlineData("InfluenceGen.Reciprocity", "MarginalFlows", "InfluenceGen.Influence.Retraining", "InfluenceVisitor")]
    public void References_that_there_are_are_found(string fromNamespace, string from, string toNamespace, string to) =>
        Assert.Contains(_references, reference => (reference.FromNamespace, reference.From, reference.ToNamespace, reference.To)
            == (fromNamespace, from, toNamespace, to));

    private static int LayerOf(string space) => Array.FindLastIndex(_layers, layer => layer == space
        || layer.Contains('.') && space.StartsWith(layer + ".", StringComparison.Ordinal));

    // Types without a namespace are the compiler's, and so are attributes that older frameworks lack.
    private static bool IsTheCompilers(string? space) => space is null || space.StartsWith("System.", StringComparison.Ordinal)
        || space.StartsWith("Microsoft.", StringComparison.Ordinal);
}
