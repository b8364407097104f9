using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>
/// Results that no cache holds, such as a matrix of all scores: written once and past the caches, in large pages where the
/// system has them. 400 MB in pages of 4 KB take longer to be handed out than to be computed.
/// </summary>
internal static partial class LargeMemory
{
    /// <summary>Bytes from which on a result is large: more than second caches hold.</summary>
    public const long Threshold = 1 << 22;

    private const int HugePage = 1 << 21;
    private const int AdviseHugePage = 14;

    /// <summary>Asks the system for large pages behind fresh memory. Only a hint: where it is not followed, nothing is lost.</summary>
    public static unsafe void Advise<T>(Span<T> memory) where T : unmanaged
    {
        if (!OperatingSystem.IsLinux() || memory.Length * (long)Unsafe.SizeOf<T>() < Threshold)
        {
            return;
        }

        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        var end = start + memory.Length * (nint)Unsafe.SizeOf<T>();
        start = (start + HugePage - 1) / HugePage * HugePage;
        if (start < end)
        {
            _ = Advise(start, end - start, AdviseHugePage);
        }
    }

    /// <summary>Copies numbers to where nobody reads them soon, and looks at them once more on their way: later that would take as long as
    /// storing them. Both lie on 64-byte boundaries of the pinned heap, and are whole lines.</summary>
    /// <returns>Whether all of them are finite.</returns>
    public static unsafe bool Store<T>(ReadOnlySpan<T> source, Span<T> target) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            source.CopyTo(target);
            return Finite.IndexOfOther(source) < 0;
        }

        var trace = Vector512<T>.Zero;

        ref var from = ref MemoryMarshal.GetReference(source);
        var to = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(target));
        for (var i = 0; i < source.Length; i += Vector512<T>.Count)
        {
            var values = Vector512.LoadUnsafe(ref from, (nuint)i);
            trace |= values - values;
            Vector512.StoreAlignedNonTemporal(values, to + i);
        }

        return Vector512.EqualsAll(trace, Vector512<T>.Zero);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
