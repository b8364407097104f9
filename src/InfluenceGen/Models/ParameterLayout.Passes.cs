using System.Collections.Immutable;

namespace InfluenceGen.Models;

public sealed partial class ParameterLayout
{
    private readonly (int First, int End)[] _passes;

    /// <summary>
    /// Passes of a sweep that adds up: 1 where there are no tables. Otherwise one for each index, which adds up the rows of its
    /// tables, and one more, the last, for the blocks that every example reads, where there are any.
    /// </summary>
    public int Passes => _passes.Length;

    /// <summary>For each index column that an example must have, the rows that it names one of: those of the tables. A model that reads
    /// its tables whole, so that they are none here, says so itself.</summary>
    public ImmutableArray<int> IndexRows { get; init; }

    /// <summary>Whether there are tables.</summary>
    public bool HasTables => Blocks.Length > 0 && Blocks[0].IsTable;

    /// <summary>Whether a pass adds up rows of tables: all do but the last one of a layout with blocks that every example reads.</summary>
    public bool IsOfTables(int pass) => Blocks[_passes[pass].First].IsTable;

    /// <summary>The numbers of the blocks that a pass adds up, which lie one behind the other in storage.</summary>
    public Range BlocksOf(int pass) => _passes[pass].First.._passes[pass].End;

    /// <summary>Where the part of storage starts that a pass adds up.</summary>
    public int OffsetOf(int pass) => Blocks[_passes[pass].First].Offset;

    /// <summary>
    /// Where the sums of a block start in those of its pass. They hold, for each table of the pass in order, as many rows as there
    /// are target rows (<see cref="Examples.Segments.TargetRows"/>), each on <see cref="ParameterBlock.Stride"/>, and then go on at the
    /// next line. Of blocks that every example reads, one target row holds all of them, one behind the other as in storage, so that
    /// this is where the block starts in each of <see cref="SumLength"/> elements. With as many target rows as the tables have rows,
    /// they are the pass's part of storage, from <see cref="OffsetOf"/> on.
    /// </summary>
    /// <param name="block">The block's number.</param>
    /// <param name="targetRows">Target rows of the segments.</param>
    public int SumOffset(int block, int targetRows)
    {
        var blocks = Blocks.AsSpan();
        if (!blocks[block].IsTable)
        {
            return blocks[block].Offset - OffsetOf(Passes - 1);
        }

        var offset = 0L;
        for (var before = block - 1; before >= 0 && blocks[before].RowIndex == blocks[block].RowIndex; before--)
        {
            offset += Lines((long)targetRows * blocks[before].Stride);
        }

        return checked((int)offset);
    }

    /// <summary>Elements of the sums of a pass: of tables, of all target rows of all of them; of blocks that every example reads, of that
    /// many target rows, each of which holds all of them.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="targetRows">Target rows of the segments.</param>
    public long SumLength(int pass, int targetRows)
    {
        var (first, end) = _passes[pass];
        if (!Blocks[first].IsTable)
        {
            return (long)targetRows * (StorageLength - Blocks[first].Offset);
        }

        var length = 0L;
        for (var block = first; block < end; block++)
        {
            length += Lines((long)targetRows * Blocks[block].Stride);
        }

        return length;
    }

    /// <summary>Elements of one example's gradient as <see cref="IModel{T}.Gradients"/> writes it: <see cref="GradientLength"/> of every
    /// block.</summary>
    public int GradientRowLength => Blocks.Length == 0 ? 0 : GradientOffset(Blocks.Length - 1) + GradientLength(Blocks[^1]);

    /// <summary>Where a block's part of one example's gradient starts.</summary>
    /// <param name="block">The block's number.</param>
    public int GradientOffset(int block)
    {
        var offset = 0;
        for (var before = 0; before < block; before++)
        {
            offset = checked(offset + GradientLength(Blocks[before]));
        }

        return offset;
    }

    /// <summary>Elements of one example's gradient in a block: of a table the one row that it reads, of scalars a number on a line of its
    /// own; otherwise the whole block.</summary>
    public int GradientLength(in ParameterBlock block) => block.IsTable ? (int)Lines(block.Stride) : block.StorageLength;

    /// <summary>Where in storage the numbers lie that an example reads of a block, and how many they are, those of pads included.</summary>
    internal static (int Start, int Length) Read<T>(in ParameterBlock block, Examples.ExampleSet<T> examples, int example)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => block.IsTable
            ? (block.Offset + examples.Index(block.RowIndex)[example] * block.Stride, block.Stride)
            : (block.Offset, block.StorageLength);

    /// <summary>The bias of the outputs, a column for each: the last block, where that is a bias that every example reads; otherwise
    /// null.</summary>
    internal ParameterBlock? OutputBias => Blocks.Length > 0 && Blocks[^1] is { IsTable: false, IsBias: true } bias ? bias : null;

    private long Lines(long elements) => (elements + Line - 1) / Line * Line;

    private static (int First, int End)[] PassesOf(ImmutableArray<ParameterBlock> blocks)
    {
        var passes = new List<(int First, int End)>();
        for (var b = 0; b < blocks.Length; b++)
        {
            var block = blocks[b];
            if (b > 0 && block.RowIndex == blocks[b - 1].RowIndex)
            {
                if (block.IsTable && block.Rows != blocks[b - 1].Rows)
                {
                    throw new ArgumentException(
                        $"The tables {blocks[b - 1].Name} and {block.Name} have {blocks[b - 1].Rows} and {block.Rows} rows; the same index picks a row of either.",
                        nameof(blocks));
                }

                passes[^1] = (passes[^1].First, b + 1);
                continue;
            }

            if (block.IsTable ? block.RowIndex != passes.Count || b > 0 && !blocks[b - 1].IsTable : block.RowIndex != -1)
            {
                throw new ArgumentException(
                    $"The block {block.Name} has the row index {block.RowIndex} in place {b} of {string.Join(", ", blocks.Select(other => other.Name))}: list the tables of index 0, then those of index 1 and so on, then the blocks that every example reads, whose row index is -1.",
                    nameof(blocks));
            }

            passes.Add((b, b + 1));
        }

        return [.. passes];
    }
}
