using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Schedules a sweep: decides which nodes are kept for all examples of a tile and which are computed where they are used, what is
/// computed once a sweep, once a segment or for each example, and how results are summed. Any graph of known nodes can be
/// lowered; what cannot names its node.
/// </summary>
internal sealed partial class Lowerer
{
    /// <summary>Values that one formula reads at most (<c>IFormula8</c> of the runtime).</summary>
    private const int MostOperands = 8;

    private readonly ModelGraph _model;
    private readonly Traits _traits;
    private readonly Sweep _sweep;
    private readonly Kernel _kernel;
    private readonly Dictionary<Expression, Value> _values = [];
    private readonly Dictionary<Expression, Value> _copies = [];
    private readonly Dictionary<Expression, int> _users = [];
    private readonly Dictionary<Expression, string> _names = [];
    private readonly Dictionary<Expression, (Level Level, bool IsRepeated, bool IsLeft, bool IsRight, bool HasFunction)> _facts = [];

    private Lowerer(ModelGraph model, Traits traits, Sweep sweep)
    {
        (_model, _traits, _sweep) = (model, traits, sweep);
        _kernel = new Kernel(sweep);
    }

    public static Kernel Lower(ModelGraph model, Traits traits, Sweep sweep, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return new Lowerer(model, traits, sweep).Run();
    }

    private Kernel Run()
    {
        Study();
        if (_sweep.IsOverPairs)
        {
            Pairs();
        }
        else
        {
            _sweep.Results.ToList().ForEach(Lower);
        }

        Fusion.Fuse(_kernel, Operand);
        FindNeeds();
        return _kernel;
    }

    // ---- what is known of nodes ----------------------------------------------------------------------------------

    /// <summary>How often each node is used, what named values are called, and whom each node belongs to.</summary>
    private void Study()
    {
        foreach (var value in _sweep.Values)
        {
            Uses(value.Bare);
        }

        foreach (var node in ModelGraph.Reached(_sweep.Values))
        {
            if (node is Named named && !_names.ContainsKey(named.Value))
            {
                _names[named.Value] = named.Name;
            }

            if (node is not Named)
            {
                foreach (var operand in node.Operands.Select(operand => operand.Bare).Distinct())
                {
                    Uses(operand);
                }
            }

            _facts[node] = FactsOf(node);
        }

        void Uses(Expression node) => _users[node] = (_users.TryGetValue(node, out var known) ? known : 0) + 1;
    }

    private Level LevelOf(Expression node) => node is not Symbol symbol ? Level.Sweep : symbol switch
    {
        { IsLaidOut: true, Column: < 0 } or { Role: Role.Mask or Role.Basis } => Level.Sweep,
        { Side: Side.Right, IsLaidOut: true } when _traits.IsShared(symbol.Column, _sweep.Pass) => Level.Segment,
        { Role: Role.Share } when _traits.IsShared(symbol.Slot, _sweep.Pass) => Level.Segment,
        _ => Level.Example,
    };

    private bool IsOfRight(Expression node) => node is Symbol { Side: Side.Right } symbol && LevelOf(symbol) == Level.Example;

    private Side SideOf(Expression node) => _facts[node].IsLeft ? Side.Left : Side.Right;

    /// <summary>Facts of a node that was made after the sweep was studied, and of what is new in it.</summary>
    private void Learn(Expression made)
    {
        if (_facts.ContainsKey(made))
        {
            return;
        }

        foreach (var operand in made.Operands)
        {
            Learn(operand);
        }

        _facts[made] = FactsOf(made);
        if (!_users.ContainsKey(made.Bare))
        {
            _users[made.Bare] = 1;
        }
    }

    private (Level Level, bool IsRepeated, bool IsLeft, bool IsRight, bool HasFunction) FactsOf(Expression node)
    {
        var facts = (Level: LevelOf(node), IsRepeated: node is Symbol symbol && symbol.Role == _sweep.Repeats,
            IsLeft: node is Symbol { Side: Side.Left }, IsRight: IsOfRight(node), HasFunction: node is Apply);
        foreach (var operand in node.Operands)
        {
            var own = _facts[operand];
            facts = ((Level)Math.Max((int)facts.Level, (int)own.Level), facts.IsRepeated || own.IsRepeated,
                facts.IsLeft || own.IsLeft, facts.IsRight || own.IsRight, facts.HasFunction || own.HasFunction);
        }

        return facts;
    }

