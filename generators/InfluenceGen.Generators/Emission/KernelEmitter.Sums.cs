using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

// What is added up over examples, and what is written for each.
internal sealed partial class KernelEmitter
{
    private IEnumerable<Accumulator> RowSums => _kernel.Accumulators.Where(a => a.Vector is not null);

    private IEnumerable<Accumulator> LaneSums => _kernel.Accumulators.Where(a => a.Vector is null && !IsCount(a));

    /// <summary>A sum of ones is how many examples the segment has.</summary>
    private static bool IsCount(Accumulator sum) => sum.Vector is null && IsOne(sum.Scalar);

    /// <summary>Only where examples are taken one by one do sums of scalars need a second chain.</summary>
    private bool HasLaneChains => _kernel.Chains == 2 && !IsWide;

    private bool NeedsSpill() => IsWide && SpilledScalars().Count > 0;

    private bool HasLoopedSums => RowSums.Any(sum => Unrolled(sum.Vector!) == 0);

    /// <summary>The scalars that a wide body hands from lanes to rows through memory, as they do not lie there anyway.</summary>
    private List<Expression> SpilledScalars() => RowSums.Select(a => a.Scalar).Where(scalar => Lies(scalar, "", "") is null)
        .Concat(Sweep.Results.Where(r => r.Kind == ResultKind.ExampleRow)
            .SelectMany(r => Lowerer.VectorTerms(r.Value)).Select(term => term.Scalar))
        .Distinct().ToList();

    private void StartAccumulators()
    {
        foreach (var sum in LaneSums)
        {
            Narrate(sum);
            _out.Line(HasLaneChains ? $"Vec {sum.Name} = Vec.Zero, {sum.Name}b = Vec.Zero;" : $"var {sum.Name} = Vec.Zero;");
        }

        foreach (var sum in RowSums.Where(sum => Unrolled(sum.Vector!) > 0))
        {
            Narrate(sum);
            for (var k = 0; k < Unrolled(sum.Vector!); k++)
            {
                var both = _kernel.Chains == 2 ? $", {sum.Name}At{k}b = Vec.Zero" : "";
                _out.Line(both.Length == 0 ? $"var {sum.Name}At{k} = Vec.Zero;" : $"Vec {sum.Name}At{k} = Vec.Zero{both};");
            }
        }

        foreach (var result in _kernel.SegmentResults.Where(r => r.Result.Kind == ResultKind.Gradient))
        {
            _out.Line($"ref var {Place(result)} = ref Unsafe.Add(ref sums0, {PlaceOffset(result)});");
            if (InPlace(result) is { } vector)
            {
                _out.Line($"MemoryMarshal.CreateSpan(ref {Place(result)}, (int){Names.Stride(vector.Extent!)}).Clear();");
            }
        }
    }

    private void Narrate(Accumulator sum)
    {
        Expression? vector = sum.Other is null ? sum.Vector : new Product(new EquatableArray<Expression>([sum.Vector!, sum.Other]));
        var value = vector is null ? sum.Scalar : sum.Scalar is Number { Value: 1 } ? vector : new Scaled(sum.Scalar, vector);
        _out.Line($"// {sum.Name} = Σ {Formula.Of(value)}{(sum.Other is null ? "" : ", element by element")}");
    }

    /// <summary>The vector whose multiples a gradient block sums in memory, where rows are read in loops.</summary>
    private Symbol? InPlace(SegmentResult result) => result.Contributions
        .Select(c => c.Accumulator.Vector ?? c.Vector).FirstOrDefault(v => v is not null && Unrolled(v) == 0);

    private string Place(SegmentResult result) => "sum" + Names.Capital(_model.Blocks[result.Result.Block].Name);

    private string PlaceOffset(SegmentResult result)
    {
        var block = _model.Blocks[result.Result.Block];
        return block.IsTable ? $"target * {Names.Stride(block.Columns!)}" : $"target * (nuint)StorageLength + (nuint){Names.Offset(block)}";
    }

