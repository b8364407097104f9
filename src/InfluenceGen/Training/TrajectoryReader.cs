using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using InfluenceGen.Models;

namespace InfluenceGen.Training;

/// <summary>Reads a trajectory file and checks all of it: that it is what was written, by its checksums, and that what was written can be
/// a training, by its contents. No length is believed before the file is known to be as long.</summary>
internal sealed class TrajectoryReader<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int NumbersAtOnce = 1 << 13;

    // Bytes of a header without declaration and blocks, of a block without its name, and of a step without a batch.
    private const int LeastHeader = 77;
    private const int LeastBlock = 33;
    private const int LeastStep = 25;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _path;
    private readonly ChecksummedReader _reader;

    private TrajectoryReader(Stream stream, string path) => (_stream, _path, _reader) = (stream, path, new ChecksummedReader(stream, path));

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="steps">Receives the steps.</param>
    /// <exception cref="InvalidDataException">It was cut short, altered, is no trajectory of numbers of this kind, or says what is true of no
    /// training.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (TrajectoryHeader Header, CheckpointsInFile<T> Checkpoints) Read(string path, TrajectorySteps<T> steps)
    {
        using var stream = File.OpenRead(path);
        if (!stream.CanSeek)
        {
            throw new IOException($"'{path}' can only be read from its start to its end; a trajectory is read at any place. Copy it to a file.");
        }

        return new TrajectoryReader<T>(stream, path).Read(steps);
    }

    private (TrajectoryHeader Header, CheckpointsInFile<T> Checkpoints) Read(TrajectorySteps<T> steps)
    {
        Span<byte> magic = stackalloc byte[TrajectoryFile.Start.Length];
        _reader.Read(magic);
        if (!magic.SequenceEqual(TrajectoryFile.Start))
        {
            throw new InvalidDataException($"'{_path}' is not a trajectory file.");
        }

        var version = _reader.Read<int>();
        if (version != TrajectoryFile.Version)
        {
            throw new InvalidDataException(
                $"The trajectory file '{_path}' is of version {version}; this library reads version {TrajectoryFile.Version}. Train again with a Trajectory.");
        }

        var trailer = ReadTrailer();
        var (header, checksum) = ReadHeader(trailer.Start);
        var store = ReadCheckpoints(header, checksum, trailer.Start, trailer.Checkpoints);
        if (trailer.Before != ReadSteps(header, store.LastChecksum, trailer.Start, steps))
        {
            throw OfTwoTrainings("trailer");
        }

        Require(store.Steps[0] == 0 && store.Steps[^1] == steps.Count,
            $"it has {steps.Count} steps and checkpoints from step {store.Steps[0]} to {store.Steps[^1]}, so that the first or the final weights are missing");
        return (header, store);
    }

    private (uint Before, long Start, long Checkpoints) ReadTrailer()
    {
        if (_stream.Length < TrajectoryFile.TrailerLength)
        {
            throw CutShort();
        }

        _stream.Position = _stream.Length - TrajectoryFile.TrailerLength;
        var reader = new ChecksummedReader(_stream, _path);
        var before = reader.Read<uint>();
        var (start, checkpoints, length) = (reader.Read<long>(), reader.Read<long>(), reader.Read<long>());
        Span<byte> magic = stackalloc byte[TrajectoryFile.End.Length];
        reader.Read(magic);
        if (!magic.SequenceEqual(TrajectoryFile.End))
        {
            throw CutShort();
        }

        reader.RequireChecksum("the trailer");
        if (length != _stream.Length)
        {
            throw CutShort();
        }

        return start >= 0 && start <= length - TrajectoryFile.TrailerLength - sizeof(uint) && checkpoints > 0
            ? (before, start, checkpoints)
            : throw False(string.Create(CultureInfo.InvariantCulture, $"its trailer has {checkpoints} checkpoints and the steps at byte {start} of {length}"));
    }

    /// <summary>Reads the header, which ends before the checkpoints.</summary>
    private (TrajectoryHeader Header, uint Checksum) ReadHeader(long before)
    {
        _stream.Position = TrajectoryFile.Start.Length + sizeof(int);
        var length = new ChecksummedReader(_stream, _path).Read<long>();
        if (length < LeastHeader || length > before)
        {
            throw new InvalidDataException($"The trajectory file '{_path}' was altered: its header is said to have {length} bytes. Train again with a Trajectory.");
        }

        _stream.Position = 0;
        var checksum = new ChecksummedReader(_stream, _path).Verify(length - sizeof(uint), "the header");
        var end = length - sizeof(uint);
        _stream.Position = TrajectoryFile.Start.Length + sizeof(int) + sizeof(long);
        var size = _reader.Read<int>();
        if (size != Unsafe.SizeOf<T>())
        {
            throw new InvalidDataException(
                $"The trajectory file '{_path}' holds numbers of {size} bytes, not of {Unsafe.SizeOf<T>()}: open it as a trajectory of the model's own precision.");
        }

        var examples = _reader.Read<long>();
        Require(examples >= 1 && examples <= Array.MaxLength, $"it is of {examples} examples");
        var set = new SetFingerprint(_reader.Read<uint>(), _reader.Read<uint>(), _reader.Read<uint>(), _reader.Read<uint>());
        var momentum = _reader.Read<double>();
        Require(momentum >= 0 && momentum < 1, $"its momentum is {momentum}");
        var scaling = Scaling(_reader.Read<double>(), _reader.Read<byte>());
        var declaration = ReadText(end, "declaration");
        var (layout, decay) = ReadBlocks(end);
        Require(_stream.Position == end, $"its header does not end where it says");
        _stream.Position = length;
        return (new TrajectoryHeader(layout, decay, momentum, scaling, (int)examples, set, declaration), checksum);
    }

    private GradientScaling Scaling(double limit, byte normalises)
    {
        Require(limit > 0 && (normalises == 0 || normalises == 1 && limit == 1), $"it scales gradients to {limit}");
        return normalises == 1 ? GradientScaling.Normalise : double.IsPositiveInfinity(limit) ? GradientScaling.None : GradientScaling.Clip(limit);
    }

    private (ParameterLayout Layout, double[] Decay) ReadBlocks(long end)
    {
        var count = _reader.Read<int>();
        Require(count >= 1 && count <= (end - _stream.Position) / LeastBlock, $"it has {count} blocks of parameters");
        var blocks = new (string Name, int Rows, int Columns, int RowIndex, double L2, bool IsBias)[count];
        var (decay, line, storage) = (new double[count], ParameterLayout.LineOf<T>(), 0L);
        for (var b = 0; b < count; b++)
        {
            var name = ReadText(end, "name of a block of parameters");
            Require(end - _stream.Position >= LeastBlock - sizeof(int), $"its header ends within a block of parameters");
            var (rows, columns, rowIndex, bias) = (_reader.Read<int>(), _reader.Read<int>(), _reader.Read<int>(), _reader.Read<byte>());
            var l2 = _reader.Read<double>();
            decay[b] = _reader.Read<double>();
            blocks[b] = (name, rows, columns, rowIndex, l2, bias == 1);
            Require(bias <= 1, $"its block {name} is marked {bias}, which is neither a bias nor none");
            var fewest = rowIndex >= 0 ? ParameterLayout.Scalars : 1;
            Require(rows >= 1 && columns >= fewest && rowIndex >= -1 && rowIndex < count, $"its block {name} has {rows}×{columns} parameters and the row index {rowIndex}");
            Require(l2 >= 0 && double.IsFinite(l2) && decay[b] >= 0 && double.IsFinite(decay[b]), $"its block {name} has the penalties {l2} and {decay[b]}");
            storage += columns == ParameterLayout.Scalars ? ((long)rows + line - 1) / line * line : ((long)columns + line - 1) / line * line * rows;
            Require(storage <= Array.MaxLength - line, $"its parameters take {storage} numbers and more");
        }

        try
        {
            return (new ParameterLayout(line, blocks), decay);
        }
        catch (ArgumentException)
        {
            throw False($"its blocks {string.Join(", ", blocks.Select(block => block.Name))} are not in the order of their row indices, or tables of one index have different numbers of rows");
        }
    }

    private string ReadText(long end, string what)
    {
        var length = end - _stream.Position < sizeof(int) ? -1 : _reader.Read<int>();
        Require(length >= 0 && length <= end - _stream.Position, $"its header ends within the {what}");
        var bytes = new byte[length];
        _reader.Read(bytes.AsSpan());
        try
        {
            return _strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw False($"the {what} is not UTF-8");
        }
    }

    private CheckpointsInFile<T> ReadCheckpoints(TrajectoryHeader header, uint headerChecksum, long end, long count)
    {
        var numbers = (header.Momentum > 0 ? 2L : 1L) * header.Layout.Count;
        var length = CheckpointsInFile<T>.Prefix + numbers * Unsafe.SizeOf<T>() + sizeof(uint);
        Require((end - _stream.Position) % length == 0 && (end - _stream.Position) / length == count,
            $"{count} checkpoints of {length} bytes do not lie between its header and its steps");
        var store = new CheckpointsInFile<T>(_path, header.Layout, headerChecksum);
        var (values, last) = (new T[(int)Math.Min(numbers, NumbersAtOnce)], -1L);
        var reader = new ChecksummedReader(_stream, _path);
        for (var index = 0L; index < count; index++)
        {
            var offset = _stream.Position;
            var (step, isFinite) = (reader.Read<long>(), true);
            var before = reader.Read<uint>();
            for (var rest = numbers; rest > 0; rest -= values.Length)
            {
                var part = values.AsSpan(0, (int)Math.Min(rest, values.Length));
                reader.Read(part);
                isFinite &= AreFinite(part);
            }

            var checksum = reader.RequireChecksum($"checkpoint {index}");
            if (before != store.LastChecksum)
            {
                throw OfTwoTrainings($"checkpoint {index}");
            }

            Require(step > last && step <= int.MaxValue, $"checkpoint {index} is of step {step}, the one before of step {last}");
            Require(isFinite, $"the weights before step {step} are not finite");
            store.Found((int)step, offset, checksum);
            last = step;
        }

        return store;
    }

    /// <returns>The checksum.</returns>
    private uint ReadSteps(TrajectoryHeader header, uint before, long start, TrajectorySteps<T> steps)
    {
        var end = _stream.Length - TrajectoryFile.TrailerLength - sizeof(uint);
        var reader = new ChecksummedReader(_stream, _path);
        _stream.Position = start;
        var checksum = reader.Verify(end - start, "the steps");
        _stream.Position = start;
        Require(end - start >= sizeof(uint) + sizeof(long), $"its steps are not counted");
        if (reader.Read<uint>() != before)
        {
            throw OfTwoTrainings("list of steps");
        }

        var count = reader.Read<long>();
        Require(count >= 0 && count <= (end - _stream.Position) / LeastStep && count <= int.MaxValue, $"it has {count} steps in {end - start} bytes");
        var (numbers, isSum, isMean) = (0L, true, true);
        for (var step = 0; step < count; step++)
        {
            Require(end - _stream.Position >= LeastStep, $"step {step} is not there");
            var (stepSize, factor, penaltyScale, flags) =
                (reader.Read<double>(), reader.Read<double>(), reader.Read<double>(), reader.Read<byte>());
            Require(stepSize >= 0 && double.IsFinite(stepSize) && flags <= (TrajectoryFile.FullBatch | TrajectoryFile.Scaled),
                $"step {step} has the rate {stepSize} and the kind {flags}");
            var isFullBatch = (flags & TrajectoryFile.FullBatch) != 0;
            var batch = isFullBatch ? header.Examples : end - _stream.Position < sizeof(int) ? -1 : reader.Read<int>();
            var (positions, coefficients) = (isFullBatch ? 0 : batch, (flags & TrajectoryFile.Scaled) == 0 ? 0 : batch);
            Require(batch >= 1 && (long)positions * sizeof(int) + (long)coefficients * Unsafe.SizeOf<T>() <= end - _stream.Position,
                $"step {step} is on {batch} examples, which are not there");
            numbers += Math.Max(positions, coefficients);
            Require(numbers <= Array.MaxLength, $"its batches are too long to be held");
            isSum &= factor == stepSize && penaltyScale == batch;
            isMean &= factor == stepSize / batch && penaltyScale == 1;
            Require(isSum || isMean, $"step {step} on {batch} examples with the rate {stepSize} moves by {factor} and {penaltyScale} penalties");
            steps.Add(stepSize, factor, penaltyScale, isFullBatch, ReadPositions(reader, positions, header.Examples, step),
                ReadCoefficients(reader, coefficients, header.Scaling, step));
        }

        Require(_stream.Position == end, $"its steps do not end where the trailer begins");
        return checksum;
    }

    private int[] ReadPositions(ChecksummedReader reader, int count, int examples, int step)
    {
        var positions = new int[count];
        reader.Read(positions.AsSpan());
        var last = 0;
        foreach (var position in positions)
        {
            Require(position >= last && position < examples, $"the batch of step {step} names position {position} of {examples} examples after {last}");
            last = position;
        }

        return positions;
    }

    private T[] ReadCoefficients(ChecksummedReader reader, int count, GradientScaling scaling, int step)
    {
        var coefficients = new T[count];
        reader.Read(coefficients.AsSpan());
        Require(count == 0 == scaling.IsNone, $"step {step} has {count} coefficients");
        foreach (var c in coefficients)
        {
            Require(T.IsFinite(c) && c >= T.Zero && (c <= T.One || scaling.Normalises), $"step {step} has a coefficient of {c}");
        }

        return coefficients;
    }

    private static bool AreFinite(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
        {
            if (!T.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="InvalidDataException">It is not.</exception>
    private void Require(bool isTrue, [InterpolatedStringHandlerArgument(nameof(isTrue))] Complaint otherwise)
    {
        if (!isTrue)
        {
            throw False(otherwise.Text());
        }
    }

    private InvalidDataException False(string what) =>
        new($"The trajectory file '{_path}' is whole but says what is true of no training: {what}. Train again with a Trajectory.");

    private InvalidDataException OfTwoTrainings(string section) =>
        new($"The trajectory file '{_path}' was put together of two trainings: its {section} does not follow what is before. Train again with a Trajectory.");

    private InvalidDataException CutShort() =>
        new($"The trajectory file '{_path}' was cut short: its trailer is missing. Train again with a Trajectory.");

    /// <summary>What is said of a file where something is not true, and is not put into words where it is.</summary>
    [InterpolatedStringHandler]
    private ref struct Complaint
    {
        private DefaultInterpolatedStringHandler _text;

        public Complaint(int literalLength, int formattedCount, bool isTrue, out bool isWanted)
        {
            isWanted = !isTrue;
            if (isWanted)
            {
                _text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);
            }
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<TValue>(TValue value) => _text.AppendFormatted(value);

        public string Text() => _text.ToStringAndClear();
    }
}
