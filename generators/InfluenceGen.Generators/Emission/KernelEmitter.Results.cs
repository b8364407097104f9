using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

// What is written when a segment is complete, and the text of values.
internal sealed partial class KernelEmitter
{
    private void Write(SegmentResult result)
    {
        var (vectors, scalars) = (
            result.Contributions.Where(c => !IsScalar(result, c)).ToList(),
            result.Contributions.Where(c => IsScalar(result, c)).ToList());
        if (scalars.Count > 0)
        {
            var value = Totals(scalars);
            _out.Line(result.Result.Kind == ResultKind.Segment
                ? $"Unsafe.Add(ref {result.Result.Target}0, target) = {value};"
                : $"{Place(result)} = {value};");
            return;
        }

        if (InPlace(result) is { } looped)
        {
            var shared = vectors.Where(c => c.Vector is not null).ToList();
            if (shared.Count == 0)
            {
                return;
            }

            foreach (var contribution in shared)
            {
                _out.Line($"var scale{Names.Capital(Names.Of(contribution.Vector!))} = Lanes.Create({Total(contribution with { Vector = null })});");
            }

            _out.Block($"for (nuint k = 0; k < {Names.Stride(looped.Extent!)}; k += {_lanes})", () =>
            {
                _out.Line($"var sum = Lanes.LoadUnsafe(ref {Place(result)}, k);");
                foreach (var contribution in shared)
                {
                    var name = Names.Of(contribution.Vector!);
                    _out.Line($"sum = Lanes.MultiplyAddEstimate(scale{Names.Capital(name)}, {_names.Load(contribution.Vector!, "", "k")}, sum);");
                }

                _out.Line($"sum.StoreUnsafe(ref {Place(result)}, k);");
            });
            return;
        }

        var columns = _model.Blocks[result.Result.Block].Columns!;
        foreach (var contribution in vectors.Where(c => c.Vector is not null))
        {
            _out.Line($"var scale{Names.Capital(Names.Of(contribution.Vector!))} = Lanes.Create({Total(contribution with { Vector = null })});");
        }

        for (var k = 0; k < _kernel.Unrolled(columns); k++)
        {
            var terms = vectors.OrderBy(c => c.Vector is null).Select(c => c.Vector is not null
                ? $"scale{Names.Capital(Names.Of(c.Vector))} * {Operand(c.Vector, "", k)}"
                : IsOne(c.Factor) ? Merged(c.Accumulator, k) : $"{Factor(c.Factor)} * {Bracketed(Merged(c.Accumulator, k))}");
            _out.Line($"({string.Join(" + ", terms)}).StoreUnsafe(ref {Place(result)}, {k * _lanes});");
        }
    }

    private bool IsScalar(SegmentResult result, Contribution contribution) =>
        result.Result.Kind == ResultKind.Segment || _model.Blocks[result.Result.Block].Columns is null;

    /// <summary>The sum of contributions' totals, as a plain number; what has no factor of its own is added up lane by
    /// lane before the lanes are.</summary>
    private string Totals(IEnumerable<Contribution> contributions)
    {
        var groups = contributions.ToLookup(c => IsOne(c.Factor) && !IsCount(c.Accumulator));
        var together = groups[true].Any() ? [$"Reduction.Sum({string.Join(" + ", groups[true].Select(Lanewise))})"] : Array.Empty<string>();
        return string.Join(" + ", together.Concat(groups[false].Select(Total)));
    }

    /// <summary>A contribution's scalar total, as a plain number.</summary>
    private string Total(Contribution contribution)
    {
        var total = IsCount(contribution.Accumulator) ? "count" : $"Reduction.Sum({Lanewise(contribution)})";
        return IsOne(contribution.Factor) ? total : $"{Member(Value(contribution.Factor), "ToScalar()")} * {total}";
    }

    /// <summary>A vector whose lanes add up to a contribution's total, its factor left out.</summary>
    private string Lanewise(Contribution contribution)
    {
        var (sum, _, vector) = contribution;
        if (sum.Vector is null)
        {
            return HasLaneChains ? $"{sum.Name} + {sum.Name}b" : sum.Name;
        }

        return string.Join(" + ", Enumerable.Range(0, Unrolled(sum.Vector)).Select(k => vector is null
            ? Merged(sum, k)
            : $"{Operand(vector, "", k)} * {Bracketed(Merged(sum, k))}"));
    }

    private string Merged(Accumulator sum, int k) =>
        _kernel.Chains == 2 ? $"{sum.Name}At{k} + {sum.Name}At{k}b" : $"{sum.Name}At{k}";

    // ---- text of values ------------------------------------------------------------------------------------------

    private string Operand(Symbol vector, string suffix, int k) => IsShared(vector) && Unrolled(vector) > 0
        ? $"{Names.Of(vector)}{k}"
        : _names.Load(vector, suffix, k * _lanes);

    private string Value(Expression expression) => expression switch
    {
        Number number => $"Lanes.Create({Literal(number.Value)})",
        Sum sum => string.Concat(sum.Terms.Select((term, index) => Signed(term, index == 0))),
        Product product when product.Factors[0] is Number { Value: -1 } =>
            "-" + string.Join(" * ", product.Factors.Skip(1).Select(Factor)),
        Product product => string.Join(" * ", product.Factors.Select(f => f is Number n ? Literal(n.Value) : Factor(f))),
        _ => Names.Of(expression),
    };

    private string Signed(Expression term, bool first)
    {
        if (!first && term is Product { Factors: var factors } && factors[0] is Number { Value: < 0 } number)
        {
            var rest = string.Join(" * ", factors.Skip(1).Select(Factor));
            return number.Value == -1 ? " - " + rest : $" - {Literal(-number.Value)} * {rest}";
        }

        return (first ? "" : " + ") + Value(term);
    }

    private string Factor(Expression expression) => expression is Sum ? $"({Value(expression)})" : Value(expression);

    private static string Member(string value, string member) => Parenthesise(value) + "." + member;

    private static string Parenthesise(string value) => value.Contains(' ') && !IsOneCall(value) ? $"({value})" : value;

    private static string Bracketed(string value) => value.Contains(' ') ? $"({value})" : value;

    private static bool IsOneCall(string value) => value.StartsWith("Lanes.Create(", StringComparison.Ordinal)
        && value.EndsWith(")", StringComparison.Ordinal);

    private static bool IsOne(Expression expression) => expression is Number { Value: 1 };

    private string Literal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return (text.IndexOfAny(['.', 'E', 'e']) >= 0 ? text : text + ".0") + (_model.Type == "float" ? "f" : "");
    }

    private static string Digit(int j) => j.ToString(CultureInfo.InvariantCulture);
}
