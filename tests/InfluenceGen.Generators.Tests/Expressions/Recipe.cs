using FsCheck;
using FsCheck.Fluent;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>
/// How to build an expression: a tree that can be built with <see cref="Algebra"/>, which simplifies as it builds, and
/// worked out directly in plain arithmetic, which does not.
/// </summary>
internal abstract record Recipe
{
    private static readonly Symbol[] _scalars = [Leaves.Scalar("a"), Leaves.Scalar("b"), Leaves.Scalar("c")];
    private static readonly Symbol[] _vectors = [Leaves.Vector("u"), Leaves.Vector("v"), Leaves.Vector("w")];

    /// <summary>The leaves that recipes are made of.</summary>
    public static IEnumerable<Symbol> AllLeaves => _scalars.Concat(_vectors);

    /// <summary>Built with <see cref="Algebra"/>.</summary>
    public abstract Expression Build();

    /// <summary>Worked out directly; an array of one number for a scalar.</summary>
    public abstract double[] Value(IReadOnlyDictionary<Expression, double[]> leaves);

    public double Scalar(IReadOnlyDictionary<Expression, double[]> leaves) => Value(leaves)[0];

    public sealed record Constant(double Number) : Recipe
    {
        public override Expression Build() => new Number(Number);

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) => [Number];
    }

    public sealed record Leaf(Symbol Symbol) : Recipe
    {
        public override Expression Build() => Symbol;

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) => leaves[Symbol];
    }

    public sealed record Plus(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Add(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [.. Left.Value(leaves).Zip(Right.Value(leaves), (a, b) => a + b)];
    }

    public sealed record Minus(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Subtract(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) => [Left.Scalar(leaves) - Right.Scalar(leaves)];
    }

    /// <summary>A scalar times a scalar or a vector.</summary>
    public sealed record Times(Recipe Factor, Recipe Of) : Recipe
    {
        public override Expression Build() => Algebra.Times(Factor.Build(), Of.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves)
        {
            var factor = Factor.Scalar(leaves);
            return [.. Of.Value(leaves).Select(x => factor * x)];
        }
    }

    public sealed record Inner(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Inner(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [Left.Value(leaves).Zip(Right.Value(leaves), (a, b) => a * b).Sum()];
    }

    public sealed record Function(FunctionRule Rule, Recipe Argument) : Recipe
    {
        public override Expression Build() => new Apply(Rule, Argument.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [Arithmetic.Function(Rule)(Argument.Scalar(leaves))];
    }

    /// <summary>A value with a name of its own, which simplification does not take apart.</summary>
    public sealed record Call(string Name, Recipe Of) : Recipe
    {
        public override Expression Build() => new Named(Name, Of.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) => Of.Value(leaves);
    }

    /// <summary>Checks a property of arbitrary scalar recipes and leaves. Every run tries the same cases.</summary>
    public static void Check(Action<Recipe, IReadOnlyDictionary<Expression, double[]>> property) => Prop.ForAll(
        Scalars(4).ToArbitrary(), Values.ToArbitrary(), (recipe, values) => property(recipe, values))
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(400)
            .WithReplay(new Replay(new Rnd(20_261_122, 1), null)));

    private static Gen<IReadOnlyDictionary<Expression, double[]>> Values =>
        from numbers in Gen.Choose(-12, 12).Select(n => n / 8.0).ArrayOf(_scalars.Length + 3 * _vectors.Length)
        select (IReadOnlyDictionary<Expression, double[]>)AllLeaves.Select((leaf, index) => (Leaf: (Expression)leaf, Values: leaf.IsScalar
            ? [numbers[index]]
            : numbers[(_scalars.Length + 3 * (index - _scalars.Length))..][..3])).ToDictionary(pair => pair.Leaf, pair => pair.Values);

    private static Gen<Recipe> Scalars(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements(_scalars).Select(Recipe (symbol) => new Leaf(symbol)),
            Gen.Elements(-1.0, 0, 0.5, 1, 2).Select(Recipe (number) => new Constant(number)));
        return depth == 0 ? leaf : Gen.OneOf(
            leaf,
            Pairs(Scalars(depth - 1), Scalars(depth - 1), (a, b) => new Plus(a, b)),
            Pairs(Scalars(depth - 1), Scalars(depth - 1), (a, b) => new Minus(a, b)),
            Pairs(Scalars(depth - 1), Scalars(depth - 1), (a, b) => new Times(a, b)),
            Pairs(Vectors(depth - 1), Vectors(depth - 1), (a, b) => new Inner(a, b)),
            Pairs(Gen.Elements(Leaves.Functions.Values.ToArray()), Scalars(depth - 1), (f, a) => new Function(f, a)),
            Scalars(depth - 1).Select(Recipe (a) => new Call("t" + depth, a)));
    }

    private static Gen<Recipe> Vectors(int depth)
    {
        var leaf = Gen.Elements(_vectors).Select(Recipe (symbol) => new Leaf(symbol));
        return depth == 0 ? leaf : Gen.OneOf(
            leaf,
            Pairs(Vectors(depth - 1), Vectors(depth - 1), (a, b) => new Plus(a, b)),
            Pairs(Scalars(depth - 1), Vectors(depth - 1), (a, b) => new Times(a, b)),
            Vectors(depth - 1).Select(Recipe (a) => new Call("z" + depth, a)));
    }

    private static Gen<Recipe> Pairs<TLeft, TRight>(Gen<TLeft> left, Gen<TRight> right, Func<TLeft, TRight, Recipe> make) =>
        from a in left
        from b in right
        select make(a, b);
}
