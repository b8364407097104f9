using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Numerics;

[LogisticModel(Precision = Precision.Single)]
internal sealed partial class LogisticSingle;

/// <summary>Dots with many directions, which linear outputs turn into one product, against the generated sweep for one.</summary>
public class ManyDirectionsTests
{
    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(130, 10, 5)]
    [InlineData(1032, 21, 130)]
    [InlineData(700, 300, 9)]
    [InlineData(66_000, 2, 9)]
    public void They_are_those_of_each_direction(int examples, int features, int directions)
    {
        var random = new RandomSource(examples + features);
        var set = Set<double>(examples, features, random);
        Compare(new Logistic.Model(features), set, directions, random, 1e-13);
        Compare(new LogisticSingle.Model(features), Set<float>(examples, features, random), directions, random, 1e-5f);
        var classes = new int[examples];
        foreach (ref var value in classes.AsSpan())
        {
            value = random.NextBelow(3);
        }

        var x = new double[examples * features];
        Fill<double>(x, random);
        Compare(new Softmax.Model(features, 3), ExampleSet<double>.FromClasses(x, features, classes, 3), directions, random, 1e-13);
    }

    [Fact]
    public void They_allocate_nothing()
    {
        var random = new RandomSource(1);
        var set = Set<double>(1000, 10, random);
        var model = new Logistic.Model(10);
        var sweeps = new SweepRunner<Logistic.Model, double>(model, new WorkerTeam(1));
        var (weights, directions, dots) = (new AlignedBuffer<double>(model.Layout.StorageLength),
            new AlignedBuffer<double>(40 * model.Layout.StorageLength), new AlignedBuffer<double>(40 * set.Count));
        Assert.Equal(0, Allocations.Of(() => sweeps.GradientDot(set, weights, directions, dots)));
    }

    private static void Compare<TModel, T>(TModel model, ExampleSet<T> set, int directions, RandomSource random, T tolerance)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (layout, length) = (model.Layout, model.Layout.StorageLength);
        var weights = Vector<T>(layout, random);
        var many = new AlignedBuffer<T>(directions * length);
        for (var k = 0; k < directions; k++)
        {
            Vector<T>(layout, random).Span.CopyTo(many.Span[(k * length)..]);
        }

        foreach (var blocks in new[] { BlockSet.All, BlockSet.Of(0), BlockSet.Of(1) })
        {
            using WorkerTeam one = new(1), two = new(2);
            var (alone, shared) = (new SweepRunner<TModel, T>(model, one) { Blocks = blocks }, new SweepRunner<TModel, T>(model, two) { Blocks = blocks });
            var (dots, same, single) = (new AlignedBuffer<T>(directions * set.Count), new AlignedBuffer<T>(directions * set.Count),
                new AlignedBuffer<T>(set.Count));
            alone.GradientDot(set, weights, many, dots);
            shared.GradientDot(set, weights, many, same);
            Assert.True(dots.Span.SequenceEqual(same.Span));
            for (var k = 0; k < directions; k++)
            {
                alone.GradientDot(set, weights, AlignedBuffer<T>.CopyOf(many.Span.Slice(k * length, length)), single);
                for (var i = 0; i < set.Count; i++)
                {
                    var expected = single[i];
                    Assert.True(T.Abs(expected - dots[k * set.Count + i]) <= tolerance * T.CreateChecked(100),
                        $"direction {k}, example {i}: {expected} and {dots[k * set.Count + i]}");
                }
            }
        }
    }

    private static ExampleSet<T> Set<T>(int count, int features, RandomSource random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, y) = (new T[count * features], new T[count]);
        Fill<T>(x, random);
        foreach (ref var label in y.AsSpan())
        {
            label = random.NextBelow(2) == 0 ? T.Zero : T.One;
        }

        return ExampleSet<T>.FromFeatures(x, features, y);
    }

    private static AlignedBuffer<T> Vector<T>(ParameterLayout layout, RandomSource random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (theta, storage) = (new T[layout.Count], new AlignedBuffer<T>(layout.StorageLength));
        Fill<T>(theta, random);
        layout.Unpack<T>(theta, storage.Span);
        return storage;
    }

    private static void Fill<T>(Span<T> values, RandomSource random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ref var value in values)
        {
            value = T.CreateChecked(random.NextGaussian());
        }
    }
}
