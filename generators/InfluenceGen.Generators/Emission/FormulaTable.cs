using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// The fused formulas of a model, each printed once: what is computed element by element between the library's steps, for vectors of
/// any width. A formula is a type put together of the library's terms, whose code is then the library's and optimised in every build; where
/// it is larger than what the JIT takes into a loop of such types, a struct whose method the library's loops call.
/// </summary>
internal sealed class FormulaTable(string type)
{
    /// <summary>Numbers of an example that a pass reads (<c>IPass</c> of the runtime); those of segments have the letters behind theirs.</summary>
    private const int NumbersOfExample = 6;

    // What is put together of terms at most: operations, how deep they stand within each other (the JIT takes in calls twenty deep, a
    // function's own included), and values of a pass. Measured: the JIT takes longer over terms than over code, seconds for the
    // largest formulas, and leaves the terms of a pass of nine values with functions as calls.
    private const int MostOperations = 20, MostDepth = 10, MostValues = 6;

    private const string PassParameters = "V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j, "
        + "out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1";

    private readonly Dictionary<string, string> _names = [];
    private readonly List<(string Comment, string Alias)> _aliases = [];
    private readonly List<string> _parts = [];
    private readonly List<double> _constants = [];
    private readonly List<(string Name, string Parts, List<string> Lines)> _passes = [];
    private readonly List<(string Name, List<string> Lines)> _losses = [];
    private readonly List<(string Name, int Arity, string Comment, string Text)> _formulas = [];
    private int _mapCount, _passCount;

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
            _names[key] = name = "Formula" + Formula.Invariant(++_mapCount);
            var comment = Formula.Of(formula, LetterOf);
            var constants = _constants.Count;
            var term = new TermText(e => LetterOf(e) is { } letter ? Term.Leaf(letter) : null, ConstantOf).Of(formula);
            if (Fits(constants, term))
            {
                _aliases.Add((comment, $"{name} = Map<{type}, {term.Text}>"));
            }
            else
            {
                _formulas.Add((name, reads.Count, comment, text));
            }
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

        var (constants, lines, values, results) = (_constants.Count, new List<string>(), new List<Term>(), new List<Term>());
        var (code, terms) = (new FormulaText(NameOfPart), new TermText(e => NameOfPart(e) is { } part ? Term.Leaf(part) : null, ConstantOf));
        foreach (var step in pass.Formulas)
        {
            lines.Add($"var value{lines.Count} = {code.Of(step.Formula)};");
            values.Add(terms.Of(step.Formula));
            names[step.Target] = "value" + Formula.Invariant(lines.Count - 1);
        }

        for (var i = 0; i < 2; i++)
        {
            Give("store" + Formula.Invariant(i), i < pass.Stores.Count ? [new(pass.Stores[i].Value, null)] : [], "Store" + Formula.Invariant(i));
        }

        Give("factor", pass.Factor is { } factor ? [new(factor, null)] : []);
        Give("cross", pass.Cross, "Cross");
        Give("decay", pass.Decay, "Decay");
        Give("total0", pass.Total, "Total0");
        Give("total1", pass.SegmentTotal, "Total1");
        parts.AddRange(new[] { pass.Sum is null ? "" : "Sum0", pass.OtherSum is null && pass.Inner is null ? "" : "Sum1", pass.Inner is null ? "" : "Inner" }
            .Where(part => part.Length > 0));
        if (lines.Any(line => line.Contains('@')))
        {
            parts.Add("Long");
        }

        var all = string.Join(" | ", parts.Select(part => "PassParts." + part));
        var key = all + "\n" + string.Join("\n", lines);
        if (!_names.TryGetValue(key, out var name))
        {
            var number = Formula.Invariant(++_passCount);
            _names[key] = name = "Pass" + number;
            if (values.Count <= MostValues && Fits(constants, [.. values, .. results]))
            {
                _parts.Add($"file readonly struct Parts{number} : IParts {{ public static PassParts Parts => {all}; }}");
                _aliases.Add((InWords(lines), $"{name} = Pass<{type}, Parts{number}, "
                    + ValuesOf(values) + $", {string.Join(", ", results.Select(result => result.Text))}>"));
            }
            else
            {
                _passes.Add((name, all, lines));
            }
        }

        return name;

        void Name(Value value, string given, string? part = null)
        {
            names[value] = given;
            parts.Add(part ?? given.ToUpperInvariant());
        }

        void Give(string what, List<PassTerm> given, string? part = null)
        {
            lines.Add($"{what} = {(given.Count == 0 ? "default" : string.Join(" + ", given.Select(term => Joined(term, "V.One", code.Of, (multiple, factor) => $"{multiple} * {factor}"))))};");
            results.Add(given.Count == 0 ? Term.None
                : given.Select(term => Joined(term, Term.Leaf("One"), terms.Of, (multiple, factor) => Term.Of("Times", multiple, factor)))
                    .Aggregate((sum, term) => Term.Of("Plus", sum, term)));
            if (given.Count > 0 && part is not null)
            {
                parts.Add(part);
            }
        }

