using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>What <see cref="OnlineTracIn{TModel, T}"/> adds up.</summary>
[Flags]
public enum OnlineScores
{
    /// <summary>Every training example on every test example: n by m numbers.</summary>
    Pairs = 1,

    /// <summary>Every training example on the sum of the test losses: n numbers, at the cost of one more gradient sum a step.</summary>
    Joint = 2,

    /// <summary>Every training example on its own loss: n numbers.</summary>
    Self = 4,
}

/// <summary>Makes observers that add up TracIn while a model trains.</summary>
public static class OnlineTracIn
{
    /// <summary>An observer for trainings of a model.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set.</param>
    /// <param name="test">The examples whose losses are asked about.</param>
    /// <param name="scores">What to add up.</param>
    /// <param name="scope">The parameters whose gradients count.</param>
    /// <param name="projection">A matrix that gradients are multiplied by first; null for none.</param>
    /// <exception cref="ArgumentException">A set is not one the model reads, or the scores of all pairs do not fit into one piece of
    /// memory.</exception>
    public static OnlineTracIn<TModel, T> Of<TModel, T>(TModel model, ExampleSet<T> training, ExampleSet<T> test,
        OnlineScores scores = OnlineScores.Pairs, ParameterScope scope = default, RandomProjection? projection = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(model, training, test, scores, scope, projection);
}

/// <summary>
/// <see cref="TracIn"/> as it happens: a training observer that adds up η_t red c_i g_i · g_te step by step and stores no weights. Pass it
/// to Train; the scores are those of the training that ended last.
/// </summary>
/// <remarks>It watches one training at a time and may be read by any number of threads between them. A step costs what TracIn of a stored step costs and allocates nothing. Sign, unit and what momentum does are as for
/// <see cref="TracIn"/>.</remarks>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed class OnlineTracIn<TModel, T> : ITrainingObserver<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TModel _model;
    private readonly ExampleSet<T> _training;
    private readonly ExampleSet<T> _test;
    private readonly int[]? _order;
    private readonly OnlineScores _kinds;
    private readonly ParameterScope _scope;
    private readonly RandomProjection? _projection;
    private readonly AlignedBuffer<T> _pairs;
    private readonly AlignedBuffer<T> _joint;
    private readonly AlignedBuffer<T> _self;
    private TracInSum<TModel, T>? _sum;
    private ImmutableArray<string> _notes = [];
    private bool _isComplete;

    internal OnlineTracIn(TModel model, ExampleSet<T> training, ExampleSet<T> test, OnlineScores scores, ParameterScope scope,
        RandomProjection? projection)
    {
        ModelData.RequireFit(model, training, nameof(training));
        test = ModelData.Matched(model, training, test, nameof(test));
        if (scores == 0 || (scores & ~(OnlineScores.Pairs | OnlineScores.Joint | OnlineScores.Self)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(scores), scores, "Name one of OnlineScores' members or several together.");
        }

        if (Has(scores, OnlineScores.Pairs) && (long)training.Count * test.Count > AlignedBuffer<T>.MaxLength)
        {
            throw new ArgumentException(
                $"{training.Count} by {test.Count} scores are more than one piece of memory holds. Ask for the joint scores, or store a Trajectory and use TopInfluence.",
                nameof(test));
        }

        _ = scope.BlocksOf<TModel, T>(model);
        _model = model;
        _training = training;
        _test = test.Sorted(out _order);
        _kinds = scores;
        _scope = scope;
        _projection = projection;
        _pairs = new AlignedBuffer<T>(Has(scores, OnlineScores.Pairs) ? (long)training.Count * test.Count : 0);
        _joint = new AlignedBuffer<T>(Has(scores, OnlineScores.Joint) ? training.Count : 0);
        _self = new AlignedBuffer<T>(Has(scores, OnlineScores.Self) ? training.Count : 0);
    }

