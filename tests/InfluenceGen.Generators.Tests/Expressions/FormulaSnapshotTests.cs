using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Every rule and every sweep as a formula, one a line, for a reader to review.</summary>
public class FormulaSnapshotTests
{
    private static readonly Symbol _a = Leaves.Scalar("a"), _b = Leaves.Scalar("b"), _c = Leaves.Scalar("c");
    private static readonly Symbol _u = Leaves.Vector("u"), _v = Leaves.Vector("v"), _w = Leaves.Vector("w");
    private static readonly Symbol _p = Leaves.Vector("p", Leaves.Height), _m = Leaves.Matrix("M");
    private static readonly Symbol _s = Leaves.Scalar("s"), _x = Leaves.Scalar("x"), _y = Leaves.Scalar("y");

    [Fact]
    public void Functions_and_their_derivatives() => Lines("Functions", Leaves.Functions.Values.Select(function =>
    {
        Expression value = new Apply(function, _x);
        var first = Along(value, _x);
        return $"{Formula.Of(value)}    first {Formula.Of(first)}    second {Formula.Of(Along(first, _x))}";
    }));

    [Fact]
    public void Losses_and_their_derivatives() => Lines("Losses", Leaves.Losses.Values.Select(loss =>
    {
        // The gradient in the outputs, and what of its Hessian stands along a direction of them.
        var (s, y) = loss.Labels == nameof(LabelDomain.Distribution) ? (Leaves.Vector("s"), Leaves.Vector("y")) : (_s, _y);
        var value = loss.Value(s, y);
        var first = Derivative.Adjoint(value, Algebra.One, leaf: s)[s];
        var second = Derivative.Tangent(first, e => e.Equals(s) ? s with { Name = "ds" } : null);
        return $"{loss.Name}: {Formula.Of(value)}    first {Formula.Of(first)}    second {Formula.Of(second)}"
            + $"    labels {loss.Labels}    inverse link {loss.InverseLink}";
    }));

    [Fact]
    public void Forward_mode_rule_by_rule() => Lines("ForwardMode", new Expression[]
    {
        Algebra.Add(_a, _b),
        Algebra.Subtract(_a, _b),
        Algebra.Multiply(new Number(3), _a),
        Algebra.Multiply(Algebra.Multiply(_a, _b), _c),
        Algebra.Square(_a),
        Algebra.Square(Algebra.Subtract(_a, _b)),
        Algebra.Add(_u, _v),
        Algebra.Scale(_a, _u),
        Algebra.Dot(_u, _v),
        Algebra.Dot(_u, _u),
        Algebra.Dot(Algebra.Scale(_a, _u), Algebra.Add(_v, _w)),
        new Apply(FunctionRules.Softplus, Algebra.Dot(_u, _v)),
        Algebra.Multiply(_u, _v),
        Algebra.Multiply(_u, new Apply(FunctionRules.NormalCdf, _u)),
        Algebra.MatrixVector(_m, _u),
        Algebra.MatrixVector(_m, _p, isTransposed: true),
        Algebra.Outer(_p, _u),
        new ApplyToRow(FunctionRules.Softmax, new([_u])),
        new ApplyToRow(FunctionRules.SoftmaxCrossEntropy, new([_u, new Number(0.5, _u.Extent)])),
        new Named("t", Algebra.Multiply(_a, _b)),
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
        new Apply(FunctionRules.Softplus, Algebra.Dot(_u, _v)),
        Algebra.Dot(Algebra.Multiply(_u, _v), _w),
        Algebra.Dot(Algebra.MatrixVector(_m, _u), _p),
        Algebra.Dot(Algebra.MatrixVector(_m, _p, isTransposed: true), new Apply(FunctionRules.Tanh, _u)),
        Algebra.Inner(Algebra.Outer(_p, _u), _m),
        Algebra.Dot(new ApplyToRow(FunctionRules.Softmax, new([_u])), _v),
        new ApplyToRow(FunctionRules.SoftmaxCrossEntropy, new([_u, new Number(0.5, _u.Extent)])),
    }.Select(e => $"{Formula.Of(e)}:  " + string.Join(",  ", Derivative.Adjoint(e, Leaves.Scalar("ē"))
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
        Lines($"Sweeps{name}", Sweeps.Of(model).SelectMany(sweep => sweep.Results.Select(result =>
            $"{sweep.Method} {sweep.Pass}: {result.Kind} {result.Target}"
            + (result.Kind is ResultKind.Gradient or ResultKind.ExampleRow ? "." + model.Blocks[result.Block].Name : "")
            + $" = {Formula.Of(Whole(result.Value))}")
            .Concat(model.HasMatrices ? Definitions(sweep).Select(named => $"    {named.Name} = {Formula.Of(named.Value)}") : [])));
    }

    /// <summary>The named values that a sweep is made of, each after those it needs.</summary>
    private static List<Named> Definitions(Sweep sweep)
    {
        var (order, seen) = (new List<Named>(), new HashSet<string>());
        foreach (var result in sweep.Results)
        {
            Visit(result.Value);
        }

        return order;

        void Visit(Expression e)
        {
            if (e is Named done && !seen.Add(done.Name))
            {
                return;
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand);
            }

            if (e is Named named)
            {
                order.Add(named);
            }
        }
    }

    private static void Lines(string name, IEnumerable<string> lines) =>
        Snapshot.Matches("Formulas." + name, "txt", string.Concat(lines.Select(line => line + "\n")));

    private static Expression Along(Expression expression, Symbol leaf) =>
        Derivative.Tangent(expression, e => e.Equals(leaf) ? Algebra.One : null);

    /// <summary>Every leaf moves: a at the rate da.</summary>
    private static Expression? Rate(Expression e) => e is Symbol symbol ? symbol with { Name = "d" + symbol.Name } : null;

    /// <summary>What a named value stands for.</summary>
    private static Expression Whole(Expression e) => e is Named named ? named.Value : e;
}
