using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>Where the rows of a panel lie, in few enough fields to stay in registers.</summary>
internal readonly ref struct RowAddresses<T> where T : unmanaged
{
    private readonly ref T _start;
    private readonly ref int _index;
    private readonly nint _step;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowAddresses(in Panel<T> panel, nint column = 0)
    {
        _start = ref Unsafe.Add(ref panel.Start, column);
        _index = ref panel.Index;
        _step = panel.RowStep;
    }

    /// <summary>The first of an example's numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At(nint example) =>
        ref Unsafe.Add(ref _start, (Unsafe.IsNullRef(ref _index) ? example : Unsafe.Add(ref _index, example)) * _step);

    /// <summary>The same where it is known whether there is an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At<R>(nint example) where R : struct, IRowOrder =>
        ref Unsafe.Add(ref _start, (R.IsGathered ? Unsafe.Add(ref _index, example) : example) * _step);
}
