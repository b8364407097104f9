using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;
using InfluenceGen.Generators.Tests.Expressions;
using Xunit;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>Kernels that are broken on purpose are caught before they are printed, with sweep, value and step.</summary>
public class VerifierTests
{
    [Fact]
    public void A_step_that_is_missing_is_noticed_whichever_it_is()
    {
        foreach (var (kernel, steps) in Kernels())
        {
            for (var at = 0; at < steps.Length; at++)
            {
                if (IsRead(kernel, steps, at))
                {
                    Refused(kernel, [.. steps.Where((_, k) => k != at)], "before it is filled");
                }
            }
        }
    }

    [Fact]
    public void Two_steps_in_the_wrong_order_are_noticed()
    {
        foreach (var (kernel, steps) in Kernels())
        {
            for (var at = 0; at + 1 < steps.Length; at++)
            {
                if (steps[at + 1].Reads.Contains(steps[at].Target))
                {
                    Refused(kernel, [.. steps[..at], steps[at + 1], steps[at], .. steps[(at + 2)..]], "");
                }
            }
        }
    }

    [Fact]
    public void A_value_that_is_filled_twice_is_noticed()
    {
        foreach (var (kernel, steps) in Kernels())
        {
            foreach (var step in steps.Where(step => step is not ProductStep))
            {
                Refused(kernel, [.. steps, step], "is filled twice");
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_noticed()
    {
        foreach (var (kernel, steps) in Kernels())
        {
            for (var at = 0; at < steps.Length; at++)
            {
                if (steps[at] is ProductStep product && product.Matrix.Shape.Rows != product.Matrix.Shape.Length)
                {
                    Refused(kernel, [.. steps[..at], new ProductStep(product.Target, product.Matrix, product.Rows, !product.IsTransposed, product.Mask), .. steps[(at + 1)..]], "does not fit");
                }

                // A matrix where a row belongs.
                if (steps[at] is DotStep dot && kernel.Values.FirstOrDefault(value => value is { IsScratch: false, IsRepeated: false, Shape.IsMatrix: true }) is { } matrix)
                {
                    Refused(kernel, [.. steps[..at], new DotStep(dot.Target, dot.Left, matrix), .. steps[(at + 1)..]], "does not fit");
                }
            }
        }
    }

    [Fact]
    public void A_node_that_a_stage_does_not_know_is_named_with_the_stage()
    {
        var leaves = new Leaves();
        var strange = new Strange(leaves.Graph);
        foreach (var (stage, act) in new (string, Action)[]
        {
            ("Simplification", () => NormalForm.Of(strange)),
            ("Forward mode", () => Derivative.Tangent(strange, _ => null)),
            ("Reverse mode", () => Derivative.Adjoint(strange, leaves.One)),
        })
        {
            var problem = Assert.Throws<UnknownNodeException>(act).Message;
            Assert.StartsWith(stage, problem, StringComparison.Ordinal);
            Assert.Contains("node 77", problem, StringComparison.Ordinal);
            Assert.Contains(nameof(Strange), problem, StringComparison.Ordinal);
        }

        Assert.Contains("77", Assert.Throws<UnknownNodeException>(() => Formula.Of(strange)).Message, StringComparison.Ordinal);
    }

    /// <summary>A node that nobody told the stages of.</summary>
    private sealed class Strange(Graph graph) : Expression(graph, 77, Shape.Number, default)
    {
        public override string ToString() => "strange";
    }

    private static IEnumerable<(Kernel Kernel, Step[] Steps)> Kernels()
    {
        var b = new GraphBuilder();
        var (x, units) = (b.Features(4), b.Dimension("units", 9));
        var h = b.Graph.Named("h", b.Apply(FunctionRules.Tanh, Algebra.MatrixVector(b.Matrix("W", units, x.Length!), x)));
        var model = b.Model("M", Algebra.Multiply(Algebra.Dot(b.Vector("w", units), h), Algebra.Dot(h, h)), LossRules.Logistic).Model;
        var kernels = Stages.Kernels(model, Traits.Of(model));
        Assert.True(kernels.Count > 12);
        Assert.All(kernels, Verifier.Verify);
        return kernels.Select(kernel => (kernel, kernel.Steps.ToArray()));
    }

    private static bool IsRead(Kernel kernel, Step[] steps, int at) => steps[at] is not ProductStep
        && (steps.Skip(at + 1).Any(step => step.Reads.Contains(steps[at].Target) || step is ProductStep product && product.Target == steps[at].Target)
            || kernel.Outputs.Any(output => output.Reads.Contains(steps[at].Target)));

    private static void Refused(Kernel kernel, IEnumerable<Step> steps, string because)
    {
        var whole = kernel.Steps.ToArray();
        try
        {
            kernel.Steps.Clear();
            kernel.Steps.AddRange(steps);
            var problem = Assert.Throws<InvalidOperationException>(() => Verifier.Verify(kernel)).Message;
            Assert.StartsWith(kernel.Sweep.Method, problem, StringComparison.Ordinal);
            Assert.Contains(because, problem, StringComparison.Ordinal);
        }
        finally
        {
            kernel.Steps.Clear();
            kernel.Steps.AddRange(whole);
        }
    }
}
