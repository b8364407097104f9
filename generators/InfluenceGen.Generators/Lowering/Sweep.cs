using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Lowering;

/// <summary>Where a result of a sweep goes.</summary>
internal enum ResultKind
{
    /// <summary>One number for each example.</summary>
    Example,

    /// <summary>A packed row for each example.</summary>
    ExampleRow,

    /// <summary>One sum for each segment.</summary>
    Segment,

    /// <summary>A block of a gradient sum, for each segment.</summary>
    Gradient,

    /// <summary>One number for each pair of examples.</summary>
    Pair,
}

/// <summary>One result: the span it goes to, its value, and for rows and gradients the block.</summary>
internal sealed record SweepResult(ResultKind Kind, string Target, Expression Value, int Block = 0);

/// <summary>
/// One pass of one sweep: what to compute for each example, pair or segment. Only expressions; how it is computed is
/// decided by <see cref="Lowerer"/>.
/// </summary>
/// <param name="Method">The member of <c>IModel</c> it is part of.</param>
/// <param name="Pass">The pass, whose table's rows segments stand for.</param>
/// <param name="Results">What it computes.</param>
/// <param name="IsUnweighted">Whether it is the form for coefficients that are all 1.</param>
internal sealed record Sweep(string Method, int Pass, EquatableArray<SweepResult> Results, bool IsUnweighted = false)
{
    /// <summary>Segments of pass 0 are runs of examples that lie side by side; those of later passes list examples.</summary>
    public bool IsContiguous => Pass == 0;

    public bool IsOverPairs => Results[0].Kind == ResultKind.Pair;

    /// <summary>The same sweep with every coefficient 1, simplified; null where it has none.</summary>
    public Sweep? Unweighted()
    {
        var isWeighted = false;
        var results = Results.Select(result => result with { Value = Algebra.Substitute(result.Value, One) }).ToList();
        return isWeighted ? this with { Results = new(results), IsUnweighted = true } : null;

        Expression? One(Expression expression)
        {
            var isCoefficient = expression is Symbol { Role: Role.Coefficient };
            isWeighted |= isCoefficient;
            return isCoefficient ? Algebra.One : null;
        }
    }
}
