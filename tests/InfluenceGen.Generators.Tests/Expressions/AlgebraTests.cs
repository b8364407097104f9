using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using Xunit;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Simplification and differentiation of arbitrary expressions.</summary>
public class AlgebraTests
{
    [Fact]
    public void Building_an_expression_keeps_its_value() => Recipe.Check((recipe, leaves) =>
        Near(recipe.Scalar(leaves), recipe.Build(), leaves));

    [Fact]
    public void Expanding_keeps_the_sum_and_leaves_no_product_of_sums() => Recipe.Check((recipe, leaves) =>
    {
        var terms = Algebra.Expand(recipe.Build()).ToList();
        Near(recipe.Scalar(leaves), terms.Aggregate(Recipe.Leaves.Zero, Algebra.Add), leaves);
        Assert.All(terms, term => Assert.DoesNotContain(Algebra.FactorsOf(term), factor => factor is Sum));
    });

    [Fact]
    public void Substituting_a_leaf_is_building_with_the_other() => Recipe.Check((recipe, leaves) =>
    {
        var (a, b, u, v) = (Recipe.Leaves.Scalar("a"), Recipe.Leaves.Scalar("b"), Recipe.Leaves.Vector("u"), Recipe.Leaves.Vector("v"));
        var twice = Algebra.Substitute(recipe.Build(), e =>
            e.Equals(a) ? Algebra.Add(b, Recipe.Leaves.Number(2)) : e.Equals(u) ? Algebra.Scale(Recipe.Leaves.Number(-3), v) : null);
        var moved = new Dictionary<Expression, double[]>(leaves)
        {
            [a] = [leaves[b][0] + 2],
            [u] = [.. leaves[v].Select(x => -3 * x)],
        };
        Near(recipe.Scalar(moved), twice, leaves);
    });

    [Fact]
    public void Forward_mode_along_a_leaf_is_reverse_mode_at_it() => Recipe.Check((recipe, leaves) =>
    {
        var expression = recipe.Build();
        var adjoints = Derivative.Adjoint(expression, Recipe.Leaves.One);
        foreach (var leaf in Recipe.AllLeaves)
        {
            for (var k = 0; k < leaves[leaf].Length; k++)
            {
                // The direction that moves one element of one leaf.
                var direction = Recipe.Leaves.Rate(leaf);
                var values = new Dictionary<Expression, double[]>(leaves) { [direction] = new double[leaves[leaf].Length] };
                values[direction][k] = 1;
                var tangent = Derivative.Tangent(expression, e => e.Equals(leaf) ? direction : null);
                var adjoint = adjoints.TryGetValue(leaf, out var found) ? Arithmetic.Value(found, leaves)[k] : 0;
                Near(adjoint, tangent, values);
            }
        }
    });

    [Fact]
    public void Forward_mode_is_a_finite_difference() => Recipe.Check((recipe, leaves) =>
    {
        var direction = new Dictionary<Expression, double[]>();
        foreach (var leaf in Recipe.AllLeaves)
        {
            direction[leaf] = [.. leaves[leaf].Select((_, k) => Math.Cos(leaf.Name[0] + k))];
        }

        var rates = Recipe.AllLeaves.ToDictionary(Expression (leaf) => leaf, Recipe.Leaves.Rate);
        var values = new Dictionary<Expression, double[]>(leaves);
        foreach (var (leaf, rate) in rates)
        {
            values[rate] = direction[leaf];
        }

        double At(double t) => recipe.Scalar(leaves.ToDictionary(pair => pair.Key,
            pair => pair.Value.Zip(direction[pair.Key], (x, d) => x + t * d).ToArray()));
        double Central(double h) => (At(h) - At(-h)) / (2 * h);
        const double h = 1e-2;
        var expected = (64 * Central(h / 4) - 20 * Central(h / 2) + Central(h)) / 45;
        var tangent = Derivative.Tangent(recipe.Build(), e => rates.GetValueOrDefault(e));
        var scale = Math.Max(1, Math.Max(Math.Abs(expected), Math.Abs(At(0))));
        Assert.Equal(expected, Arithmetic.Scalar(tangent, values), 1e-5 * scale);
    }, isSmooth: true);

