using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class ScratchTests
{
    [Fact]
    public void Pieces_stay_where_they_are_however_many_follow()
    {
        Run(() =>
        {
            var scratch = Scratch<double>.OfThread();
            var number = scratch.Number(7);
            var first = scratch.Numbers(10);
            Panel.Copy(in first, in number, 10);
            for (var i = 0; i < 20; i++)
            {
                Panel.Clear(scratch.Rows(300, 20), 300);
            }

            Assert.Equal(70, Panel.Sum(in first, 10));
        });
    }

    [Fact]
    public void What_was_too_little_once_is_enough_the_next_time() => Run(() =>
    {
        Assert.Equal(0, Allocations.Of(() =>
        {
            var scratch = Scratch<double>.OfThread();
            for (var i = 0; i < 20; i++)
            {
                Panel.Clear(scratch.Rows(300, 20), 300);
            }
        }));
    });

    [Fact]
    public void A_piece_is_whole_lines_of_its_own() => Run(() =>
    {
        var scratch = Scratch<float>.OfThread();
        var one = scratch.Number(1);
        var numbers = scratch.Numbers(3);
        Panel.Clear(in numbers, 3);
        var row = scratch.Row(5);
        Panel.Clear(in row, 1);
        Assert.Equal(1, Panel.Sum(in one, 1));
        Assert.Equal(16, numbers.Room);
        Assert.Equal(16, row.Room);
        Assert.Throws<ArgumentOutOfRangeException>(() => { Scratch<float>.OfThread().Numbers(-1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Scratch<float>.OfThread().Rows(int.MaxValue, 1000); });
    });

    /// <summary>On a thread of its own, whose scratch memory nobody has used.</summary>
    private static void Run(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                test();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }
}
