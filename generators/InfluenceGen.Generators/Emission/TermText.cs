using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Emission;

/// <summary>A formula as a type of the runtime's (<c>ITerm</c>), with what says whether the JIT takes it into a loop.</summary>
/// <param name="Text">The type.</param>
/// <param name="Operations">How many operations it has.</param>
/// <param name="Depth">How many of them stand within each other.</param>
internal readonly record struct Term(string Text, int Operations, int Depth)
{
    /// <summary>What does nothing.</summary>
    public static Term None => Leaf("None");

    /// <summary>The type of an operand, given its name in code.</summary>
    public static Term Leaf(string name) => new(name.Substring(0, 1).ToUpperInvariant() + name.Substring(1), 0, 0);

    /// <summary>An operation on terms.</summary>
    public static Term Of(string operation, params Term[] operands) => new($"{operation}<{string.Join(", ", operands.Select(operand => operand.Text))}>",
        operands.Sum(operand => operand.Operations) + 1, operands.Max(operand => operand.Depth) + 1);
}

/// <summary>The types of formulas.</summary>
/// <param name="operandOf">The operand that an expression is, if it is one.</param>
/// <param name="constantOf">The name of a number's type.</param>
internal sealed class TermText(Func<Expression, Term?> operandOf, Func<double, string> constantOf)
{
    /// <summary>The type of a formula.</summary>
    public Term Of(Expression e) => operandOf(e) ?? e switch
    {
        Number number => Constant(number.Value),
        Named named => Of(named.Value),
        Sum sum => sum.Terms.Skip(1).Aggregate(Of(sum.Terms[0]), Added),
        Product product when product.Factors[0] is Number { Value: -1 } => Product(product.Factors.Skip(1), Negated),
        Product product => Product(product.Factors, first => first),
        Scaled { Factor: Number { Value: -1 } } scaled => Negated(Of(scaled.Vector)),
        Scaled scaled => Term.Of("Times", Of(scaled.Factor), Of(scaled.Vector)),
        Apply apply => Term.Of(apply.Function.Name, Of(apply.Argument)),
        _ => throw UnknownNodeException.In("A formula", e),
    };

    private Term Constant(double value) => value switch
    {
        1 => Term.Leaf("One"),
        2 => Term.Leaf("Two"),
        0.5 => Term.Leaf("Half"),
        _ => Term.Leaf($"Constant<{constantOf(value)}>"),
    };

    private Term Product(IEnumerable<Expression> factors, Func<Term, Term> first)
    {
        var terms = factors.Select(Of).ToList();
        return terms.Skip(1).Aggregate(first(terms[0]), (product, factor) => Term.Of("Times", product, factor));
    }

    /// <summary>A sum with one more term, which is subtracted where it begins with a negative number.</summary>
    private Term Added(Term sum, Expression term)
    {
        switch (operandOf(term) is null ? term : null)
        {
            case Number { Value: < 0 } number:
                return Term.Of("Minus", sum, Constant(-number.Value));
            case Product { Factors: var factors } when factors[0] is Number { Value: < 0 } number:
                var rest = factors.Skip(1).ToList();
                return Term.Of("Minus", sum, number.Value == -1 ? Product(rest, first => first)
                    : Product(rest, first => Term.Of("Times", Constant(-number.Value), first)));
            case Scaled { Factor: Number { Value: < 0 } number } scaled:
                return Term.Of("Minus", sum, number.Value == -1 ? Of(scaled.Vector) : Term.Of("Times", Constant(-number.Value), Of(scaled.Vector)));
            default:
                return Term.Of("Plus", sum, Of(term));
        }
    }

    private static Term Negated(Term term) => Term.Of("Negative", term);
}
