using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// The influence of individuals on themselves through parameters that they share with others, step by step: for every
/// group of <see cref="SharedGroups{T}"/>, (Σ of its training gradients) · (Σ of its deployment gradients) over the blocks of one
/// pass. Of a mini-batch only the groups that it visits are looked at.
/// </summary>
internal sealed class OwnPairs<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SharedGroups<T> _groups;
    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly int _pass;
    private readonly (int Offset, int RowLength)[] _sums;
    private readonly int _outputStride;
    private readonly AlignedBuffer<T> _trainingSums;
    private readonly AlignedBuffer<T> _deploymentSums;
    private readonly AlignedBuffer<T> _trainingOutputGradients;
    private readonly AlignedBuffer<T> _deploymentOutputGradients;
    private readonly AlignedBuffer<T> _coefficients;
    private readonly Visit? _visit;

    public OwnPairs(SharedGroups<T> groups, SweepRunner<TModel, T> sweeps, TrainingStep<T> step)
    {
        _groups = groups;
        _sweeps = sweeps;
        _pass = groups.Pass;
        _sums = SumsOf(sweeps.Layout, _pass, groups.Count);
        _visit = step.BatchBuffer is { } buffer ? new Visit(groups, step.Training.Count, buffer.Capacity) : null;
        var visited = _visit?.Capacity ?? groups.Training.Count;
        _trainingSums = new AlignedBuffer<T>(sweeps.Layout.SumLength(_pass, groups.Count));
        _deploymentSums = new AlignedBuffer<T>(sweeps.Layout.SumLength(_pass, groups.Count));
        _outputStride = sweeps.Model.OutputStride;
        _trainingOutputGradients = new AlignedBuffer<T>(visited, _outputStride);
        _coefficients = new AlignedBuffer<T>(visited);
        _deploymentOutputGradients = new AlignedBuffer<T>(groups.Deployment.Count, _outputStride);
    }

    /// <summary>Adds η red c g·g′, over own pairs that share parameters, to each individual's sum.</summary>
    /// <param name="step">The step, its gradient summed.</param>
    /// <param name="deploymentOutputGradients">r of the whole deployment set at the step's weights.</param>
    /// <param name="self">One number for each individual.</param>
    /// <param name="size">As many numbers, which receive the same sums of absolute values.</param>
    public void AddTo(Span<T> self, Span<T> size, TrainingStep<T> step, ReadOnlySpan<T> deploymentOutputGradients)
    {
        var places = _visit is null ? _groups.TrainingPositions : _visit.Gather(step.Positions);
        var examples = _visit is null ? _groups.Training : _visit.Examples;
        if (examples.Count == 0)
        {
            return;
        }

        Pick(step.OutputGradients.Span, _outputStride, places, _trainingOutputGradients);
        Pick(deploymentOutputGradients, _outputStride, _groups.DeploymentPositions, _deploymentOutputGradients);
        if (step.Coefficients is { } coefficients)
        {
            Pick(coefficients.Span, 1, places, _coefficients);
        }

        _sweeps.SegmentSums(_pass, examples, step.Weights, step.Coefficients is null ? null : _coefficients,
            _trainingOutputGradients, _trainingSums);
        _sweeps.SegmentSums(_pass, _groups.Deployment, step.Weights, null, _deploymentOutputGradients, _deploymentSums);
        var factor = T.CreateTruncating(step.Factor);
        foreach (var group in examples.SegmentsOf(_pass).Targets)
        {
            var individual = _groups.IndividualOf[group];
            foreach (var (offset, rowLength) in _sums)
            {
                ReadOnlySpan<T> training = _trainingSums.Span.Slice(offset + group * rowLength, rowLength);
                ReadOnlySpan<T> deployment = _deploymentSums.Span.Slice(offset + group * rowLength, rowLength);
                var (dot, parts) = DotAndSize(training, deployment);
                self[individual] += factor * dot;
                size[individual] += factor * parts;
            }
        }
    }

    /// <summary>Where the rows of groups start, and how long each is: of every table, or of all other blocks together.</summary>
    private static (int Offset, int RowLength)[] SumsOf(ParameterLayout layout, int pass, int groups)
    {
        var (first, count) = layout.BlocksOf(pass).GetOffsetAndLength(layout.Blocks.Length);
        if (!layout.IsOfTables(pass))
        {
            return [(0, (int)layout.SumLength(pass, 1))];
        }

        var sums = new (int, int)[count];
        for (var table = 0; table < count; table++)
        {
            sums[table] = (layout.SumOffset(first + table, groups), layout.Blocks[first + table].Stride);
        }

        return sums;
    }

    /// <summary>Σ a_j b_j and Σ |a_j b_j|, of rows of whole lines or of one number.</summary>
    private static (T Dot, T Size) DotAndSize(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
    {
        if (a.Length == 1)
        {
            return (a[0] * b[0], T.Abs(a[0] * b[0]));
        }

        var (sum, size) = (Vector<T>.Zero, Vector<T>.Zero);
        for (var j = 0; j < a.Length; j += Vector<T>.Count)
        {
            var product = new Vector<T>(a[j..]) * new Vector<T>(b[j..]);
            sum += product;
            size += Vector.Abs(product);
        }

        return (Vector.Sum(sum), Vector.Sum(size));
    }

    private static void Pick(ReadOnlySpan<T> values, int stride, ReadOnlySpan<int> places, AlignedBuffer<T> picked)
    {
        var into = picked.Span;
        if (stride > 1)
        {
            for (var i = 0; i < places.Length; i++)
            {
                values.Slice(places[i] * stride, stride).CopyTo(into[(i * stride)..]);
            }

            return;
        }

        for (var i = 0; i < places.Length; i++)
        {
            into[i] = values[places[i]];
        }
    }

    /// <summary>The examples of the groups that a mini-batch visits, gathered group by group without allocating.</summary>
    private sealed class Visit
    {
        private readonly ExampleSet<T> _all;
        private readonly int _pass;
        private readonly int _groups;
        private readonly int[] _entryAt;
        private readonly int[] _groupOf;
        private readonly int[] _entries;
        private readonly int[] _places;

        public Visit(SharedGroups<T> groups, int trainingCount, int batchCapacity)
        {
            _all = groups.Training;
            (_pass, _groups) = (groups.Pass, groups.Count);
            _entryAt = new int[trainingCount];
            Array.Fill(_entryAt, -1);
            for (var entry = 0; entry < _all.Count; entry++)
            {
                _entryAt[groups.TrainingPositions[entry]] = entry;
            }

            _groupOf = new int[_all.Count];
            var runs = _all.SegmentsOf(_pass);
            for (var s = 0; s < runs.Count; s++)
            {
                _groupOf.AsSpan(runs.Offsets[s]..runs.Offsets[s + 1]).Fill(runs.Targets[s]);
            }

            _entries = new int[batchCapacity];
            _places = new int[batchCapacity];

            // Only that pass is run over these examples.
            var count = Math.Min(batchCapacity, groups.Count);
            var segments = new Segments[_all.TableCount + 1];
            Array.Fill(segments, groups.AreOfItems ? Segments.ListedRuns(count, batchCapacity) : new Segments(count, 0));
            Examples = ExampleSet<T>.Allocate(_all, batchCapacity, segments);
        }

        public int Capacity => _entries.Length;

        public ExampleSet<T> Examples { get; }

        /// <summary>Gathers what a batch visits.</summary>
        /// <param name="positions">The batch's positions in the training set.</param>
        /// <returns>The place in the batch of each example gathered.</returns>
        public ReadOnlySpan<int> Gather(ReadOnlySpan<int> positions)
        {
            var count = 0;
            for (var place = 0; place < positions.Length; place++)
            {
                if (_entryAt[positions[place]] is >= 0 and var entry)
                {
                    (_entries[count], _places[count]) = (entry, place);
                    count++;
                }
            }

            var entries = _entries.AsSpan(0, count);
            entries.Sort(_places.AsSpan(0, count));
            Examples.Gather(_all, entries);
            var segments = Examples.SegmentsOf(_pass);
            var rows = _all.SegmentsOf(_pass).Rows;
            segments.Clear(_groups);
            for (var i = 0; i < count; i++)
            {
                var group = _groupOf[entries[i]];
                if (i + 1 == count || _groupOf[entries[i + 1]] != group)
                {
                    segments.AddRun(rows[group], group, i + 1);
                }
            }

            Examples.OrderIndices();
            return _places.AsSpan(0, count);
        }
    }
}
