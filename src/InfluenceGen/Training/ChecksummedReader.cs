using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Training;

/// <summary>Reads what <see cref="ChecksummedWriter"/> wrote, and refuses anything else.</summary>
internal sealed class ChecksummedReader(Stream stream, string path)
{
    private Checksum _checksum = new();

    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public TValue Read<TValue>() where TValue : unmanaged
    {
        Unsafe.SkipInit(out TValue value);
        Read(new Span<TValue>(ref value));
        return value;
    }

    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Read<TValue>(Span<TValue> values) where TValue : unmanaged
    {
        ReadBytes(MemoryMarshal.AsBytes(values));
        _checksum.Add<TValue>(values);
    }

    /// <summary>Reads over a whole section, so that what it says of its own lengths can be trusted when it is read.</summary>
    /// <param name="length">Its bytes, the checksum not counted.</param>
    /// <param name="section">What to call it.</param>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    /// <returns>The checksum.</returns>
    public uint Verify(long length, string section)
    {
        var bytes = new byte[(int)Math.Min(length, 1 << 16)];
        for (var rest = length; rest > 0; rest -= bytes.Length)
        {
            Read(bytes.AsSpan(0, (int)Math.Min(rest, bytes.Length)));
        }

        return RequireChecksum(section);
    }

    /// <summary>Ends a section.</summary>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    /// <returns>The checksum.</returns>
    public uint RequireChecksum(string section)
    {
        Span<uint> written = stackalloc uint[1];
        ReadBytes(MemoryMarshal.AsBytes(written));
        if (written[0] != _checksum.Value)
        {
            throw new InvalidDataException(
                $"The trajectory file '{path}' was altered: the checksum of {section} is not the one that was written. Train again with a Trajectory.");
        }

        _checksum = new Checksum();
        return written[0];
    }

    private void ReadBytes(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException(
                $"The trajectory file '{path}' was cut short. Train again with a Trajectory.");
        }
    }
}
