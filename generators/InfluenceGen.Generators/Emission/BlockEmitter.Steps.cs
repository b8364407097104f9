using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Emission;

// The steps of a block, one after the other, and the text of what is computed element by element.
internal sealed partial class BlockEmitter
{
    private void Print(BlockStep step, string start, string count)
    {
        var target = step.Target;
        switch (step)
        {
            case CopyStep { Source.Role: Role.Coefficient }:
                _out.Comment("Every coefficient is 1 where none are given");
                _out.Line($"var {target.Name}Copy = MemoryMarshal.CreateSpan(ref {target.Name}, {count});");
                _out.Lines("if (coefficients.IsEmpty)", "{", $"    {target.Name}Copy.Fill(1);", "}", "else", "{",
                    $"    coefficients.Slice({start}, {count}).CopyTo({target.Name}Copy);", "}");
                break;

            case CopyStep copy:
                _out.Line($"{_names.Source(copy.Source)}.Slice({start}, {count}).CopyTo(MemoryMarshal.CreateSpan(ref {target.Name}, {count}));");
                break;

            case ElementwiseStep { Value: null }:
                _out.Line($"MemoryMarshal.CreateSpan(ref {target.Name}, {count} * {Names.Stride(target.Length!)}).Clear();");
                break;

            case ElementwiseStep elementwise:
                _out.Comment($"{target.Name} = {Formula.Of(elementwise.Value!)}");
                if (target.Length is null)
                {
                    Loop(count, step: _lanes, "e", () =>
                        _out.Line($"{Parenthesised(Text(elementwise.Value!, isTop: true, start))}.StoreUnsafe(ref {target.Name}, (nuint)e);"));
                    break;
                }

                Rows(elementwise.Value!, target.Length, start, count, text =>
                    _out.Line($"{Parenthesised(text)}.StoreUnsafe(ref {target.Name}, (nuint)(at + k));"));
                if (!BlockLowerer.VanishesInPads(elementwise.Value!, e => Find(e) is not null) && (target.Length.IsOpen || target.Length.Size % 8 != 0 || _type == "float"))
                {
                    _out.Line($"Workspace<{_type}>.ClearPads(ref {target.Name}, {Names.Stride(target.Length)}, {count}, {Names.Count(target.Length)});");
                }

                break;

            case ProductStep product when product.Mask is { } mask:
                _out.Block($"if ({_names.Reference(mask)} != 0)", () => Product(product, start, count));
                break;

            case ProductStep product:
                Product(product, start, count);
                break;

            case DotStep { Dot: var dot } when OfParameters(dot) is ({ } vector, { } rows):
                _out.Comment($"{target.Name} = {Formula.Of(dot)}");
                _out.Line($"MemoryMarshal.CreateSpan(ref {target.Name}, {count}).Clear();");
                _out.Line($"DenseProducts.AddProductTransposed(ref {RowAt(rows, "0", start)}, {Names.Stride(rows.Length!)}, ref {_names.Reference(vector)}, {Names.Stride(rows.Length!)}, ref {target.Name}, 1, {count}, {Names.Count(rows.Length!)}, 1);");
                break;

            case DotStep dot:
                _out.Comment($"{target.Name} = {Formula.Of(dot.Dot)}");
                _out.Block($"for (nint e = 0; e < {count}; e++)", () =>
                {
                    RowStarts(dot.Dot, dot.Dot.Left.Length!, start);
                    _out.Line("var sum = Vec.Zero;");
                    _out.Block($"for (nint k = 0; k < {Names.Stride(dot.Dot.Left.Length!)}; k += {_lanes})", () => _out.Line(
                        $"sum = Lanes.MultiplyAddEstimate({Text(dot.Dot.Left, isTop: false, start)}, {Text(dot.Dot.Right, isTop: false, start)}, sum);"));
                    _out.Line($"Unsafe.Add(ref {target.Name}, e) = Lanes.Sum(sum);");
                });
                break;

            case RowFunctionStep { Application: var apply }:
                _out.Comment($"{target.Name} = {Formula.Of(apply)}");
                _out.Block($"for (nint e = 0; e < {count}; e++)", () =>
                {
                    var arguments = string.Join(", ", apply.Arguments.Select(argument => $"ref {RowAt(argument, "e", start)}"));
                    var length = apply.Arguments[0].Length!;
                    _out.Line(target.Length is null
                        ? $"Unsafe.Add(ref {target.Name}, e) = Logits.{apply.Function.Name}({arguments}, {Names.Count(length)});"
                        : $"Logits.{apply.Function.Name}({arguments}, ref Unsafe.Add(ref {target.Name}, e * {Names.Stride(length)}), {Names.Count(length)});");
                });
                break;
        }
    }

