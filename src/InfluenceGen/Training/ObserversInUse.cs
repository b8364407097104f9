namespace InfluenceGen.Training;

/// <summary>The observers that watch a training at this moment. An observer holds the account of one training at a time: what two of them
/// told it, or one of them twice, would be added up in the same buffers.</summary>
internal static class ObserversInUse
{
    private static readonly HashSet<object> _inUse = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes observers for a training, all of them or none.</summary>
    /// <exception cref="ArgumentException">One of them is null, stands twice, or watches another training at this moment.</exception>
    public static void Take<T>(ReadOnlySpan<ITrainingObserver<T>> observers)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        lock (_inUse)
        {
            for (var i = 0; i < observers.Length; i++)
            {
                if (observers[i] is not { } observer || !_inUse.Add(observer))
                {
                    Release(observers[..i]);
                    throw new ArgumentException(Problem(observers, i), nameof(observers));
                }
            }
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public static void Release<T>(ReadOnlySpan<ITrainingObserver<T>> observers)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        lock (_inUse)
        {
            foreach (var observer in observers)
            {
                _inUse.Remove(observer);
            }
        }
    }

    private static string Problem<T>(ReadOnlySpan<ITrainingObserver<T>> observers, int place)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        for (var other = 0; other < place; other++)
        {
            if (ReferenceEquals(observers[other], observers[place]))
            {
                return $"Observers {other} and {place} (counted from 0) are the same object, which would count every step twice. Give each observer once.";
            }
        }

        return observers[place] is null
            ? $"Observer {place} (counted from 0) is null."
            : $"Observer {place} (counted from 0) watches another training at this moment. Make an observer for each of the trainings that run at once.";
    }
}
