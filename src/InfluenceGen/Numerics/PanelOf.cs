using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// What a step of a kernel reads or fills for the examples of a tile: a number or a row for each of them, or one for all. Generated code
/// makes panels by <see cref="Panel"/> and <see cref="Scratch{T}"/>, once a tile, and hands them to the steps; it never looks inside.
/// </summary>
/// <remarks>
/// Example e's numbers start <c>Row(e)</c> further, at e·<see cref="RowStep"/>, or at index[e]·<see cref="RowStep"/> where a panel is gathered;
/// they lie side by side (<see cref="ColumnStep"/> 1), or are a single number (0). A row starts on a 64-byte line of its own, and what pads
/// it to the next one is 0, so that steps read and write whole lines.
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct Panel<T> where T : unmanaged
{
    internal readonly ref T Start;

    /// <summary>The rows that a gathered panel takes; a null reference for others.</summary>
    internal readonly ref int Index;

    /// <summary>From one example's numbers to the next one's; 0 where all have the same.</summary>
    internal readonly int RowStep;

    /// <summary>1 for rows, 0 for numbers.</summary>
    internal readonly int ColumnStep;

    /// <summary>Numbers of a row; 1 for numbers.</summary>
    internal readonly int Columns;

    /// <summary>Numbers of a row with what pads it; 1 for numbers.</summary>
    internal readonly int Stride;

    /// <summary>Numbers from the start on that may be read; for a gathered panel, examples.</summary>
    internal readonly int Room;

    /// <summary>Whether nobody minds what becomes of the pads: those of scratch memory.</summary>
    internal readonly bool IsScratch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Panel(ref T start, int rowStep, int columnStep, int columns, int stride, int room, bool isScratch)
    {
        Start = ref start;
        Index = ref Unsafe.NullRef<int>();
        RowStep = rowStep;
        ColumnStep = columnStep;
        Columns = columns;
        Stride = stride;
        Room = room;
        IsScratch = isScratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Panel(ref T start, ref int index, int examples, int columnStep, int columns, int stride)
    {
        Start = ref start;
        Index = ref index;
        RowStep = stride;
        ColumnStep = columnStep;
        Columns = columns;
        Stride = stride;
        Room = examples;
        IsScratch = false;
    }

    internal bool IsGathered
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !Unsafe.IsNullRef(ref Index);
    }

    /// <summary>Whether it is the same number, or row, for all examples.</summary>
    internal bool IsShared
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => RowStep == 0;
    }

    /// <summary>Whether there is a number for an example, and not a row.</summary>
    internal bool IsNumber
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ColumnStep == 0;
    }

    /// <summary>The first of an example's numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Row(nint example) =>
        ref Unsafe.Add(ref Start, (IsGathered ? Unsafe.Add(ref Index, example) : example) * RowStep);

    /// <summary>The same operand from an example on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Panel<T> From(int example) => IsGathered
        ? new(ref Start, ref Unsafe.Add(ref Index, example), Room - example, ColumnStep, Columns, Stride)
        : new(ref Unsafe.Add(ref Start, (nint)example * RowStep), RowStep, ColumnStep, Columns, Stride, Room - example * RowStep, IsScratch);

    /// <summary>The first number of a segment's row, of what is not gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T RowOfSegment(nint segment) => ref Unsafe.Add(ref Start, segment * RowStep);

    /// <summary>One segment's row for all examples.</summary>
    internal Panel<T> OfSegment(int segment) => new(ref RowOfSegment(segment), 0, ColumnStep, Columns, Stride, Stride, IsScratch);

    /// <summary>The same rows, of fewer numbers: where fewer examples than there is room for stand side by side.</summary>
    /// <param name="columns">How many numbers.</param>
    public Panel<T> Narrowed(int columns) =>
        new(ref Start, RowStep, ColumnStep, Math.Min(columns, Columns), Workspace<T>.Stride(Math.Min(columns, Columns)), Room, IsScratch);

    /// <summary>Numbers of neighbouring examples as one row, for pairs of another example with each of them: of scratch memory, since whole
    /// lines are read.</summary>
    /// <param name="example">The first of them.</param>
    /// <param name="count">How many; for one number that all share, it stays that.</param>
    public Panel<T> AsRow(int example, int count)
    {
        if (IsShared)
        {
            return this;
        }

        var stride = Workspace<T>.Stride(count);
        Require(example + stride);
        return new(ref Unsafe.Add(ref Start, example), 0, 1, count, stride, Room - example, true);
    }

    /// <summary>Looks whether there are so many examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Require(int count)
    {
        if (count < 0 || (long)count * (IsGathered ? 1 : RowStep) > Room)
        {
            PanelErrors.ThrowShort(count);
        }
    }
}
