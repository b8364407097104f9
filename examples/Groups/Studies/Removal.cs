using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace GroupStudies.Studies;

/// <summary>What an estimate says about groups, beside what retraining without them does.</summary>
/// <param name="Pearson">Correlation of estimate and retraining over groups.</param>
/// <param name="Error">Mean distance of estimate and retraining, in means of the retraining's size.</param>
internal readonly record struct Agreement(double Pearson, double Error)
{
    public static Agreement Of(ReadOnlySpan<double> estimate, ReadOnlySpan<double> truth)
    {
        var (a, b) = (Centred(estimate), Centred(truth));
        var distances = new double[truth.Length];
        TensorPrimitives.Subtract(estimate, truth, distances);
        return new(TensorPrimitives.CosineSimilarity<double>(a, b),
            TensorPrimitives.SumOfMagnitudes<double>(distances) / TensorPrimitives.SumOfMagnitudes(truth));
    }

    private static double[] Centred(ReadOnlySpan<double> values)
    {
        var centred = new double[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, centred);
        return centred;
    }
}

/// <summary>Removes groups from the training set of a model at its minimum.</summary>
/// <param name="fit">The model.</param>
/// <param name="test">One test example.</param>
internal sealed class Removal<TModel>(Fit<TModel, double> fit, ExampleSet<double> test)
    where TModel : struct, IModel<double>
{
    // Repetitions run side by side.
    private static readonly InfluenceOptions _oneThread = new() { Threads = 1 };

    public Fit<TModel, double> Fit => fit;

    public ExampleSet<double> Test => test;

    /// <summary>A model at the minimum of its objective.</summary>
    public static Fit<TModel, double> Train(TModel model, ExampleSet<double> training, double l2) =>
        Trainer.Train(model, training, GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(l2), Threads = 1 })
            .Converged(options: _oneThread);

    /// <summary>By how much the test loss rises when the model is retrained without each group, exactly.</summary>
    public double[] Retrain(IReadOnlyList<int[]> groups)
    {
        var before = fit.Losses(test)[0];
        return [.. groups.Select(group =>
        {
            var stays = new bool[fit.Training.Count];
            Array.Fill(stays, true);
            foreach (var example in group)
            {
                stays[example] = false;
            }

            var retained = fit.Training.Subset([.. Enumerable.Range(0, stays.Length).Where(i => stays[i])]);
            var plan = fit.Plan with { Start = Initialisation.At(fit.Theta()) };
            return Trainer.Train(fit.Model, retained, plan).Converged(options: _oneThread).Losses(test)[0] - before;
        })];
    }

    /// <summary>How well each estimate agrees with retraining.</summary>
    public Agreement[] Compare(IReadOnlyList<int[]> groups)
    {
        var truth = Retrain(groups);
        return
        [
            Of(new FirstOrderGroup(), LossChange.FirstOrder),
            Of(new SecondOrderGroup(), LossChange.FirstOrder),
            Of(new SecondOrderGroup { ThirdDerivative = true }, LossChange.FirstOrder),
            Of(new SecondOrderGroup { ThirdDerivative = true }, LossChange.Exact),
            Of(new NewtonStepGroup(), LossChange.Exact),
        ];

        Agreement Of<TMethod>(TMethod method, LossChange effect) where TMethod : struct, IGroupMethod =>
            Agreement.Of(fit.GroupInfluence(method, groups, test, effect, _oneThread).OfTest(0), truth);
    }

    /// <summary>The second-order influence of groups, as the paper selects by it.</summary>
    public double[] SecondOrder(IReadOnlyList<int[]> groups) =>
        fit.GroupInfluence(new SecondOrderGroup(), groups, test, LossChange.FirstOrder, _oneThread).OfTest(0);

    public SelectedGroup Select<TSelection>(TSelection selection, int size) where TSelection : struct, IGroupSelection =>
        fit.MostInfluentialGroup(selection, size, test, _oneThread);
}

/// <summary>What <see cref="Removal{TModel}.Compare"/> compares.</summary>
internal static class Estimates
{
    public static readonly string[] Names =
    [
        "first order",
        "second order (the paper)",
        "with third derivative",
        "with it, exact loss",
        "Newton step, exact loss",
    ];

    /// <summary>Adds a row for each estimate.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="groups">Which groups.</param>
    /// <param name="repetitions">The agreement of each estimate, repetition by repetition.</param>
    /// <param name="reference">For the first estimates, what the paper or the reproduction has.</param>
    public static void AddRows(Report report, string groups, IReadOnlyList<Agreement[]> repetitions, params string[] reference)
    {
        for (var e = 0; e < Names.Length; e++)
        {
            report.Add(e == 0 ? groups : "", Names[e], e < reference.Length ? reference[e] : "",
                Report.Over([.. repetitions.Select(r => r[e].Pearson)], "F3"),
                Report.Over([.. repetitions.Select(r => r[e].Error)], "F3"));
        }
    }
}
