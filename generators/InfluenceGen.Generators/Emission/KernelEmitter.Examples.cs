using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

// What is computed for one example, or for as many neighbours as a vector has lanes.
internal sealed partial class KernelEmitter
{
    /// <summary>
    /// The loop body: for one example, or (wide) for as many neighbours as a vector has lanes, one scalar in each lane.
    /// </summary>
    private void Examples(bool wide, string position, string chain)
    {
        var example = Example(wide, position, 0);
        if (!Sweep.IsContiguous)
        {
            for (var j = 0; j < (wide ? _lanes : 1); j++)
            {
                _out.Line($"var {Example(wide, position, j)} = (nuint)(uint)Unsafe.Add(ref order, {At(position, j)});");
            }
        }

        var rowsOf = _kernel.ExampleScalars.OfType<Dot>().SelectMany(dot => new[] { (Symbol)dot.Left, (Symbol)dot.Right })
            .Concat(_kernel.ExampleScalars.OfType<Symbol>());
        if (!wide || HasLoopedSums || AreRowsStraightLine)
        {
            rowsOf = rowsOf.Concat(_kernel.Vectors).Concat(_kernel.RowFactors);
        }

        var needed = rowsOf.Distinct().ToList();
        if (wide)
        {
            for (var j = 0; j < _lanes; j++)
            {
                RowOffsets(Side.Right, Digit(j), At(position, j), Example(wide, position, j), needed);
            }
        }
        else
        {
            RowOffsets(Side.Right, "", position, example, needed);
        }

        Dots(wide);
        var scalars = _kernel.ExampleScalars.Where(scalar => scalar is not Dot);
        foreach (var scalar in wide ? scalars : scalars.Union(_kernel.RowFactors))
        {
            Compute(scalar, wide, shared: false, example);
        }

        foreach (var result in Sweep.Results.Where(result => result.Kind == ResultKind.Example))
        {
            _out.Line(wide
                ? $"{Member(Value(result.Value), $"StoreUnsafe(ref {result.Target}0, {example})")};"
                : $"Unsafe.Add(ref {result.Target}0, {example}) = {Member(Value(result.Value), "ToScalar()")};");
        }

        foreach (var result in Sweep.Results.Where(result => result.Kind == ResultKind.Pair))
        {
            _out.Line(wide
                ? $"(Lanes.LoadUnsafe(ref gramRow, {example}) + {Factor(result.Value)}).StoreUnsafe(ref gramRow, {example});"
                : $"Unsafe.Add(ref gramRow, {example}) += {Member(Value(result.Value), "ToScalar()")};");
        }

        Accumulate(wide, position, example, chain);
    }

    /// <summary>The number of an example of the loop body.</summary>
    private string Example(bool wide, string position, int j) =>
        Sweep.IsContiguous ? At(position, j) : wide ? "z" + Digit(j) : "z";

    private static string At(string position, int j) => j == 0 ? position : $"{position} + {j}";

    /// <summary>Where an example's rows begin. Of the left of a pair, rows are looked up by the example; otherwise by its
    /// position in the pass.</summary>
    private void RowOffsets(Side side, string suffix, string position, string example, IEnumerable<Symbol> symbols)
    {
        var own = symbols.Where(symbol => symbol.Side == side && (side == Side.Left || !IsShared(symbol))).ToList();
        if (own.FirstOrDefault(symbol => symbol.Role == Role.Feature) is { } features)
        {
            var at = example.Contains('+') ? $"({example})" : example;
            _out.Line($"var {_names.Row(features, suffix)} = {at} * {Names.Stride(features.Extent!)};");
        }

        foreach (var column in own.Where(s => s.IsLaidOut || s.Role == Role.Share)
            .Select(_names.Column).Distinct().OrderBy(c => c))
        {
            var index = side == Side.Left
                ? $"(nuint)(uint)Unsafe.Add(ref leftIndex{column}, {example})"
                : $"(nuint)(uint)Unsafe.Add(ref index{column}, {position})";
            var table = own.FirstOrDefault(s => s.IsLaidOut && _names.Column(s) == column);
            if (own.Any(s => s.Role == Role.Share && s.Slot == column))
            {
                var name = _names.Entry(own.First(s => s.Role == Role.Share && s.Slot == column), suffix);
                _out.Line($"var {name} = {index};");
                index = name;
            }

            if (table is not null)
            {
                _out.Line($"var {_names.Row(table, suffix)} = {index} * {Names.Stride(table.Extent!)};");
            }
        }
    }

    private void Dots(bool wide)
    {
        foreach (var group in _kernel.ExampleScalars.OfType<Dot>().GroupBy(dot => Unrolled((Symbol)dot.Left) > 0))
        {
            if (group.Key)
            {
                foreach (var dot in group)
                {
                    UnrolledDot(dot, wide);
                }
            }
            else
            {
                LoopedDots(group.ToList(), wide);
            }
        }
    }

