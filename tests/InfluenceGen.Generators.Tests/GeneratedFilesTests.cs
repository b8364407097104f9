using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// One small model of each family: its file as it was last accepted, compiled without a warning, and run
/// against numbers worked out by hand.
/// </summary>
public class GeneratedFilesTests
{
    /// <summary>The small models, by name.</summary>
    internal static readonly Dictionary<string, string> Sources = new()
    {
        ["Linear4"] = Before + "[LinearModel(Features = 4)] public partial class Linear4;",
        ["LogisticOpen"] = Before + "[LogisticModel] public partial class LogisticOpen;",
        ["Factors3"] = Before + "[MatrixFactorization(Rank = 3, L2 = 0.5)] public partial class Factors3;",
        ["Counts2"] = Before + "[LinearModel(Features = 2, Loss = Loss.Poisson)] public partial class Counts2;",
        ["Softmax3x2"] = Before + "[SoftmaxModel(Features = 3, Classes = 2)] public partial class Softmax3x2;",
        ["Layers2x2x2"] = Before
            + "[Mlp(Inputs = 2, Hidden = [2], Outputs = 2, Activation = Activation.Gelu)] public partial class Layers2x2x2;",
        ["Single2"] = Before + "[LinearModel(Features = 2, Precision = Precision.Single)] public partial class Single2;",
        ["Patient"] = Before + """
            [LogisticModel]
            public partial record Patient
            {
                /// <summary>Who it is.</summary>
                [Individual("patient")] public required string Id { get; init; }
                /// <summary>Years.</summary>
                [Feature("age \"years\"")] public int Age { get; init; }
                /// <summary>Whether he smokes.</summary>
                [Feature] public bool Smokes { get; init; }
                /// <summary>Whether he is ill.</summary>
                [Label("ill")] public bool Ill { get; init; }
            }
            """,
    };

    private const string Before = "using InfluenceGen;\nnamespace Small;\n/// <summary>A model.</summary>\n";

    [Theory]
    [InlineData("Linear4")]
    [InlineData("LogisticOpen")]
    [InlineData("Factors3")]
    [InlineData("Counts2")]
    [InlineData("Softmax3x2")]
    [InlineData("Layers2x2x2")]
    [InlineData("Single2")]
    public void The_file_of_a_model_is_as_accepted(string name)
    {
        var files = Generation.Of(Sources[name]).AssertClean().Files;
        Assert.Equal([$"Small.{name}.g.cs"], files.Keys);
        Snapshot.Matches($"{name}.g", "cs", files[$"Small.{name}.g.cs"]);
    }

    [Fact]
    public void What_a_record_adds_is_as_accepted() =>
        Snapshot.Matches("Patient.g", "cs", Generation.Of(Sources["Patient"]).AssertClean().Files["Small.Patient.g.cs"]);

    [Fact]
    public void A_linear_model_computes_what_the_formulas_say()
    {
        // w = (1, 2, 3, 4), b = 5, x = (1, −1, 2, 0.5), y = 10: s = 1 − 2 + 6 + 2 + 5 = 12, r = 2, loss 2, g = (2 x, 2).
        var model = Generation.Of(Sources["Linear4"]).Model("Small.Linear4");
        var examples = ExampleSet<double>.FromFeatures([1, -1, 2, 0.5], 4, [10]);
        var weights = Stored(model, 1, 2, 3, 4, 5);
        Assert.Equal([12.0], One(to => model.Predict(examples, 0, 1, weights, to)));
        Assert.Equal([2.0], One(to => model.Loss(examples, 0, 1, weights, to)));
        Assert.Equal([2.0, -2, 4, 1, 2], Gradient(model, examples, weights));
    }

    [Fact]
    public void A_logistic_model_computes_what_the_formulas_say()
    {
        // s = log 3, y = 0: σ(s) = 3/4, loss log 4, g = (3/4)(x, 1).
        var model = Generation.Of(Sources["LogisticOpen"]).Model("Small.LogisticOpen", 2);
        var examples = ExampleSet<double>.FromFeatures([1, -2], 2, [0]);
        var weights = Stored(model, Math.Log(3), 1, 2);
        Assert.Equal(Math.Log(4), One(to => model.Loss(examples, 0, 1, weights, to))[0], 1e-15);
        Assert.Equal([0.75, -1.5, 0.75], Gradient(model, examples, weights).Select(g => Math.Round(g, 14)));
    }

    [Fact]
    public void A_factorization_computes_what_the_formulas_say()
    {
        // p = (1, 2, 3), q = (1, 1, −1), y = 2: s = 0, r = −2. User and item have one rating each, so that their shares
        // are 1: loss 2 + ¼(14 + 3) = 6.25, g = (−2 q + ½ p, −2 p + ½ q).
        var model = Generation.Of(Sources["Factors3"]).Model("Small.Factors3", 1, 1);
        var examples = ExampleSet<double>.FromRatings([0], [0], [2], 1, 1);
        var weights = Stored(model, 1, 2, 3, 1, 1, -1);
        Assert.Equal([6.25], One(to => model.Loss(examples, 0, 1, weights, to)));
        Assert.Equal([-1.5, -1, 3.5, -1.5, -3.5, -6.5], Gradient(model, examples, weights));
    }

    [Fact]
    public void A_model_of_counts_computes_what_the_formulas_say()
    {
        // s = log 3, y = 5: loss 3 − 5 log 3, g = (3 − 5)(x, 1).
        var model = Generation.Of(Sources["Counts2"]).Model("Small.Counts2");
        var examples = ExampleSet<double>.FromFeatures([1, -2], 2, [5]);
        var weights = Stored(model, Math.Log(3), 1, 2);
        Assert.Equal(3 - 5 * Math.Log(3), One(to => model.Loss(examples, 0, 1, weights, to))[0], 1e-14);
        Assert.Equal([-2.0, 4, -2], Gradient(model, examples, weights).Select(g => Math.Round(g, 13)));
    }

