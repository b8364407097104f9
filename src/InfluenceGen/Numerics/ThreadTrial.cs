using System.Diagnostics;

namespace InfluenceGen.Numerics;

/// <summary>
/// Finds out, while work that repeats is done, how many threads of a team it is done fastest with: threads whose processors share no cache,
/// or that other work needs, cost more than they give. Each number in turn (all, half of them, … one) does a few steps; the fastest
/// goes on for many, and then they are tried again, since a machine's other work comes and goes. What is computed is the same with
/// any number.
/// </summary>
/// <param name="team">The team, whose <see cref="WorkerTeam.Active"/> this sets.</param>
internal sealed class ThreadTrial(WorkerTeam team)
{
    // Steps by which a number is judged; the one before them finds data in other caches, and does not count.
    private const int Judged = 3;

    // Steps between two trials, for each step of a trial: so that trials are a small share even where one number takes twice as long.
    private const int Patience = 32;

    // By how much more threads have to be faster than fewer.
    private const double Worthwhile = 0.97;

    private long _begin;
    private long _best = long.MaxValue;
    private long _shortest = long.MaxValue;
    private int _fastest = team.Threads;
    private int _steps;
    private int _rest;

    /// <summary>A step begins.</summary>
    public void Begin() => _begin = team.Threads == 1 ? 0 : Stopwatch.GetTimestamp();

    /// <summary>A step has ended.</summary>
    public void End()
    {
        if (team.Threads == 1)
        {
            return;
        }

        if (_rest > 0)
        {
            if (--_rest == 0)
            {
                (_best, _fastest, team.Active) = (long.MaxValue, team.Threads, team.Threads);
            }

            return;
        }

        Judge(Stopwatch.GetTimestamp() - _begin);
    }

    /// <summary>Takes the time of a step with the threads that are on trial.</summary>
    internal void Judge(long time)
    {
        _shortest = _steps > 0 ? Math.Min(_shortest, time) : _shortest;
        if (_steps++ < Judged)
        {
            return;
        }

        // From many to few: fewer win where they take hardly longer.
        if (_best == long.MaxValue || _shortest * Worthwhile <= _best)
        {
            (_best, _fastest) = (Math.Min(_best, _shortest), team.Active);
        }

        (_steps, _shortest) = (0, long.MaxValue);
        if (team.Active > 1)
        {
            team.Active = Math.Max(1, team.Active / 2);
        }
        else
        {
            team.Active = _fastest;
            _rest = Patience * (Judged + 1) * (1 + int.Log2(team.Threads));
        }
    }
}
