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
    private static readonly Symbol _stored = new("r", Role.OutputGradient, 0, null);
    private static readonly Symbol _cotangent = new("a", Role.Cotangent, 0, null);

    private readonly ModelGraph _model;
    private readonly List<int> _blocks;
    private readonly Named _outputGradient;

    private Sweeps(ModelGraph model)
    {
        _model = model;
        _blocks = Enumerable.Range(0, model.Blocks.Count).ToList();

        // r = ∂loss/∂s: the tangent along an output that moves at rate 1 while all else stands still.
        _outputGradient = new Named("r", AlongOutput(model.Loss.Value(model.Output, Families.Label)));
    }

    public static IReadOnlyList<Sweep> Of(ModelGraph model) => new Sweeps(model).All().ToList();

    /// <summary>Whether outputs are linear in the parameters: their second derivative is zero.</summary>
    public static bool HasLinearOutputs(ModelGraph model)
    {
        var sweeps = new Sweeps(model);
        var tangent = Derivative.Tangent(model.Output.Value, sweeps.Along(model.Direction, sweeps._blocks));
        return Algebra.IsZero(sweeps.AlongOther(tangent));
    }

    private IEnumerable<Sweep> All()
    {
        var loss = new Named("loss", Algebra.Add(_model.Loss.Value(_model.Output, Families.Label), _model.Penalty));
        yield return ForEach("Predict", "outputs", _model.Output);
        yield return ForEach("Loss", "losses", loss);
        yield return ForEach("OutputGradient", "outputGradients", _outputGradient);
        yield return ForEach("OutputHessian", "outputHessians", AlongOutput(_outputGradient.Value));
        if (_model.LastLayer >= 0)
        {
            yield return new Sweep("LastLayerFeatures", 0, new([new SweepResult(ResultKind.ExampleRow, "layerFeatures",
                Derivative.Adjoint(_model.Output, Algebra.One)[_model.Parameter(_model.LastLayer)], _model.LastLayer)]));
        }

        yield return ForEach("OutputDot", "dots", Derivative.Tangent(_model.Output, Along(_model.Direction, _blocks)));
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
        var more = EachPass("GradientGram", pass => [Gram(pass)])
            .Concat(EachPass("OutputAdjointSum", pass => Sums(pass, block => Output(block, _cotangent))))
            .Concat(EachPass("HessianVectorSum", pass => Sums(pass, block =>
                Algebra.Times(_coefficient, HessianVector(block)))))
            .Append(ForEach("HessianDot", "dots", AlongOther(Slope(_outputGradient, _blocks, "v"))))
            .Concat(EachPass("ThirdDerivativeSum", pass => Sums(pass, block =>
                Algebra.Times(_coefficient, AlongOther(HessianVector(block))))));
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
        var sums = Sums(pass, block => Algebra.Times(_coefficient, Gradient(block, pass == 0 ? _outputGradient : _stored)));
        return pass == 0 ? sums.Prepend(new SweepResult(ResultKind.Example, "outputGradients", _outputGradient)) : sums;
    }

    private IEnumerable<SweepResult> Sums(int pass, Func<int, Expression> value) =>
        BlocksOf(pass).Select(block => new SweepResult(ResultKind.Gradient, "sums", Masked(block, value(block)), block));

    private SweepResult Flow(Expression slope) => new(
        _model.OwnsRows ? ResultKind.Segment : ResultKind.Example, "flows", Algebra.Multiply(_coefficient, slope));

    private SweepResult Gram(int pass) => new(ResultKind.Pair, "gram", BlocksOf(pass)
        .Select(block => (Block: block, Gradient: Gradient(block, _stored)))
        .Select(own => Masked(own.Block,
            Algebra.Inner(Algebra.Substitute(own.Gradient, e => OnTheLeft(e, pass)), own.Gradient)))
        .Aggregate(Algebra.Add));

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

    /// <summary>A value of a block that is 0 while the block is not among those that are differentiated.</summary>
    private Expression Masked(int block, Expression value) =>
        _blocks.Count == 1 ? value : Algebra.Times(_model.Mask(block), value);

    // ---- derivatives ---------------------------------------------------------------------------------------------

    /// <summary>The derivative in the output, all else standing still.</summary>
    private Expression AlongOutput(Expression value) =>
        Derivative.Tangent(value, e => e.Equals(_model.Output) ? Algebra.One : null);

    /// <summary>The rates of change along a direction that moves some of the blocks.</summary>
    private Func<Expression, Expression?> Along(Func<int, Symbol> direction, IReadOnlyList<int> blocks) => e =>
        e is Symbol { Role: Role.Parameter } symbol && blocks.Contains(symbol.Slot)
            ? Masked(symbol.Slot, direction(symbol.Slot))
            : null;

    private Expression AlongOther(Expression value) => Derivative.Tangent(value, Along(_model.Other, _blocks), "u");

    /// <summary>Reverse mode: the output's gradient in one block, times a multiplier.</summary>
    private Expression Output(int block, Expression multiplier) =>
        Derivative.Adjoint(_model.Output, multiplier)[_model.Parameter(block)];

    /// <summary>Reverse mode: the loss's gradient in one block, r times the output's plus the penalty's own.</summary>
    private Expression Gradient(int block, Expression outputGradient)
    {
        var penalty = Derivative.Adjoint(_model.Penalty, Algebra.One);
        var output = Output(block, outputGradient);
        return penalty.TryGetValue(_model.Parameter(block), out var own) ? Algebra.Add(output, own) : output;
    }

    /// <summary>Forward over reverse: the derivative of a block's gradient along the direction v.</summary>
    private Expression HessianVector(int block) =>
        Derivative.Tangent(Gradient(block, _outputGradient), Along(_model.Direction, _blocks), "v");

    /// <summary>Forward mode: the derivative of the loss along a direction that moves some of the blocks.</summary>
    private Expression Slope(Expression outputGradient, IReadOnlyList<int> blocks, string prefix = "")
    {
        var rate = Along(_model.Direction, blocks);
        return Algebra.Add(
            Algebra.Multiply(outputGradient, Derivative.Tangent(prefix.Length == 0 ? _model.Output.Value : _model.Output, rate, prefix)),
            Derivative.Tangent(_model.Penalty, rate));
    }
}
