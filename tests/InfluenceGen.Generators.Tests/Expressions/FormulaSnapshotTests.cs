using InfluenceGen.Examples;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;
using Xunit;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Every rule and every sweep as a formula, one a line, for a reader to review.</summary>
public class FormulaSnapshotTests
{
    private readonly Leaves _leaves = new();
    private readonly Symbol _a, _b, _c, _u, _v, _w, _p, _m, _s, _x, _y;

    public FormulaSnapshotTests()
    {
        (_a, _b, _c) = (_leaves.Scalar("a"), _leaves.Scalar("b"), _leaves.Scalar("c"));
        (_u, _v, _w) = (_leaves.Vector("u"), _leaves.Vector("v"), _leaves.Vector("w"));
        (_p, _m) = (_leaves.Vector("p", Leaves.Height), _leaves.Matrix("M"));
        (_s, _x, _y) = (_leaves.Scalar("s"), _leaves.Scalar("x"), _leaves.Scalar("y"));
    }

    private Graph Graph => _leaves.Graph;

    [Fact]
    public void Functions_and_their_derivatives() => Lines("Functions", Leaves.Functions.Values.Select(function =>
    {
        Expression value = Graph.Apply(function, _x);
        var first = Along(value, _x);
        return $"{Formula.Of(value)}    first {Formula.Of(first)}    second {Formula.Of(Along(first, _x))}";
    }));

    [Fact]
    public void Losses_and_their_derivatives() => Lines("Losses", Leaves.Losses.Values.Select(loss =>
    {
        // The gradient in the outputs, and what of its Hessian stands along a direction of them.
        var (s, y) = loss.Labels == nameof(LabelDomain.Distribution) ? (_leaves.Vector("s of several"), _leaves.Vector("y of several")) : (_s, _y);
        var value = loss.Value(s, y);
        var first = Derivative.Adjoint(value, _leaves.One, leaf: s)[s];
        var second = Derivative.Tangent(first, e => e.Equals(s) ? _leaves.Rate(s) : null);
        return $"{loss.Name}: {Formula.Of(value)}    first {Formula.Of(first)}    second {Formula.Of(second)}"
            + $"    labels {loss.Labels}    inverse link {loss.InverseLink}";
    }));

    [Fact]
    public void Forward_mode_rule_by_rule() => Lines("ForwardMode", new Expression[]
    {
        Algebra.Add(_a, _b),
        Algebra.Subtract(_a, _b),
        Algebra.Multiply(_leaves.Number(3), _a),
        Algebra.Multiply(Algebra.Multiply(_a, _b), _c),
        Algebra.Square(_a),
        Algebra.Square(Algebra.Subtract(_a, _b)),
        Algebra.Add(_u, _v),
        Algebra.Scale(_a, _u),
        Algebra.Dot(_u, _v),
        Algebra.Dot(_u, _u),
        Algebra.Dot(Algebra.Scale(_a, _u), Algebra.Add(_v, _w)),
        Graph.Apply(FunctionRules.Softplus, Algebra.Dot(_u, _v)),
        Algebra.Multiply(_u, _v),
        Algebra.Multiply(_u, Graph.Apply(FunctionRules.NormalCdf, _u)),
        Algebra.MatrixVector(_m, _u),
        Algebra.MatrixVector(_m, _p, isTransposed: true),
        Algebra.Outer(_p, _u),
        Graph.ApplyToRow(FunctionRules.Softmax, _u),
        Graph.ApplyToRow(FunctionRules.SoftmaxCrossEntropy, _u, Algebra.Constant(0.5, _u)),
        Graph.ApplyToRow(FunctionRules.Residual, _u, Algebra.Constant(0.5, _u)),
        Graph.ApplyToRow(FunctionRules.Covariance, _u, _v),
        Graph.Named("t", Algebra.Multiply(_a, _b)),
    }.Select(e => $"d ({Formula.Of(Whole(e))})  =  {Formula.Of(Derivative.Tangent(e, Rate))}"));

