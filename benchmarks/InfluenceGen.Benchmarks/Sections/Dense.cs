using System.Diagnostics;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>The paper's two small studies: models of features, trained on a few hundred patients.</summary>
internal static class Dense
{
    public static void Show(Bench bench)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "data");
        var table = new Table("model, one thread", "training alone, µs a step", "with ledger, µs a step", "ledger, ns a patient and step",
            "bytes allocated a step");
        Measure(bench, table, "linear, diabetes", Progression.Read(Path.Combine(folder, "diabetes.csv"), "progression", "patient"),
            Progression.Model.For, 200, 0.01);
        Measure(bench, table, "logistic, breast cancer", Tumour.Read(Path.Combine(folder, "breast-cancer.csv"), "benign", "patient"),
            Tumour.Model.For, 600, 0.1);
        table.Print();
    }

    private static void Measure<TModel>(Bench bench, Table table, string name, ExampleSet<double> all,
        Func<ExampleSet<double>, TModel> modelFor, int steps, double rate)
        where TModel : struct, IModel<double>
    {
        var (training, deployment) = all.Split(0.8, seed: 1);
        var scale = Standardisation.Fit(training);
        (training, deployment) = (scale.Apply(training), scale.Apply(deployment));
        var model = modelFor(training);
        var plan = GradientDescent.FullBatch(steps, rate) with { Threads = 1 };
        var ledger = new Ledger<TModel, double>(model, training, deployment);
        var samples = Contest.Hold(bench.Options.Rounds * 4,
            new("alone", () => MicrosecondsAStep(() => Trainer.Train(model, training, plan), steps)),
            new("ledger", () => MicrosecondsAStep(() => Trainer.Train(model, training, plan, ledger), steps)));

        // Between the ends of two steps, so that what is set up before the first and summed up after the last is left out.
        long before = 0, after = 0;
        Trainer.Train(model, training, plan, done =>
        {
            after = GC.GetAllocatedBytesForCurrentThread();
            before = done == 1 ? after : before;
        }, CancellationToken.None, ledger);
        table.Add($"{name}, {training.Count} × {all.FeatureCount}", samples[0].ToString("F2"), samples[1].ToString("F2"),
            $"{samples[1].Median * 1000 / all.Count:F1}", $"{(after - before) / (double)(steps - 1):F0}");
    }

    private static double MicrosecondsAStep(Action train, int steps)
    {
        var start = Stopwatch.GetTimestamp();
        train();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / steps;
    }
}
