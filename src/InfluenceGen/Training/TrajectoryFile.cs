using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using InfluenceGen.Models;

namespace InfluenceGen.Training;

/// <summary>What a trajectory file says before its checkpoints: whose training it is.</summary>
/// <param name="Layout">The parameter blocks.</param>
/// <param name="Decay">λ of the weight decay on each block.</param>
/// <param name="Momentum">μ.</param>
/// <param name="Scaling">How gradients were scaled.</param>
/// <param name="Examples">n.</param>
/// <param name="Set">The fingerprint of the training set.</param>
/// <param name="Declaration">What the model was declared as (<see cref="IModel{T}.Declaration"/>).</param>
internal sealed record TrajectoryHeader(ParameterLayout Layout, double[] Decay, double Momentum, GradientScaling Scaling, int Examples,
    SetFingerprint Set, string Declaration);

/// <summary>How trajectory files are written; <c>docs/trajectory-format.md</c> describes the format, <see cref="TrajectoryReader{T}"/>
/// reads it.</summary>
internal static class TrajectoryFile
{
    /// <summary>The version that is written and read.</summary>
    public const int Version = 2;

    /// <summary>Bytes of the trailer.</summary>
    public const int TrailerLength = 40;

    /// <summary>A step's batch is the whole set.</summary>
    public const byte FullBatch = 1;

    /// <summary>A step's coefficients follow.</summary>
    public const byte Scaled = 2;

    /// <summary>What a file begins with.</summary>
    public static ReadOnlySpan<byte> Start => "IGTRAJEC"u8;

    /// <summary>What a file ends with, but for a checksum.</summary>
    public static ReadOnlySpan<byte> End => "IGTRAEND"u8;

    /// <summary>Starts a file; checkpoints follow.</summary>
    /// <returns>The header's checksum. Every section repeats that of the section before it, so that sections of two trainings do not
    /// follow each other.</returns>
    public static uint WriteHeader<T>(Stream stream, TrajectoryHeader header) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Trajectory files are written and read on little-endian machines only.");
        }

        var rest = new MemoryStream();
        WriteHeaderRest<T>(new ChecksummedWriter(rest), header);
        var writer = new ChecksummedWriter(stream);
        writer.Write(Start);
        writer.Write(Version);
        writer.Write(Start.Length + sizeof(int) + sizeof(long) + rest.Length + sizeof(uint));
        writer.Write<byte>(rest.GetBuffer().AsSpan(0, (int)rest.Length));
        return writer.WriteChecksum();
    }

    /// <summary>Ends a file with its steps.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="before">The checksum of the last checkpoint.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="checkpoints">How many checkpoints there are.</param>
    public static void WriteSteps<T>(Stream stream, uint before, TrajectorySteps<T> steps, int checkpoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var start = stream.Position;
        var writer = new ChecksummedWriter(stream);
        writer.Write(before);
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

        var checksum = writer.WriteChecksum();
        var length = stream.Position + TrailerLength;
        writer.Write(checksum);
        writer.Write(start);
        writer.Write((long)checkpoints);
        writer.Write(length);
        writer.Write(End);
        writer.WriteChecksum();
    }

    private static void WriteHeaderRest<T>(ChecksummedWriter writer, TrajectoryHeader header) where T : unmanaged
    {
        writer.Write(Unsafe.SizeOf<T>());
        writer.Write((long)header.Examples);
        writer.Write(header.Set.Data);
        writer.Write(header.Set.Penalty);
        writer.Write(header.Set.Individuals);
        writer.Write(header.Set.Names);
        writer.Write(header.Momentum);
        writer.Write(header.Scaling.Limit);
        writer.Write((byte)(header.Scaling.Normalises ? 1 : 0));
        WriteText(writer, header.Declaration);
        writer.Write(header.Layout.Blocks.Length);
        for (var b = 0; b < header.Layout.Blocks.Length; b++)
        {
            var block = header.Layout.Blocks[b];
            WriteText(writer, block.Name);
            writer.Write(block.Rows);
            writer.Write(block.IsScalars ? ParameterLayout.Scalars : block.Columns);
            writer.Write(block.RowIndex);
            writer.Write((byte)(block.IsBias ? 1 : 0));
            writer.Write(block.L2);
            writer.Write(header.Decay[b]);
        }
    }

    private static void WriteText(ChecksummedWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write<byte>(bytes);
    }
}
