using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Training;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4) of bytes that come in pieces.</summary>
internal struct Checksum
{
    private uint _state;

    /// <summary>Nothing summed yet.</summary>
    public Checksum() => _state = uint.MaxValue;

    /// <summary>The checksum of what came so far.</summary>
    public readonly uint Value => ~_state;

    /// <summary>The checksum of some numbers as they lie in memory.</summary>
    public void Add<TValue>(ReadOnlySpan<TValue> values) where TValue : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var state = _state;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        _state = state;
    }
}
