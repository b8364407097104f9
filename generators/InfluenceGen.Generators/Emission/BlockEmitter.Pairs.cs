using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Emission;

// What is computed for every pair of a left and a right example: dots of the two sides' rows, for a panel of right
// examples at a time, and one pass that makes numbers of the Gram matrix of them.
internal sealed partial class BlockEmitter
{
    /// <summary>A term of a pair's number: what it is a product of, and the mask of the block it comes from.</summary>
    private sealed record PairTerm(IReadOnlyList<Expression> Factors, Symbol? Mask, int Block);

    private List<PairTerm> PairTerms() => Sweep.Results.SelectMany(result => Algebra.Expand(result.Value).Select(term => new PairTerm(
        Algebra.FactorsOf(term).Where(factor => factor is not Symbol { Role: Role.Mask }).ToList(),
        Algebra.FactorsOf(term).OfType<Symbol>().FirstOrDefault(symbol => symbol.Role == Role.Mask), result.Block))).ToList();

    private List<Dot> PairDots() => !Sweep.IsOverPairs ? []
        : PairTerms().SelectMany(term => term.Factors).OfType<Dot>().Where(IsAcross).Distinct().ToList();

    private bool IsAcross(Dot dot) => Find(dot) is null;

    private string PairName(Dot dot) => "pair" + Signatures.Invariant(PairDots().IndexOf(dot));

    /// <summary>The right rows of a dot, transposed.</summary>
    private string Panels(Dot dot) => PairName(dot) + "Panels";

    private static (Expression Left, Expression Right) SidesOf(Dot dot) => IsLeft(dot.Left) ? (dot.Left, dot.Right) : (dot.Right, dot.Left);

    private void ChoosePanels()
    {
        _out.Line("var leftRows = left.Count / Math.Max(1, segments.Count);");
        foreach (var dot in PairDots())
        {
            _out.Line($"var transposes{Names.Capital(PairName(dot))} = DenseProducts.PrefersTransposed<{_type}>(leftRows, {Names.Count(dot.Left.Length!)}, Math.Min(PanelLength, right.Count));");
        }
    }

    private void Pairs()
    {
        ChoosePanels();
        _out.Block("for (var j = 0; j < right.Count; j += TileLength)", () =>
        {
            _out.Line("var rightCount = Math.Min(TileLength, right.Count - j);");
            Steps(_kernel.Steps.Where(step => step.Target.Side == Side.Right), "j", "rightCount");
            foreach (var dot in PairDots())
            {
                UnderCondition($"{InOne(Users(dot), "transposes" + Names.Capital(PairName(dot)))}", () => TransposePanels(dot));
            }

            _out.Line("var end = segments.Offsets[last];");
            _out.Block("for (var i = segments.Offsets[first]; i < end; i += LeftLength)", () =>
            {
                _out.Line("var count = Math.Min(LeftLength, end - i);");
                Steps(_kernel.Steps.Where(step => step.Target.Side == Side.Left), "i", "count");
                _out.Block("for (var panel = 0; panel < rightCount; panel += PanelLength)", () =>
                {
                    _out.Line("var panelCount = Math.Min(PanelLength, rightCount - panel);");
                    PairDots().ForEach(PairDot);
                    AddPairs();
                });
            });
        });
    }

    private void UnderCondition(string condition, Action body)
    {
        if (condition.Length == 0)
        {
            body();
        }
        else
        {
            _out.Block($"if ({condition})", body);
        }
    }

    /// <summary>The condition that one of the blocks which need a dot is differentiated; empty where all need it.</summary>
    private string Users(Dot dot)
    {
        var users = PairTerms().Where(term => term.Factors.Contains(dot)).Select(term => term.Block).Distinct().ToList();
        return users.Count == GatedBlocks().Count() ? "" : string.Join(" || ", users.Select(Includes));
    }

    private static string InOne(string any, string both) => any.Length == 0 ? both
        : any.Contains("||") ? $"({any}) && {both}" : $"{any} && {both}";

    private void TransposePanels(Dot dot)
    {
        var (_, right) = SidesOf(dot);
        var (count, stride) = (Names.Count(right.Length!), Names.Stride(right.Length!));
        _out.Line($"// {Panels(dot)} = {Formula.Of(right)}ᵀ, of {BlockKernel.PanelLength} examples at a time");
        _out.Block("for (var panel = 0; panel < rightCount; panel += PanelLength)", () => _out.Line(
            $"DenseProducts.Transpose(ref {PanelRow(right, stride)}, {stride}, Math.Min(PanelLength, rightCount - panel), {count}, ref {PanelOf(dot, count)}, PanelStride);"));
    }

    private string PanelRow(Expression right, string stride) => $"Unsafe.Add(ref {RowAt(right, "0", "j")}, panel * {stride})";

