using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_runs_once(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (var parts = 0; parts < 200; parts++)
        {
            var work = new Counting(parts);
            team.Run(work, parts);
            Assert.All(work.Runs, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_runs_once_whatever_number_of_threads_works(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (var call = 0; call < 600; call++)
        {
            team.Active = 1 + call * 7 % threads;
            var work = new Counting(1 + call % 40);
            team.Run(work, 1 + call % 40);
            Assert.All(work.Runs, count => Assert.Equal(1, count));
            if (call % 100 == 0)
            {
                Thread.Sleep(2);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => team.Active = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => team.Active = threads + 1);
    }

    [Fact]
    public void A_trial_ends_with_the_number_of_threads_that_takes_least_time()
    {
        using var team = new WorkerTeam(8);
        var trial = new ThreadTrial(team);
        var tried = new List<int>();
        long[] times = [0, 100, 60, 0, 50, 0, 0, 0, 80];
        for (var step = 0; step < 16; step++)
        {
            tried.Add(team.Active);
            trial.Judge(step % 4 == 0 ? 1 : times[team.Active] + step % 3);
        }

        Assert.Equal([8, 8, 8, 8, 4, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1], tried);
        Assert.Equal(4, team.Active);
    }

    [Fact]
    public void Fewer_threads_are_taken_where_more_gain_nothing()
    {
        using var team = new WorkerTeam(4);
        var trial = new ThreadTrial(team);
        for (var step = 0; step < 12; step++)
        {
            trial.Judge(team.Active == 1 ? 101 : 100);
        }

        Assert.Equal(1, team.Active);
    }

    [Fact]
    public void Threads_that_parked_wake_up()
    {
        using var team = new WorkerTeam(3);
        for (var round = 0; round < 20; round++)
        {
            // Long enough for idle threads to stop spinning.
            Thread.Sleep(2);
            var work = new Meeting(2);
            team.Run(work, 2);
            Assert.Equal(2, work.Met);
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_after_the_other_parts_and_leaves_the_team_usable()
    {
        using var team = new WorkerTeam(2);
        var work = new Counting(50) { Fails = 17 };
        var error = Assert.Throws<InvalidOperationException>(() => team.Run(work, 50));
        Assert.Equal("part 17", error.Message);
        Assert.All(work.Runs, count => Assert.Equal(1, count));
        var next = new Counting(50);
        team.Run(next, 50);
        Assert.All(next.Runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Handing_out_work_allocates_nothing()
    {
        using var team = new WorkerTeam(2);
        var work = new Counting(8);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                team.Run(work, 8);
            }
        }));
    }

    [Fact]
    public void A_team_works_for_one_caller_at_a_time()
    {
        using var team = new WorkerTeam(2);
        Assert.Throws<InvalidOperationException>(() => team.Run(new Nested(team), 2));
    }

    [Fact]
    public void A_team_that_was_disposed_of_refuses_work()
    {
        var team = new WorkerTeam(2);
        team.Run(new Counting(4), 4);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new Counting(4), 4));
    }

    private sealed class Counting(int parts) : IPartedWork
    {
        public int[] Runs { get; } = new int[parts];

        public int Fails { get; init; } = -1;

        public void Run(int part)
        {
            Interlocked.Increment(ref Runs[part]);
            if (part == Fails)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    /// <summary>Parts that only end when as many threads are in them at once.</summary>
    private sealed class Meeting(int threads) : IPartedWork
    {
        private int _met;

        public int Met => _met;

        public void Run(int part)
        {
            Interlocked.Increment(ref _met);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _met) >= threads, TimeSpan.FromSeconds(20)));
        }
    }

    private sealed class Nested(WorkerTeam team) : IPartedWork
    {
        public void Run(int part) => team.Run(new Counting(4), 4);
    }
}
