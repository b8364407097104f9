using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>
/// What this machine can do at most, measured by loops that do nothing else: multiply-adds of 512-bit vectors, and loads
/// of them from the first and the second cache.
/// </summary>
internal sealed class Machine
{
    // Far longer than the time slices of a system that has something else to do.
    private static readonly TimeSpan _duration = TimeSpan.FromMilliseconds(400);

    // 4 KB, in the first cache even if another thread of the core takes most of it; and half of a usual second cache of
    // 1 MB, far more than the first.
    private const int FirstCacheLength = 512;
    private const int SecondCacheLength = 65536;

    private Machine(double gigaFlops, double firstCache, double secondCache)
    {
        GigaFlops = gigaFlops;
        FirstCache = firstCache;
        SecondCache = secondCache;
    }

    /// <summary>Thousand million double multiplications and additions a second.</summary>
    public double GigaFlops { get; }

    /// <summary>GB a second loaded from the first cache.</summary>
    public double FirstCache { get; }

    /// <summary>GB a second loaded, in order, from the second cache.</summary>
    public double SecondCache { get; }

    /// <summary>The processor, as the system names it.</summary>
    public static string Processor
    {
        get
        {
            const string Cpuinfo = "/proc/cpuinfo";
            var line = File.Exists(Cpuinfo)
                ? File.ReadLines(Cpuinfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                : null;
            return $"{line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, "
                + $"{(Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "128")}-bit vectors";
        }
    }

    /// <summary>Measures; null where vectors of 512 bits are not in hardware.</summary>
    public static Machine? Measure()
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            return null;
        }

        const int Rounds = 1_000_000;
        var flops = Best(() => MultiplyAdds(Rounds), Rounds * 10.0 * 8 * 2);
        return new Machine(flops, LoadRate(FirstCacheLength), LoadRate(SecondCacheLength));
    }

    private static double LoadRate(int length)
    {
        var buffer = new AlignedBuffer<double>(length);
        var times = 50_000_000 / length;
        return Best(() => Loads(buffer.Span, times), (double)times * length * sizeof(double));
    }

    /// <summary>The best rate in thousand millions a second: a limit is what is reached when nothing disturbs.</summary>
    private static double Best(Func<double> run, double work)
    {
        var best = 0.0;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _duration;)
        {
            var start = Stopwatch.GetTimestamp();
            GC.KeepAlive(run());
            best = Math.Max(best, work / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <summary>Ten chains, more than the two a cycle times four cycles that keep the units busy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double MultiplyAdds(int rounds)
    {
        Vector512<double> x = Vector512.Create(0.5), y = Vector512.Create(1.0);
        Vector512<double> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double Loads(ReadOnlySpan<double> values, int times)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        Vector512<double> a = default, b = default, c = default, d = default;
        for (var time = 0; time < times; time++)
        {
            for (nuint k = 0; k < (nuint)values.Length; k += 64)
            {
                a |= Vector512.LoadUnsafe(ref first, k);
                b |= Vector512.LoadUnsafe(ref first, k + 8);
                c |= Vector512.LoadUnsafe(ref first, k + 16);
                d |= Vector512.LoadUnsafe(ref first, k + 24);
                a |= Vector512.LoadUnsafe(ref first, k + 32);
                b |= Vector512.LoadUnsafe(ref first, k + 40);
                c |= Vector512.LoadUnsafe(ref first, k + 48);
                d |= Vector512.LoadUnsafe(ref first, k + 56);
            }
        }

        return Vector512.Sum(a | b | c | d);
    }
}
