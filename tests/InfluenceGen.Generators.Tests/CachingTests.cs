using System.Collections;
using System.Reflection;
using InfluenceGen.Generators;
using InfluenceGen.Generators.Declaration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>An edit that does not change a declaration stops at the declarations; one that does, does not.</summary>
public class CachingTests
{
    private const string Models = """
        using InfluenceGen;
        [LinearModel(Features = -1)] partial class Wrong;
        [LinearModel(Features = 3)] partial class A;
        [LogisticModel] partial record B { [Feature] public double X { get; init; } [Feature] public Kind K { get; init; } [Label] public bool Y { get; init; } }
        [MatrixFactorization(Rank = 2, L2 = 0.5)] partial class C;
        enum Kind { First, Second }
        """;

    private const string Elsewhere = "class Elsewhere { int X = 1; }";

    [Theory]
    [InlineData(Models, "class Elsewhere { int X = 2; }")]
    [InlineData(Models, "class Elsewhere { int X = 1; } class More;")]
    [InlineData(Models + " class Below { void M() { } }", Elsewhere)]
    public void An_unrelated_edit_makes_nothing_again(string models, string elsewhere)
    {
        var result = Edited(models, elsewhere);
        Assert.All(Reasons(result, InfluenceGenerator.DeclarationsStep), reason =>
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
        Assert.All(result.TrackedOutputSteps.Values.SelectMany(steps => steps).SelectMany(step => step.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Theory]
    [InlineData("Features = 3", "Features = 4")]
    [InlineData("[LinearModel(Features = 3)] partial class A", "[LinearModel(Features = 3)] partial record A")]
    [InlineData("class A;", "class Renamed;")]
    [InlineData("L2 = 0.5", "L2 = 0.25")]
    [InlineData("public double X", "public float X2")]
    [InlineData("[Feature] public double", "[Feature(\"x\")] public double")]
    [InlineData("First, Second", "First, Second, Third")]
    [InlineData("Features = -1", "Features = 1")]
    [InlineData("Features = 3", "Features = 3, L2 = 0.5")]
    [InlineData("Features = 3", "Features = 3, Precision = Precision.Single")]
    public void An_edit_to_a_declaration_makes_that_model_again(string from, string to)
    {
        Assert.Contains(from, Models, StringComparison.Ordinal);
        var reasons = Reasons(Edited(Models.Replace(from, to, StringComparison.Ordinal), Elsewhere), InfluenceGenerator.DeclarationsStep);
        Assert.Equal(4, reasons.Length);
        Assert.Single(reasons, reason => reason is IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void What_a_declaration_is_parsed_into_holds_values_only()
    {
        var run = Generation.Driver().RunGenerators(Generation.CompilationOf(Models, Elsewhere)).GetRunResult().Results.Single();
        var parsed = run.TrackedSteps[InfluenceGenerator.DeclarationsStep].SelectMany(step => step.Outputs)
            .Select(output => (ModelSpec?)output.Value).ToList();
        Assert.Equal(4, parsed.Count);
        Assert.Equal(3, parsed.Count(declaration => declaration is not null));

        Type[] tied = [typeof(ISymbol), typeof(SyntaxNode), typeof(SyntaxTree), typeof(Location), typeof(Compilation),
            typeof(SemanticModel), typeof(AttributeData), typeof(SyntaxReference)];
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var declaration in parsed)
        {
            Walk(declaration, nameof(ModelSpec));
        }

        Assert.Contains(seen, value => value is ModelSpec);

        void Walk(object? value, string path)
        {
            if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
            {
                return;
            }

            Assert.False(tied.Any(type => type.IsInstanceOfType(value)), $"{path} is a {value.GetType()}");
            if (value is IEnumerable items)
            {
                foreach (var item in items)
                {
                    Walk(item, path + "[]");
                }

                // An array is equal to itself alone: only what compares elements may hold one.
                Assert.False(value is Array, $"{path} is an array");
                return;
            }

            foreach (var field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                Walk(field.GetValue(value), path + "." + field.Name);
            }
        }
    }

    /// <summary>A run of the generator after an edit, having run before it.</summary>
    private static GeneratorRunResult Edited(string models, string elsewhere)
    {
        var before = Generation.CompilationOf(Models, Elsewhere);
        var trees = before.SyntaxTrees.ToArray();
        var after = before;
        foreach (var (tree, text) in trees.Zip([models, elsewhere]))
        {
            if (tree.ToString() != text)
            {
                after = after.ReplaceSyntaxTree(tree, Generation.Tree(text, tree.FilePath));
            }
        }

        Assert.NotSame(before, after);
        return Generation.Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single();
    }

    private static IncrementalStepRunReason[] Reasons(GeneratorRunResult result, string step) =>
        [.. result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];
}
