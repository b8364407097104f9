using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>What the weights of a group's members are relaxed to.</summary>
public enum GroupRelaxation
{
    /// <summary>0 ≤ w ≤ 1 and Σ w ≤ k: the convex hull of the groups of at most k members.</summary>
    CappedSimplex,

    /// <summary>|w|_1 ≤ k, as the paper relaxes |w|_0 ≤ k. Degenerate: the objective grows with the square of a weight and nothing keeps a
    /// weight below 1, so that all mass collapses on one to three examples, and the others of the group are picked by the
    /// tie rule. For comparison with the literature.</summary>
    L1Ball,
}

/// <summary>
/// The group of size k that projected gradient ascent finds on the second-order objective (Basu, You and Feizi, 2020, Eq. (18)):
/// w ← P(w + s (c₁ a + c₂ (B + Bᵀ) w)) from w = k/n, then the k largest weights, ties to the lower position. B is not symmetric,
/// so that the gradient has both it and its transpose; it is never formed.
/// </summary>
/// <remarks>The objective is not concave, so that what is found is a local maximum. Four passes over the training set and two solves an
/// iteration.</remarks>
public readonly record struct ProjectedGradientGroup() : IGroupSelection
{
    // Enough for the norm of a matrix of some rapidly falling eigenvalues, to some per cent.
    private const int PowerIterations = 20;

    private readonly int? _iterations;

    /// <summary>Damping and solver.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>What the weights are relaxed to.</summary>
    public GroupRelaxation Relaxation { get; init; } = GroupRelaxation.CappedSimplex;

    /// <summary>Iterations at most; fewer where the weights stand still.</summary>
    public int Iterations
    {
        get => _iterations ?? 200;
        init => _iterations = value;
    }

    /// <summary>s; null for the inverse of the largest curvature, |c₂ (B + Bᵀ)|, with which the objective cannot fall.</summary>
    public double? Step { get; init; }

    /// <summary>w to start from, one for each training example; empty for k/n.</summary>
    public ImmutableArray<double> Start { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The start has another length than the training set.</exception>
    public SelectedGroup Select<TModel, T>(InfluenceTask<TModel, T> task, int size)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        Settings.RequireDefined(Relaxation);
        if (Step is { } stated)
        {
            Settings.RequirePositive(stated, nameof(Step));
        }

        var n = task.Training.Count;
        if (!Start.IsDefaultOrEmpty && Start.Length != n)
        {
            throw new ArgumentException($"The search is to start from {Start.Length} weights; there are {n} training examples.", nameof(Start));
        }

        if (!Start.IsDefaultOrEmpty && Finite.IndexOfOther(Start.AsSpan()) is >= 0 and var other)
        {
            throw new ArgumentException($"The weight of training example {other} to start from is not a finite number.", nameof(Start));
        }

        var objective = new GroupObjective<TModel, T>(task, Influence, size);
        var step = T.CreateChecked(Step ?? StepOf(objective));
        var (weights, last, gradient) = (new AlignedBuffer<T>(n), new AlignedBuffer<T>(n), new AlignedBuffer<T>(n));
        for (var i = 0; i < n; i++)
        {
            weights[i] = T.CreateChecked(Start.IsDefaultOrEmpty ? (double)size / n : Start[i]);
        }

        var iteration = 0;
        var moved = T.One;
        for (; iteration < Iterations && moved > T.Zero; iteration++)
        {
            task.Report((double)iteration / Iterations);
            weights.Span.CopyTo(last.Span);
            objective.WriteGradient(weights, gradient);
            TensorPrimitives.MultiplyAdd(gradient.Span, step, weights.Span, weights.Span);
            if (Relaxation == GroupRelaxation.L1Ball)
            {
                Projection.OntoL1Ball(weights.Span, T.CreateChecked(size));
            }
            else
            {
                Projection.OntoCappedSimplex(weights.Span, T.CreateChecked(size));
            }

            moved = TensorPrimitives.Distance<T>(weights.Span, last.Span);
        }

        return objective.Found(GroupObjective<TModel, T>.Largest(weights, size), weights, string.Create(CultureInfo.InvariantCulture,
            $"Projected gradient: {iteration} iterations of step {double.CreateChecked(step):G3}, the last of length {double.CreateChecked(moved):G2}; the relaxed objective is {objective.Of(weights):G6}."));
    }

    /// <summary>1/|c₂ (B + Bᵀ)| by the power method from a; where there is no curvature, a step across the whole set.</summary>
    private static double StepOf<TModel, T>(GroupObjective<TModel, T> objective)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (vector, product) = (AlignedBuffer<T>.CopyOf(objective.Additive.Span), new AlignedBuffer<T>(objective.Additive.Length));
        var curvature = T.Zero;
        for (var iteration = 0; iteration < PowerIterations; iteration++)
        {
            var norm = TensorPrimitives.Norm<T>(vector.Span);
            if (!(norm > T.Zero))
            {
                break;
            }

            TensorPrimitives.Divide(vector.Span, norm, vector.Span);
            objective.WriteQuadratic(vector, product);
            curvature = TensorPrimitives.Norm<T>(product.Span);
            product.Span.CopyTo(vector.Span);
        }

        if (curvature > T.Zero)
        {
            return 1 / double.CreateChecked(curvature);
        }

        var slope = Math.Abs(objective.Linear * double.CreateChecked(TensorPrimitives.MaxMagnitude<T>(objective.Additive.Span)));
        return slope > 0 ? 1 / slope : 1;
    }
}
