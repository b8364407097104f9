using System.Reflection;
using System.Text.RegularExpressions;
using InfluenceGen.Generators.Diagnostics;
using InfluenceGen.Generators.Tests.Guest;
using Microsoft.CodeAnalysis;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// Each diagnostic: a declaration that earns it, the place it points at, and that it disturbs no other model. Each also
/// has a page, whose examples are checked here, and an entry in the release notes.
/// </summary>
public class DiagnosticTests
{
    private const string Other = "[InfluenceGen.LinearModel] partial class Other;";

    /// <summary>What is generated for it where nothing is wrong beside it.</summary>
    private static readonly IReadOnlyDictionary<string, string> _alone = Generation.Of(Other).AssertClean().Files;

    public static TheoryData<string> Ids => [.. Descriptors.Keys];

    private static IReadOnlyDictionary<string, DiagnosticDescriptor> Descriptors { get; } = typeof(Descriptors)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<DiagnosticDescriptor>()
        .ToDictionary(descriptor => descriptor.Id);

    [Theory]
    [InlineData("IG0001", "[LinearModel] class [|M|];", "'M' must be declared partial", "write 'partial class M'")]
    [InlineData("IG0001", "[LinearModel] record [|M|];", "write 'partial record M'")]
    [InlineData("IG0001", "[LinearModel] record class [|M|];", "write 'partial record class M'")]
    [InlineData("IG0001", "[LinearModel] struct [|M|];", "write 'partial struct M'")]
    [InlineData("IG0001", "record struct [|Outer|] { [LinearModel] partial class M; }", "write 'partial record struct Outer'")]
    [InlineData("IG0002", "[LogisticModel] partial class [|M|]<T>;", "'M' has type parameters", "remove them")]
    [InlineData("IG0002", "partial class Outer<T> { [LogisticModel] partial class [|M|]<U>; }", "'M' has type parameters")]
    [InlineData("IG0003", "[LinearModel, [|LogisticModel|]] partial class M;", "'M' declares more than one model")]
    [InlineData("IG0003", "[LinearModel] partial class M; [[|MatrixFactorization|]] partial class M;", "keep one attribute")]
    [InlineData("IG0004", "[LinearModel([|Features = -3|])] partial class M;", "Features = -3 is not a size", "leave it out")]
    [InlineData("IG0004", "[LinearModel([|Features = 0|])] partial class M;", "Features = 0 is not a size")]
    [InlineData("IG0004", "[MatrixFactorization([|Rank = -1|])] partial class M;", "Rank = -1 is not a size")]
    [InlineData("IG0004", "[MatrixFactorization([|Rank = 0|])] partial class M;", "give 1 or more")]
    [InlineData("IG0004", "[SoftmaxModel([|Classes = 0|])] partial class M;", "Classes = 0 is not a size")]
    [InlineData("IG0004", "[Mlp([|Inputs = -1|], Hidden = [2])] partial class M;", "Inputs = -1 is not a size")]
    [InlineData("IG0004", "[Mlp(Hidden = [2], [|Outputs = 0|])] partial class M;", "Outputs = 0 is not a size")]
    [InlineData("IG0004", "[Mlp([|Hidden = [4, 0]|])] partial class M;", "0 in place 2 of Hidden is not a size", "a layer has 1 unit or more")]
    [InlineData("IG0004", "[Mlp([|Hidden = new[] { -8 }|])] partial class M;", "-8 in place 1 of Hidden")]
    [InlineData("IG0005", "[MatrixFactorization([|L2 = -0.5|])] partial class M;", "L2 = -0.5 is not a penalty")]
    [InlineData("IG0005", "[MatrixFactorization(Biases = true, [|BiasL2 = -1|])] partial class M;", "BiasL2 = -1 is not a penalty")]
    [InlineData("IG0005", "[LinearModel([|L2 = double.NaN|])] partial class M;", "L2 = NaN is not a penalty")]
    [InlineData("IG0005", "[Mlp(Hidden = [2], [|L2 = double.PositiveInfinity|])] partial class M;", "give a finite number")]
    [InlineData("IG0005", "[LinearModel(Precision = Precision.Single, [|L2 = 1e39|])] partial class M;", "L2 = 1E+39 is not a penalty", "that single precision can hold")]
    [InlineData("IG0005", "[MatrixFactorization(Rank = 2, [|L2 = 1e-46|], Precision = Precision.Single)] partial class M;", "L2 = 1E-46 is not a penalty", "from 1E-45")]
    [InlineData("IG0006", "[LinearModel] partial class [|M|] { [Label] public double Y { get; set; } }", "put [Feature] on")]
    [InlineData("IG0007", "[LinearModel] partial class [|M|] { [Feature] public double X { get; set; } }", "put [Label] on")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [[|Label|]] public double Z { get; set; } }", "'M' has a [Label] already, 'Y'")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public int A { get; set; } [[|Individual|]] public int B { get; set; } }", "'M' has a [Individual] already, 'A'")]
    [InlineData("IG0008", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [[|User|]] public int V { get; set; } [Rating] public int R { get; set; } }", "'M' has a [User] already, 'U'")]
    [InlineData("IG0009", "[LinearModel([|Features = 1|])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "leave out Features = …")]
    [InlineData("IG0009", "[Mlp([|Inputs = 1|], Hidden = [2])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "leave out Inputs = …")]
    [InlineData("IG0009", "[SoftmaxModel([|Classes = 2|])] partial class M { [Feature] public double X { get; set; } [Label] public Kind Y { get; set; } } enum Kind { A, B }", "a number of classes", "leave out Classes = …")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public string [|X|] { get; set; } = \"\"; [Label] public double Y { get; set; } }", "'X' is of type 'string'", "a number, a bool or an enum")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public double? [|X|] { get; set; } [Label] public double Y { get; set; } }", "'double?'", "convert it in another property")]
    [InlineData("IG0010", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public Stars [|R|] { get; set; } } enum Stars { A }", "a rating is a number")]
    [InlineData("IG0011", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public double [|Who|] { get; set; } }", "'Who' is of type 'double'", "a [Individual] is named by")]
    [InlineData("IG0011", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public System.DateTime [|I|] { get; set; } [Rating] public int R { get; set; } }", "a [Item] is named by")]
    [InlineData("IG0012", "[MatrixFactorization] partial class M { [[|Feature|]] public double X { get; set; } }", "'M' is made from ratings of items by users, and 'X' is marked [Feature]")]
    [InlineData("IG0012", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [[|Item|]] public int I { get; set; } }", "'M' is made from features and a label, and 'I' is marked [Item]")]
    [InlineData("IG0013", "[LinearModel] partial class M { void [|Train|]() { } }", "'Train' is what a member that is generated into 'M' is called", "[LinearModel(Prefix = \"My\")]")]
    [InlineData("IG0013", "[LinearModel] partial class [|Model|];", "'Model' is what a member")]
    [InlineData("IG0013", "[LinearModel] partial record Car { [Feature] public double [|Model|] { get; init; } [Label] public double Price { get; init; } }", "'Model' is what a member")]
    [InlineData("IG0013", "[MatrixFactorization] partial record Book { [User] public int [|Read|] { get; init; } [Item] public int I { get; init; } [Rating] public int S { get; init; } }", "[MatrixFactorization(Prefix = \"My\")]")]
    [InlineData("IG0013", "[LinearModel(Prefix = \"My\")] partial class M { int [|MyLedger|]; int Ledger; }", "'MyLedger' is what a member")]
    [InlineData("IG0013", "[LinearModel] partial class M { int [|__InfluenceGenRows|]; }", "'__InfluenceGenRows' is what a member")]
    [InlineData("IG0013", "[LinearModel] partial record M { [Feature] public double X { get; init; } [Label] public double [|From|] { get; init; } }", "'From' is what a member")]
    [InlineData("IG0013", "class Base { protected void [|Read|]() { } } [LinearModel] partial class M : Base;", "'Read' is what a member")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public static double [|X|] { get; set; } [Label] public double Y { get; set; } }", "leave out 'static'")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double [|Y|] { set { } } }", "give it a getter")]
    [InlineData("IG0014", "class B { [Feature] public double [|X|] { private get; set; } } [LinearModel] partial class M : B { [Label] public double Y { get; set; } }", "private to a base type")]
    [InlineData("IG0014", "interface I { double X { get; } } [LinearModel] partial class M : I { [Feature] double I.[|X|] => 1; [Label] public double Y { get; set; } }", "implements an interface explicitly")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature, System.Obsolete(\"No.\", error: true)] public double [|X|] { get; set; } [Label] public double Y { get; set; } }", "it is obsolete, and to use it is an error")]
    [InlineData("IG0014", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public int [|R|] { [System.Obsolete(\"No.\", true)] get; set; } }", "remove the mark")]
    [InlineData("IG0014", "[LinearModel] file partial class [|M|];", "leave out 'file'")]
    [InlineData("IG0014", "[LinearModel] ref partial struct [|M|];", "leave out 'ref'")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public double [|Y|] { get; set; } }", "'Y' is of type 'double'", "the loss SoftmaxCrossEntropy is for classes")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public bool [|Y|] { get; set; } }", "the members of an enum")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public ulong [|Y|] { get; set; } }", "up to long")]
    [InlineData("IG0015", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A, B }", "the loss Squared is for numbers or a bool")]
    [InlineData("IG0015", "[LogisticModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A, B }", "the loss Logistic is for numbers or a bool")]
    [InlineData("IG0016", "[LinearModel([|Loss = Loss.SoftmaxCrossEntropy|])] partial class M;", "is for two classes or more", "declare a softmax model")]
    [InlineData("IG0016", "[SoftmaxModel([|Classes = 1|])] partial class M;", "two classes or more")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 1|], Loss = Loss.SoftmaxCrossEntropy)] partial class M;", "choose a loss of one output")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 2|], Loss = Loss.Logistic)] partial class M;", "The loss Logistic is for one output", "leave out Outputs")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 3|], Loss = Loss.Poisson)] partial class M;", "The loss Poisson is for one output")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 2|])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "several outputs and one [Label]")]
    [InlineData("IG0017", "[LinearModel([|Loss = (Loss)17|])] partial class M;", "Loss = 17 is no member", "Loss.Squared")]
    [InlineData("IG0017", "[Mlp(Hidden = [2], [|Activation = (Activation)(-1)|])] partial class M;", "Activation = -1", "Activation.Tanh")]
    [InlineData("IG0017", "[LinearModel([|Precision = (Precision)2|])] partial class M;", "Precision.Double, Precision.Single")]
    [InlineData("IG0018", "[Mlp] partial class [|M|];", "'M' has no hidden layer", "give Hidden")]
    [InlineData("IG0018", "[Mlp([|Hidden = []|])] partial class M;", "'M' has no hidden layer")]
    [InlineData("IG0018", "[Mlp([|Hidden = null!|])] partial class M;", "'M' has no hidden layer")]
    [InlineData("IG0019", "[MatrixFactorization] partial class [|M|] { [User] public int U { get; set; } [Rating] public int R { get; set; } }", "none as its [Item]")]
    [InlineData("IG0020", "[LinearModel] partial class M { [Feature, [|Label|]] public double X { get; set; } }", "'X' is marked [Feature] and [Label]")]
    [InlineData("IG0021", "[LinearModel] partial class M { [Feature] public double X { get; set; } [[|Feature(\"X\")|]] public double Z { get; set; } [Label] public double Y { get; set; } }", "the column 'X', as 'X' is")]
    [InlineData("IG0021", "[LinearModel] partial class M { [[|Feature(\" \")|]] public double X { get; set; } [Label] public double Y { get; set; } }", "a column without a name")]
    [InlineData("IG0021", "[LinearModel] partial class M { [[|Feature|]] public Kind K { get; set; } [Feature(\"K=A\")] public double Z { get; set; } [Label] public double Y { get; set; } } enum Kind { A, B }", "the column 'K' as several features, one of them 'K=A', as 'Z' is")]
    [InlineData("IG0021", "[LinearModel] partial class M { [[|Feature|]] public Kind K { get; set; } [Label(\"K=B\")] public double Y { get; set; } } enum Kind { A, B }", "one of them 'K=B', as 'Y' is")]
    [InlineData("IG0021", "[LinearModel] partial class M { [[|Feature|]] public Kind K { get; set; } [Label] public double Y { get; set; } [Individual(\"K=B\")] public int W { get; set; } } enum Kind { A, B }", "one of them 'K=B', as 'W' is")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } [System.Flags] enum Kind { A = 1, B = 2 }", "is a set of flags")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } enum Kind { A, B = A }", "has two names for one value")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } enum Kind;", "has no members")]
    [InlineData("IG0022", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A }", "has a single member")]
    [InlineData("IG0023", "[Mlp(Inputs = 100000, [|Hidden = [100000]|])] partial class M;", "The model has 10,000,200,001 parameters")]
    [InlineData("IG0023", "[LinearModel([|Features = int.MaxValue|])] partial class M;", "1,000,000,000 fit a buffer")]
    [InlineData("IG0023", "[Mlp([|Hidden = [30000, 30000]|])] partial class M;", "The model has 900,120,001 parameters")]
    [InlineData("IG0023", "[Mlp([|Hidden = [int.MaxValue, int.MaxValue, int.MaxValue]|])] partial class M;", "fit a buffer")]
    [InlineData("IG0023", "[Mlp(Inputs = 2, [|Hidden = [1_000_000]|])] partial class M;", "The model has 4,000,001 parameters", "with room to work")]
    [InlineData("IG0023", "[MatrixFactorization([|Rank = int.MaxValue|])] partial class M;", "make it smaller")]
    [InlineData("IG0023", "[SoftmaxModel([|Classes = int.MaxValue|], Bias = false)] partial class M;", "The model has 2,147,483,647 parameters")]
    [InlineData("IG0023", "[SoftmaxModel(Features = 2_000_000_000, [|Classes = 2_000_000_000|])] partial class M;", "4,000,000,002,000,000,000 parameters")]
    [InlineData("IG0023", "[LinearModel([|Features = 999_999_999|], Precision = Precision.Single)] partial class M;", "1,000,001,040 numbers")]
    [InlineData("IG0024", "[LinearModel(L2 = 1, Bias = false, [|RegulariseBias = true|])] partial class M;", "there is no bias")]
    [InlineData("IG0024", "[LogisticModel([|RegulariseBias = true|])] partial class M;", "RegulariseBias = true has no effect, since L2 is 0")]
    [InlineData("IG0024", "[MatrixFactorization([|BiasL2 = 0.5|])] partial class M;", "BiasL2 has no effect, since there are no biases")]
    [InlineData("IG0025", "class B { [Feature] public double X { get; set; } } [LinearModel] partial class M : B { public new double [|X|] { get; set; } [Feature] public double Z { get; set; } [Label] public double Y { get; set; } }", "'M.X' hides the property 'B.X'", "marked [Feature]", "override it")]
    [InlineData("IG0025", "class B { [Label] public double Y { get; set; } } class C : B { public new double [|Y|]; } [LinearModel] partial class M : C { [Feature] public double X { get; set; } [Label] public double Z { get; set; } }", "'C.Y' hides the property 'B.Y'", "marked [Label]")]
    [InlineData("IG0025", "class B { [Feature] public virtual double X { get; set; } } class C : B { public override double X { get; set; } } [LinearModel] partial class M : C { public new double [|X|]() => 1; [Feature] public double Z { get; set; } [Label] public double Y { get; set; } }", "'M.X()' hides the property 'C.X'")]
    [InlineData("IG0026", "interface I { [[|Feature|]] double X { get; } } class M : I { public double X { get; set; } }", "'X' is marked [Feature] in the interface 'I'", "mark the type's own property")]
    [InlineData("IG0026", "interface I { [[|Item|]] int X { get; } }", "'X' is marked [Item] in the interface 'I'")]
    [InlineData("IG0027", "class M { [[|Feature|]] public double X { get; set; } [Label] public double Y { get; set; } }", "'M' marks 'X' as [Feature] and declares no model", "give it a model attribute")]
    [InlineData("IG0027", "sealed class M { [[|Rating|]] public double X { get; set; } }", "'M' marks 'X' as [Rating]")]
    [InlineData("IG0027", "record struct M([property: [|Feature|]] double X);", "'M' marks 'X' as [Feature]")]
    [InlineData("IG0027", "class B { [[|Feature|]] public double X { get; set; } } class M : B;", "'B' marks 'X'", "nor does a type derived from it")]
    [InlineData("IG0029", "[LinearModel([|Prefix = \"1\"|])] partial class M;", "Prefix = \"1\" is not how a name begins")]
    [InlineData("IG0029", "[Mlp(Hidden = [2], [|Prefix = \"a b\"|])] partial class M;", "give letters")]
    [InlineData("IG0029", "[MatrixFactorization([|Prefix = \"__a\"|])] partial class M;", "two underscores")]
    [InlineData("IG0029", "[LogisticModel([|Prefix = \"a\\u200D\"|])] partial class M;", "is not how a name begins")]
    [InlineData("IG0029", "[SoftmaxModel([|Prefix = \"@a\"|])] partial class M;", "is not how a name begins")]
    [InlineData("IG0004", "[Mlp([|HiddenLayers = 0|])] partial class M;", "HiddenLayers = 0 is not a size", "from 1 to 100")]
    [InlineData("IG0004", "[Mlp([|HiddenLayers = 101|])] partial class M;", "HiddenLayers = 101 is not a size", "give Hidden")]
    [InlineData("IG0004", "[LinearModel] partial class M { [[|Feature|]] public float[] E { get; set; } = []; [Label] public double Y { get; set; } }", "The missing Length of 'E' is not a size", "[Feature(Length = …)]")]
    [InlineData("IG0004", "[LinearModel] partial class M { [[|Feature(Length = 0)|]] public double[] E { get; set; } = []; [Label] public double Y { get; set; } }", "Length = 0 is not a size", "say how many numbers")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Weight] public double V { get; set; } [[|Weight|]] public double W { get; set; } }", "'M' has a [Weight] already, 'V'")]
    [InlineData("IG0009", "[Mlp(Hidden = [2, 3], [|HiddenLayers = 2|])] partial class M;", "gives the units of each hidden layer and how many layers there are as well", "leave out HiddenLayers = …")]
    [InlineData("IG0009", "[LinearModel([|Weights = true|])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "of which [Weight] tells it", "leave out Weights = …")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature(Length = 2)] public double [|X|] { get; set; } [Label] public double Y { get; set; } }", "a feature with a Length is a float[]", "any other has none")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature(Length = 2)] public int[] [|X|] { get; set; } = []; [Label] public double Y { get; set; } }", "'int[]'", "a feature with a Length is a float[]")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Weight] public bool [|W|] { get; set; } }", "'bool'", "a weight is a number")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Offset] public string [|O|] { get; set; } = \"\"; }", "an offset is a number")]
    [InlineData("IG0016", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public int Y { get; set; } [[|Offset|]] public double O { get; set; } }", "An offset is for one output, and 'M' has several", "make it a feature")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], Outputs = 2, [|Offsets = true|])] partial class M;", "An offset is for one output")]
    [InlineData("IG0021", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [[|Weight(\"X\")|]] public double W { get; set; } }", "the column 'X', as 'X' is")]
    [InlineData("IG0027", "class M { [[|Weight|]] public double W { get; set; } }", "'M' marks 'W' as [Weight]")]
    public void A_wrong_declaration_is_pointed_at_and_breaks_no_other(string id, string marked, params string[] said)
    {
        var (source, start, length) = Unmark("namespace Mine;\nusing InfluenceGen;\n" + marked);
        var generation = Generation.Of(source, Other);
        Assert.Null(generation.Result.Exception);
        Assert.All(generation.Reported, problem => Assert.Equal(id, problem.Id));
        var first = generation.Reported[0];
        Assert.Equal(DiagnosticSeverity.Error, first.Severity);
        Assert.All(said, text => Assert.Contains(text, first.GetMessage(), StringComparison.Ordinal));

        var place = first.Location.GetLineSpan();
        Assert.Equal((start, length, "Source0.cs"), (first.Location.SourceSpan.Start, first.Location.SourceSpan.Length, place.Path));
        Assert.Equal(2, place.StartLinePosition.Line);
        Assert.Equal(start - source.LastIndexOf('\n', start) - 1, place.StartLinePosition.Character);

        Assert.Equal(_alone.OrderBy(file => file.Key), generation.Files.OrderBy(file => file.Key));
    }

    [Theory]
    [InlineData("abstract class Base { [Feature] public double X { get; set; } }")]
    [InlineData("class Base { [Feature] public double X { get; set; } } class Between : Base; [LinearModel] partial class M : Between { [Label] public double Y { get; set; } }")]
    [InlineData("class Base<T> { [Feature] public T X { get; set; } = default!; } [LinearModel] partial class M : Base<double> { [Label] public double Y { get; set; } }")]
    [InlineData("class Base { [Feature] public double X { get; set; } } [LinearModel] partial class M : Base { [Feature] public new double X { get; set; } [Label] public double Y { get; set; } }")]
    public void A_mark_that_a_model_reads_or_another_project_may_read_is_no_mistake(string declared) =>
        Generation.Of("#pragma warning disable CS1591\nusing InfluenceGen;\n" + declared).AssertClean();

    /// <summary>What the project sets is not in the source, so that the type is pointed at.</summary>
    [Theory]
    [InlineData("8.0")]
    [InlineData("11.0")]
    public void A_language_that_generated_code_is_not_written_in_is_said(string version)
    {
        var generation = Generation.Of(new GuestProject("old", "#nullable enable\nusing InfluenceGen;\nnamespace Mine { [LinearModel] partial class M { } }")
        {
            Settings = new Dictionary<string, string> { ["LangVersion"] = version },
        });
        var problem = Assert.Single(generation.Reported);
        Assert.Equal("IG0028", problem.Id);
        Assert.StartsWith($"'M' is compiled as C# {version}, and what is generated for it is C# 12.0; set <LangVersion>", problem.GetMessage(), StringComparison.Ordinal);
        Assert.Empty(generation.Files);
        Assert.Empty(generation.Compiled);
    }

    [Fact]
    public void Several_mistakes_are_all_said()
    {
        var generation = Generation.Of("""
            using InfluenceGen;
            [LinearModel(Features = -1)] class M
            {
                [Feature] public string A { get; set; } = "";
                [Feature] public object B { get; set; } = "";
                public int Model;
            }
            """);
        Assert.Equal(["IG0001", "IG0004", "IG0007", "IG0010", "IG0010", "IG0013"],
            generation.Reported.Select(problem => problem.Id).Order());
    }

    [Fact]
    public void A_property_of_the_wrong_type_is_not_also_called_missing() => Assert.Equal(["IG0010", "IG0010"],
        Generation.Of("""
            using InfluenceGen;
            [LinearModel] partial class M { [Feature] public string X { get; set; } = ""; [Label] public string Y { get; set; } = ""; }
            """).Reported.Select(problem => problem.Id));

    [Fact]
    public void A_model_is_not_derived_from_another()
    {
        var generation = Generation.Of("using InfluenceGen; [LinearModel] partial class A; [LogisticModel] partial class B : A;");
        var problem = Assert.Single(generation.Reported);
        Assert.Equal("'Model' is what a member that is generated into 'B' is called; choose another name, or let those of all generated members begin otherwise, as [LogisticModel(Prefix = \"My\")] does", problem.GetMessage());
        Assert.Equal(["A.g.cs"], generation.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_diagnostic_can_be_reported() => Assert.Equal(Descriptors.Keys.Order(),
        new DeclarationAnalyzer().SupportedDiagnostics.Select(rule => rule.Id));

    /// <summary>The option, mark or modifier to blame is all that is pointed at, and it can be suppressed there.</summary>
    [Fact]
    public void A_diagnostic_is_in_the_source() => Assert.All(
        Generation.Of("using InfluenceGen; [LinearModel(Features = -1)] class M;").Reported,
        problem => Assert.True(problem.Location.IsInSource));

    [Theory, MemberData(nameof(Ids))]
    public void A_page_explains_it_by_an_example_that_is_wrong_and_one_that_is_right(string id)
    {
        var page = Repository.Read(Repository.PathOf("docs", "diagnostics", id + ".md"));
        Assert.StartsWith($"# {id}: {Descriptors[id].Title}\n", page, StringComparison.Ordinal);
        var examples = Regex.Matches(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.Equal([id], Generation.Of(Project(examples[0])).Reported.Select(problem => problem.Id).Distinct());
        Generation.Of(Project(examples[1])).AssertClean();

        // What is wrong with a project is said in a comment of the example, as the project file has it.
        static GuestProject Project(string example) => new("page", "#pragma warning disable CS1591\n#nullable enable\nusing InfluenceGen;\n" + example)
        {
            Settings = Regex.Matches(example, @"// <(\w+)>(.*)</\1>").ToDictionary(setting => setting.Groups[1].Value, setting => setting.Groups[2].Value),
        };
    }

    [Fact]
    public void Every_diagnostic_is_in_the_release_notes_and_the_index()
    {
        var notes = Repository.Read(Repository.PathOf("generators", "InfluenceGen.Generators", "AnalyzerReleases.Unshipped.md"))
            + Repository.Read(Repository.PathOf("generators", "InfluenceGen.Generators", "AnalyzerReleases.Shipped.md"));
        var index = Repository.Read(Repository.PathOf("docs", "diagnostics", "README.md"));
        Assert.All(Descriptors.Values, rule =>
        {
            Assert.Contains($"\n{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}", notes, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} |", index, StringComparison.Ordinal);
        });
        Assert.Equal(Enumerable.Range(1, Descriptors.Count).Select(n => $"IG{n:0000}"), Descriptors.Keys.Order());
    }

    private static (string Source, int Start, int Length) Unmark(string marked)
    {
        var start = marked.IndexOf("[|", StringComparison.Ordinal);
        var end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        return (marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), start, end - start);
    }
}
