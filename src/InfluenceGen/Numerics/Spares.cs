namespace InfluenceGen.Numerics;

/// <summary>What a thread works in, kept for the next piece of work: there are as many as ever worked at once. Safe for any number of threads.</summary>
/// <param name="make">Makes another one.</param>
internal sealed class Spares<TItem>(Func<TItem> make) : IDisposable
    where TItem : class
{
    private readonly Stack<TItem> _idle = [];

    /// <summary>One that nobody works in.</summary>
    public TItem Take()
    {
        lock (_idle)
        {
            if (_idle.TryPop(out var idle))
            {
                return idle;
            }
        }

        return make();
    }

    /// <summary>Gives one back.</summary>
    public void Return(TItem item)
    {
        lock (_idle)
        {
            _idle.Push(item);
        }
    }

    /// <summary>Disposes of all that were given back.</summary>
    public void Dispose()
    {
        foreach (var idle in _idle)
        {
            (idle as IDisposable)?.Dispose();
        }
    }
}