    private void Accumulate(bool wide, string position, string example, string chain)
    {
        foreach (var sum in LaneSums)
        {
            _out.Line(wide
                ? $"{sum.Name} += {Value(sum.Scalar)};"
                : $"{sum.Name}{chain} += Lanes.CreateScalar({Member(Value(sum.Scalar), "ToScalar()")});");
        }

        var rows = Sweep.Results.Where(r => r.Kind == ResultKind.ExampleRow).ToList();
        if (!RowSums.Any() && rows.Count == 0)
        {
            return;
        }

        if (wide)
        {
            var spilled = SpilledScalars();
            for (var s = 0; s < spilled.Count; s++)
            {
                _out.Line($"{Member(Value(spilled[s]), $"StoreUnsafe(ref spilled, {s * _lanes})")};");
            }

            WideRows(position, spilled, rows);
            return;
        }

        foreach (var sum in RowSums)
        {
            if (Unrolled(sum.Vector!) > 0)
            {
                Add(sum, "", chain, Value(sum.Scalar));
            }
        }

        var looped = RowSums.Where(sum => Unrolled(sum.Vector!) == 0).ToList();
        AddInPlace(looped, 1, (sum, _) => Value(sum.Scalar), _ => "");
        WriteRows(rows, example, "", term => Value(term));
    }

    /// <summary>Adds up and writes the rows of as many examples as there are lanes.</summary>
    private void WideRows(string position, List<Expression> spilled, List<SweepResult> rows)
    {
        var factors = RowSums.Select(sum => sum.Scalar).Distinct().ToList();
        var unrolled = RowSums.Where(sum => Unrolled(sum.Vector!) > 0).ToList();
        if (AreRowsStraightLine)
        {
            for (var j = 0; j < _lanes; j++)
            {
                var chain = _kernel.Chains == 2 && j % 2 == 1 ? "b" : "";
                Row(j, Digit(j), Example(wide: true, position, j), Digit(j), chain);
            }
        }
        else if (unrolled.Count > 0 || rows.Count > 0)
        {
            var step = rows.Count > 0 ? 1 : _kernel.Chains;
            _out.Block($"for (nuint j = 0; j < {_lanes}; j{(step == 1 ? "++" : " += 2")})", () =>
            {
                for (var b = 0; b < step; b++)
                {
                    var at = b == 0 ? "j" : $"j + {b}";
                    RowOffsets(Side.Right, "At" + b, $"{position} + {at}", $"{position} + {at}",
                        RowVectors(unrolled, rows).Concat(_kernel.RowFactors));
                    Row(b, at, $"{position} + {at}", "At" + b, b == 0 ? "" : "b");
                }
            });
        }

        var looped = RowSums.Where(sum => Unrolled(sum.Vector!) == 0).ToList();
        for (var j = 0; j < _lanes; j++)
        {
            Factors(looped, j, Digit(j), Example(wide: true, position, j), Digit(j));
        }

        AddInPlace(looped, _lanes, (sum, j) => Factor(sum.Scalar, j), Digit);

        void Row(int number, string lane, string example, string suffix, string chain)
        {
            Factors(unrolled, number, lane, example, suffix);
            foreach (var sum in unrolled)
            {
                Add(sum, suffix, chain, Factor(sum.Scalar, number));
            }

            WriteRows(rows, example, suffix, scalar => Spilled(scalar, lane));
        }

        void Factors(List<Accumulator> sums, int number, string lane, string example, string suffix)
        {
            foreach (var scalar in sums.Select(sum => sum.Scalar).Distinct())
            {
                var value = Lies(scalar, example, suffix) is { } place ? $"Lanes.Create({place})" : Spilled(scalar, lane);
                _out.Line($"var {Factor(scalar, number)} = {value};");
            }
        }

        string Factor(Expression scalar, int number) => $"factor{factors.IndexOf(scalar)}At{number}";

        string Spilled(Expression scalar, string lane) =>
            $"Lanes.Create(Unsafe.Add(ref spilled, {Offset(lane, spilled.IndexOf(scalar) * _lanes)}))";
    }

    private static string Offset(string at, int offset) => offset == 0 ? at
        : int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Digit(number + offset)
        : $"{at} + {offset}";

    /// <summary>
    /// Whether the rows of a wide body are added up one after the other without a loop, which spares computing where
    /// they begin a second time.
    /// </summary>
    private bool AreRowsStraightLine => RowOperations() is > 0 and var operations && operations * _lanes <= Kernel.StraightLineBudget;

    /// <summary>Vector operations that add up and write the rows of one example.</summary>
    private int RowOperations() =>
        RowSums.Sum(sum => Unrolled(sum.Vector!) * (sum.Other is null ? 1 : 2))
        + Sweep.Results.Where(result => result.Kind == ResultKind.ExampleRow).Sum(result =>
            Lowerer.VectorTerms(result.Value).Sum(term => term.Vector is null ? 1 : Unrolled(term.Vector)));

