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
/// The proximal Bregman response function (Bae, Ng, Lo, Ghassemi and Grosse, 2022): what influence functions with damped Gauss-Newton
/// curvature approximate in a network. The response to example z is
/// θ_ε = argmin_θ′ (1/n) Σ_i D(s_i(θ′), s_i(θ)) + ε ℓ_z(θ′) + (δ/2)|θ′ − θ|², where D(s, s⁰) = ℓ(s) − ℓ(s⁰) − ∂ℓ(s⁰)/∂s · (s − s⁰) is the
/// loss's Bregman divergence in the outputs (½|s − s⁰|² of squared losses, the Kullback-Leibler divergence of cross-entropy). The
/// score is (ℓ_te(θ_ε) − ℓ_te(θ)) / (−ε n): at ε = −1/n, removal, the change of the test loss itself.
/// </summary>
/// <remarks>
/// <para>Needs no minimum and no positive definite Hessian. Penalties of the training objective are not part of it; δ is. As ε falls it
/// tends to influence functions with <see cref="Curvature.GaussNewton"/> and damping δ of a fit without penalty.</para>
/// <para>A minimisation for each training example, of some ten to a hundred gradients of the training set each: L-BFGS from θ, whose initial
/// inverse Hessian is that of the quadratic model at θ, (G + δI)⁻¹. The responses are kept where n p numbers fit, and found
/// anew for each block of test examples otherwise.</para>
/// </remarks>
public readonly record struct ProximalBregmanResponse() : IInfluenceMethod
{
    private readonly double? _damping;
    private readonly double? _tolerance;
    private readonly int? _iterations;

    /// <summary>δ, positive: how far the response may go.</summary>
    public double Damping
    {
        get => _damping ?? 1e-3;
        init => _damping = value;
    }

    /// <summary>ε; null for removal, −1/n.</summary>
    public double? Epsilon { get; init; }

    /// <summary>What the largest element of the gradient has to fall to, relative to ε g_z. The error of a response is about that
    /// part of it. Below 256 units of rounding (3e-5 in single precision) it counts as that.</summary>
    public double Tolerance
    {
        get => _tolerance ?? 1e-9;
        init => _tolerance = value;
    }

    /// <summary>Iterations at most for each training example; the notes count those that did not reach the tolerance.</summary>
    public int Iterations
    {
        get => _iterations ?? 500;
        init => _iterations = value;
    }

    /// <summary>How products with (G + δI)⁻¹ are found.</summary>
    public Solver Solver
    {
        get => field ?? Solver.Automatic;
        init;
    }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequirePositive(Damping);
        Settings.RequireNotNegative(Tolerance);
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        var epsilon = Epsilon ?? -1.0 / task.Training.TotalWeight;
        if (epsilon == 0 || !double.IsFinite(epsilon))
        {
            throw new ArgumentOutOfRangeException(nameof(Epsilon), Epsilon, "The response is to a weight ε that is finite and not 0; leave Epsilon out for removal.");
        }

        return new BregmanScores<TModel, T>(task, new ProximalBregmanObjective<TModel, T>(task, this, epsilon));
    }
}

