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

/// <summary>Checkpoints in a trajectory file, which is written as training goes on and read checkpoint by checkpoint.</summary>
internal sealed class CheckpointsInFile<T> : CheckpointStore<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterLayout _layout;
    private readonly List<(long Offset, uint Checksum)> _places = [];
    private readonly T[] _packed;
    private string _path;

    /// <param name="path">The file.</param>
    /// <param name="layout">Where parameters lie in storage; the file holds them packed.</param>
    public CheckpointsInFile(string path, ParameterLayout layout)
    {
        _path = path;
        _layout = layout;
        _packed = new T[layout.Count];
    }

    /// <summary>The file has another name from now on.</summary>
    public void Moved(string path) => _path = path;

    /// <summary>Notes a checkpoint that the file holds already.</summary>
    public void Found(int step, long offset, uint checksum)
    {
        Note(step);
        _places.Add((offset, checksum));
    }

    public override void Read(int index, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        using var stream = File.OpenRead(_path);
        stream.Position = _places[index].Offset;
        var reader = new ChecksummedReader(stream, _path);
        reader.Read<long>();
        ReadVector(reader, weights);
        if (velocity is not null)
        {
            ReadVector(reader, velocity);
        }

        if (reader.RequireChecksum($"the weights before step {Steps[index]}") != _places[index].Checksum)
        {
            throw new InvalidDataException(
                $"The trajectory file '{_path}' holds another training by now. Open it again, or give each training a file of its own.");
        }
    }

    protected override void Keep(int step, AlignedBuffer<T> weights, AlignedBuffer<T>? velocity)
    {
        using var stream = new FileStream(_path, FileMode.Append);
        var offset = stream.Position;
        var writer = new ChecksummedWriter(stream);
        writer.Write((long)step);
        WriteVector(writer, weights);
        if (velocity is not null)
        {
            WriteVector(writer, velocity);
        }

        _places.Add((offset, writer.WriteChecksum()));
    }

    private void ReadVector(ChecksummedReader reader, AlignedBuffer<T> vector)
    {
        reader.Read(_packed.AsSpan());
        _layout.Unpack<T>(_packed, vector.Span);
    }

    private void WriteVector(ChecksummedWriter writer, AlignedBuffer<T> vector)
    {
        _layout.Pack<T>(vector.Span, _packed);
        writer.Write<T>(_packed);
    }
}
