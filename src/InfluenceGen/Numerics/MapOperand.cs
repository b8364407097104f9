using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>An operand of a step that goes element by element. All that such a loop reads are whole vectors: nothing is called in it.</summary>
internal ref struct MapOperand<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    private ref T _start;
    private readonly nint _rowStep;
    private readonly bool _isBroadcast;

    /// <summary>The operand at the first example.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MapOperand(in Panel<T> operand, in Panel<T> target)
    {
        _start = ref operand.Start;
        _rowStep = operand.RowStep;
        _isBroadcast = operand.IsNumber && (operand.IsShared || !target.IsNumber);
    }

    /// <summary>A vector of its numbers; those of one number, and of an example's along a row, are all the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V At(nint k) => _isBroadcast ? V.Create(_start) : V.Load(ref _start, k);

    /// <summary>Goes to the next example.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next() => _start = ref Unsafe.Add(ref _start, _rowStep);
}
