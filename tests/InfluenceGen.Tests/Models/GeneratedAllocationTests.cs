using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>A sweep allocates nothing, once the thread has the memory that what layers give takes.</summary>
public class GeneratedAllocationTests
{
    private const int Count = 70;

    private static readonly Dictionary<string, Action> _others = new()
    {
        ["Softmax4"] = () => Check(new Softmax4.Model(), SetsOf<double>.Classes(Count, 4, 3)),
        ["SoftmaxOpen"] = () => Check(new SoftmaxOpen.Model(5, 9), SetsOf<double>.Classes(Count, 5, 9)),
        ["TanhSoftmax"] = () => Check(new TanhSoftmax.Model(), SetsOf<double>.Classes(Count, 4, 3)),
        ["GeluSquared"] = () => Check(new GeluSquared.Model(), SetsOf<double>.Numbers(Count, 4, 2)),
        ["SigmoidLogistic"] = () => Check(new SigmoidLogistic.Model(), SetsOf<double>.Answers(Count, 3)),
        ["TanhPoisson"] = () => Check(new TanhPoisson.Model(), SetsOf<double>.Counts(Count, 9)),
        ["Linear20Single"] = () => Check(new Linear20Single.Model(), SetsOf<float>.Numbers(Count, 20)),
        ["LogisticOpenSingle"] = () => Check(new LogisticOpenSingle.Model(37), SetsOf<float>.Answers(Count, 37)),
        ["Softmax4Single"] = () => Check(new Softmax4Single.Model(), SetsOf<float>.Classes(Count, 4, 3)),
        ["TanhSoftmaxSingle"] = () => Check(new TanhSoftmaxSingle.Model(), SetsOf<float>.Classes(Count, 4, 3)),
        ["Mf3Single"] = () => Check(new Mf3Single.Model(6, 7), SetsOf<float>.Ratings()),
    };

    public static TheoryData<string> Others => [.. _others.Keys];

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void No_sweep_allocates(string name)
    {
        var c = GeneratedCase.Random(name, 1, 30);
        Check(c.Model, c.Examples);
    }

    [Theory, MemberData(nameof(Others))]
    public void No_sweep_of_layers_or_in_single_precision_allocates(string name) => _others[name]();

    private static void Check<T>(IModel<T> model, ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (n, layout, stride) = (examples.Count, model.Layout, model.OutputStride);
        var random = new RandomSource(1);
        var passes = Enumerable.Range(0, model.Passes).ToArray();
        T[] weights = Stored(), direction = Stored(), other = Stored(), directions = [.. direction, .. other];
        T[] coefficients = SetsOf<T>.Draw(n, random), each = new T[n], pairs = new T[n * n], r = new T[n * stride];
        T[] dots = new T[2 * n * stride], hessians = new T[n * stride * model.Outputs], packed = new T[n * model.GradientRowLength];
        var features = new T[n * ParameterLayout.RoundUp(model.LastLayerLength, layout.Line)];
        var sums = new T[2 * passes.Max(pass => examples.SegmentsOf(pass).TargetRows
            * (model.Passes == 1 ? layout.StorageLength : layout.Blocks[pass].Stride))];
        var flows = new T[Math.Max(n, examples.SegmentsOf(0).TargetRows)];
        var last = examples.SegmentsOf(0).Count;
        AllocatesNothing("Predict", () => model.Predict(examples, 0, last, weights, r));
        AllocatesNothing("Loss", () => model.Loss(examples, 0, last, weights, each));
        AllocatesNothing("OutputGradient", () => model.OutputGradient(examples, 0, last, weights, r));
        AllocatesNothing("OutputHessian", () => model.OutputHessian(examples, 0, last, weights, hessians));
        AllocatesNothing("OutputDot", () => model.OutputDot(examples, 0, last, weights, directions, dots));
        AllocatesNothing("GradientDot", () => model.GradientDot(examples, 0, last, weights, directions, dots));
        AllocatesNothing("GradientSquaredNorm", () => model.GradientSquaredNorm(examples, 0, last, weights, each));
        AllocatesNothing("HessianDot", () => model.HessianDot(examples, 0, last, weights, direction, other, each));
        AllocatesNothing("Gradients", () => model.Gradients(examples, 0, last, weights, packed));
        AllocatesNothing("GradientSumWithFlow",
            () => model.GradientSumWithFlow(examples, 0, last, weights, coefficients, direction, r, sums, flows));
        AllocatesNothing("Flow", () => model.Flow(examples, 0, last, weights, coefficients, direction, r, flows));
        if (model.LastLayerLength > 0)
        {
            AllocatesNothing("LastLayerFeatures", () => model.LastLayerFeatures(examples, 0, last, weights, features));
        }

        foreach (var pass in passes)
        {
            var end = examples.SegmentsOf(pass).Count;
            AllocatesNothing("GradientSum", () => model.GradientSum(pass, examples, 0, end, weights, coefficients, r, sums));
            AllocatesNothing("OutputAdjointSum", () => model.OutputAdjointSum(pass, examples, 0, end, weights, r, sums));
            AllocatesNothing("GradientGram", () => model.GradientGram(pass, examples, examples, 0, end, weights, r, r, pairs));
            AllocatesNothing("HessianVectorSum",
                () => model.HessianVectorSum(pass, examples, 0, end, weights, coefficients, directions, sums));
            AllocatesNothing("ThirdDerivativeSum",
                () => model.ThirdDerivativeSum(pass, examples, 0, end, weights, coefficients, direction, other, sums));
        }

        T[] Stored()
        {
            var storage = new T[layout.StorageLength];
            layout.Unpack<T>(SetsOf<T>.Draw(layout.Count, random, 0.5), storage);
            return storage;
        }
    }

    private static void AllocatesNothing(string name, Action sweep)
    {
        var bytes = Allocations.Of(sweep);
        Assert.True(bytes == 0, $"{name} allocated {bytes} bytes");
    }
}
