using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>What a pass keeps on the stack: lines of eight numbers, and enough beside them to start on 64 bytes.</summary>
[InlineArray((Lines * 8) + 16)]
internal struct PassLines<T> where T : unmanaged
{
    private const int Lines = 10;

    private T _first;

    /// <summary>The first number of the first line.</summary>
    [UnscopedRef]
    public ref T First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AddByteOffset(ref _first, -Unsafe.ByteOffset(ref Unsafe.NullRef<T>(), ref _first) & 63);
    }
}
