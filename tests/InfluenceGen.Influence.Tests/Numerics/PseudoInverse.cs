namespace InfluenceGen.Influence.Tests.Numerics;

/// <summary>Pseudo-inverses of small symmetric matrices by Jacobi's rotations: the right values of singular solves, none of the product's code.</summary>
internal static class PseudoInverse
{
    /// <summary>A⁺, eigenvalues below 1e-10 of the largest counting as 0.</summary>
    public static double[,] Of(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var (a, v) = ((double[,])matrix.Clone(), new double[n, n]);
        for (var i = 0; i < n; i++)
        {
            v[i, i] = 1;
        }

        for (var sweep = 0; sweep < 40; sweep++)
        {
            for (var p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    if (a[p, q] == 0)
                    {
                        continue;
                    }

                    var angle = 0.5 * Math.Atan2(2 * a[p, q], a[q, q] - a[p, p]);
                    var (s, c) = Math.SinCos(angle);
                    for (var k = 0; k < n; k++)
                    {
                        (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]);
                        (v[k, p], v[k, q]) = (c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q]);
                    }

                    for (var k = 0; k < n; k++)
                    {
                        (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]);
                    }
                }
            }
        }

        var largest = Enumerable.Range(0, n).Max(k => Math.Abs(a[k, k]));
        var inverse = new double[n, n];
        for (var k = 0; k < n; k++)
        {
            if (Math.Abs(a[k, k]) > 1e-10 * largest)
            {
                for (var i = 0; i < n; i++)
                {
                    for (var j = 0; j < n; j++)
                    {
                        inverse[i, j] += v[i, k] * v[j, k] / a[k, k];
                    }
                }
            }
        }

        return inverse;
    }

    /// <summary>x · A y.</summary>
    public static double Form(double[] x, double[,] a, double[] y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < y.Length; j++)
            {
                sum += x[i] * a[i, j] * y[j];
            }
        }

        return sum;
    }
}
