using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Numerics;

/// <summary>Sizes around 2³¹ and 2³² are refused with their names before anything is allocated.</summary>
public class SizesTests
{
    [Theory]
    [InlineData(1L << 31)]
    [InlineData((1L << 32) + 8)]
    [InlineData(long.MaxValue)]
    public void A_buffer_longer_than_memory_is_refused(long length)
    {
        Refused("length", () => new AlignedBuffer<double>(length));
        Refused("length", () => AlignedBuffer<float>.ForResult(length));
        Refused("length", () => { Workspace<double>.OfThread(length).Clear(); });
        var grown = new AlignedBuffer<double>(3);
        Refused("length", () => AlignedBuffer<double>.Grow(ref grown, length));
        Assert.Equal(3, grown.Length);
        Assert.Contains("65,536 by 65,544", Assert.Throws<InvalidOperationException>(() => new AlignedBuffer<double>(65_536, 65_544)).Message, StringComparison.Ordinal);
        Assert.Equal(long.MaxValue, Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<double>(long.MaxValue)).ActualValue);
    }

    [Fact]
    public void Sizes_whose_product_wraps_to_a_small_number_are_refused_by_name()
    {
        // 65,536² is 0 in 32 bits: such a model had a buffer for its biases alone.
        var problem = Refused("blocks", () => new Softmax.Model(65_536, 65_536));
        Assert.Contains("65,536 rows of 65,536 parameters", problem.Message, StringComparison.Ordinal);
        Refused("blocks", () => new Factors.Model(100_000_000, 3, 64));
        Refused("blocks", () => new Factors.Model(20_000_000, 20_000_000, 100));
        Refused("blocks", () => new ParameterLayout(8, ("w", 1, int.MaxValue, -1, 0, false)));
        Refused("blocks", () => new ParameterLayout(8, ("w", 0, 4, -1, 0, false)));
        Refused("blocks", () => new ParameterLayout(8, ("w", 1 << 28, 8, -1, 0, false)));
        Refused("columns", () => ParameterLayout.RoundUp(int.MaxValue));
        Refused("columns", () => Workspace<double>.Stride(int.MaxValue));
        Assert.Throws<OverflowException>(() => new ParameterBlock("W", 65_536, 65_536, 65_536, 0, -1).StorageLength);

        // The most that fits: one line less than the buffer's own.
        var most = AlignedBuffer<double>.MaxLength / 8 * 8;
        Assert.Equal(most, new ParameterLayout(8, ("w", most / 8, 3, -1, 0, false)).StorageLength);
        Refused("blocks", () => new ParameterLayout(8, ("w", most / 8, 3, -1, 0, false), ("b", 1, 1, -1, 0, false)));
    }

    [Fact]
    public void Sixteen_million_features_in_single_precision_take_a_path_without_their_transpose()
    {
        var layout = new ParameterLayout(16, ("w", 1, 1 << 24, -1, 0, false), ("b", 1, 1, -1, 0, false));
        Assert.False(LinearOutputDots.Suits<float>(layout, 1));
        Assert.True(LinearOutputDots.Suits<float>(new ParameterLayout(16, ("w", 1, 100_000, -1, 0, false)), 1));
    }

    [Fact]
    public void Sets_of_more_numbers_than_memory_holds_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ExampleSet<double>.FromClasses([1.0, 2.0], 1, [0, 1], int.MaxValue));
        var problem = Assert.Throws<ArgumentException>(() => ExampleSet<double>.FromClasses([1.0, 2.0, 3.0], 1, [0, 1, 2], 1_000_000_000));
        Assert.Contains("3 examples", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Curvature_of_many_examples_is_summed_a_part_at_a_time()
    {
        var random = new RandomSource(2);
        var set = ExampleSet<double>.FromClasses([.. Enumerable.Range(0, 3 * 2000).Select(_ => random.NextGaussian())], 3,
            [.. Enumerable.Range(0, 2000).Select(_ => random.NextBelow(4))], 4);
        var model = new Softmax.Model(3, 4);
        var length = model.Layout.StorageLength;
        var (weights, directions, coefficients) = (new AlignedBuffer<double>(length), new AlignedBuffer<double>(3 * length), new AlignedBuffer<double>(2000));
        double[] theta = [.. Enumerable.Range(0, model.Layout.Count).Select(_ => random.NextGaussian())];
        model.Layout.Unpack<double>(theta, weights.Span);
        for (var k = 0; k < 3; k++)
        {
            model.Layout.Unpack<double>([.. theta.Select(value => value + k)], directions.Span.Slice(k * length, length));
        }

        foreach (ref var c in coefficients.Span)
        {
            c = random.NextDouble();
        }

        // 4 outputs on rows of 8: 32 numbers an example, of which the second budget holds those of two chunks.
        var (whole, parts) = (Of(1 << 23), Of(2 * 512 * 56));
        for (var i = 0; i < whole.Length; i++)
        {
            Assert.Equal(whole[i], parts[i], 1e-11 * whole.Max(Math.Abs));
        }

        double[] Of(long budget)
        {
            var sweeps = new SweepRunner<Softmax.Model, double>(model, new WorkerTeam(2)) { PartialBudget = budget };
            var (matrix, products) = (new AlignedBuffer<double>(length * length), new AlignedBuffer<double>(3 * length));
            sweeps.HessianSum(set, weights, coefficients, matrix);
            sweeps.GaussNewtonVectorSum(set, weights, coefficients, directions, products);
            return [.. matrix.Span, .. products.Span];
        }
    }

    [Fact]
    public void The_strongest_of_each_are_as_many_as_there_are()
    {
        var set = ExampleSet<double>.FromFeatures([1.0, 2.0, 4.0], 1, [1.0, 2.0, 3.0]);
        var fit = Trainer.Train(new Linear.Model(1), set, GradientDescent.FullBatch(0, 1));
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => fit.TopInfluence(new InfluenceFunctions(), set, -1)).ParamName);
        var top = fit.TopInfluence(new InfluenceFunctions(), set, int.MaxValue);
        Assert.InRange(top.Proponents[0].Length + top.Opponents[0].Length, 1, 3);
    }

    private static ArgumentOutOfRangeException Refused(string argument, Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Assert.Throws<ArgumentOutOfRangeException>(work);
        Assert.Equal(argument, problem.ParamName);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        return problem;
    }

    private static ArgumentOutOfRangeException Refused<TResult>(string argument, Func<TResult> work) => Refused(argument, () => { _ = work(); });
}
