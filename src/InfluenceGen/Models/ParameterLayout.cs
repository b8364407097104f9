using System.Collections.Immutable;

namespace InfluenceGen.Models;

/// <summary>
/// One block of a model's parameters: a weight vector (one row), a bias (one row, one column), an embedding table
/// (a row for each user or item).
/// </summary>
/// <param name="Name">Its name in the formulas, such as <c>w</c>, <c>b</c>, <c>P</c>, <c>Q</c>.</param>
/// <param name="Rows">Rows; 1 for a vector or a scalar.</param>
/// <param name="Columns">Parameters in a row.</param>
/// <param name="Stride">Elements from one row to the next in storage: the columns rounded up to whole 64-byte lines.
/// What lies between is zero and stays zero.</param>
/// <param name="Offset">Where the first row starts in storage.</param>
/// <param name="RowIndex">For an embedding table, which of an example's indices picks the row (0 the user, 1 the item);
/// −1 where every example reads the whole block.</param>
public readonly record struct ParameterBlock(string Name, int Rows, int Columns, int Stride, int Offset, int RowIndex)
{
    /// <summary>Parameters in the block, padding not counted.</summary>
    public int Count => Rows * Columns;

    /// <summary>Elements the block takes in storage.</summary>
    public int StorageLength => Rows * Stride;
}

/// <summary>
/// How a model's parameters lie in storage (rows on 64-byte lines, zero padding between) and how they map to the flat
/// vector θ, which lists the blocks in order, each row by row, without padding.
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>Elements of one 64-byte line, for <see cref="double"/>; storage is laid out in these.</summary>
    internal const int Line = 8;

    /// <summary>Lays out blocks one behind the other.</summary>
    /// <param name="blocks">Name, rows, columns and row index of each block.</param>
    public ParameterLayout(params ReadOnlySpan<(string Name, int Rows, int Columns, int RowIndex)> blocks)
    {
        var builder = ImmutableArray.CreateBuilder<ParameterBlock>(blocks.Length);
        var offset = 0;
        foreach (var (name, rows, columns, rowIndex) in blocks)
        {
            var block = new ParameterBlock(name, rows, columns, RoundUp(columns), offset, rowIndex);
            builder.Add(block);
            Count += block.Count;
            offset = checked(offset + block.StorageLength);
        }

        Blocks = builder.MoveToImmutable();
        StorageLength = offset;
    }

    /// <summary>The blocks, in the order of θ.</summary>
    public ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>The number of parameters p.</summary>
    public int Count { get; }

    /// <summary>Elements of storage, padding included.</summary>
    public int StorageLength { get; }

    /// <summary>The elements of the whole 64-byte lines, 8 each, that <paramref name="columns"/> take.</summary>
    public static int RoundUp(int columns) => (columns + Line - 1) / Line * Line;

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

    private static void Require(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} holds {actual} elements; this layout has {expected}.", name);
        }
    }
}