/// <summary>Q(θ′) = (1/n) Σ_i D(s_i(θ′), s_i(θ)) + ε ℓ_z(θ′) + (δ/2)|θ′ − θ|², and its minimum near θ.</summary>
internal sealed class ProximalBregmanObjective<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Memory = 20;
    private const int MostHalvings = 40;
    private const double SufficientDecrease = 1e-4;

    // In units of rounding: what a gradient can be told from 0 by.
    private const double LeastTolerance = 256;

    private static readonly double _rounding = double.CreateChecked(T.BitIncrement(T.One) - T.One);
    private static readonly double _slack = Math.Max(1e-9, 1000 * _rounding);

    private readonly InfluenceTask<TModel, T> _task;
    private readonly ProximalBregmanResponse _settings;
    private readonly InverseHessian<TModel, T> _inverse;
    private readonly ExampleSet<T> _training;
    private readonly AlignedBuffer<T> _outputs;
    private readonly AlignedBuffer<T> _losses;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _outputsThere;
    private readonly AlignedBuffer<T> _lossesThere;
    private readonly AlignedBuffer<T> _cotangents;
    private readonly AlignedBuffer<T> _own;
    private readonly AlignedBuffer<T> _ownLoss = new(1);
    private readonly AlignedBuffer<T> _ownOutputGradient;
    private int _solved;
    private int _unsolved;
    private int _most;

    public ProximalBregmanObjective(InfluenceTask<TModel, T> task, ProximalBregmanResponse settings, double epsilon)
    {
        (_task, _settings, Epsilon) = (task, settings, epsilon);
        _inverse = Solver.Bind(settings.Solver,
            new ObjectiveHessian<TModel, T>(task, Curvature.GaussNewton, settings.Damping) { IsPenalised = false });
        var (n, stride) = (task.Training.Count, task.Sweeps.Model.OutputStride);
        (_outputs, _outputsThere) = (new(n, stride), new(n, stride));
        (_outputGradients, _cotangents) = (new(n, stride), new(n, stride));
        (_losses, _lossesThere) = (new(n), new(n));
        (_own, _ownOutputGradient) = (new(task.Layout.StorageLength), new(stride));

        // A divergence is of losses as functions of the outputs: a factorization's shares of the penalty are not in it.
        _training = task.Training.TableCount == 0 ? task.Training : task.Training.WithPenalty(RowPenalty.None);
        task.Sweeps.Predict(_training, task.Weights, _outputs);
        task.Sweeps.Loss(_training, task.Weights, _losses);
        task.Sweeps.OutputGradient(_training, task.Weights, _outputGradients);
    }

    public double Epsilon { get; }

    public ImmutableArray<string> Notes
    {
        get
        {
            var solved = string.Create(CultureInfo.InvariantCulture,
                $"Proximal Bregman response: {_solved} minimisations, at most {_most} iterations.");
            return [.. _inverse.Notes, _unsolved == 0 ? solved : string.Create(CultureInfo.InvariantCulture,
                $"{solved} {_unsolved} of them did not reach {_settings.Tolerance:G2} in {_settings.Iterations}: allow more, ask for less (Tolerance), or add damping.")];
        }
    }

    /// <summary>Writes the response to an example, the minimum that is reached from θ.</summary>
    /// <returns>Q there; Q(θ) is ε ℓ_z(θ).</returns>
    public double Minimise(ExampleSet<T> example, AlignedBuffer<T> response)
    {
        var length = _task.Layout.StorageLength;
        var (gradient, last, direction, start) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(length), new AlignedBuffer<T>(length),
            new AlignedBuffer<T>(length));
        var history = new Queue<(T[] Step, T[] Difference, T Curvature)>();
        _task.Weights.Span.CopyTo(response.Span);
        var value = Value(example, response, gradient);
        var norm = Largest(gradient);
        var goal = Math.Max(Math.Max(_settings.Tolerance, LeastTolerance * _rounding) * norm, double.Epsilon);
        var iteration = 0;
        for (; iteration < _settings.Iterations && norm > goal; iteration++)
        {
            _task.Cancellation.ThrowIfCancellationRequested();
            WriteDirection(gradient, history, direction);
            var slope = double.CreateChecked(TensorPrimitives.Dot<T>(direction.Span, gradient.Span));
            if (!(slope < 0))
            {
                history.Clear();
                WriteDirection(gradient, history, direction);
                slope = double.CreateChecked(TensorPrimitives.Dot<T>(direction.Span, gradient.Span));
            }

            response.Span.CopyTo(start.Span);
            gradient.Span.CopyTo(last.Span);
            if (!Step(example, start, direction, slope, ref value, ref norm, response, gradient))
            {
                break;
            }

            Remember(history, start, response, last, gradient);
        }

        _solved++;
        _unsolved += norm <= goal ? 0 : 1;
        _most = Math.Max(_most, iteration);
        return value;
    }

    /// <summary>Q, and its gradient (1/n) Σ_i J_iᵀ (r_i(θ′) − r_i(θ)) + ε g_z(θ′) + δ (θ′ − θ).</summary>
    private double Value(ExampleSet<T> example, AlignedBuffer<T> weights, AlignedBuffer<T> gradient)
    {
        var (sweeps, n) = (_task.Sweeps, _task.Training.TotalWeight);
        sweeps.Predict(_training, weights, _outputsThere);
        sweeps.Loss(_training, weights, _lossesThere);
        sweeps.OutputGradient(_training, weights, _cotangents);
        TensorPrimitives.Subtract(_cotangents.Span, _outputGradients.Span, _cotangents.Span);
        gradient.Span.Clear();
        sweeps.OutputAdjointSum(_training, weights, _cotangents, gradient);
        TensorPrimitives.Divide(gradient.Span, T.CreateChecked(n), gradient.Span);

        _own.Span.Clear();
        sweeps.Loss(example, weights, _ownLoss);
        sweeps.GradientSum(example, weights, null, _ownOutputGradient, _own);
        var (epsilon, damping) = (T.CreateChecked(Epsilon), T.CreateChecked(_settings.Damping));
        TensorPrimitives.MultiplyAdd(_own.Span, epsilon, gradient.Span, gradient.Span);
        TensorPrimitives.MultiplyAdd(weights.Span, damping, gradient.Span, gradient.Span);
        TensorPrimitives.MultiplyAdd(_task.Weights.Span, -damping, gradient.Span, gradient.Span);

        // Differences first: near θ each of them is small.
        TensorPrimitives.Subtract(_lossesThere.Span, _losses.Span, _lossesThere.Span);
        TensorPrimitives.Subtract(_outputsThere.Span, _outputs.Span, _outputsThere.Span);
        var divergence = double.CreateChecked(TensorPrimitives.Sum<T>(_lossesThere.Span))
            - double.CreateChecked(TensorPrimitives.Dot<T>(_outputsThere.Span, _outputGradients.Span));
        var distance = double.CreateChecked(TensorPrimitives.Distance<T>(weights.Span, _task.Weights.Span));
        return divergence / n + Epsilon * double.CreateChecked(_ownLoss[0]) + _settings.Damping / 2 * distance * distance;
    }

    /// <summary>Goes along a direction as far as Q falls; where Q no longer tells, as far as its gradient does.</summary>
    private bool Step(ExampleSet<T> example, AlignedBuffer<T> start, AlignedBuffer<T> direction, double slope, ref double value,
        ref double norm, AlignedBuffer<T> response, AlignedBuffer<T> gradient)
    {
        var step = 1.0;
        for (var halving = 0; halving < MostHalvings; halving++, step /= 2)
        {
            TensorPrimitives.MultiplyAdd(direction.Span, T.CreateChecked(step), start.Span, response.Span);
            var there = Value(example, response, gradient);
            var reached = Largest(gradient);
            if (there <= value + SufficientDecrease * step * slope || reached < 0.9 * norm && there <= value + _slack * Math.Abs(value))
            {
                (value, norm) = (there, reached);
                return true;
            }
        }

        start.Span.CopyTo(response.Span);
        return false;
    }

    /// <summary>−(inverse Hessian as L-BFGS has it) · gradient, by the two-loop recursion (Nocedal and Wright, 2006, Algorithm 7.4).</summary>
    private void WriteDirection(AlignedBuffer<T> gradient, Queue<(T[] Step, T[] Difference, T Curvature)> history, AlignedBuffer<T> direction)
    {
        (T[] Step, T[] Difference, T Curvature)[] pairs = [.. history];
        var amounts = new T[pairs.Length];
        TensorPrimitives.Negate(gradient.Span, direction.Span);
        for (var k = pairs.Length - 1; k >= 0; k--)
        {
            amounts[k] = TensorPrimitives.Dot<T>(pairs[k].Step, direction.Span) / pairs[k].Curvature;
            TensorPrimitives.MultiplyAdd(pairs[k].Difference, -amounts[k], direction.Span, direction.Span);
        }

        _inverse.Solve(direction, 1);
        for (var k = 0; k < pairs.Length; k++)
        {
            var amount = amounts[k] - TensorPrimitives.Dot<T>(pairs[k].Difference, direction.Span) / pairs[k].Curvature;
            TensorPrimitives.MultiplyAdd(pairs[k].Step, amount, direction.Span, direction.Span);
        }
    }

    private static void Remember(Queue<(T[] Step, T[] Difference, T Curvature)> history, AlignedBuffer<T> start, AlignedBuffer<T> end,
        AlignedBuffer<T> before, AlignedBuffer<T> after)
    {
        var (step, difference) = (new T[start.Length], new T[start.Length]);
        TensorPrimitives.Subtract(end.Span, start.Span, step);
        TensorPrimitives.Subtract(after.Span, before.Span, difference);
        var curvature = TensorPrimitives.Dot<T>(step, difference);
        var lengths = TensorPrimitives.Norm<T>(step) * TensorPrimitives.Norm<T>(difference);
        if (curvature > T.CreateChecked(1e-10) * lengths)
        {
            history.Enqueue((step, difference, curvature));
            if (history.Count > Memory)
            {
                history.Dequeue();
            }
        }
    }

    private static double Largest(AlignedBuffer<T> vector) => Math.Abs(double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(vector.Span)));
}

