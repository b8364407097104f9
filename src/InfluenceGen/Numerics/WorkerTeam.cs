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
/// works too; parts are taken one by one, so a thread that the system holds up delays one part only.
/// </summary>
public sealed class WorkerTeam : IDisposable
{
    // About 30 microseconds: longer than the serial gap between two sweeps of a step, far shorter than a time slice.
    private const int IdleSpins = 1000;
    private const int SpinLength = 8;

    private readonly Thread[] _threads;
    private readonly Lock _starting = new();
    private readonly object _gate = new();
    private IPartedWork? _work;
    private ExceptionDispatchInfo? _failure;

    // High half: which call of Run; low half: parts not yet taken. Whoever lowers it by one owns that part, and since the
    // call cannot end before its parts are done, _work belongs to the same call for as long as the part runs.
    private long _ticket;
    private int _pending;
    private int _parked;
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
        _threads = new Thread[threads - 1];
    }

    /// <summary>Threads including the caller's.</summary>
    public int Threads { get; }

    /// <summary>Runs every part of <paramref name="work"/> and returns when all are done.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="parts">Into how many parts it is cut.</param>
    /// <exception cref="InvalidOperationException">The team is already running something.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    /// <remarks>An exception thrown by a part is thrown here, once no part is running any more.</remarks>
    internal void Run(IPartedWork work, int parts)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (Threads == 1 || parts <= 1)
        {
            for (var part = 0; part < parts; part++)
            {
                work.Run(part);
            }

            return;
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The team is already running something; give each caller its own team.");
        }

        Start();
        _work = work;
        _pending = parts;
        Interlocked.Exchange(ref _ticket, (((_ticket >> 32) + 1) << 32) | (uint)parts);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        while (TryRunPart())
        {
        }

        var wait = new SpinWait();
        while (Volatile.Read(ref _pending) > 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
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
                _threads[i].Start();
            }

            _started = true;
        }
    }

    private bool TryRunPart()
    {
        var ticket = Volatile.Read(ref _ticket);
        while ((int)ticket > 0)
        {
            var seen = Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket);
            if (seen == ticket)
            {
                try
                {
                    _work!.Run((int)ticket - 1);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
                }

                Interlocked.Decrement(ref _pending);
                return true;
            }

            ticket = seen;
        }

        return false;
    }

    private void Work()
    {
        var spins = 0;
        while (!_stopping)
        {
            if (TryRunPart())
            {
                spins = 0;
            }
            else if (spins < IdleSpins)
            {
                spins++;
                Thread.SpinWait(SpinLength);
            }
            else
            {
                Park();
                spins = 0;
            }
        }
    }

    private void Park()
    {
        lock (_gate)
        {
            // Counted before the ticket is looked at again: a caller either sees this thread parked or its ticket is seen.
            Interlocked.Increment(ref _parked);
            while ((int)Volatile.Read(ref _ticket) == 0 && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _parked);
        }
    }
}
