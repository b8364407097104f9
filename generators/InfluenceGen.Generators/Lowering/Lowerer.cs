using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Decides what a sweep computes once for a segment, what for each example, and what is summed. A value that only
/// depends on rows all examples of a segment share is computed once. A sum is taken apart so that such values leave it:
/// Σ_i a_i (p·v_i) is p·(Σ_i a_i v_i) when p is shared, one multiply-add an example instead of a dot.
/// </summary>
internal sealed class Lowerer
{
    private readonly ModelGraph _model;
    private readonly Kernel _kernel;

    private Lowerer(ModelGraph model, Kernel kernel)
    {
        _model = model;
        _kernel = kernel;
    }

    /// <summary>Lays a sweep out in registers; if it needs more than there are, in loops.</summary>
    public static Kernel Lower(ModelGraph model, Sweep sweep, int lanes)
    {
        var kernel = new Lowerer(model, new Kernel(sweep, lanes, model.Line, unrolls: true)).Run();
        if (kernel.Registers > kernel.RegisterBudget)
        {
            kernel = new Lowerer(model, new Kernel(sweep, lanes, model.Line, unrolls: false)).Run();
        }

        kernel.Unweighted = sweep.Unweighted() is { } unweighted ? Lower(model, unweighted, lanes) : null;
        return kernel;
    }

    private Kernel Run()
    {
        foreach (var result in _kernel.Sweep.Results)
        {
            switch (result.Kind)
            {
                case ResultKind.Example:
                case ResultKind.Pair:
                    Need(result.Value);
                    break;
                case ResultKind.ExampleRow:
                    foreach (var (scalar, vector) in VectorTerms(result.Value))
                    {
                        Need(scalar);
                        NeedVector(vector);
                    }

                    break;
                default:
                    _kernel.SegmentResults.Add(new SegmentResult(result, TakeApart(result)));
                    break;
            }
        }

        var sums = _kernel.Accumulators.Where(a => a.Vector is not null).Sum(a => _kernel.Unrolled(a.Vector!.Extent!));
        _kernel.Chains = sums > 0 && 3 * sums <= _kernel.RegisterBudget ? 2 : 1;
        _kernel.Registers = sums * _kernel.Chains
            + _kernel.Vectors.Where(IsShared).Sum(vector => _kernel.Unrolled(vector.Extent!));
        return _kernel;
    }

    /// <summary>The terms of a vector: a scalar and a leaf each; a scalar block is a term without a leaf.</summary>
    public static IEnumerable<(Expression Scalar, Symbol? Vector)> VectorTerms(Expression value) => value switch
    {
        _ when value.IsScalar => [(value, null)],
        Sum sum => sum.Terms.SelectMany(VectorTerms),
        Scaled scaled => [(scaled.Factor, (Symbol)scaled.Vector)],
        _ => [(Algebra.One, (Symbol)value)],
    };

    /// <summary>Whether an expression has one value for a whole segment.</summary>
    public bool IsShared(Expression expression) => IsShared(_model, _kernel.Sweep, expression);

    public static bool IsShared(ModelGraph model, Sweep sweep, Expression expression) => expression switch
    {
        Number => true,
        Symbol { Role: Role.Mask } => true,
        Symbol { Side: Side.Left } => true,
        Symbol { IsLaidOut: true } symbol =>
            !model.Blocks[symbol.Slot].IsTable || model.Blocks[symbol.Slot].RowIndex == sweep.Pass,
        Symbol { Role: Role.Share } symbol => symbol.Slot == sweep.Pass,
        Symbol => false,
        Named named => IsShared(model, sweep, named.Value),
        Sum sum => sum.Terms.All(term => IsShared(model, sweep, term)),
        Product product => product.Factors.All(factor => IsShared(model, sweep, factor)),
        Scaled scaled => IsShared(model, sweep, scaled.Factor) && IsShared(model, sweep, scaled.Vector),
        Dot dot => IsShared(model, sweep, dot.Left) && IsShared(model, sweep, dot.Right),
        Apply apply => IsShared(model, sweep, apply.Argument),
        _ => false,
    };

    private bool IsUnrolled(Symbol vector) => _kernel.Unrolled(vector.Extent!) > 0;

