using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Models;

/// <summary>What every sweep of a model gives over a whole set, at drawn weights.</summary>
internal static class EverySweep
{
    private const int Directions = 3;
    private const int RightOfGram = 70;

    /// <summary>The numbers of each sweep, pads left out.</summary>
    public static Dictionary<string, double[]> Of<TModel, T>(TModel model, ExampleSet<T> examples, int threads = 1)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkerTeam(threads);
        var (layout, sweeps) = (model.Layout, new SweepRunner<TModel, T>(model, team));
        var (weights, v, u, directions) = (Vectors(1), Vectors(2), Vectors(3), Vectors(4, Directions));
        var (n, outputs) = (examples.Count, examples.Count * model.OutputStride);
        var c = AlignedBuffer<T>.CopyOf([.. Enumerable.Range(0, n).Select(i => SetsOf<T>.Rounded(0.5 + 0.01 * (i % 70)))]);
        var right = examples.Subset([.. Enumerable.Range(0, Math.Min(n, RightOfGram)).Select(i => (int)((long)i * n / Math.Min(n, RightOfGram)))]);
        var (r, rOfRight) = (new AlignedBuffer<T>(outputs), new AlignedBuffer<T>(right.Count * model.OutputStride));
        var (sum, flows) = (new AlignedBuffer<T>(layout.StorageLength), new AlignedBuffer<T>(sweeps.FlowLength(examples)));
        sweeps.OutputGradient(examples, weights, r);
        sweeps.OutputGradient(right, weights, rOfRight);
        sweeps.GradientSumWithFlow(examples, weights, c, v, r, sum, flows);
        var all = new Dictionary<string, double[]>
        {
            ["Predict"] = Outputs(Run(outputs, to => sweeps.Predict(examples, weights, to))),
            ["Loss"] = Run(n, to => sweeps.Loss(examples, weights, to)),
            ["OutputGradient"] = Outputs(Run(outputs, to => sweeps.OutputGradient(examples, weights, to))),
            ["OutputHessian"] = Outputs(Run(outputs * model.Outputs, to => sweeps.OutputHessian(examples, weights, to))),
            ["OutputDot"] = Outputs(Run(Directions * outputs, to => sweeps.OutputDot(examples, weights, directions, to))),
            ["OutputAdjointSum"] = Sums(1, to => sweeps.OutputAdjointSum(examples, weights, r, to)),
            ["GradientDot"] = Run(Directions * n, to => sweeps.GradientDot(examples, weights, directions, to)),
            ["GradientSquaredNorm"] = Run(n, to => sweeps.GradientSquaredNorm(examples, weights, to)),
            ["Gradients"] = Rows(Run(n * model.GradientRowLength, to => sweeps.Gradients(examples, weights, to))),
            ["GradientSum"] = Sums(1, to => sweeps.GradientSum(examples, weights, c, r, to)),
            ["Flow"] = Run(flows.Length, to => sweeps.Flow(examples, weights, c, v, r, to)),
            ["GradientSumWithFlow, sums"] = Sums(1, to => sum.Span.CopyTo(to.Span)),
            ["GradientSumWithFlow, flows"] = Run(flows.Length, to => flows.Span.CopyTo(to.Span)),
            ["GradientGram"] = Run(n * right.Count, to => sweeps.GradientGram(examples, right, weights, r, rOfRight, to)),
            ["HessianVectorSum"] = Sums(Directions, to => sweeps.HessianVectorSum(examples, weights, c, directions, to)),
            ["GaussNewtonVectorSum"] = Sums(Directions, to => sweeps.GaussNewtonVectorSum(examples, weights, c, directions, to)),
            ["HessianDot"] = Run(n, to => sweeps.HessianDot(examples, weights, u, v, to)),
            ["ThirdDerivativeSum"] = Sums(1, to => sweeps.ThirdDerivativeSum(examples, weights, c, u, v, to)),
        };
        if (model.LastLayerLength > 0)
        {
            var stride = ParameterLayout.RoundUp(model.LastLayerLength, layout.Line);
            all["LastLayerFeatures"] = Columns(Run(n * stride, to => sweeps.LastLayerFeatures(examples, weights, to)), stride, model.LastLayerLength);
        }

        return all;

        AlignedBuffer<T> Vectors(int seed, int count = 1)
        {
            var random = new RandomSource(seed);
            var storage = new AlignedBuffer<T>(count * layout.StorageLength);
            for (var k = 0; k < count; k++)
            {
                layout.Unpack<T>(SetsOf<T>.Draw(layout.Count, random, 0.4), storage.Span.Slice(k * layout.StorageLength, layout.StorageLength));
            }

            return storage;
        }

        double[] Run(int length, Action<AlignedBuffer<T>> sweep)
        {
            var result = new AlignedBuffer<T>(length);
            sweep(result);
            return [.. result.Span.ToArray().Select(double.CreateChecked)];
        }

        double[] Sums(int count, Action<AlignedBuffer<T>> sweep) => [.. Run(count * layout.StorageLength, sweep)
            .Chunk(layout.StorageLength).SelectMany(storage =>
            {
                var packed = new double[layout.Count];
                layout.Pack<double>(storage, packed);
                return packed;
            })];

        double[] Outputs(double[] rows) => Columns(rows, model.OutputStride, model.Outputs);

        double[] Rows(double[] gradients) => [.. gradients.Chunk(model.GradientRowLength).SelectMany(row =>
            layout.Blocks.SelectMany((block, index) => Columns(row
                .Skip(layout.Blocks.Take(index).Sum(RowLength)).Take(RowLength(block)), block.Stride, block.Columns)))];
    }

    private static int RowLength(ParameterBlock block) => block.RowIndex < 0 ? block.StorageLength : block.Stride;

    private static double[] Columns(IEnumerable<double> rows, int stride, int columns) => [.. rows.Where((_, k) => k % stride < columns)];
}
