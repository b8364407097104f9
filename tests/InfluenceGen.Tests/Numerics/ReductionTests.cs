using System.Numerics;
using System.Runtime.Intrinsics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class ReductionTests
{
    [Fact]
    public void Eight_vectors_are_summed_each_into_its_own_lane()
    {
        // Powers of two: every element of every vector shows as a bit of its own in the sum it went into.
        Vector512<double> V(int j) => Vector512.Create(1.0, 2, 4, 8, 16, 32, 64, 128) * Math.ScaleB(1, j);
        var sums = Reduction.Sums(V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7));
        Assert.Equal(Vector512.Create(255.0, 510, 1020, 2040, 4080, 8160, 16320, 32640), sums);
    }

    [Fact]
    public void Four_vectors_are_summed_each_into_its_own_lane()
    {
        Vector256<double> V(int j) => Vector256.Create(1.0, 2, 4, 8) * Math.ScaleB(1, j);
        Assert.Equal(Vector256.Create(15.0, 30, 60, 120), Reduction.Sums(V(0), V(1), V(2), V(3)));
    }

    [Fact]
    public void A_vector_alone_has_the_sum_that_it_has_among_others()
    {
        var random = new RandomSource(1);
        for (var round = 0; round < 100; round++)
        {
            var d = Vector512.Create([.. Enumerable.Range(0, 8).Select(_ => random.NextGaussian())]);
            var f = Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => (float)random.NextGaussian())]);
            if (Vector512.IsHardwareAccelerated)
            {
                Assert.Equal(Reduction.Sums(d, d, d, d, d, d, d, d), Vector512.Create(Reduction.Sum(d)));
                Assert.Equal(Reduction.Sums(f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f), Vector512.Create(Reduction.Sum(f)));
            }

            var (half, halfF) = (d.GetLower(), f.GetLower());
            Assert.Equal(Reduction.Sums(half, half, half, half), Vector256.Create(Reduction.Sum(half)));
            Assert.Equal(Reduction.Sums(halfF, halfF, halfF, halfF, halfF, halfF, halfF, halfF), Vector256.Create(Reduction.Sum(halfF)));
        }
    }

    [Fact]
    public void Eight_vectors_of_any_width_have_the_sums_that_they_have_alone()
    {
        Check<double, Wide<double>>();
        Check<double, Narrow<double>>();
        Check<double, Slim<double>>();
        Check<float, Wide<float>>();
        Check<float, Narrow<float>>();
        Check<float, Slim<float>>();
        static void Check<T, V>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where V : struct, ILanes<V, T>
        {
            var random = new RandomSource(2);
            var numbers = Enumerable.Range(0, 8 * V.Count).Select(_ => T.CreateTruncating(random.NextGaussian())).ToArray();
            V At(int vector) => V.Load(ref numbers[0], vector * V.Count);
            var sums = new T[10];
            V.StoreSums(At(0), At(1), At(2), At(3), At(4), At(5), At(6), At(7), ref sums[0], 1);
            for (var vector = 0; vector < 8; vector++)
            {
                var expected = numbers.Skip(vector * V.Count).Take(V.Count).Sum(double.CreateChecked);
                Assert.Equal(expected, double.CreateChecked(sums[vector + 1]), typeof(T) == typeof(double) ? 1e-14 : 1e-5);
                Assert.Equal(V.Sum(At(vector)), sums[vector + 1]);
            }

            Assert.Equal((T.Zero, T.Zero), (sums[0], sums[9]));
        }
    }

    [Fact]
    public void What_is_not_a_number_stays_in_its_lane()
    {
        var (ones, spoilt) = (Vector512<double>.One, Vector512<double>.One.WithElement(5, double.NaN));
        Assert.Equal(Vector512.Create(8, 8, 8, double.NaN, 8, 8, 8, 8).ToString(),
            Reduction.Sums(ones, ones, ones, spoilt, ones, ones, ones, ones).ToString());
    }
}
