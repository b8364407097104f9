using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

[LinearModel(Features = 20)] internal sealed partial class Linear20;
[LinearModel(Features = 20, Precision = Precision.Single)] internal sealed partial class Linear20Single;
[LogisticModel(Features = 5)] internal sealed partial class Logistic5;
[LogisticModel(Features = 5, Precision = Precision.Single)] internal sealed partial class Logistic5Single;
[LogisticModel(Precision = Precision.Single)] internal sealed partial class LogisticOpenSingle;
[SoftmaxModel(Features = 4, Classes = 3, Precision = Precision.Single)] internal sealed partial class Softmax4Single;
[Mlp(Inputs = 4, Hidden = [3, 4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
internal sealed partial class TanhSoftmaxSingle;
[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Gelu, Loss = Loss.Squared, Precision = Precision.Single)]
internal sealed partial class GeluSquaredSingle;
[MatrixFactorization(Rank = 3, L2 = 0.3, Precision = Precision.Single)] internal sealed partial class Mf3Single;
[MatrixFactorization(Rank = 40, L2 = 0.3, Precision = Precision.Single)] internal sealed partial class Mf40Single;
[MatrixFactorization(L2 = 0.3, Precision = Precision.Single)] internal sealed partial class MfOpenSingle;

/// <summary>Models in single precision against the same in double precision, sweep by sweep, within what float keeps.</summary>
public class SinglePrecisionTests
{
    private const int Count = 70;

    [Fact]
    public void Models_of_features_agree_with_double_precision()
    {
        Compare(new Linear20.Model(), new Linear20Single.Model(), Set<double>(20, Real), Set<float>(20, Real));
        Compare(new Logistic5.Model(), new Logistic5Single.Model(), Set<double>(5, Binary), Set<float>(5, Binary));
        Compare(new LogisticOpen.Model(37), new LogisticOpenSingle.Model(37), Set<double>(37, Binary), Set<float>(37, Binary));
    }

    [Fact]
    public void Layered_models_agree_with_double_precision()
    {
        Compare(new Softmax4.Model(), new Softmax4Single.Model(), Classes<double>(), Classes<float>());
        Compare(new TanhSoftmax.Model(), new TanhSoftmaxSingle.Model(), Classes<double>(), Classes<float>());
        Compare(new GeluSquared.Model(), new GeluSquaredSingle.Model(), Set<double>(4, Real, 2), Set<float>(4, Real, 2));
    }

    [Fact]
    public void Factorizations_agree_with_double_precision()
    {
        Compare(new Mf3.Model(6, 7), new Mf3Single.Model(6, 7), Ratings<double>(), Ratings<float>());
        Compare(new Mf40.Model(6, 7), new Mf40Single.Model(6, 7), Ratings<double>(), Ratings<float>());
        Compare(new MfOpen.Model(6, 7, 21), new MfOpenSingle.Model(6, 7, 21), Ratings<double>(), Ratings<float>());
    }

    private static void Compare<TDouble, TSingle>(TDouble model, TSingle single, ExampleSet<double> examples, ExampleSet<float> singles)
        where TDouble : struct, IModel<double>
        where TSingle : struct, IModel<float>
    {
        Assert.Equal(16, single.Layout.Line);
        var (expected, actual) = (Sweeps(model, examples), Sweeps(single, singles));
        foreach (var (sweep, numbers) in expected)
        {
            var scale = numbers.Max(Math.Abs);
            Assert.True(scale > 1e-3, $"{typeof(TSingle)}: {sweep} is all but zero");
            Assert.Equal(numbers.Length, actual[sweep].Length);
            for (var k = 0; k < numbers.Length; k++)
            {
                Assert.True(Math.Abs(numbers[k] - actual[sweep][k]) <= 3e-6 * scale,
                    $"{typeof(TSingle)}: {sweep}, number {k}: {numbers[k]} in double, {actual[sweep][k]} in single precision");
            }
        }
    }

    /// <summary>Every sweep over the whole set, without pads.</summary>
    private static Dictionary<string, double[]> Sweeps<TModel, T>(TModel model, ExampleSet<T> examples)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layout = model.Layout;
        var runner = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
        var (weights, v, u) = (Vector(1), Vector(2), Vector(3));
        var c = Buffer<T>(Enumerable.Range(0, examples.Count).Select(i => 0.5 + 0.01 * i), examples.Count);
        var (n, stride) = (examples.Count, model.OutputStride);
        var r = new AlignedBuffer<T>(n * stride);
        var all = new Dictionary<string, double[]>
        {
            ["Predict"] = Outputs(Run(n * stride, to => runner.Predict(examples, weights, to))),
            ["Loss"] = Run(n, to => runner.Loss(examples, weights, to)),
            ["OutputGradient"] = Outputs(Run(n * stride, to => runner.OutputGradient(examples, weights, to))),
            ["OutputDot"] = Outputs(Run(n * stride, to => runner.OutputDot(examples, weights, v, to))),
            ["GradientDot"] = Run(n, to => runner.GradientDot(examples, weights, v, to)),
            ["GradientSquaredNorm"] = Run(n, to => runner.GradientSquaredNorm(examples, weights, to)),
            ["GradientSum"] = Sum(to => runner.GradientSum(examples, weights, c, r, to)),
            ["OutputAdjointSum"] = Sum(to => runner.OutputAdjointSum(examples, weights, r, to)),
            ["HessianVectorSum"] = Sum(to => runner.HessianVectorSum(examples, weights, c, v, to)),
            ["HessianDot"] = Run(n, to => runner.HessianDot(examples, weights, u, v, to)),
            ["GradientGram"] = Run(n * n, to => runner.GradientGram(examples, examples, weights, r, r, to)),
        };
        if (!model.HasLinearOutputs || model.Outputs > 1)
        {
            all["ThirdDerivativeSum"] = Sum(to => runner.ThirdDerivativeSum(examples, weights, c, u, v, to));
        }

        return all;

        AlignedBuffer<T> Vector(int seed)
        {
            var random = new RandomSource(seed);
            var storage = new AlignedBuffer<T>(layout.StorageLength);
            layout.Unpack<T>([.. Enumerable.Range(0, layout.Count).Select(_ => T.CreateChecked((float)(0.4 * random.NextGaussian())))], storage.Span);
            return storage;
        }

        double[] Run(int length, Action<AlignedBuffer<T>> sweep)
        {
            var result = new AlignedBuffer<T>(length);
            sweep(result);
            return [.. result.Span.ToArray().Select(double.CreateChecked)];
        }

        double[] Sum(Action<AlignedBuffer<T>> sweep)
        {
            var sum = new AlignedBuffer<T>(layout.StorageLength);
            sweep(sum);
            var packed = new T[layout.Count];
            layout.Pack<T>(sum.Span, packed);
            return [.. packed.Select(double.CreateChecked)];
        }

        double[] Outputs(double[] rows) => [.. rows.Where((_, k) => k % stride < model.Outputs)];
    }

    private static AlignedBuffer<T> Buffer<T>(IEnumerable<double> values, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        AlignedBuffer<T>.CopyOf([.. values.Take(count).Select(value => T.CreateChecked((float)value))]);

    private static ExampleSet<T> Set<T>(int features, Func<double, double> label, int labels = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(5);
        T[] Draw(int count, Func<double, double> map) =>
            [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked((float)map(random.NextGaussian())))];
        return ExampleSet<T>.FromFeatures(Draw(Count * features, x => x), features, Draw(Count * labels, label), labels);
    }

    private static ExampleSet<T> Classes<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(6);
        return ExampleSet<T>.FromClasses([.. Enumerable.Range(0, Count * 4).Select(_ => T.CreateChecked((float)random.NextGaussian()))], 4,
            [.. Enumerable.Range(0, Count).Select(i => i * i % 3)], 3);
    }

    private static ExampleSet<T> Ratings<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(7);
        var pairs = Enumerable.Range(0, 42).Where(k => k % 5 != 3).ToArray();
        return ExampleSet<T>.FromRatings([.. pairs.Select(k => k / 7)], [.. pairs.Select(k => k % 7)],
            [.. pairs.Select(_ => T.CreateChecked((float)random.NextGaussian()))], 6, 7);
    }

    private static double Real(double x) => x;

    private static double Binary(double x) => x > 0 ? 1 : 0;
}