    /// <summary>The parts of a dot of parameters, which are the same for all examples, with rows that lie in memory.</summary>
    private (Symbol Vector, Expression Rows)? OfParameters(Dot dot) =>
        dot.Left is Symbol { IsLaidOut: true } left && LiesInMemory(dot.Right) ? (left, dot.Right)
        : dot.Right is Symbol { IsLaidOut: true } right && LiesInMemory(dot.Left) ? (right, dot.Left)
        : null;

    private bool LiesInMemory(Expression rows) => BlockLowerer.LiesOutside(rows) || Find(rows) is not null;

    /// <summary>Adds matrix times rows, by the transposed copy where that is faster.</summary>
    private void Product(ProductStep product, string start, string count)
    {
        var (matrix, target) = (product.Matrix, product.Target);
        var (columns, rows) = (matrix.Extent!, matrix.Height!);
        var input = RowAt(product.Vector, "0", start);
        _out.Comment($"{target.Name} += {Formula.Of(new MatrixVector(matrix, product.Vector, product.IsTransposed))}");
        if (product.IsTransposed)
        {
            _out.Line($"DenseProducts.AddProduct(ref {input}, {Names.Stride(rows)}, 1, ref {_names.Reference(matrix)}, {Names.Stride(columns)}, ref {target.Name}, {Names.Stride(columns)}, {count}, {Names.Count(rows)}, {Names.Count(columns)});");
            return;
        }

        _out.Lines($"if ({Transposes(matrix)})", "{",
            $"    DenseProducts.AddProduct(ref {input}, {Names.Stride(columns)}, 1, ref {Packed(matrix)}, {Names.Stride(rows)}, ref {target.Name}, {Names.Stride(rows)}, {count}, {Names.Count(columns)}, {Names.Count(rows)});",
            "}", "else", "{",
            $"    DenseProducts.AddProductTransposed(ref {input}, {Names.Stride(columns)}, ref {_names.Reference(matrix)}, {Names.Stride(columns)}, ref {target.Name}, {Names.Stride(rows)}, {count}, {Names.Count(columns)}, {Names.Count(rows)});",
            "}");
    }

    // ---- loops over rows -----------------------------------------------------------------------------------------

    private void Loop(string end, int step, string variable, Action body) =>
        _out.Block($"for (nint {variable} = 0; {variable} < {end}; {variable} += {step})", body);

    /// <summary>A loop over the rows of a block and over their elements, for an expression that is a row.</summary>
    private void Rows(Expression value, Dimension length, string start, string count, Action<string> body)
    {
        _out.Block($"for (nint e = 0; e < {count}; e++)", () =>
        {
            _out.Line($"var at = e * {Names.Stride(length)};");
            RowStarts(value, length, start, hasAt: true);
            _out.Block($"for (nint k = 0; k < {Names.Stride(length)}; k += {_lanes})", () => body(Text(value, isTop: true, start)));
        });
    }

    /// <summary>What is read for a row before its elements: where rows outside begin, and the example's own numbers.</summary>
    private void RowStarts(Expression value, Dimension length, string start, bool hasAt = false)
    {
        var leaves = Leaves(value).Distinct().ToList();
        if (!hasAt && leaves.Any(leaf => leaf.Length is not null && Find(leaf) is not null))
        {
            _out.Line($"var at = e * {Names.Stride(length)};");
        }

        if (leaves.Any(leaf => leaf is Symbol symbol && leaf.Length is not null && BlockLowerer.LiesOutside(symbol)))
        {
            _out.Line($"var from = ({start} + e) * {Names.Stride(length)};");
        }

        foreach (var scalar in leaves.Where(leaf => leaf.IsScalar && Find(leaf) is not null))
        {
            _out.Line($"var {Find(scalar)!.Name}OfRow = Lanes.Create(Unsafe.Add(ref {Find(scalar)!.Name}, e));");
        }
    }

    // ---- text ----------------------------------------------------------------------------------------------------

    private BlockValue? Find(Expression expression) => BlockLowerer.Find(_kernel, expression);

    /// <summary>What an elementwise computation reads: symbols, and values kept before.</summary>
    private IEnumerable<Expression> Leaves(Expression value, bool isTop = true)
    {
        if (!isTop && Find(value) is not null)
        {
            return [value];
        }

        if (value is Symbol || (isTop && value is Named))
        {
            return [value];
        }

        return value.Operands.SelectMany(operand => Leaves(operand, isTop: false));
    }