    /// <summary>The influence of every training example on the loss of every test example.</summary>
    /// <exception cref="InvalidOperationException">Pairs were not asked for, or no training has ended.</exception>
    /// <exception cref="ArithmeticException">A score is not a finite number; the message names the examples.</exception>
    public InfluenceScores<T> Pairs
    {
        get
        {
            var pairs = AlignedBuffer<T>.CopyOf(Asked(OnlineScores.Pairs, _pairs).Span);
            for (var test = 0; test < _test.Count; test++)
            {
                FiniteResults.RequireScores<T>(pairs.Span.Slice(test * _training.Count, _training.Count), _training, _test, test);
            }

            TracInScores<TModel, T>.PutBack(pairs, _order, _training.Count);
            return new(pairs, _training, _test.Count, _notes);
        }
    }

    /// <summary>Each training example's influence on the sum of the test losses.</summary>
    /// <exception cref="InvalidOperationException">Joint scores were not asked for, or no training has ended.</exception>
    /// <exception cref="ArithmeticException">A score is not a finite number; the message names the example.</exception>
    public T[] Joint => Checked(OnlineScores.Joint, _joint, "the sum of the test losses");

    /// <summary>Each training example's influence on its own loss.</summary>
    /// <exception cref="InvalidOperationException">Self-influence was not asked for, or no training has ended.</exception>
    /// <exception cref="ArithmeticException">A score is not a finite number; the message names the example.</exception>
    public T[] Self => Checked(OnlineScores.Self, _self, "its own loss");

    void ITrainingObserver<T>.Begin(TrainingStep<T> step)
    {
        if (!ReferenceEquals(step.Training, _training))
        {
            throw new ArgumentException("This observer is for another training set; make one for the set that is trained on.");
        }

        _isComplete = false;
        _notes = [.. TracedFit.NoteOfMomentum(step.Momentum)];
        _sum = new TracInSum<TModel, T>(_model, _training.Count, step.Team, _scope, _projection, normalises: false);
        _sum.Begin();
        _pairs.Span.Clear();
        _joint.Span.Clear();
        _self.Span.Clear();
    }

    void ITrainingObserver<T>.BeforeGradient(TrainingStep<T> step)
    {
    }

    void ITrainingObserver<T>.AfterGradient(TrainingStep<T> step)
    {
        var update = new UpdateStep<T>
        {
            Number = step.Number,
            StepSize = step.StepSize,
            Factor = step.Factor,
            PenaltyScale = step.PenaltyScale,
            IsFullBatch = step.IsFullBatch,
            Batch = step.Batch,
            Positions = step.Positions,
            Coefficients = step.Coefficients,
            Weights = step.Weights,
            OutputGradients = step.OutputGradients,
        };
        if (Has(_kinds, OnlineScores.Pairs))
        {
            _sum!.AddPairs(update, _test, _pairs);
        }

        if (Has(_kinds, OnlineScores.Joint))
        {
            _sum!.AddJoint(update, _test, _joint.Span);
        }

        if (Has(_kinds, OnlineScores.Self))
        {
            _sum!.AddSelf(update, _self.Span);
        }
    }

    void ITrainingObserver<T>.End(TrainingStep<T> step)
    {
        if (Has(_kinds, OnlineScores.Pairs))
        {
            _sum!.Finish(_pairs, _test.Count);
        }

        _isComplete = true;
    }

    // Enum.HasFlag boxes until the code that calls it is optimised.
    private static bool Has(OnlineScores kinds, OnlineScores kind) => (kinds & kind) != 0;

    private T[] Checked(OnlineScores kind, AlignedBuffer<T> scores, string on)
    {
        FiniteResults.RequireScores<T>(Asked(kind, scores).Span, _training, on);
        return scores.Span.ToArray();
    }

    private AlignedBuffer<T> Asked(OnlineScores kind, AlignedBuffer<T> scores)
    {
        if (!_isComplete)
        {
            throw new InvalidOperationException("This observer has not seen a completed training; pass it to Train.");
        }

        return Has(_kinds, kind)
            ? scores
            : throw new InvalidOperationException($"{kind} scores were not added up: ask for them when the observer is made (OnlineScores.{kind}).");
    }
}