    [Fact]
    public void Reverse_mode_rule_by_rule() => Lines("ReverseMode", new Expression[]
    {
        Algebra.Subtract(_a, _b),
        Algebra.Multiply(Algebra.Multiply(_a, _b), _c),
        Algebra.Square(Algebra.Subtract(_a, _b)),
        Algebra.Dot(_u, _v),
        Algebra.Dot(_u, _u),
        Algebra.Dot(Algebra.Scale(_a, _u), Algebra.Add(_v, _w)),
        Graph.Apply(FunctionRules.Softplus, Algebra.Dot(_u, _v)),
        Algebra.Dot(Algebra.Multiply(_u, _v), _w),
        Algebra.Dot(Algebra.MatrixVector(_m, _u), _p),
        Algebra.Dot(Algebra.MatrixVector(_m, _p, isTransposed: true), Graph.Apply(FunctionRules.Tanh, _u)),
        Algebra.Inner(Algebra.Outer(_p, _u), _m),
        Algebra.Dot(Graph.ApplyToRow(FunctionRules.Softmax, _u), _v),
        Graph.ApplyToRow(FunctionRules.SoftmaxCrossEntropy, _u, Algebra.Constant(0.5, _u)),
        Algebra.Dot(Graph.ApplyToRow(FunctionRules.Covariance, _u, _v), _w),
    }.Select(e => $"{Formula.Of(e)}:  " + string.Join(",  ", Derivative.Adjoint(e, _leaves.Scalar("ē"))
        .Select(leaf => $"{Formula.Of(leaf.Key)}̄ += {Formula.Of(leaf.Value)}"))));

    [Theory]
    [InlineData("Linear", "Squared")]
    [InlineData("Logistic", "Logistic")]
    [InlineData("MatrixFactorization", "Squared")]
    [InlineData("Softmax", "SoftmaxCrossEntropy")]
    [InlineData("Mlp", "SoftmaxCrossEntropy")]
    [InlineData("GeluUnit", "Logistic")]
    internal void Sweeps_of_a_family(string name, string loss)
    {
        var layers = name switch
        {
            "MatrixFactorization" => null,
            "Softmax" => new LayersSpec(4, new([]), "Identity", 3, HasBias: true),
            "Mlp" => new LayersSpec(4, new([5, 6]), "Tanh", 3, HasBias: true),
            "GeluUnit" => new LayersSpec(4, new([5]), "Gelu", 1, HasBias: false),
            _ => new LayersSpec(4, new([]), "Identity", 1, HasBias: true),
        };
        var spec = new ModelSpec("M", "", new([]), "class", "M",
            layers is null ? ModelFamily.MatrixFactorization : ModelFamily.Layers, layers, loss, Rank: 4, L2: 0.5,
            RegularisesBias: false, IsSingle: false, new([]), null, null);
        var model = Families.Graph(spec, RuleTables.Shipped);
        var sweeps = SweepDerivation.Of(model, Traits.Of(model));
        Lines($"Sweeps{name}", sweeps.SelectMany(sweep => sweep.Results.SelectMany(result => result.Parts.Select(part =>
            $"{sweep.Method} {sweep.Pass}: {result.Kind} {result.Target}"
            + (result.Block >= 0 && result.Kind != ResultKind.Pair ? "." + model.Blocks[result.Block].Name : "")
            + $" = {Formula.Of(Whole(part.Value))}"))
            .Concat(Definitions(sweep).Select(named => $"    {named.Name} = {Formula.Of(named.Value)}"))));
    }

    /// <summary>The named values that a sweep is made of, each after those it needs.</summary>
    private static IEnumerable<Named> Definitions(Sweep sweep) => ModelGraph.Reached(sweep.Values).OfType<Named>();

    private static void Lines(string name, IEnumerable<string> lines) =>
        Snapshot.Matches("Formulas." + name, "txt", string.Concat(lines.Select(line => line + "\n")));

    private Expression Along(Expression expression, Symbol leaf) =>
        Derivative.Tangent(expression, e => e.Equals(leaf) ? _leaves.One : null);

    /// <summary>Every leaf moves: a at the rate da.</summary>
    private Expression? Rate(Expression e) => e is Symbol symbol ? _leaves.Rate(symbol) : null;

    /// <summary>What a named value stands for.</summary>
    private static Expression Whole(Expression e) => e is Named named ? named.Value : e;
}
