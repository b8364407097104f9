using System.ComponentModel;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Sums over examples for submodels that stand side by side, one in each lane of a register: for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Lanes
{
    /// <summary>
    /// For each submodel k of outputs s_i = x_i·w_k + o_i: Σ_i c_ik ℓ_i, Σ_i c_ik ℓ_i′ x_i, and Σ_i c_ik ℓ_i″ x_i x_iᵀ.
    /// </summary>
    /// <typeparam name="F">The loss.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="examples">The examples.</param>
    /// <param name="weights">w: <see cref="LaneExamples{T}.Inputs"/> lines of <see cref="LaneExamples{T}.Lanes"/> numbers.</param>
    /// <param name="coefficients">c: a line for each example.</param>
    /// <param name="losses">Receives one line; may be empty where the second derivative is.</param>
    /// <param name="gradients">Receives a line for each input.</param>
    /// <param name="hessians">Receives a line for each pair of inputs, row by row of the lower triangle; may be empty.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public static void Sum<F, T>(LaneExamples<T> examples, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, Span<T> losses, Span<T> gradients,
        Span<T> hessians)
        where F : struct, IOutputLoss<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples);
        var (inputs, lanes) = ((long)examples.Inputs, LaneExamples<T>.Lanes);
        Require(weights.Length, inputs * lanes, nameof(weights));
        Require(coefficients.Length, (long)examples.Count * lanes, nameof(coefficients));
        Require(gradients.Length, inputs * lanes, nameof(gradients));
        Require(hessians.Length, hessians.IsEmpty ? 0 : inputs * (inputs + 1) / 2 * lanes, nameof(hessians));
        Require(losses.Length, hessians.IsEmpty ? 0 : lanes, nameof(losses));
        if (Vector512.IsHardwareAccelerated)
        {
            LaneSums<F, T, Wide<T>>.Run(examples, weights, coefficients, losses, gradients, hessians);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LaneSums<F, T, Narrow<T>>.Run(examples, weights, coefficients, losses, gradients, hessians);
        }
        else
        {
            LaneSums<F, T, Slim<T>>.Run(examples, weights, coefficients, losses, gradients, hessians);
        }
    }

    /// <summary>Solves with symmetric matrices that stand side by side: vectors ← H⁻¹ vectors. A lane whose matrix is not positive definite
    /// beyond rounding becomes NaN.</summary>
    /// <param name="order">Rows of each.</param>
    /// <param name="triangle">The lower triangle row by row, a line for each element; overwritten.</param>
    /// <param name="vectors">A line for each row.</param>
    internal static void Solve<T>(int order, Span<T> triangle, Span<T> vectors) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = LaneExamples<T>.Lanes;
        var least = T.CreateTruncating(16 * order) * (T.BitIncrement(T.One) - T.One);
        if (Vector512.IsHardwareAccelerated)
        {
            LaneCholesky<T, Wide<T>>.Solve(order, triangle, vectors, lanes, least);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LaneCholesky<T, Narrow<T>>.Solve(order, triangle, vectors, lanes, least);
        }
        else
        {
            LaneCholesky<T, Slim<T>>.Solve(order, triangle, vectors, lanes, least);
        }
    }

    private static void Require(int length, long expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"There are {length} numbers where {expected} are expected.", name);
        }
    }
}
