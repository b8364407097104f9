using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <summary>
/// Runs the sweeps of a model over whole example sets, on as many threads as the work deserves. The sums do not depend
/// on the number of threads: chunks of examples with features give partial sums that are added in chunk order, and the
/// sum of an embedding row is written by one thread alone. A call allocates nothing once a set of that size was seen.
/// </summary>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
/// <remarks>Not safe for use by several callers at once.</remarks>
public sealed partial class SweepRunner<TModel, T> : IPartedWork
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Below this many parameters touched, a sweep runs on the caller's thread: handing out work costs some
    /// microseconds, as long as a few thousand multiplications.</summary>
    internal const long WorkThreshold = 1 << 17;

    // Parameters that a part of a shared sweep touches, a microsecond or so: long enough that taking it costs little,
    // short enough that threads end together. Very large sweeps have longer parts.
    private const long PartWork = 1 << 15;
    private const int MostPartsOfThread = 256;

    private readonly WorkerTeam _team;
    private readonly int _touchedByExample;
    private TModel _model;
    private AlignedBuffer<T> _partials = new(0);
    private int _partialsRowLength;
    private int _partialsCleared;
    private ExampleSet<T>? _roundsOf;
    private ExampleSet<T>? _rounds;
    private Segments _roundSegments = new(0, 0);

    private Sweep _sweep;
    private int _parts;
    private int _pass;
    private ExampleSet<T> _examples = null!;
    private ExampleSet<T> _right = null!;
    private AlignedBuffer<T> _weights = null!;
    private AlignedBuffer<T>? _coefficients;
    private AlignedBuffer<T>? _direction;
    private AlignedBuffer<T>? _otherDirection;
    private AlignedBuffer<T>? _cotangents;
    private int _cotangentsOffset;
    private AlignedBuffer<T>? _outputGradients;
    private AlignedBuffer<T>? _rightOutputGradients;
    private AlignedBuffer<T> _result = null!;
    private int _resultOffset;
    private int _resultLength;
    private int _first;
    private int _last;
    private AlignedBuffer<T>? _flows;
    private volatile bool _hasOther;

    /// <summary>Sweeps of <paramref name="model"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="team">The threads to share large sweeps among.</param>
    /// <exception cref="ArgumentException">The model's passes are not those of its layout.</exception>
    public SweepRunner(TModel model, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        _model = model;
        _team = team;
        Layout = model.Layout;
        (HasTables, ReadsColumns) = (Layout.HasTables, !Layout.IndexRows.IsEmpty);
        if (model.Passes != Layout.Passes)
        {
            throw new ArgumentException(
                $"{typeof(TModel)} has {model.Passes} passes; its blocks are added up in {Layout.Passes} (ParameterLayout.Passes).", nameof(model));
        }

        foreach (var block in Layout.Blocks)
        {
            _touchedByExample += block.IsTable ? block.Columns : block.Count;
        }
    }

    private enum Sweep
    {
        Predict,
        Loss,
        OutputGradient,
        GradientDot,
        LinearDots,
        GradientSquaredNorm,
        Gradients,
        GradientSum,
        GradientSumWithFlow,
        Flow,
        GradientGram,
        OutputHessian,
        LastLayerFeatures,
        OutputDot,
        OutputAdjointSum,
        Curve,
        HessianVectorSum,
        HessianSum,
        HessianDot,
        ThirdDerivativeSum,
    }

    /// <summary>The model.</summary>
    public TModel Model => _model;

    /// <summary>The blocks that sweeps differentiate in; see <see cref="IModel{T}.Blocks"/>.</summary>
    public BlockSet Blocks
    {
        get => _model.Blocks;
        set => _model.Blocks = value;
    }

    /// <summary>The model's parameter layout.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>
    /// Elements of partial sums held at once, 64 MB of double; more only where one row for each thread takes more. Chunks
    /// beyond that take turns, which leaves the order of additions, and so every bit, as it was.
    /// </summary>
    internal long PartialBudget { get; init; } = 1 << 23;

    /// <summary>Whether parameters lie in tables, of which an example touches one row each.</summary>
    public bool HasTables { get; }

    /// <summary>Whether examples name rows of tables, which may be read whole: they may then carry a penalty of their own, so that gradients
    /// are not multiples of output derivatives.</summary>
    internal bool ReadsColumns { get; }

    /// <summary>How many numbers <see cref="Flow"/> writes: one for each example, or for each row of the owned table.</summary>
    public int FlowLength(ExampleSet<T> examples) => _model.OwnsRows ? examples.RowCount(0) : examples.Count;

    void IPartedWork.Run(int part)
    {
        var segments = _examples.SegmentsOf(_pass);
        Run(Cut(segments, part), Cut(segments, part + 1));
    }

    /// <summary>Adds up over all segments of every pass: rows of tables where they lie, and chunks of examples in chunk order.</summary>
    /// <param name="sweep">What to run; of several passes, those after the first run <see cref="Sweep.GradientSum"/> in place
    /// of the fused sweep.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="result">Receives <paramref name="directions"/> sums, one behind the other.</param>
    /// <param name="start">Where the first of them starts.</param>
    /// <param name="rowLength">Elements of one sum.</param>
    /// <param name="directions">K.</param>
    /// <param name="perExample">Multiplications that an example takes, about.</param>
    private void Sum(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> result, int start,
        int rowLength, int directions, long perExample)
    {
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            var part = pass > 0 && sweep == Sweep.GradientSumWithFlow ? Sweep.GradientSum : sweep;
            if (!HasTables)
            {
                SumChunks(part, examples, weights, result, pass, start, rowLength, rowLength, directions, perExample);
            }
            else if (!Layout.IsOfTables(pass))
            {
                SumChunks(part, examples, weights, result, pass, start + Layout.OffsetOf(pass), (int)Layout.SumLength(pass, 1), rowLength,
                    directions, perExample);
            }
            else if (directions == 1)
            {
                Start(part, examples, weights, result, pass, start + Layout.OffsetOf(pass), perExample, RowsLength(examples, pass));
            }
            else
            {
                SumRows(part, examples, weights, result, pass, directions, perExample);
            }
        }
    }

    /// <summary>Adds up partial sums of chunks of examples, in their order.</summary>
    /// <param name="sweep">What to run.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="result">Receives the sums.</param>
    /// <param name="pass">The pass whose segments are chunks.</param>
    /// <param name="start">Where the first direction's sum starts.</param>
    /// <param name="rowLength">Elements of a sum.</param>
    /// <param name="apart">Elements from one direction's sum to the next's.</param>
    /// <param name="directions">K.</param>
    /// <param name="perExample">Multiplications that an example takes, about.</param>
    private void SumChunks(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> result, int pass, int start,
        int rowLength, int apart, int directions, long perExample)
    {
        var chunks = examples.SegmentsOf(pass).Count;
        var length = checked(directions * rowLength);
        if (chunks == 1 && (directions == 1 || rowLength == apart))
        {
            Start(sweep, examples, weights, result, pass, start, perExample, length);
            return;
        }

        var fewest = Math.Min(Math.Min(_team.Threads, chunks), Math.Max(1, AlignedBuffer<T>.MaxLength / length));
        var rows = (int)Math.Clamp(PartialBudget / length, fewest, chunks);
        ReservePartials((long)rows * length, rowLength);
        var visited = rows == chunks ? examples : InRounds(examples, rows);
        for (var first = 0; first < chunks; first += rows)
        {
            var last = Math.Min(first + rows, chunks);
            Start(sweep, visited, weights, _partials, pass, 0, perExample, rows * length, first, last);
            for (var direction = 0; direction < directions; direction++)
            {
                var sum = result.Span.Slice(start + direction * apart, rowLength);
                for (var row = 0; row < last - first; row++)
                {
                    ReadOnlySpan<T> partial = _partials.Span.Slice((direction * rows + row) * rowLength, rowLength);
                    if (first + row == 0)
                    {
                        partial.CopyTo(sum);
                    }
                    else
                    {
                        TensorPrimitives.Add(sum, partial, sum);
                    }
                }
            }
        }
    }

    /// <summary>Elements that a pass over rows of tables writes to, as many as they have in storage.</summary>
    /// <exception cref="ArgumentException">The segments' targets are not the tables' rows.</exception>
    private int RowsLength(ExampleSet<T> examples, int pass)
    {
        var (targets, rows) = (examples.SegmentsOf(pass).TargetRows, Layout.Blocks[Layout.BlocksOf(pass).Start.Value].Rows);
        return targets == rows
            ? (int)Layout.SumLength(pass, rows)
            : throw new ArgumentException($"The segments of pass {pass} write to {targets} rows; the model's tables have {rows}.", nameof(examples));
    }

    /// <summary>Adds up rows of tables for several directions, whose sums lie a whole storage apart, and leaves the rows alone that no
    /// segment covers.</summary>
    private void SumRows(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> result, int pass,
        int directions, long perExample)
    {
        // What stands in pads here is nobody's: columns alone are taken.
        var length = RowsLength(examples, pass);
        AlignedBuffer<T>.Grow(ref _partials, (long)directions * length);
        _partialsCleared = 0;
        Start(sweep, examples, weights, _partials, pass, 0, perExample, directions * length);
        var (first, count) = Layout.BlocksOf(pass).GetOffsetAndLength(Layout.Blocks.Length);
        for (var direction = 0; direction < directions; direction++)
        {
            ReadOnlySpan<T> sums = _partials.Span.Slice(direction * length, length);
            foreach (ref readonly var table in Layout.Blocks.AsSpan().Slice(first, count))
            {
                var from = sums.Slice(table.Offset - Layout.OffsetOf(pass), table.StorageLength);
                var into = result.Span.Slice(direction * Layout.StorageLength + table.Offset, table.StorageLength);
                foreach (var row in examples.SegmentsOf(pass).Targets)
                {
                    from.Slice(row * table.Stride, table.Columns).CopyTo(into[(row * table.Stride)..]);
                }
            }
        }
    }

    /// <summary>The same examples in the same chunks, every <paramref name="rows"/> of which write to the same rows of
    /// partial sums as those before.</summary>
    private ExampleSet<T> InRounds(ExampleSet<T> examples, int rows)
    {
        var chunks = examples.Chunks;
        if (!ReferenceEquals(_roundsOf, examples) || _roundSegments.Capacity < chunks.Count)
        {
            _roundSegments = new Segments(chunks.Count, 0);
            _rounds = examples.With(_roundSegments);
            _roundsOf = examples;
        }

        _roundSegments.FillRounds(chunks, rows);
        _rounds!.CountAs(examples);
        return _rounds;
    }

    /// <summary>Makes room for partial sums. Sweeps leave pads as they find them, so what stood in rows of another shape is
    /// cleared.</summary>
    private void ReservePartials(long length, int rowLength)
    {
        AlignedBuffer<T>.Grow(ref _partials, length);
        if (_partialsRowLength != rowLength || _partialsCleared < length)
        {
            _partials.Span[..(int)length].Clear();
            (_partialsRowLength, _partialsCleared) = (rowLength, (int)length);
        }
    }

    /// <exception cref="ArgumentException">The directions are not some whole vectors.</exception>
    private int DirectionsIn(AlignedBuffer<T> directions)
    {
        var (count, rest) = Math.DivRem(directions.Length, Layout.StorageLength);
        return count > 0 && rest == 0
            ? count
            : throw new ArgumentException(
                $"The directions hold {directions.Length} elements; each takes {Layout.StorageLength}.", nameof(directions));
    }

    private void Start(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> result,
        int pass = 0, int resultOffset = 0, long perExample = 0, int? resultLength = null, int first = 0, int? last = null)
    {
        _sweep = sweep;
        _pass = pass;
        _examples = examples;
        _weights = weights;
        _result = result;
        _resultOffset = resultOffset;
        _resultLength = resultLength ?? result.Length - resultOffset;
        _first = first;
        var segments = examples.SegmentsOf(pass);
        _last = last ?? segments.Count;
        var visited = segments.Offsets[_last] - segments.Offsets[_first];
        var work = visited * Math.Max(perExample, _touchedByExample);
        if (_team.Threads == 1 || work < WorkThreshold)
        {
            Run(_first, _last);
            return;
        }

        _parts = _team.Threads * (int)Math.Clamp(work / (_team.Threads * PartWork), 1, MostPartsOfThread);
        _team.Run(this, _parts);
    }

    /// <summary>The segment a part begins with: parts hold about as many examples each, whatever the threads.</summary>
    private int Cut(Segments segments, int part)
    {
        if (part == 0 || part == _parts)
        {
            return part == 0 ? _first : _last;
        }

        var offsets = segments.Offsets;
        var position = offsets[_first] + (int)((long)(offsets[_last] - offsets[_first]) * part / _parts);
        int low = _first, high = _last;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (offsets[middle] < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Run(int first, int last)
    {
        if (first == last)
        {
            return;
        }

        ReadOnlySpan<T> weights = _weights.Span;
        var result = _result.Span.Slice(_resultOffset, _resultLength);
        switch (_sweep)
        {
            case Sweep.Predict:
                _model.Predict(_examples, first, last, weights, result);
                break;
            case Sweep.Loss:
                _model.Loss(_examples, first, last, weights, result);
                break;
            case Sweep.OutputGradient:
                _model.OutputGradient(_examples, first, last, weights, result);
                break;
            case Sweep.GradientDot:
                _model.GradientDot(_examples, first, last, weights, _direction!.Span, result);
                break;
            case Sweep.LinearDots:
                if (!LinearOutputDots.Write(Layout, _model.Blocks, _model.Outputs, _model.OutputStride, _examples, first, last,
                    _outputGradients!.Span, _direction!.Span, result))
                {
                    _hasOther = true;
                }

                break;
            case Sweep.GradientSquaredNorm:
                _model.GradientSquaredNorm(_examples, first, last, weights, result);
                break;
            case Sweep.Gradients:
                _model.Gradients(_examples, first, last, weights, result);
                break;
            case Sweep.GradientSum:
                _model.GradientSum(_pass, _examples, first, last, weights, Coefficients, _outputGradients!.Span, result);
                break;
            case Sweep.GradientSumWithFlow:
                _model.GradientSumWithFlow(_examples, first, last, weights, Coefficients, _direction!.Span,
                    _outputGradients!.Span, result, _flows!.Span);
                break;
            case Sweep.Flow:
                _model.Flow(_examples, first, last, weights, Coefficients, _direction!.Span, _outputGradients!.Span, result);
                break;
            case Sweep.OutputHessian:
                _model.OutputHessian(_examples, first, last, weights, result);
                break;
            case Sweep.LastLayerFeatures:
                _model.LastLayerFeatures(_examples, first, last, weights, result);
                break;
            case Sweep.OutputDot:
                _model.OutputDot(_examples, first, last, weights, _direction!.Span, result);
                break;
            case Sweep.OutputAdjointSum:
                _model.OutputAdjointSum(_pass, _examples, first, last, weights, Cotangents, result);
                break;
            case Sweep.Curve:
                Curve(first, last, result);
                break;
            case Sweep.HessianVectorSum:
                _model.HessianVectorSum(_pass, _examples, first, last, weights, Coefficients, _direction!.Span, result);
                break;
            case Sweep.HessianSum:
                LinearOutputHessian.Sum(Layout, _model.Blocks, _model.Outputs, _examples, first, last, Coefficients,
                    _outputHessians.Span[..(_examples.Count * _model.Outputs * _model.OutputStride)], result);
                break;
            case Sweep.HessianDot:
                _model.HessianDot(_examples, first, last, weights, _direction!.Span, _otherDirection!.Span, result);
                break;
            case Sweep.ThirdDerivativeSum:
                _model.ThirdDerivativeSum(_pass, _examples, first, last, weights, Coefficients, _direction!.Span,
                    _otherDirection!.Span, result);
                break;
            default:
                _model.GradientGram(_pass, _examples, _right, first, last, weights, _outputGradients!.Span,
                    _rightOutputGradients!.Span, result);
                break;
        }
    }

    private ReadOnlySpan<T> Cotangents => _cotangents!.Span[_cotangentsOffset..];

    private ReadOnlySpan<T> Coefficients => _coefficients is null ? [] : _coefficients.Span;
}
