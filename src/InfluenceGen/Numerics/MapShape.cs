using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// How a step that goes element by element runs: in one loop over all examples where its operands lie alike, else row by row; and whether
/// some of its numbers end before the line that the last of them is on.
/// </summary>
internal ref struct MapShape<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _isNumber;
    private readonly int _stride;
    private readonly int _count;
    private bool _isFlat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MapShape(in Panel<T> target, int count)
    {
        if (target.IsGathered)
        {
            PanelErrors.ThrowKind(nameof(target), "numbers or rows, not gathered");
        }

        // What is one for all examples is filled once.
        _count = target.IsShared && count > 1 ? 1 : count;
        target.Require(_count);
        _isNumber = target.IsNumber;
        _stride = target.Stride;
        _isFlat = _isNumber || target.RowStep == _stride || _count == 1;
        EndsEarly = _isNumber && (target.IsScratch ? target.Room : _count) < Lines(_count);
    }

    /// <summary>Whether whole vectors may not be read or written everywhere.</summary>
    public bool EndsEarly { get; private set; }

    /// <summary>Rows to go through.</summary>
    public readonly int Rows => _isFlat ? 1 : _count;

    /// <summary>Numbers of each of those, up to the end of a vector.</summary>
    public readonly nint Length => !_isFlat ? _stride : _isNumber ? _count : (nint)_count * _stride;

    /// <summary>Looks at an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(in Panel<T> operand)
    {
        operand.Require(_count);
        if (operand.IsGathered)
        {
            PanelErrors.ThrowKind(nameof(operand), "numbers or rows; what is gathered is copied first");
        }

        if (operand.IsNumber)
        {
            _isFlat &= _isNumber || operand.IsShared;
            EndsEarly |= _isNumber && !operand.IsShared && operand.Room < Lines(_count);
            return;
        }

        if (_isNumber)
        {
            PanelErrors.ThrowKind(nameof(operand), "a number, since the target is");
        }

        if (operand.Stride != _stride)
        {
            PanelErrors.ThrowShape(nameof(operand), operand.Stride, _stride);
        }

        _isFlat &= operand.RowStep == _stride || _count == 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Lines(int count)
    {
        var line = 64 / Unsafe.SizeOf<T>();
        return ((long)count + line - 1) & -line;
    }
}
