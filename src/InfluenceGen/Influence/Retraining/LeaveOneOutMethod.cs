using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Leave one out, by retraining, as scores: L(z; trained without i) − L(z; trained with i) (Cook and Weisberg, 1982; Hammoudeh and Lowd,
/// Eq. (8)), in the unit of the loss. It is what the estimates estimate.
/// </summary>
/// <remarks>
/// <para>n trainings, side by side. What is trained to the minimum is compared with the minimum on everything, wherever the fit's own
/// weights are. Models are kept for the next block of test examples where n p is at most 64 million numbers; beyond, every block trains
/// again.</para>
/// <para>For a sample of the examples take <see cref="Retrainer{TModel, T}.LeaveOneOut"/>, for groups
/// <see cref="Retrainer{TModel, T}.LeaveOut"/>, for individuals <see cref="LeaveOneOut{TModel, T}"/>, for the parameters
/// <see cref="Retrainer{TModel, T}.CookDifferences(IReadOnlyList{int[]})"/>.</para>
/// </remarks>
public readonly record struct LeaveOneOut : IInfluenceMethod
{
    /// <summary>What becomes of the rest; <see cref="Removal.Refit"/> where nothing is said.</summary>
    public Removal Removal { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is one training example only, or one of weight above 0.</exception>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Removal);
        Settings.RequireDefined(By);
        return new LeaveOneOutScores<TModel, T>(task, new Retrainer<TModel, T>(task.Fit, Removal, By, null, task.Options));
    }
}

/// <inheritdoc cref="LeaveOneOut"/>
internal sealed class LeaveOneOutScores<TModel, T> : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Numbers of models that are kept, 512 MB of double.
    private const long MostKept = 8 * InfluenceTask<TModel, T>.BlockBudget;

    private readonly InfluenceTask<TModel, T> _task;
    private readonly Retrainer<TModel, T> _retrainer;
    private readonly TrainingClock _clock;
    private readonly AlignedBuffer<T>[] _kept;
    private double _first;
    private double _share;

    public LeaveOneOutScores(InfluenceTask<TModel, T> task, Retrainer<TModel, T> retrainer)
    {
        (_task, _retrainer) = (task, retrainer);
        var n = task.Training.Count;
        _kept = (long)n * task.Layout.StorageLength <= MostKept ? new AlignedBuffer<T>[n] : [];
        _clock = new TrainingClock(task.Options);
    }

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (part, n) = (_task.TestPart(first, last), _task.Training.Count);
        var with = _retrainer.Full.Losses(part);

        // Where models are kept the first block trains all of them, and the others take next to no time.
        var trains = _kept.Length == 0 || _kept[0] is null;
        (_first, _share) = _kept.Length > 0 ? (0, 1) : ((double)first / _task.Test.Count, (double)part.Count / _task.Test.Count);
        if (trains)
        {
            Train((i, fit) =>
            {
                if (_kept.Length > 0 && part.Count < _task.Test.Count)
                {
                    _kept[i] = AlignedBuffer<T>.CopyOf(fit.Weights.Span);
                }

                Write(i, fit.Losses(part));
            });
            return;
        }

        for (var i = 0; i < n; i++)
        {
            Write(i, _retrainer.Full.At(_kept[i]).Losses(part));
        }

        void Write(int example, T[] without)
        {
            for (var test = 0; test < without.Length; test++)
            {
                scores[test * n + example] = without[test] - with[test];
            }
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var with = _retrainer.Full.Losses(_task.Training);
        (_first, _share) = (0, 1);
        Train((i, fit) => scores[i] = fit.Losses(InfluenceTask<TModel, T>.Part(_task.Training, i, i + 1))[0] - with[i]);
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var with = _retrainer.Full.Losses(_task.Test);
        (_first, _share) = (0, 1);
        Train((i, fit) =>
        {
            // The differences are added up, which are small, and not the losses, which are not.
            var (without, sum) = (fit.Losses(_task.Test), T.Zero);
            for (var test = 0; test < without.Length; test++)
            {
                sum += without[test] - with[test];
            }

            scores[i] = sum;
        });
    }

    private void Train(Action<int, Fit<TModel, T>> read) =>
        _retrainer.Train(_task.Training.Count, i => _retrainer.Without([i]), read, share => _clock.Tell(_first + share * _share));
}
