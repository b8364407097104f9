using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Influence functions (Koh and Liang, 2017; Hammoudeh and Lowd, Eq. (33)): (1/n) g_teᵀ H⁻¹ g_i, to first order the change of the
/// test loss when example i is left out and the divisor stays n. H is the Hessian of the mean objective at the final weights, its
/// penalty included, plus <see cref="Damping"/>; g are gradients of the losses alone.
/// </summary>
/// <remarks>
/// Needs a minimum of the training objective: how far the weights are from one stands in the scores' notes. Where H is singular the
/// pseudo-inverse takes its place, and a test loss that depends on what the training set does not determine is refused. Of models whose
/// outputs are linear in the parameters the notes also name the examples whose leverage is 0.5 or more, so that their influence is beyond
/// first order (<see cref="RescaledInfluence"/> takes it into account); they are looked for when the notes are read, at a minimum, where H
/// is factored and n C p² is at most 2³⁴ for C outputs. With
/// <see cref="Solver.Cholesky"/> time is n p² + p³ + (n + m) p² + n m p and memory p²; with an iterative solver one pass over the
/// training set an iteration for every 32 vectors of the smaller side of the pair.
/// </remarks>
public readonly record struct InfluenceFunctions() : IInfluenceMethod
{
    /// <summary>δ, added to H as δ I: 0 where H is positive semidefinite, some 0.001 to 0.1 of the largest eigenvalue for networks.</summary>
    public double Damping { get; init; }

    /// <summary>How products with H⁻¹ are found.</summary>
    public Solver Solver
    {
        get => field ?? Solver.Automatic;
        init;
    }

    /// <summary>Hessian, or Gauss-Newton.</summary>
    public Curvature Curvature { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new InfluenceFunctionScores<TModel, T>(task, Inverse(task));

    private void RequireSettings()
    {
        Settings.RequireNotNegative(Damping);
        Settings.RequireDefined(Curvature);
    }

    /// <summary>H⁻¹ as these settings have it.</summary>
    internal InverseHessian<TModel, T> Inverse<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSettings();
        return Solver.Bind(Solver, new ObjectiveHessian<TModel, T>(task, Curvature, Damping));
    }

    /// <summary>H⁻¹ for methods that solve for others than the test gradients: these are refused here where they have no product with it.</summary>
    internal InverseHessian<TModel, T> InverseForTests<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inverse = Inverse(task);
        inverse.RequireTestsInRange();
        return inverse;
    }

    /// <summary>The inverse of (1/d) Σ c_i H_i + diag(λ) + δ I as these settings have it.</summary>
    internal InverseHessian<TModel, T> Inverse<TModel, T>(InfluenceTask<TModel, T> task, AlignedBuffer<T>? coefficients, double divisor)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSettings();
        return Solver.Bind(Solver, new ObjectiveHessian<TModel, T>(task, Curvature, Damping)
        {
            Coefficients = coefficients,
            Divisor = divisor,
        });
    }
}

