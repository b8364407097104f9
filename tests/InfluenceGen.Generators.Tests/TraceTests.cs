using InfluenceGen.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary><c>InfluenceGenTrace</c> writes down what each stage made of a model.</summary>
public class TraceTests
{
    private const string Source = "using InfluenceGen;\n[Mlp(Inputs = 2, Hidden = [3], Outputs = 1)] partial class Net;";

    [Fact]
    public void Each_stage_is_in_a_file_of_comments()
    {
        var files = Generated("true");
        Assert.Equal(["Net.g.cs", "Net.trace.g.cs"], files.Keys.Order(StringComparer.Ordinal));
        var lines = files["Net.trace.g.cs"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.True(line.StartsWith("//", StringComparison.Ordinal) || line.StartsWith('#'), line));
        Assert.Contains("//     parameters W1: hidden1 x features", lines);
        Assert.Contains(lines, line => line.Contains("Named: hidden1 = z1 = #", StringComparison.Ordinal));
        Assert.Contains("// Sweep GradientSum, pass 0", lines);
        Assert.Contains(lines, line => line.StartsWith("//     Gradient sums.b2 = ", StringComparison.Ordinal));
        Assert.Contains("// Kernel HessianVectorSum, pass 0, 64 examples at a time", lines);
        Assert.Contains(lines, line => line.Contains("z1%", StringComparison.Ordinal) && line.Contains("Product(W1%", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("//     sums: AddMatrix(", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("")]
    [InlineData(null)]
    public void It_is_not_there_unless_asked_for(string? setting) => Assert.Equal(["Net.g.cs"], Generated(setting).Keys);

    [Fact]
    public void The_package_tells_the_compiler_of_the_property() => Assert.Contains("<CompilerVisibleProperty Include=\"InfluenceGenTrace\" />",
        Repository.Read(Repository.PathOf("src", "InfluenceGen", "build", "InfluenceGen.props")), StringComparison.Ordinal);

    private static Dictionary<string, string> Generated(string? setting) =>
        CSharpGeneratorDriver.Create([new InfluenceGenerator().AsSourceGenerator()], optionsProvider: new Settings(setting))
            .RunGenerators(Generation.CompilationOf(Source)).GetRunResult().Results.Single()
            .GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    /// <summary>A project's settings.</summary>
    private sealed class Settings(string? value) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Of(value);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Of(null);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Of(null);

        private sealed class Of(string? value) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? found)
            {
                found = key == "build_property.InfluenceGenTrace" ? value : null;
                return found is not null;
            }
        }
    }
}
