using System.Globalization;
using System.Numerics;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Numerics;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>The dense products that sweeps of layered models consist of, against what the machine can do at most and NumPy.</summary>
internal static class Products
{
    private const double Seconds = 0.03;

    /// <summary>A product.</summary>
    /// <param name="Name">What it is for.</param>
    /// <param name="Kind">Which operand is transposed.</param>
    /// <param name="Size">Rows and columns of the result, and terms of a sum between them.</param>
    /// <param name="OnceASweep">The right operand is weights, whose transposed copy serves all blocks of a sweep.</param>
    private sealed record Product(string Name, ProductKind Kind, (int Rows, int Inner, int Columns) Size, bool OnceASweep)
    {
        public double Flops => Kind == ProductKind.Squares
            ? (double)Size.Inner * Size.Columns * (Size.Columns + 1)
            : 2.0 * Size.Rows * Size.Inner * Size.Columns;
    }

    private static readonly Product[] _products =
    [
        new("forward, 64 examples, 64 to 32", ProductKind.Transposed, (64, 64, 32), true),
        new("forward, 64 examples, 784 to 128", ProductKind.Transposed, (64, 784, 128), true),
        new("forward, 64 examples, 785 to 10", ProductKind.Transposed, (64, 785, 10), true),
        new("backward, 64 examples, 128 to 784", ProductKind.Plain, (64, 128, 784), true),
        new("gradient, 64 examples, 784 to 128", ProductKind.LeftTransposed, (128, 64, 784), false),
        new("Gram, 2,000 × 100 examples, 51 features", ProductKind.Transposed, (2000, 51, 100), false),
        new("Hessian, 2,000 examples, 51 features", ProductKind.Squares, (51, 2000, 51), false),
    ];

    public static void Show(Bench bench)
    {
        var numpy = bench.Numpy();
        var peak = Machine.Measure()?.GigaFlops;
        Measure<double>(bench, numpy, peak);
        Measure<float>(bench, numpy, 2 * peak);
        Console.WriteLine("One thread. A multiply-add counts as two; the Hessian's, p(p + 1)/2 multiply-adds an example. Weights are copied "
            + "transposed, where that is preferred, before the clock starts: once a sweep. The Gram's copy is part of its time.");
        Console.WriteLine();
    }

    private static void Measure<T>(Bench bench, NumpyProgram? numpy, double? peak) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isFloat = typeof(T) == typeof(float);
        var table = new Table(isFloat ? "float" : "double", "GFLOP/s", "of peak", "NumPy's GFLOP/s", "times NumPy's");
        foreach (var product in _products)
        {
            var work = Work<T>(product);
            Contestant ours = new("ours", () => Bursts.Rate(work, product.Flops, Seconds));
            var samples = numpy is null
                ? Contest.Hold(bench.Options.Rounds, ours)
                : Contest.Hold(bench.Options.Rounds, ours,
                    new("NumPy", () => numpy.Run(product.Kind, isFloat, product.Size, Seconds)));
            table.Add(product.Name, samples[0].ToString("F1"),
                peak is null ? "" : (samples[0].Median / peak.Value).ToString("P0", CultureInfo.InvariantCulture),
                numpy is null ? "" : samples[1].ToString("F1"), numpy is null ? "" : samples[0].Over(samples[1]).ToString("F2"));
        }

        table.Print();
        Console.WriteLine(peak is null
            ? "The machine's peak was not measured: it has no vectors of 512 bits."
            : string.Create(CultureInfo.InvariantCulture, $"Peak, measured: {peak:F0} GFLOP/s."));
        Console.WriteLine();
    }

    /// <summary>The product as generated code computes it.</summary>
    private static Action Work<T>(Product product) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, inner, columns) = product.Size;
        var result = new AlignedBuffer<T>(rows * Workspace<T>.Stride(columns));
        var resultStride = Workspace<T>.Stride(columns);
        int innerStride = Workspace<T>.Stride(inner), rowsStride = Workspace<T>.Stride(rows);
        switch (product.Kind)
        {
            case ProductKind.Plain:
                {
                    AlignedBuffer<T> left = Block<T>(rows, inner), right = Block<T>(inner, columns);
                    return () => DenseProducts.AddProduct(ref left[0], innerStride, 1, ref right[0], resultStride, ref result[0], resultStride,
                        rows, inner, columns);
                }

            case ProductKind.LeftTransposed:
                {
                    AlignedBuffer<T> left = Block<T>(inner, rows), right = Block<T>(inner, columns);
                    return () => DenseProducts.AddProduct(ref left[0], 1, rowsStride, ref right[0], resultStride, ref result[0], resultStride,
                        rows, inner, columns);
                }

            case ProductKind.Squares:
                {
                    AlignedBuffer<T> x = Block<T>(inner, columns), weights = Block<T>(1, inner);
                    return () =>
                    {
                        DenseProducts.AddWeightedSquares(ref x[0], resultStride, ref weights[0], 1, ref result[0], resultStride, inner, columns);
                        DenseProducts.MirrorUpper(ref result[0], resultStride, columns);
                    };
                }

            default:
                {
                    AlignedBuffer<T> left = Block<T>(rows, inner), right = Block<T>(columns, inner), copy = new(inner * resultStride);

                    // A sweep has more blocks than the one that is measured.
                    const int Blocks = 30;
                    if (!DenseProducts.PrefersTransposed<T>(product.OnceASweep ? Blocks * rows : rows, inner, columns))
                    {
                        return () => DenseProducts.AddProductTransposed(ref left[0], innerStride, ref right[0], innerStride, ref result[0],
                            resultStride, rows, inner, columns);
                    }

                    void Copy() => DenseProducts.Transpose(ref right[0], innerStride, columns, inner, ref copy[0], resultStride);
                    void Multiply() => DenseProducts.AddProduct(ref left[0], innerStride, 1, ref copy[0], resultStride, ref result[0],
                        resultStride, rows, inner, columns);
                    Copy();
                    return product.OnceASweep ? Multiply : () =>
                    {
                        Copy();
                        Multiply();
                    };
                }
        }
    }

    private static AlignedBuffer<T> Block<T>(int rows, int columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Workspace<T>.Stride(columns);
        var block = new AlignedBuffer<T>(rows * stride);
        var random = new RandomSource(1);
        for (var i = 0; i < block.Length; i++)
        {
            block[i] = i % stride < columns ? T.CreateTruncating(2 * random.NextDouble() - 1) : T.Zero;
        }

        return block;
    }
}