    [Fact]
    public void A_softmax_model_computes_what_the_formulas_say()
    {
        // W = (1, 0, 0; 0, 1, 0), b = (0, 0), x = (log 3, 0, 2): s = (log 3, 0), p = (3/4, 1/4), y = (0, 1): loss log 4,
        // r = (3/4, −3/4), g = (r₁ x, r₂ x, r).
        var model = Generation.Of(Sources["Softmax3x2"]).Model("Small.Softmax3x2");
        var examples = ExampleSet<double>.FromClasses([Math.Log(3), 0, 2], 3, [1], 2);
        var weights = Stored(model, 1, 0, 0, 0, 1, 0, 0, 0);
        Assert.Equal(Math.Log(4), One(to => model.Loss(examples, 0, 1, weights, to))[0], 1e-15);
        var l = Math.Log(3);
        Assert.Equal(new[] { 0.75 * l, 0, 1.5, -0.75 * l, 0, -1.5, 0.75, -0.75 }.Select(g => Math.Round(g, 14)),
            Gradient(model, examples, weights).Select(g => Math.Round(g, 14)));
    }

    [Fact]
    public void A_model_of_layers_computes_what_the_formulas_say()
    {
        // W₁ = 0, so z = b₁ = (0, 40) and h = (0, 40), h' = (½, 1); W₂ = (1, 0; 0, ½), b₂ = (1, 0): s = (1, 20), y = (0, 17):
        // r = (1, 3), loss 5. g: W₂ r hᵀ, b₂ r, z W₂ᵀ r ∘ h' = (½, 3/2), W₁ that times x = (2, −1).
        var model = Generation.Of(Sources["Layers2x2x2"]).Model("Small.Layers2x2x2");
        var examples = ExampleSet<double>.FromFeatures([2, -1], 2, [0, 17], 2);
        var weights = Stored(model, 0, 0, 0, 0, 0, 40, 1, 0, 0, 0.5, 1, 0);
        Assert.Equal([5.0], One(to => model.Loss(examples, 0, 1, weights, to)));
        Assert.Equal([1, -0.5, 3, -1.5, 0.5, 1.5, 0, 40, 0, 120, 1, 3], Gradient(model, examples, weights).Select(g => Math.Round(g, 12)));
    }

    [Fact]
    public void A_model_of_single_precision_computes_what_the_formulas_say()
    {
        // w = (1, 2), b = 5, x = (1, −1), y = 10: s = 4, r = −6, loss 18.
        var model = (IModel<float>)Activator.CreateInstance(
            Generation.Of(Sources["Single2"]).Load().GetType("Small.Single2+Model", throwOnError: true)!)!;
        var examples = ExampleSet<float>.FromFeatures([1, -1], 2, [10]);
        var (weights, losses, row) = (new float[model.Layout.StorageLength], new float[1], new float[model.GradientRowLength]);
        model.Layout.Unpack<float>([1, 2, 5], weights);
        model.Loss(examples, 0, 1, weights, losses);
        model.Gradients(examples, 0, 1, weights, row);
        Assert.Equal([18f], losses);
        Assert.Equal([-6f, 6f, 0f], row[..3]);
        Assert.Equal(-6f, row[model.Layout.Blocks[1].Offset]);
    }

    [Fact]
    public void Objects_of_a_record_become_examples()
    {
        var type = Generation.Of(Sources["Patient"]).Load().GetType("Small.Patient")!;
        object Patient(string id, int age, bool smokes, bool ill)
        {
            var patient = Activator.CreateInstance(type)!;
            foreach (var (property, value) in new (string, object)[] { ("Id", id), ("Age", age), ("Smokes", smokes), ("Ill", ill) })
            {
                type.GetProperty(property)!.SetValue(patient, value);
            }

            return patient;
        }

        var rows = Array.CreateInstance(type, 2);
        rows.SetValue(Patient("Ann", 31, true, false), 0);
        rows.SetValue(Patient("Bob", 42, false, true), 1);
        var examples = (ExampleSet<double>)type.GetMethods().Single(method => method.Name == "From" && method.GetParameters().Length == 1).Invoke(null, [rows])!;
        Assert.Equal(["age \"years\"", "Smokes"], examples.FeatureNames);
        Assert.Equal([31.0, 1], examples.Features[..2].ToArray());
        Assert.Equal([42.0, 0], examples.Features.Slice(examples.FeatureStride, 2).ToArray());
        Assert.Equal([0.0, 1], examples.Labels.ToArray());
        Assert.Equal("Bob", examples.Individuals[examples.IndividualOf[1]]);
    }

    private delegate void Sweep(Span<double> result);

    private static double[] One(Sweep sweep)
    {
        var result = new double[1];
        sweep(result);
        return result;
    }

    private static double[] Stored(IModel<double> model, params double[] theta)
    {
        var stored = new double[model.Layout.StorageLength];
        model.Layout.Unpack<double>(theta, stored);
        return stored;
    }

    /// <summary>The gradient of the one example, padding left out.</summary>
    private static double[] Gradient(IModel<double> model, ExampleSet<double> examples, double[] weights)
    {
        var row = new double[model.GradientRowLength];
        model.Gradients(examples, 0, 1, weights, row);
        var (gradient, start) = (new List<double>(), 0);
        foreach (var block in model.Layout.Blocks)
        {
            for (var k = 0; k < (block.RowIndex < 0 ? block.Rows : 1); k++)
            {
                gradient.AddRange(row.AsSpan(start, block.Columns));
                start += block.Stride;
            }
        }

        return [.. gradient];
    }
}
