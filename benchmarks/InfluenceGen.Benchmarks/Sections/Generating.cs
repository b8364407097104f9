using System.Diagnostics;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>The time that generating takes of a user's build, and of an edit in an editor.</summary>
internal static class Generating
{
    private const int Models = 50;

    /// <summary>Fifty models at once, and again after an edit that changes none of them or one.</summary>
    public static void Show(Bench bench)
    {
        var declarations = Enumerable.Range(1, Models).Select(Declaration).ToList();
        var compilation = CSharpCompilation.Create("Declared", declarations.Append("class Elsewhere;").Select(text => CSharpSyntaxTree.ParseText(text)),
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var elsewhere = Replaced(compilation, Models, "class Elsewhere { int _x; }");
        var changed = Replaced(compilation, 0, Declaration(Models + 1));
        var warm = CSharpGeneratorDriver.Create(new InfluenceGenerator()).RunGenerators(compilation);
        var text = warm.GetRunResult().Results[0].GeneratedSources.Sum(source => source.SourceText.Length);

        var samples = Contest.Hold(bench.Options.Rounds,
            new("first", () => Time(CSharpGeneratorDriver.Create(new InfluenceGenerator()), compilation)),
            new("elsewhere", () => Time(warm, elsewhere)),
            new("one", () => Time(warm, changed)));
        var table = new Table($"{Models} models of all families", "ms");
        table.Add("all, by a compiler that is warm", samples[0].ToString("F0"));
        table.Add("after an edit elsewhere", samples[1].ToString("F1"));
        table.Add("after an edit of one", samples[2].ToString("F1"));
        table.Print();
        Console.WriteLine(FormattableString.Invariant($"They are {text / 1e6:F1} million characters of C#."));
        Console.WriteLine();
    }

    private static string Declaration(int number) => "using InfluenceGen; " + (number % 5) switch
    {
        0 => $"[LinearModel(Features = {number})] partial class M{number};",
        1 => $"[LogisticModel] partial class M{number};",
        2 => $"[SoftmaxModel(Features = {number}, Classes = 10)] partial class M{number};",
        3 => $"[Mlp(Inputs = 64, Hidden = [{number}, 16], Outputs = 10, Loss = Loss.SoftmaxCrossEntropy)] partial class M{number};",
        _ => $"[MatrixFactorization(Rank = {number}, L2 = 0.5)] partial class M{number};",
    };

    private static CSharpCompilation Replaced(CSharpCompilation compilation, int tree, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[tree], CSharpSyntaxTree.ParseText(text));

    private static double Time(GeneratorDriver driver, Compilation compilation)
    {
        var start = Stopwatch.GetTimestamp();
        driver.RunGenerators(compilation);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
