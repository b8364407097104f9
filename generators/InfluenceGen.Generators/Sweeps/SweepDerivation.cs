using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Sweeps;

/// <summary>
/// Derives every sweep of the contract from a model's graph: one line each, composed of tangents and adjoints.
/// </summary>
internal sealed class SweepDerivation
{
    private readonly ModelGraph _model;
    private readonly Traits _traits;
    private readonly List<int> _blocks;
    private readonly Symbol _coefficient;
    private readonly Symbol _stored;
    private readonly Symbol _cotangent;
    private readonly Expression _loss;
    private readonly Expression _penalty;
    private readonly Expression _outputGradient;

    // What is derived once serves every sweep: a rate of change, and the adjoints that belong to a multiplier.
    private readonly Dictionary<Expression, Expression> _alongDirection = [];
    private readonly Dictionary<Expression, Expression> _alongOther = [];
    private readonly Dictionary<Expression, IReadOnlyDictionary<Expression, Expression>> _adjoints = [];

    private SweepDerivation(ModelGraph model, Traits traits)
    {
        _model = model;
        _traits = traits;
        _blocks = [.. Enumerable.Range(0, model.Blocks.Count)];
        _coefficient = model.Graph.Symbol(new("c", Role.Coefficient, 0, Shape.Number));
        _stored = model.Graph.Symbol(new("r", Role.OutputGradient, 0, model.Output.Shape));
        _cotangent = traits.Seed;
        _loss = model.Weighted(model.Loss.Value(model.Output, model.Label));
        _penalty = model.Weighted(model.Penalty);

        // r = ∂loss/∂s: reverse mode that stops at the output.
        var gradient = Derivative.Adjoint(_loss, model.Graph.Number(1), leaf: model.Output)[model.Output];
        _outputGradient = model.Graph.Named("r", gradient.Bare);
    }

    public static IReadOnlyList<Sweep> Of(ModelGraph model, Traits traits) => [.. new SweepDerivation(model, traits).All()];

    private IEnumerable<Sweep> All()
    {
        yield return ForEach("Predict", "outputs", _model.Output);
        yield return ForEach("Loss", "losses", _model.Graph.Named("loss", Algebra.Add(_loss, _penalty)));
        yield return ForEach("OutputGradient", "outputGradients", _outputGradient);
        yield return ForEach("OutputHessian", "outputHessians", OutputHessian(), _model.Output.IsScalar ? null : Role.Basis);
        if (_traits.LastLayer >= 0)
        {
            yield return ForEach("LastLayerFeatures", "layerFeatures", _traits.MultipliedBy(_traits.LastLayer)!);
        }

        yield return ForEach("OutputDot", "dots", OutputAlong(_blocks), Role.Direction);
        yield return ForEach("GradientDot", "dots", Slope(_outputGradient, _blocks), Role.Direction);
        yield return ForEach("GradientSquaredNorm", "norms", SquaredNorm());
        yield return new Sweep("Gradients", 0, new(_blocks.Select(block =>
            new SweepResult(ResultKind.ExampleRow, "rows", Gradient(block, _outputGradient), block))));
        foreach (var sweep in EachPass("GradientSum", GradientSum))
        {
            yield return sweep;
        }

        var flowBlocks = _blocks.Where(block => !_traits.OwnsRows || !_model.Blocks[block].IsOwned).ToList();
        yield return new Sweep("GradientSumWithFlow", 0, new(GradientSum(0).Append(Flow(Slope(_outputGradient, flowBlocks)))));
        yield return new Sweep("Flow", 0, new([Flow(Slope(_stored, flowBlocks))]));
        var more = EachPass("GradientGram", Gram)
            .Concat(EachPass("OutputAdjointSum", pass => Sums(pass, block => Output(block, _cotangent))))
            .Concat(EachPass("HessianVectorSum", pass => Sums(pass, HessianVector), Role.Direction))
            .Append(ForEach("HessianDot", "dots", AlongOther(Slope(_outputGradient, _blocks))))
            .Concat(EachPass("ThirdDerivativeSum", pass => Sums(pass, block => Parts(HessianVector(block), AlongOther))));
        foreach (var sweep in more)
        {
            yield return sweep;
        }
    }

