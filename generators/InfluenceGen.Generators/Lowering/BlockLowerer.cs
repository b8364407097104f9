using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Orders the values of a sweep: every named value, matrix product, dot and function of a row is kept for the whole
/// block, everything between them is computed element by element in one pass.
/// </summary>
internal sealed class BlockLowerer
{
    // Rows that fill the vectors which lanes keep in registers, of double; of float, whose rows take half of them, what
    // directions share is the greater part by then.
    private const int LongRow = 32;

    private readonly BlockKernel _kernel;
    private readonly Role? _repeats;
    private readonly Dictionary<Expression, BlockValue> _values = [];
    private readonly Dictionary<Expression, Named> _namedBy = [];
    private readonly HashSet<Expression> _usedTwice = [];

    private BlockLowerer(Sweep sweep)
    {
        _kernel = new BlockKernel(sweep);
        _repeats = Signatures.HasDirections(sweep.Method) ? Role.Direction
            : sweep.Results.Any(result => Reaches(result.Value, Role.Basis)) ? Role.Basis : null;
    }

    /// <summary>
    /// Whether a sweep consists of matrix products: where there are matrices; and of models that read one row of features, for
    /// pairs, whose dots are a product, and for several directions where rows are too long to stay in registers, so that
    /// directions can share the rest.
    /// </summary>
    public static bool Suits(ModelGraph model, Sweep sweep) => model.HasMatrices
        || (model.Tables == 0 && (sweep.IsOverPairs || (Signatures.HasDirections(sweep.Method) && HasLongRows(model))));

    private static bool HasLongRows(ModelGraph model) => model.Dimensions.Any(dimension => dimension.IsOpen || dimension.Size > LongRow);

    public static BlockKernel Lower(Sweep sweep) => new BlockLowerer(sweep).Run();

    /// <summary>Whether a result is left out where its block is not differentiated.</summary>
    public static bool IsGated(SweepResult result) => result.Kind is ResultKind.Gradient or ResultKind.Pair
        || (result.Kind == ResultKind.ExampleRow && result.Target == "rows");

    /// <summary>The terms of a sum of one shape; the sum of one term is itself.</summary>
    public static IEnumerable<Expression> Terms(Expression value) => value is Sum sum ? sum.Terms : [value];

    private BlockKernel Run()
    {
        FindShared();
        foreach (var result in _kernel.Sweep.Results)
        {
            var value = result.Value;
            if (result.Kind == ResultKind.Gradient && Algebra.IsZero(value))
            {
                // Sums start at zero.
                continue;
            }

            switch (value)
            {
                case { IsScalar: true } when result.Kind == ResultKind.Pair:
                    foreach (var factor in Algebra.Expand(value).SelectMany(Algebra.FactorsOf))
                    {
                        if (factor is Dot dot && CrossesSides(dot))
                        {
                            Operand(dot.Left);
                            Operand(dot.Right);
                        }
                        else
                        {
                            Prepare(factor, isRepeated: false);
                        }
                    }

                    break;
                case { IsScalar: true }:
                    Materialise(value);
                    break;
                default:
                    foreach (var term in result.Kind == ResultKind.Gradient ? Terms(value) : [value])
                    {
                        foreach (var operand in Factors(term, result.Kind))
                        {
                            Operand(operand);
                        }
                    }

                    break;
            }

            _kernel.Results.Add(new BlockResult(result, IsRepeated(value)));
        }

        FindNeeds();
        return _kernel;
    }

    /// <summary>What a term of a result is a product of: an outer product's column and row, a sum's multiplier and row.</summary>
    private static IEnumerable<Expression> Factors(Expression term, ResultKind kind) => term switch
    {
        Outer outer => [outer.Left, outer.Right],
        Scaled scaled when kind == ResultKind.Gradient => [scaled.Factor, scaled.Vector],
        _ => [term],
    };

    /// <summary>What a row operand of a product or of a result is read from: null where it lies in the caller's memory.</summary>
    public static bool LiesOutside(Expression vector) => vector is Symbol { IsScalar: false, IsLaidOut: false, Role: not Role.Basis };

    /// <summary>Whether a row computed from others is zero behind its end because what it is made of is.</summary>
    /// <param name="value">The row.</param>
    /// <param name="isKept">Whether an operand is kept, and so zero there.</param>
    public static bool VanishesInPads(Expression value, Func<Expression, bool> isKept)
    {
        bool Operand(Expression e) => isKept(e) || VanishesInPads(e, isKept);

        return value switch
        {
            Number number => number.Value == 0,
            Symbol or Named => true,
            Sum sum => sum.Terms.All(Operand),
            Product product => product.Factors.Any(Operand),
            Scaled scaled => Operand(scaled.Vector),
            _ => false,
        };
    }

