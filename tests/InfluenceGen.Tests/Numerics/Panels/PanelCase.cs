using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

/// <summary>An operand of random numbers, which stand between numbers that nothing may read or change.</summary>
internal sealed class PanelCase<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int TableRows = 11;

    private readonly AlignedBuffer<T> _memory;
    private readonly T[] _before;
    private readonly int[] _index;
    private readonly int _offset;
    private readonly int _examples;
    private readonly int _stride;

    /// <param name="kind">How the numbers lie.</param>
    /// <param name="examples">How many examples, or segments, have them.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="random">Where they come from.</param>
    /// <param name="like">An operand that is gathered by the same index.</param>
    public PanelCase(PanelKind kind, int examples, int columns, Random random, PanelCase<T>? like = null)
    {
        (Kind, _examples, Columns) = (kind, examples, kind is PanelKind.Number or PanelKind.Numbers ? 1 : columns);
        IsNumber = kind is PanelKind.Number or PanelKind.Numbers || (kind == PanelKind.Gathered && columns == 1);
        _stride = IsNumber ? 1 : Workspace<T>.Stride(columns);
        _index = like?._index ?? [.. Enumerable.Range(0, examples).Select(_ => random.Next(TableRows))];
        var rows = kind switch
        {
            PanelKind.Number or PanelKind.Row => 1,
            PanelKind.Gathered => TableRows,
            _ => examples,
        };

        // Before it, numbers of somebody else; behind it too, in half of the cases.
        _offset = IsNumber ? 3 : 2 * _stride;
        var rest = random.Next(2) * Workspace<T>.Stride(1);
        _memory = new AlignedBuffer<T>(_offset + rows * _stride + rest);
        _memory.Span.Fill(T.NaN);
        for (var row = 0; row < rows; row++)
        {
            var numbers = _memory.Span.Slice(_offset + row * _stride, _stride);
            numbers.Clear();
            for (var column = 0; column < Columns; column++)
            {
                numbers[column] = T.CreateTruncating(2 * random.NextDouble() - 1);
            }
        }

        _before = _memory.Span.ToArray();
    }

    public PanelKind Kind { get; }

    public bool IsNumber { get; }

    public int Columns { get; }

    public Panel<T> Panel => Part(0, _examples);

    /// <summary>The operand of segments: what there is for each, or one for all.</summary>
    public Panel<T> OfSegments => Kind switch
    {
        PanelKind.Number or PanelKind.Row => Panel,
        _ when IsNumber => InfluenceGen.Numerics.Panel.NumbersOfSegments<T>(_memory.Span, _offset, 1),
        _ => InfluenceGen.Numerics.Panel.RowsOfSegments<T>(_memory.Span, _offset, Columns, _stride),
    };

    /// <summary>The operand of some of the examples.</summary>
    public Panel<T> Part(int first, int count) => Kind switch
    {
        PanelKind.Number => InfluenceGen.Numerics.Panel.Number<T>(_memory.Span, _offset),
        PanelKind.Numbers => InfluenceGen.Numerics.Panel.Numbers<T>(_memory.Span, _offset + first, count),
        PanelKind.Row => InfluenceGen.Numerics.Panel.Row<T>(_memory.Span, _offset, Columns),
        PanelKind.Rows => InfluenceGen.Numerics.Panel.Rows<T>(_memory.Span, 2 + first, count, Columns),
        PanelKind.Gathered when IsNumber => InfluenceGen.Numerics.Panel.GatheredNumbers<T>(_memory.Span, _offset, _index.AsSpan(first, count)),
        _ => InfluenceGen.Numerics.Panel.Gathered<T>(_memory.Span, _offset, Columns, _index.AsSpan(first, count)),
    };

    /// <summary>An example's number as the operand has it at the start; the same all along its row where it is a single one.</summary>
    public double At(int example, int column)
    {
        var row = Kind switch
        {
            PanelKind.Number or PanelKind.Row => 0,
            PanelKind.Gathered => _index[example],
            _ => example,
        };
        return double.CreateChecked(_before[_offset + row * _stride + (IsNumber ? 0 : column)]);
    }

    /// <summary>The same, as it is now.</summary>
    public double Now(int example, int column) => double.CreateChecked(_memory.Span[_offset + example * _stride + column]);

    /// <summary>Whether nothing has changed but an operand's own numbers, where those were to be.</summary>
    public void AssertUntouched(bool isTarget = false)
    {
        for (var i = 0; i < _before.Length; i++)
        {
            var own = isTarget && i >= _offset && !T.IsNaN(_before[i]) && (i - _offset) % _stride < Columns;
            Assert.True(own || _before[i].Equals(_memory.Span[i]), $"{Kind} of {Columns}: number {i} was {_before[i]}, is {_memory.Span[i]}");
        }
    }

    public static double At(in Panel<T> panel, int example, int column) =>
        double.CreateChecked(Unsafe.Add(ref panel.Row(example), column));
}
