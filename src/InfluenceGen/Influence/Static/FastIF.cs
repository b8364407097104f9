using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// FastIF's pre-selection (Guo, Rajani, Hase, Bansal and Xiong, 2021, Section 3.2): influence functions of the k training examples that are
/// nearest to the test example, by the squared distance of the inputs of the last layer, or of the features where no single layer
/// makes the outputs. <b>The others are not scored: they are NaN</b>, rankings pass over them, and sums that they are part of are
/// NaN.
/// </summary>
/// <remarks>
/// <para>What is saved is the dots with the others' gradients; what is lost is every influential example that is not near. Ties go to the
/// lower position. For a whole test set (joint influence) the candidates are those of any test example; for self-influence,
/// where each example is its own nearest, every example is scored.</para>
/// <para>The paper's other savings are <see cref="Solver.Lissa(int, int, double, long, int)"/> with fewer steps and threads.</para>
/// </remarks>
public readonly record struct FastIF() : IInfluenceMethod
{
    private readonly int? _candidates;

    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>k, training examples scored for each test example; the authors use 100 to 1,000.</summary>
    public int Candidates
    {
        get => _candidates ?? 1000;
        init => _candidates = value;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model has no features to measure distances by.</exception>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        return new NearestScores<TModel, T>(task, Influence.Inverse(task), Math.Min(Candidates, task.Training.Count));
    }
}

