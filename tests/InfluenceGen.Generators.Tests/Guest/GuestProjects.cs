namespace InfluenceGen.Generators.Tests.Guest;

/// <summary>The compile matrix: settings and names of other people's projects, each to be compiled without a warning.</summary>
public static class GuestProjects
{
    /// <summary>Models of every shape of what is generated into a type: records of features, of classes and of ratings, and plain columns.</summary>
    private const string Models = """
        using System;
        using InfluenceGen;
        namespace Acme
        {
            internal enum Fuel { Petrol, Diesel = 7, Electric = -1 }
            [LinearModel(L2 = 0.5)] internal partial record Car
            {
                [Individual] public string Plate { get; init; } = "";
                [Feature] public decimal Power { get; init; }
                [Feature] public Fuel Fuel { get; init; }
                [Feature] public bool Used { get; init; }
                [Label] public double Price { get; init; }
            }
            [SoftmaxModel] internal partial record Choice
            {
                [Individual] public int Buyer { get; init; }
                [Feature] public double Income { get; init; }
                [Label] public Fuel Fuel { get; init; }
            }
            [MatrixFactorization(Rank = 3, L2 = 0.5)] internal partial struct Opinion
            {
                [User] public long Person { get; set; }
                [Item] public string Film { get; set; }
                [Rating] public byte Stars { get; set; }
            }
            [SoftmaxModel(Classes = 3, Precision = Precision.Single)] internal partial class Kind;
            [MatrixFactorization] internal partial class Tastes;
        }
        """;

    /// <summary>The same, sealed: an analyzer asks that of every class in its author's own part.</summary>
    private static string SealedModels => Models.Replace("internal partial record", "internal sealed partial record", StringComparison.Ordinal)
        .Replace("internal partial class", "internal sealed partial class", StringComparison.Ordinal);

