using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loops of <see cref="Lanes"/>: four examples by two vectors of submodels at a time. A number that all submodels share is loaded
/// once for two multiply-adds, so that those, and not loads, are the limit; the eight outputs stay in registers, and a sum goes through
/// memory once in eight multiply-adds.
/// </summary>
internal static class LaneSums<F, T, V>
    where F : struct, IOutputLoss<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    public static void Run(LaneExamples<T> examples, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, Span<T> losses, Span<T> gradients,
        Span<T> hessians)
    {
        gradients.Clear();
        hessians.Clear();
        losses.Clear();
        nint lanes = LaneExamples<T>.Lanes;
        for (nint lane = 0; lane < lanes; lane += 2 * V.Count)
        {
            ref var w = ref Unsafe.Add(ref MemoryMarshal.GetReference(weights), lane);
            ref var c = ref Unsafe.Add(ref MemoryMarshal.GetReference(coefficients), lane);
            ref var gradient = ref Unsafe.Add(ref MemoryMarshal.GetReference(gradients), lane);
            if (hessians.IsEmpty)
            {
                Slopes(examples, ref w, ref c, ref gradient);
            }
            else
            {
                Curvatures(examples, ref w, ref c, ref Unsafe.Add(ref MemoryMarshal.GetReference(losses), lane), ref gradient,
                    ref Unsafe.Add(ref MemoryMarshal.GetReference(hessians), lane));
            }
        }
    }

    [SkipLocalsInit]
    private static void Slopes(LaneExamples<T> examples, ref T weights, ref T coefficients, ref T gradient)
    {
        nint inputs = examples.Inputs, lanes = LaneExamples<T>.Lanes;
        Unsafe.SkipInit(out LaneLines<V> lines);
        ref var x = ref examples.First;
        ref var y = ref examples.Labels;
        ref var o = ref examples.Offsets;
        for (nint i = 0; i < examples.Count; i += LaneExamples<T>.Together)
        {
            V s00, s01, s10, s11, s20, s21, s30, s31;
            if (Unsafe.IsNullRef(ref o))
            {
                s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = V.Zero;
            }
            else
            {
                s00 = s01 = V.Create(Unsafe.Add(ref o, i));
                s10 = s11 = V.Create(Unsafe.Add(ref o, i + 1));
                s20 = s21 = V.Create(Unsafe.Add(ref o, i + 2));
                s30 = s31 = V.Create(Unsafe.Add(ref o, i + 3));
            }

            ref var xj = ref Unsafe.Add(ref x, i * inputs);
            ref var wj = ref weights;
            for (var j = inputs; j > 0; j--)
            {
                var w0 = V.Load(ref wj, 0);
                var w1 = V.Load(ref wj, V.Count);
                var x0 = V.Create(xj);
                s00 = V.MultiplyAdd(x0, w0, s00);
                s01 = V.MultiplyAdd(x0, w1, s01);
                var x1 = V.Create(Unsafe.Add(ref xj, 1));
                s10 = V.MultiplyAdd(x1, w0, s10);
                s11 = V.MultiplyAdd(x1, w1, s11);
                var x2 = V.Create(Unsafe.Add(ref xj, 2));
                s20 = V.MultiplyAdd(x2, w0, s20);
                s21 = V.MultiplyAdd(x2, w1, s21);
                var x3 = V.Create(Unsafe.Add(ref xj, 3));
                s30 = V.MultiplyAdd(x3, w0, s30);
                s31 = V.MultiplyAdd(x3, w1, s31);
                xj = ref Unsafe.Add(ref xj, 4);
                wj = ref Unsafe.Add(ref wj, lanes);
            }

            ref var c = ref Unsafe.Add(ref coefficients, i * lanes);
            ref var label = ref Unsafe.Add(ref y, i);
            // One place where the loss is taken in: at eight of them the JIT would make calls of it.
            (lines[0], lines[1], lines[2], lines[3]) = (s00, s01, s10, s11);
            (lines[4], lines[5], lines[6], lines[7]) = (s20, s21, s30, s31);
            for (var line = 0; line < 2 * LaneExamples<T>.Together; line++)
            {
                F.Of(lines[line], V.Create(Unsafe.Add(ref label, line >> 1)), out _, out var slope, out _);
                lines[line] = slope * V.Load(ref c, (line >> 1) * lanes + (line & 1) * V.Count);
            }

            (s00, s01, s10, s11) = (lines[0], lines[1], lines[2], lines[3]);
            (s20, s21, s30, s31) = (lines[4], lines[5], lines[6], lines[7]);
            AddRows(ref Unsafe.Add(ref x, i * inputs), inputs, s00, s01, s10, s11, s20, s21, s30, s31, ref gradient, lanes);
        }
    }

    [SkipLocalsInit]
    private static void Curvatures(LaneExamples<T> examples, ref T weights, ref T coefficients, ref T loss, ref T gradient, ref T hessian)
    {
        nint inputs = examples.Inputs, lanes = LaneExamples<T>.Lanes;
        Unsafe.SkipInit(out LaneLines<V> slopes);
        Unsafe.SkipInit(out LaneLines<V> curvatures);
        ref var x = ref examples.First;
        ref var y = ref examples.Labels;
        ref var o = ref examples.Offsets;
        var loss0 = V.Zero;
        var loss1 = V.Zero;
        for (nint i = 0; i < examples.Count; i += LaneExamples<T>.Together)
        {
            for (nint e = 0; e < LaneExamples<T>.Together; e++)
            {
                var s0 = Unsafe.IsNullRef(ref o) ? V.Zero : V.Create(Unsafe.Add(ref o, i + e));
                var s1 = s0;
                for (nint j = 0; j < inputs; j++)
                {
                    var xj = V.Create(Unsafe.Add(ref x, i * inputs + j * LaneExamples<T>.Together + e));
                    s0 = V.MultiplyAdd(xj, V.Load(ref weights, j * lanes), s0);
                    s1 = V.MultiplyAdd(xj, V.Load(ref weights, j * lanes + V.Count), s1);
                }

                var label = V.Create(Unsafe.Add(ref y, i + e));
                ref var c = ref Unsafe.Add(ref coefficients, (i + e) * lanes);
                for (var v = 0; v < 2; v++)
                {
                    var counts = V.Load(ref c, v * V.Count);
                    F.Of(v == 0 ? s0 : s1, label, out var lost, out var slope, out var curvature);
                    slopes[2 * (int)e + v] = counts * slope;
                    curvatures[2 * (int)e + v] = counts * curvature;
                    (loss0, loss1) = v == 0 ? (V.MultiplyAdd(counts, lost, loss0), loss1) : (loss0, V.MultiplyAdd(counts, lost, loss1));
                }
            }

            ref var rows = ref Unsafe.Add(ref x, i * inputs);
            AddRows(ref rows, inputs, slopes[0], slopes[1], slopes[2], slopes[3], slopes[4], slopes[5], slopes[6], slopes[7], ref gradient, lanes);
            ref var sums = ref hessian;
            for (nint j = 0; j < inputs; j++)
            {
                // A row of the lower triangle: inputs up to this one, times this one and the curvature.
                ref var xj = ref Unsafe.Add(ref rows, j * LaneExamples<T>.Together);
                var x0 = V.Create(xj);
                var x1 = V.Create(Unsafe.Add(ref xj, 1));
                var x2 = V.Create(Unsafe.Add(ref xj, 2));
                var x3 = V.Create(Unsafe.Add(ref xj, 3));
                AddRows(ref rows, j + 1, curvatures[0] * x0, curvatures[1] * x0, curvatures[2] * x1, curvatures[3] * x1,
                    curvatures[4] * x2, curvatures[5] * x2, curvatures[6] * x3, curvatures[7] * x3, ref sums, lanes);
                sums = ref Unsafe.Add(ref sums, (j + 1) * lanes);
            }
        }

        loss0.Store(ref loss, 0);
        loss1.Store(ref loss, V.Count);
    }

    /// <summary>Adds four rows, each times a number of every submodel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRows(ref T rows, nint inputs, V r00, V r01, V r10, V r11, V r20, V r21, V r30, V r31, ref T sums, nint lanes)
    {
        ref var xj = ref rows;
        ref var sum = ref sums;
        for (var j = inputs; j > 0; j--)
        {
            var sum0 = V.Load(ref sum, 0);
            var sum1 = V.Load(ref sum, V.Count);
            var x0 = V.Create(xj);
            sum0 = V.MultiplyAdd(x0, r00, sum0);
            sum1 = V.MultiplyAdd(x0, r01, sum1);
            var x1 = V.Create(Unsafe.Add(ref xj, 1));
            sum0 = V.MultiplyAdd(x1, r10, sum0);
            sum1 = V.MultiplyAdd(x1, r11, sum1);
            var x2 = V.Create(Unsafe.Add(ref xj, 2));
            sum0 = V.MultiplyAdd(x2, r20, sum0);
            sum1 = V.MultiplyAdd(x2, r21, sum1);
            var x3 = V.Create(Unsafe.Add(ref xj, 3));
            sum0 = V.MultiplyAdd(x3, r30, sum0);
            sum1 = V.MultiplyAdd(x3, r31, sum1);
            sum0.Store(ref sum, 0);
            sum1.Store(ref sum, V.Count);
            xj = ref Unsafe.Add(ref xj, 4);
            sum = ref Unsafe.Add(ref sum, lanes);
        }
    }
}

/// <summary>A vector of each of four examples, twice.</summary>
[InlineArray(2 * 4)]
internal struct LaneLines<V> where V : struct
{
    private V _first;
}