/// <inheritdoc cref="ProximalBregmanResponse"/>
internal sealed class BregmanScores<TModel, T>(InfluenceTask<TModel, T> task, ProximalBregmanObjective<TModel, T> objective) : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T>?[]? _responses =
        (long)task.Training.Count * task.Layout.StorageLength <= 8 * InfluenceTask<TModel, T>.BlockBudget ? new AlignedBuffer<T>?[task.Training.Count] : null;
    private readonly T _scale = T.CreateChecked(-1 / (objective.Epsilon * task.Training.TotalWeight));

    public override ImmutableArray<string> Notes => objective.Notes;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (test, n) = (task.TestPart(first, last), task.Training.Count);
        var changes = new AlignedBuffer<T>(test.Count);
        var before = LossesOf(test);
        for (var i = 0; i < n; i++)
        {
            WriteChanges(Response(i), test, before, changes);
            for (var t = 0; t < test.Count; t++)
            {
                scores[t * n + i] = changes[t];
            }

            task.Report((i + 1.0) / n);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var (changes, before) = (new AlignedBuffer<T>(task.Test.Count), LossesOf(task.Test));
        for (var i = 0; i < task.Training.Count; i++)
        {
            WriteChanges(Response(i), task.Test, before, changes);
            scores[i] = TensorPrimitives.Sum<T>(changes.Span);
            task.Report((i + 1.0) / task.Training.Count);
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var change = new AlignedBuffer<T>(1);
        for (var i = 0; i < task.Training.Count; i++)
        {
            var example = Example(i);
            WriteChanges(Response(i), example, LossesOf(example), change);
            scores[i] = change[0];
            task.Report((i + 1.0) / task.Training.Count);
        }
    }

    private ExampleSet<T> Example(int i) => InfluenceTask<TModel, T>.Part(task.Training, i, i + 1);

    private AlignedBuffer<T> Response(int i)
    {
        if (_responses?[i] is { } known)
        {
            return known;
        }

        var response = new AlignedBuffer<T>(task.Layout.StorageLength);
        objective.Minimise(Example(i), response);
        if (_responses is not null)
        {
            _responses[i] = response;
        }

        return response;
    }

    private AlignedBuffer<T> LossesOf(ExampleSet<T> examples)
    {
        var losses = new AlignedBuffer<T>(examples.Count);
        task.Sweeps.Loss(examples, task.Weights, losses);
        return losses;
    }

    private void WriteChanges(AlignedBuffer<T> response, ExampleSet<T> examples, AlignedBuffer<T> before, AlignedBuffer<T> changes)
    {
        task.Sweeps.Loss(examples, response, changes);
        TensorPrimitives.Subtract(changes.Span, before.Span, changes.Span);
        TensorPrimitives.Multiply(changes.Span, _scale, changes.Span);
    }
}
