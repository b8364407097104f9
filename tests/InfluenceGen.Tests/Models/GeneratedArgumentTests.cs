using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Generated sweeps address memory without bounds checks, so that everything is checked at the door.</summary>
public class GeneratedArgumentTests
{
    private delegate void Sweep(IModel<double> model, ExampleSet<double> examples, int first, int last, Lengths lengths);

    private static readonly Dictionary<string, (string[] Spans, Sweep Call)> _sweeps = new()
    {
        ["Predict"] = (["weights", "outputs"],
            (m, x, f, l, of) => m.Predict(x, f, l, of["weights"], of["outputs"])),
        ["Loss"] = (["weights", "losses"],
            (m, x, f, l, of) => m.Loss(x, f, l, of["weights"], of["losses"])),
        ["OutputGradient"] = (["weights", "outputGradients"],
            (m, x, f, l, of) => m.OutputGradient(x, f, l, of["weights"], of["outputGradients"])),
        ["GradientDot"] = (["weights", "directions", "dots"],
            (m, x, f, l, of) => m.GradientDot(x, f, l, of["weights"], of["directions"], of["dots"])),
        ["GradientSquaredNorm"] = (["weights", "norms"],
            (m, x, f, l, of) => m.GradientSquaredNorm(x, f, l, of["weights"], of["norms"])),
        ["Gradients"] = (["weights", "rows"],
            (m, x, f, l, of) => m.Gradients(x, f, l, of["weights"], of["rows"])),
        ["GradientSum"] = (["weights", "coefficients", "outputGradients", "sums"],
            (m, x, f, l, of) => m.GradientSum(0, x, f, l, of["weights"], of["coefficients"], of["outputGradients"], of["sums"])),
        ["GradientSumWithFlow"] = (["weights", "coefficients", "direction", "outputGradients", "sums", "flows"],
            (m, x, f, l, of) => m.GradientSumWithFlow(x, f, l, of["weights"], of["coefficients"], of["direction"],
                of["outputGradients"], of["sums"], of["flows"])),
        ["Flow"] = (["weights", "coefficients", "direction", "outputGradients", "flows"],
            (m, x, f, l, of) => m.Flow(x, f, l, of["weights"], of["coefficients"], of["direction"], of["outputGradients"], of["flows"])),
        ["GradientGram"] = (["weights", "leftOutputGradients", "rightOutputGradients", "gram"],
            (m, x, f, l, of) => m.GradientGram(0, x, x, f, l, of["weights"], of["leftOutputGradients"], of["rightOutputGradients"], of["gram"])),
    };

    public static TheoryData<string, string> SweepsOfModels =>
        [.. new[] { "Linear4", "LogisticOpen", "Mf3", "MfOpen" }.SelectMany(model => _sweeps.Keys.Select(sweep => (model, sweep)))];

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void A_span_too_short_by_one_is_refused_by_name(string model, string sweep)
    {
        var c = GeneratedCase.Random(model, 1, 10);
        var (spans, call) = _sweeps[sweep];
        var all = c.Examples.SegmentsOf(0).Count;
        call(c.Model, c.Examples, 0, all, new Lengths(c, tooShort: ""));
        foreach (var span in spans)
        {
            var problem = Assert.Throws<ArgumentException>(() => call(c.Model, c.Examples, 0, all, new Lengths(c, span)));
            Assert.Equal(span, problem.ParamName);
            Assert.Matches(@"holds \d+ elements; (this sweep needs|a direction of this model has) \d+", problem.Message);
        }
    }

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void A_range_outside_the_segments_is_refused(string model, string sweep)
    {
        var c = GeneratedCase.Random(model, 2, 10);
        var all = c.Examples.SegmentsOf(0).Count;
        foreach (var (first, last) in new[] { (-1, 1), (0, all + 1), (1, 0) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => _sweeps[sweep].Call(c.Model, c.Examples, first, last, new Lengths(c, "")));
        }
    }

    [Theory, MemberData(nameof(SweepsOfModels))]
    public void Examples_of_another_shape_are_refused(string model, string sweep)
    {
        var c = GeneratedCase.Random(model, 3, 10);
        var ratings = ExampleSet<double>.FromRatings([0], [0], [1], 200, 200);
        var features = ExampleSet<double>.FromFeatures(new double[200], 200, [1]);
        foreach (var examples in new[] { ratings, features })
        {
            Assert.Throws<ArgumentException>(() => _sweeps[sweep].Call(c.Model, examples, 0, 1, new Lengths(c, "")));
        }
    }

    [Theory]
    [InlineData("Linear4", -1)]
    [InlineData("Linear4", 1)]
    [InlineData("Mf3", -1)]
    [InlineData("Mf3", 2)]
    public void A_pass_that_the_model_does_not_have_is_refused(string name, int pass)
    {
        var c = GeneratedCase.Random(name, 4, 10);
        double[] weights = c.Stored(c.Theta), each = new double[10], room = new double[1000];
        var problem = Assert.Throws<ArgumentOutOfRangeException>(
            () => c.Model.GradientSum(pass, c.Examples, 0, 1, weights, [], each, room));
        Assert.Contains($"this model has {c.Model.Passes}", problem.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => c.Model.GradientGram(pass, c.Examples, c.Examples, 0, 1, weights, each, each, room));
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
    private sealed class Lengths(GeneratedCase c, string tooShort)
    {
        public double[] this[string span] => new double[Needed(span) - (span == tooShort ? 1 : 0)];

        private int Needed(string span)
        {
            var (n, segments) = (c.Examples.Count, c.Examples.SegmentsOf(0));
            return span switch
            {
                "weights" or "direction" or "directions" => c.Layout.StorageLength,
                "rows" => n * c.Model.GradientRowLength,
                "sums" => segments.TargetRows * c.RowLength(0),
                "flows" => c.Model.OwnsRows ? segments.TargetRows : n,
                "gram" => n * n,
                _ => n,
            };
        }
    }
}