    /// <summary>The C# expression of one vector of a value: of a row's elements from k on, or of a number of the examples
    /// from e on.</summary>
    private string Text(Expression value, bool isTop, string start, bool isInRow = true)
    {
        isInRow = isInRow && (!isTop || value.Length is not null);
        string Of(Expression e) => Text(e, isTop: false, start, isInRow);
        string Factor(Expression e) => Find(e) is null && e is Sum ? "(" + Of(e) + ")" : Of(e);

        if ((!isTop || value is Named) && Find(value) is { } kept)
        {
            return kept.Length is not null ? $"Lanes.LoadUnsafe(ref {kept.Name}, (nuint)(at + k))"
                : isInRow ? $"{kept.Name}OfRow"
                : $"Lanes.LoadUnsafe(ref {kept.Name}, (nuint)e)";
        }

        switch (value)
        {
            case Number number:
                return $"Lanes.Create({Literal(number.Value)})";
            case Symbol { IsScalar: true } symbol:
                return $"{Names.Of(symbol)}Everywhere";
            case Symbol { Role: Role.Basis }:
                return "Lanes.LoadUnsafe(ref basis, (nuint)k)";
            case Symbol { IsLaidOut: true } symbol:
                return $"Lanes.LoadUnsafe(ref {_names.Reference(symbol)}, (nuint)k)";
            case Symbol symbol:
                return $"Lanes.LoadUnsafe(ref {_names.Reference(symbol)}, (nuint)(from + k))";
            case Sum sum:
                return string.Concat(sum.Terms.Select((term, index) => Signed(term, index == 0)));
            case Product product when product.Factors[0] is Number { Value: -1 }:
                return "-" + string.Join(" * ", product.Factors.Skip(1).Select(Factor));
            case Product product:
                return string.Join(" * ", product.Factors.Select(factor => factor is Number number ? Literal(number.Value) : Factor(factor)));
            case Scaled { Factor: Number { Value: -1 } } scaled:
                return "-" + Factor(scaled.Vector);
            case Scaled scaled:
                return (scaled.Factor is Number multiple ? Literal(multiple.Value) : Factor(scaled.Factor)) + " * " + Factor(scaled.Vector);
            case Apply apply:
                return $"Elementary.{apply.Function.Name}({Of(apply.Argument)})";
            default:
                throw new InvalidOperationException($"{Formula.Of(value)} is not kept, and cannot be computed element by element.");
        }

        string Signed(Expression term, bool first)
        {
            if (!first && Negative(term) is { } positive)
            {
                return " - " + Of(positive);
            }

            return (first ? "" : " + ") + Of(term);
        }
    }

    /// <summary>A term without its minus sign; null if it has none.</summary>
    private static Expression? Negative(Expression term) => term switch
    {
        Scaled { Factor: Number { Value: < 0 } number } scaled => Algebra.Scale(new Number(-number.Value), scaled.Vector),
        Scaled scaled when Negative(scaled.Factor) is { } factor => Algebra.Scale(factor, scaled.Vector),
        Product { Factors: var factors } when factors[0] is Number { Value: < 0 } => Algebra.Multiply(new Number(-1), term),
        _ => null,
    };

    /// <summary>Where the row of an example begins: kept before, or in the caller's memory.</summary>
    private string RowAt(Expression vector, string e, string start)
    {
        if (vector is Symbol symbol && BlockLowerer.LiesOutside(vector))
        {
            var at = e == "0" ? start : $"({start} + {e})";
            return $"Unsafe.Add(ref {_names.Reference(symbol)}, {at} * {Names.Stride(vector.Length!)})";
        }

        if (Find(vector) is not { } kept)
        {
            // The one row that is the same for every example.
            return vector is Symbol { Role: Role.Basis } ? "basis"
                : throw new InvalidOperationException($"{Formula.Of(vector)} is not kept.");
        }

        return e == "0" ? kept.Name : $"Unsafe.Add(ref {kept.Name}, {e} * {Names.Stride(vector.Length!)})";
    }

    /// <summary>A text that a member can be called on.</summary>
    private static string Parenthesised(string text)
    {
        var depth = 0;
        foreach (var character in text)
        {
            depth += character switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0 && (character == ' ' || character == '-'))
            {
                return "(" + text + ")";
            }
        }

        return text;
    }

    private string Literal(double value)
    {
        var text = value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        return (text.IndexOfAny(['.', 'E', 'e']) >= 0 ? text : text + ".0") + (_type == "float" ? "f" : "");
    }
}