    /// <summary>The types that generated code names, for others of the same names.</summary>
    private static readonly string[] _types =
    [
        "ArgumentException", "ArgumentOutOfRangeException", "BlockSet", "CsvColumn", "CsvExamples", "CultureInfo", "DenseProducts", "Elementary",
        "ElementaryFormulas", "ExampleSet", "Fit", "GradientDescent", "ILanes", "IModel", "IReadOnlyList", "ITrainingObserver", "LabelDomain", "Lanes", "Logits",
        "Math", "MathF", "MemoryMarshal", "NotSupportedException", "Panel", "PanelMatrix", "ParameterLayout", "RatingsFile", "ReadOnlySpan", "RecordExamples", "Reduction", "Scratch",
        "Span", "SweepArguments", "TensorPrimitives", "Trainer", "Unsafe", "Vec", "Vector128", "Vector256", "Vector512", "Workspace",
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, GuestProject> All { get; } =
        Settings().Concat(Declarations()).Concat(Names()).Concat(Places()).ToDictionary(project => project.Name);

    // ---- settings ------------------------------------------------------------------------------------------------

    private static IEnumerable<GuestProject> Settings()
    {
        yield return new("Every warning an error", Models, "using InfluenceGen; [Mlp(Hidden = [3], Outputs = 2, Activation = Activation.Gelu)] partial class Curve;");
        yield return new("C# 12", Models, Use) { Settings = Set("LangVersion", "12") };
        yield return new("C# 13", Models, Use) { Settings = Set("LangVersion", "13") };
        yield return new("C# preview", Models, Use) { Settings = Set("LangVersion", "preview") };
        yield return new("Nullable off", Models) { Settings = Set("Nullable", "disable") };
        yield return new("Nullable warnings alone", Models) { Settings = Set("Nullable", "warnings") };
        yield return new("Nullable annotations alone", Models) { Settings = Set("Nullable", "annotations") };
        yield return new("Checked arithmetic", Models) { Settings = Set("CheckForOverflowUnderflow", "true") };
        yield return new("Unsafe code allowed", Models) { Settings = Set("AllowUnsafeBlocks", "true") };
        yield return new("No documentation file", Models) { Settings = Set("GenerateDocumentationFile", "false") };
        yield return new("Optimised", Models) { Settings = Set("Optimize", "true") };
        yield return new("Public and documented", PublicModels);
        yield return new("Implicit usings", Models, """
            global using global::System;
            global using global::System.Collections.Generic;
            global using global::System.IO;
            global using global::System.Linq;
            global using global::System.Net.Http;
            global using global::System.Threading;
            global using global::System.Threading.Tasks;
            """);
        yield return new("Compliant with the common language specification", "[assembly: System.CLSCompliant(true)]", PublicModels);
        yield return new("Every rule of the analyzers", "[assembly: System.CLSCompliant(false)]", SealedModels)
        {
            Settings = Set("AnalysisLevel", "latest-all", "EnforceCodeStyleInBuild", "true", "NoWarn", "$(NoWarn);CA1812;CA1515;CA1819;IDE0130"),
            NeedsBuild = true,
        };
        yield return new("Trimmed, native and in one file", Models, Use)
        {
            Settings = Set("IsAotCompatible", "true", "EnableSingleFileAnalyzer", "true", "VerifyReferenceAotCompatibility", "true",
                "WarningsNotAsErrors", "IL3058"),
            NeedsBuild = true,
        };
        yield return new("An older framework", Models, Use) { Settings = Set("TargetFramework", "net9.0", "LangVersion", "12"), NeedsBuild = true };
    }

    // ---- what is declared ----------------------------------------------------------------------------------------

    private static IEnumerable<GuestProject> Declarations()
    {
        yield return new("Identities that may be null", """
            using InfluenceGen;
            [LinearModel] partial class M { [Individual] public string? Who { get; set; } [Feature] public double X { get; set; } [Label] public double Y { get; set; } }
            [MatrixFactorization] partial record R { [User] public string? U { get; set; } [Item] public string? I { get; set; } [Rating] public double S { get; set; } }
            """);
        yield return new("Identities of every type", "using InfluenceGen;\n" + string.Concat(
            ((string[])["System.Guid", "sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong"]).Select((type, n) => $$"""
                [MatrixFactorization] partial record struct R{{n}} { [User] public {{type}} U { get; set; } [Item] public {{type}} I { get; set; } [Rating] public {{(n == 0 ? "double" : type)}} S { get; set; } }

                """)));
        yield return new("Weights, offsets, arrays and open widths", """
            using InfluenceGen;
            [LinearModel(Prefix = "Ml")] partial record Row
            {
                [Feature(Length = 3)] public float[] Train { get; init; } = [];
                [Feature(Length = 2)] public double[]? Ledger { get; init; }
                [Label] public double Model { get; init; }
                [Weight] public double Weight { get; init; }
                [Offset] public decimal Offset { get; init; }
            }
            [MatrixFactorization(Rank = 2, Biases = true)] partial record Rated { [User] public ulong U { get; init; } [Item] public System.Guid I { get; init; } [Rating] public short S { get; init; } [Weight] public int W { get; init; } }
            [MatrixFactorization(Weights = true, Offsets = true)] partial class Weighed;
            [SoftmaxModel(Weights = true)] partial class Kinds;
            [Mlp(HiddenLayers = 2, Outputs = 2, Weights = true)] partial class Open;
            """);
        yield return new("Features of every type", "using InfluenceGen;\n[LinearModel(Precision = Precision.Single)] partial record M {"
            + string.Concat(((string[])["sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal", "bool"])
                .Select(type => $"[Feature] public {type} @{type} {{ get; init; }} ")) + "[Label] public decimal Y { get; init; } }");
        yield return new("Enums of every type", "using InfluenceGen;\n" + string.Concat(
            ((string[])["sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong"]).Select(type => $$"""
                enum E{{type}} : {{type}} { None, Most = {{type}}.MaxValue, Least = {{type}}.MinValue + 1 }
                [LinearModel] partial record M{{type}} { [Feature] public E{{type}} X { get; init; } [Label] public double Y { get; init; } }

                """)));
        yield return new("Obsolete members, values and types", """
            using System; using InfluenceGen;
            enum Kind { New, [Obsolete] Old, [Obsolete("Use New.")] Older, [Obsolete("No.", error: true)] Oldest }
            [Obsolete("Use Kind.", error: false)] enum Sort { A, B }
            [Obsolete] enum Type { A, B }
            #pragma warning disable CS0618, CS0612
            [LinearModel] partial class M
            {
                [Feature] public Kind Kind { get; set; }
                [Feature, Obsolete] public Sort Sort { get; set; }
                [Feature, Obsolete("Use Kind.")] public Type Type { get; set; }
                [Label] public double Y { [Obsolete] get; set; }
                [Individual, Obsolete("Nobody.")] public string Who { get; set; } = "";
            }
            [SoftmaxModel] partial class S { [Feature] public double X { get; set; } [Label] public Kind Kind { get; set; } }
            [Obsolete("All of it.")] [MatrixFactorization] partial class R { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public int S { get; set; } }
            """);
        yield return new("Experimental members, values and types", """
            using System.Diagnostics.CodeAnalysis; using InfluenceGen;
            enum Kind { Known, [Experimental("TRY001")] New }
            [Experimental("TRY002")] enum Sort { A, B }
            [LinearModel] partial class M
            {
                [Feature] public Kind Kind { get; set; }
                [Feature, Experimental("TRY003")] public Sort Sort { get; set; }
                [Label, Experimental("TRY004")] public double Y { get; set; }
            }
            [Experimental("TRY005")] [SoftmaxModel] partial class S { [Feature] public double X { get; set; } [Label] public Kind Kind { get; set; } }
            """);
        yield return new("Members that are required, set once or hidden from others", """
            using InfluenceGen;
            [LinearModel] public partial record M
            {
                [Individual] public required string Who { get; init; }
                [Feature] private double X { get; } = 1;
                [Feature] protected double Z { get; private init; }
                [Feature] private Kind K { get; init; }
                [Feature] private protected double W { get; set; }
                [Label] public double Y { private get; init; }
                private enum Kind { A, B }
            }
            """) { Settings = Set("NoWarn", "$(NoWarn);CS1591") };
        yield return new("Documented by the user", """
            using InfluenceGen;
            /// <summary>A patient.</summary>
            /// <remarks>Once seen.</remarks>
            [LinearModel] public partial record Patient
            {
                /// <summary>Years.</summary>
                [Feature] public double Age { get; init; }
                /// <summary>Whether he is ill.</summary>
                [Label] public bool Ill { get; init; }
            }
            /// <summary>What all have.</summary>
            public interface IModelled;
            /// <inheritdoc cref="IModelled"/>
            [LogisticModel] public partial class Inherited : IModelled;
            /** <summary>In the other way.</summary> */
            [MatrixFactorization] public partial struct Other;
            """);
        yield return new("Attributes of the user's own", """
            using InfluenceGen; using System.Diagnostics; using System.Diagnostics.CodeAnalysis;
            [DebuggerDisplay("{X}"), ExcludeFromCodeCoverage, System.CodeDom.Compiler.GeneratedCode("other", "1")]
            [LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }
            """);
        yield return new("As large as allowed", "using InfluenceGen; [LinearModel(Features = 400_000_000)] partial class M; [MatrixFactorization(Rank = 10_000)] partial class R;");
    }

    // ---- names ---------------------------------------------------------------------------------------------------

    private static IEnumerable<GuestProject> Names()
    {
        var others = string.Concat(_types.Select(name => $"public class {name}; public class {name}<A>; public class {name}<A, B>; "));
        yield return new("A namespace of the same names, used everywhere", Models, "global using Acme.Gym;", $"namespace Acme.Gym {{ {others} }}")
        {
            Settings = Undocumented,
        };
        yield return new("Aliases of the same names", Models, string.Concat(_types.Select(name => $"global using {name} = System.Text.StringBuilder;\n")));
        yield return new("Types of the same names beside the model", Models, $"namespace Acme {{ {others} public class System; public class InfluenceGen; }}")
        {
            Settings = Undocumented,
        };
        yield return new("Namespaces of the same names around the model", Models,
            string.Concat(_types.Concat(["System", "InfluenceGen", "Examples", "Models", "Training"]).Select(name => $"namespace Acme.{name} {{ class Something; }}\n")));
        yield return new("A library with a namespace of the same name", Models) { Library = "namespace Acme.Math { public class Matrix; }" };
        yield return new("A library with types of the same names", Models, "global using Acme.Gym;")
        {
            Library = $"namespace Acme.Gym {{ {others} }} namespace Acme {{ public class Trainer; public class Fit<A, B>; }}",
        };
        yield return new("Static members of everybody", "global using static Acme.Functions;", Models, """
            namespace Acme { static class Functions { public static void Read(string path) { } public static int For(object set) => 1; public static object From(object rows) => rows; } }
            """);
        yield return new("A namespace that is called like the library", """
            namespace Acme.InfluenceGen { [global::InfluenceGen.LinearModel] partial class M; }
            namespace Acme.InfluenceGen.Examples { [global::InfluenceGen.MatrixFactorization] partial class M; }
            namespace InfluenceGen.Extensions { [LogisticModel] partial class M; }
            """);
        yield return new("Members of the same names", "using InfluenceGen;\n[LinearModel] partial record M { "
            + string.Concat(_types.Concat(["System", "InfluenceGen", "row", "rows", "features", "path", "like", "train", "plan", "observers", "label", "Label", "Features", "Individual"])
                .Select(name => $"[Feature] public double {name} {{ get; init; }} ")) + "[Label] public double Y { get; init; } [Individual] public int Who { get; init; } }");
        yield return new("Types within and around of the same names", $"using InfluenceGen;\nclass Base {{ {others} public class M; }}\n"
            + $"partial class Outer {{ {others} [LinearModel] partial class M : Base {{ [Feature] public double X {{ get; set; }} [Label] public double Y {{ get; set; }} }} }}");
        yield return new("Type parameters of the same names", """
            using InfluenceGen;
            partial class Outer<Span, Model, System, T> { [LinearModel] partial class M { [Feature] public double X { get; set; } [Feature] public Kind K { get; set; } [Label] public double Y { get; set; } class T; } enum Kind { A, B } }
            """) { Settings = Set("NoWarn", "$(NoWarn);CS0693") };
        yield return new("Members that are called like generated ones", """
            using InfluenceGen;
            [LinearModel(Prefix = "Ml")] partial record Car { [Feature] public double Model { get; init; } [Feature] public double Ledger { get; init; } [Label] public double Train { get; init; } }
            [MatrixFactorization(Prefix = "Ml")] partial record Book { [User] public int Read { get; init; } [Item] public int From { get; init; } [Rating] public int Model { get; init; } }
            [LogisticModel(Prefix = "My")] partial class Model;
            [LinearModel] partial class A { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }
            [LogisticModel(Prefix = "B")] partial class B : A { [Individual] public int Who { get; set; } }
            """);
    }

    // ---- places --------------------------------------------------------------------------------------------------

    private static IEnumerable<GuestProject> Places()
    {
        yield return new("Nested", """
            using InfluenceGen;
            namespace A.B
            {
                static partial class S { internal partial struct T { partial interface I { [LinearModel] partial record M; } } }
                partial record R<T> where T : class { partial record struct Q<U> { [MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public int S { get; set; } } } }
            }
            """);
        yield return new("In no namespace", "using InfluenceGen; [LinearModel] partial class M; [MatrixFactorization] partial class N; namespace M2 { [LinearModel] partial class M; }");
        yield return new("Several namespaces in a file", "namespace A { using InfluenceGen; [LinearModel] partial class M; } namespace A.B { using InfluenceGen; [LinearModel] partial class M; }");
        yield return new("Parts in several files", "namespace A; [InfluenceGen.LinearModel] public partial record M;", """
            namespace A;
            /// <summary>The other part.</summary>
            partial record M
            {
                /// <summary>X.</summary>
                [InfluenceGen.Feature] public double X { get; init; }
                /// <summary>Y.</summary>
                [InfluenceGen.Label] public double Y { get; init; }
            }
            """);
        yield return new("Keywords", """
            using InfluenceGen;
            namespace @namespace.@event
            {
                enum @enum { @int, @class, value }
                partial class @struct { [LinearModel] partial record @class { [Feature] public double @double { get; init; } [Feature] public @enum @new { get; init; } [Label] public double @return { get; init; } [Individual] public int @this { get; init; } } }
            }
            """);
        yield return new("Keywords of some places", """
            using InfluenceGen;
            namespace @var.@global
            {
                [LinearModel] partial record @record { [Feature] public double @var { get; init; } [Feature] public double @field { get; init; } [Label] public double @value { get; init; } [Individual] public string @await { get; init; } = ""; }
                [LinearModel] partial class @file; [LinearModel] partial class @required; [LinearModel] partial class @where; [LinearModel] partial class @nameof; [LinearModel] partial class @partial; [LinearModel] partial class @dynamic;
            }
            """) { Settings = Set("NoWarn", "$(NoWarn);CS8981;CS8860") };
        yield return new("Unicode", """
            using InfluenceGen;
            namespace Größen.数据
            {
                enum Цвет { Красный, 赤 }
                [LinearModel] partial record Größe { [Feature("\u202E\"\\\u2028")] public double Länge { get; init; } [Feature("цвет")] public Цвет Цвет { get; init; } [Label] public double π { get; init; } [Individual] public string 名前 { get; init; } = ""; }
                [MatrixFactorization] partial class 模型;
            }
            """);
        yield return new("Case alone", """
            using InfluenceGen;
            namespace A { [LinearModel] partial class tumour; [LinearModel] partial class Tumour; [LinearModel] partial class TUMOUR { [Feature] public double x { get; set; } [Feature] public double X { get; set; } [Label] public double y { get; set; } [Individual] public int Y { get; set; } } }
            namespace a { [LinearModel] partial class Tumour; [LinearModel] partial class Model2 { [Feature] public double model { get; set; } [Feature] public double TRAIN { get; set; } [Label] public double read { get; set; } } }
            """) { Settings = Set("NoWarn", "$(NoWarn);CS8981") };
        yield return new("Every kind of type", """
            using InfluenceGen;
            [LinearModel] public partial struct A; [LogisticModel] readonly partial struct B; [LinearModel] internal partial record struct C; [LinearModel] public sealed partial record D; [LinearModel] abstract partial class E; [LinearModel] static partial class F;
            public partial class Outer { [LinearModel] private partial class A; [LinearModel] protected partial class B; [LinearModel] private protected partial class C; [LinearModel] protected internal partial class D; }
            """) { Settings = Undocumented };
        yield return new("Models in a library too", Models + "\nnamespace Mine { using InfluenceGen; [LinearModel] partial class Car2; }")
        {
            Library = "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Declared\")]\n" + Models.Replace("namespace Acme", "namespace Acme.Of.Library", StringComparison.Ordinal),
        };
        yield return new("Three hundred models", "using InfluenceGen; namespace Many;\n"
            + string.Concat(Enumerable.Range(1, 300).Select(n => $"[LinearModel(Features = {n})] partial class M{n};\n")))
        {
            NeedsBuild = true,
        };
    }

    /// <summary>Models that others see, and so must be documented, and comply with what an assembly says of itself.</summary>
    private const string PublicModels = """
        using InfluenceGen;
        namespace Acme;
        /// <summary>A car.</summary>
        [LinearModel(Features = 2)] public partial class Car;
        /// <summary>What runs it.</summary>
        public enum Fuel
        {
            /// <summary>Petrol.</summary>
            Petrol,
            /// <summary>Diesel.</summary>
            Diesel,
        }
        [SoftmaxModel] public partial record Choice
        {
            /// <summary>Who buys it.</summary>
            [Individual] public string? Buyer { get; init; }
            /// <summary>What he earns.</summary>
            [Feature] public double Income { get; init; }
            /// <summary>What he buys.</summary>
            [Label] public Fuel Fuel { get; init; }
        }
        [MatrixFactorization(Rank = 2)] public partial struct Tastes;
        """;

    /// <summary>What users write against what is generated.</summary>
    private const string Use = """
        using InfluenceGen.Examples; using InfluenceGen.Training;
        namespace Acme
        {
            internal static class Use
            {
                public static object Of(string path)
                {
                    var cars = Car.Read(path);
                    var more = Car.From([new Car { Plate = "A", Fuel = Fuel.Diesel }], cars);
                    var ledger = Car.Ledger(cars, more);
                    var plan = GradientDescent.FullBatch(steps: 20, rate: 0.05);
                    var opinions = Tastes.Read(path);
                    return (Car.Train(cars, plan, ledger), Car.Train(cars, plan), Car.Train(cars, plan, [ledger]), Tastes.Train(opinions, plan, 3),
                        Tastes.Train(opinions, plan, rank: 3, Tastes.Ledger(opinions, opinions, rank: 3)), Kind.Read(path, "label", like: null));
                }
            }
        }
        """;

    private static IReadOnlyDictionary<string, string> Undocumented => Set("NoWarn", "$(NoWarn);CS1591;CS8981;CS8860");

    private static Dictionary<string, string> Set(params string[] settings) =>
        Enumerable.Range(0, settings.Length / 2).ToDictionary(n => settings[2 * n], n => settings[2 * n + 1]);
}
