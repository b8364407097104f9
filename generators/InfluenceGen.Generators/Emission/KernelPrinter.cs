using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints a kernel as a method: scratch memory for what is kept, a loop over tiles of examples, and a call of the library for each
/// step, below the formula it computes.
/// </summary>
internal sealed partial class KernelPrinter
{
    private readonly ModelGraph _model;
    private readonly Traits _traits;
    private readonly Kernel _kernel;
    private readonly Sizes _sizes;
    private readonly FormulaTable _formulas;
    private readonly CodeWriter _out;
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<Expression, Value> _byMeaning = [];
    private readonly string _type;

    private KernelPrinter(ModelGraph model, Traits traits, Kernel kernel, Sizes sizes, FormulaTable formulas, CodeWriter output)
    {
        (_model, _traits, _kernel, _sizes, _formulas, _out) = (model, traits, kernel, sizes, formulas, output);
        _type = model.Type;
        NameValues();
    }

    private Sweep Sweep => _kernel.Sweep;

    private string TileLength => _kernel.Length == Kernel.TileLength ? "TileLength" : "LongTileLength";

    private bool IsListed => !_traits.IsContiguous(Sweep.Pass);

    /// <summary>The pass over examples' rows that the kernel makes, if any.</summary>
    private PassOutput? PassOf => _kernel.Outputs.OfType<PassOutput>().FirstOrDefault();

    /// <summary>Whether sums go to rows of tables, one for each segment.</summary>
    private bool IsPassOfRows => _traits.IsByRows && Sweep.Pass < _traits.Columns.Count;

    public static void Print(ModelGraph model, Traits traits, Kernel kernel, Sizes sizes, FormulaTable formulas, CodeWriter output) =>
        new KernelPrinter(model, traits, kernel, sizes, formulas, output).Method();

    // ---- names ---------------------------------------------------------------------------------------------------

    private static readonly HashSet<string> _taken =
    [
        "layout", "blocks", "examples", "left", "right", "first", "last", "weights", "direction", "directions", "other", "coefficients",
        "cotangents", "outputs", "losses", "outputGradients", "outputHessians", "layerFeatures", "dots", "norms", "rows", "sums", "flows",
        "leftOutputGradients", "rightOutputGradients", "gram", "scratch", "tile", "run", "count", "part", "length", "d", "output", "e", "mark", "matrixMark", "matrix",
        "panel", "width", "pairs", "pass", "examplesOfSegment", "row", "sumLength", "segments", "rowLength",
    ];

    private void NameValues()
    {
        var used = new HashSet<string>(_taken);
        used.UnionWith(_model.Dimensions.SelectMany(dimension => new[] { Sizes.Length(dimension), Sizes.Stride(dimension) }));
        foreach (var value in _kernel.Values.Concat(_kernel.Outputs.OfType<PassOutput>().SelectMany(pass => pass.Formulas.Select(step => step.Target).Concat(pass.Dots.Select(dot => dot.Dot).OfType<Value>()))).Distinct())
        {
            var name = Identifier(value.Hint);
            if (value.IsScratch && value.Meaning is Symbol && _kernel.Steps.Any(step => step is CopyStep && step.Target == value)
                && !value.Hint.EndsWith("Each", StringComparison.Ordinal))
            {
                name += "Copy";
            }

            var free = name;
            for (var number = 2; !used.Add(free); number++)
            {
                free = name + "_" + Formula.Invariant(number);
            }

            _names[value] = free;
            if (!_byMeaning.ContainsKey(value.Meaning))
            {
                _byMeaning[value.Meaning] = value;
            }
        }
    }

    /// <summary>A hint as a variable's name: the left of a pair is called so.</summary>
    private static string Identifier(string hint)
    {
        var letters = new string([.. hint.Where(c => char.IsLetterOrDigit(c) || c == '_')]);
        var isPlain = letters.Length > 0 && !char.IsDigit(letters[0]);
        return hint.Contains('\'') ? "left" + Sizes.Capital(isPlain ? letters : "value") : isPlain ? letters : "value";
    }

    private string Of(Value value) => _names[value];

    private string? NameOfPart(Expression e)
    {
        return e.Bare is not Symbol && _byMeaning.TryGetValue(e.Bare, out var kept) ? Of(kept) : null;
    }

