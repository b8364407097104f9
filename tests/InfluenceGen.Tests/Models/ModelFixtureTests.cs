using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Models against the reference values of <c>tests/fixtures/models_*.json</c>: all that those files hold, to 1e-9. A
/// generated model is switched on by one line.
/// </summary>
public class ModelFixtureTests
{
    private static readonly IReadOnlyDictionary<string, (string File, Func<ExampleSet<double>, SweepProbe> Make)> _cases =
        new Dictionary<string, (string, Func<ExampleSet<double>, SweepProbe>)>
        {
            ["reference linear"] = ("models_linear", set => SweepProbe.Of(new ReferenceFeatureModel<HalfSquare>(4), set)),
            ["reference linear without bias"] = ("models_linear_nobias", set => SweepProbe.Of(new ReferenceFeatureModel<HalfSquare>(4, bias: false), set)),
            ["reference logistic"] = ("models_logistic", set => SweepProbe.Of(new ReferenceFeatureModel<LogisticLoss>(4), set)),
            ["reference factorization"] = ("models_mf", set => SweepProbe.Of(new ReferenceFactorization(set.RowCount(0), set.RowCount(1), 3, 0.3), set)),
            ["reference softmax"] = ("models_softmax", set => Layers(set, [4, 3], LabelDomain.Distribution)),
            ["reference softmax without bias"] = ("models_softmax_nobias", set => Layers(set, [4, 3], LabelDomain.Distribution, hasBias: false)),
            ["reference tanh softmax"] = ("models_mlp_tanh_softmax", set => Mlp(set, "models_mlp_tanh_softmax", x => x.Tanh())),
            ["reference tanh squared"] = ("models_mlp_tanh_squared", set => Mlp(set, "models_mlp_tanh_squared", x => x.Tanh())),
            ["reference sigmoid softmax"] = ("models_mlp_sigmoid_softmax", set => Mlp(set, "models_mlp_sigmoid_softmax", x => x.Sigmoid())),
            ["reference sigmoid squared"] = ("models_mlp_sigmoid_squared", set => Mlp(set, "models_mlp_sigmoid_squared", x => x.Sigmoid())),
            ["reference ReLU softmax"] = ("models_mlp_relu_softmax", set => Mlp(set, "models_mlp_relu_softmax", x => x.Relu())),
            ["reference ReLU squared"] = ("models_mlp_relu_squared", set => Mlp(set, "models_mlp_relu_squared", x => x.Relu())),
            ["reference softplus softmax"] = ("models_mlp_softplus_softmax", set => Mlp(set, "models_mlp_softplus_softmax", x => x.Softplus())),
            ["reference softplus squared"] = ("models_mlp_softplus_squared", set => Mlp(set, "models_mlp_softplus_squared", x => x.Softplus())),
            ["reference GELU softmax"] = ("models_mlp_gelu_softmax", set => Mlp(set, "models_mlp_gelu_softmax", x => x.Gelu())),
            ["reference GELU squared"] = ("models_mlp_gelu_squared", set => Mlp(set, "models_mlp_gelu_squared", x => x.Gelu())),
            ["GeluSoftmax"] = ("models_mlp_gelu_softmax", set => SweepProbe.Of(new GeluSoftmax.Model(), set)),
            ["GeluSquared"] = ("models_mlp_gelu_squared", set => SweepProbe.Of(new GeluSquared.Model(), set)),
            ["ReluSoftmax"] = ("models_mlp_relu_softmax", set => SweepProbe.Of(new ReluSoftmax.Model(), set)),
            ["ReluSquared"] = ("models_mlp_relu_squared", set => SweepProbe.Of(new ReluSquared.Model(), set)),
            ["SigmoidSoftmax"] = ("models_mlp_sigmoid_softmax", set => SweepProbe.Of(new SigmoidSoftmax.Model(), set)),
            ["SigmoidSquared"] = ("models_mlp_sigmoid_squared", set => SweepProbe.Of(new SigmoidSquared.Model(), set)),
            ["SoftplusSoftmax"] = ("models_mlp_softplus_softmax", set => SweepProbe.Of(new SoftplusSoftmax.Model(), set)),
            ["SoftplusSquared"] = ("models_mlp_softplus_squared", set => SweepProbe.Of(new SoftplusSquared.Model(), set)),
            ["TanhSoftmax"] = ("models_mlp_tanh_softmax", set => SweepProbe.Of(new TanhSoftmax.Model(), set)),
            ["TanhSquared"] = ("models_mlp_tanh_squared", set => SweepProbe.Of(new TanhSquared.Model(), set)),
            ["Softmax4"] = ("models_softmax", set => SweepProbe.Of(new Softmax4.Model(), set)),
            ["SoftmaxOpen"] = ("models_softmax", set => SweepProbe.Of(new SoftmaxOpen.Model(4, 3), set)),
            ["SoftmaxWithoutBias"] = ("models_softmax_nobias", set => SweepProbe.Of(new SoftmaxWithoutBias.Model(), set)),
            ["LinearWithoutBias"] = ("models_linear_nobias", set => SweepProbe.Of(new LinearWithoutBias.Model(), set)),
            ["Linear4"] = ("models_linear", set => SweepProbe.Of(new Linear4.Model(), set)),
            ["LinearOpen"] = ("models_linear", set => SweepProbe.Of(new LinearOpen.Model(4), set)),
            ["Logistic4"] = ("models_logistic", set => SweepProbe.Of(new Logistic4.Model(), set)),
            ["LogisticOpen"] = ("models_logistic", set => SweepProbe.Of(new LogisticOpen.Model(4), set)),
            ["Mf3"] = ("models_mf", set => SweepProbe.Of(new Mf3.Model(set.RowCount(0), set.RowCount(1)), set)),
            ["MfOpen"] = ("models_mf", set => SweepProbe.Of(new MfOpen.Model(set.RowCount(0), set.RowCount(1), 3), set)),
        };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Outputs_losses_and_derivatives_of_each_example(string name)
    {
        var (fixture, p) = Read(name);
        var v = p.Stored(fixture["inputs"]["v"].Numbers);
        Close.To(Each(fixture, p, "predict"), Unpadded(p, p.Predict()));
        Close.To(Each(fixture, p, "loss"), p.Loss());
        Close.To(Each(fixture, p, "grads"), [.. p.Gradients().SelectMany(g => p.Packed(g))]);
        Close.To([.. Enumerable.Range(0, p.Examples.Count).SelectMany(i => p.Packed(p.HessianVectorSum(Only(p, i), v)))],
            [.. Each(fixture, p, "hvps")]);
        Close.To(Each(fixture, p, "hvps").Chunk(p.Layout.Count).Select(h => h.Zip(fixture["inputs"]["v"].Numbers, (a, b) => a * b).Sum()).ToArray(),
            p.HessianDot(v, v));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_objective_and_its_derivatives(string name)
    {
        // F = mean loss + (λ/2) Σ mask θ², with the mean as coefficients of 1/n.
        var (fixture, p) = Read(name);
        var (theta, v) = (fixture["inputs"]["theta"].Numbers, fixture["inputs"]["v"].Numbers);
        var mask = fixture["hyper"].TryGet("reg_mask")?.Numbers ?? new double[theta.Length];
        var lambda = fixture["hyper"].TryGet("lambda")?.Number ?? 0;
        double[] Penalised(double[] data, double[] point) => [.. data.Select((g, k) => g + lambda * mask[k] * point[k])];
        var mean = new AlignedBuffer<double>(p.Examples.Count);
        mean.Span.Fill(1.0 / p.Examples.Count);
        Close.To(fixture["expected"]["objective_mean"].Numbers,
            [p.Loss().Average() + lambda / 2 * theta.Zip(mask, (t, m) => m * t * t).Sum()]);
        Close.To(fixture["expected"]["objective_grad"].Numbers, Penalised(p.Packed(p.GradientSum(mean)), theta));
        Close.To(fixture["expected"]["objective_hvp"].Numbers,
            Penalised(p.Packed(p.HessianVectorSum(mean, p.Stored(v))), v));
        if (fixture["expected"].TryGet("objective_hessian") is { } hessian)
        {
            var matrix = p.HessianSum(mean).Chunk(p.Layout.StorageLength).ToArray();
            Close.To(hessian.Numbers, [.. Enumerable.Range(0, theta.Length).SelectMany(row =>
            {
                var values = p.Packed(matrix[PlaceOf(p, row)]);
                values[row] += lambda * mask[row];
                return values;
            })]);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void What_the_last_layer_reads_and_what_its_outputs_are_told(string name)
    {
        var (fixture, p) = Read(name);
        if (fixture["expected"].TryGet("dloss_dlogits") is not null)
        {
            Close.To(Each(fixture, p, "dloss_dlogits"), Unpadded(p, p.OutputGradient()));
            var (length, stride) = (p.LastLayerLength, ParameterLayout.RoundUp(p.LastLayerLength));
            Close.To(Each(fixture, p, "last_layer_features"), [.. p.LastLayerFeatures().Chunk(stride).SelectMany(row => row[..length])]);
        }
    }

    private static (Fixture Fixture, SweepProbe Probe) Read(string name)
    {
        var (file, make) = _cases[name];
        var fixture = Fixture.Read(file);
        var p = make(ExamplesOf(fixture));
        p.Layout.Unpack<double>(fixture["inputs"]["theta"].Numbers, p.Weights.Span);
        return (fixture, p);
    }

    private static ExampleSet<double> ExamplesOf(Fixture fixture)
    {
        var (model, x, y) = (fixture["model"], fixture["data"]["X"].Numbers, fixture["data"]["y"]);
        var count = fixture["data"]["X"].Elements.Length;
        if (model["kind"].Text == "mf")
        {
            int[] Column(int column) => [.. Enumerable.Range(0, count).Select(i => (int)x[2 * i + column])];
            return ExampleSet<double>.FromRatings(Column(0), Column(1), y.Numbers, model["users"].Whole, model["items"].Whole)
                .WithPenalty(RowPenalty.Counts(model["user_counts"].Wholes, model["item_counts"].Wholes));
        }

        var classes = model["kind"].Text == "softmax" ? model["classes"].Whole
            : model.TryGet("head")?.Text == "softmax" ? model["sizes"].Wholes[^1] : 0;
        return classes > 0
            ? ExampleSet<double>.FromClasses(x, x.Length / count, y.Wholes, classes)
            : ExampleSet<double>.FromFeatures(x, x.Length / count, y.Numbers, y.Numbers.Length / count);
    }

    private static SweepProbe Layers(ExampleSet<double> set, int[] sizes, LabelDomain domain, Func<Jet, Jet>? activation = null,
        bool hasBias = true) =>
        SweepProbe.Of(new ReferenceLayers<double>(new LayersShape(sizes, activation ?? (x => x), domain, hasBias)), set);

    private static SweepProbe Mlp(ExampleSet<double> set, string file, Func<Jet, Jet> activation) => Layers(set,
        Fixture.Read(file)["model"]["sizes"].Wholes,
        Fixture.Read(file)["model"]["head"].Text == "softmax" ? LabelDomain.Distribution : LabelDomain.Real, activation);

    /// <summary>Expected values of each example, in the order of the model's set: ratings are sorted.</summary>
    private static double[] Each(Fixture fixture, SweepProbe p, string name)
    {
        var rows = fixture["expected"][name].Elements;
        return [.. p.Examples.Source.ToArray().SelectMany(row => rows[row].Numbers)];
    }

    private static double[] Unpadded(SweepProbe p, double[] rows) => [.. rows.Chunk(p.OutputStride).SelectMany(row => row[..p.Outputs])];

    /// <summary>Coefficients of one example alone.</summary>
    private static AlignedBuffer<double> Only(SweepProbe p, int example)
    {
        var coefficients = new AlignedBuffer<double>(p.Examples.Count);
        coefficients[example] = 1;
        return coefficients;
    }

    /// <summary>Where in storage a parameter of θ lies.</summary>
    private static int PlaceOf(SweepProbe p, int parameter)
    {
        var theta = new double[p.Layout.Count];
        theta[parameter] = 1;
        return p.Stored(theta).Span.IndexOf(1.0);
    }
}
