using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>
/// Adds up η red c_z g_z · g_te over steps, for pairs, for the sum of the test examples, or of each training example with itself: what
/// all forms of TracIn have in common, whether steps are stored or happen now. Once buffers have grown, a step allocates nothing.
/// </summary>
/// <remarks>
/// Pairs come from the factored Gram of gradients. For a model of features gradients are linear in the outputs' derivatives, so
/// these carry the factors and the Gram is added to the scores in place. Rows of tables carry a penalty of their own, so there the
/// scores are kept in units of the step's factor for as long as it stays the same.
/// </remarks>
internal sealed class TracInSum<TModel, T> : IPartedWork
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Training examples of one part of a product of projected gradients.
    private const int ProductPart = 512;

    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly WorkerTeam _team;
    private readonly int _trainingCount;
    private readonly bool _normalises;
    private readonly AlignedBuffer<T>? _projection;
    private readonly int _projected;
    private readonly int _projectedStride;
    private AlignedBuffer<T> _testDerivatives = new(0);
    private AlignedBuffer<T> _batchDerivatives = new(0);
    private AlignedBuffer<T> _testFactors = new(0);
    private AlignedBuffer<T> _batchFactors = new(0);
    private AlignedBuffer<T> _gram = new(0);
    private AlignedBuffer<T> _dots = new(0);
    private AlignedBuffer<T> _testRows = new(0);
    private AlignedBuffer<T> _batchRows = new(0);
    private AlignedBuffer<T> _direction = new(0);
    private AlignedBuffer<T> _spread = new(0);
    private AlignedBuffer<T> _product = new(0);
    private AlignedBuffer<T> _turned = new(0);
    private bool _isTurned;
    private int _productRows;
    private int _productColumns;
    private double _unit;

    /// <param name="model">The model.</param>
    /// <param name="trainingCount">n.</param>
    /// <param name="team">The threads.</param>
    /// <param name="scope">Whose gradients.</param>
    /// <param name="projection">What they are multiplied by; null for nothing.</param>
    /// <param name="normalises">Whether gradients are divided by their lengths.</param>
    public TracInSum(TModel model, int trainingCount, WorkerTeam team, ParameterScope scope, RandomProjection? projection, bool normalises)
    {
        _team = team;
        _trainingCount = trainingCount;
        _normalises = normalises;
        _sweeps = new SweepRunner<TModel, T>(model, team) { Blocks = scope.BlocksOf<TModel, T>(model) };
        _projection = projection?.Rows<T>(_sweeps.Layout);
        _projected = projection?.Dimension ?? 0;
        _projectedStride = ParameterLayout.RoundUp(_projected, _sweeps.Layout.Line);
    }

    /// <summary>Numbers of working memory that a test example takes beside its scores.</summary>
    /// <param name="test">How many test examples there are.</param>
    /// <param name="capacity">The most examples in a batch.</param>
    public long MemoryOf(int test, int capacity) =>
        2L * _sweeps.Model.OutputStride + _projectedStride
            + (_sweeps.ReadsColumns || capacity < _trainingCount || Turns(test, capacity) ? capacity : 0);

    /// <summary>Starts over.</summary>
    public void Begin() => (_unit, _isTurned) = (0, false);

    /// <summary>Adds a step to the scores of every pair: for each test example, a row of every training example's.</summary>
    public void AddPairs(in UpdateStep<T> step, ExampleSet<T> test, AlignedBuffer<T> scores)
    {
        if (step.Factor == 0)
        {
            return;
        }

        if (_normalises)
        {
            WriteInverseNorms(test, step.Weights, ref _testFactors);
            WriteInverseNorms(step.Batch, step.Weights, ref _batchFactors);
        }

        if (_projection is not null)
        {
            AddProjected(step, test, scores);
        }
        else if (_sweeps.ReadsColumns)
        {
            AddOfTables(step, test, scores);
        }
        else
        {
            AddOfFeatures(step, test, scores);
        }
    }

    /// <summary>Ends a sum of pairs: brings the scores into their own unit and order.</summary>
    public void Finish(AlignedBuffer<T> scores, int tests)
    {
        if (_isTurned)
        {
            DenseProducts.Transpose(ref _turned[0], tests, _trainingCount, tests, ref scores[0], _trainingCount);
        }

        ChangeUnit(scores.Span[..(tests * _trainingCount)], 1);
    }

    /// <summary>Adds a step to the scores of every training example on the sum of the test losses.</summary>
    public void AddJoint(in UpdateStep<T> step, ExampleSet<T> test, Span<T> scores)
    {
        if (_normalises)
        {
            WriteInverseNorms(test, step.Weights, ref _testFactors);
            WriteInverseNorms(step.Batch, step.Weights, ref _batchFactors);
        }

        var length = _sweeps.Layout.StorageLength;
        AlignedBuffer<T>.Grow(ref _testDerivatives, (long)test.Count * _sweeps.Model.OutputStride);
        Reserve(ref _direction, length);
        _direction.Span.Clear();
        _sweeps.GradientSum(test, step.Weights, _normalises ? _testFactors : null, _testDerivatives, _direction);
        var direction = _direction;
        if (_projection is not null)
        {
            // PᵀP v: the dot of two projected gradients is that of one gradient with the other projected there and back.
            Reserve(ref _spread, length);
            direction = _spread;
            direction.Span.Clear();
            for (var row = 0; row < _projected; row++)
            {
                ReadOnlySpan<T> of = _projection.Span.Slice(row * length, length);
                TensorPrimitives.MultiplyAdd(of, TensorPrimitives.Dot(of, _direction.Span), direction.Span, direction.Span);
            }
        }

        AlignedBuffer<T>.Grow(ref _dots, step.Batch.Count);
        _sweeps.GradientDot(step.Batch, step.Weights, direction, _dots);
        Scatter(step, _dots.Span, _normalises, scores);
    }

    /// <summary>Adds a step to the score of each training example on its own loss.</summary>
    public void AddSelf(in UpdateStep<T> step, Span<T> scores)
    {
        AlignedBuffer<T>.Grow(ref _gram, step.Batch.Count);
        if (_projection is null)
        {
            _sweeps.GradientSquaredNorm(step.Batch, step.Weights, _gram);
        }
        else
        {
            AlignedBuffer<T>.Grow(ref _dots, (long)_projected * step.Batch.Count);
            _sweeps.GradientDot(step.Batch, step.Weights, _projection, _dots);
            var norms = _gram.Span[..step.Batch.Count];
            norms.Clear();
            for (var row = 0; row < _projected; row++)
            {
                ReadOnlySpan<T> dots = _dots.Span.Slice(row * step.Batch.Count, step.Batch.Count);
                TensorPrimitives.MultiplyAdd(dots, dots, norms, norms);
            }
        }

        if (_normalises)
        {
            foreach (ref var norm in _gram.Span[..step.Batch.Count])
            {
                norm = norm > T.Zero ? T.One : T.Zero;
            }
        }

        Scatter(step, _gram.Span, false, scores);
    }

    void IPartedWork.Run(int part)
    {
        var first = part * ProductPart;
        DenseProducts.AddProductTransposed(ref _testRows[0], _projectedStride, ref _batchRows[first * _projectedStride], _projectedStride,
            ref _product[first], _productColumns, _productRows, _projected, Math.Min(ProductPart, _productColumns - first));
    }

    /// <summary>Whether the Gram of a model of features is taken the other way round: threads share the chunks of its left examples, and
    /// few test examples are one chunk. It goes by the counts alone, so that bits do not depend on the threads.</summary>
    private bool Turns(int tests, int batch) =>
        !_sweeps.ReadsColumns && _projection is null && tests <= ExampleSet<T>.ChunkLength && batch > ExampleSet<T>.ChunkLength;

    private void AddOfFeatures(in UpdateStep<T> step, ExampleSet<T> test, AlignedBuffer<T> scores)
    {
        var stride = _sweeps.Model.OutputStride;
        AlignedBuffer<T>.Grow(ref _testDerivatives, (long)test.Count * stride);
        AlignedBuffer<T>.Grow(ref _batchDerivatives, (long)step.Batch.Count * stride);
        _sweeps.OutputGradient(test, step.Weights, _testDerivatives);
        WriteBatchDerivatives(step);
        ScaleTest(step, test.Count, _testDerivatives.Span, stride);
        ScaleBatch(step, _batchDerivatives.Span, stride);
        if (step.IsFullBatch && Turns(test.Count, step.Batch.Count))
        {
            var length = test.Count * step.Batch.Count;
            AlignedBuffer<T>.Grow(ref _turned, length);
            if (!_isTurned)
            {
                _turned.Span[..length].Clear();
                _isTurned = true;
            }

            _sweeps.AddGradientGram(step.Batch, test, step.Weights, _batchDerivatives, _testDerivatives, _turned);
            return;
        }

        if (step.IsFullBatch)
        {
            _sweeps.AddGradientGram(test, step.Batch, step.Weights, _testDerivatives, _batchDerivatives, scores);
            return;
        }

        AlignedBuffer<T>.Grow(ref _gram, (long)test.Count * step.Batch.Count);
        _sweeps.GradientGram(test, step.Batch, step.Weights, _testDerivatives, _batchDerivatives, _gram);
        ScatterRows(step, test.Count, _gram.Span, scores.Span);
    }

    private void AddOfTables(in UpdateStep<T> step, ExampleSet<T> test, AlignedBuffer<T> scores)
    {
        AlignedBuffer<T>.Grow(ref _testDerivatives, (long)test.Count * _sweeps.Model.OutputStride);
        AlignedBuffer<T>.Grow(ref _batchDerivatives, (long)step.Batch.Count * _sweeps.Model.OutputStride);
        _sweeps.OutputGradient(test, step.Weights, _testDerivatives);
        WriteBatchDerivatives(step);
        var isScaled = _normalises || step.Coefficients is not null;
        if (step.IsFullBatch && !isScaled && (_unit == 0 || _unit == step.Factor))
        {
            ChangeUnit(scores.Span[..(test.Count * _trainingCount)], step.Factor);
            _sweeps.AddGradientGram(test, step.Batch, step.Weights, _testDerivatives, _batchDerivatives, scores);
            return;
        }

        ChangeUnit(scores.Span[..(test.Count * _trainingCount)], 1);
        AlignedBuffer<T>.Grow(ref _gram, (long)test.Count * step.Batch.Count);
        if (step.IsFullBatch)
        {
            _sweeps.GradientGram(test, step.Batch, step.Weights, _testDerivatives, _batchDerivatives, _gram);
            var factors = _normalises ? _batchFactors : step.Coefficients;
            for (var t = 0; t < test.Count; t++)
            {
                var row = _gram.Span.Slice(t * _trainingCount, _trainingCount);
                var into = scores.Span.Slice(t * _trainingCount, _trainingCount);
                if (factors is not null)
                {
                    TensorPrimitives.Multiply(row, factors.Span[.._trainingCount], row);
                }

                TensorPrimitives.MultiplyAdd(row, TestFactor(step, t), into, into);
            }

            return;
        }

        // Rows of the tables that are looked up belong to a whole set, so here the batch is on the left.
        _sweeps.GradientGram(step.Batch, test, step.Weights, _batchDerivatives, _testDerivatives, _gram);
        for (var i = 0; i < step.Batch.Count; i++)
        {
            var (position, factor) = (step.Positions[i], step.FactorOf(i));
            for (var t = 0; t < test.Count; t++)
            {
                scores[t * _trainingCount + position] += factor * _gram[i * test.Count + t];
            }
        }
    }

    private void AddProjected(in UpdateStep<T> step, ExampleSet<T> test, AlignedBuffer<T> scores)
    {
        ChangeUnit(scores.Span[..(test.Count * _trainingCount)], 1);
        WriteProjected(test, step.Weights, ref _testRows);
        WriteProjected(step.Batch, step.Weights, ref _batchRows);
        ScaleTest(step, test.Count, _testRows.Span, _projectedStride);
        ScaleBatch(step, _batchRows.Span, _projectedStride);
        (_productRows, _productColumns, _product) = (test.Count, step.Batch.Count, scores);
        if (!step.IsFullBatch)
        {
            AlignedBuffer<T>.Grow(ref _gram, (long)test.Count * step.Batch.Count);
            _gram.Span[..(test.Count * step.Batch.Count)].Clear();
            _product = _gram;
        }

        _team.Run(this, (step.Batch.Count - 1) / ProductPart + 1);
        if (!step.IsFullBatch)
        {
            ScatterRows(step, test.Count, _gram.Span, scores.Span);
        }
    }

    /// <summary>Writes P g of each example, a row each.</summary>
    private void WriteProjected(ExampleSet<T> examples, AlignedBuffer<T> weights, ref AlignedBuffer<T> rows)
    {
        AlignedBuffer<T>.Grow(ref _dots, (long)_projected * examples.Count);
        AlignedBuffer<T>.Grow(ref rows, (long)_projectedStride * examples.Count);
        _sweeps.GradientDot(examples, weights, _projection!, _dots);
        DenseProducts.Transpose(ref _dots[0], examples.Count, _projected, examples.Count, ref rows[0], _projectedStride);
    }

    private void WriteBatchDerivatives(in UpdateStep<T> step)
    {
        if (step.OutputGradients is null)
        {
            _sweeps.OutputGradient(step.Batch, step.Weights, _batchDerivatives);
            return;
        }

        step.OutputGradients.Span[..(step.Batch.Count * _sweeps.Model.OutputStride)].CopyTo(_batchDerivatives.Span);
    }

    private T TestFactor(in UpdateStep<T> step, int test)
    {
        var factor = T.CreateTruncating(step.Factor);
        return _normalises ? factor * _testFactors[test] : factor;
    }

    private void ScaleTest(in UpdateStep<T> step, int count, Span<T> rows, int stride)
    {
        if (!_normalises)
        {
            TensorPrimitives.Multiply(rows[..(count * stride)], T.CreateTruncating(step.Factor), rows);
            return;
        }

        for (var t = 0; t < count; t++)
        {
            var row = rows.Slice(t * stride, stride);
            TensorPrimitives.Multiply(row, TestFactor(step, t), row);
        }
    }

    private void ScaleBatch(in UpdateStep<T> step, Span<T> rows, int stride)
    {
        var factors = _normalises ? _batchFactors : step.Coefficients;
        for (var i = 0; factors is not null && i < step.Batch.Count; i++)
        {
            var row = rows.Slice(i * stride, stride);
            TensorPrimitives.Multiply(row, factors[i], row);
        }
    }

    private void ScatterRows(in UpdateStep<T> step, int tests, ReadOnlySpan<T> rows, Span<T> scores)
    {
        var count = step.Batch.Count;
        for (var t = 0; t < tests; t++)
        {
            var row = rows.Slice(t * count, count);
            var into = scores.Slice(t * _trainingCount, _trainingCount);
            for (var i = 0; i < count; i++)
            {
                into[step.Positions[i]] += row[i];
            }
        }
    }

    private void Scatter(in UpdateStep<T> step, ReadOnlySpan<T> values, bool normalises, Span<T> scores)
    {
        for (var i = 0; i < step.Batch.Count; i++)
        {
            var factor = normalises ? step.FactorOf(i) * _batchFactors[i] : step.FactorOf(i);
            scores[step.PositionOf(i)] += factor * values[i];
        }
    }

    /// <summary>Writes 1/|g_i|, and 0 for an example without a gradient, which points nowhere.</summary>
    private void WriteInverseNorms(ExampleSet<T> examples, AlignedBuffer<T> weights, ref AlignedBuffer<T> norms)
    {
        AlignedBuffer<T>.Grow(ref norms, examples.Count);
        _sweeps.GradientSquaredNorm(examples, weights, norms);
        foreach (ref var norm in norms.Span[..examples.Count])
        {
            norm = norm > T.Zero ? T.One / T.Sqrt(norm) : T.Zero;
        }
    }

    private void ChangeUnit(Span<T> scores, double unit)
    {
        if (_unit != 0 && _unit != unit)
        {
            TensorPrimitives.Multiply(scores, T.CreateTruncating(_unit / unit), scores);
        }

        _unit = unit;
    }

    private static void Reserve(ref AlignedBuffer<T> buffer, int length)
    {
        if (buffer.Length != length)
        {
            buffer = new AlignedBuffer<T>(length);
        }
    }
}