/// <inheritdoc cref="InfluenceFunctions"/>
internal sealed class InfluenceFunctionScores<TModel, T>(InfluenceTask<TModel, T> task, InverseHessian<TModel, T> inverse)
    : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Multiply-adds that a note may take: some two seconds of one thread.
    private const double MostLeverage = 1L << 34;

    private readonly T _share = T.One / T.CreateChecked(task.Training.TotalWeight);
    private readonly ImmutableArray<string> _stationarity = Stationarity.NoteOf(task);
    private AlignedBuffer<T>? _solvedTraining;
    private AlignedBuffer<T> _directions = new(0);
    private bool _isKnownFinite;

    public override ImmutableArray<string> Notes => [.. inverse.Notes, .. _stationarity];

    // Leverage is about a minimum.
    internal override Func<ImmutableArray<string>>? LateNotes =>
        _stationarity.IsEmpty && task.Sweeps.Model.HasLinearOutputs && !task.Sweeps.ReadsColumns && !inverse.IsIterative
            && CostOfLeverage <= MostLeverage
            ? NoteOfLeverage
            : null;

    public override long MemoryOfTest => task.Layout.StorageLength;

    public override bool IsKnownFinite => _isKnownFinite;

    /// <summary>Whether fewer solves are needed for training examples than for test examples.</summary>
    private bool SolvesTraining => inverse.IsIterative && task.Training.Count < task.Test.Count
        && (long)task.Training.Count * task.Layout.StorageLength <= 8 * InfluenceTask<TModel, T>.BlockBudget;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var test = task.TestPart(first, last);
        if (SolvesTraining)
        {
            // The dots come training example by training example.
            if (_solvedTraining is null)
            {
                inverse.RequireTestsInRange();
                _solvedTraining = Solved(task.Training, 0, task.Training.Count);
            }

            var dots = new AlignedBuffer<T>(test.Count, task.Training.Count);
            task.Sweeps.ScoreDot(test, task.Weights, _solvedTraining, dots);
            DenseProducts.Transpose(ref dots[0], test.Count, task.Training.Count, test.Count, ref scores[0], task.Training.Count);
        }
        else
        {
            if (_directions.Length != test.Count * task.Layout.StorageLength)
            {
                _directions = new AlignedBuffer<T>(test.Count, task.Layout.StorageLength);
            }

            task.WriteGradients(test, _directions);
            inverse.Solve(_directions, test.Count);
            TensorPrimitives.Multiply(_directions.Span, _share, _directions.Span);
            task.Sweeps.ScoreDot(task.Training, task.Weights, _directions, scores);
            _isKnownFinite = task.Sweeps.AreDotsFinite;
            return;
        }

        var written = scores.Span[..(test.Count * task.Training.Count)];
        TensorPrimitives.Multiply(written, _share, written);
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var direction = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.WriteGradientSum(task.Test, direction);
        inverse.Solve(direction, 1);
        task.Sweeps.GradientDot(task.Training, task.Weights, direction, scores);
        TensorPrimitives.Multiply(scores.Span, _share, scores.Span);
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        WriteQuadraticForms(scores);
        TensorPrimitives.Multiply(scores.Span, _share, scores.Span);
    }

    /// <summary>Writes g_iᵀ H⁻¹ g_i of each training example.</summary>
    public void WriteQuadraticForms(AlignedBuffer<T> forms) => ForBlocks((gradients, count, first) =>
    {
        var length = task.Layout.StorageLength;
        var solved = AlignedBuffer<T>.CopyOf(gradients.Span[..(count * length)]);
        inverse.Solve(solved, count);
        for (var i = 0; i < count; i++)
        {
            forms[first + i] = TensorPrimitives.Dot<T>(gradients.Span.Slice(i * length, length), solved.Span.Slice(i * length, length));
        }
    });

    /// <summary>Writes |H⁻¹ g_i| of each training example.</summary>
    public void WriteChangeNorms(AlignedBuffer<T> norms) => ForBlocks((gradients, count, first) =>
    {
        var length = task.Layout.StorageLength;
        inverse.Solve(gradients, count);
        for (var i = 0; i < count; i++)
        {
            norms[first + i] = TensorPrimitives.Norm<T>(gradients.Span.Slice(i * length, length));
        }
    });

    private double CostOfLeverage =>
        (double)task.Training.Count * task.Sweeps.Model.Outputs * task.Layout.StorageLength * task.Layout.StorageLength;

    // The task's threads are gone when somebody reads the notes.
    private ImmutableArray<string> NoteOfLeverage()
    {
        using var later = new InfluenceTask<TModel, T>(task.Fit, task.Training, new InfluenceOptions { Threads = 1 });
        return Leverages<TModel, T>.NoteOf(new Leverages<TModel, T>(later, inverse, task.Training.TotalWeight).Write(), task.Training);
    }

    private void ForBlocks(Action<AlignedBuffer<T>, int, int> work)
    {
        var length = task.Layout.StorageLength;
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / length, 1, task.Training.Count);
        var gradients = new AlignedBuffer<T>(block, length);
        for (var first = 0; first < task.Training.Count; first += block)
        {
            var part = InfluenceTask<TModel, T>.Part(task.Training, first, Math.Min(first + block, task.Training.Count));
            task.WriteGradients(part, gradients);
            work(gradients, part.Count, first);
            task.Report((double)(first + part.Count) / task.Training.Count);
        }
    }

    private AlignedBuffer<T> Solved(Examples.ExampleSet<T> examples, int first, int last)
    {
        var part = InfluenceTask<TModel, T>.Part(examples, first, last);
        var directions = new AlignedBuffer<T>(part.Count, task.Layout.StorageLength);
        task.WriteGradients(part, directions);
        inverse.Solve(directions, part.Count);
        return directions;
    }
}
