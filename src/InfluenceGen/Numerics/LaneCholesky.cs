using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Factors of symmetric matrices that stand side by side, one in each lane: H = L Lᵀ, and H⁻¹ g. A lane whose pivot is lost in rounding
/// becomes NaN, and none beside it.
/// </summary>
internal static class LaneCholesky<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    /// <summary>Overwrites the lower triangle with its factor, of which the diagonal is inverted, and vectors with the solutions.</summary>
    /// <param name="order">Rows.</param>
    /// <param name="triangle">Row by row, a line of lanes for each element.</param>
    /// <param name="vectors">A line for each row.</param>
    /// <param name="lanes">Numbers of a line.</param>
    /// <param name="least">The smallest share of a diagonal element that its pivot may be.</param>
    public static void Solve(int order, Span<T> triangle, Span<T> vectors, int lanes, T least)
    {
        for (nint lane = 0; lane < lanes; lane += V.Count)
        {
            Solve(order, ref Unsafe.Add(ref MemoryMarshal.GetReference(triangle), lane), ref Unsafe.Add(ref MemoryMarshal.GetReference(vectors), lane),
                lanes, least);
        }
    }

    private static void Solve(nint order, ref T triangle, ref T vector, nint lanes, T least)
    {
        var row = (nint)0;
        for (nint j = 0; j < order; row += ++j)
        {
            var diagonal = V.Load(ref triangle, (row + j) * lanes);
            var other = (nint)0;
            for (nint k = 0; k <= j; other += ++k)
            {
                var sum = V.Load(ref triangle, (row + k) * lanes);
                for (nint m = 0; m < k; m++)
                {
                    sum -= V.Load(ref triangle, (row + m) * lanes) * V.Load(ref triangle, (other + m) * lanes);
                }

                if (k < j)
                {
                    sum *= V.Load(ref triangle, (other + k) * lanes);
                }
                else
                {
                    var isFirm = V.LessThan(diagonal * V.Create(least), sum);
                    sum = V.One / SquareRoot(V.Select(isFirm, sum, V.Create(T.NaN)));
                }

                sum.Store(ref triangle, (row + k) * lanes);
            }
        }

        row = 0;
        for (nint j = 0; j < order; row += ++j)
        {
            var sum = V.Load(ref vector, j * lanes);
            for (nint k = 0; k < j; k++)
            {
                sum -= V.Load(ref triangle, (row + k) * lanes) * V.Load(ref vector, k * lanes);
            }

            (sum * V.Load(ref triangle, (row + j) * lanes)).Store(ref vector, j * lanes);
        }

        for (var j = order - 1; j >= 0; j--)
        {
            row = j * (j + 1) / 2;
            var solved = V.Load(ref vector, j * lanes) * V.Load(ref triangle, (row + j) * lanes);
            solved.Store(ref vector, j * lanes);
            for (nint k = 0; k < j; k++)
            {
                (V.Load(ref vector, k * lanes) - V.Load(ref triangle, (row + k) * lanes) * solved).Store(ref vector, k * lanes);
            }
        }
    }

    private static V SquareRoot(V x)
    {
        Span<T> line = stackalloc T[V.Count];
        x.Store(ref line[0], 0);
        foreach (ref var number in line)
        {
            number = T.Sqrt(number);
        }

        return V.Load(ref line[0], 0);
    }
}
