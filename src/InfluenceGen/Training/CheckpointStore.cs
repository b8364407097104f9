using System.Numerics;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>Where a trajectory's weights are kept. A checkpoint is the weights before a step and, with momentum, the velocity.</summary>
internal abstract class CheckpointStore<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<int> _steps = [];

    /// <summary>The steps whose weights are kept, ascending; T for the final ones.</summary>
    public IReadOnlyList<int> Steps => _steps;

    /// <summary>Keeps a checkpoint; steps come in order.</summary>
    public void Add(int step, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        Keep(step, weights, velocity);
        _steps.Add(step);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="index">Which of <see cref="Steps"/>.</param>
    /// <param name="weights">Receives the weights in storage order.</param>
    /// <param name="velocity">Receives the velocity.</param>
    public abstract void Read(int index, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity);

    /// <summary>The last checkpoint at a step or before it.</summary>
    public int Before(int step)
    {
        var index = _steps.BinarySearch(step);
        return index >= 0 ? index : ~index - 1;
    }

    protected abstract void Keep(int step, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity);

    /// <summary>Notes a step whose checkpoint is kept already.</summary>
    protected void Note(int step) => _steps.Add(step);
}

/// <summary>Checkpoints in memory.</summary>
internal sealed class CheckpointsInMemory<T> : CheckpointStore<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<(T[] Weights, T[] Velocity)> _kept = [];

    public override void Read(int index, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        _kept[index].Weights.CopyTo(weights.Span);
        if (velocity is not null)
        {
            _kept[index].Velocity.CopyTo(velocity.Span);
        }
    }

    protected override void Keep(int step, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity) =>
        _kept.Add((weights.Span.ToArray(), velocity is null ? [] : velocity.Span.ToArray()));
}

/// <summary>Checkpoints in a trajectory file, which is written as training goes on and read checkpoint by checkpoint, by any number of
/// readers at once.</summary>
/// <param name="path">The file, once it is whole.</param>
/// <param name="layout">Where parameters lie in storage; the file holds them packed.</param>
/// <param name="header">The checksum of the file's header.</param>
/// <param name="writing">Where checkpoints are added; null where the file is whole.</param>
internal sealed class CheckpointsInFile<T>(string path, ParameterLayout layout, uint header, Stream? writing = null) : CheckpointStore<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Bytes of a checkpoint before its weights: the step and the checksum of the section before.</summary>
    public const int Prefix = sizeof(long) + sizeof(uint);

    private readonly List<(long Offset, uint Checksum)> _places = [];

    /// <summary>The checksum of the last checkpoint, or of the header while there is none: what the next section repeats.</summary>
    public uint LastChecksum => ChecksumBefore(_places.Count);

    /// <summary>Notes a checkpoint that the file holds already.</summary>
    public void Found(int step, long offset, uint checksum)
    {
        Note(step);
        _places.Add((offset, checksum));
    }

    /// <exception cref="InvalidDataException">The file is not what it was when it was written or opened.</exception>
    public override void Read(int index, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        using var stream = File.OpenRead(path);
        stream.Position = _places[index].Offset;
        var reader = new ChecksummedReader(stream, path);
        try
        {
            var (step, before) = (reader.Read<long>(), reader.Read<uint>());
            ReadVector(reader, weights);
            if (velocity is not null)
            {
                ReadVector(reader, velocity);
            }

            if (reader.RequireChecksum("a checkpoint") == _places[index].Checksum && step == Steps[index] && before == ChecksumBefore(index))
            {
                return;
            }
        }
        catch (InvalidDataException)
        {
            // Said below: what was there is gone, whatever is there now.
        }

        throw new InvalidDataException(
            $"The trajectory file '{path}' was altered, or holds another training by now. Open it again, or give each training a file of its own.");
    }

    protected override void Keep(int step, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        var offset = writing!.Position;
        var writer = new ChecksummedWriter(writing);
        writer.Write((long)step);
        writer.Write(LastChecksum);
        WriteVector(writer, weights);
        if (velocity is not null)
        {
            WriteVector(writer, velocity);
        }

        _places.Add((offset, writer.WriteChecksum()));
    }

    private uint ChecksumBefore(int index) => index == 0 ? header : _places[index - 1].Checksum;

    private void ReadVector(ChecksummedReader reader, AlignedBuffer<T> vector)
    {
        vector.Span.Clear();
        foreach (var block in layout.Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                reader.Read(vector.Span.Slice(block.Offset + row * block.Stride, block.Columns));
            }
        }
    }

    private void WriteVector(ChecksummedWriter writer, AlignedBuffer<T> vector)
    {
        foreach (var block in layout.Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                writer.Write<T>(vector.Span.Slice(block.Offset + row * block.Stride, block.Columns));
            }
        }
    }
}
