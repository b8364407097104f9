using System.Reflection;
using System.Runtime.Intrinsics;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Every entry of the tables of functions and losses, against finite differences and the runtime.</summary>
public class RuleTests
{
    private static readonly Symbol _x = Leaves.Scalar("x"), _y = Leaves.Scalar("y");

    public static TheoryData<string> Functions => [.. Leaves.Functions.Keys];

    public static TheoryData<string> Losses => [.. Leaves.Losses.Keys];

    [Theory, MemberData(nameof(Functions))]
    public void Derivatives_of_a_function_are_finite_differences_of_it(string name)
    {
        // Twice: the derivative is an expression, which is differentiated again for Hessians.
        Expression value = new Apply(Leaves.Functions[name], _x);
        for (var order = 1; order <= 2; order++)
        {
            var derivative = Along(value);
            for (var x = -6.0; x <= 6; x += 0.25)
            {
                Assert.Equal(Difference(value, x, 0), At(derivative, x, 0), 1e-8);
            }

            value = derivative;
        }
    }

    [Theory, MemberData(nameof(Functions))]
    public void The_runtime_has_the_function_for_both_vector_widths(string name)
    {
        var rule = Leaves.Functions[name];
        double Wide(double x) => ((Vector512<double>)Method(typeof(Vector512<double>)).Invoke(null, [Vector512.Create(x)])!)[0];
        double Narrow(double x) => ((Vector256<double>)Method(typeof(Vector256<double>)).Invoke(null, [Vector256.Create(x)])!)[0];
        MethodInfo Method(Type vector) => typeof(Elementary).GetMethod(rule.Name, [vector])
            ?? throw new InvalidOperationException($"Elementary.{rule.Name}({vector}) is missing.");
        for (var x = -40.0; x <= 40; x += 0.5)
        {
            var expected = Arithmetic.Function(rule)(x);
            Assert.Equal(expected, Wide(x), 1e-14 * Math.Max(1, Math.Abs(expected)));
            Assert.Equal(expected, Narrow(x), 1e-14 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Theory, MemberData(nameof(Losses))]
    public void Derivatives_of_a_loss_are_finite_differences_of_it(string name)
    {
        var value = Leaves.Losses[name].Value(_x, _y);
        for (var order = 1; order <= 2; order++)
        {
            var derivative = Along(value);
            foreach (var label in new[] { 0.0, 1 })
            {
                for (var x = -6.0; x <= 6; x += 0.25)
                {
                    Assert.Equal(Difference(value, x, label), At(derivative, x, label), 1e-8);
                }
            }

            value = derivative;
        }
    }

    [Theory, MemberData(nameof(Losses))]
    public void A_loss_is_convex_and_a_greater_label_asks_for_a_greater_output(string name)
    {
        var rule = Leaves.Losses[name];
        var value = rule.Value(_x, _y);
        var (first, second) = (Along(value), Along(Along(value)));
        for (var x = -6.0; x <= 6; x += 0.25)
        {
            Assert.True(At(second, x, 1) > 0);
            Assert.True(At(first, x, 0) > At(first, x, 1));
        }

        Assert.Contains(rule.Labels, Enum.GetNames<InfluenceGen.Models.LabelDomain>());
    }

    private static Expression Along(Expression value) =>
        Derivative.Tangent(value, e => e.Equals(_x) ? Algebra.One : null);

    private static double At(Expression value, double x, double label) =>
        Arithmetic.Scalar(value, new Dictionary<Expression, double[]> { [_x] = [x], [_y] = [label] });

    private static double Difference(Expression value, double x, double label)
    {
        const double h = 1e-2;
        double Central(double step) => (At(value, x + step, label) - At(value, x - step, label)) / (2 * step);
        return (64 * Central(h / 4) - 20 * Central(h / 2) + Central(h)) / 45;
    }
}
