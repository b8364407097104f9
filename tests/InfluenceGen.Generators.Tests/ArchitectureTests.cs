using System.Text.RegularExpressions;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Tests.Expressions;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// What keeps the compiler open: behind the tables of families, functions and losses, no stage knows one by name, and
/// between the declaration and the text nothing knows Roslyn.
/// </summary>
public class ArchitectureTests
{
    private static readonly string _generator = Repository.PathOf("generators", "InfluenceGen.Generators");

    [Theory]
    [InlineData("Simplification")]
    [InlineData("Sweeps")]
    [InlineData("Lowering")]
    [InlineData("Emission")]
    public void No_stage_behind_the_tables_names_a_family_a_function_or_a_loss(string stage)
    {
        // Layers, and steps of a kernel, are words that stages need.
        var families = Enum.GetNames<ModelFamily>().Except(["Layers"]).Concat(Leaves.Losses.Keys).Concat(Leaves.Losses.Values.Select(loss => loss.Name))
            .Concat([nameof(ModelFamily), "FunctionRules", "LossRules", "ActivationRules", "Family"]);
        var functions = Leaves.Functions.Keys.Concat(Leaves.RowFunctions.Keys).Concat(ActivationRules.ByName.Keys).Except(["Step"]);
        var word = Named(families, functions);
        foreach (var naming in new[]
        {
            "Factors for a Logistic one", "// a poisson loss", "FunctionRules.Step", "case Positive:", "nameof(Positive)",
            "\"positive\"", "$\"Elementary.Positive({x})\"", "x.positive", "positive(x)", "softmax(s)",
        })
        {
            Assert.Matches(word, naming);
        }

        Assert.DoesNotMatch(word, "// Before each step, a positive size; foreach (var step in steps) Print(step);");
        foreach (var (path, text) in Sources(stage))
        {
            var match = word.Match(text);
            Assert.False(match.Success, $"{path} names '{match.Value}'");
        }
    }

    /// <summary>
    /// What names a family or a loss, in any case and in comments too; or a function, as code names it: some of theirs are
    /// words of English (a step, a positive size), so only in their own case, or quoted, called or as a member.
    /// </summary>
    private static Regex Named(IEnumerable<string> families, IEnumerable<string> functions)
    {
        var function = string.Join('|', functions.Distinct());
        return new Regex($@"(?i:\b({string.Join('|', families.Distinct())})\b)|\b({function})\b|(?i:[""'.]({function})\b|\b({function})[""'(])");
    }

    /// <summary>
    /// The proof that this is a compiler: a loss and an activation are one rule each. All derivatives, sweeps and kernels
    /// of models with them come from it.
    /// </summary>
    [Theory]
    [InlineData("Poisson", "Declaring/Loss.cs", "Differentiation/LossRules.cs")]
    [InlineData("Gelu", "Declaring/Activation.cs", "Differentiation/ActivationRules.cs")]
    public void A_rule_is_named_by_its_table_and_the_declarations_enum_alone(string rule, string declared, string table)
    {
        var folders = new[] { Repository.PathOf("generators"), Repository.PathOf("src", "InfluenceGen") };
        var naming = folders.SelectMany(folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => (Path: Path.GetRelativePath(folder, path).Replace('\\', '/'), Full: path)))
            .Where(file => !Regex.IsMatch(file.Path, "(^|/)(bin|obj)/")
                && Repository.Read(file.Full).Contains(rule, StringComparison.OrdinalIgnoreCase))
            .Select(file => file.Path).Order();
        Assert.Equal([declared, $"InfluenceGen.Generators/{table}"], naming);
    }

    [Fact]
    public void A_family_is_a_graph_and_nothing_else()
    {
        // Where families are named at all: where declarations are read, and where their graphs are.
        var naming = Directory.GetFiles(_generator, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/") && Regex.IsMatch(File.ReadAllText(path), @"\bModelFamily\.\w"))
            .Select(path => Path.GetFileName(path)).Order();
        Assert.Equal(["AttributeForm.cs", "DeclarationParser.cs", "Families.cs"], naming);
    }

    [Fact]
    public void Everything_behind_the_declaration_is_built_without_Roslyn()
    {
        var project = Repository.Read(Repository.PathOf("generators", "InfluenceGen.Compiler", "InfluenceGen.Compiler.csproj"));
        Assert.DoesNotContain("PackageReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        foreach (var stage in new[] { "Expressions", "Differentiation", "Simplification", "Sweeps", "Lowering", "Emission" })
        {
            Assert.Contains($"../InfluenceGen.Generators/{stage}/**/*.cs", project, StringComparison.Ordinal);
            Assert.All(Sources(stage), source => Assert.DoesNotContain("Microsoft.CodeAnalysis", source.Text, StringComparison.Ordinal));
        }

        Assert.Contains("InfluenceGen.Compiler.csproj", Repository.Read(Repository.PathOf("InfluenceGen.sln")), StringComparison.Ordinal);
    }

    private static List<(string Path, string Text)> Sources(string stage)
    {
        var sources = Directory.GetFiles(Path.Combine(_generator, stage), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(_generator, path), Repository.Read(path))).ToList();
        Assert.NotEmpty(sources);
        return sources;
    }
}