    // ---- what a sweep computes -----------------------------------------------------------------------------------

    private static Sweep ForEach(string method, string target, Expression value, Role? repeats = null) =>
        new(method, 0, new([new SweepResult(ResultKind.Example, target, value)]), repeats);

    private IEnumerable<Sweep> EachPass(string method, Func<int, IEnumerable<SweepResult>> results, Role? repeats = null) =>
        Enumerable.Range(0, _traits.Passes).Select(pass => new Sweep(method, pass, new(results(pass)), repeats));

    /// <summary>The first pass also stores r, which the others read.</summary>
    private IEnumerable<SweepResult> GradientSum(int pass)
    {
        var sums = Sums(pass, block => Gradient(block, pass == 0 ? _outputGradient : _stored, _coefficient));
        return pass == 0 ? sums.Prepend(new SweepResult(ResultKind.Example, "outputGradients", _outputGradient)) : sums;
    }

    private IEnumerable<SweepResult> Sums(int pass, Func<int, EquatableArray<ResultPart>> value) =>
        BlocksOf(pass).Select(block => new SweepResult(ResultKind.Gradient, "sums", value(block), block));

    private SweepResult Flow(Expression slope) => new(
        _traits.OwnsRows ? ResultKind.Segment : ResultKind.Example, "flows", Algebra.Multiply(_coefficient, slope));

    /// <summary>|g|² block by block; of a table that several columns read, their rows' gradients are one where they name the same row.</summary>
    private Expression SquaredNorm() => _blocks.Select(block => Masked(block, Inner(Gradient(block, _outputGradient), Side.Right)))
        .Aggregate((Expression)_model.Graph.Number(0), Algebra.Add);

    /// <summary>Each block adds its own part: what is left out is not computed.</summary>
    private IEnumerable<SweepResult> Gram(int pass) => BlocksOf(pass).Select(block =>
        new SweepResult(ResultKind.Pair, "gram", Inner(Gradient(block, _stored), Side.Left, pass), block));