    private void UnrolledDot(Dot dot, bool wide)
    {
        var (left, right) = ((Symbol)dot.Left, (Symbol)dot.Right);
        string Products(string suffix)
        {
            var text = $"{Operand(left, suffix, 0)} * {Operand(right, suffix, 0)}";
            for (var k = 1; k < Unrolled(left); k++)
            {
                text = $"Lanes.MultiplyAddEstimate({Operand(left, suffix, k)}, {Operand(right, suffix, k)}, {text})";
            }

            return text;
        }

        if (!wide)
        {
            _out.Line($"var {Names.Of(dot)} = Lanes.Create(Reduction.Sum({Products("")}));");
            return;
        }

        _out.Line($"var {Names.Of(dot)} = Reduction.Sums(");
        _out.Indent(() =>
        {
            for (var j = 0; j < _lanes; j++)
            {
                _out.Line(Products(Digit(j)) + (j == _lanes - 1 ? ");" : ","));
            }
        });
    }

    private void LoopedDots(IReadOnlyList<Dot> dots, bool wide)
    {
        var count = wide ? _lanes : 1;
        string Suffix(int j) => wide ? Digit(j) : "";
        foreach (var dot in dots)
        {
            for (var j = 0; j < count; j++)
            {
                _out.Line($"var {Names.Of(dot)}At{j} = Vec.Zero;");
            }
        }

        _out.Block($"for (nuint k = 0; k < {Names.Stride(((Symbol)dots[0].Left).Extent!)}; k += {_lanes})", () =>
        {
            var shared = dots.SelectMany(dot => new[] { (Symbol)dot.Left, (Symbol)dot.Right }).Where(IsShared).Distinct();
            foreach (var vector in shared)
            {
                _out.Line($"var {Names.Of(vector)} = {_names.Load(vector, "", "k")};");
            }

            string At(Symbol vector, int j) => IsShared(vector) ? Names.Of(vector) : _names.Load(vector, Suffix(j), "k");
            for (var j = 0; j < count; j++)
            {
                foreach (var dot in dots)
                {
                    var name = $"{Names.Of(dot)}At{j}";
                    _out.Line($"{name} = Lanes.MultiplyAddEstimate({At((Symbol)dot.Left, j)}, {At((Symbol)dot.Right, j)}, {name});");
                }
            }
        });
        foreach (var dot in dots)
        {
            var terms = string.Join(", ", Enumerable.Range(0, count).Select(j => $"{Names.Of(dot)}At{j}"));
            _out.Line(wide
                ? $"var {Names.Of(dot)} = Reduction.Sums({terms});"
                : $"var {Names.Of(dot)} = Lanes.Create(Reduction.Sum({terms}));");
        }
    }

    /// <summary>Declares the variable of a symbol, a shared dot, a named value or a function's value.</summary>
    private void Compute(Expression scalar, bool wide, bool shared, string example = "")
    {
        switch (scalar)
        {
            case Symbol symbol:
                _out.Line($"var {Names.Of(symbol)} = {LoadScalar(symbol, wide, shared, example)};");
                break;
            case Dot dot:
                if (Unrolled((Symbol)dot.Left) > 0)
                {
                    UnrolledDot(dot, wide: false);
                }
                else
                {
                    LoopedDots([dot], wide: false);
                }

                break;
            case Named named:
                _out.Line($"// {named.Name} = {Formula.Of(named.Value)}");
                _out.Line($"var {Names.Of(named)} = {Value(named.Value)};");
                break;
            case Apply apply:
                _out.Line($"var {Names.Of(apply)} = Elementary.{apply.Function.Name}({Value(apply.Argument)});");
                break;
        }
    }

    private string LoadScalar(Symbol symbol, bool wide, bool shared, string example)
    {
        var source = _names.Reference(symbol);
        if (symbol.IsLaidOut || symbol.Role == Role.Mask)
        {
            return $"Lanes.Create({source})";
        }

        if (shared)
        {
            var place = symbol.Role != Role.Share ? "a" : symbol.Side == Side.Left ? _names.Entry(symbol, "") : "row";
            return $"Lanes.Create(Unsafe.Add(ref {source}, {place}))";
        }

        return !wide ? $"Lanes.Create({Lies(symbol, example, "")})"
            : Sweep.IsContiguous && symbol.Role != Role.Share ? $"Lanes.LoadUnsafe(ref {source}, {example})"
            : $"Lanes.Create({string.Join(", ", Enumerable.Range(0, _lanes).Select(j => Lies(symbol, "z" + Digit(j), Digit(j))))})";
    }

    /// <summary>Where a scalar of an example lies in memory; null if it does not.</summary>
    private string? Lies(Expression scalar, string example, string suffix) => scalar switch
    {
        Symbol { Role: Role.Share } share => $"Unsafe.Add(ref {_names.Reference(share)}, {_names.Entry(share, suffix)})",
        Symbol symbol => $"Unsafe.Add(ref {_names.Reference(symbol)}, {example})",
        _ => Sweep.Results.FirstOrDefault(result => result.Kind == ResultKind.Example && result.Value.Equals(scalar)) is { } written
            ? $"Unsafe.Add(ref {written.Target}0, {example})"
            : null,
    };
}
