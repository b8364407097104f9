using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>Values by neighbours as scores: for each test example the training examples are sorted by distance, and a rule says what each
/// is worth.</summary>
internal static class NeighbourScores
{
    /// <summary>The scores of a fit.</summary>
    /// <param name="task">The fit and the test set.</param>
    /// <param name="by">What distances are measured by.</param>
    /// <param name="rule">Makes the rule, for so many classes.</param>
    /// <exception cref="InvalidOperationException">Labels are not classes, examples have weights, or there is nothing to measure
    /// distances by.</exception>
    public static ScoreSource<T> Of<TModel, T>(InfluenceTask<TModel, T> task, NeighbourFeatures by, Func<int, NeighbourValue> rule)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(by, nameof(NearestNeighbourShapley.Features));
        var model = task.Sweeps.Model;
        if (model.Labels is not (LabelDomain.Binary or LabelDomain.Distribution) || model.Labels == LabelDomain.Binary && model.Outputs > 1)
        {
            throw new InvalidOperationException(
                "Neighbours vote for a class, and this model's labels are not one class each. Use LeaveOneOut, or a Shapley value by retraining.");
        }

        if (by == NeighbourFeatures.LastLayer && model.LastLayerLength == 0)
        {
            throw new InvalidOperationException(
                "No single layer makes this model's outputs: there are no features of a last layer to measure distances by. Ask for those of the inputs (NeighbourFeatures.Inputs).");
        }

        var classes = model.Labels == LabelDomain.Binary ? 2 : model.Outputs;
        return new NeighbourScores<T>(task.Training, task.Test, by == NeighbourFeatures.LastLayer ? LastLayer : Inputs, rule(classes),
            task.Team, task.Report, task.Cancellation);

        AlignedBuffer<T> LastLayer(ExampleSet<T> examples)
        {
            var features = new AlignedBuffer<T>(examples.Count, ParameterLayout.RoundUp(model.LastLayerLength, task.Layout.Line));
            task.Sweeps.LastLayerFeatures(examples, task.Weights, features);
            return features;
        }
    }

    /// <summary>The scores of two sets by their features.</summary>
    public static InfluenceScores<T> Of<T>(ExampleSet<T> training, ExampleSet<T> on, Func<int, NeighbourValue> rule, InfluenceOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(on);
        on = on.Matched(training, nameof(on));
        if (on.FeatureCount != training.FeatureCount || on.LabelCount != training.LabelCount)
        {
            throw new ArgumentException(
                $"The training examples have {training.FeatureCount} features and {training.LabelCount} labels each, and these {on.FeatureCount} and {on.LabelCount}.", nameof(on));
        }

        options ??= new InfluenceOptions();
        using var team = new WorkerTeam(options.Threads);
        var classes = training.LabelCount > 1 ? training.LabelCount : NeighbourScores<T>.ClassesOf(training).Distinct().Count();
        var source = new NeighbourScores<T>(training, on, Inputs, rule(classes), team, options.Progress ?? (_ => { }), options.Cancellation);
        var scores = new AlignedBuffer<T>(on.Count, training.Count);
        source.WriteScores(0, on.Count, scores);
        foreach (var note in source.Notes)
        {
            options.Notes?.Invoke(note);
        }

        return new InfluenceScores<T>(scores, training, on.Count, source.Notes);
    }

    private static AlignedBuffer<T> Inputs<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        examples.TableCount == 0 && examples.FeatureCount > 0
            ? AlignedBuffer<T>.CopyOf(examples.Features)
            : throw new InvalidOperationException("Distances are measured by features, and these examples name rows of tables, or have none.");
}

