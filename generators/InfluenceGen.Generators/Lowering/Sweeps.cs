using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// Derives every sweep of the contract from a model's graph: one line each, composed of tangents and adjoints.
/// </summary>
internal sealed class Sweeps
{
    private static readonly Symbol _coefficient = new("c", Role.Coefficient, 0, null);

    private readonly ModelGraph _model;
    private readonly List<int> _blocks;
    private readonly Symbol _stored;
    private readonly Symbol _cotangent;
    private readonly Expression _loss;
    private readonly Named _outputGradient;

    // What is derived once serves every sweep: a rate of change, and the adjoints that belong to a multiplier.
    private readonly Dictionary<Named, Expression> _alongDirection = [];
    private readonly Dictionary<Named, Expression> _alongOther = [];
    private readonly Dictionary<Expression, IReadOnlyDictionary<Expression, Expression>> _adjoints = [];

    private Sweeps(ModelGraph model)
    {
        _model = model;
        _blocks = Enumerable.Range(0, model.Blocks.Count).ToList();
        var outputs = model.Output.Length;
        _stored = new Symbol("r", Role.OutputGradient, 0, outputs);
        _cotangent = new Symbol("a", Role.Cotangent, 0, outputs);
        _loss = model.Loss.Value(model.Output, model.Label);

        // r = ∂loss/∂s: reverse mode that stops at the output.
        var gradient = Derivative.Adjoint(_loss, Algebra.One, leaf: model.Output)[model.Output];
        _outputGradient = new Named("r", gradient is Named named ? named.Value : gradient);
    }

    public static IReadOnlyList<Sweep> Of(ModelGraph model) => new Sweeps(model).All().ToList();

    /// <summary>Whether outputs are linear in the parameters: their second derivative is zero.</summary>
    public static bool HasLinearOutputs(ModelGraph model)
    {
        var sweeps = new Sweeps(model);
        return Algebra.IsZero(sweeps.AlongOther(sweeps.OutputAlong(sweeps._blocks)));
    }

    private IEnumerable<Sweep> All()
    {
        yield return ForEach("Predict", "outputs", _model.Output);
        yield return ForEach("Loss", "losses", new Named("loss", Algebra.Add(_loss, _model.Penalty)));
        yield return ForEach("OutputGradient", "outputGradients", _outputGradient);
        yield return ForEach("OutputHessian", "outputHessians", OutputHessian());
        if (_model.LastLayer >= 0)
        {
            yield return new Sweep("LastLayerFeatures", 0, new([new SweepResult(ResultKind.ExampleRow, "layerFeatures",
                LastLayerFeatures(), _model.LastLayer)]));
        }

        yield return ForEach("OutputDot", "dots", OutputAlong(_blocks));
        yield return ForEach("GradientDot", "dots", Slope(_outputGradient, _blocks));
        yield return ForEach("GradientSquaredNorm", "norms", _blocks
            .Select(block => Masked(block, Algebra.Inner(Gradient(block, _outputGradient), Gradient(block, _outputGradient))))
            .SelectMany(Algebra.Expand).Aggregate(Algebra.Add));
        yield return new Sweep("Gradients", 0, new(_blocks.Select(block => new SweepResult(ResultKind.ExampleRow, "rows",
            Masked(block, Gradient(block, _outputGradient)), block))));
        foreach (var sweep in EachPass("GradientSum", GradientSum))
        {
            yield return sweep;
        }

        var flowBlocks = _blocks.Where(block => !_model.Blocks[block].IsOwned).ToList();
        yield return new Sweep("GradientSumWithFlow", 0, new(GradientSum(0).Append(Flow(Slope(_outputGradient, flowBlocks)))));
        yield return new Sweep("Flow", 0, new([Flow(Slope(_stored, flowBlocks))]));
        var more = EachPass("GradientGram", Gram)
            .Concat(EachPass("OutputAdjointSum", pass => Sums(pass, block => Output(block, _cotangent))))
            .Concat(EachPass("HessianVectorSum", pass => Sums(pass, HessianVector)))
            .Append(ForEach("HessianDot", "dots", AlongOther(Slope(_outputGradient, _blocks, isNamed: true))))
            .Concat(EachPass("ThirdDerivativeSum", pass => Sums(pass, block => AlongOther(HessianVector(block)))));
        foreach (var sweep in more)
        {
            yield return sweep;
        }
    }

    // ---- what a sweep computes -----------------------------------------------------------------------------------

    private static Sweep ForEach(string method, string target, Expression value) =>
        new(method, 0, new([new SweepResult(ResultKind.Example, target, value)]));

    private IEnumerable<Sweep> EachPass(string method, Func<int, IEnumerable<SweepResult>> results) =>
        Enumerable.Range(0, _model.Passes).Select(pass => new Sweep(method, pass, new(results(pass))));

    /// <summary>The first pass also stores r, which the others read.</summary>
    private IEnumerable<SweepResult> GradientSum(int pass)
    {
        var sums = Sums(pass, block => Gradient(block, pass == 0 ? _outputGradient : _stored, _coefficient));
        return pass == 0 ? sums.Prepend(new SweepResult(ResultKind.Example, "outputGradients", _outputGradient)) : sums;
    }

    private IEnumerable<SweepResult> Sums(int pass, Func<int, Expression> value) =>
        BlocksOf(pass).Select(block => new SweepResult(ResultKind.Gradient, "sums", Masked(block, value(block)), block));

