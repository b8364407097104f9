using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>What a trajectory file says before its checkpoints: whose training it is.</summary>
/// <param name="Layout">The parameter blocks.</param>
/// <param name="Decay">λ of the weight decay on each block.</param>
/// <param name="Momentum">μ.</param>
/// <param name="Examples">n.</param>
/// <param name="Fingerprint">The checksum of the training set.</param>
internal sealed record TrajectoryHeader(ParameterLayout Layout, double[] Decay, double Momentum, int Examples, uint Fingerprint);

/// <summary>The file format of trajectories; <c>docs/trajectory-format.md</c> describes it.</summary>
internal static class TrajectoryFile
{
    private const int Version = 1;
    private const int TrailerLength = 36;
    private const byte FullBatch = 1;
    private const byte Scaled = 2;
    private static ReadOnlySpan<byte> Start => "IGTRAJEC"u8;
    private static ReadOnlySpan<byte> End => "IGTRAEND"u8;

    /// <summary>Starts a file; checkpoints are appended to it.</summary>
    public static void WriteHeader<T>(string path, TrajectoryHeader header) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Trajectory files are written and read on little-endian machines only.");
        }

        using var stream = new FileStream(path, FileMode.Create);
        var writer = new ChecksummedWriter(stream);
        writer.Write(Start);
        writer.Write(Version);
        writer.Write(Unsafe.SizeOf<T>());
        writer.Write((long)header.Examples);
        writer.Write(header.Fingerprint);
        writer.Write(header.Momentum);
        writer.Write(header.Layout.Blocks.Length);
        for (var b = 0; b < header.Layout.Blocks.Length; b++)
        {
            var block = header.Layout.Blocks[b];
            var name = Encoding.UTF8.GetBytes(block.Name);
            writer.Write(name.Length);
            writer.Write<byte>(name);
            writer.Write(block.Rows);
            writer.Write(block.Columns);
            writer.Write(block.RowIndex);
            writer.Write(block.L2);
            writer.Write(header.Decay[b]);
        }

        writer.WriteChecksum();
    }

    /// <summary>Ends a file with its steps.</summary>
    public static void WriteSteps<T>(string path, TrajectorySteps<T> steps, int checkpoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var stream = new FileStream(path, FileMode.Append);
        var start = stream.Position;
        var writer = new ChecksummedWriter(stream);
        writer.Write((long)steps.Count);
        for (var step = 0; step < steps.Count; step++)
        {
            var (stepSize, factor, penaltyScale, isFullBatch) = steps[step];
            var positions = steps.Positions(step);
            var coefficients = steps.Coefficients(step);
            writer.Write(stepSize);
            writer.Write(factor);
            writer.Write(penaltyScale);
            writer.Write((byte)((isFullBatch ? FullBatch : 0) | (coefficients.IsEmpty ? 0 : Scaled)));
            if (!isFullBatch)
            {
                writer.Write(positions.Length);
                writer.Write(positions);
            }

            writer.Write(coefficients);
        }

        writer.WriteChecksum();
        var length = stream.Position + TrailerLength;
        writer.Write(start);
        writer.Write((long)checkpoints);
        writer.Write(length);
        writer.Write(End);
        writer.WriteChecksum();
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads a file and checks all of it.</summary>
    /// <exception cref="InvalidDataException">It was cut short, altered, or is no trajectory of numbers of this kind.</exception>
    public static (TrajectoryHeader Header, CheckpointsInFile<T> Checkpoints) Read<T>(string path, TrajectorySteps<T> steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var stream = File.OpenRead(path);
        var reader = new ChecksummedReader(stream, path);
        Span<byte> magic = stackalloc byte[Start.Length];
        reader.Read(magic);
        if (!magic.SequenceEqual(Start))
        {
            throw new InvalidDataException($"'{path}' is not a trajectory file.");
        }

        var version = reader.Read<int>();
        if (version != Version)
        {
            throw new InvalidDataException(
                $"The trajectory file '{path}' is of version {version}; this library reads version {Version}.");
        }

        var (start, checkpoints) = ReadTrailer(stream, path);
        stream.Position = Start.Length + sizeof(int);
        var header = ReadHeader<T>(reader, path);
        var store = new CheckpointsInFile<T>(path, header.Layout);
        var length = sizeof(long) + (header.Momentum > 0 ? 2L : 1L) * header.Layout.Count * Unsafe.SizeOf<T>();
        for (var index = 0; index < checkpoints; index++)
        {
            var offset = stream.Position;
            var checksum = reader.Verify(length, $"checkpoint {index}");
            var end = stream.Position;
            stream.Position = offset;
            store.Found((int)new ChecksummedReader(stream, path).Read<long>(), offset, checksum);
            stream.Position = end;
        }

        if (stream.Position != start)
        {
            throw new InvalidDataException($"The trajectory file '{path}' was altered: its steps do not follow its checkpoints.");
        }

        reader.Verify(stream.Length - TrailerLength - sizeof(uint) - start, "the steps");
        stream.Position = start;
        ReadSteps(reader, header.Examples, steps);
        return (header, store);
    }

    private static (long Start, long Checkpoints) ReadTrailer(FileStream stream, string path)
    {
        if (stream.Length < TrailerLength)
        {
            throw CutShort(path);
        }

        stream.Position = stream.Length - TrailerLength;
        var reader = new ChecksummedReader(stream, path);
        var (start, checkpoints, length) = (reader.Read<long>(), reader.Read<long>(), reader.Read<long>());
        Span<byte> magic = stackalloc byte[End.Length];
        reader.Read(magic);
        if (!magic.SequenceEqual(End))
        {
            throw CutShort(path);
        }

        reader.RequireChecksum("the trailer");
        return length == stream.Length ? (start, checkpoints) : throw CutShort(path);
    }

    private static InvalidDataException CutShort(string path) =>
        new($"The trajectory file '{path}' was cut short: its trailer is missing. Train again with a Trajectory.");

    private static TrajectoryHeader ReadHeader<T>(ChecksummedReader reader, string path) where T : unmanaged
    {
        var size = reader.Read<int>();
        if (size != Unsafe.SizeOf<T>())
        {
            throw new InvalidDataException(
                $"The trajectory file '{path}' holds numbers of {size} bytes, not of {Unsafe.SizeOf<T>()}: open it as a trajectory of the model's own precision.");
        }

        var examples = (int)reader.Read<long>();
        var fingerprint = reader.Read<uint>();
        var momentum = reader.Read<double>();
        var blocks = new (string, int, int, int, double)[Sensible(reader.Read<int>(), path)];
        var decay = new double[blocks.Length];
        for (var b = 0; b < blocks.Length; b++)
        {
            var name = new byte[Sensible(reader.Read<int>(), path)];
            reader.Read(name.AsSpan());
            blocks[b] = (Encoding.UTF8.GetString(name), reader.Read<int>(), reader.Read<int>(), reader.Read<int>(), reader.Read<double>());
            decay[b] = reader.Read<double>();
        }

        reader.RequireChecksum("the header");
        return new TrajectoryHeader(new ParameterLayout(ParameterLayout.LineOf<T>(), blocks), decay, momentum, examples, fingerprint);
    }

    /// <summary>A count that is read before the checksum says whether it was altered.</summary>
    private static int Sensible(int count, string path) => count is >= 0 and < 1 << 20
        ? count
        : throw new InvalidDataException($"The trajectory file '{path}' was altered: its header makes no sense.");

    private static void ReadSteps<T>(ChecksummedReader reader, int examples, TrajectorySteps<T> steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (positions, coefficients) = (Array.Empty<int>(), Array.Empty<T>());
        var count = reader.Read<long>();
        for (var step = 0L; step < count; step++)
        {
            var (stepSize, factor, penaltyScale, flags) =
                (reader.Read<double>(), reader.Read<double>(), reader.Read<double>(), reader.Read<byte>());
            var isFullBatch = (flags & FullBatch) != 0;
            var batch = isFullBatch ? examples : reader.Read<int>();
            positions = isFullBatch ? [] : new int[batch];
            reader.Read(positions.AsSpan());
            coefficients = (flags & Scaled) == 0 ? [] : new T[batch];
            reader.Read(coefficients.AsSpan());
            steps.Add(stepSize, factor, penaltyScale, isFullBatch, positions, coefficients);
        }

        reader.RequireChecksum("the steps");
    }
}