    private List<Contribution> TakeApart(SweepResult result)
    {
        var contributions = new List<Contribution>();
        if (result.Value.IsScalar)
        {
            foreach (var term in Algebra.Expand(result.Value))
            {
                contributions.Add(TakeApartScalar(term));
            }

            return contributions;
        }

        foreach (var (scalar, vector) in VectorTerms(result.Value))
        {
            foreach (var term in Algebra.Expand(scalar))
            {
                var (shared, own) = Part(term);
                if (IsShared(vector!))
                {
                    NeedVector(vector);
                    contributions.Add(new Contribution(Accumulate(own, null, null), Shared(shared), vector));
                }
                else if (IsUnrolled(vector!))
                {
                    contributions.Add(new Contribution(Accumulate(own, vector, null), Shared(shared), null));
                }
                else
                {
                    // Summed in place, in memory: several terms may share the place, so factors stay inside.
                    contributions.Add(new Contribution(Accumulate(term, vector, null), Algebra.One, null));
                }
            }
        }

        return contributions;
    }

    private Contribution TakeApartScalar(Expression term)
    {
        var dot = Algebra.FactorsOf(term).OfType<Dot>().FirstOrDefault(d => !IsShared(d) && IsUnrolled((Symbol)d.Left));
        if (dot is null)
        {
            var (shared, own) = Part(term);
            return new Contribution(Accumulate(own, null, null), Shared(shared), null);
        }

        var rest = Algebra.FactorsOf(term).Where(factor => !ReferenceEquals(factor, dot))
            .Aggregate(Algebra.One, Algebra.Multiply);
        var (factor, scalar) = Part(rest);
        var (left, right) = ((Symbol)dot.Left, (Symbol)dot.Right);
        if (IsShared(left) || IsShared(right))
        {
            var (common, vector) = IsShared(left) ? (left, right) : (right, left);
            NeedVector(common);
            return new Contribution(Accumulate(scalar, vector, null), Shared(factor), common);
        }

        return new Contribution(Accumulate(scalar, left, right), Shared(factor), null);
    }

    private (Expression Shared, Expression Own) Part(Expression term)
    {
        var factors = Algebra.FactorsOf(term);
        return (factors.Where(IsShared).Aggregate(Algebra.One, Algebra.Multiply),
            factors.Where(factor => !IsShared(factor)).Aggregate(Algebra.One, Algebra.Multiply));
    }

    private Expression Shared(Expression factor)
    {
        Need(factor);
        return factor;
    }

    private Accumulator Accumulate(Expression scalar, Symbol? vector, Symbol? other)
    {
        var known = _kernel.Accumulators.FirstOrDefault(a =>
            a.Scalar.Equals(scalar) && Equals(a.Vector, vector) && Equals(a.Other, other));
        if (known is not null)
        {
            return known;
        }

        if (vector is null || scalar is not Symbol factor)
        {
            Need(scalar);
        }
        else if (!_kernel.RowFactors.Contains(factor))
        {
            _kernel.RowFactors.Add(factor);
        }

        NeedVector(vector);
        NeedVector(other);
        var accumulator = new Accumulator("sum" + _kernel.Accumulators.Count, scalar, vector, other);
        _kernel.Accumulators.Add(accumulator);
        return accumulator;
    }

    private void NeedVector(Symbol? vector)
    {
        if (vector is not null && !_kernel.Vectors.Contains(vector))
        {
            _kernel.Vectors.Add(vector);
        }
    }

    /// <summary>Lists everything that gets a variable of its own, each after what it is computed from.</summary>
    private void Need(Expression expression)
    {
        switch (expression)
        {
            case Sum sum:
                foreach (var term in sum.Terms)
                {
                    Need(term);
                }

                return;
            case Product product:
                foreach (var factor in product.Factors)
                {
                    Need(factor);
                }

                return;
            case Named named:
                Need(named.Value);
                break;
            case Apply apply:
                Need(apply.Argument);
                break;
            case Dot dot:
                NeedVector((Symbol)dot.Left);
                NeedVector((Symbol)dot.Right);
                break;
            case Number:
                return;
        }

        var list = IsShared(expression) ? _kernel.SegmentScalars : _kernel.ExampleScalars;
        if (!list.Contains(expression))
        {
            list.Add(expression);
        }
    }
}
