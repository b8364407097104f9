using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class WorkspaceTests
{
    [Fact]
    public void A_thread_gets_the_same_memory_again_and_allocates_nothing()
    {
        ref var first = ref Workspace<double>.OfThread(100)[0];
        first = 3;
        Assert.Equal(3, Workspace<double>.OfThread(50)[0]);
        Assert.Equal(50, Workspace<double>.OfThread(50).Length);
        Assert.Equal(0, Allocations.Of(() => Workspace<double>.OfThread(100)[99] = 1));
    }

    [Fact]
    public void Memory_starts_on_a_line_however_often_it_grows()
    {
        for (var length = 1; length < 100_000; length *= 3)
        {
            var fromZero = Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref Workspace<float>.OfThread(length)[0]);
            Assert.Equal(0, fromZero % 64);
        }
    }

    [Fact]
    public void Threads_do_not_share()
    {
        Workspace<double>.OfThread(8).Fill(1);
        var thread = new Thread(() => Workspace<double>.OfThread(8).Fill(2));
        thread.Start();
        thread.Join();
        Assert.Equal(1, Workspace<double>.OfThread(8)[0]);
    }

    [Theory]
    [InlineData(1, 8, 16)]
    [InlineData(8, 8, 16)]
    [InlineData(9, 16, 16)]
    [InlineData(17, 24, 32)]
    [InlineData(0, 0, 0)]
    public void A_stride_is_whole_lines(int columns, int doubles, int floats)
    {
        Assert.Equal(doubles, Workspace<double>.Stride(columns));
        Assert.Equal(floats, Workspace<float>.Stride(columns));
    }

    [Fact]
    public void Pads_are_cleared_and_nothing_else()
    {
        var block = Enumerable.Range(1, 24).Select(i => (double)i).ToArray();
        Workspace<double>.ClearPads(ref block[0], 8, 2, 5);
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 0, 9, 10, 11, 12, 13, 0, 0, 0, .. Enumerable.Range(17, 8).Select(i => (double)i)], block);
    }
}
