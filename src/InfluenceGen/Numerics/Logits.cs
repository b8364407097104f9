using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>
/// What a softmax makes of one example's outputs s, a row of a block: it starts on a 64-byte line and is padded to the
/// next one. What the pads hold does not matter. Outputs of any size are allowed; NaN makes the result NaN. T is double or float.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Logits
{
    /// <summary>p_j = e^(s_j) / Σ_k e^(s_k); the pads of the result become 0.</summary>
    /// <param name="logits">s_0.</param>
    /// <param name="probabilities">p_0; may be s_0 itself.</param>
    /// <param name="count">How many outputs, at least one.</param>
    public static void Softmax<T>(ref readonly T logits, ref T probabilities, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var s = ref Unsafe.AsRef(in logits);
        if (Vector512.IsHardwareAccelerated)
        {
            LogitRow<T, Wide<T>>.Softmax(ref s, ref probabilities, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LogitRow<T, Narrow<T>>.Softmax(ref s, ref probabilities, count);
        }
        else
        {
            LogitRow<T, Slim<T>>.Softmax(ref s, ref probabilities, count);
        }
    }

    /// <summary>log Σ_k e^(s_k).</summary>
    /// <param name="logits">s_0.</param>
    /// <param name="count">How many outputs, at least one.</param>
    public static T LogSumExp<T>(ref readonly T logits, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var s = ref Unsafe.AsRef(in logits);
        return Vector512.IsHardwareAccelerated
            ? LogitRow<T, Wide<T>>.LogSumExp(ref s, count)
            : Vector256.IsHardwareAccelerated ? LogitRow<T, Narrow<T>>.LogSumExp(ref s, count)
            : LogitRow<T, Slim<T>>.LogSumExp(ref s, count);
    }

    /// <summary>
    /// log Σ_k e^(s_k) − Σ_k y_k s_k, the cross-entropy of softmax(s) to labels y that are at least 0 and sum to 1. It is
    /// computed as the sum Σ_k y_k (m − s_k) + log(1 + Σ' e^(s_k − m)), where m is the greatest output and Σ' leaves it out: no
    /// term is negative, so that a tiny loss keeps its relative accuracy.
    /// </summary>
    /// <param name="logits">s_0.</param>
    /// <param name="labels">y_0.</param>
    /// <param name="count">How many outputs, at least one.</param>
    public static T SoftmaxCrossEntropy<T>(ref readonly T logits, ref readonly T labels, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var s = ref Unsafe.AsRef(in logits);
        ref var y = ref Unsafe.AsRef(in labels);
        return Vector512.IsHardwareAccelerated
            ? LogitRow<T, Wide<T>>.SoftmaxCrossEntropy(ref s, ref y, count)
            : Vector256.IsHardwareAccelerated ? LogitRow<T, Narrow<T>>.SoftmaxCrossEntropy(ref s, ref y, count)
            : LogitRow<T, Slim<T>>.SoftmaxCrossEntropy(ref s, ref y, count);
    }

    /// <summary>
    /// r_j = p_j − y_j for shares that add up to 1 each: the gradient of the cross-entropy in the logits. Where p_j is more than a
    /// half, it is computed as (1 − y_j) − Σ_k≠j p_k, so that a small error keeps its relative accuracy where y_j is 1. The pads of the
    /// result become 0.
    /// </summary>
    /// <param name="probabilities">p_0.</param>
    /// <param name="labels">y_0.</param>
    /// <param name="residuals">r_0; may be p_0 itself.</param>
    /// <param name="count">How many outputs, at least one.</param>
    public static void Residual<T>(ref readonly T probabilities, ref readonly T labels, ref T residuals, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var p = ref Unsafe.AsRef(in probabilities);
        ref var y = ref Unsafe.AsRef(in labels);
        if (Vector512.IsHardwareAccelerated)
        {
            LogitRow<T, Wide<T>>.Residual(ref p, ref y, ref residuals, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LogitRow<T, Narrow<T>>.Residual(ref p, ref y, ref residuals, count);
        }
        else
        {
            LogitRow<T, Slim<T>>.Residual(ref p, ref y, ref residuals, count);
        }
    }

    /// <summary>
    /// p_j v_j − (Σ_k p_k v_k) p_j for shares p that add up to 1: the Hessian of the cross-entropy in the logits, times v. A constant
    /// added to v changes nothing, so v is measured from its element where p is greatest: where that p is nearly 1, the products
    /// keep their relative accuracy. The pads of the result become 0.
    /// </summary>
    /// <param name="probabilities">p_0.</param>
    /// <param name="vector">v_0.</param>
    /// <param name="products">The first element of the result; may be p_0 or v_0 itself.</param>
    /// <param name="count">How many outputs, at least one.</param>
    public static void Covariance<T>(ref readonly T probabilities, ref readonly T vector, ref T products, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var p = ref Unsafe.AsRef(in probabilities);
        ref var v = ref Unsafe.AsRef(in vector);
        if (Vector512.IsHardwareAccelerated)
        {
            LogitRow<T, Wide<T>>.Covariance(ref p, ref v, ref products, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            LogitRow<T, Narrow<T>>.Covariance(ref p, ref v, ref products, count);
        }
        else
        {
            LogitRow<T, Slim<T>>.Covariance(ref p, ref v, ref products, count);
        }
    }
}