    private bool CrossesSides(Dot dot) => Sides(dot.Left).Concat(Sides(dot.Right)).Distinct().Count() > 1;

    /// <summary>A function that a named value stands for is that value; one that several need is kept too.</summary>
    private void FindShared()
    {
        var seen = new HashSet<Expression>();
        var users = new Dictionary<Expression, HashSet<Expression>>();
        foreach (var result in _kernel.Sweep.Results)
        {
            Visit(result.Value, result.Value);
        }

        _usedTwice.UnionWith(users.Where(pair => pair.Value.Count > 1).Select(pair => pair.Key));

        void Visit(Expression e, Expression user)
        {
            if (e is Named named)
            {
                if (seen.Add(named))
                {
                    if (named.Value is Apply or ApplyToRow)
                    {
                        _namedBy[named.Value] = named;
                    }

                    Visit(named.Value, named);
                }

                return;
            }

            if (e is Apply)
            {
                if (!users.TryGetValue(e, out var known))
                {
                    users[e] = known = [];
                }

                known.Add(user);
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand, user);
            }
        }
    }

    /// <summary>Makes sure that all a fused computation reads is there, and what all repetitions share of it.</summary>
    private void Prepare(Expression expression, bool isRepeated)
    {
        switch (expression)
        {
            case Named or MatrixVector or ApplyToRow or Dot:
                Materialise(expression);
                break;
            case Apply when _namedBy.ContainsKey(expression) || _usedTwice.Contains(expression)
                || (isRepeated && !IsRepeated(expression)):
                Materialise(expression);
                break;
            case Symbol { IsScalar: true } symbol when !symbol.IsLaidOut && symbol.Role != Role.Mask:
                Materialise(symbol);
                break;
            default:
                foreach (var operand in expression.Operands)
                {
                    Prepare(operand, isRepeated);
                }

                break;
        }
    }

    /// <summary>Makes sure that rows lie in memory.</summary>
    private void Operand(Expression vector)
    {
        if (!LiesOutside(vector))
        {
            Materialise(vector);
        }
    }

    private BlockValue Materialise(Expression expression)
    {
        if (_values.TryGetValue(expression, out var known))
        {
            return known;
        }

        if (expression is not Named && _namedBy.TryGetValue(expression, out var named))
        {
            return _values[expression] = Materialise(named);
        }

        var meaning = expression is Named { Value: var inner } ? inner : expression;
        var isRepeated = IsRepeated(meaning);
        BlockValue target;
        switch (meaning)
        {
            case Symbol { IsScalar: true, IsLaidOut: false } symbol:
                target = Add(expression);
                _kernel.Steps.Add(new CopyStep(target, symbol));
                return target;
            case Dot dot:
                Prepare(dot.Left, isRepeated);
                Prepare(dot.Right, isRepeated);
                if (!VanishesInPads(dot.Left, _values.ContainsKey) && !VanishesInPads(dot.Right, _values.ContainsKey))
                {
                    // A dot runs over whole lines: one of its rows is kept, which zeroes what stands behind its end.
                    Materialise(dot.Left is Number ? dot.Right : dot.Left);
                }

                target = Add(expression);
                _kernel.Steps.Add(new DotStep(target, Read(dot.Left, dot.Right), isRepeated, dot));
                return target;
            case ApplyToRow apply:
                foreach (var argument in apply.Arguments.Where(argument => argument is not Symbol { Role: Role.Basis }))
                {
                    Operand(argument);
                }

                target = Add(expression);
                _kernel.Steps.Add(new RowFunctionStep(target, Read([.. apply.Arguments]), isRepeated, apply));
                return target;
        }

        // Matrix products are added to the rest.
        var products = Terms(meaning).Select(AsProduct).Where(product => product.Product is not null).ToList();
        Expression? rest = products.Count == 0 ? meaning
            : Terms(meaning).Where(term => AsProduct(term).Product is null).Aggregate((Expression?)null,
                (sum, term) => sum is null ? term : Algebra.Add(sum, term));
        foreach (var part in rest is Apply ? rest.Operands : rest is null ? [] : [rest])
        {
            Prepare(part, isRepeated);
        }

        foreach (var (product, _) in products)
        {
            Operand(product!.Vector);
        }

        var inputs = rest is null ? [] : Read([.. rest is Apply ? rest.Operands : [rest]]);
        target = Add(expression);
        _kernel.Steps.Add(new ElementwiseStep(target, inputs, isRepeated, rest));
        foreach (var (product, mask) in products)
        {
            _kernel.Steps.Add(new ProductStep(target, Read(product!.Vector), isRepeated, (Symbol)product.Matrix,
                product.IsTransposed, product.Vector, mask));
        }

        return target;
    }

    /// <summary>A term that is a matrix product, but for a mask.</summary>
    private static (MatrixVector? Product, Symbol? Mask) AsProduct(Expression term) => term switch
    {
        MatrixVector product => (product, null),
        Scaled { Factor: Symbol { Role: Role.Mask } mask, Vector: MatrixVector product } => (product, mask),
        _ => (null, null),
    };

    private BlockValue Add(Expression expression)
    {
        var name = Name(expression);
        var number = 2;
        var free = name;
        while (_kernel.Values.Any(value => value.Name == free))
        {
            free = name + "Of" + Signatures.Invariant(number++);
        }

        var side = Sides(expression).Contains(Side.Left) ? Side.Left : Side.Right;
        var value = new BlockValue(free, expression is Named named ? named.Value : expression, side);
        _kernel.Values.Add(value);
        _values[expression] = value;
        return value;
    }

    private static string Name(Expression expression) => expression switch
    {
        Named named => Names.Plain(named.Name),
        Symbol symbol => Names.Plain(symbol.Name),
        Dot dot => Name(dot.Left) + "Dot" + Names.Capital(Name(dot.Right)),
        Apply apply => Names.Lower(apply.Function.Name) + "Of" + Names.Capital(Name(apply.Argument)),
        ApplyToRow apply => Names.Lower(apply.Function.Name) + "Of" + Names.Capital(Name(apply.Arguments[0])),
        Product { Factors: { Count: 2 } factors } when factors[0] is Number { Value: -1 } => "minus" + Names.Capital(Name(factors[1])),
        Scaled scaled => Name(scaled.Factor) + Names.Capital(Name(scaled.Vector)),
        MatrixVector product => Name(product.Matrix) + "Times" + Names.Capital(Name(product.Vector)),
        _ => "value",
    };

    /// <summary>The values that a fused computation reads.</summary>
    private IReadOnlyList<BlockValue> Read(params Expression[] expressions)
    {
        var read = new List<BlockValue>();
        foreach (var expression in expressions)
        {
            Visit(expression);
        }

        return read;

        void Visit(Expression e)
        {
            if (_values.TryGetValue(e, out var value))
            {
                read.Add(value);
                return;
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand);
            }
        }
    }

    /// <summary>The value that holds an expression, if one does.</summary>
    public static BlockValue? Find(BlockKernel kernel, Expression expression) => kernel.Values.FirstOrDefault(value =>
        expression is Named named
            ? value.Name == Names.Plain(named.Name)
            : value.Meaning.Equals(expression));

    private bool IsRepeated(Expression expression) => _repeats is { } role && Reaches(expression, role);

    private readonly Dictionary<(Expression, Role), bool> _reached = [];

    private bool Reaches(Expression expression, Role role)
    {
        if (expression is Symbol symbol)
        {
            return symbol.Role == role;
        }

        if (expression is not Named)
        {
            return expression.Operands.Any(operand => Reaches(operand, role));
        }

        if (!_reached.TryGetValue((expression, role), out var known))
        {
            known = expression.Operands.Any(operand => Reaches(operand, role));
            _reached[(expression, role)] = known;
        }

        return known;
    }

    private readonly Dictionary<Named, HashSet<Side>> _sides = [];

    /// <summary>The sides of a pair that an expression reads; parameters are on neither.</summary>
    private HashSet<Side> Sides(Expression expression)
    {
        if (expression is Symbol symbol)
        {
            return symbol.IsLaidOut || symbol.Role == Role.Mask ? [] : [symbol.Side];
        }

        if (expression is Named named && _sides.TryGetValue(named, out var known))
        {
            return known;
        }

        var sides = new HashSet<Side>(expression.Operands.SelectMany(Sides));
        if (expression is Named)
        {
            _sides[(Named)expression] = sides;
        }

        return sides;
    }

    /// <summary>Which results need a value: what only left out results need is not computed.</summary>
    private void FindNeeds()
    {
        foreach (var result in _kernel.Results)
        {
            foreach (var value in Read(result.Result.Value))
            {
                Need(value, IsGated(result.Result) ? [result.Result.Block] : null);
            }
        }

        foreach (var step in Enumerable.Reverse(_kernel.Steps))
        {
            foreach (var input in step.Inputs)
            {
                Need(input, step.Target.NeededBy);
            }
        }

        static void Need(BlockValue value, HashSet<int>? blocks)
        {
            if (blocks is null)
            {
                value.NeededBy = null;
            }
            else
            {
                value.NeededBy?.UnionWith(blocks);
            }
        }
    }
}
