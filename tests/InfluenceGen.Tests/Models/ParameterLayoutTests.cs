using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Where blocks, passes and their sums lie.</summary>
public class ParameterLayoutTests
{
    // 3 users, 5 items, rank 10: rows of 16 numbers, scalars packed on a line, then w of 4 columns and a bias.
    private static readonly ParameterLayout _layout = new(8, ("P", 3, 10, 0, 0, false), ("b", 3, ParameterLayout.Scalars, 0, 0, true),
        ("Q", 5, 10, 1, 0, false), ("c", 5, ParameterLayout.Scalars, 1, 0, true), ("w", 2, 4, -1, 0, false), ("mu", 1, 1, -1, 0, true));

    [Fact]
    public void Rows_lie_on_lines_and_scalars_behind_each_other()
    {
        Assert.Equal([0, 48, 56, 136, 144, 160], _layout.Blocks.Select(block => block.Offset));
        Assert.Equal([16, 1, 16, 1, 8, 8], _layout.Blocks.Select(block => block.Stride));
        Assert.Equal([10, 1, 10, 1, 4, 1], _layout.Blocks.Select(block => block.Columns));
        Assert.Equal([48, 3, 80, 5, 16, 8], _layout.Blocks.Select(block => block.StorageLength));
        Assert.Equal((168, 30 + 3 + 50 + 5 + 8 + 1), (_layout.StorageLength, _layout.Count));
        Assert.Equal([false, true, false, true, false, false], _layout.Blocks.Select(block => block.IsScalars));
        var theta = Enumerable.Range(1, _layout.Count).Select(x => (double)x).ToArray();
        var storage = new double[_layout.StorageLength];
        _layout.Unpack<double>(theta, storage);
        Assert.Equal([31, 32, 33, 0, 0, 0, 0, 0, 34], storage[48..57]);
        Assert.Equal(theta.Sum(), storage.Sum());
        var packed = new double[_layout.Count];
        _layout.Pack<double>(storage, packed);
        Assert.Equal(theta, packed);
    }

    [Fact]
    public void A_table_of_one_column_that_is_no_scalars_keeps_its_lines()
    {
        var layout = new ParameterLayout(16, ("P", 3, 1, 0, 0, false), ("Q", 4, 1, 1, 0, false));
        Assert.Equal([16, 16], layout.Blocks.Select(block => block.Stride));
        Assert.DoesNotContain(layout.Blocks, block => block.IsScalars);
        Assert.Equal(112, layout.StorageLength);
    }

    [Fact]
    public void A_pass_adds_up_the_tables_of_an_index_and_the_last_one_everything_else()
    {
        Assert.Equal((3, true), (_layout.Passes, _layout.HasTables));
        Assert.Equal([0..2, 2..4, 4..6], Enumerable.Range(0, 3).Select(_layout.BlocksOf));
        Assert.Equal([0, 56, 144], Enumerable.Range(0, 3).Select(_layout.OffsetOf));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_layout.IsOfTables));
        var plain = new ParameterLayout(8, ("w", 1, 4, -1, 0, false), ("b", 1, 1, -1, 0, true));
        Assert.Equal((1, false, 0..2, 0), (plain.Passes, plain.HasTables, plain.BlocksOf(0), plain.OffsetOf(0)));
        Assert.Equal(2, new ParameterLayout(("P", 3, 2, 0), ("Q", 4, 2, 1)).Passes);
        Assert.Equal([3, 5], _layout.IndexRows);
        Assert.Empty(plain.IndexRows);
    }

    [Fact]
    public void Sums_hold_a_table_behind_the_other_and_all_other_blocks_in_a_row()
    {
        // Of as many targets as rows, they are a part of storage.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var block in Enumerable.Range(0, 6).Take(_layout.BlocksOf(pass)))
            {
                Assert.Equal(_layout.Blocks[block].Offset - _layout.OffsetOf(pass), _layout.SumOffset(block, _layout.Blocks[block].Rows));
            }
        }

        Assert.Equal([56, 88, 24], new[] { _layout.SumLength(0, 3), _layout.SumLength(1, 5), _layout.SumLength(2, 1) });
        // Of 9 groups: 9 rows of 16, then 9 scalars on two lines.
        Assert.Equal((0, 144, 160L), (_layout.SumOffset(2, 9), _layout.SumOffset(3, 9), _layout.SumLength(1, 9)));
        Assert.Equal((0, 16, 72L), (_layout.SumOffset(4, 3), _layout.SumOffset(5, 3), _layout.SumLength(2, 3)));
        Assert.Equal(3L * 168, new ParameterLayout(8, ("w", 21, 3, -1, 0, false)).SumLength(0, 3));
    }

    [Fact]
    public void A_gradient_has_a_row_of_each_table_and_other_blocks_whole()
    {
        Assert.Equal([0, 16, 24, 40, 48, 64], Enumerable.Range(0, 6).Select(_layout.GradientOffset));
        Assert.Equal(72, _layout.GradientRowLength);
    }

    [Fact]
    public void Blocks_in_no_order_are_refused_by_name()
    {
        Refused("The block Q has the row index 1 in place 0 of Q, P", ("Q", 3, 2, 1, 0, false), ("P", 3, 2, 0, 0, false));
        Refused("The block P has the row index 0 in place 1", ("w", 1, 2, -1, 0, false), ("P", 3, 2, 0, 0, false));
        Refused("The block b has the row index 0 in place 2", ("P", 3, 2, 0, 0, false), ("Q", 3, 2, 1, 0, false), ("b", 3, 0, 0, 0, false));
        Refused("The block Q has the row index 2", ("P", 3, 2, 0, 0, false), ("Q", 3, 2, 2, 0, false));
        Refused("The block w has the row index -2", ("w", 1, 2, -2, 0, false));
        Refused("The tables P and b have 3 and 4 rows", ("P", 3, 2, 0, 0, false), ("b", 4, 0, 0, 0, false));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterLayout(8, ("w", 1, ParameterLayout.Scalars, -1, 0, false)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterLayout(8, ("b", AlignedBuffer<double>.MaxLength, ParameterLayout.Scalars, 0, 0, true)));
    }

    [Fact]
    public void A_model_whose_passes_are_not_those_of_its_blocks_is_refused()
    {
        using var team = new WorkerTeam(1);
        Assert.Contains("has 2 passes; its blocks are added up in 3", Assert.Throws<ArgumentException>("model",
            () => new SweepRunner<ReferenceBiasedFactorization, double>(new(2, 2, 2, 0, 0, passes: 2), team)).Message, StringComparison.Ordinal);
    }

    private static void Refused(string message, params (string, int, int, int, double, bool)[] blocks) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>("blocks", () => new ParameterLayout(8, blocks)).Message, StringComparison.Ordinal);
}
