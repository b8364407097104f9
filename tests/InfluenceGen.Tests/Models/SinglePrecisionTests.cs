using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Models;

[LinearModel(Features = 20)] internal sealed partial class Linear20;
[LinearModel(Features = 20, Precision = Precision.Single)] internal sealed partial class Linear20Single;
[LogisticModel(Features = 5)] internal sealed partial class Logistic5;
[LogisticModel(Features = 5, Precision = Precision.Single)] internal sealed partial class Logistic5Single;
[LogisticModel(Precision = Precision.Single)] internal sealed partial class LogisticOpenSingle;
[SoftmaxModel(Features = 4, Classes = 3, Precision = Precision.Single)] internal sealed partial class Softmax4Single;
[Mlp(Inputs = 4, Hidden = [3, 4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
internal sealed partial class TanhSoftmaxSingle;
[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Gelu, Loss = Loss.Squared, Precision = Precision.Single)]
internal sealed partial class GeluSquaredSingle;
[Mlp(Inputs = 4, Hidden = [8], Outputs = 2, Activation = Activation.Softplus, Loss = Loss.Squared, Precision = Precision.Single)]
internal sealed partial class HalfLineSingle;
[Mlp(Inputs = 3, Hidden = [24, 8], Outputs = 8, Activation = Activation.Sigmoid, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
internal sealed partial class HalfLinesSingle;
[MatrixFactorization(Rank = 3, L2 = 0.3, Precision = Precision.Single)] internal sealed partial class Mf3Single;
[MatrixFactorization(Rank = 40, L2 = 0.3, Precision = Precision.Single)] internal sealed partial class Mf40Single;
[MatrixFactorization(L2 = 0.3, Precision = Precision.Single)] internal sealed partial class MfOpenSingle;

/// <summary>Models in single precision against the same in double precision, sweep by sweep, within what float keeps.</summary>
public class SinglePrecisionTests
{
    private const int Count = 70;

    [Fact]
    public void Models_of_features_agree_with_double_precision()
    {
        Compare(new Linear20.Model(), new Linear20Single.Model(), SetsOf<double>.Numbers(Count, 20), SetsOf<float>.Numbers(Count, 20));
        Compare(new Logistic5.Model(), new Logistic5Single.Model(), SetsOf<double>.Answers(Count, 5), SetsOf<float>.Answers(Count, 5));
        Compare(new LogisticOpen.Model(37), new LogisticOpenSingle.Model(37), SetsOf<double>.Answers(Count, 37), SetsOf<float>.Answers(Count, 37));
    }

    [Fact]
    public void Layered_models_agree_with_double_precision()
    {
        var (classes, singleClasses) = (SetsOf<double>.Classes(Count, 4, 3), SetsOf<float>.Classes(Count, 4, 3));
        Compare(new Softmax4.Model(), new Softmax4Single.Model(), classes, singleClasses);
        Compare(new TanhSoftmax.Model(), new TanhSoftmaxSingle.Model(), classes, singleClasses);
        Compare(new GeluSquared.Model(), new GeluSquaredSingle.Model(), SetsOf<double>.Numbers(Count, 4, 2), SetsOf<float>.Numbers(Count, 4, 2));
    }

    /// <summary>Eight numbers of single precision are half a line: what an activation makes of the zeros in the other half (softplus(0) is
    /// log 2) belongs to nobody.</summary>
    [Fact]
    public void Layers_that_fill_half_a_line_agree_with_the_definition()
    {
        CompareWith(new LayersShape([4, 8, 2], z => z.Softplus(), LabelDomain.Real), new HalfLineSingle.Model(),
            SetsOf<double>.Numbers(10, 4, 2), SetsOf<float>.Numbers(10, 4, 2));
        CompareWith(new LayersShape([3, 24, 8, 8], z => z.Sigmoid(), LabelDomain.Distribution), new HalfLinesSingle.Model(),
            SetsOf<double>.Classes(3, 3, 8), SetsOf<float>.Classes(3, 3, 8));

        static void CompareWith<TSingle>(LayersShape shape, TSingle single, ExampleSet<double> examples, ExampleSet<float> singles)
            where TSingle : struct, IModel<float> => Compare(new ReferenceLayers<double>(shape), single, examples, singles);
    }

    [Fact]
    public void Pads_of_weights_stay_zero_while_half_lines_are_trained()
    {
        var training = SetsOf<float>.Numbers(70, 4, 2);
        var fit = HalfLineSingle.Train(training, GradientDescent.FullBatch(5, 0.05));
        var (layout, pads) = (fit.Model.Layout, fit.Weights.Span.ToArray());
        foreach (var block in layout.Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                Assert.Contains(pads.Skip(block.Offset + row * block.Stride).Take(block.Columns), weight => weight != 0);
                pads.AsSpan(block.Offset + row * block.Stride, block.Columns).Clear();
            }
        }

        Assert.All(pads, pad => Assert.Equal(0f, pad));
    }

    [Fact]
    public void Factorizations_agree_with_double_precision()
    {
        var (ratings, singleRatings) = (SetsOf<double>.Ratings(), SetsOf<float>.Ratings());
        Compare(new Mf3.Model(6, 7), new Mf3Single.Model(6, 7), ratings, singleRatings);
        Compare(new Mf40.Model(6, 7), new Mf40Single.Model(6, 7), ratings, singleRatings);
        Compare(new MfOpen.Model(6, 7, 21), new MfOpenSingle.Model(6, 7, 21), ratings, singleRatings);
    }

    private static void Compare<TDouble, TSingle>(TDouble model, TSingle single, ExampleSet<double> examples, ExampleSet<float> singles)
        where TDouble : struct, IModel<double>
        where TSingle : struct, IModel<float>
    {
        Assert.Equal(16, single.Layout.Line);
        var (expected, actual) = (EverySweep.Of(model, examples), EverySweep.Of(single, singles));
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (sweep, numbers) in expected)
        {
            var scale = numbers.Max(Math.Abs);
            // Of one linear output, squared, there is no third derivative.
            Assert.True(scale > 1e-3 || (sweep == "ThirdDerivativeSum" && model is Linear20.Model), $"{typeof(TSingle)}: {sweep} is all but zero");
            Assert.Equal(numbers.Length, actual[sweep].Length);
            for (var k = 0; k < numbers.Length; k++)
            {
                Assert.True(Math.Abs(numbers[k] - actual[sweep][k]) <= 3e-6 * scale,
                    $"{typeof(TSingle)}: {sweep}, number {k}: {numbers[k]} in double, {actual[sweep][k]} in single precision");
            }
        }
    }
}