    private string FormulaOf(Expression e) => Formula.Of(e.Bare, NameOfPart);

    // ---- the method ----------------------------------------------------------------------------------------------

    private void Method()
    {
        foreach (var result in Sweep.Results)
        {
            foreach (var part in result.Parts)
            {
                _out.Line("// " + Subject(result, part) + FormulaOf(part.Value));
            }
        }

        var name = Signatures.KernelName(Sweep, _model, _traits);
        _out.Block($"public static void {name}({Signatures.KernelParameters(Sweep.Method, _type)})", () => _out.After(Locals, Body));
    }

    /// <summary>What a body names and does not declare.</summary>
    private IEnumerable<string> Locals(string body) => _sizes.Locals(body).Concat(
        body.Contains("scratch.") ? [$"var scratch = Scratch<{_type}>.OfThread();"] : Array.Empty<string>());

    private string Subject(SweepResult result, ResultPart part)
    {
        var block = result.Block < 0 ? "" : "." + _model.Blocks[result.Block].Name + (part.Column < 0 || _traits.IsByRows ? "" : $"[{part.Column}]");
        return result.Kind switch
        {
            ResultKind.Gradient => $"{result.Target}{block} = Σ ",
            ResultKind.Segment => $"{result.Target} = Σ ",
            ResultKind.Pair => "gram += ",
            _ => $"{result.Target}{block} = ",
        };
    }

    private void Body()
    {
        if (Sweep.IsOverPairs)
        {
            Pairs();
            return;
        }

        _out.Line($"var segments = examples.SegmentsOf({Formula.Invariant(Sweep.Pass)});");
        if (PacksMatrices(_ => true))
        {
            // Not the examples of this call: what is chosen must not depend on how threads share the segments.
            _out.Line("var examplesOfSegment = examples.Count / Math.Max(1, segments.Count);");
        }

        if (_traits.IsByRows && !IsPassOfRows && Sweep.Results.Any(result => result.Kind == ResultKind.Gradient))
        {
            _out.Line($"var sumLength = (int)layout.SumLength({Formula.Invariant(Sweep.Pass)}, 1);");
        }

        Declare(_kernel.Values.Where(value => value.Level == Level.Sweep && (!value.IsRepeated || value.IsScratch || value.Meaning is Symbol { Role: Role.Basis })));
        Declare(_kernel.Values.Where(value => value.Level != Level.Sweep && value.IsScratch));
        DeclarePass();
        Matrices();
        Print(_kernel.Steps.Where(step => step.Target.Level == Level.Sweep && !step.Target.IsRepeated));
        if (Sweep.Repeats == Role.Direction)
        {
            _out.Lines($"var length = {_sizes.StorageLength};", "var count = directions.Length / length;",
                $"var part = count == 0 ? 0 : {Signatures.TargetOfDirections(Sweep.Method)}.Length / count;");
        }

        if (IsWhole)
        {
            WholePass(PassOf!);
            return;
        }

        _out.Block($"foreach (var tile in Tiles.Of(segments, first, last, {TileLength}))", Tile);
    }

    private void Tile()
    {
        Declare(_kernel.Values.Where(value => value.Level != Level.Sweep && !value.IsScratch && !value.IsRepeated));
        Print(_kernel.Steps.Where(step => step.Target.Level != Level.Sweep && !step.Target.IsRepeated));
        switch (Sweep.Repeats)
        {
            case Role.Direction:
                Print(_kernel.Outputs.Where(output => output is WriteOutput && !output.IsRepeated && !output.Result.IsGated && Sweep.Results.Count > 1));
                _out.Block("for (var d = 0; d < count; d++)", () =>
                {
                    _out.Line("var direction = directions.Slice(d * length, length);");
                    Repeated();
                });
                break;
            case Role.Basis:
                var basis = _kernel.Values.First(value => value.Meaning is Symbol { Role: Role.Basis });
                _out.Block($"for (var output = 0; output < {Sizes.Length(basis.Shape.Length!)}; output++)", () =>
                {
                    _out.Line($"Panel.Unit({Of(basis)}, output);");
                    Repeated();
                });
                break;
            default:
                Clear();
                Print(_kernel.Outputs);
                break;
        }
    }