        string? NameOfPart(Expression e) => names.FirstOrDefault(pair => ReferenceEquals(pair.Key.Meaning, e.Bare)).Value;
    }

    /// <summary>What was put together of terms, each below its formula: lines that stand before a file's types.</summary>
    public IEnumerable<string> Aliases => _aliases.SelectMany(alias => new[] { "", "// " + alias.Comment, $"using {alias.Alias};" });

    /// <summary>The name of the loss of a model's one output and its derivatives, each function in them computed once.</summary>
    public string NameOf(OutputLoss loss, ModelGraph model)
    {
        const string Name = "LossOfOutput";
        var names = new Dictionary<Expression, string> { [model.Output.Bare] = "a", [model.Label] = "b" };
        var (constants, lines, values) = (_constants.Count, new List<string>(), new List<Term>());
        var (code, terms) = (new FormulaText(NameOfPart), new TermText(e => NameOfPart(e) is { } part ? Term.Leaf(part) : null, ConstantOf));
        Expression[] results = [loss.Loss, loss.Slope, loss.Curvature];
        foreach (var result in results)
        {
            Keep(result);
        }

        List<Term> all = [.. values, .. results.Select(terms.Of)];
        lines.AddRange(results.Zip(new[] { "loss", "slope", "curvature" }, (result, name) => $"{name} = {code.Of(result)};"));
        if (values.Count <= MostValues && Fits(constants, [.. all]))
        {
            _aliases.Add((InWords(lines), $"{Name} = OutputLoss<{type}, "
                + ValuesOf(values) + $", {string.Join(", ", all.Skip(values.Count).Select(result => result.Text))}>"));
        }
        else
        {
            _losses.Add((Name, lines));
        }

        return Name;

        void Keep(Expression e)
        {
            if (NameOfPart(e) is not null || e is Number)
            {
                return;
            }

            foreach (var operand in e.Operands)
            {
                Keep(operand);
            }

            if (e is Apply or Named)
            {
                lines.Add($"var value{Formula.Invariant(lines.Count)} = {code.Of(e)};");
                values.Add(terms.Of(e));
                names[e.Bare] = "value" + Formula.Invariant(lines.Count - 1);
            }
        }

        string? NameOfPart(Expression e) => names.TryGetValue(e.Bare, out var name) ? name : null;
    }

    /// <summary>Prints all else that was asked for.</summary>
    public void Print(CodeWriter output)
    {
        if (_parts.Count + _constants.Count > 0)
        {
            output.Lines(["", .. _parts, .. _constants.Select((constant, i) =>
                $"file readonly struct {ConstantName(i)} : IConstant {{ public static double Value => {Formula.Invariant(constant)}; }}")]);
        }

        PrintPasses(output);
        foreach (var (name, lines) in _losses)
        {
            output.Line();
            output.Block($"file readonly struct {name} : IOutputLoss<{type}>", () =>
            {
                output.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
                output.Block($"public static void Of<V>(V a, V b, out V loss, out V slope, out V curvature) where V : struct, ILanes<V, {type}>",
                    () => output.Lines([.. lines.Select(WithFunctions)]));
            });
        }

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

    private static string ValuesOf(List<Term> values) =>
        values.Count == 0 ? "NoValues" : $"Values<{string.Join(", ", values.Select(value => value.Text))}>";

    private string WithFunctions(string line) => line.Replace("@", $"ElementaryFormulas<{type}, V>.");

    /// <summary>A number times what is the same for a segment, or one of the two.</summary>
    private static X Joined<X>(PassTerm term, X one, Func<Expression, X> of, Func<X, X, X> product) => term switch
    {
        { Multiple: null, Number: null } => one,
        { Multiple: null } => of(term.Number!.Meaning),
        { Number: null } => of(Shared(term.Multiple)),
        _ => product(of(Shared(term.Multiple)), of(term.Number.Meaning)),
    };

    private static Expression Shared(SharedNumber number) => number.Kept?.Meaning ?? number.Product!;

    /// <summary>Whether terms are put together; where not, numbers that only they have are forgotten.</summary>
    private bool Fits(int constants, params Term[] terms)
    {
        var fits = terms.Sum(term => term.Operations) <= MostOperations && terms.Max(term => term.Depth) <= MostDepth;
        if (!fits)
        {
            _constants.RemoveRange(constants, _constants.Count - constants);
        }

        return fits;
    }

    private string ConstantOf(double value)
    {
        var known = _constants.IndexOf(value);
        if (known < 0)
        {
            known = _constants.Count;
            _constants.Add(value);
        }

        return ConstantName(known);
    }

    private static string ConstantName(int number) => "Constant" + Formula.Invariant(number + 1);

    private static string InWords(List<string> lines) => string.Join(", ", lines.Where(line => !line.EndsWith("= default;", StringComparison.Ordinal))
        .Select(line => Regex.Replace(line, @"V\.Constant\(([^)]*)\)", "$1").Replace("V.One", "1").Replace("var ", "").Replace("@", "").TrimEnd(';')));

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
