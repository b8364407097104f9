using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Generated sweeps address memory without bounds checks, so that everything is checked at the door.</summary>
public class GeneratedArgumentTests
{
    private const int Count = 10;
    private const int Directions = 2;

    private delegate void Sweep(IModel<double> model, ExampleSet<double> examples, int first, int last, Func<string, double[]> of);

    private static readonly Dictionary<string, (string[] Spans, Sweep Call)> _sweeps = new()
    {
        ["Predict"] = (["weights", "outputs"],
            (m, x, f, l, of) => m.Predict(x, f, l, of("weights"), of("outputs"))),
        ["Loss"] = (["weights", "losses"],
            (m, x, f, l, of) => m.Loss(x, f, l, of("weights"), of("losses"))),
        ["OutputGradient"] = (["weights", "outputGradients"],
            (m, x, f, l, of) => m.OutputGradient(x, f, l, of("weights"), of("outputGradients"))),
        ["OutputHessian"] = (["weights", "outputHessians"],
            (m, x, f, l, of) => m.OutputHessian(x, f, l, of("weights"), of("outputHessians"))),
        ["LastLayerFeatures"] = (["weights", "layerFeatures"],
            (m, x, f, l, of) => m.LastLayerFeatures(x, f, l, of("weights"), of("layerFeatures"))),
        ["OutputDot"] = (["weights", "directions", "dots"],
            (m, x, f, l, of) => m.OutputDot(x, f, l, of("weights"), of("directions"), of("dots"))),
        ["OutputAdjointSum"] = (["weights", "cotangents", "sums"],
            (m, x, f, l, of) => m.OutputAdjointSum(0, x, f, l, of("weights"), of("cotangents"), of("sums"))),
        ["GradientDot"] = (["weights", "directions", "dots"],
            (m, x, f, l, of) => m.GradientDot(x, f, l, of("weights"), of("directions"), of("dots"))),
        ["GradientSquaredNorm"] = (["weights", "norms"],
            (m, x, f, l, of) => m.GradientSquaredNorm(x, f, l, of("weights"), of("norms"))),
        ["Gradients"] = (["weights", "rows"],
            (m, x, f, l, of) => m.Gradients(x, f, l, of("weights"), of("rows"))),
        ["GradientSum"] = (["weights", "coefficients", "outputGradients", "sums"],
            (m, x, f, l, of) => m.GradientSum(0, x, f, l, of("weights"), of("coefficients"), of("outputGradients"), of("sums"))),
        ["GradientSumWithFlow"] = (["weights", "coefficients", "direction", "outputGradients", "sums", "flows"],
            (m, x, f, l, of) => m.GradientSumWithFlow(x, f, l, of("weights"), of("coefficients"), of("direction"),
                of("outputGradients"), of("sums"), of("flows"))),
        ["Flow"] = (["weights", "coefficients", "direction", "outputGradients", "flows"],
            (m, x, f, l, of) => m.Flow(x, f, l, of("weights"), of("coefficients"), of("direction"), of("outputGradients"), of("flows"))),
        ["GradientGram"] = (["weights", "leftOutputGradients", "rightOutputGradients", "gram"],
            (m, x, f, l, of) => m.GradientGram(0, x, x, f, l, of("weights"), of("leftOutputGradients"), of("rightOutputGradients"), of("gram"))),
        ["HessianVectorSum"] = (["weights", "coefficients", "directions", "sums"],
            (m, x, f, l, of) => m.HessianVectorSum(0, x, f, l, of("weights"), of("coefficients"), of("directions"), of("sums"))),
        ["HessianDot"] = (["weights", "direction", "other", "dots"],
            (m, x, f, l, of) => m.HessianDot(x, f, l, of("weights"), of("direction"), of("other"), of("dots"))),
        ["ThirdDerivativeSum"] = (["weights", "coefficients", "direction", "other", "sums"],
            (m, x, f, l, of) => m.ThirdDerivativeSum(0, x, f, l, of("weights"), of("coefficients"), of("direction"), of("other"), of("sums"))),
    };