    /// <summary>What is done for each direction, or each row of the output's Hessian.</summary>
    private void Repeated()
    {
        var marks = PacksMatrices(matrix => matrix.IsRepeated);
        if (marks)
        {
            _out.Line("var mark = scratch.Mark();");
        }

        Declare(_kernel.Values.Where(value => value.IsRepeated && !value.IsScratch && value.Meaning is not Symbol { Role: Role.Basis }));
        RepeatedMatrices();
        Print(_kernel.Steps.Where(step => step.Target.IsRepeated));
        Clear();
        Print(_kernel.Outputs);
        if (marks)
        {
            _out.Line("scratch.Release(mark);");
        }
    }

    // ---- steps ---------------------------------------------------------------------------------------------------

    private static string Count(Value target) => target.Level == Level.Example ? CountOf(target.Side)
        : target.Shape.IsMatrix ? Sizes.Length(target.Shape.Rows!) : "1";

    private static string CountOf(Side side) => TileOf(side) + ".Count";

    private void Print(IEnumerable<Step> steps)
    {
        Value? last = null;
        Under(steps, step => Condition(step.Target), step =>
        {
            if (!ReferenceEquals(last, step.Target) && !(step is CopyStep { Source.Leaf: not null } copy && ReferenceEquals(copy.Target.Meaning, copy.Source.Meaning)))
            {
                _out.Comment($"{Of(step.Target)} = {FormulaOf(step.Target.Meaning)}");
            }

            last = step.Target;
            Print(step);
        });
    }

    private void Print(Step step)
    {
        var (target, count) = (Of(step.Target), Count(step.Target));
        switch (step)
        {
            case FillStep { Constant: 0 }:
                _out.Line($"Panel.Clear({target}, {count});");
                break;
            case FillStep fill:
                _out.Line($"Panel.Copy({target}, scratch.Number({Literal(fill.Constant)}), {count});");
                ClearPads(step.Target, count);
                break;
            case CopyStep copy:
                _out.Line($"Panel.Copy({target}, {Of(copy.Source)}, {count});");
                break;
            case MapStep map:
                _out.Line($"{Call(map)}, {count});");
                if (!map.Target.Shape.IsNumber && !VanishesInPads(map.Formula, map.Reads))
                {
                    ClearPads(map.Target, count);
                }

                break;
            case ProductStep product:
                var line = $"Panel.Add{(product.IsTransposed ? "Transposed" : "")}Product({target}, {MatrixName(product.Matrix)}, {Of(product.Rows)}, {count});";
                _out.Line(product.Mask < 0 ? line : $"if (blocks.Contains({Formula.Invariant(product.Mask)})) {{ {line} }}");
                break;
            case DotStep dot:
                _out.Line($"Panel.Dots({target}, {Of(dot.Left)}, {Of(dot.Right)}, {count});");
                break;
            case OuterRowsStep { Term: var term }:
                _out.Line($"Panel.OuterRows({target}, {(term.Matrix is null ? "" : Of(term.Matrix) + ", ")}{Of(term.Left)}, {Of(term.Right)}, {count});");
                break;
            case RowFunctionStep row:
                _out.Line($"Panel.{row.Application.Function.Name}({target}, {string.Join(", ", row.Reads.Select(Of))}, {count});");
                break;
            case SameRowStep same:
                _out.Line($"Panel.SameRow({target}, {Index(same.Columns.Slot, Side.Right)}, {Index(same.Columns.Column, Side.Right)}, {count});");
                break;
            default:
                throw new InvalidOperationException($"The printer does not know {step.GetType().Name}.");
        }
    }

    private string Call(MapStep map)
    {
        var reads = string.Join(", ", map.Reads.Select(Of));
        var (target, plain) = (Of(map.Target), Plain(map));
        return plain is null ? $"Panel.Map<{_formulas.NameOf(map.Formula, map.Reads)}, {_type}>({target}, {reads}" : $"Panel.{plain}";
    }

