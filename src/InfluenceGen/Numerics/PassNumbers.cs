using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>Numbers that a pass reads, in few enough fields to stay in registers.</summary>
internal readonly ref struct PassNumbers<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    private readonly ref T _start;
    private readonly nint _mask;

    /// <summary>An operand's numbers. One for all, or 0 for none, is read from a line where it stands as often as a vector has lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PassNumbers(in Panel<T> operand, ref T line)
    {
        _start = ref operand.Start;
        _mask = -1;
        if (operand.IsShared)
        {
            _mask = 0;
            _start = ref line;
            (Unsafe.IsNullRef(ref operand.Start) ? default : V.Create(operand.Start)).Store(ref line, 0);
        }
    }

    /// <summary>The numbers of some examples side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint example) => V.Load(ref _start, example & _mask);

    /// <summary>The number of one example, in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(nint example) => V.Create(Unsafe.Add(ref _start, example & _mask));
}
