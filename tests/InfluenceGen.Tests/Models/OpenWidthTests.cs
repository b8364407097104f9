using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Models;

[Mlp(HiddenLayers = 2, Activation = Activation.Gelu, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class OpenWidths;

/// <summary>Networks whose hidden units are given at run time are those whose units are declared.</summary>
public class OpenWidthTests
{
    [Fact]
    public void Widths_given_at_run_time_are_as_good_as_declared_ones()
    {
        var random = new RandomSource(1);
        double[] x = [.. Enumerable.Range(0, 4 * 70).Select(_ => random.NextGaussian())];
        var set = ExampleSet<double>.FromClasses(x, 4, [.. Enumerable.Range(0, 70).Select(i => i % 3)], 3);
        var plan = GradientDescent.FullBatch(12, 0.4);
        var (declared, open) = (GeluSoftmax.Train(set, plan), OpenWidths.Train(set, plan, hidden1: 3, hidden2: 4));
        Close.To(declared.Theta(), open.Theta(), 1e-13);
        Assert.Equal(declared.Model.Layout.Blocks, open.Model.Layout.Blocks);
        Close.To(declared.Losses(set), open.Losses(set), 1e-13);
        Assert.NotEqual(declared.Theta().Length, OpenWidths.Train(set, plan, hidden1: 9, hidden2: 17).Theta().Length);
    }

    [Fact]
    public void A_width_is_1_or_more() => Assert.Throws<ArgumentOutOfRangeException>("hidden2", () => OpenWidths.Model.For(
        ExampleSet<double>.FromClasses([1, 2], 1, [0, 1], 2), 3, 0));
}