    private string PanelOf(Dot dot, string count) => $"Unsafe.Add(ref {Panels(dot)}, panel / PanelLength * {count} * PanelStride)";

    private void PairDot(Dot dot)
    {
        var (left, right) = SidesOf(dot);
        var (count, stride) = (Names.Count(left.Length!), Names.Stride(left.Length!));
        _out.Line($"// {PairName(dot)} = {Formula.Of(dot)}, for every pair");
        _out.Line($"MemoryMarshal.CreateSpan(ref {PairName(dot)}, count * PanelStride).Clear();");
        UnderCondition(Users(dot), () => _out.Lines(
            $"if (transposes{Names.Capital(PairName(dot))})", "{",
            $"    DenseProducts.AddProduct(ref {RowAt(left, "0", "i")}, {stride}, 1, ref {PanelOf(dot, count)}, PanelStride, ref {PairName(dot)}, PanelStride, count, {count}, panelCount);",
            "}", "else", "{",
            $"    DenseProducts.AddProductTransposed(ref {RowAt(left, "0", "i")}, {stride}, ref {PanelRow(right, stride)}, {stride}, ref {PairName(dot)}, PanelStride, count, {count}, panelCount);",
            "}"));
    }

    private static bool IsLeft(Expression expression) => expression switch
    {
        Symbol symbol => symbol.Side == Side.Left,
        Named named => named.Name.EndsWith("'", StringComparison.Ordinal),
        _ => expression.Operands.Any(IsLeft),
    };

    private void AddPairs()
    {
        _out.Line($"// gram += {string.Join(" + ", Sweep.Results.Select(result => Formula.Of(result.Value)))}");
        _out.Block("for (nint e = 0; e < count; e++)", () =>
        {
            foreach (var scalar in PairTerms().SelectMany(term => term.Factors).Where(factor => factor is not (Number or Dot) && IsLeft(factor)).Distinct())
            {
                _out.Line($"var {Find(scalar)!.Name}OfRow = Lanes.Create(Unsafe.Add(ref {Find(scalar)!.Name}, e));");
            }

            var text = string.Join(" + ", Groups().Select(Text));
            _out.Line("ref var gramRow = ref gram[(i + (int)e) * right.Count + j + panel];");
            _out.Line("nint k = 0;");
            _out.Block($"for (; k <= panelCount - {_lanes}; k += {_lanes})", () => _out.Line(
                $"(Lanes.LoadUnsafe(ref gramRow, (nuint)k) + {text}).StoreUnsafe(ref gramRow, (nuint)k);"));
            _out.Block("if (k < panelCount)", () =>
            {
                _out.Line($"{Parenthesised(text)}.StoreUnsafe(ref pairs);");
                _out.Block("for (nint rest = 0; k + rest < panelCount; rest++)", () => _out.Line(
                    "Unsafe.Add(ref gramRow, k + rest) += Unsafe.Add(ref pairs, rest);"));
            });
        });
    }

    /// <summary>Terms that share factors, to be multiplied by them once.</summary>
    private List<List<PairTerm>> Groups()
    {
        var groups = new List<List<PairTerm>>();
        foreach (var term in PairTerms())
        {
            if (groups.FirstOrDefault(group => Common(group).Intersect(term.Factors).Any()) is { } group)
            {
                group.Add(term);
            }
            else
            {
                groups.Add([term]);
            }
        }

        return groups;
    }

    private static List<Expression> Common(List<PairTerm> terms) =>
        terms[0].Factors.Where(factor => terms.All(term => term.Factors.Contains(factor))).ToList();

    private string Text(List<PairTerm> group)
    {
        if (group.Count == 1)
        {
            return Text(group[0], []);
        }

        var common = Common(group);
        return $"{string.Join(" * ", common.Select(Text))} * ({string.Join(" + ", group.Select(term => Text(term, common)))})";
    }

    private string Text(PairTerm term, IReadOnlyList<Expression> without)
    {
        var factors = term.Factors.Where(factor => !without.Contains(factor)).Select(Text).ToList();
        if (term.Mask is { } mask)
        {
            factors.Add($"{Names.Of(mask)}Everywhere");
        }

        return factors.Count == 0 ? $"Lanes.Create({Literal(1)})" : string.Join(" * ", factors);
    }

    private string Text(Expression factor) => factor switch
    {
        Number number => $"Lanes.Create({Literal(number.Value)})",
        Dot dot when IsAcross(dot) => $"Lanes.LoadUnsafe(ref {PairName(dot)}, (nuint)(e * PanelStride + k))",
        _ when IsLeft(factor) => $"{Find(factor)!.Name}OfRow",
        _ => $"Lanes.LoadUnsafe(ref {Find(factor)!.Name}, (nuint)(panel + k))",
    };
}
