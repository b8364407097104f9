using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Sources;

/// <summary>What a method of influence works on: a trained model and a test set, and the threads to do it with.</summary>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed class InfluenceTask<TModel, T> : IDisposable
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Numbers that a block of work may take beside its result: 64 MB of double.</summary>
    internal const long BlockBudget = 1 << 23;

    private readonly InfluenceOptions _options;

    internal InfluenceTask(Fit<TModel, T> fit, ExampleSet<T> test, InfluenceOptions? options)
    {
        _options = options ?? new InfluenceOptions();
        Fit = fit;
        Test = ModelData.Matched(fit.Model, fit.Training, test, "on");
        Team = new WorkerTeam(_options.Threads);
        Sweeps = new SweepRunner<TModel, T>(fit.Model, Team);
    }

    /// <summary>The trained model.</summary>
    public Fit<TModel, T> Fit { get; }

    /// <summary>What the caller wants of the run.</summary>
    internal InfluenceOptions Options => _options;

    /// <summary>Its training set, n examples.</summary>
    public ExampleSet<T> Training => Fit.Training;

    /// <summary>The examples whose losses are asked about, matched by name with the training set; the training set itself for
    /// self-influence.</summary>
    public ExampleSet<T> Test { get; }

    /// <summary>Its final weights.</summary>
    public AlignedBuffer<T> Weights => Fit.Weights;

    /// <summary>Sweeps on the task's threads.</summary>
    public SweepRunner<TModel, T> Sweeps { get; }

    /// <summary>The task's threads.</summary>
    public WorkerTeam Team { get; }

    /// <summary>Where the parameters lie.</summary>
    public ParameterLayout Layout => Sweeps.Layout;

    /// <summary>Asked for between two blocks of work.</summary>
    public CancellationToken Cancellation => _options.Cancellation;

    /// <summary>Tells which share of the work is done, and stops where that was asked for.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Report(double share)
    {
        _options.Cancellation.ThrowIfCancellationRequested();
        _options.Progress?.Invoke(share);
    }

    /// <summary>Tells what a reader of the scores should know, where somebody listens.</summary>
    /// <returns>The notes, to be read at any time.</returns>
    internal Lazy<ImmutableArray<string>> Tell(ScoreSource<T> source)
    {
        var (first, late) = (Fit.With(source.Notes), source.LateNotes);
        var notes = new Lazy<ImmutableArray<string>>(() => late is null ? first : [.. first, .. late()]);
        if (_options.Notes is { } listener)
        {
            foreach (var note in notes.Value)
            {
                listener(note);
            }
        }

        return notes;
    }

    /// <summary>Some of the test examples as a set: the test set itself where it is all of them.</summary>
    public ExampleSet<T> TestPart(int first, int last) => Part(Test, first, last);

    /// <summary>Some neighbouring examples of a set: the set itself where it is all of them. Their shares of a decomposed
    /// penalty are those that they have in the set.</summary>
    public static ExampleSet<T> Part(ExampleSet<T> examples, int first, int last)
    {
        if (first == 0 && last == examples.Count)
        {
            return examples;
        }

        Span<int> positions = new int[last - first];
        for (var i = first; i < last; i++)
        {
            positions[i - first] = i;
        }

        return examples.TableCount == 0 ? examples.Subset(positions) : examples.Subset(positions, RowPenalty.AsIn(examples));
    }

    /// <summary>Writes the loss gradients of some examples as whole vectors in storage order, one behind the other.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="rows">Receives them; at least <c>examples.Count</c> storages.</param>
    public void WriteGradients(ExampleSet<T> examples, AlignedBuffer<T> rows)
    {
        if (!Sweeps.HasTables)
        {
            Sweeps.Gradients(examples, Weights, rows);
            return;
        }

        var length = Sweeps.Model.GradientRowLength;
        var packed = new AlignedBuffer<T>(examples.Count, length);
        Sweeps.Gradients(examples, Weights, packed);
        rows.Span[..checked(examples.Count * Layout.StorageLength)].Clear();
        for (var i = 0; i < examples.Count; i++)
        {
            var from = i * length;
            foreach (ref readonly var block in Layout.Blocks.AsSpan())
            {
                var (start, count) = ParameterLayout.Read(block, examples, i);
                packed.Span.Slice(from, count).CopyTo(rows.Span[(i * Layout.StorageLength + start)..]);
                from += Layout.GradientLength(block);
            }
        }
    }

    /// <summary>Writes the sum of the examples' loss gradients.</summary>
    public void WriteGradientSum(ExampleSet<T> examples, AlignedBuffer<T> sum)
    {
        sum.Span[..Layout.StorageLength].Clear();
        var outputGradients = new AlignedBuffer<T>(examples.Count, Sweeps.Model.OutputStride);
        Sweeps.GradientSum(examples, Weights, null, outputGradients, sum);
    }

    /// <summary>Writes the gradient of the mean training objective, (1/n) Σ g_i + λ θ; zeros for blocks that the sweeps do not
    /// differentiate in.</summary>
    /// <param name="gradient">Receives it, in storage order.</param>
    /// <returns>Its largest element in absolute value: 0 at a minimum.</returns>
    public double WriteObjectiveGradient(AlignedBuffer<T> gradient)
    {
        WriteGradientSum(Training, gradient);
        TensorPrimitives.Divide(gradient.Span, T.CreateChecked(Training.TotalWeight), gradient.Span);
        Fit.AddPenaltyGradient(gradient.Span);
        for (var b = 0; b < Layout.Blocks.Length; b++)
        {
            if (!Sweeps.Blocks.Contains(b))
            {
                gradient.Span.Slice(Layout.Blocks[b].Offset, Layout.Blocks[b].StorageLength).Clear();
            }
        }

        return Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(gradient.Span)));
    }

    /// <summary>Test examples that are worked on at once, so that what they take stays within <see cref="BlockBudget"/>; one at least.</summary>
    /// <param name="memoryOfTest">Numbers that a test example takes.</param>
    /// <param name="tests">How many there are.</param>
    internal static int BlockOf(long memoryOfTest, int tests) => (int)Math.Clamp(BlockBudget / Math.Max(1, memoryOfTest), 1, tests);

    /// <inheritdoc/>
    public void Dispose() => Team.Dispose();
}