    [Fact]
    public void Forward_over_reverse_is_reverse_over_reverse() => Recipe.Check((recipe, leaves) =>
    {
        // The Hessian times a direction, as the direction's derivative of the gradient and as the gradient of its product
        // with the direction.
        var adjoints = Derivative.Adjoint(recipe.Build(), Recipe.Leaves.One);
        var directions = Recipe.AllLeaves.ToDictionary(Expression (leaf) => leaf, Recipe.Leaves.Rate);
        var values = new Dictionary<Expression, double[]>(leaves);
        foreach (var (leaf, direction) in directions)
        {
            values[direction] = [.. leaves[leaf].Select((_, k) => Math.Cos(direction.Name[1] + k))];
        }

        var slope = adjoints.Where(adjoint => directions.ContainsKey(adjoint.Key))
            .Select(adjoint => Algebra.Inner(adjoint.Value, directions[adjoint.Key])).Aggregate(Recipe.Leaves.Zero, Algebra.Add);
        var again = Derivative.Adjoint(slope, Recipe.Leaves.One);
        foreach (var leaf in Recipe.AllLeaves)
        {
            double[] Of(Expression? e) => e is null ? new double[leaves[leaf].Length] : Arithmetic.Value(e, values);
            var forward = Of(adjoints.TryGetValue(leaf, out var adjoint) ? Derivative.Tangent(adjoint, e => directions.GetValueOrDefault(e)) : null);
            var reverse = Of(again.TryGetValue(leaf, out var found) ? found : null);
            Assert.All(forward.Zip(reverse), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * Math.Max(1, Math.Abs(pair.First))));
        }
    });

    [Fact]
    public void Building_again_what_is_in_normal_form_changes_nothing() => Recipe.Check((recipe, leaves) =>
    {
        var once = NormalForm.Of(recipe.Build());
        Assert.Same(once, NormalForm.Of(once));
        Near(recipe.Scalar(leaves), once, leaves);
        foreach (var adjoint in Derivative.Adjoint(once, Recipe.Leaves.One).Values)
        {
            var derived = NormalForm.Of(adjoint);
            Assert.Same(derived, NormalForm.Of(derived));
        }
    });

    [Fact]
    public void Equal_values_written_in_another_order_are_the_same_node()
    {
        var leaves = new Leaves();
        var (a, b, u, v) = (leaves.Scalar("a"), leaves.Scalar("b"), leaves.Vector("u"), leaves.Vector("v"));
        Assert.Same(a, leaves.Scalar("a"));
        Assert.Same(Algebra.Multiply(a, b), Algebra.Multiply(b, a));
        Assert.Same(Algebra.Dot(u, v), Algebra.Dot(v, u));
        Assert.Same(Algebra.Multiply(leaves.Number(6), a), Algebra.Multiply(Algebra.Multiply(leaves.Number(2), a), leaves.Number(3)));
        Assert.Same(Algebra.Scale(leaves.Number(5), u), Algebra.Add(Algebra.Scale(leaves.Number(2), u), Algebra.Scale(leaves.Number(3), u)));
        Assert.Same(Algebra.Multiply(leaves.Number(2), Algebra.Multiply(a, b)), Algebra.Add(Algebra.Multiply(a, b), Algebra.Multiply(b, a)));
        Assert.True(Algebra.IsZero(Algebra.Subtract(Algebra.Multiply(a, b), Algebra.Multiply(b, a))));
        Assert.True(Algebra.IsZero(Algebra.Dot(Algebra.ZeroOf(u), v)));
        Assert.Same(Algebra.Multiply(Algebra.Multiply(u, v), Algebra.Scale(a, u)), Algebra.Scale(a, Algebra.Multiply(v, Algebra.Multiply(u, u))));
    }

    [Fact]
    public void A_product_over_a_sum_is_multiplied_out_by_Expand_alone()
    {
        var leaves = new Leaves();
        var (r, s, u, v, w) = (leaves.Scalar("r"), leaves.Scalar("s"), leaves.Vector("u"), leaves.Vector("v"), leaves.Vector("w"));
        var product = Algebra.Multiply(r, Algebra.Add(r, s));
        Assert.Equal("r (r + s)", Formula.Of(product));
        Assert.Equal(["r²", "r s"], Algebra.Expand(product).Select(term => Formula.Of(term)));
        var dot = Algebra.Dot(Algebra.Add(u, v), w);
        Assert.IsType<Dot>(dot);
        Assert.Equal(["u·w", "v·w"], Algebra.Expand(dot).Select(term => Formula.Of(term)));
        var square = Algebra.Square(Algebra.Add(r, s));
        Assert.Equal(["r²", "r s", "r s", "s²"], Algebra.Expand(square).Select(term => Formula.Of(term)));
    }

    [Fact]
    public void The_dot_of_two_multiples_is_a_product_of_numbers_and_a_dot()
    {
        // (r p)·(r' p') with p and p' sums: what makes a Gram cost dots and not rows.
        var leaves = new Leaves();
        var (r, s, u, v, w) = (leaves.Scalar("r"), leaves.Scalar("s"), leaves.Vector("u"), leaves.Vector("v"), leaves.Vector("w"));
        Assert.Equal("r s (u·w)", Formula.Of(Algebra.Dot(Algebra.Scale(r, u), Algebra.Scale(s, w))));
        Assert.Equal("r (w·(u + s v))", Formula.Of(Algebra.Dot(Algebra.Add(u, Algebra.Scale(s, v)), Algebra.Scale(r, w))));
    }

    [Fact]
    public void Scalars_leave_products_of_matrices_and_an_outer_product_times_a_vector_is_a_column()
    {
        var leaves = new Leaves();
        var (a, p, u, v, m) = (leaves.Scalar("a"), leaves.Vector("p", Leaves.Height), leaves.Vector("u"), leaves.Vector("v"), leaves.Matrix("M"));
        Assert.Equal("a M u", Formula.Of(Algebra.MatrixVector(Algebra.Scale(a, m), u)));
        Assert.Equal("M u + (u·v) p", Formula.Of(Algebra.MatrixVector(Algebra.Add(m, Algebra.Outer(p, v)), u)));
        Assert.Equal("|p|² v", Formula.Of(Algebra.MatrixVector(Algebra.Outer(p, v), p, isTransposed: true)));
        Assert.Equal("p·M u", Formula.Of(Algebra.Inner(Algebra.Outer(p, u), m)));
        Assert.Equal("(u·v) |u|²", Formula.Of(Algebra.Inner(Algebra.Outer(u, u), Algebra.Outer(u, v))));
    }

    private static void Near(double expected, Expression actual, IReadOnlyDictionary<Expression, double[]> leaves) =>
        Assert.Equal(expected, Arithmetic.Scalar(actual, leaves), 1e-9 * Math.Max(1, Math.Abs(expected)));
}