    /// <summary>A function of one value, and a sum, difference or product of two, are steps of the library's own.</summary>
    private string? Plain(MapStep map)
    {
        string? Operand(Expression e) => map.Reads.FirstOrDefault(value => ReferenceEquals(value.Meaning, e.Bare)) is { } read ? Of(read) : null;

        if (map.Formula is Apply apply && Operand(apply.Argument) is { } argument)
        {
            return $"{apply.Function.Name}({Of(map.Target)}, {argument}";
        }

        if (map.Formula.Operands.Count != 2)
        {
            return null;
        }

        var (a, b) = (map.Formula.Operands[0], map.Formula.Operands[1]);
        var (left, right) = (Operand(a), Operand(b));
        var target = Of(map.Target);
        return map.Formula switch
        {
            Sum when left is not null && right is not null => $"Add({target}, {left}, {right}",
            Sum when left is not null && Negated(b) is { } subtrahend && Operand(subtrahend) is { } name => $"Subtract({target}, {left}, {name}",
            Sum when right is not null && Negated(a) is { } subtrahend && Operand(subtrahend) is { } name => $"Subtract({target}, {right}, {name}",
            Product or Scaled when left is not null && right is not null => $"Multiply({target}, {left}, {right}",
            _ => null,
        };
    }

    private static Expression? Negated(Expression e) => e switch
    {
        Product { Operands: { Count: 2 } factors } when factors[0] is Number { Value: -1 } => factors[1],
        Scaled { Factor: Number { Value: -1 } } scaled => scaled.Vector,
        _ => null,
    };

    private void ClearPads(Value rows, string count)
    {
        if (rows.Shape.Length is { } length && (length.IsOpen || length.Size % _model.Line != 0))
        {
            _out.Line($"Panel.ClearPads({Of(rows)}, {count});");
        }
    }

    /// <summary>Whether a row is zero behind its end because what it is made of is.</summary>
    private static bool VanishesInPads(Expression formula, IReadOnlyList<Value> reads)
    {
        bool Part(Expression e)
        {
            return reads.FirstOrDefault(value => ReferenceEquals(value.Meaning, e.Bare)) is { } read ? !read.Shape.IsNumber : Vanishes(e);
        }

        bool Vanishes(Expression e) => e switch
        {
            Number number => number.Value == 0,
            Sum sum => sum.Terms.All(Part),
            Product product => product.Factors.Any(Part),
            Scaled scaled => Part(scaled.Vector),
            _ => false,
        };

        return Vanishes(formula);
    }

    private string Literal(double value)
    {
        var text = Formula.Invariant(value);
        return text + (_type == "float" ? "f" : "");
    }

    // ---- what only left-out results need -------------------------------------------------------------------------

    private string Condition(Value value) => value.NeededBy is { } blocks ? AnyOf(blocks) : "";

    /// <summary>The condition that one of some blocks is wanted; none where that is so whenever a result is.</summary>
    private string AnyOf(HashSet<int> blocks) => blocks.SetEquals(GatedBlocks()) ? "" : ContainsAny([.. blocks.OrderBy(block => block)]);

    private static string ContainsAny(List<int> blocks) => blocks.Count > 2 && blocks[blocks.Count - 1] - blocks[0] == blocks.Count - 1
        ? $"blocks.ContainsAny({Formula.Invariant(blocks[0])}, {Formula.Invariant(blocks[blocks.Count - 1])})"
        : string.Join(" || ", blocks.Select(Contains));

    private static string Contains(int block) => $"blocks.Contains({Formula.Invariant(block)})";

    private IReadOnlyList<int> GatedBlocks() => _gated ??= [.. _kernel.Outputs.SelectMany(output => output.Results).Where(result => result.IsGated)
        .Select(result => result.Block).Distinct()];

    private IReadOnlyList<int>? _gated;

    /// <summary>Prints things in order; neighbours under the same condition stand together.</summary>
    private void Under<T>(IEnumerable<T> things, Func<T, string> condition, Action<T> print)
    {
        var all = things.ToList();
        for (var i = 0; i < all.Count;)
        {
            var (start, open) = (i, condition(all[i]));
            while (i < all.Count && condition(all[i]) == open)
            {
                i++;
            }

            var these = all.GetRange(start, i - start);
            if (open.Length == 0)
            {
                these.ForEach(print);
            }
            else
            {
                _out.Block($"if ({open})", () => these.ForEach(print));
            }
        }
    }
}
