using System;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>The names of variables in generated kernels, and where each symbol's value lies.</summary>
internal sealed class Names(ModelGraph model, Sweep sweep)
{
    /// <summary>The variable that holds a scalar, or the stem of those that hold a vector.</summary>
    public static string Of(Expression expression) => expression switch
    {
        Symbol { Role: Role.Share } share => Sided(share, "share" + share.Slot),
        Symbol { Role: Role.Mask } mask => "mask" + mask.Name.Trim('[', ']'),
        Symbol symbol => Sided(symbol, symbol.Name.TrimEnd('\'')),
        Named named => named.Name,
        Dot dot => Of(dot.Left) + "Dot" + Capital(Of(dot.Right)),
        Product { Factors: var factors } when factors[0] is Number { Value: -1 } => "minus" + Joined(factors.Skip(1), "Times"),
        Product product => Joined(product.Factors, "Times"),
        Sum sum => Joined(sum.Terms, "Plus").Replace("PlusMinus", "Minus"),
        Number number => number.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)
            .Replace("-", "minus").Replace("+", "").Replace(".", "Point"),
        Apply apply => Lower(apply.Function.Name) + "Of" + Capital(Of(apply.Argument)),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "has no variable of its own"),
    };

    private static string Joined(System.Collections.Generic.IEnumerable<Expression> parts, string word) =>
        string.Join(word, parts.Select((part, index) => index == 0 ? Of(part) : Capital(Of(part))));

    /// <summary>A name as a variable's: the left of a pair is called so.</summary>
    public static string Plain(string name) => name.EndsWith("'", StringComparison.Ordinal)
        ? "left" + Capital(name.TrimEnd('\''))
        : name;

    public static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    public static string Lower(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>The distance between rows of vectors of one length.</summary>
    public static string Stride(Dimension dimension) => dimension.Name + "Stride";

    /// <summary>The length of vectors.</summary>
    public static string Count(Dimension dimension) => dimension.Name + "Count";

    /// <summary>Where a block starts in storage.</summary>
    public static string Offset(Block block) => "Offset" + Capital(block.Name);

    /// <summary>Where a block starts in an example's packed gradient.</summary>
    public static string RowOffset(Block block) => "RowOffset" + Capital(block.Name);

    /// <summary>The index column that picks a symbol's row.</summary>
    public int Column(Symbol symbol) => symbol.Role == Role.Share ? symbol.Slot : model.Blocks[symbol.Slot].RowIndex;

    /// <summary>The variable that holds the offset of a symbol's row; empty where there is only one.</summary>
    public string Row(Symbol vector, string suffix)
    {
        if (vector.IsLaidOut)
        {
            var block = model.Blocks[vector.Slot];
            if (!block.IsTable)
            {
                return "";
            }

            if (vector.Side == Side.Right && block.RowIndex == sweep.Pass)
            {
                return "segmentRow";
            }

            return Sided(vector, block.Name.ToLowerInvariant() + "Row") + (vector.Side == Side.Left ? "" : suffix);
        }

        return Sided(vector, vector.Name.TrimEnd('\'') + "Row") + (vector.Side == Side.Left ? "" : suffix);
    }

    /// <summary>The variable that holds the number of the row an example names, for its share of the penalty.</summary>
    public string Entry(Symbol share, string suffix)
    {
        var table = model.Blocks.First(block => block.RowIndex == share.Slot);
        return Sided(share, table.Name.ToLowerInvariant() + "Index") + suffix;
    }

    public string Load(Symbol vector, string suffix, int element) =>
        Load(vector, suffix, element == 0 ? "" : element.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The expression that loads a vector from an element of a symbol's row.</summary>
    public string Load(Symbol vector, string suffix, string element)
    {
        var at = string.Join(" + ", new[] { Row(vector, suffix), element }.Where(part => part.Length > 0));
        return at.Length == 0
            ? $"Lanes.LoadUnsafe(ref {Reference(vector)})"
            : $"Lanes.LoadUnsafe(ref {Reference(vector)}, {at})";
    }

    /// <summary>The reference that a symbol's values are addressed from.</summary>
    public string Reference(Symbol symbol) => symbol.Role switch
    {
        Role.Parameter => "weights" + Capital(model.Blocks[symbol.Slot].Name),
        Role.Direction => "direction" + Capital(model.Blocks[symbol.Slot].Name),
        Role.Other => "other" + Capital(model.Blocks[symbol.Slot].Name),
        Role.Mask => "differentiates" + Capital(model.Blocks[symbol.Slot].Name),
        Role.Feature => Sided(symbol, "features"),
        Role.Label => Sided(symbol, "labels"),
        Role.Share => Sided(symbol, "shares" + symbol.Slot),
        Role.Coefficient => "coefficients0",
        Role.Cotangent => "cotangents0",
        _ => Sided(symbol, "stored"),
    };

    /// <summary>The statement that declares a symbol's reference.</summary>
    public string Declaration(Symbol symbol)
    {
        if (symbol.Role == Role.Mask)
        {
            return $"var {Reference(symbol)} = Blocks.Contains({symbol.Slot}) ? {(model.Type == "float" ? "1f : 0f" : "1.0 : 0.0")};";
        }

        var reference = $"ref MemoryMarshal.GetReference({Source(symbol)})";
        if (symbol.IsLaidOut)
        {
            reference = $"ref Unsafe.Add({reference}, {Offset(model.Blocks[symbol.Slot])})";
        }

        return $"ref var {Reference(symbol)} = {reference};";
    }

    /// <summary>The span that a symbol's values lie in.</summary>
    public string Source(Symbol symbol)
    {
        var examples = !sweep.IsOverPairs ? "examples" : symbol.Side == Side.Left ? "left" : "right";
        return symbol.Role switch
        {
            Role.Parameter => "weights",
            Role.Direction => "direction",
            Role.Other => "other",
            Role.Feature => $"{examples}.Features",
            Role.Label => $"{examples}.Labels",
            Role.Share => $"{examples}.RowShares({symbol.Slot})",
            Role.Coefficient => "coefficients",
            Role.Cotangent => "cotangents",
            _ when !sweep.IsOverPairs => "outputGradients",
            _ => examples + "OutputGradients",
        };
    }

    private static string Sided(Symbol symbol, string name) => symbol.Side == Side.Left ? "left" + Capital(name) : name;
}