    // ---- values --------------------------------------------------------------------------------------------------

    /// <summary>A value that lies in memory: the caller's leaf, or kept by a step.</summary>
    private Value Operand(Expression expression)
    {
        var node = expression.Bare;
        if (_values.TryGetValue(node, out var known))
        {
            return known;
        }

        return node is Symbol { Role: not Role.SameRow } symbol ? Leaf(symbol) : Keep(node);
    }

    private Value Leaf(Symbol symbol)
    {
        var level = LevelOf(symbol);
        var isGathered = symbol.IsLaidOut || symbol.Role == Role.Share || !_traits.IsContiguous(_sweep.Pass);
        return Add(symbol, level, level != Level.Example ? Access.Shared : isGathered ? Access.Gathered : Access.Own, isScratch: false);
    }

    /// <summary>A value as formulas and products read it: side by side, or one for all.</summary>
    private Value Direct(Expression expression)
    {
        var value = Operand(expression);
        return value.Access == Access.Gathered ? Copied(value) : value;
    }

    /// <summary>A value of each example in scratch memory, side by side.</summary>
    private Value Copied(Value value)
    {
        if (!_copies.TryGetValue(value.Meaning, out var copy))
        {
            copy = Add(value.Meaning, value.Level, Access.Own, isScratch: true, isCopy: true);
            _kernel.Steps.Add(new CopyStep(copy, value));
            _copies[value.Meaning] = copy;
        }

        return copy;
    }

    /// <summary>A value with a number or row of its own for each example.</summary>
    private Value Own(Expression expression)
    {
        var value = Direct(expression);
        if (value.Access == Access.Own)
        {
            return value;
        }

        var copy = new Value(_kernel.Values.Count, value.Hint + "Each", value.Meaning, Level.Example, Access.Own, value.IsRepeated, value.Side) { IsScratch = true };
        _kernel.Values.Add(copy);
        _kernel.Steps.Add(new CopyStep(copy, value));
        return copy;
    }

    private Value Add(Expression node, Level level, Access access, bool isScratch, bool isCopy = false)
    {
        var value = new Value(_kernel.Values.Count, HintOf(node), node, level, access, _facts[node].IsRepeated, SideOf(node)) { IsScratch = isScratch };
        _kernel.Values.Add(value);
        if (!isCopy)
        {
            _values[node] = value;
        }

        return value;
    }

    /// <summary>Fills scratch memory with a node's value, after all that it is made of.</summary>
    private Value Keep(Expression node)
    {
        switch (node)
        {
            case Number number:
                return Filled(node, () => new FillStep(Target(node), number.Value));

            case Symbol { Role: Role.SameRow } columns:
                return Filled(node, () => new SameRowStep(Target(node), columns));

            case Dot dot:
                // Gathered rows are read where they lie.
                var (left, right) = (Operand(dot.Left), Operand(dot.Right));
                return Filled(node, () => new DotStep(Target(node), left, right));

            case ApplyToRow apply:
                var arguments = apply.Arguments.Select(Direct).ToList();
                return Filled(node, () => new RowFunctionStep(Target(node), arguments, apply));

            case Outer or Product { Shape.IsMatrix: true } when _facts[node].Level == Level.Example:
                var term = Term(node);
                return Filled(node, () => new OuterRowsStep(Target(node), term));

            case MatrixVector or Sum { Shape: { IsNumber: false, IsMatrix: false } }:
                return KeepProducts(node);

            case Sum or Product or Scaled or Apply:
                return Map(node, node);

            default:
                throw UnknownNodeException.In($"Lowering of {_sweep.Method}", node);
        }
    }

    private Value Target(Expression node)
    {
        var level = _facts[node].Level;
        return Add(node, level, level == Level.Example ? Access.Own : Access.Shared, isScratch: true);
    }

    private Value Filled(Expression node, Func<Step> step)
    {
        _kernel.Steps.Add(step());
        return _values[node];
    }

