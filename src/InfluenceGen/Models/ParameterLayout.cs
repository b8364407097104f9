using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <summary>
/// One block of a model's parameters: a weight vector (one row), a bias (one row, one column), an embedding table
/// (a row for each user or item), a table of scalars (one number for each of them).
/// </summary>
/// <param name="Name">Its name in the formulas, such as <c>w</c>, <c>b</c>, <c>P</c>, <c>Q</c>.</param>
/// <param name="Rows">Rows; 1 for a vector or a scalar.</param>
/// <param name="Columns">Parameters in a row.</param>
/// <param name="Stride">Elements from one row to the next in storage: the columns rounded up to whole 64-byte lines, and 1
/// in a table of scalars, which lies packed. What lies between is zero and stays zero.</param>
/// <param name="Offset">Where the first row starts in storage.</param>
/// <param name="RowIndex">For a table, which of an example's indices picks the row (0 the user, 1 the item); several tables
/// may have the same one. −1 where every example reads the whole block.</param>
/// <param name="L2">λ of the penalty (λ/2)|block|² that the declaration adds to the mean loss; 0 where there is none. It is
/// the objective's, never part of an example's loss or gradient. A factorization's penalty is not stated here: it is
/// decomposed over the examples and stands in their losses.</param>
/// <param name="IsBias">Whether it is a bias, of a layer's units or of a user or item, which penalties spare unless they are asked
/// to cover it: the declaration's L2 (<c>RegulariseBias</c>) and a plan's <see cref="Training.WeightDecay"/> alike. Training starts
/// biases at 0, and the last block, where that is a bias that every example reads, at what predicts the mean label.</param>
public readonly record struct ParameterBlock(string Name, int Rows, int Columns, int Stride, int Offset, int RowIndex,
    double L2 = 0, bool IsBias = false)
{
    /// <summary>Parameters in the block, padding not counted.</summary>
    public int Count => checked(Rows * Columns);

    /// <summary>Elements the block takes in storage. (The block after it starts on a line.)</summary>
    public int StorageLength => checked(Rows * Stride);

    /// <summary>Whether an example reads one row of it, which an index names.</summary>
    public bool IsTable => RowIndex >= 0;

    /// <summary>Whether it is a table of single numbers, which lie packed.</summary>
    public bool IsScalars => IsTable && Stride == 1;
}

/// <summary>
/// How a model's parameters lie in storage (rows on 64-byte lines, zero padding between) and how they map to the flat
/// vector θ, which lists the blocks in order, each row by row, without padding.
/// </summary>
/// <remarks>
/// <para>Tables come first, those of index 0, those of index 1, and so on, then the blocks that every example reads. So the
/// blocks whose sums one pass of a sweep adds up (<see cref="Passes"/>) lie one behind the other, and their part of a
/// gradient in storage order is what the pass writes to (<see cref="SumOffset"/>).</para>
/// <para>Every block starts on a line. A table of scalars (<see cref="Scalars"/>) lies packed, a number behind the other.</para>
/// </remarks>
public sealed partial class ParameterLayout
{
    /// <summary>In the place of a table's columns: its rows are single numbers, and lie packed.</summary>
    public const int Scalars = 0;

    private const int LineBytes = 64;
    private const int DoubleLine = LineBytes / sizeof(double);

    // As many numbers of double precision as an array of the pinned heap holds, alignment apart.
    private static readonly int _mostStorage = AlignedBuffer<double>.MaxLength;

    /// <summary>Lays out blocks of <see cref="double"/> without a penalty, none of them a bias, one behind the other.</summary>
    /// <param name="blocks">Name, rows, columns (<see cref="Scalars"/> for a table of numbers) and row index of each block.</param>
    public ParameterLayout(params ReadOnlySpan<(string Name, int Rows, int Columns, int RowIndex)> blocks)
        : this(DoubleLine, Unpenalised(blocks))
    {
    }

