using System.Globalization;
using System.Numerics;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>Whole sweeps of models with matrices, and of a logistic model, against what the machine can do at most and NumPy.</summary>
internal static class Layers
{
    private const double Seconds = 0.1;

    private static readonly LayersModel _digits = new("64-32-10, tanh", "tanh", 64, 32, 10);
    private static readonly LayersModel _pictures = new("784-128-10, ReLU", "relu", 784, 128, 10);
    private static readonly LayersModel _softmax = new("softmax, 10 × 785", "", 784, 10);
    private static readonly LayersModel _logistic = new("logistic, p = 51", "", 50, 1);

    public static void Show(Bench bench)
    {
        var numpy = bench.Numpy();
        var peak = Machine.Measure()?.GigaFlops;
        using var folder = new Folder();
        var table = NewTable("double");
        Measure<Digits64.Model, double>(bench, table, numpy, peak, _digits, folder.Name, Digits64.Model.For);
        Measure<Pictures.Model, double>(bench, table, numpy, peak, _pictures, folder.Name, Pictures.Model.For);
        Measure<PictureSoftmax.Model, double>(bench, table, numpy, peak, _softmax, folder.Name, PictureSoftmax.Model.For);
        Measure<Logistic51.Model, double>(bench, table, numpy, peak, _logistic, folder.Name, Logistic51.Model.For);
        table.Print();
        table = NewTable("float");
        Measure<Digits64Single.Model, float>(bench, table, numpy, 2 * peak, _digits, folder.Name, Digits64Single.Model.For);
        Measure<PicturesSingle.Model, float>(bench, table, numpy, 2 * peak, _pictures, folder.Name, PicturesSingle.Model.For);
        Measure<PictureSoftmaxSingle.Model, float>(bench, table, numpy, 2 * peak, _softmax, folder.Name, PictureSoftmaxSingle.Model.For);
        Measure<Logistic51Single.Model, float>(bench, table, numpy, 2 * peak, _logistic, folder.Name, Logistic51Single.Model.For);
        table.Print();
        Console.WriteLine(peak is null
            ? "The machine's peak was not measured: it has no vectors of 512 bits."
            : string.Create(CultureInfo.InvariantCulture, $"Peak, measured: {peak:F0} GFLOP/s in double, twice that in float."));
        Console.WriteLine();
    }

    private static Table NewTable(string type) =>
        new(type + ", 2,000 examples", "ms", "GFLOP/s", "of peak", "NumPy's GFLOP/s", "times NumPy's", "differs by");

    private static void Measure<TModel, T>(Bench bench, Table table, NumpyProgram? numpy, double? peak, LayersModel model, string folder,
        Func<ExampleSet<T>, TModel> modelFor)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (string Name, LayersSweep Sweep)[] sweeps =
        [
            ("GradientSum", new(model, "gradient", 1)),
            ("HessianVectorSum, 1 direction", new(model, "hessian", 1)),
            ("HessianVectorSum, 8 directions", new(model, "hessian", 8)),
            ("GradientGram by 100", new(model, "gram", 100)),
        ];
        foreach (var (name, sweep) in sweeps)
        {
            var work = new LayersCase<TModel, T>(sweep, modelFor, folder);
            Contestant ours = new("ours", () => Bursts.Rate(work.Run, sweep.Flops, Seconds));
            var isFloat = typeof(T) == typeof(float);
            var samples = numpy is null
                ? Contest.Hold(bench.Options.Rounds, ours)
                : Contest.Hold(bench.Options.Rounds, ours, new("NumPy", () => numpy.Run(sweep, folder, isFloat, Seconds)));
            table.Add($"{model.Name}: {name}", (sweep.Flops / samples[0].Median / 1e6).ToString("G3", CultureInfo.InvariantCulture),
                samples[0].ToString("F1"), peak is null ? "" : (samples[0].Median / peak.Value).ToString("P0", CultureInfo.InvariantCulture),
                numpy is null ? "" : samples[1].ToString("F1"), numpy is null ? "" : samples[0].Over(samples[1]).ToString("F2"),
                numpy is null ? "" : work.Difference().ToString("E0", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A folder that goes away.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-layers-");

        public string Name => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
