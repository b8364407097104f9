using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>A matrix of parameters that panels are multiplied with, perhaps with a transposed copy; <see cref="Scratch{T}"/> makes it.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PanelMatrix<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal readonly ref T Start;

    /// <summary>The transposed copy; a null reference where there is none.</summary>
    internal readonly ref T Copy;

    internal readonly int Rows;
    internal readonly int Columns;
    internal readonly int Stride;
    internal readonly int CopyStride;

    internal PanelMatrix(ref T start, ref T copy, int rows, int columns, int stride, int copyStride)
    {
        Start = ref start;
        Copy = ref copy;
        Rows = rows;
        Columns = columns;
        Stride = stride;
        CopyStride = copyStride;
    }
}