    private static readonly Dictionary<string, Func<(IModel<double> Model, ExampleSet<double> Examples)>> _models = new()
    {
        ["Linear4"] = () => (new Linear4.Model(), SetsOf<double>.Numbers(Count, 4)),
        ["LogisticOpen"] = () => (new LogisticOpen.Model(37), SetsOf<double>.Answers(Count, 37)),
        ["Softmax4"] = () => (new Softmax4.Model(), SetsOf<double>.Classes(Count, 4, 3)),
        ["SoftmaxOpen"] = () => (new SoftmaxOpen.Model(5, 9), SetsOf<double>.Classes(Count, 5, 9)),
        ["TanhSoftmax"] = () => (new TanhSoftmax.Model(), SetsOf<double>.Classes(Count, 4, 3)),
        ["GeluSquared"] = () => (new GeluSquared.Model(), SetsOf<double>.Numbers(Count, 4, 2)),
        ["TanhPoisson"] = () => (new TanhPoisson.Model(), SetsOf<double>.Counts(Count, 9)),
        ["Mf3"] = () => (new Mf3.Model(6, 7), SetsOf<double>.Ratings()),
        ["MfOpen"] = () => (new MfOpen.Model(6, 7, 11), SetsOf<double>.Ratings()),
    };

    public static TheoryData<string, string> SweepsOfModels =>
    [
        .. _models.SelectMany(model => _sweeps.Keys.Select(sweep => (model.Key, sweep)).Where(pair =>
            pair.sweep != "LastLayerFeatures" || model.Value().Model.LastLayerLength > 0)),
    ];

    /// <summary>Lanes have examples of their own, and tests (<see cref="LaneSweepTests"/>).</summary>
    [Fact]
    public void The_sweeps_that_are_tested_are_those_there_are() => Assert.Equal(
        typeof(IModel<>).GetMethods().Where(method => !method.IsSpecialName && method.Name is not ("Baseline" or nameof(IModel<>.SumInLanes))).Select(method => method.Name).Order(),
        _sweeps.Keys.Order());

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void A_span_too_short_by_one_is_refused_by_name(string model, string sweep)
    {
        var (m, examples) = _models[model]();
        var (spans, call) = _sweeps[sweep];
        var all = examples.SegmentsOf(0).Count;
        call(m, examples, 0, all, Spans(m, examples, sweep));
        foreach (var span in spans)
        {
            var problem = Assert.Throws<ArgumentException>(() => call(m, examples, 0, all, Spans(m, examples, sweep, tooShort: span)));
            Assert.Equal(span, problem.ParamName);
            Assert.Matches(@"holds \d+ elements; this sweep needs \d+", problem.Message);
        }
    }

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void A_range_outside_the_segments_is_refused(string model, string sweep)
    {
        var (m, examples) = _models[model]();
        var all = examples.SegmentsOf(0).Count;
        foreach (var (first, last) in new[] { (-1, 1), (0, all + 1), (1, 0) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => _sweeps[sweep].Call(m, examples, first, last, Spans(m, examples, sweep)));
        }
    }

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void Examples_of_another_shape_are_refused(string model, string sweep)
    {
        var (m, examples) = _models[model]();
        var ratings = ExampleSet<double>.FromRatings([0], [0], [1], 200, 200);
        var features = ExampleSet<double>.FromFeatures(new double[200], 200, [1]);
        var moreLabels = ExampleSet<double>.FromFeatures(new double[m.Layout.Blocks[0].Columns], m.Layout.Blocks[0].Columns,
            new double[m.Outputs + 1], m.Outputs + 1);
        foreach (var others in new[] { ratings, features, moreLabels })
        {
            Assert.Throws<ArgumentException>(() => _sweeps[sweep].Call(m, others, 0, 1, Spans(m, examples, sweep)));
        }
    }

