using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Lowering;

// How results are written and summed.
internal sealed partial class Lowerer
{
    private void Lower(SweepResult result)
    {
        switch (result.Kind)
        {
            case ResultKind.Example:
                Write(new WriteOutput(result, Own(result.Value)));
                break;
            case ResultKind.ExampleRow:
                WriteRow(result);
                break;
            case ResultKind.Gradient:
                foreach (var part in result.Parts)
                {
                    AddUp(result, part);
                }

                break;
            case ResultKind.Segment:
                foreach (var term in Algebra.Expand(Algebra.Substitute(result.Value, WithoutName)))
                {
                    Learn(term);
                    AddUp(result, term);
                }

                break;
            default:
                throw new InvalidOperationException($"{result.Kind} is not lowered by itself.");
        }
    }

    private void Write(Output output) => _kernel.Outputs.Add(output);

    private bool IsSummedWhole(int block) => _model.Blocks[block].IsTable && !_traits.IsByRows;

    private void WriteRow(SweepResult result)
    {
        foreach (var part in result.Parts)
        {
            if (IsSummedWhole(result.Block))
            {
                Write(new WriteTableOutput(result, Own(part.Value), part.Column));
            }
            else if (part.Value.Shape.IsMatrix)
            {
                Write(new WriteMatrixOutput(result, [.. Algebra.TermsOf(part.Value).Select(Term)]));
            }
            else
            {
                Write(new WriteOutput(result, Own(part.Value)));
            }
        }
    }

    /// <summary>Sums start at zero: what is zero adds nothing.</summary>
    private void AddUp(SweepResult result, ResultPart part)
    {
        foreach (var term in Algebra.TermsOf(part.Value))
        {
            if (term.Shape.IsMatrix)
            {
                Write(new AddMatrixOutput(result, Term(term)));
                continue;
            }

            if (term is Scaled { Vector: var vector } multiple && _facts[vector].Level != Level.Example && !IsSummedWhole(result.Block))
            {
                // A row that the segment's examples share: the sum of its factors, times the row.
                var (shared, own) = Parted(Algebra.FactorsOf(multiple.Factor));
                Write(new AddSharedRowOutput(result, own is Number { Value: 1 } ? null : Operand(own), Operand(vector), Multiple(shared)));
                continue;
            }

            var (factor, rows) = term is Scaled scaled ? (Direct(scaled.Factor), Operand(scaled.Vector)) : ((Value?)null, Operand(term));
            Write(IsSummedWhole(result.Block) ? new ScatterOutput(result, factor, rows, part.Column)
                : term.IsScalar ? new AddNumberOutput(result, Operand(term))
                : new AddRowsOutput(result, factor, rows));
        }
    }

    private MatrixTerm Term(Expression term)
    {
        switch (term)
        {
            case Outer outer:
                return new(null, Direct(outer.Left), Direct(outer.Right));
            case Product product when product.Factors.OfType<Outer>().FirstOrDefault() is { } outer:
                var matrix = product.Factors.Where(factor => factor is not Outer).Aggregate(Algebra.Multiply);
                Learn(matrix);
                return new(Operand(matrix), Direct(outer.Left), Direct(outer.Right));
            default:
                throw UnknownNodeException.In($"The sum of {_sweep.Method}", term);
        }
    }

    /// <summary>The product of what a segment's examples share, and of what is each one's own.</summary>
    private (Expression Shared, Expression Own) Parted(IEnumerable<Expression> factors)
    {
        var (shared, own) = ((Expression)_model.Graph.Number(1), (Expression)_model.Graph.Number(1));
        foreach (var factor in factors)
        {
            if (_facts[factor].Level == Level.Example)
            {
                own = Algebra.Multiply(own, factor);
            }
            else
            {
                shared = Algebra.Multiply(shared, factor);
            }
        }

        Learn(own);
        Learn(shared);
        return (shared, own);
    }

    private SharedNumber? Multiple(Expression shared) => shared is Number { Value: 1 } ? null
        : Algebra.FactorsOf(shared).All(factor => factor is Number or Symbol { Role: Role.Mask } or Symbol { Role: Role.Share }) ? new(shared, null)
        : new(null, Direct(shared));

