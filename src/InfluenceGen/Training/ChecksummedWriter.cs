using System.Runtime.InteropServices;

namespace InfluenceGen.Training;

/// <summary>Writes little-endian numbers and the CRC-32C of each section of them.</summary>
internal sealed class ChecksummedWriter(Stream stream)
{
    private Checksum _checksum = new();

    public void Write<TValue>(TValue value) where TValue : unmanaged => Write<TValue>([value]);

    public void Write<TValue>(ReadOnlySpan<TValue> values) where TValue : unmanaged
    {
        _checksum.Add(values);
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Ends a section.</summary>
    /// <returns>The checksum.</returns>
    public uint WriteChecksum()
    {
        var checksum = _checksum.Value;
        stream.Write(MemoryMarshal.AsBytes<uint>([checksum]));
        _checksum = new Checksum();
        return checksum;
    }
}