    /// <summary>Lays out blocks one behind the other.</summary>
    /// <param name="line">Elements of a 64-byte line: 8 for <see cref="double"/>, 16 for <see cref="float"/>.</param>
    /// <param name="blocks">Name, rows, columns (<see cref="Scalars"/> for a table of numbers), row index and penalty λ of each block,
    /// and whether it is a bias.</param>
    /// <exception cref="ArgumentOutOfRangeException">The line or a size is not positive, the blocks are more numbers than one piece of
    /// memory holds, or a penalty is negative or not finite.</exception>
    /// <exception cref="ArgumentException">Tables do not come first, by their index from 0 up, or tables of one index have different
    /// numbers of rows.</exception>
    public ParameterLayout(int line,
        params ReadOnlySpan<(string Name, int Rows, int Columns, int RowIndex, double L2, bool IsBias)> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(line);
        Line = line;
        var builder = ImmutableArray.CreateBuilder<ParameterBlock>(blocks.Length);
        var offset = 0L;
        foreach (var (name, rows, given, rowIndex, l2, isBias) in blocks)
        {
            var isPacked = given == Scalars && rowIndex >= 0;
            var columns = isPacked ? 1 : given;
            if (rows < 1 || columns < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(blocks), Math.Min(rows, columns),
                    $"{name} has {rows} rows of {columns} parameters; a block has one at least.");
            }

            if (!(l2 >= 0) || double.IsInfinity(l2))
            {
                throw new ArgumentOutOfRangeException(nameof(blocks), l2, $"The penalty of {name} is 0 or more and finite.");
            }

            var stride = isPacked ? 1 : ((long)columns + line - 1) / line * line;
            var end = stride > _mostStorage ? long.MaxValue : (offset + rows * stride + line - 1) / line * line;
            if (end > _mostStorage)
            {
                throw new ArgumentOutOfRangeException(nameof(blocks), string.Create(CultureInfo.InvariantCulture,
                    $"{name} of {rows:N0} rows of {columns:N0} parameters takes {rows * (Int128)stride:N0} numbers after {offset:N0} of the blocks before it; a model has at most {_mostStorage:N0}. Use fewer features, classes, units, rows or dimensions."));
            }

            builder.Add(new ParameterBlock(name, rows, columns, (int)stride, (int)offset, rowIndex, l2, isBias));
            Count += builder[^1].Count;
            offset = end;
        }

        Blocks = builder.MoveToImmutable();
        StorageLength = (int)offset;
        _passes = PassesOf(Blocks);
        IndexRows = [.. _passes.Select(pass => Blocks[pass.First]).Where(block => block.IsTable).Select(block => block.Rows)];
    }

    /// <summary>Elements of a 64-byte line; rows start on lines.</summary>
    public int Line { get; }

    /// <summary>The blocks, in the order of θ.</summary>
    public ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>The number of parameters p.</summary>
    public int Count { get; }

    /// <summary>Elements of storage, padding included.</summary>
    public int StorageLength { get; }

    /// <summary>The elements of a 64-byte line of <typeparamref name="T"/>.</summary>
    public static int LineOf<T>() where T : unmanaged => LineBytes / Unsafe.SizeOf<T>();

    /// <summary>The elements of the whole lines that <paramref name="columns"/> take.</summary>
    /// <param name="columns">Elements that are to be stored.</param>
    /// <param name="line">Elements of a line; those of <see cref="double"/> where nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are more than an array holds.</exception>
    public static int RoundUp(int columns, int line = DoubleLine) => Sizes.RoundUp(columns, line);

    /// <summary>Writes θ from storage.</summary>
    /// <param name="storage">Parameters, or a gradient, in storage order.</param>
    /// <param name="theta">The flat vector, <see cref="Count"/> long.</param>
    public void Pack<T>(ReadOnlySpan<T> storage, Span<T> theta)
    {
        Require(storage.Length, StorageLength, nameof(storage));
        Require(theta.Length, Count, nameof(theta));
        var next = 0;
        foreach (var block in Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                storage.Slice(block.Offset + row * block.Stride, block.Columns).CopyTo(theta[next..]);
                next += block.Columns;
            }
        }
    }

    /// <summary>Writes storage from θ and clears the padding.</summary>
    /// <param name="theta">The flat vector, <see cref="Count"/> long.</param>
    /// <param name="storage">Storage, <see cref="StorageLength"/> long.</param>
    public void Unpack<T>(ReadOnlySpan<T> theta, Span<T> storage)
    {
        Require(theta.Length, Count, nameof(theta));
        Require(storage.Length, StorageLength, nameof(storage));
        storage.Clear();
        var next = 0;
        foreach (var block in Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                theta.Slice(next, block.Columns).CopyTo(storage[(block.Offset + row * block.Stride)..]);
                next += block.Columns;
            }
        }
    }

    private static (string, int, int, int, double, bool)[] Unpenalised(
        ReadOnlySpan<(string Name, int Rows, int Columns, int RowIndex)> blocks)
    {
        var penalised = new (string, int, int, int, double, bool)[blocks.Length];
        for (var b = 0; b < penalised.Length; b++)
        {
            var (name, rows, columns, rowIndex) = blocks[b];
            penalised[b] = (name, rows, columns, rowIndex, 0, false);
        }

        return penalised;
    }

    private static void Require(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} holds {actual} elements; this layout has {expected}.", name);
        }
    }

    /// <summary>Where the parameters of some blocks lie in storage, in the order of θ.</summary>
    internal int[] PositionsOf(BlockSet blocks)
    {
        var positions = new List<int>(Count);
        for (var b = 0; b < Blocks.Length; b++)
        {
            var block = Blocks[b];
            for (var element = 0; element < (blocks.Contains(b) ? block.StorageLength : 0); element++)
            {
                if (element % block.Stride < block.Columns)
                {
                    positions.Add(block.Offset + element);
                }
            }
        }

        return [.. positions];
    }
}