    private SweepResult Flow(Expression slope) => new(
        _model.OwnsRows ? ResultKind.Segment : ResultKind.Example, "flows", Algebra.Multiply(_coefficient, slope));

    /// <summary>Without tables, each block adds its own part: what is left out is not computed.</summary>
    private IEnumerable<SweepResult> Gram(int pass)
    {
        var parts = BlocksOf(pass).Select(block =>
        {
            var gradient = Gradient(block, _stored);
            var value = Algebra.Inner(Algebra.Substitute(gradient, e => OnTheLeft(e, pass)), gradient);
            return new SweepResult(ResultKind.Pair, "gram", Masked(block, value), block);
        }).ToList();
        return _model.Tables == 0 ? parts
            : [new SweepResult(ResultKind.Pair, "gram", parts.Select(part => part.Value).Aggregate(Algebra.Add))];
    }

    /// <summary>
    /// A pair shares the row of its pass; everything else of the left example is its own, its share of that row's
    /// penalty too, since the two sets may count by different rules.
    /// </summary>
    private Expression? OnTheLeft(Expression expression, int pass) => expression switch
    {
        Symbol { Role: Role.Parameter } symbol when !_model.Blocks[symbol.Slot].IsTable
            || _model.Blocks[symbol.Slot].RowIndex == pass => symbol,
        Symbol symbol => symbol with { Name = symbol.Name + "'", Side = Side.Left },
        _ => null,
    };

    private IEnumerable<int> BlocksOf(int pass) => _blocks
        .Where(block => !_model.Blocks[block].IsTable || _model.Blocks[block].RowIndex == pass);

    /// <summary>
    /// A value of a block that is 0 while the block is not among those that are differentiated. With matrices a result of
    /// one block is left out as a whole instead.
    /// </summary>
    private Expression Masked(int block, Expression value) =>
        _blocks.Count == 1 || (_model.HasMatrices && !value.IsScalar) ? value : Algebra.Times(_model.Mask(block), value);

    // ---- derivatives ---------------------------------------------------------------------------------------------

    /// <summary>The rates of change along a direction that moves some of the blocks.</summary>
    private Func<Expression, Expression?> Along(Func<int, Symbol> direction, IReadOnlyList<int> blocks) => e =>
        e is Symbol { Role: Role.Parameter } symbol && blocks.Contains(symbol.Slot)
            ? _blocks.Count == 1 ? direction(symbol.Slot) : Algebra.Times(_model.Mask(symbol.Slot), direction(symbol.Slot))
            : null;

    private Expression AlongOther(Expression value) =>
        Derivative.Tangent(value, Along(_model.Other, _blocks), "u", _alongOther);

    /// <summary>Forward mode: J v. Without matrices it is not named unless asked, so that sums of it can be taken apart.</summary>
    private Expression OutputAlong(IReadOnlyList<int> blocks, bool isNamed = false)
    {
        var rate = Along(_model.Direction, blocks);
        return isNamed || _model.HasMatrices
            ? Derivative.Tangent(_model.Output, rate, "v", _alongDirection)
            : Derivative.Tangent(_model.Output.Value, rate);
    }

    /// <summary>The second derivative in the output; of several outputs, the row of one of them: along a basis vector.</summary>
    private Expression OutputHessian() => Derivative.Tangent(_outputGradient.Value, e => !e.Equals(_model.Output) ? null
        : _model.Output.IsScalar ? Algebra.One
        : new Symbol("unit", Role.Basis, 0, _model.Output.Length));

    /// <summary>What the weights of the last layer multiply: the row of their gradient's outer product.</summary>
    private Expression LastLayerFeatures() =>
        Output(_model.LastLayer, _cotangent) switch
        {
            Outer outer => outer.Right,
            Scaled scaled => scaled.Vector,
            _ => throw new InvalidOperationException("The last layer does not multiply a vector."),
        };

    /// <summary>Reverse mode: the output's gradient in one block, times a multiplier.</summary>
    private Expression Output(int block, Expression multiplier)
    {
        if (!_adjoints.TryGetValue(multiplier, out var adjoints))
        {
            adjoints = Derivative.Adjoint(_model.Output, multiplier, _model.HasMatrices ? "r" : "");
            _adjoints[multiplier] = adjoints;
        }

        return adjoints[_model.Parameter(block)];
    }

    /// <summary>Reverse mode: the loss's gradient in one block, r times the output's plus the penalty's own.</summary>
    private Expression Gradient(int block, Expression outputGradient, Expression? coefficient = null)
    {
        coefficient ??= Algebra.One;
        var output = Output(block, Algebra.Times(coefficient, outputGradient));
        var penalty = Derivative.Adjoint(_model.Penalty, coefficient);
        return penalty.TryGetValue(_model.Parameter(block), out var own) ? Algebra.Add(output, own) : output;
    }

    /// <summary>Forward over reverse: the derivative of a block's weighted gradient along the direction v.</summary>
    private Expression HessianVector(int block) => Derivative.Tangent(
        Gradient(block, _outputGradient, _coefficient), Along(_model.Direction, _blocks), "v", _alongDirection);

    /// <summary>Forward mode: the derivative of the loss along a direction that moves some of the blocks.</summary>
    private Expression Slope(Expression outputGradient, IReadOnlyList<int> blocks, bool isNamed = false) => Algebra.Add(
        Algebra.Inner(outputGradient, OutputAlong(blocks, isNamed)),
        Derivative.Tangent(_model.Penalty, Along(_model.Direction, blocks)));
}
