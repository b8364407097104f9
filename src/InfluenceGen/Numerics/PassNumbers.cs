using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>Numbers of examples that a pass reads, in few enough fields to stay in registers.</summary>
internal readonly ref struct PassNumbers<T, W>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where W : struct, IRowLanes<W, T>
{
    private readonly ref T _start;
    private readonly ref int _index;
    private readonly nint _mask;

    /// <summary>An operand's numbers. One for all is read from a line, where it stands as often as a vector has lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PassNumbers(in Panel<T> operand, ref T line)
    {
        _start = ref operand.Start;
        _index = ref operand.Index;
        _mask = -1;
        if (operand.IsShared)
        {
            W.Create(operand.Start).Store(ref line, 0);
            _start = ref line;
            _mask = 0;
        }
    }

    /// <summary>The numbers of as many examples as a vector has lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public W From(nint example) =>
        Unsafe.IsNullRef(ref _index) ? W.Load(ref _start, example & _mask) : W.Gather(ref _start, ref Unsafe.Add(ref _index, example));

    /// <summary>The number of one example, in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public W Of(nint example) =>
        W.Create(Unsafe.Add(ref _start, Unsafe.IsNullRef(ref _index) ? example & _mask : Unsafe.Add(ref _index, example)));
}
