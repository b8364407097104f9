using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using InfluenceGen.Generators;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>A user's source and what the generator makes of it.</summary>
internal sealed class Generation
{
    private static readonly CSharpParseOptions _language =
        new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Append(typeof(IModel<>).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Compilation _compilation;

    private Generation(GeneratorRunResult result, Compilation compilation, ImmutableArray<Diagnostic> reported)
    {
        Result = result;
        _compilation = compilation;
        Reported = reported;
    }

    public GeneratorRunResult Result { get; }

    /// <summary>What the analyzer reported, from the top down, after a crash of the generator (CS8785).</summary>
    public ImmutableArray<Diagnostic> Reported { get; }

    /// <summary>The generated files: hint name and text.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        Result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    /// <summary>What the compiler says about the user's source and the generated one together.</summary>
    public IEnumerable<Diagnostic> Compiled =>
        _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity != DiagnosticSeverity.Hidden);

    public static Generation Of(params string[] sources)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(CompilationOf(sources), out var compilation, out var reported);
        var analysed = compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return new Generation(driver.GetRunResult().Results.Single(), compilation,
            [.. reported, .. analysed.OrderBy(problem => problem.Location.SourceSpan.Start).ThenBy(problem => problem.Id, StringComparer.Ordinal)]);
    }

    /// <summary>A driver that remembers what each step did.</summary>
    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new InfluenceGenerator().AsSourceGenerator()],
        parseOptions: _language,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>A user's project: nullable, documented, warnings as errors.</summary>
    public static CSharpCompilation CompilationOf(params string[] sources) => CSharpCompilation.Create("Declared",
        sources.Select((source, index) => Tree(source, $"Source{index}.cs")),
        _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error,
            nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>What the compiler makes of a specification with rules of its own, beside the user's source.</summary>
    public static Generation Of(ModelSpec spec, RuleTables rules, string source)
    {
        var compilation = CompilationOf([source, .. ModelEmitter.Emit(spec, rules).Select(file => file.Text)]);
        return new Generation(default, compilation, []);
    }

    public static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, _language, path);

    /// <summary>Requires that the source compiles without a warning.</summary>
    public Generation AssertClean()
    {
        Assert.Empty(Reported);
        Assert.Null(Result.Exception);
        var problems = Compiled.ToList();
        Assert.True(problems.Count == 0, string.Join("\n", problems.Take(10)));
        return this;
    }

    /// <summary>The compiled source, loaded.</summary>
    public Assembly Load()
    {
        AssertClean();
        using var image = new MemoryStream();
        Assert.True(_compilation.Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }

    /// <summary>The model generated into a type, made with as many users, items or other sizes as it asks for.</summary>
    public IModel<double> Model(string type, params object[] sizes) =>
        (IModel<double>)Activator.CreateInstance(Load().GetType(type + "+Model", throwOnError: true)!, sizes)!;
}
