using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>A sweep allocates nothing.</summary>
public class GeneratedAllocationTests
{
    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void No_sweep_allocates(string name)
    {
        var c = GeneratedCase.Random(name, 1, 30);
        var (model, examples, n) = (c.Model, c.Examples, c.Examples.Count);
        double[] weights = c.Stored(c.Theta), direction = c.Stored(c.V), coefficients = c.EachExample(i => i);
        double[] each = new double[n], other = new double[n], packed = new double[n * model.GradientRowLength], gram = new double[n * n];
        var sums = new double[Enumerable.Range(0, model.Passes).Max(pass => examples.SegmentsOf(pass).TargetRows * c.RowLength(pass))];
        var flows = new double[Math.Max(n, examples.SegmentsOf(0).TargetRows)];
        var last = examples.SegmentsOf(0).Count;
        AssertAllocatesNothing(() => model.Predict(examples, 0, last, weights, each));
        AssertAllocatesNothing(() => model.Loss(examples, 0, last, weights, each));
        AssertAllocatesNothing(() => model.OutputGradient(examples, 0, last, weights, each));
        AssertAllocatesNothing(() => model.GradientDot(examples, 0, last, weights, direction, each));
        AssertAllocatesNothing(() => model.GradientSquaredNorm(examples, 0, last, weights, each));
        AssertAllocatesNothing(() => model.Gradients(examples, 0, last, weights, packed));
        AssertAllocatesNothing(() => model.GradientSumWithFlow(examples, 0, last, weights, coefficients, direction, each, sums, flows));
        AssertAllocatesNothing(() => model.Flow(examples, 0, last, weights, coefficients, direction, each, flows));
        for (var pass = 0; pass < model.Passes; pass++)
        {
            var end = examples.SegmentsOf(pass).Count;
            AssertAllocatesNothing(() => model.GradientSum(pass, examples, 0, end, weights, coefficients, each, sums));
            AssertAllocatesNothing(() => model.GradientGram(pass, examples, examples, 0, end, weights, each, other, gram));
        }
    }

    private static void AssertAllocatesNothing(Action sweep) => Assert.Equal(0, Allocations.Of(sweep));
}