    /// <summary>A value that depends on a direction, taken apart: its dots with shared rows leave a segment's sum.</summary>
    private static Expression? WithoutName(Expression e) => e is Named named
        && ModelGraph.Reached([named]).Any(node => node is Symbol { Role: Role.Direction }) ? Algebra.Substitute(named.Value, WithoutName) : null;

    /// <summary>
    /// A term of a segment's sum. What is the same for its examples leaves the sum; a dot with a row that they share does too, p·Σ a v
    /// for Σ a (p·v); and of a dot of two rows of each example the products are added up before its elements are.
    /// </summary>
    private void AddUp(SweepResult result, Expression term)
    {
        var factors = Algebra.FactorsOf(term);
        // One that stands there twice is no factor of a sum of rows.
        var dot = factors.OfType<Dot>().FirstOrDefault(dot => !_values.ContainsKey(dot) && factors.Count(factor => ReferenceEquals(factor, dot)) == 1
            && dot.Operands.All(row => row is Symbol || _facts[row].Level == Level.Segment) && _facts[dot].Level == Level.Example);
        var (shared, own) = Parted(factors.Where(factor => !ReferenceEquals(factor, dot)));
        var multiple = Multiple(shared);
        if (dot is null)
        {
            Write(new AddNumberOutput(result, Operand(own), multiple));
            return;
        }

        var number = own is Number { Value: 1 } ? null : Direct(own);
        if (_facts[dot.Left].Level != Level.Segment && _facts[dot.Right].Level != Level.Segment)
        {
            Write(new AddDotsOutput(result, number, Operand(dot.Left), Operand(dot.Right), multiple));
            return;
        }

        var (common, each) = _facts[dot.Left].Level == Level.Segment ? (dot.Left, dot.Right) : (dot.Right, dot.Left);
        var (rows, row) = (Operand(each), Operand(common));
        var total = new Value(_kernel.Values.Count, rows.Hint + "Total", each, Level.Segment, Access.Shared, rows.IsRepeated, Side.Right) { IsScratch = true };
        _kernel.Values.Add(total);
        Write(new AddDotOutput(result, number, rows, row, total, multiple));
    }

    // ---- pairs ---------------------------------------------------------------------------------------------------

    /// <summary>
    /// Every term is a product of numbers of the left example, numbers of the right one, and dots across. Terms of several blocks, each
    /// times its block's mask, are one formula as far as they fit: each formula reads and writes all pairs.
    /// </summary>
    private void Pairs()
    {
        var open = new List<(SweepResult Result, Expression Term)>();
        foreach (var result in _sweep.Results.Where(result => !Algebra.IsZero(result.Value)))
        {
            foreach (var term in Algebra.Expand(result.Value).Select(Narrowed))
            {
                Learn(term);
                if (open.Count > 0 && PairLeaves(Joined([.. open, (result, term)])).Count > MostOperands)
                {
                    WritePairs(open);
                    open.Clear();
                }

                open.Add((result, term));
            }
        }

        if (open.Count > 0)
        {
            WritePairs(open);
        }
    }

    private Expression Joined(IReadOnlyList<(SweepResult Result, Expression Term)> terms)
    {
        var isOfOne = terms.All(term => term.Result == terms[0].Result);
        var formula = terms.Select(term => isOfOne ? term.Term : Algebra.Multiply(_model.Mask(term.Result.Block), term.Term)).Aggregate(Algebra.Add);
        Learn(formula);
        return formula;
    }

    /// <summary>A term of no more factors than a formula reads: else the numbers of each side are multiplied first.</summary>
    private Expression Narrowed(Expression term)
    {
        if (PairLeaves(term).Count <= MostOperands)
        {
            return term;
        }

        Learn(term);
        var sides = Algebra.FactorsOf(term).Where(factor => factor is not Number).ToLookup(factor =>
            IsAcross(factor) || factor is Symbol { Role: Role.SameRow } ? (Side?)null : _facts[factor].IsLeft ? Side.Left : Side.Right);
        var narrow = Algebra.FactorsOf(term).OfType<Number>().Concat(sides[null]).Aggregate(Algebra.One(term), Algebra.Multiply);
        foreach (var side in new Side?[] { Side.Left, Side.Right }.Where(side => sides[side].Any()))
        {
            var product = sides[side].Aggregate(Algebra.Multiply);
            narrow = Algebra.Multiply(narrow, product is Product ? _model.Graph.Named("product", product) : product);
        }

        return PairLeaves(narrow).Count <= MostOperands ? narrow : throw NoProduct(term);
    }

