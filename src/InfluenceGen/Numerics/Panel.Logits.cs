using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>target_e = softmax(logits_e), with 0 in pads (<see cref="Logits.Softmax"/>).</summary>
    /// <param name="target">Rows.</param>
    /// <param name="logits">Rows of any kind, as long.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">The target is gathered, or rows are of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax<T>(in Panel<T> target, in Panel<T> logits, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRows(in target, in logits, in logits, ref count);
        for (nint e = 0; e < count; e++)
        {
            Logits.Softmax(ref logits.Row(e), ref target.Row(e), target.Columns);
        }
    }

    /// <summary>target_e = p_e − y_e, with 0 in pads (<see cref="Logits.Residual"/>).</summary>
    /// <param name="target">Rows.</param>
    /// <param name="probabilities">p: rows of any kind, as long.</param>
    /// <param name="labels">y: the same.</param>
    /// <param name="count">How many examples.</param>
    /// <inheritdoc cref="Softmax{T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Residual<T>(in Panel<T> target, in Panel<T> probabilities, in Panel<T> labels, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRows(in target, in probabilities, in labels, ref count);
        for (nint e = 0; e < count; e++)
        {
            Logits.Residual(ref probabilities.Row(e), ref labels.Row(e), ref target.Row(e), target.Columns);
        }
    }

    /// <summary>target_e = p_e ⊙ v_e − (p_e · v_e) p_e, with 0 in pads (<see cref="Logits.Covariance"/>).</summary>
    /// <param name="target">Rows.</param>
    /// <param name="probabilities">p: rows of any kind, as long.</param>
    /// <param name="vector">v: the same.</param>
    /// <param name="count">How many examples.</param>
    /// <inheritdoc cref="Softmax{T}(in Panel{T}, in Panel{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Covariance<T>(in Panel<T> target, in Panel<T> probabilities, in Panel<T> vector, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRows(in target, in probabilities, in vector, ref count);
        for (nint e = 0; e < count; e++)
        {
            Logits.Covariance(ref probabilities.Row(e), ref vector.Row(e), ref target.Row(e), target.Columns);
        }
    }

    /// <summary>target_e = the cross-entropy of softmax(logits_e) to labels_e (<see cref="Logits.SoftmaxCrossEntropy"/>).</summary>
    /// <param name="target">Numbers.</param>
    /// <param name="logits">Rows of any kind.</param>
    /// <param name="labels">The same, as long.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">The target is not numbers, or rows are of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxCrossEntropy<T>(in Panel<T> target, in Panel<T> logits, in Panel<T> labels, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireNumbers(in target, nameof(target));
        count = target.IsShared ? Math.Min(count, 1) : count;
        target.Require(count);
        RequireRow(in logits, logits.Columns, count, nameof(logits));
        RequireRow(in labels, logits.Columns, count, nameof(labels));
        for (nint e = 0; e < count; e++)
        {
            target.Row(e) = Logits.SoftmaxCrossEntropy(ref logits.Row(e), ref labels.Row(e), logits.Columns);
        }
    }

    private static void RequireRows<T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, ref int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in target, nameof(target));
        count = target.IsShared ? Math.Min(count, 1) : count;
        RequireRow(in target, target.Columns, count, nameof(target));
        RequireRow(in a, target.Columns, count, nameof(a));
        RequireRow(in b, target.Columns, count, nameof(b));
    }

    private static void RequireRow<T>(in Panel<T> operand, int columns, int count, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (operand.IsNumber)
        {
            PanelErrors.ThrowKind(name, "rows");
        }

        RequireColumns(in operand, columns, name);
        operand.Require(count);
    }
}
