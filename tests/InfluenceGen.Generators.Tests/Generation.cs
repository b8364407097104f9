using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using InfluenceGen.Generators;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Tests.Guest;
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
        return new Generation(driver.GetRunResult().Results.Single(), compilation, [.. reported, .. Analysed(compilation)]);
    }

    private static IEnumerable<Diagnostic> Analysed(Compilation compilation) =>
        compilation.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()
            .OrderBy(problem => problem.Location.SourceSpan.Start).ThenBy(problem => problem.Id, StringComparer.Ordinal);

    /// <summary>A driver that remembers what each step did.</summary>
    public static GeneratorDriver Driver() => Driver(_language);

    private static GeneratorDriver Driver(CSharpParseOptions language) => CSharpGeneratorDriver.Create([new InfluenceGenerator().AsSourceGenerator()],
        parseOptions: language,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>A user's project: nullable, documented, warnings as errors.</summary>
    public static CSharpCompilation CompilationOf(params string[] sources) => CSharpCompilation.Create("Declared",
        sources.Select((source, index) => Tree(source, $"Source{index}.cs")),
        _references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error,
            nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>What becomes of a project of its own settings.</summary>
    /// <param name="project">The project.</param>
    /// <param name="bare">Whether generated code is compiled without its pragmas: every warning it earns is seen.</param>
    public static Generation Of(GuestProject project, bool bare = false)
    {
        string Setting(string name, string usual) => project.Settings.GetValueOrDefault(name, usual);
        Assert.True(LanguageVersionFacts.TryParse(Setting("LangVersion", "latest"), out var version));
        var language = new CSharpParseOptions(version, Setting("GenerateDocumentationFile", "true") == "true" ? DocumentationMode.Diagnose : DocumentationMode.None);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999,
            nullableContextOptions: Enum.Parse<NullableContextOptions>(Setting("Nullable", "enable"), ignoreCase: true),
            checkOverflow: Setting("CheckForOverflowUnderflow", "false") == "true", allowUnsafe: Setting("AllowUnsafeBlocks", "false") == "true",
            optimizationLevel: Setting("Optimize", "false") == "true" ? OptimizationLevel.Release : OptimizationLevel.Debug,
            specificDiagnosticOptions: Setting("NoWarn", "").Split(';').Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress)));
        var references = _references.ToList();
        if (project.Library is { } library)
        {
            Driver(language).RunGeneratorsAndUpdateCompilation(Declared("Library", library), out var built, out _);
            references.Add(built.ToMetadataReference());
        }

        var driver = Driver(language).RunGeneratorsAndUpdateCompilation(Declared("Declared", project.Sources), out var compilation, out var reported);
        foreach (var tree in bare ? driver.GetRunResult().GeneratedTrees : [])
        {
            compilation = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(
                Regex.Replace(tree.ToString(), "^(// <auto-generated/>|#pragma warning disable)\n", "", RegexOptions.Multiline), language, tree.FilePath));
        }

        return new Generation(driver.GetRunResult().Results.Single(), compilation, [.. reported, .. Analysed(compilation)]);

        CSharpCompilation Declared(string name, params string[] sources) => CSharpCompilation.Create(name,
            sources.Select((source, index) => CSharpSyntaxTree.ParseText(source, language, $"{name}{index}.cs")), references, options);
    }

    /// <summary>What the compiler makes of a specification with rules of its own, beside the user's source.</summary>
    public static Generation Of(ModelSpec spec, RuleTables rules, string source)
    {
        var compilation = CompilationOf([source, ModelEmitter.Emit(spec, rules)]);
        return new Generation(default, compilation, []);
    }

    /// <summary>Texts as they are, compiled and loaded; otherwise the errors.</summary>
    public static (Assembly? Assembly, IReadOnlyList<Diagnostic> Errors) Compile(params string[] sources)
    {
        using var image = new MemoryStream();
        var result = CompilationOf(sources).WithOptions(new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release)).Emit(image);
        image.Position = 0;
        return result.Success ? (new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image), [])
            : (null, [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)]);
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

    /// <summary>A declared type, with what is generated into it.</summary>
    public INamedTypeSymbol Symbol(string name) => _compilation.GetTypeByMetadataName(name)!;

    /// <summary>The model generated into a type, made with as many users, items or other sizes as it asks for.</summary>
    public IModel<double> Model(string type, params object[] sizes) =>
        (IModel<double>)Activator.CreateInstance(Load().GetType(type + "+Model", throwOnError: true)!, sizes)!;
}