    private static HashSet<Expression> PairLeaves(Expression sum) => [.. Algebra.TermsOf(sum).SelectMany(Algebra.FactorsOf)
        .Where(factor => factor is not Number).Select(factor => factor.Bare)];

    private bool IsAcross(Expression e) => _facts[e].IsLeft && _facts[e].IsRight;

    private void WritePairs(List<(SweepResult Result, Expression Term)> terms)
    {
        var formula = Joined(terms);
        var (reads, dots, sames) = (new List<Value>(), new List<PairDot>(), new List<(Symbol, Value)>());
        foreach (var leaf in PairLeaves(formula))
        {
            switch (leaf)
            {
                case Dot dot when IsAcross(dot):
                    var (left, right) = Sides(dot);
                    dots.Add(new PairDot(OfPair(dot), Direct(left), Direct(right),
                        [.. terms.Where(term => PairLeaves(term.Term).Contains(dot)).Select(term => term.Result.Block)]));
                    break;
                case Symbol { Role: Role.SameRow } same:
                    sames.Add((same, OfPair(same)));
                    break;
                case var _ when IsAcross(leaf):
                    throw NoProduct(leaf);
                default:
                    // Numbers of the right examples are read as rows, whole lines at a time.
                    var value = Direct(leaf);
                    reads.Add(value is { IsScratch: false, Access: Access.Own, Side: Side.Right } ? Copied(value) : value);
                    break;
            }
        }

        if (PairLeaves(formula).Count > MostOperands)
        {
            throw NoProduct(formula);
        }

        Write(new PairOutput([.. terms.Select(term => term.Result).Distinct()], [.. reads, .. dots.SelectMany(dot => new[] { dot.Left, dot.Right })], formula, dots, sames));
    }

    /// <summary>
    /// A dot across as one of a left row and a right one: factors of both go to the side that they belong to. Of two gradients in matrices,
    /// M ∘ a bᵀ and N ∘ c dᵀ, the dot is (a ∘ c)·(M ∘ N)(b ∘ d), which is none: they are written out, and dotted as long rows.
    /// </summary>
    private (Expression Left, Expression Right) Sides(Dot dot)
    {
        var factors = dot.Operands.SelectMany(operand => Algebra.FactorsOf(operand.Bare)).ToList();
        if (factors.OfType<MatrixVector>().FirstOrDefault(IsAcross) is { IsTransposed: false } product && !IsAcross(product.Matrix))
        {
            factors.Remove(product);
            var (rows, columns) = (Sides(factors, dot.Left), Sides(Algebra.FactorsOf(product.Vector.Bare), product.Vector));
            return (Learned(Algebra.Multiply(product.Matrix, Algebra.Outer(rows.Left, columns.Left))), Learned(Algebra.Outer(rows.Right, columns.Right)));
        }

        var sides = Sides(factors, dot.Left);
        return (Learned(sides.Left), Learned(sides.Right));
    }

    private (Expression Left, Expression Right) Sides(IEnumerable<Expression> factors, Expression like)
    {
        var (left, right) = (Algebra.Constant(1, like), Algebra.Constant(1, like));
        foreach (var factor in factors)
        {
            if (IsAcross(factor))
            {
                throw NoProduct(factor);
            }

            (left, right) = _facts[factor].IsLeft ? (Algebra.Multiply(left, factor), right) : (left, Algebra.Multiply(right, factor));
        }

        return (left, right);
    }

    private Expression Learned(Expression made)
    {
        Learn(made);
        return made;
    }

    /// <summary>A Gram is made of numbers and rows of either side; what mixes the examples of a pair otherwise has no place in it.</summary>
    private UnknownNodeException NoProduct(Expression node) =>
        UnknownNodeException.In($"Lowering of {_sweep.Method}, which needs products of what belongs to one example of a pair each,", node);

    /// <summary>What holds a number for every pair of a tile.</summary>
    private Value OfPair(Expression node) => _values.TryGetValue(node, out var known) ? known
        : Add(node, Level.Example, Access.Own, isScratch: true);
}
