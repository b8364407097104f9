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
    /// <summary>Where all recipes are built.</summary>
    public static Leaves Leaves { get; } = new();

    private static readonly Symbol[] _scalars = [Leaves.Scalar("a"), Leaves.Scalar("b"), Leaves.Scalar("c")];
    private static readonly Symbol[] _long = [Leaves.Vector("u"), Leaves.Vector("v"), Leaves.Vector("w")];
    private static readonly Symbol[] _short = [Leaves.Vector("p", Expressions.Leaves.Height), Leaves.Vector("q", Expressions.Leaves.Height)];
    private static readonly Symbol[] _matrices = [Leaves.Matrix("M"), Leaves.Matrix("N")];


    /// <summary>The leaves that recipes are made of.</summary>
    public static IEnumerable<Symbol> AllLeaves => [.. _scalars, .. _long, .. _short, .. _matrices];

    /// <summary>Built with <see cref="Algebra"/>.</summary>
    public abstract Expression Build();

    /// <summary>Worked out directly; an array of one number for a scalar.</summary>
    public abstract double[] Value(IReadOnlyDictionary<Expression, double[]> leaves);

    public double Scalar(IReadOnlyDictionary<Expression, double[]> leaves) => Value(leaves)[0];

    public sealed record Constant(double Number) : Recipe
    {
        public override Expression Build() => Leaves.Number(Number);

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

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [.. Left.Value(leaves).Zip(Right.Value(leaves), (a, b) => a - b)];
    }

    /// <summary>A scalar times a value of any shape.</summary>
    public sealed record Times(Recipe Factor, Recipe Of) : Recipe
    {
        public override Expression Build() => Algebra.Times(Factor.Build(), Of.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves)
        {
            var factor = Factor.Scalar(leaves);
            return [.. Of.Value(leaves).Select(x => factor * x)];
        }
    }

    /// <summary>Two vectors, element by element.</summary>
    public sealed record ElementByElement(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Multiply(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [.. Left.Value(leaves).Zip(Right.Value(leaves), (a, b) => a * b)];
    }

    public sealed record Inner(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Inner(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [Arithmetic.Dot(Left.Value(leaves), Right.Value(leaves))];
    }

    public sealed record MatrixTimes(Recipe Matrix, Recipe Vector, bool IsTransposed) : Recipe
    {
        public override Expression Build() => Algebra.MatrixVector(Matrix.Build(), Vector.Build(), IsTransposed);

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            Arithmetic.Times(Matrix.Value(leaves), Vector.Value(leaves), IsTransposed);
    }

    public sealed record ColumnTimesRow(Recipe Left, Recipe Right) : Recipe
    {
        public override Expression Build() => Algebra.Outer(Left.Build(), Right.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            Arithmetic.Outer(Left.Value(leaves), Right.Value(leaves));
    }

    /// <summary>A function of a scalar, or of each element of a vector.</summary>
    public sealed record Function(FunctionRule Rule, Recipe Argument) : Recipe
    {
        public override Expression Build() => Leaves.Graph.Apply(Rule, Argument.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) =>
            [.. Argument.Value(leaves).Select(Arithmetic.Function(Rule))];
    }

    /// <summary>A function of whole vectors; labels are shares, the same for each element.</summary>
    public sealed record RowFunction(RowFunctionRule Rule, Recipe Argument, Recipe Other) : Recipe
    {
        public override Expression Build()
        {
            var argument = Argument.Build();
            return Rule == FunctionRules.Softmax ? Leaves.Graph.ApplyToRow(Rule, argument)
                : Leaves.Graph.ApplyToRow(Rule, argument, Rule == FunctionRules.Covariance ? Other.Build() : Algebra.Constant(0.25, argument));
        }

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves)
        {
            var argument = Argument.Value(leaves);
            return Arithmetic.RowFunction(Rule)(
                [argument, Rule == FunctionRules.Covariance ? Other.Value(leaves) : [.. argument.Select(_ => 0.25)]]);
        }
    }

    /// <summary>A value with a name of its own, which simplification does not take apart.</summary>
    public sealed record Call(string Name, Recipe Of) : Recipe
    {
        public override Expression Build() => Leaves.Graph.Named(Name, Of.Build());

        public override double[] Value(IReadOnlyDictionary<Expression, double[]> leaves) => Of.Value(leaves);
    }

    /// <summary>
    /// Checks a property of arbitrary scalar recipes and leaves; smooth ones have no kinks. Every run tries the same cases.
    /// </summary>
    public static void Check(Action<Recipe, IReadOnlyDictionary<Expression, double[]>> property, bool isSmooth = false) => Prop.ForAll(
        new Kinds(isSmooth).Scalars(4).ToArbitrary(), Values.ToArbitrary(), (recipe, values) => property(recipe, values))
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(400)
            .WithReplay(new Replay(new Rnd(20_261_122, 1), null)));

    private static Gen<IReadOnlyDictionary<Expression, double[]>> Values =>
        from numbers in Gen.Choose(-12, 12).Select(n => n / 8.0).ArrayOf(AllLeaves.Sum(Size))
        select Deal(numbers);

    private static IReadOnlyDictionary<Expression, double[]> Deal(double[] numbers)
    {
        var (leaves, next) = (new Dictionary<Expression, double[]>(), 0);
        foreach (var leaf in AllLeaves)
        {
            leaves[leaf] = numbers[next..(next + Size(leaf))];
            next += Size(leaf);
        }

        return leaves;
    }

    private static int Size(Symbol leaf) => (leaf.Length?.Size ?? 1) * (leaf.Rows?.Size ?? 1);

    /// <summary>Generators of recipes of each shape.</summary>
    private sealed class Kinds(bool isSmooth)
    {
        // What has a kink at 0 has no finite difference there.
        private readonly FunctionRule[] _functions = [.. Expressions.Leaves.Functions.Values.Where(function => !isSmooth
            || (function != FunctionRules.Positive && function != FunctionRules.Step))];

        private readonly RowFunctionRule[] _rowFunctions = [.. Expressions.Leaves.RowFunctions.Values];

        public Gen<Recipe> Scalars(int depth)
        {
            var leaf = Gen.OneOf(
                Gen.Elements(_scalars).Select(Recipe (symbol) => new Leaf(symbol)),
                Gen.Elements(-1.0, 0, 0.5, 1, 2).Select(Recipe (number) => new Constant(number)));
            if (depth == 0)
            {
                return leaf;
            }

            var (scalars, longer, shorter) = (Scalars(depth - 1), Vectors(depth - 1, _long), Vectors(depth - 1, _short));
            return Gen.OneOf(
                leaf,
                Pairs(scalars, scalars, (a, b) => new Plus(a, b)),
                Pairs(scalars, scalars, (a, b) => new Minus(a, b)),
                Pairs(scalars, scalars, (a, b) => new Times(a, b)),
                Pairs(longer, longer, (a, b) => new Inner(a, b)),
                Pairs(shorter, shorter, (a, b) => new Inner(a, b)),
                Pairs(Pairs(shorter, longer, (a, b) => new ColumnTimesRow(a, b)), Matrices(depth - 1), (a, b) => new Inner(a, b)),
                Pairs(Gen.Elements(_functions), scalars, Apply),
                RowFunctions(longer, isScalar: true),
                scalars.Select(Recipe (a) => new Call("t" + depth, a)));
        }

        private Gen<Recipe> Vectors(int depth, Symbol[] leaves)
        {
            var leaf = Gen.Elements(leaves).Select(Recipe (symbol) => new Leaf(symbol));
            if (depth == 0)
            {
                return leaf;
            }

            var (scalars, vectors) = (Scalars(depth - 1), Vectors(depth - 1, leaves));
            var isShort = leaves == _short;
            return Gen.OneOf(
                leaf,
                Pairs(vectors, vectors, (a, b) => new Plus(a, b)),
                Pairs(vectors, vectors, (a, b) => new Minus(a, b)),
                Pairs(scalars, vectors, (a, b) => new Times(a, b)),
                Pairs(vectors, vectors, (a, b) => new ElementByElement(a, b)),
                Pairs(Gen.Elements(_functions), vectors, Apply),
                RowFunctions(vectors, isScalar: false),
                Pairs(Matrices(depth - 1), Vectors(depth - 1, isShort ? _long : _short), (a, b) => new MatrixTimes(a, b, !isShort)),
                vectors.Select(Recipe (a) => new Call((isShort ? "s" : "z") + depth, a)));
        }

        private Gen<Recipe> Matrices(int depth)
        {
            var leaf = Gen.Elements(_matrices).Select(Recipe (symbol) => new Leaf(symbol));
            return depth == 0 ? leaf : Gen.OneOf(
                leaf,
                Pairs(Matrices(depth - 1), Matrices(depth - 1), (a, b) => new Plus(a, b)),
                Pairs(Scalars(depth - 1), Matrices(depth - 1), (a, b) => new Times(a, b)),
                Pairs(Vectors(depth - 1, _short), Vectors(depth - 1, _long), (a, b) => new ColumnTimesRow(a, b)));
        }

        private Gen<Recipe> RowFunctions(Gen<Recipe> vectors, bool isScalar) =>
            from rule in Gen.Elements(_rowFunctions.Where(rule => rule.IsScalar == isScalar))
            from a in vectors
            from b in vectors
            select (Recipe)new RowFunction(rule, a, b);

        /// <summary>A function of a recipe; of a bounded one where it would soon leave what a double can hold.</summary>
        private static Recipe Apply(FunctionRule function, Recipe argument) => new Function(function,
            function == FunctionRules.Exp ? new Function(FunctionRules.Tanh, argument) : argument);
    }

    private static Gen<Recipe> Pairs<TLeft, TRight>(Gen<TLeft> left, Gen<TRight> right, Func<TLeft, TRight, Recipe> make) =>
        from a in left
        from b in right
        select make(a, b);
}
