using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Sweeps of layered models that are shared among threads, each with memory of its own for what layers give.</summary>
public class LayeredThreadTests
{
    // As many examples as it takes for every sweep to be shared, in several chunks, the last of which is not full.
    private const int Count = 3_900;

    private static readonly Dictionary<string, Action> _models = new()
    {
        ["softmax"] = () => Check(new Softmax20.Model(), SetsOf<double>.Classes(Count, 20, 10)),
        ["softmax of open sizes"] = () => Check(new SoftmaxOpen.Model(9, 5), SetsOf<double>.Classes(Count, 9, 5)),
        ["softmax outputs"] = () => Check(new TanhSoftmax.Model(), SetsOf<double>.Classes(Count, 4, 3)),
        ["two outputs"] = () => Check(new GeluSquared.Model(), SetsOf<double>.Numbers(Count, 4, 2)),
        ["one output"] = () => Check(new TanhPoisson.Model(), SetsOf<double>.Counts(Count, 9)),
        ["softmax outputs in single precision"] = () => Check(new TanhSoftmaxSingle.Model(), SetsOf<float>.Classes(Count, 4, 3)),
    };

    public static TheoryData<string> Models => [.. _models.Keys];

    [Theory, MemberData(nameof(Models))]
    public void Every_sweep_has_the_same_bits_on_one_thread_and_on_several(string model) => _models[model]();

    private static void Check<TModel, T>(TModel model, ExampleSet<T> examples)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.True((long)model.Layout.Count * Count >= SweepRunner<TModel, T>.WorkThreshold, "sweeps of this size are not shared");
        var alone = EverySweep.Of(model, examples);
        foreach (var threads in new[] { 2, 3 })
        {
            foreach (var (sweep, numbers) in EverySweep.Of(model, examples, threads))
            {
                Assert.True(numbers.AsSpan().SequenceEqual(alone[sweep]), $"{sweep} on {threads} threads");
            }
        }
    }
}