    /// <summary>A sum whose matrix products are added to the rest.</summary>
    private Value KeepProducts(Expression node)
    {
        var products = new List<(MatrixVector Product, int Mask)>();
        var rest = new List<Expression>();
        foreach (var term in Algebra.TermsOf(node))
        {
            if (AsProduct(term) is { } product && (ReferenceEquals(term, node) || !IsUsedTwice(product.Product)))
            {
                products.Add(product);
            }
            else
            {
                rest.Add(term);
            }
        }

        if (products.Count == 0)
        {
            return Map(node, node);
        }

        var factors = products.Select(product => (Matrix: Operand(product.Product.Matrix), Rows: Direct(product.Product.Vector))).ToList();
        Value target;
        if (rest.Count == 0)
        {
            target = Filled(node, () => new FillStep(Target(node), 0));
        }
        else
        {
            var sum = rest.Aggregate(Algebra.Add);
            Learn(sum);
            target = rest.Count == 1 && IsInMemory(sum)
                ? Direct(sum) is var start ? Filled(node, () => new CopyStep(Target(node), start)) : throw new InvalidOperationException()
                : Map(node, sum);
        }

        for (var i = 0; i < products.Count; i++)
        {
            _kernel.Steps.Add(new ProductStep(target, factors[i].Matrix, factors[i].Rows, products[i].Product.IsTransposed, products[i].Mask));
        }

        return target;
    }

    /// <summary>A term that is a matrix product, but for a mask.</summary>
    private static (MatrixVector Product, int Mask)? AsProduct(Expression term) => term switch
    {
        MatrixVector product => (product, -1),
        Scaled { Factor: Symbol { Role: Role.Mask } mask, Vector: MatrixVector product } => (product, mask.Slot),
        _ => null,
    };

    // ---- formulas ------------------------------------------------------------------------------------------------

    /// <summary>Computes a node element by element, as far as its parts are not kept.</summary>
    /// <param name="node">The node that is kept.</param>
    /// <param name="formula">What is computed: the node, or what of it is not added otherwise.</param>
    private Value Map(Expression node, Expression formula)
    {
        var whole = Narrowed(formula, node);
        var reads = new List<Value>();
        Read(whole, reads, isTop: true, whole);
        if (reads.Count == 0)
        {
            // A formula of constants alone: one of them is what it reads.
            reads.Add(Operand(ModelGraph.Reached([whole]).First(part => part is Number)));
        }

        if (reads.Count > MostOperands)
        {
            throw UnknownNodeException.In($"Lowering of {_sweep.Method}", node);
        }

        return Filled(node, () => new MapStep(Target(node), reads, whole));
    }

    /// <summary>A formula of no more values than one can read: what goes beyond is kept first, as many terms or factors at a time as fit.</summary>
    private Expression Narrowed(Expression formula, Expression node)
    {
        while (LeavesOf(formula).Count > MostOperands)
        {
            var parts = formula.Operands.ToList();
            if (formula is not (Sum or Product))
            {
                // A function, or a multiple: its operands stand for themselves.
                parts.ForEach(Force);
                break;
            }

            var together = new List<Expression>();
            var leaves = new HashSet<Expression>();
            foreach (var part in parts)
            {
                var own = IsKept(part, formula) ? [part.Bare] : LeavesOf(part);
                if (leaves.Union(own).Count() > MostOperands)
                {
                    break;
                }

                leaves.UnionWith(own);
                together.Add(part);
            }

            if (together.Count < 2)
            {
                // The first part, or the second, reads too many values by itself.
                Force(parts.First(part => !IsKept(part, formula) && LeavesOf(part).Count > 1));
                continue;
            }

            Expression first = formula is Sum ? _model.Graph.Sum(together) : _model.Graph.Product(together);
            Force(first);
            Expression[] rest = [first, .. parts.Skip(together.Count)];
            formula = formula is Sum ? _model.Graph.Sum(rest) : _model.Graph.Product(rest);
            Learn(formula);
        }

        return LeavesOf(formula).Count <= MostOperands ? formula : throw UnknownNodeException.In($"Lowering of {_sweep.Method}", node);
    }

