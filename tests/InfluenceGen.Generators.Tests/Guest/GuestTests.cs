using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Xml.Linq;
using InfluenceGen.Examples;
using Microsoft.CodeAnalysis;
using Xunit;

namespace InfluenceGen.Generators.Tests.Guest;

/// <summary>What is generated into a user's type: few members that say whose they are, and what people see who point at the type.</summary>
public class GuestTests
{
    private const string Before = "#pragma warning disable CS1591\nusing InfluenceGen; using System;\n";

    private const string Car = Before + """
        [LinearModel(L2 = 0.5, Prefix = "Ml")] public partial record Car
        {
            public string Model { get; init; } = "";
            [Individual] public Guid Plate { get; init; }
            [Feature] public double Read { get; init; }
            [Feature] public Fuel Fuel { get; init; }
            [Label] public double Train { get; init; }
            public static Car[] Rows => [new() { Plate = new("00000000-0000-0000-0000-00000000000A"), Read = 2, Fuel = Fuel.Least, Train = 3 }, new() { Fuel = Fuel.Most }];
        }
        public enum Fuel : ulong { Most = ulong.MaxValue, Least = 0 }
        """;

    [Fact]
    public void Nothing_stands_in_a_type_but_the_few_members_that_are_documented()
    {
        var type = Generation.Of(Before + """
            [LinearModel] public partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }
            """).Load().GetType("M")!;
        Assert.Equal(["From", "Ledger", "Model", "Read", "Train", "X", "Y", "__InfluenceGenRows"], Names(type));
        Assert.Equal(["Ledger", "Model", "Read", "Train"], Names(Generation.Of(Before + "[LinearModel] public partial class M;").Load().GetType("M")!));
    }

    [Fact]
    public void A_prefix_leaves_the_users_names_alone_and_its_members_work()
    {
        var type = Generation.Of(Car).Load().GetType("Car")!;
        Assert.Superset(new HashSet<string>(["MlFrom", "MlLedger", "MlModel", "MlRead", "MlTrain", "Model", "Read", "Train"]), Names(type).ToHashSet());
        var set = From(type, "MlFrom");
        Assert.Equal([2.0, 0, 1], set.Features[..3].ToArray());
        Assert.Equal([0.0, 1, 0], set.Features.Slice(set.FeatureStride, 3).ToArray());
        Assert.Equal([3.0, 0], set.Labels.ToArray());
        Assert.Equal("00000000-0000-0000-0000-00000000000a", set.Individuals[set.IndividualOf[0]]);
    }

    [Theory]
    [InlineData("sbyte", "sbyte.MinValue", "-128")]
    [InlineData("byte", "byte.MaxValue", "255")]
    [InlineData("short", "short.MinValue", "-32768")]
    [InlineData("ushort", "ushort.MaxValue", "65535")]
    [InlineData("uint", "uint.MaxValue", "4294967295")]
    [InlineData("long", "long.MinValue", "-9223372036854775808")]
    [InlineData("ulong", "ulong.MaxValue", "18446744073709551615")]
    [InlineData("Guid", "new(\"{0123ABCD-0000-0000-0000-000000000000}\")", "0123abcd-0000-0000-0000-000000000000")]
    [InlineData("string?", "\" a \"", " a ")]
    public void An_identity_is_named_as_it_is_written(string type, string value, string name)
    {
        var set = From(Generation.Of(Before + $$"""
            [MatrixFactorization] public partial class R
            {
                [User] public {{type}} U { get; set; } = {{value}};
                [Item] public {{type}} I { get; set; } = {{value}};
                [Rating] public double S { get; set; }
                public static R[] Rows => [new()];
            }
            """).Load().GetType("R")!, "From");
        Assert.Equal(name, set.Individuals[0]);
        Assert.Equal([name], set.ItemNames);
    }

    [Theory]
    [InlineData("sbyte")]
    [InlineData("byte")]
    [InlineData("short")]
    [InlineData("ushort")]
    [InlineData("int")]
    [InlineData("uint")]
    [InlineData("long")]
    [InlineData("ulong")]
    public void An_enum_of_any_type_is_known_by_its_values(string type)
    {
        var set = From(Generation.Of(Before + $$"""
            public enum E : {{type}} { Zero, Most = {{type}}.MaxValue, Least = {{type}}.MinValue + 1 }
            [SoftmaxModel] public partial class M
            {
                [Feature] public E X { get; set; }
                [Label] public E Y { get; set; }
                public static M[] Rows => [new() { X = E.Least, Y = E.Most }, new() { X = E.Most, Y = E.Least }, new()];
            }
            """).Load().GetType("M")!, "From");
        Assert.Equal([0.0, 0, 1], set.Features[..3].ToArray());
        Assert.Equal([0.0, 1, 0], set.Features.Slice(set.FeatureStride, 3).ToArray());
        Assert.Equal([0.0, 1, 0, 0, 0, 1, 1, 0, 0], Enumerable.Range(0, 3).SelectMany(row => set.Labels.Slice(row * set.LabelStride, 3).ToArray()));
    }

