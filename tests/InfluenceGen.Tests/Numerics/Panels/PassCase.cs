using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Numerics.Panels;

/// <summary>Operands of a pass, of random kinds.</summary>
internal sealed class PassCase<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _count;

    public PassCase(int count, int columns, PanelKind[] rows, PanelKind[] numbers, Random random)
    {
        _count = count;
        Rows0 = New(rows, columns);
        Rows1 = New(rows, columns);
        With0 = New([PanelKind.Row], columns);
        With1 = New([PanelKind.Row], columns);
        A = New(numbers, 1);
        B = New(numbers, 1);
        C = New(numbers, 1);
        D = New(numbers, 1);
        Store0 = New([PanelKind.Numbers], 1);
        Store1 = New([PanelKind.Numbers], 1);
        Sum0 = New([PanelKind.Row], columns);
        Sum1 = New([PanelKind.Row], columns);
        Total0 = New([PanelKind.Number], 1);
        Total1 = New([PanelKind.Number], 1);

        PanelCase<T> New(PanelKind[] kinds, int length) => new(kinds[random.Next(kinds.Length)], count, length, random);
    }

    public PanelCase<T> Rows0 { get; }

    public PanelCase<T> Rows1 { get; }

    public PanelCase<T> With0 { get; }

    public PanelCase<T> With1 { get; }

    public PanelCase<T> A { get; }

    public PanelCase<T> B { get; }

    public PanelCase<T> C { get; }

    public PanelCase<T> D { get; }

    public PanelCase<T> Store0 { get; }

    public PanelCase<T> Store1 { get; }

    public PanelCase<T> Sum0 { get; }

    public PanelCase<T> Sum1 { get; }

    public PanelCase<T> Total0 { get; }

    public PanelCase<T> Total1 { get; }

    private PanelCase<T>[] All => [Rows0, Rows1, With0, With1, A, B, C, D, Store0, Store1, Sum0, Sum1, Total0, Total1];

    public void Run<F>() where F : struct, IPass<T> => Run<F>(0, _count);

    public void Run<F>(int first, int count) where F : struct, IPass<T>
    {
        var operands = new PassOperands<T>
        {
            Rows0 = Rows0.Part(first, count),
            Rows1 = Rows1.Part(first, count),
            With0 = With0.Panel,
            With1 = With1.Panel,
            A = A.Part(first, count),
            B = B.Part(first, count),
            C = C.Part(first, count),
            D = D.Part(first, count),
            Store0 = Store0.Part(first, count),
            Store1 = Store1.Part(first, count),
            Sum0 = Sum0.Panel,
            Sum1 = Sum1.Panel,
            Total0 = Total0.Panel,
            Total1 = Total1.Panel,
        };
        Panel.Pass<F, T>(in operands, count);
    }

    public double Dot(int example, PanelCase<T> with) =>
        Enumerable.Range(0, with.Columns).Sum(k => Rows0.At(example, k) * with.At(0, k));

    /// <summary>Whether nothing has changed but what was to be.</summary>
    public void AssertUntouched(params PanelCase<T>[] targets)
    {
        foreach (var operand in All)
        {
            operand.AssertUntouched(targets.Contains(operand));
        }
    }
}
