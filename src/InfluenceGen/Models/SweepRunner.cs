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
public sealed class SweepRunner<TModel, T> : IPartedWork
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

    private Sweep _sweep;
    private int _parts;
    private int _pass;
    private ExampleSet<T> _examples = null!;
    private ExampleSet<T> _right = null!;
    private AlignedBuffer<T> _weights = null!;
    private AlignedBuffer<T>? _coefficients;
    private AlignedBuffer<T>? _direction;
    private AlignedBuffer<T>? _outputGradients;
    private AlignedBuffer<T>? _rightOutputGradients;
    private AlignedBuffer<T> _result = null!;
    private int _resultOffset;
    private AlignedBuffer<T>? _flows;

    /// <summary>Sweeps of <paramref name="model"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="team">The threads to share large sweeps among.</param>
    public SweepRunner(TModel model, WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        _model = model;
        _team = team;
        Layout = model.Layout;
        foreach (var block in Layout.Blocks)
        {
            HasTables |= block.RowIndex >= 0;
            _touchedByExample += block.RowIndex >= 0 ? block.Columns : block.Count;
        }
    }

    private enum Sweep
    {
        Predict,
        Loss,
        OutputGradient,
        GradientDot,
        GradientSquaredNorm,
        Gradients,
        GradientSum,
        GradientSumWithFlow,
        Flow,
        GradientGram,
    }

    /// <summary>The model.</summary>
    public TModel Model => _model;

    /// <summary>The model's parameter layout.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Whether the parameters lie in embedding tables, of which an example touches one row each.</summary>
    public bool HasTables { get; }

    /// <summary>How many numbers <see cref="Flow"/> writes: one for each example, or for each row of the owned table.</summary>
    public int FlowLength(ExampleSet<T> examples) => _model.OwnsRows ? examples.RowCount(0) : examples.Count;

    /// <summary>The embedding table whose rows a pass adds up.</summary>
    /// <exception cref="InvalidOperationException">The model has no such table.</exception>
    public ParameterBlock TableOf(int pass)
    {
        foreach (var block in Layout.Blocks)
        {
            if (block.RowIndex == pass)
            {
                return block;
            }
        }

        throw new InvalidOperationException($"The model has no table of row index {pass}.");
    }

    /// <summary>Writes the output s_i of each example.</summary>
    public void Predict(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> outputs) =>
        Start(Sweep.Predict, examples, weights, outputs);

    /// <summary>Writes the loss ℓ_i of each example.</summary>
    public void Loss(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> losses) =>
        Start(Sweep.Loss, examples, weights, losses);

    /// <summary>Writes r_i = ∂ℓ_i/∂s_i of each example.</summary>
    public void OutputGradient(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> outputGradients) =>
        Start(Sweep.OutputGradient, examples, weights, outputGradients);

    /// <summary>Writes g_i · v for each example.</summary>
    public void GradientDot(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> direction,
        AlignedBuffer<T> dots)
    {
        _direction = direction;
        Start(Sweep.GradientDot, examples, weights, dots);
    }

    /// <summary>Writes |g_i|² for each example.</summary>
    public void GradientSquaredNorm(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> norms) =>
        Start(Sweep.GradientSquaredNorm, examples, weights, norms);

    /// <summary>Writes g_i, <see cref="IModel{T}.GradientRowLength"/> numbers for each example.</summary>
    public void Gradients(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> rows) =>
        Start(Sweep.Gradients, examples, weights, rows);

    /// <summary>Writes Σ_i c_i g_i in storage order, and each r_i.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="outputGradients">Receives r_i.</param>
    /// <param name="gradient">Receives the sum. Table rows that no segment of the set covers (those outside a
    /// mini-batch) keep what they held.</param>
    public void GradientSum(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> outputGradients, AlignedBuffer<T> gradient)
    {
        _coefficients = coefficients;
        _outputGradients = outputGradients;
        Sum(Sweep.GradientSum, examples, weights, gradient);
    }

    /// <summary><see cref="GradientSum"/> and <see cref="Flow"/> of the same examples, reading each example once.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="direction">v, in storage order.</param>
    /// <param name="outputGradients">Receives r_i.</param>
    /// <param name="gradient">Receives Σ_i c_i g_i, as <see cref="GradientSum"/> does.</param>
    /// <param name="flows">Receives the flows, <see cref="FlowLength"/> of them.</param>
    public void GradientSumWithFlow(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> direction, AlignedBuffer<T> outputGradients, AlignedBuffer<T> gradient, AlignedBuffer<T> flows)
    {
        _coefficients = coefficients;
        _direction = direction;
        _outputGradients = outputGradients;
        _flows = flows;
        Sum(Sweep.GradientSumWithFlow, examples, weights, gradient);
    }

    /// <summary>
    /// Writes c_i g_i · v over the blocks that carry flows, from stored r_i: <see cref="FlowLength"/> numbers.
    /// </summary>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="direction">v, in storage order.</param>
    /// <param name="outputGradients">r_i, as a gradient sum at the same weights left it.</param>
    /// <param name="flows">Receives the flows; rows that no segment of the set covers keep what they held.</param>
    public void Flow(ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> direction, AlignedBuffer<T> outputGradients, AlignedBuffer<T> flows)
    {
        _coefficients = coefficients;
        _direction = direction;
        _outputGradients = outputGradients;
        Start(Sweep.Flow, examples, weights, flows);
    }

    /// <summary>
    /// Writes one sum Σ c_i g_i for each segment of a pass, to the row that is its target and nowhere else: the sums of
    /// individuals, or of what an individual and an item share, rather than of the whole set.
    /// </summary>
    /// <param name="pass">Which pass.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or null where every one is 1.</param>
    /// <param name="outputGradients">r_i: written by pass 0, read by the others.</param>
    /// <param name="sums">Receives the sums; rows as for <see cref="IModel{T}.GradientSum"/>.</param>
    public void SegmentSums(int pass, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T>? coefficients,
        AlignedBuffer<T> outputGradients, AlignedBuffer<T> sums)
    {
        _coefficients = coefficients;
        _outputGradients = outputGradients;
        Start(Sweep.GradientSum, examples, weights, sums, pass);
    }

    /// <summary>Writes g_a · g_b for every pair, left.Count rows of right.Count columns.</summary>
    public void GradientGram(ExampleSet<T> left, ExampleSet<T> right, AlignedBuffer<T> weights,
        AlignedBuffer<T> leftOutputGradients, AlignedBuffer<T> rightOutputGradients, AlignedBuffer<T> gram)
    {
        gram.Span[..checked(left.Count * right.Count)].Clear();
        _right = right;
        _outputGradients = leftOutputGradients;
        _rightOutputGradients = rightOutputGradients;
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            Start(Sweep.GradientGram, left, weights, gram, pass);
        }
    }

    void IPartedWork.Run(int part)
    {
        var segments = _examples.SegmentsOf(_pass);
        Run(Cut(segments, part), Cut(segments, part + 1));
    }

    private void Sum(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> gradient)
    {
        if (HasTables)
        {
            for (var pass = 0; pass < _model.Passes; pass++)
            {
                Start(pass == 0 ? sweep : Sweep.GradientSum, examples, weights, gradient, pass, TableOf(pass).Offset);
            }

            return;
        }

        var chunks = examples.SegmentsOf(0).Count;
        if (chunks == 1)
        {
            Start(sweep, examples, weights, gradient);
            return;
        }

        var length = Layout.StorageLength;
        if (_partials.Length < chunks * length)
        {
            _partials = new AlignedBuffer<T>(checked(chunks * length));
        }

        Start(sweep, examples, weights, _partials);
        var sum = gradient.Span[..length];
        _partials.Span[..length].CopyTo(sum);
        for (var chunk = 1; chunk < chunks; chunk++)
        {
            TensorPrimitives.Add(sum, _partials.Span.Slice(chunk * length, length), sum);
        }
    }


    private void Start(Sweep sweep, ExampleSet<T> examples, AlignedBuffer<T> weights, AlignedBuffer<T> result,
        int pass = 0, int resultOffset = 0)
    {
        _sweep = sweep;
        _pass = pass;
        _examples = examples;
        _weights = weights;
        _result = result;
        _resultOffset = resultOffset;
        var work = (long)examples.Count * _touchedByExample;
        if (_team.Threads == 1 || work < WorkThreshold)
        {
            Run(0, examples.SegmentsOf(pass).Count);
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
            return part == 0 ? 0 : segments.Count;
        }

        var offsets = segments.Offsets;
        var position = (int)((long)offsets[^1] * part / _parts);
        int low = 0, high = segments.Count;
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
        var result = _result.Span[_resultOffset..];
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
            default:
                _model.GradientGram(_pass, _examples, _right, first, last, weights, _outputGradients!.Span,
                    _rightOutputGradients!.Span, result);
                break;
        }
    }

    private ReadOnlySpan<T> Coefficients => _coefficients is null ? [] : _coefficients.Span;
}