/// <inheritdoc cref="NeighbourScores"/>
internal sealed class NeighbourScores<T> : ScoreSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Test examples whose values are held at once where only their sum, or one of each, is asked for.
    private const int Together = 64;

    private readonly ExampleSet<T> _training;
    private readonly ExampleSet<T> _test;
    private readonly Func<ExampleSet<T>, AlignedBuffer<T>> _featuresOf;
    private readonly NeighbourValue _rule;
    private readonly WorkerTeam _team;
    private readonly Action<double> _report;
    private readonly CancellationToken _cancellation;
    private readonly AlignedBuffer<T> _features;
    private readonly int _width;
    private readonly T _unit;
    private readonly int[] _classes;
    private readonly int[] _testClasses;

    public NeighbourScores(ExampleSet<T> training, ExampleSet<T> test, Func<ExampleSet<T>, AlignedBuffer<T>> featuresOf, NeighbourValue rule,
        WorkerTeam team, Action<double> report, CancellationToken cancellation)
    {
        (_training, _test, _featuresOf, _rule, _team, _report, _cancellation) = (training, test, featuresOf, rule, team, report, cancellation);
        (_classes, _testClasses) = (ClassesOf(training), ClassesOf(test));
        _features = featuresOf(training);
        _width = _features.Length / training.Count;

        // In units of a power of two near the largest feature, which changes no bit and keeps squares in range.
        var (largest, most) = (T.Abs(TensorPrimitives.MaxMagnitude<T>(_features.Span)), typeof(T) == typeof(float) ? 100 : 1000);
        _unit = largest > T.Zero && T.IsFinite(largest) ? T.ScaleB(T.One, Math.Clamp(-T.ILogB(largest), -most, most)) : T.One;
    }

    public override ImmutableArray<string> Notes => _rule.Notes;

    public override long MemoryOfTest => _width;

    public override bool IsKnownFinite => true;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var n = _training.Count;
        Run(_test, _testClasses, first, last, (test, order, values) =>
        {
            var row = scores.Span.Slice((test - first) * n, n);
            for (var rank = 0; rank < n; rank++)
            {
                row[order[rank]] = T.CreateChecked(values[rank]);
            }
        });
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        for (var first = 0; first < _training.Count; first += Together)
        {
            var last = Math.Min(first + Together, _training.Count);
            Run(_training, _classes, first, last, (test, order, values) => scores[test] = T.CreateChecked(values[Array.IndexOf(order, test)]));
            _report((double)last / _training.Count);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var (n, together) = (_training.Count, BlockOf(_training.Count));
        var (sums, rows) = (new double[n], new double[together][]);
        for (var first = 0; first < _test.Count; first += together)
        {
            var last = Math.Min(first + together, _test.Count);
            var from = first;
            Run(_test, _testClasses, first, last, (test, order, values) =>
            {
                var row = rows[test - from] ??= new double[n];
                for (var rank = 0; rank < n; rank++)
                {
                    row[order[rank]] = values[rank];
                }
            });
            for (var test = 0; test < last - first; test++)
            {
                TensorPrimitives.Add(sums, rows[test], sums);
            }

            _report((double)last / _test.Count);
        }

        for (var i = 0; i < n; i++)
        {
            scores[i] = T.CreateChecked(sums[i]);
        }
    }

    /// <summary>The class of each example: a label that is a whole number, or the place of the 1 among zeros.</summary>
    /// <exception cref="InvalidOperationException">A label is no class, or examples have weights.</exception>
    internal static int[] ClassesOf(ExampleSet<T> examples)
    {
        if (!examples.Weights.IsEmpty)
        {
            throw new InvalidOperationException("Each neighbour has one vote, and these examples have weights. Leave the weights out, or repeat the rows.");
        }

        var classes = new int[examples.Count];
        for (var i = 0; i < classes.Length; i++)
        {
            var label = examples.Labels.Slice(i * examples.LabelStride, examples.LabelCount);
            classes[i] = label.Length == 1
                ? T.IsInteger(label[0]) && T.Abs(label[0]) <= T.CreateTruncating(1 << 24) ? int.CreateChecked(label[0]) : -1 << 25
                : label.Count(T.Zero) == label.Length - 1 ? label.IndexOf(T.One) : -1;
            if (label.Length == 1 ? classes[i] == -1 << 25 : classes[i] < 0)
            {
                throw new InvalidOperationException(label.Length == 1
                    ? $"Neighbours vote for a class, and the label of {FiniteResults.Name(examples, i)} is {label[0]}. Number the classes by whole numbers."
                    : $"Neighbours vote for a class, and {FiniteResults.Name(examples, i)} has shares of several. Give each example one class.");
            }
        }

        return classes;
    }

    private static int BlockOf(int training) => (int)Math.Clamp((1L << 23) / training, 1, Together);

    private void Run(ExampleSet<T> examples, int[] classes, int first, int last, NeighbourVisitor visitor)
    {
        // At most 4,096 parts, so that a team takes them whatever their number.
        var length = (last - first - 1) / 4096 + 1;
        var part = first == 0 && last == examples.Count ? examples : examples.Subset([.. Enumerable.Range(first, last - first)]);
        _team.Run(new Work(this, examples, _featuresOf(part), classes, first, last, length, visitor), (last - first - 1) / length + 1);
    }

    /// <summary>Receives a test example's training examples by rising distance, and their values.</summary>
    private delegate void NeighbourVisitor(int test, int[] order, double[] values);

    private sealed class Work(NeighbourScores<T> parent, ExampleSet<T> examples, AlignedBuffer<T> points, int[] classes, int first, int last, int length,
        NeighbourVisitor visitor) : IPartedWork
    {
        private readonly Spares<Scratch> _spares = new(() => new(parent._training.Count, parent._width));

        public void Run(int part)
        {
            var scratch = _spares.Take();
            var start = first + part * length;
            for (var test = start; test < Math.Min(start + length, last); test++)
            {
                parent._cancellation.ThrowIfCancellationRequested();
                Sort(test, scratch);
                for (var rank = 0; rank < scratch.Order.Length; rank++)
                {
                    scratch.Matches[rank] = parent._classes[scratch.Order[rank]] == classes[test];
                }

                parent._rule.Write(scratch.Matches, scratch.Distances, scratch.Values);
                visitor(test, scratch.Order, scratch.Values);
            }

            _spares.Return(scratch);
        }

        private void Sort(int test, Scratch scratch)
        {
            var (width, order, distances) = (parent._width, scratch.Order, scratch.Distances);
            var point = points.Span.Slice((test - first) * width, width);
            for (var i = 0; i < order.Length; i++)
            {
                TensorPrimitives.Subtract<T>(parent._features.Span.Slice(i * width, width), point, scratch.Difference.Span);
                TensorPrimitives.Multiply(scratch.Difference.Span, parent._unit, scratch.Difference.Span);
                (order[i], distances[i]) = (i, double.CreateChecked(TensorPrimitives.SumOfSquares<T>(scratch.Difference.Span)));
                if (!double.IsFinite(distances[i]))
                {
                    throw new ArithmeticException(
                        $"The distance of training {FiniteResults.Name(parent._training, i)} from test {FiniteResults.Name(examples, test)} leaves the range of its precision. Bring the features to a common scale (Standardisation), or compute in double precision.");
                }
            }

            Array.Sort(distances, order);
            for (var start = 0; start < order.Length;)
            {
                var end = start + 1;
                while (end < order.Length && distances[end] == distances[start])
                {
                    end++;
                }

                Array.Sort(order, start, end - start);
                start = end;
            }

            var unit = double.CreateChecked(parent._unit);
            for (var rank = 0; rank < distances.Length; rank++)
            {
                distances[rank] = Math.Sqrt(distances[rank]) / unit;
            }
        }
    }

    /// <summary>What one thread works in.</summary>
    private sealed class Scratch(int training, int width)
    {
        public AlignedBuffer<T> Difference { get; } = new(width);

        public int[] Order { get; } = new int[training];

        public double[] Distances { get; } = new double[training];

        public bool[] Matches { get; } = new bool[training];

        public double[] Values { get; } = new double[training];
    }
}