    private static IEnumerable<Symbol> RowVectors(IEnumerable<Accumulator> sums, IEnumerable<SweepResult> rows) => sums
        .SelectMany(sum => new[] { sum.Vector, sum.Other })
        .Concat(rows.SelectMany(row => Lowerer.VectorTerms(row.Value)).Select(term => term.Vector))
        .OfType<Symbol>().Distinct();

    private void Add(Accumulator sum, string suffix, string chain, string factor)
    {
        for (var k = 0; k < Unrolled(sum.Vector!); k++)
        {
            var name = $"{sum.Name}At{k}{chain}";
            var product = sum.Other is null
                ? Operand(sum.Vector!, suffix, k)
                : $"{Operand(sum.Vector!, suffix, k)} * {Operand(sum.Other, suffix, k)}";
            _out.Line($"{name} = Lanes.MultiplyAddEstimate({factor}, {product}, {name});");
        }
    }

    /// <summary>Adds multiples of rows to a gradient in memory, each of its vectors loaded and stored once for all examples.</summary>
    private void AddInPlace(List<Accumulator> sums, int count, Func<Accumulator, int, string> factor, Func<int, string> suffix)
    {
        foreach (var result in _kernel.SegmentResults.Where(r => r.Result.Kind == ResultKind.Gradient))
        {
            var own = result.Contributions.Select(c => c.Accumulator).Where(sums.Contains).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            _out.Block($"for (nuint k = 0; k < {Names.Stride(own[0].Vector!.Extent!)}; k += {_lanes})", () =>
            {
                _out.Line($"var sum = Lanes.LoadUnsafe(ref {Place(result)}, k);");
                foreach (var accumulator in own)
                {
                    for (var j = 0; j < count; j++)
                    {
                        _out.Line($"sum = Lanes.MultiplyAddEstimate({factor(accumulator, j)}, {_names.Load(accumulator.Vector!, suffix(j), "k")}, sum);");
                    }
                }

                _out.Line($"sum.StoreUnsafe(ref {Place(result)}, k);");
            });
        }
    }

    private void WriteRows(List<SweepResult> rows, string example, string suffix, Func<Expression, string> scalarOf)
    {
        foreach (var result in rows)
        {
            var block = _model.Blocks[result.Block];
            var at = example.Contains('+') ? $"({example})" : example;
            var place = result.Target == "rows"
                ? $"{at} * (nuint)GradientRowLength + (nuint){Names.RowOffset(block)}"
                : $"{at} * {Names.Stride(block.Columns!)}";
            var terms = Lowerer.VectorTerms(result.Value).ToList();
            if (block.Columns is null)
            {
                _out.Line($"Lanes.CreateScalar({Member(scalarOf(terms[0].Scalar), "ToScalar()")}).StoreUnsafe(ref {result.Target}0, {place});");
                for (var rest = _lanes; rest < _model.Line; rest += _lanes)
                {
                    _out.Line($"Vec.Zero.StoreUnsafe(ref {result.Target}0, {place} + {rest});");
                }

                continue;
            }

            string Row(Func<Symbol, string> load) => string.Join(" + ", terms.Select(term =>
                $"{Parenthesise(scalarOf(term.Scalar))} * {load(term.Vector!)}"));
            if (_kernel.Unrolled(block.Columns) is var vectors and > 0)
            {
                for (var k = 0; k < vectors; k++)
                {
                    _out.Line($"({Row(v => Operand(v, suffix, k))}).StoreUnsafe(ref {result.Target}0, {place}{(k == 0 ? "" : $" + {k * _lanes}")});");
                }

                var padded = _model.StrideOf(block.Columns) / _lanes;
                for (var k = vectors; k < padded; k++)
                {
                    _out.Line($"Vec.Zero.StoreUnsafe(ref {result.Target}0, {place} + {k * _lanes});");
                }
            }
            else
            {
                _out.Block($"for (nuint k = 0; k < {Names.Stride(block.Columns)}; k += {_lanes})", () =>
                    _out.Line($"({Row(v => _names.Load(v, suffix, "k"))}).StoreUnsafe(ref {result.Target}0, {place} + k);"));
            }
        }
    }
}