    /// <summary>The dot of an example's gradient in one block with itself, or with that of the left example of a pair.</summary>
    private Expression Inner(EquatableArray<ResultPart> gradient, Side side, int pass = -1)
    {
        var total = _model.Graph.Number(0) as Expression;
        for (var a = 0; a < gradient.Count; a++)
        {
            for (var b = 0; b < gradient.Count; b++)
            {
                var (first, second) = (gradient[a], gradient[b]);
                var left = side == Side.Left ? Algebra.Substitute(first.Value, e => OnTheLeft(e, pass)) : first.Value;
                var dot = Algebra.Inner(left, second.Value);
                var isSame = first.Column < 0 || (side == Side.Right && a == b) || (side == Side.Left && _traits.IsShared(first.Column, pass));
                total = Algebra.Add(total, isSame ? dot : Algebra.Multiply(_model.Graph.Symbol(new(
                    $"[{first.Column}{(side == Side.Left ? "'" : "")}={second.Column}]", Role.SameRow, first.Column, Shape.Number, second.Column, side)), dot));
            }
        }

        return total;
    }

    /// <summary>
    /// A pair shares the row of its pass; everything else of the left example is its own, its share of that row's
    /// penalty too, since the two sets may count by different rules.
    /// </summary>
    private Expression? OnTheLeft(Expression expression, int pass) => expression switch
    {
        Symbol { Role: Role.Parameter } symbol when symbol.Column < 0 || _traits.IsShared(symbol.Column, pass) => symbol,
        Symbol symbol => _model.Graph.Symbol(symbol.Leaf with { Name = symbol.Name + "'", Side = Side.Left }),
        _ => null,
    };

    private IEnumerable<int> BlocksOf(int pass) => _blocks.Where(block => _traits.PassOf(block) == pass);

    /// <summary>A number of a block that is 0 while the block is not among those that are differentiated.</summary>
    private Expression Masked(int block, Expression value) =>
        _blocks.Count == 1 ? value : Algebra.Times(_model.Mask(block), value);

    // ---- derivatives ---------------------------------------------------------------------------------------------

    /// <summary>The rates of change along a direction that moves some of the blocks.</summary>
    private Func<Expression, Expression?> Along(Role role, string prefix, IReadOnlyList<int> blocks) => e =>
        e is Symbol { Role: Role.Parameter } symbol && blocks.Contains(symbol.Slot)
            ? Masked(symbol.Slot, ModelGraph.SymbolOf(_model.Graph, _model.Blocks, symbol.Slot, symbol.Column, role, prefix))
            : null;

    private Expression AlongDirection(Expression value, IReadOnlyList<int> blocks) => Derivative.Tangent(value,
        Along(Role.Direction, "v", blocks), "v", blocks.Count == _blocks.Count ? _alongDirection : []);

    private Expression AlongOther(Expression value) =>
        Derivative.Tangent(value, Along(Role.Other, "u", _blocks), "u", _alongOther);

    /// <summary>Forward mode: J v.</summary>
    private Expression OutputAlong(IReadOnlyList<int> blocks) => AlongDirection(_model.Output, blocks);

    /// <summary>The second derivative in the output; of several outputs, the row of one of them: along a basis vector.</summary>
    private Expression OutputHessian() => Derivative.Tangent(_outputGradient.Bare, e => !ReferenceEquals(e, _model.Output) ? null
        : _model.Output.IsScalar ? _model.Graph.Number(1)
        : _model.Graph.Symbol(new("unit", Role.Basis, 0, _model.Output.Shape)));

    /// <summary>Reverse mode: the output's gradient in one block, times a multiplier.</summary>
    private EquatableArray<ResultPart> Output(int block, Expression multiplier)
    {
        if (!_adjoints.TryGetValue(multiplier, out var adjoints))
        {
            _adjoints[multiplier] = adjoints = Derivative.Adjoint(_model.Output, multiplier, "r");
        }

        return new(_model.ParametersOf(block).Select(symbol => new ResultPart(
            adjoints.TryGetValue(symbol, out var adjoint) ? adjoint : Algebra.ZeroOf(symbol), symbol.Column)));
    }

    /// <summary>Reverse mode: the loss's gradient in one block, r times the output's plus the penalty's own.</summary>
    private EquatableArray<ResultPart> Gradient(int block, Expression outputGradient, Expression? coefficient = null)
    {
        var seed = coefficient is null ? outputGradient : Algebra.Times(coefficient, outputGradient);
        var penalty = Derivative.Adjoint(_penalty, coefficient ?? _model.Graph.Number(1));
        return new(Output(block, seed).Zip(_model.ParametersOf(block), (part, symbol) =>
            penalty.TryGetValue(symbol, out var own) ? part with { Value = Algebra.Add(part.Value, own) } : part));
    }

    /// <summary>Forward over reverse: the derivative of a block's weighted gradient along the direction v.</summary>
    private EquatableArray<ResultPart> HessianVector(int block) =>
        Parts(Gradient(block, _outputGradient, _coefficient), value => AlongDirection(value, _blocks));

    private static EquatableArray<ResultPart> Parts(EquatableArray<ResultPart> parts, Func<Expression, Expression> value) =>
        new(parts.Select(part => part with { Value = value(part.Value) }));

    /// <summary>Forward mode: the derivative of the loss along a direction that moves some of the blocks.</summary>
    private Expression Slope(Expression outputGradient, IReadOnlyList<int> blocks) => Algebra.Add(
        Algebra.Inner(outputGradient, OutputAlong(blocks)), AlongDirection(_penalty, blocks));
}
