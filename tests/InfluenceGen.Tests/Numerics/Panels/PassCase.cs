using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

/// <summary>Operands of a pass over segments, of random kinds.</summary>
internal sealed class PassCase<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Rows = 9;
    private const double Scale = -0.75;

    private static readonly PanelKind[] _numbers = [PanelKind.Number, PanelKind.Numbers, PanelKind.Gathered];
    private static readonly PanelKind[] _numbersOfSegments = [PanelKind.Number, PanelKind.Numbers];
    private static readonly PanelKind[] _rowsOfSegments = [PanelKind.Row, PanelKind.Rows];

    private readonly int[] _offsets;
    private readonly int[] _segmentRows;
    private readonly int[] _targets;
    private readonly int _columns;

    public PassCase(int[] lengths, int columns, Random random)
    {
        _columns = columns;
        _offsets = [.. lengths.Aggregate(new List<int> { 0 }, (offsets, length) => [.. offsets, offsets[^1] + length])];
        _segmentRows = [.. lengths.Select(_ => random.Next(Rows))];
        _targets = [.. Enumerable.Range(0, lengths.Length)];
        random.Shuffle(_targets);
        Count = _offsets[^1];
        var kind = random.Next(2) == 0 ? PanelKind.Rows : PanelKind.Gathered;
        Rows0 = new(kind, Count, columns, random);
        Rows1 = new(kind, Count, columns, random, Rows0);
        With = [New(_rowsOfSegments, Rows, columns), New(_rowsOfSegments, Rows, columns)];
        Numbers = [.. Enumerable.Range(0, 6).Select(_ => New(_numbers, Count, 1))];
        NumbersOfSegments = [.. Enumerable.Range(0, 4).Select(_ => New(_numbersOfSegments, Rows, 1))];
        Stores = [New([PanelKind.Numbers], Count, 1), New([PanelKind.Numbers], Count, 1)];
        Sums = [New([PanelKind.Rows], lengths.Length, columns), New([PanelKind.Rows], lengths.Length, columns)];
        Totals = [New([PanelKind.Numbers], lengths.Length, 1), New([PanelKind.Numbers], lengths.Length, 1)];

        PanelCase<T> New(PanelKind[] kinds, int many, int length) => new(kinds[random.Next(kinds.Length)], many, length, random);
    }

    public int Count { get; }

    public int Segments => _segmentRows.Length;

    public PanelCase<T> Rows0 { get; }

    public PanelCase<T> Rows1 { get; }

    public PanelCase<T>[] With { get; }

    public PanelCase<T>[] Numbers { get; }

    public PanelCase<T>[] NumbersOfSegments { get; }

    public PanelCase<T>[] Stores { get; }

    public PanelCase<T>[] Sums { get; }

    public PanelCase<T>[] Totals { get; }

    public void Run<F>(bool adds = false) where F : struct, IPass<T> => Run<F>(0, Segments, adds);

    /// <summary>The pass over some of the segments.</summary>
    public void Run<F>(int first, int last, bool adds = false) where F : struct, IPass<T> =>
        Panel.Pass<F, T>(Operands(_offsets[first], adds), Between(first, last));

    /// <summary>The same in vectors of a width.</summary>
    public void Run<F, V, W>()
        where F : struct, IPass<T>
        where V : struct, IRowLanes<V, T>
        where W : struct, IRowLanes<W, T> => RowPasses<F, T, V, W>.Run(Operands(0, false), Between(0, Segments));

    private PassSegments Between(int first, int last) => new(_offsets.AsSpan(first, last - first + 1), _segmentRows.AsSpan(first, last - first), _targets.AsSpan(first, last - first));

    private PassOperands<T> Operands(int first, bool adds)
    {
        var count = Count - first;
        return new()
        {
            Rows0 = Rows0.Part(first, count),
            Rows1 = Rows1.Part(first, count),
            With0 = With[0].OfSegments,
            With1 = With[1].OfSegments,
            A = Numbers[0].Part(first, count),
            B = Numbers[1].Part(first, count),
            C = Numbers[2].Part(first, count),
            D = Numbers[3].Part(first, count),
            E = Numbers[4].Part(first, count),
            F = Numbers[5].Part(first, count),
            G = NumbersOfSegments[0].OfSegments,
            H = NumbersOfSegments[1].OfSegments,
            I = NumbersOfSegments[2].OfSegments,
            J = NumbersOfSegments[3].OfSegments,
            Store0 = Stores[0].Part(first, count),
            Store1 = Stores[1].Part(first, count),
            Sum0 = Sums[0].OfSegments,
            Sum1 = Sums[1].OfSegments,
            Total0 = Totals[0].OfSegments,
            Total1 = Totals[1].OfSegments,
            Scale = T.CreateChecked(Scale),
            Adds = adds,
        };
    }

    /// <summary>Holds what a pass left to sums of its formula, number by number.</summary>
    public void Assert<P>(double tolerance, bool adds = false) where P : IParts
    {
        bool Has(PassParts part) => (P.Parts & part) != 0;
        for (var s = 0; s < Segments; s++)
        {
            var (row, target) = (_segmentRows[s], _targets[s]);
            var (sum0, sum1) = (new double[_columns], new double[_columns]);
            double decays = 0, total0 = 0, total1 = 0, inner = 0;
            for (var e = _offsets[s]; e < _offsets[s + 1]; e++)
            {
                var of = PassFormula<T, P>.Of(Has(PassParts.Dot0) ? Dot(e, With[0]) : 0, Has(PassParts.Dot1) ? Dot(e, With[1]) : 0,
                    Number(0, PassParts.A), Number(1, PassParts.B), Number(2, PassParts.C), Number(3, PassParts.D), Number(4, PassParts.E), Number(5, PassParts.F),
                    OfSegment(0, PassParts.G), OfSegment(1, PassParts.H), OfSegment(2, PassParts.I), OfSegment(3, PassParts.J));
                Close(Has(PassParts.Store0) ? of.Store0 : Stores[0].At(e, 0), Stores[0].Now(e, 0), 1);
                Close(Has(PassParts.Store1) ? of.Store1 : Stores[1].At(e, 0), Stores[1].Now(e, 0), 1);
                decays += of.Decay;
                total0 += of.Total0;
                total1 += Has(PassParts.Total1) ? of.Total1 : 0;
                for (var k = 0; k < _columns; k++)
                {
                    sum0[k] += of.Factor * Rows0.At(e, k);
                    sum1[k] += of.Factor * Rows1.At(e, k);
                    total1 += Has(PassParts.Cross) ? of.Cross * Rows0.At(e, k) * Rows1.At(e, k) : 0;
                }

                double Number(int number, PassParts part) => Has(part) ? Numbers[number].At(e, 0) : 0;
                double OfSegment(int number, PassParts part) => Has(part) ? NumbersOfSegments[number].At(row, 0) : 0;
                double Dot(int example, PanelCase<T> with) => Enumerable.Range(0, _columns).Sum(k => Rows0.At(example, k) * with.At(row, k));
            }

            var many = _columns * (_offsets[s + 1] - _offsets[s] + 1);
            for (var k = 0; k < _columns; k++)
            {
                inner += sum1[k] * With[0].At(row, k);
                Of(PassParts.Sum0, Sums[0], k, sum0[k] + (Has(PassParts.Decay) ? decays * With[0].At(row, k) : 0));
                if (!Has(PassParts.Inner))
                {
                    Of(PassParts.Sum1, Sums[1], k, sum1[k]);
                }
            }

            Of(PassParts.Total0, Totals[0], 0, total0);
            Of(PassParts.Total1 | PassParts.Inner | PassParts.Cross, Totals[1], 0, total1 + (Has(PassParts.Inner) ? Scale * inner : 0));

            void Of(PassParts part, PanelCase<T> result, int k, double value) =>
                Close(Has(part) ? value + (adds ? result.At(target, k) : 0) : result.At(target, k), result.Now(target, k), many);
        }

        foreach (var operand in (PanelCase<T>[])[Rows0, Rows1, .. With, .. Numbers, .. NumbersOfSegments, .. Stores, .. Sums, .. Totals])
        {
            operand.AssertUntouched(Stores.Contains(operand) || Sums.Contains(operand) || Totals.Contains(operand));
        }

        void Close(double expected, double actual, int many) =>
            Xunit.Assert.True(Math.Abs(expected - actual) <= tolerance * many * _columns * (1 + Math.Abs(expected)),
                $"{actual:R}, expected {expected:R}, of {Count} examples with rows of {_columns}, {typeof(P).Name}");
    }
}
