namespace InfluenceGen.Numerics;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's cyclic rotations, which find small eigenvalues
/// as exactly as large ones. The cost is some n³ a sweep over all pairs, and six to ten sweeps.</summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 60;

    /// <summary>Decomposes a matrix; afterwards its diagonal holds the eigenvalues.</summary>
    /// <param name="matrix">n by n, symmetric.</param>
    /// <returns>The eigenvectors: column k belongs to the k-th diagonal element.</returns>
    public static double[,] Decompose(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var vectors = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            vectors[i, i] = 1;
        }

        for (var sweep = 0; sweep < MostSweeps && OffDiagonal(matrix) > 0; sweep++)
        {
            for (var p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    Rotate(matrix, vectors, p, q);
                }
            }
        }

        return vectors;
    }

    /// <summary>Makes element p, q zero by a rotation in their plane.</summary>
    private static void Rotate(double[,] a, double[,] vectors, int p, int q)
    {
        // What no longer changes the diagonal is 0.
        if (Math.Abs(a[p, p]) + Math.Abs(a[p, q]) == Math.Abs(a[p, p]) && Math.Abs(a[q, q]) + Math.Abs(a[p, q]) == Math.Abs(a[q, q]))
        {
            a[p, q] = a[q, p] = 0;
            return;
        }

        var ratio = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var tangent = Math.CopySign(1, ratio) / (Math.Abs(ratio) + double.Hypot(1, ratio));
        var cosine = 1 / double.Hypot(1, tangent);
        var sine = tangent * cosine;
        for (var k = 0; k < a.GetLength(0); k++)
        {
            (a[k, p], a[k, q]) = (cosine * a[k, p] - sine * a[k, q], sine * a[k, p] + cosine * a[k, q]);
            (vectors[k, p], vectors[k, q]) = (cosine * vectors[k, p] - sine * vectors[k, q], sine * vectors[k, p] + cosine * vectors[k, q]);
        }

        for (var k = 0; k < a.GetLength(0); k++)
        {
            (a[p, k], a[q, k]) = (cosine * a[p, k] - sine * a[q, k], sine * a[p, k] + cosine * a[q, k]);
        }

        a[p, q] = a[q, p] = 0;
    }

    private static double OffDiagonal(double[,] matrix)
    {
        var sum = 0.0;
        for (var p = 0; p < matrix.GetLength(0); p++)
        {
            for (var q = 0; q < p; q++)
            {
                sum += matrix[p, q] * matrix[p, q];
            }
        }

        return sum;
    }
}
