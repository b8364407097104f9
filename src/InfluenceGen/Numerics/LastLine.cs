using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The numbers of a step that do not fill their last line, brought to lines where whole vectors may be read and written: for memory that
/// ends there, and targets whose neighbours are somebody else's.
/// </summary>
internal ref struct LastLine<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _line;
    private Span<T> _free;

    /// <summary>Lines for the numbers of so many examples of a target and of operands.</summary>
    public LastLine(int count, int operands)
    {
        _line = 64 / Unsafe.SizeOf<T>();
        First = count & -_line;
        Count = count - First;
        _free = Workspace<T>.OfProducts((operands + 1L) * _line);
    }

    /// <summary>The first example on the last line.</summary>
    public int First { get; }

    /// <summary>Examples on the last line.</summary>
    public int Count { get; }

    /// <summary>Where the results go.</summary>
    public Panel<T> Target()
    {
        ref var start = ref MemoryMarshal.GetReference(_free);
        _free = _free[_line..];
        return new(ref start, 1, 0, 1, 1, _line, true);
    }

    /// <summary>A copy of an operand's last line.</summary>
    public Panel<T> Of(in Panel<T> operand)
    {
        if (operand.IsShared)
        {
            return operand;
        }

        var copy = Target();
        for (nint e = 0; e < _line; e++)
        {
            Unsafe.Add(ref copy.Start, e) = e < Count ? operand.Row(First + e) : T.Zero;
        }

        return copy;
    }

    /// <summary>Brings the results to the target.</summary>
    public readonly void Store(in Panel<T> target, in Panel<T> results)
    {
        for (nint e = 0; e < Count; e++)
        {
            target.Row(First + e) = results.Row(e);
        }
    }
}