    private void Force(Expression part)
    {
        Learn(part);
        if (part is not (Number or Symbol))
        {
            Operand(part);
            _forced.Add(part);
        }
    }

    private readonly HashSet<Expression> _forced = [];

    private HashSet<Expression> LeavesOf(Expression formula)
    {
        var leaves = new HashSet<Expression>();
        Visit(formula, isTop: true);
        return leaves;

        void Visit(Expression e, bool isTop)
        {
            if (e is Number)
            {
                return;
            }

            if (!isTop && IsKept(e, formula) || e is Symbol)
            {
                leaves.Add(e.Bare);
                return;
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand, isTop: false);
            }
        }
    }

    /// <summary>Makes sure that all a formula reads is there.</summary>
    private void Read(Expression e, List<Value> reads, bool isTop, Expression formula)
    {
        if (e is Number)
        {
            return;
        }

        if (e is Symbol || (!isTop && IsKept(e, formula)))
        {
            var value = Direct(e);
            if (!reads.Contains(value))
            {
                reads.Add(value);
            }

            return;
        }

        foreach (var operand in e.Operands)
        {
            Read(operand, reads, isTop: false, formula);
        }
    }

    private bool IsInMemory(Expression e) => e is Symbol || IsKept(e, e);

    private bool IsUsedTwice(Expression node) => _users.TryGetValue(node.Bare, out var users) && users > 1;

    /// <summary>
    /// Whether a part of a formula lies in memory: what only a step of its own can compute; what is used more than once, or by
    /// name; numbers within rows, which would be computed again for every element; and what is the same for more examples, or
    /// for all directions, where it has a function in it.
    /// </summary>
    private bool IsKept(Expression part, Expression formula)
    {
        if (part is Number or Symbol)
        {
            return part is Symbol;
        }

        if (part is Named or Dot or MatrixVector or ApplyToRow || _forced.Contains(part) || _values.ContainsKey(part.Bare))
        {
            return true;
        }

        var (own, all) = (_facts[part], _facts[formula]);
        var isSimple = part.Operands.Count(operand => operand is not Number) <= 1 && part is not Apply;
        return (IsUsedTwice(part) && !isSimple)
            || (part.IsScalar && !formula.IsScalar)
            || (own.HasFunction && (own.Level < all.Level || (all.IsRepeated && !own.IsRepeated)));
    }

    private string HintOf(Expression node) => _names.TryGetValue(node, out var name) ? name : node switch
    {
        Symbol symbol => symbol.Role switch
        {
            Role.Share => "share" + Formula.Invariant(symbol.Slot),
            Role.SameRow => "same" + Formula.Invariant(symbol.Slot) + Formula.Invariant(symbol.Column),
            Role.Mask => "mask" + _model.Blocks[symbol.Slot].Name,
            _ => symbol.Name,
        },
        Dot dot => HintOf(dot.Left.Bare) + "Dot" + Capital(HintOf(dot.Right.Bare)),
        Apply apply => Lower(apply.Function.Name) + "Of" + Capital(HintOf(apply.Argument.Bare)),
        ApplyToRow apply => Lower(apply.Function.Name) + "Of" + Capital(HintOf(apply.Arguments[0].Bare)),
        MatrixVector product => HintOf(product.Matrix.Bare) + "Times" + Capital(HintOf(product.Vector.Bare)),
        Scaled { Factor: Number { Value: -1 } } scaled => "minus" + Capital(HintOf(scaled.Vector.Bare)),
        Number => "constant",
        _ => "value",
    } is var made && made.Length > 24 ? "value" : made;

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    // ---- needs ---------------------------------------------------------------------------------------------------

    /// <summary>Which results need a value: what only left out results need is not computed.</summary>
    private void FindNeeds()
    {
        foreach (var output in _kernel.Outputs)
        {
            foreach (var value in output.Reads)
            {
                Need(value, output.NeedsFor(value));
            }
        }

        foreach (var step in Enumerable.Reverse(_kernel.Steps))
        {
            foreach (var value in step.Reads)
            {
                Need(value, step.Target.NeededBy);
            }
        }

        static void Need(Value value, HashSet<int>? blocks)
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
