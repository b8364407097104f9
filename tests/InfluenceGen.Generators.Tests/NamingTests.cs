using System.Text.RegularExpressions;
using InfluenceGen.Examples;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Models;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>Wherever a model is declared, its part is generated there, and two of one name stay apart.</summary>
public class NamingTests
{
    [Theory]
    [InlineData("namespace A { [LinearModel] partial class M; } namespace B { [LinearModel] partial class M; }", "A.M", "B.M")]
    [InlineData("namespace A; [LinearModel] partial class M; partial class N { [LinearModel] partial class M; }", "A.M", "A.N.M")]
    [InlineData("static partial class A { [LinearModel] internal partial class M; } partial record B { [LinearModel] partial class M; }", "A.M", "B.M")]
    [InlineData("partial struct A { [LinearModel] partial record M; } partial record struct B { [LinearModel] partial class M; } partial interface C { [LinearModel] partial class M; }", "A.M", "B.M", "C.M")]
    [InlineData("namespace A.B { partial class C { partial class D { [LinearModel] partial class M; } } }", "A.B.C.D.M")]
    [InlineData("[LinearModel] partial class M;", "M")]
    [InlineData("[LinearModel] sealed partial class M; [LogisticModel] abstract partial class N; [LinearModel] static partial class S;", "M", "N", "S")]
    [InlineData("namespace @namespace.@event { partial class @struct { [LinearModel] partial class @class; } }", "namespace.event.struct.class")]
    [InlineData("[LinearModel] partial class @record; [LinearModel] partial class @file; [LinearModel] partial class @required; [LinearModel] partial class @partial; [LinearModel] partial class @where;",
        "file", "partial", "record", "required", "where")]
    [InlineData("[MatrixFactorization] partial class Größe; [LinearModel] partial class 模型;", "Größe", "模型")]
    [InlineData("[LinearModel] partial class M { } partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "M")]
    [InlineData("[LinearModel] partial record M([property: Feature] double X, [property: Label] double Y);", "M")]
    [InlineData("[LinearModel] partial class M { [Feature] public double @class { get; set; } [Feature] public double @double { get; set; } [Label] public double @value { get; set; } [Individual] public long @long { get; set; } }", "M")]
    [InlineData("partial class Outer<T> where T : class, new() { public partial struct Inner<U, @event> where U : struct { [LinearModel] partial class M; } }", "Outer+1.Inner+2.M")]
    [InlineData("partial class Outer { [LinearModel] partial class M; } partial class Outer<T> { [LinearModel] partial class M; } partial class Outer<T, U> { [LinearModel] partial class M; }", "Outer.M", "Outer+1.M", "Outer+2.M")]
    [InlineData("partial interface IOuter<T> { [MatrixFactorization] partial class M; } partial record Outer<T>(T Value) { [LogisticModel] partial struct M; }", "IOuter+1.M", "Outer+1.M")]
    [InlineData("[LinearModel] public partial struct A; [LogisticModel] readonly partial struct B; [LinearModel] internal partial record struct C; [LinearModel] public partial record D;", "A", "B", "C", "D")]
    [InlineData("public partial class Outer { [LinearModel] private partial class A; [LinearModel] protected partial class B; [LinearModel] private protected partial class C; [LinearModel] protected internal partial class D; [LinearModel] internal partial class E; }",
        "Outer.A", "Outer.B", "Outer.C", "Outer.D", "Outer.E")]
    [InlineData("class Fit; class Ledger<T>; class Trainer<T>; interface IModel; [LinearModel] partial class M;", "M")]
    [InlineData("namespace Mine.System { [LinearModel] partial class M; }", "Mine.System.M")]
    [InlineData("class Row { [Feature] public virtual double X { get; set; } [Individual] protected int Who { get; set; } } [LinearModel] partial class M : Row { [Label] public double Y { get; set; } }", "M")]
    public void A_model_is_generated_where_it_is_declared(string declarations, params string[] names)
    {
        var generation = Generation.Of("using InfluenceGen;", Documented(declarations)).AssertClean();
        Assert.Equal(names.Select(name => name + ".g.cs").Order(StringComparer.Ordinal), generation.Files.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The same numbers wherever it stands: s = 1·2 + 3 = 5.</summary>
    [Theory]
    [InlineData("[LinearModel(Features = 1)] public partial class M;", "M")]
    [InlineData("[LinearModel(Features = 1)] public partial struct M;", "M")]
    [InlineData("[LinearModel(Features = 1)] public partial record struct M;", "M")]
    [InlineData("namespace A { namespace @int { public partial interface IOuter { [LinearModel(Features = 1)] public partial record M; } } }", "A.int.IOuter+M")]
    [InlineData("public partial class Outer<T> { public partial struct Inner<U> { [LinearModel(Features = 1)] public partial class M; } }", "Outer`1+Inner`1+M", typeof(string), typeof(int))]
    [InlineData("public static partial class Models { [LogisticModel] public partial class Other; [LinearModel(Features = 1)] public partial class @class; }", "Models+class")]
    public void A_model_computes_wherever_it_is_declared(string declarations, string name, params Type[] arguments)
    {
        var model = Generation.Of("using InfluenceGen;", Documented(declarations)).Load().GetType(name + "+Model", throwOnError: true)!;
        var made = (IModel<double>)Activator.CreateInstance(arguments.Length == 0 ? model : model.MakeGenericType(arguments))!;
        var (weights, outputs) = (new double[made.Layout.StorageLength], new double[1]);
        made.Layout.Unpack<double>([2, 3], weights);
        made.Predict(ExampleSet<double>.FromFeatures([1], 1, [0]), 0, 1, weights, outputs);
        Assert.Equal([5.0], outputs);
    }

    [Fact]
    public void Fifty_models_in_a_file_are_generated() => Assert.Equal(50, Generation.Of("using InfluenceGen;\n"
        + string.Concat(Enumerable.Range(1, 50).Select(n => $"[LinearModel(Features = {n})] partial class M{n};\n"))).AssertClean().Files.Count);

    [Fact]
    public void A_model_given_twice_breaks_no_other()
    {
        var generation = Generation.Of("using InfluenceGen; [LinearModel] partial class M; [LinearModel] partial class M; [LinearModel] partial class N;");
        Assert.Null(generation.Result.Exception);
        Assert.Contains("N.g.cs", generation.Files.Keys);
    }

    [Fact]
    public void Names_that_differ_in_case_alone_get_files_of_their_own() => Assert.Equal(
        ["A.Tumour.g.cs", "A.tumour-1.g.cs", "a-1.Tumour.g.cs"],
        Generation.Of(Documented("""
            namespace A { [LinearModel] partial class tumour; [LinearModel] partial class Tumour; partial class TUMOURS; }
            namespace a { [LinearModel] partial class Tumour; }
            """)).AssertClean().Files.Keys.Order(StringComparer.Ordinal));

    /// <summary>A member of the user's is found before a type of ours, unless that is named from <c>global::</c> on.</summary>
    [Theory]
    [InlineData("[LinearModel(Features = 4)] partial class M { MEMBERS }")]
    [InlineData("[LogisticModel] partial class M { MEMBERS }")]
    [InlineData("[MatrixFactorization(Rank = 3, L2 = 0.5)] partial class M { MEMBERS }")]
    [InlineData("[SoftmaxModel(Classes = 3)] partial class M { MEMBERS }")]
    [InlineData("[Mlp(Hidden = [3], Activation = global::InfluenceGen.Activation.Gelu, Loss = global::InfluenceGen.Loss.Poisson)] partial class M { MEMBERS }")]
    [InlineData("[MatrixFactorization] partial class M { [User] public int X { get; set; } [Item] public int Y { get; set; } [Rating] public int Who { get; set; } MEMBERS }")]
    [InlineData("[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public int Who { get; set; } MEMBERS }")]
    public void A_member_captures_no_name_in_generated_code(string declaration)
    {
        string WithMembers(IEnumerable<string> members) => Documented(declaration.Replace("MEMBERS",
            string.Concat(members.Select(name => $"public int @{name} => 1; ")), StringComparison.Ordinal));

        RequireNoneCaptured(WithMembers);
    }

    /// <summary>So is a type of the user's in the namespace of the model, or in the types around it.</summary>
    [Theory]
    [InlineData("namespace Mine { [SoftmaxModel] partial class M; TYPES }")]
    [InlineData("namespace Mine { TYPES } namespace Mine.Own { [Mlp(Inputs = 20, Hidden = [9], Outputs = 3)] partial class M; }")]
    [InlineData("partial class Outer { TYPES [LogisticModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public int Who { get; set; } } }")]
    [InlineData("class Base { TYPES } [MatrixFactorization] partial class M : Base { [User] public int X { get; set; } [Item] public int Y { get; set; } [Rating] public int Who { get; set; } }")]
    public void A_type_captures_no_name_in_generated_code(string declaration)
    {
        string WithTypes(IEnumerable<string> types) => "#pragma warning disable CS8981\n" + Documented(declaration.Replace("TYPES",
            string.Concat(types.Select(name => $"public class @{name}; public class @{name}<A>; public class @{name}<A, B>; ")), StringComparison.Ordinal));

        RequireNoneCaptured(WithTypes);
    }

    private static void RequireNoneCaptured(Func<IEnumerable<string>, string> with)
    {
        var names = Generation.Of(with([])).AssertClean().Files.Values
            .SelectMany(text => Regex.Matches(text, @"^(?! *(//|#)|using).*", RegexOptions.Multiline))
            .SelectMany(line => Regex.Matches(line.Value, @"(?<!@)\b[A-Za-z_]\w*"))
            .Select(word => word.Value).Distinct()
            .Where(word => SyntaxFacts.GetKeywordKind(word) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(word) == SyntaxKind.None)
            .Except(["M", "X", "Y", "Who", "Outer", "Mine", "Base", "Own", "A", "B", "ToString", "Model", "Read", "From", "Train", "Ledger", FacadeEmitter.Rows]).ToList();
        Assert.Contains("GradientDescent", names);
        Generation.Of(with(names)).AssertClean();
    }

    /// <summary>Everything a user declares, in one file, with the attributes in scope.</summary>
    private static string Documented(string declarations) => "#pragma warning disable CS1591, CS8981, CS8860\n"
        + (declarations.StartsWith("namespace A;", StringComparison.Ordinal)
            ? declarations.Replace("namespace A;", "namespace A; using InfluenceGen;", StringComparison.Ordinal)
            : "using InfluenceGen;\n" + declarations);
}