    [Theory]
    [InlineData("Linear4", -1)]
    [InlineData("Linear4", 1)]
    [InlineData("Softmax4", 1)]
    [InlineData("TanhSoftmax", -1)]
    [InlineData("Mf3", -1)]
    [InlineData("Mf3", 2)]
    public void A_pass_that_the_model_does_not_have_is_refused(string name, int pass)
    {
        var (m, examples) = _models[name]();
        double[] storage = new double[m.Layout.StorageLength], each = new double[examples.Count * m.OutputStride], room = new double[5000];
        Action[] sweeps =
        [
            () => m.GradientSum(pass, examples, 0, 1, storage, [], each, room),
            () => m.OutputAdjointSum(pass, examples, 0, 1, storage, each, room),
            () => m.GradientGram(pass, examples, examples, 0, 1, storage, each, each, room),
            () => m.HessianVectorSum(pass, examples, 0, 1, storage, [], storage, room),
            () => m.ThirdDerivativeSum(pass, examples, 0, 1, storage, [], storage, storage, room),
        ];
        Assert.All(sweeps, sweep => Assert.Contains($"this model has {m.Passes}",
            Assert.Throws<ArgumentOutOfRangeException>(sweep).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Mf3")]
    [InlineData("MfOpen")]
    public void Factors_have_no_last_layer(string name)
    {
        var (m, examples) = _models[name]();
        Assert.Equal(0, m.LastLayerLength);
        Assert.Throws<NotSupportedException>(() => m.LastLayerFeatures(examples, 0, 1, new double[m.Layout.StorageLength], new double[5000]));
    }

    [Fact]
    public void The_right_side_of_a_gram_has_a_segment_for_every_row()
    {
        // A batch lists the rows it touches and no others, own pairs may list a row twice: nothing can be looked up.
        var c = GeneratedCase.Random("Mf3", 5, 30);
        var buffer = new BatchBuffer<double>(c.Examples, 4);
        buffer.Fill([0, 1]);
        var own = new SharedGroups<double>(c.Examples, c.Examples).Training;
        foreach (var (right, pass) in new[] { (buffer.Examples, 0), (buffer.Examples, 1), (own, 1) })
        {
            var problem = Assert.Throws<ArgumentException>(() => c.Model.GradientGram(pass, c.Examples, right, 0, 1,
                c.Stored(c.Theta), new double[30], new double[right.Count], new double[30 * right.Count]));
            Assert.Equal("right", problem.ParamName);
        }
    }

    [Fact]
    public void Sizes_are_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearOpen.Model(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Mf3.Model(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Mf3.Model(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MfOpen.Model(1, 1, 0));
    }

    /// <summary>Spans as long as a sweep needs them, but for one.</summary>
    private static Func<string, double[]> Spans(IModel<double> m, ExampleSet<double> examples, string sweep, string tooShort = "")
    {
        var (n, targets) = (examples.Count, examples.SegmentsOf(0).TargetRows);
        var each = _sweeps[sweep].Spans.Contains("directions") ? Directions : 1;
        return span => new double[Needed(span) - (span == tooShort ? 1 : 0)];

        int Needed(string span) => span switch
        {
            "weights" or "direction" or "other" => m.Layout.StorageLength,
            "directions" => Directions * m.Layout.StorageLength,
            "outputHessians" => n * m.OutputStride * m.Outputs,
            "layerFeatures" => n * ParameterLayout.RoundUp(m.LastLayerLength),
            "dots" => each * n * (sweep == "OutputDot" ? m.OutputStride : 1),
            "rows" => n * m.GradientRowLength,
            "sums" => each * targets * (m.Passes == 1 ? m.Layout.StorageLength : m.Layout.Blocks[0].Stride),
            "flows" => m.OwnsRows ? targets : n,
            "gram" => n * n,
            "losses" or "norms" or "coefficients" => n,
            _ => n * m.OutputStride,
        };
    }
}
