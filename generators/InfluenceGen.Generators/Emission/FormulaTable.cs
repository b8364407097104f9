using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// The fused formulas of a model, each printed once: what is computed element by element between the library's steps, as a struct
/// whose method the library's loops call, for vectors of any width.
/// </summary>
internal sealed class FormulaTable(string type)
{
    /// <summary>Numbers of an example that a pass reads (<c>IPass</c> of the runtime); those of segments have the letters behind theirs.</summary>
    private const int NumbersOfExample = 6;

    private const string PassParameters = "V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j, "
        + "out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1";

    private readonly Dictionary<string, string> _names = [];
    private readonly List<(string Name, int Arity, string Comment, string Text)> _formulas = [];

    /// <summary>The name of a formula of values, in the order in which they are given.</summary>
    public string NameOf(Expression formula, IReadOnlyList<Value> reads)
    {
        string? LetterOf(Expression e)
        {
            for (var i = 0; i < reads.Count; i++)
            {
                if (ReferenceEquals(reads[i].Meaning, e.Bare))
                {
                    return Letter(i);
                }
            }

            return null;
        }

        var text = new FormulaText(LetterOf).Of(formula);
        var key = text + "/" + Formula.Invariant(reads.Count);
        if (!_names.TryGetValue(key, out var name))
        {
            _names[key] = name = "Formula" + Formula.Invariant(_formulas.Count + 1);
            _formulas.Add((name, reads.Count, Formula.Of(formula, LetterOf), text));
        }

        return name;
    }

    /// <summary>What an operand of a formula, or a number of a pass, is called; in capitals it is the pass's operand.</summary>
    public static string Letter(int number) => ((char)('a' + number)).ToString();

    /// <summary>The same for the numbers of segments.</summary>
    public static string SegmentLetter(int number) => Letter(NumbersOfExample + number);

    /// <summary>The name of a pass's formulas.</summary>
    public string NameOf(PassOutput pass)
    {
        var (names, parts) = (new Dictionary<Value, string>(), new List<string>());
        for (var i = 0; i < pass.Dots.Count; i++)
        {
            if (pass.Dots[i].Dot is { } dot)
            {
                Name(dot, "dot" + Formula.Invariant(i), "Dot" + Formula.Invariant(i));
            }
        }

        for (var i = 0; i < pass.Numbers.Count; i++)
        {
            Name(pass.Numbers[i], Letter(i));
        }

        for (var i = 0; i < pass.SegmentNumbers.Count; i++)
        {
            Name(pass.SegmentNumbers[i], SegmentLetter(i));
        }

        var lines = new List<string>();
        foreach (var step in pass.Formulas)
        {
            lines.Add($"var value{lines.Count} = {new FormulaText(NameOfPart).Of(step.Formula)};");
            names[step.Target] = "value" + Formula.Invariant(lines.Count - 1);
        }

        for (var i = 0; i < 2; i++)
        {
            Give("store" + Formula.Invariant(i), i < pass.Stores.Count ? NameOfPart(pass.Stores[i].Value.Meaning) : null, "Store" + Formula.Invariant(i));
        }

        Give("factor", pass.Factor is { } factor ? NameOfPart(factor.Meaning) : null);
        Give("cross", Terms(pass.Cross), "Cross");
        Give("decay", Terms(pass.Decay), "Decay");
        Give("total0", Terms(pass.Total), "Total0");
        Give("total1", Terms(pass.SegmentTotal), "Total1");
        parts.AddRange(new[] { pass.Sum is null ? "" : "Sum0", pass.OtherSum is null && pass.Inner is null ? "" : "Sum1", pass.Inner is null ? "" : "Inner" }
            .Where(part => part.Length > 0));
        if (lines.Any(line => line.Contains('@')))
        {
            parts.Add("Long");
        }

        var all = string.Join(" | ", parts.Select(part => "PassParts." + part));
        var text = all + "\n" + string.Join("\n", lines);
        if (!_names.TryGetValue(text, out var name))
        {
            _names[text] = name = "Pass" + Formula.Invariant(_passes.Count + 1);
            _passes.Add((name, all, lines));
        }

        return name;

        void Name(Value value, string given, string? part = null)
        {
            names[value] = given;
            parts.Add(part ?? given.ToUpperInvariant());
        }

        void Give(string what, string? given, string? part = null)
        {
            lines.Add($"{what} = {given ?? "default"};");
            if (given is not null && part is not null)
            {
                parts.Add(part);
            }
        }

        string? Terms(List<PassTerm> terms) => terms.Count == 0 ? null : string.Join(" + ", terms.Select(Term));

        string Term(PassTerm term)
        {
            var multiple = term.Multiple is null ? null : new FormulaText(NameOfPart).Of(term.Multiple.Kept?.Meaning ?? term.Multiple.Product!);
            var number = term.Number is null ? null : NameOfPart(term.Number.Meaning);
            return (multiple, number) switch
            {
                (null, null) => "V.One",
                (null, _) => number!,
                (_, null) => multiple,
                _ => $"{multiple} * {number}",
            };
        }

        string? NameOfPart(Expression e) => names.FirstOrDefault(pair => ReferenceEquals(pair.Key.Meaning, e.Bare)).Value;
    }