/// <inheritdoc cref="FastIF"/>
internal sealed class NearestScores<TModel, T> : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly InfluenceFunctionScores<TModel, T> _all;
    private readonly int _candidates;
    private readonly int _width;
    private readonly AlignedBuffer<T> _features;
    private readonly T[] _origin;
    private readonly AlignedBuffer<T> _norms;
    private readonly PriorityQueue<int, (T Distance, int Position)> _kept = new(Comparer<(T Distance, int Position)>.Create(
        static (a, b) => a.Distance != b.Distance ? b.Distance.CompareTo(a.Distance) : b.Position.CompareTo(a.Position)));

    public NearestScores(InfluenceTask<TModel, T> task, InverseHessian<TModel, T> inverse, int candidates)
    {
        if (task.Sweeps.Model.LastLayerLength == 0 && task.Training.FeatureCount == 0)
        {
            throw new InvalidOperationException(
                "FastIF looks for near training examples; those of a factorization have no features to measure a distance by. Use influence functions.");
        }

        (_task, _inverse, _candidates) = (task, inverse, candidates);
        _all = new InfluenceFunctionScores<TModel, T>(task, inverse);
        _width = task.Sweeps.Model.LastLayerLength == 0
            ? task.Training.FeatureStride
            : ParameterLayout.RoundUp(task.Sweeps.Model.LastLayerLength, task.Layout.Line);
        _origin = new T[_width];
        _features = FeaturesOf(task.Training);
        _origin = MeanOf(_features);
        Centre(_features);
        _norms = new AlignedBuffer<T>(task.Training.Count);
        for (var i = 0; i < _norms.Length; i++)
        {
            _norms[i] = TensorPrimitives.SumOfSquares<T>(_features.Span.Slice(i * _width, _width));
        }
    }

    public override ImmutableArray<string> Notes => [.. _all.Notes, string.Create(CultureInfo.InvariantCulture,
        $"FastIF: of {_task.Training.Count} training examples the {_candidates} nearest are scored for each test example; the others are NaN.")];

    public override long MemoryOfTest => _task.Layout.StorageLength + _task.Training.Count;

    /// <summary>NaN is what is left out; the others are looked at here.</summary>
    public override bool IsKnownFinite => true;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (test, length, n) = (_task.TestPart(first, last), _task.Layout.StorageLength, _task.Training.Count);
        var directions = new AlignedBuffer<T>(test.Count, length);
        _task.WriteGradients(test, directions);
        _inverse.Solve(directions, test.Count);
        TensorPrimitives.Divide(directions.Span, T.CreateChecked(_task.Training.TotalWeight), directions.Span);
        scores.Span[..(test.Count * n)].Fill(T.NaN);
        var (direction, dots) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(_candidates));
        var near = new BatchBuffer<T>(_task.Training, _candidates);
        ForNearest(test, (t, nearest) =>
        {
            directions.Span.Slice(t * length, length).CopyTo(direction.Span);
            near.Fill(nearest);
            _task.Sweeps.ScoreDot(near.Examples, _task.Weights, direction, dots);
            FiniteResults.RequireScores<T>(dots.Span[..nearest.Length], near.Examples, _task.Test, first + t);
            for (var k = 0; k < nearest.Length; k++)
            {
                scores[t * n + nearest[k]] = dots[k];
            }
        });
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var isCandidate = new bool[_task.Training.Count];
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / _task.Training.Count, 1, _task.Test.Count);
        for (var first = 0; first < _task.Test.Count; first += block)
        {
            ForNearest(_task.TestPart(first, Math.Min(first + block, _task.Test.Count)), (_, nearest) =>
            {
                foreach (var example in nearest)
                {
                    isCandidate[example] = true;
                }
            });
        }

        _all.WriteJoint(scores);
        FiniteResults.RequireScores<T>(scores.Span, _task.Training, "the sum of the test losses");
        for (var i = 0; i < isCandidate.Length; i++)
        {
            scores[i] = isCandidate[i] ? scores[i] : T.NaN;
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores) => _all.WriteSelf(scores);

    /// <summary>Hands out the positions of the k nearest training examples of each test example, ascending.</summary>
    private void ForNearest(ExampleSet<T> test, Action<int, int[]> work)
    {
        var (features, n) = (FeaturesOf(test), _task.Training.Count);
        var products = new AlignedBuffer<T>(test.Count, n);
        DenseProducts.AddProductTransposed(ref features[0], _width, ref _features[0], _width, ref products[0], n, test.Count, _width, n);
        var distances = new T[n];
        for (var t = 0; t < test.Count; t++)
        {
            _task.Cancellation.ThrowIfCancellationRequested();

            // |f_t|² is the same for all of them.
            TensorPrimitives.MultiplyAdd<T>(products.Span.Slice(t * n, n), -(T.One + T.One), _norms.Span, distances);
            work(t, Nearest(distances));
        }
    }

    /// <summary>The positions of the k smallest distances, ascending; of equal ones, the lower positions.</summary>
    private int[] Nearest(ReadOnlySpan<T> distances)
    {
        // The farthest of those kept is on top, so that it is the one to go.
        _kept.Clear();
        for (var i = 0; i < distances.Length; i++)
        {
            if (i < _candidates)
            {
                _kept.Enqueue(i, (distances[i], i));
            }
            else if (_kept.TryPeek(out _, out var farthest) && distances[i] < farthest.Distance)
            {
                _kept.DequeueEnqueue(i, (distances[i], i));
            }
        }

        var nearest = new int[_candidates];
        for (var k = 0; k < nearest.Length; k++)
        {
            nearest[k] = _kept.Dequeue();
        }

        Array.Sort(nearest);
        return nearest;
    }

    /// <summary>The inputs of the last layer, or the features, from their mean over the training set: distances are differences of squares, and
    /// those of time stamps would have no digit right.</summary>
    private AlignedBuffer<T> FeaturesOf(ExampleSet<T> examples)
    {
        AlignedBuffer<T> features;
        if (_task.Sweeps.Model.LastLayerLength == 0)
        {
            features = AlignedBuffer<T>.CopyOf(examples.Features);
        }
        else
        {
            features = new AlignedBuffer<T>(examples.Count, _width);
            _task.Sweeps.LastLayerFeatures(examples, _task.Weights, features);
        }

        Centre(features);
        return features;
    }

    private void Centre(AlignedBuffer<T> features)
    {
        for (var start = 0; start < features.Length; start += _width)
        {
            var row = features.Span.Slice(start, _width);
            TensorPrimitives.Subtract<T>(row, _origin, row);
        }
    }

    private T[] MeanOf(AlignedBuffer<T> features)
    {
        var sums = new double[_width];
        for (var k = 0; k < features.Length; k++)
        {
            sums[k % _width] += double.CreateChecked(features[k]);
        }

        return [.. sums.Select(sum => T.CreateChecked(sum * _width / features.Length))];
    }
}
