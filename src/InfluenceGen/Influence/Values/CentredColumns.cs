using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Regression with an intercept: columns without their means, and their products.</summary>
internal static class CentredColumns
{
    /// <summary>Takes each column's mean out of it.</summary>
    /// <returns>The means.</returns>
    public static double[] Centre(Span<double> rows, int count, int stride)
    {
        var means = new double[stride];
        for (var row = 0; row < count; row++)
        {
            TensorPrimitives.Add(means, rows.Slice(row * stride, stride), means);
        }

        TensorPrimitives.Divide(means, count, means);
        for (var row = 0; row < count; row++)
        {
            var of = rows.Slice(row * stride, stride);
            TensorPrimitives.Subtract(of, means, of);
        }

        return means;
    }

    /// <summary>The products of the columns, with ones on the diagonal where there is no column.</summary>
    public static AlignedBuffer<double> Gram(AlignedBuffer<double> rows, int count, int columns, int stride)
    {
        var gram = new AlignedBuffer<double>(stride, stride);
        for (var row = 0; row < count; row++)
        {
            var of = rows.Span.Slice(row * stride, stride);
            for (var column = 0; column < columns; column++)
            {
                var sums = gram.Span.Slice(column * stride, stride);
                TensorPrimitives.MultiplyAdd(of, of[column], sums, sums);
            }
        }

        for (var pad = columns; pad < stride; pad++)
        {
            gram[pad * stride + pad] = 1;
        }

        return gram;
    }
}
