using System.Text;

namespace InfluenceGen.Influence.Tests.Sharing;

/// <summary>A trajectory file as <c>docs/trajectory-format.md</c> describes it, written field by field with right checksums, whatever the
/// fields say.</summary>
internal sealed record TrajectoryByHand
{
    public int Version { get; init; } = 2;

    public long? HeaderLength { get; init; }

    public int Size { get; init; } = 8;

    public required long Examples { get; init; }

    public required uint[] Set { get; init; }

    public double Momentum { get; init; }

    public double Limit { get; init; } = double.PositiveInfinity;

    public byte Normalises { get; init; }

    public required byte[] Declaration { get; init; }

    public int? DeclarationLength { get; init; }

    public required (string Name, int Rows, int Columns, int RowIndex, byte IsBias, double L2, double Decay)[] Blocks { get; init; }

    public int? BlockCount { get; init; }

    public required (long Step, double[] Numbers)[] Checkpoints { get; init; }

    public uint? BeforeCheckpoints { get; init; }

    public long? StepCount { get; init; }

    public required (double StepSize, double Factor, double PenaltyScale, byte Flags, int? Batch, int[] Positions, double[] Coefficients)[] Steps { get; init; }

    public uint? BeforeSteps { get; init; }

    public long? Start { get; init; }

    public long? CheckpointCount { get; init; }

    public long? Length { get; init; }

    public uint? BeforeTrailer { get; init; }

    public byte[] Bytes()
    {
        var fields = Section(writer =>
        {
            writer.Write(Size);
            writer.Write(Examples);
            foreach (var checksum in Set)
            {
                writer.Write(checksum);
            }

            writer.Write(Momentum);
            writer.Write(Limit);
            writer.Write(Normalises);
            writer.Write(DeclarationLength ?? Declaration.Length);
            writer.Write(Declaration);
            writer.Write(BlockCount ?? Blocks.Length);
            foreach (var block in Blocks)
            {
                var name = Encoding.UTF8.GetBytes(block.Name);
                writer.Write(name.Length);
                writer.Write(name);
                writer.Write(block.Rows);
                writer.Write(block.Columns);
                writer.Write(block.RowIndex);
                writer.Write(block.IsBias);
                writer.Write(block.L2);
                writer.Write(block.Decay);
            }
        });
        var header = Closed(Section(writer =>
        {
            writer.Write("IGTRAJEC"u8);
            writer.Write(Version);
            writer.Write(HeaderLength ?? 8 + 4 + 8 + fields.Length + 4);
            writer.Write(fields);
        }));
        var last = header;
        var checkpoints = new List<byte>();
        foreach (var (step, numbers) in Checkpoints)
        {
            last = Closed(Section(writer =>
            {
                writer.Write(step);
                writer.Write(BeforeCheckpoints ?? ChecksumOf(last));
                Write(writer, numbers);
            }));
            checkpoints.AddRange(last);
        }

        var steps = Closed(Section(writer =>
        {
            writer.Write(BeforeSteps ?? ChecksumOf(last));
            writer.Write(StepCount ?? Steps.Length);
            foreach (var step in Steps)
            {
                writer.Write(step.StepSize);
                writer.Write(step.Factor);
                writer.Write(step.PenaltyScale);
                writer.Write(step.Flags);
                if ((step.Flags & 1) == 0)
                {
                    writer.Write(step.Batch ?? step.Positions.Length);
                    Array.ForEach(step.Positions, writer.Write);
                }

                Write(writer, step.Coefficients);
            }
        }));
        var start = header.Length + checkpoints.Count;
        var trailer = Closed(Section(writer =>
        {
            writer.Write(BeforeTrailer ?? ChecksumOf(steps));
            writer.Write(Start ?? start);
            writer.Write(CheckpointCount ?? Checkpoints.Length);
            writer.Write(Length ?? start + steps.Length + 40);
            writer.Write("IGTRAEND"u8);
        }));
        return [.. header, .. checkpoints, .. steps, .. trailer];
    }

    /// <summary>CRC-32C bit by bit: the polynomial 1EDC6F41, reflected.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) * 0x82F63B78);
            }
        }

        return ~state;
    }

    public static byte[] Section(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static uint ChecksumOf(byte[] section) => BitConverter.ToUInt32(section.AsSpan(section.Length - 4));

    private static byte[] Closed(byte[] section) => [.. section, .. BitConverter.GetBytes(Checksum(section))];

    private static void Write(BinaryWriter writer, double[] numbers)
    {
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }
}
