using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace InfluenceGen.Numerics;

/// <summary>Work that is cut into parts which may run in any order and on any thread.</summary>
internal interface IPartedWork
{
    /// <summary>Does one part.</summary>
    /// <param name="part">Which, from 0 to before the number of parts given to <see cref="WorkerTeam.Run"/>.</param>
    void Run(int part);
}

/// <summary>
/// A few threads that stay alive between sweeps. A training step is a handful of sweeps of some tens of microseconds
/// each, so idle threads spin briefly before they park, and handing out work allocates nothing. The calling thread
/// works too.
/// </summary>
/// <remarks>
/// Each thread begins with the same share of the parts every time, so that what it read and wrote in the last sweep is in
/// its cache; then it takes parts of others from their far end. A thread that the system holds up delays one part only. Threads start once the
/// first work has lasted longer than starting them takes. How many of them work can be changed between two calls (<see cref="Active"/>).
/// </remarks>
public sealed class WorkerTeam : IDisposable
{
    // Some 40 nanoseconds each, so under 100 microseconds: longer than the serial gap between two sweeps of a step, far
    // shorter than a time slice.
    private const int Spins = 2000;

    // What starting a few threads takes, about; and parts for each thread from which one done alone is no loss.
    private static readonly long _startingTime = Stopwatch.Frequency / 2000;
    private const int FineParts = 8;

    // What threads tell each other, on cache lines of their own: how often Run was called, how many parts are not done,
    // and a share for each thread. A share's high half is the call, then come the end and the start of the parts not yet
    // taken. Whoever moves one of them by one owns that part, and since the call cannot end before its parts are done,
    // _work belongs to the same call for as long as the part runs.
    private const int Line = 16;
    private const int CallLine = 1;
    private const int PendingLine = 2;
    private const int FirstShareLine = 3;
    private const int MostParts = ushort.MaxValue;

    private readonly Thread[] _threads;
    private readonly long[] _board;
    private readonly Lock _starting = new();
    private readonly object _gate = new();
    private IPartedWork? _work;
    private ExceptionDispatchInfo? _failure;
    private int _parts;
    private int _firstPart;
    private int _parked;
    private int _active;
    private int _busy;
    private bool _started;
    private volatile bool _stopping;

    /// <summary>A team; its threads start when there is work for them.</summary>
    /// <param name="threads">Threads including the caller's; 1 runs everything on the caller's thread.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not even one thread.</exception>
    public WorkerTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _active = threads;
        _threads = new Thread[threads - 1];
        _board = new long[(FirstShareLine + threads + 1L) * Line];
    }

    /// <summary>Threads including the caller's.</summary>
    public int Threads { get; }

    /// <summary>How many of them work, from 1 to all; what is computed is the same. Whoever calls <see cref="Run"/> may change it between two
    /// calls.</summary>
    internal int Active
    {
        get => _active;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Threads);
            lock (_gate)
            {
                Volatile.Write(ref _active, value);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Runs every part of <paramref name="work"/> and returns when all are done.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="parts">Into how many parts it is cut; at most 65,535 for each thread.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more parts.</exception>
    /// <exception cref="InvalidOperationException">The team is already running something.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    /// <remarks>An exception thrown by a part is thrown here, once no part is running any more.</remarks>
    internal void Run(IPartedWork work, int parts)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, (long)MostParts * Threads);
        var first = 0;
        if (_active == 1 || parts <= 1)
        {
            for (; first < parts; first++)
            {
                work.Run(first);
            }

            return;
        }

        if (!_started && parts >= FineParts * _active)
        {
            for (var begin = Stopwatch.GetTimestamp(); first < parts && Stopwatch.GetTimestamp() - begin < _startingTime; first++)
            {
                RunPart(work, first);
            }

            if (first == parts)
            {
                Interlocked.Exchange(ref _failure, null)?.Throw();
                return;
            }
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The team is already running something; give each caller its own team.");
        }

        Start();
        _work = work;
        (_parts, _firstPart) = (parts - first, first);
        Pending = parts - first;
        var call = Call + 1;
        for (var share = 0; share < _active; share++)
        {
            var count = PartsBefore(share + 1) - PartsBefore(share);
            Volatile.Write(ref Share(share), (call << 32) | ((long)count << 16));
        }

        Interlocked.Exchange(ref Call, call);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        TakeParts(0);
        for (var spins = 0; Volatile.Read(ref Pending) > 0; spins++)
        {
            if (spins < Spins)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }

        _work = null;
        var failure = Interlocked.Exchange(ref _failure, null);
        Volatile.Write(ref _busy, 0);
        failure?.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_starting)
        {
            _stopping = true;
            if (!_started)
            {
                return;
            }

            _started = false;
        }

        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Start()
    {
        lock (_starting)
        {
            if (_started || _stopping)
            {
                return;
            }

            for (var i = 0; i < _threads.Length; i++)
            {
                _threads[i] = new Thread(Work) { IsBackground = true, Name = "InfluenceGen worker" };
                _threads[i].Start(i + 1);
            }

            _started = true;
        }
    }

    /// <summary>Takes parts until none is left: those of the thread's own share, then of the others.</summary>
    private void TakeParts(int thread)
    {
        var done = 0;
        var active = Volatile.Read(ref _active);
        for (var other = 0; other < active; other++)
        {
            var share = (thread + other) % active;
            while (TryTake(share, fromStart: other == 0, out var part))
            {
                RunPart(_work!, part);
                done++;
            }
        }

        if (done > 0)
        {
            Interlocked.Add(ref Pending, -done);
        }
    }

    private void RunPart(IPartedWork work, int part)
    {
        try
        {
            work.Run(part);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }

    private bool TryTake(int share, bool fromStart, out int part)
    {
        ref var ticket = ref Share(share);
        var seen = Volatile.Read(ref ticket);
        while (true)
        {
            var (start, end) = ((int)(seen & MostParts), (int)((seen >> 16) & MostParts));
            if (start == end)
            {
                part = -1;
                return false;
            }

            var before = Interlocked.CompareExchange(ref ticket, fromStart ? seen + 1 : seen - (1 << 16), seen);
            if (before == seen)
            {
                // The part is this thread's, so the call cannot end, and what belongs to it stays as it is.
                part = _firstPart + PartsBefore(share) + (fromStart ? start : end - 1);
                return true;
            }

            seen = before;
        }
    }

    private int PartsBefore(int share) => (int)((long)_parts * share / _active);

    private ref long Call => ref _board[CallLine * Line];

    private ref long Pending => ref _board[PendingLine * Line];

    private ref long Share(int share) => ref _board[(FirstShareLine + share) * Line];

    private void Work(object? thread)
    {
        var (number, done, spins) = ((int)thread!, 0L, 0);
        while (!_stopping)
        {
            var call = Volatile.Read(ref Call);
            if (number >= Volatile.Read(ref _active))
            {
                Rest(number);
                (done, spins) = (Volatile.Read(ref Call), 0);
            }
            else if (call != done)
            {
                TakeParts(number);
                (done, spins) = (call, 0);
            }
            else if (spins < Spins)
            {
                spins++;
                Thread.SpinWait(1);
            }
            else
            {
                Park(done);
                spins = 0;
            }
        }
    }

    private void Rest(int number)
    {
        lock (_gate)
        {
            while (number >= _active && !_stopping)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Park(long done)
    {
        lock (_gate)
        {
            // Counted before the call is looked at again: a caller either sees this thread parked or its call is seen.
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref Call) == done && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _parked);
        }
    }
}
