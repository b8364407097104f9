using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Training.Minima;

/// <summary>What parameters are called in messages.</summary>
internal static class ParameterNames
{
    /// <summary>The name of a parameter by its position in storage: its feature's, where it multiplies one.</summary>
    public static string Of<T>(ParameterLayout layout, int outputs, ExampleSet<T> training, int position)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var last = layout.Blocks.Length - 1;
        for (var b = 0; b <= last; b++)
        {
            var block = layout.Blocks[b];
            if (position < block.Offset || position >= block.Offset + block.StorageLength)
            {
                continue;
            }

            var (row, column) = ((position - block.Offset) / block.Stride, (position - block.Offset) % block.Stride);
            if (block.RowIndex >= 0)
            {
                return $"row {row} of {block.Name}";
            }

            var isLast = b + 2 > last;
            var unit = block.Rows == 1 && b > 0 ? column : row;
            var ofUnit = isLast ? outputs == 1 ? "" : $" of output {unit}" : $" of unit {unit} of {block.Name}";
            return b == 0 ? $"the weight of {training.NameOfFeature(column)}{ofUnit}"
                : block.Rows == 1 && block.Columns != 1 || block.Columns == 1 && block.Rows == 1 ? $"the bias{ofUnit}"
                : $"{block.Name}[{row}, {column}]";
        }

        return $"parameter {position}";
    }
}