    private readonly List<(string Name, string Parts, List<string> Lines)> _passes = [];

    /// <summary>Prints the loss of the output as a struct, each function of it computed once.</summary>
    public void Print(OutputLoss of, ModelGraph model, CodeWriter output)
    {
        var (names, lines) = (new Dictionary<Expression, string> { [model.Output.Bare] = "s", [model.Label] = "y" }, new List<string>());
        var text = new FormulaText(e => names.TryGetValue(e.Bare, out var name) ? name : null);
        Keep(of.Loss);
        Keep(of.Slope);
        Keep(of.Curvature);
        var isLong = lines.Any(line => line.Contains('@'));
        lines.AddRange(new[] { $"loss = {text.Of(of.Loss)};", $"slope = {text.Of(of.Slope)};", $"curvature = {text.Of(of.Curvature)};" });
        output.Lines("", $"// loss = {Formula.Of(of.Loss)}, slope = {Formula.Of(of.Slope)}, curvature = {Formula.Of(of.Curvature)}");
        output.Block($"file readonly struct LossOfOutput : IOutputLoss<{type}>", () =>
        {
            output.Lines($"public static bool IsLong => {(isLong ? "true" : "false")};", "", "[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            output.Block($"public static void Of<V>(V s, V y, out V loss, out V slope, out V curvature) where V : struct, ILanes<V, {type}>",
                () => output.Lines([.. lines.Select(WithFunctions)]));
        });

        void Keep(Expression e)
        {
            if (names.ContainsKey(e.Bare) || e is Number)
            {
                return;
            }

            foreach (var operand in e.Operands)
            {
                Keep(operand);
            }

            if (e is Apply or Named)
            {
                lines.Add($"var value{Formula.Invariant(lines.Count)} = {text.Of(e)};");
                names[e.Bare] = "value" + Formula.Invariant(lines.Count - 1);
            }
        }
    }

    private string WithFunctions(string line) => line.Replace("@", $"ElementaryFormulas<{type}, V>.");

    /// <summary>Prints all that were asked for.</summary>
    public void Print(CodeWriter output)
    {
        PrintPasses(output);
        foreach (var (name, arity, comment, text) in _formulas)
        {
            output.Line();
            output.Line($"// {comment}");
            output.Block($"file readonly struct {name} : IFormula{Formula.Invariant(arity)}<{type}>", () => output.Line(
                $"public static V Of<V>({string.Join(", ", Enumerable.Range(0, arity).Select(operand => "V " + Letter(operand)))}) where V : struct, ILanes<V, {type}> => {WithFunctions(text)};"));
        }
    }

    private void PrintPasses(CodeWriter output)
    {
        foreach (var (name, parts, lines) in _passes)
        {
            output.Line();
            output.Block($"file readonly struct {name} : IPass<{type}>", () =>
            {
                output.Lines($"public static PassParts Parts => {parts};", "");
                output.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
                output.Block($"public static void Of<V>({PassParameters}) where V : struct, ILanes<V, {type}>",
                    () => output.Lines([.. lines.Select(WithFunctions)]));
            });
        }
    }

    /// <summary>The C# text of a formula over vectors; functions are marked by @.</summary>
    private sealed class FormulaText(Func<Expression, string?> letterOf)
    {
        public string Of(Expression e) => letterOf(e) ?? e switch
        {
            Number { Value: 1 } => "V.One",
            Number number => $"V.Constant({Formula.Invariant(number.Value)})",
            Named named => Of(named.Value),
            Sum sum => string.Concat(sum.Terms.Select((term, i) => Signed(term, i == 0))),
            Product { Operands: var factors } when factors[0] is Number { Value: -1 } => "-" + string.Join(" * ", factors.Skip(1).Select(Factor)),
            Product product => string.Join(" * ", product.Factors.Select(Factor)),
            Scaled { Factor: Number { Value: -1 } } scaled => "-" + Factor(scaled.Vector),
            Scaled scaled => Factor(scaled.Factor) + " * " + Factor(scaled.Vector),
            Apply apply => $"@{apply.Function.Name}({Of(apply.Argument)})",
            _ => throw UnknownNodeException.In("A formula", e),
        };

        private string Factor(Expression e) => letterOf(e) is null && e is Sum ? "(" + Of(e) + ")" : Of(e);

        private string Signed(Expression term, bool isFirst)
        {
            var text = Of(term);
            return isFirst ? text : text[0] == '-' ? " - " + text.Substring(1)
                : text.StartsWith("V.Constant(-", StringComparison.Ordinal) ? " - V.Constant(" + text.Substring("V.Constant(-".Length)
                : " + " + text;
        }
    }
}