    /// <summary>A tool that leaves out what is marked counts no line of ours: every method is marked, or a type around it.</summary>
    [Fact]
    public void Every_generated_method_says_that_it_is_ours()
    {
        var assembly = Generation.Of(Car + "\n[MatrixFactorization] public partial class R { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public double S { get; set; } }").Load();
        var own = new[] { "Model", "Plate", "Read", "Fuel", "Train", "Rows", "U", "I", "S" };
        var generated = assembly.GetTypes().SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .Where(method => method.DeclaringType is { } type && (type.IsNested || (type.Name is "Car" or "R" && method.IsStatic
                && !method.IsSpecialName && method.Name is not "op_Equality" and not "op_Inequality" && !own.Contains(method.Name)))).ToList();
        Assert.Contains(generated, method => method.Name == "MlTrain");
        Assert.Contains(generated, method => method.Name == "Features");
        Assert.All(generated, method => Assert.All(
            [typeof(ExcludeFromCodeCoverageAttribute), typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), typeof(DebuggerNonUserCodeAttribute)],
            mark => Assert.True(Around(method).Any(member => member.IsDefined(mark, inherit: false)), $"{method.DeclaringType}.{method.Name} is not marked {mark.Name}.")));
        Assert.All(["Car", "R"], name => Assert.False(assembly.GetType(name)!.IsDefined(typeof(ExcludeFromCodeCoverageAttribute), inherit: false)));
    }

    [Fact]
    public void A_type_shows_its_formula_its_gradient_and_how_many_parameters_it_has()
    {
        var shown = Shown("[Mlp(Inputs = 3, Hidden = [4], L2 = 0.5)] partial class M;", "M");
        Assert.Equal("The model s = h1·w2 + b2.", shown.Element("summary")!.Value);
        Assert.Equal(
        [
            "Output: z1 = W1 x + b1; h1 = tanh(z1); s = h1·w2 + b2.",
            "Loss of an example: 0.5 (s - y)².",
            "Penalty of the objective: 0.25 |W1|² + 0.25 |w2|².",
            "Parameters: 21 = 4 × 3 (W1) + 4 (b1) + 4 (w2) + 1 (b2).",
            "Gradient: r = s - y; rh1 = r w2; rz1 = rh1 ∘ (1 - tanh(z1) ∘ tanh(z1)); ∂loss/∂W1 = rz1 xᵀ; ∂loss/∂b1 = rz1; ∂loss/∂w2 = r h1; ∂loss/∂b2 = r.",
        ], shown.Element("remarks")!.Elements("para").Select(line => line.Value));
    }

    [Fact]
    public void Sizes_that_are_open_are_named() => Assert.Equal("Parameters: users × rank (P) + items × rank (Q).",
        Shown("[MatrixFactorization] partial class M;", "M").Element("remarks")!.Elements("para").ElementAt(2).Value);

    [Fact]
    public void What_is_shown_of_many_layers_is_short()
    {
        var shown = Shown($"[Mlp(Inputs = 3, Hidden = [{string.Join(", ", Enumerable.Repeat(2, 12))}])] partial class M;", "M");
        Assert.All(shown.Descendants("para"), line => Assert.InRange(line.Value.Split("; ").Length, 1, 13));
        Assert.Contains("; …; ", shown.Descendants("para").First().Value, StringComparison.Ordinal);
    }

    /// <summary>The compiler puts the documentation of all parts of a type together; ours repeats no part of the user's.</summary>
    [Theory]
    [InlineData("/// <summary>A car.</summary>\n", "A car.")]
    [InlineData("/** <summary>A car.</summary> */\n", "A car.")]
    [InlineData("", "The model s = x·w + b.")]
    public void The_users_own_summary_is_the_only_one(string documentation, string summary)
    {
        var shown = Shown(documentation + "[LinearModel] partial class M;", "M");
        Assert.Equal(summary, Assert.Single(shown.Elements("summary")).Value);
        Assert.Single(shown.Elements("remarks"));
    }

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static XElement Shown(string declaration, string name) => XElement.Parse(
        Generation.Of(Before + declaration).Symbol(name).GetDocumentationCommentXml()!);

    private static IEnumerable<string> Names(Type type) => type.GetMembers(All)
        .Where(member => member is not ConstructorInfo and not FieldInfo and not MethodInfo { IsSpecialName: true })
        .Select(member => member.Name).Where(name => name[0] != '<').Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<MemberInfo> Around(MemberInfo? member)
    {
        for (; member is not null; member = member.DeclaringType)
        {
            yield return member;
        }
    }

    private static ExampleSet<double> From(Type type, string name) => (ExampleSet<double>)type.GetMethods()
        .Single(method => method.Name == name && method.GetParameters().Length == 1).Invoke(null, [type.GetProperty("Rows")!.GetValue(null)])!;
}
