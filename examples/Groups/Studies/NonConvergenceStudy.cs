using System.Globalization;
using System.Numerics.Tensors;
using InfluenceGen.Influence;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace GroupStudies.Studies;

/// <summary>What influence functions neglect at weights that are no minimum (Koh and Liang, 2017, appendix B).</summary>
internal static class NonConvergenceStudy
{
    private const int Count = 1000;
    private const int Removed = 20;
    private const double L2 = 0.05;

    // A weight whose square does not count.
    private const double Small = 1e-7;

    // Of the way from the minimum to the weights 0.
    private static readonly double[] _away = [0.3, 0.03, 0.003, 0];

    public static Report Run(StudySettings settings)
    {
        var report = new Report("Influence functions at non-convergence",
            $"{Count} points of two Gaussians, 5 features, penalty {L2}; Newton steps without one example, exact against constant part and example's part; {settings.Repetitions} draws",
            "weights", "gradient norm", "reproduced", "error, cross term", "error, removal");
        var repetitions = settings.Repeat(Repeat);
        string[] reproduced = ["0.086 at 0.09", "0.009 at 0.0085", "0.0009 at 0.0008", ""];
        for (var a = 0; a < _away.Length; a++)
        {
            report.Add(_away[a] == 0 ? "at the minimum" : string.Create(CultureInfo.InvariantCulture, $"{100 * _away[a]:G2}% of the way to 0"),
                Report.Over([.. repetitions.Select(r => r[a].Gradient)], "F5"), reproduced[a],
                Report.Over([.. repetitions.Select(r => r[a].CrossTerm)], "F5"), Report.Over([.. repetitions.Select(r => r[a].Removal)], "F5"));
        }

        report.Note("The error is the distance of both steps relative to the example's part. The cross term, which is what is left of it for small weights of the example, vanishes with the gradient; what removal has at the minimum too is of second order in 1/n.");
        return report;
    }

    private static (double Gradient, double CrossTerm, double Removal)[] Repeat(long seed)
    {
        var random = new RandomSource(seed);
        var training = Draws.Points(random, Draws.Opposed(random), Count);
        var minimum = Removal<Points.Model>.Train(default, training, L2);
        return [.. _away.Select(share =>
        {
            var plan = minimum.Plan with { Start = Initialisation.At([.. minimum.Theta().Select(w => (1 - share) * w)]) };
            var fit = Trainer.Train(minimum.Model, training, plan);
            return (GradientNorm(fit), Error(Small), Error(null));

            double Error(double? epsilon) => Enumerable.Range(0, Removed).Average(example =>
            {
                var step = fit.NewtonStep(example, epsilon);
                return TensorPrimitives.Distance<double>(step.Exact.AsSpan(), step.Linearised.AsSpan())
                    / TensorPrimitives.Norm(step.OfExample.AsSpan());
            });
        })];
    }

    /// <summary>|g| from one step of gradient descent, whose length is rate · |g|.</summary>
    private static double GradientNorm(Fit<Points.Model, double> fit)
    {
        var there = Trainer.Train(fit.Model, fit.Training,
            GradientDescent.FullBatch(1, 1.0) with { Start = Initialisation.At(fit.Theta()), WeightDecay = fit.Plan.WeightDecay });
        return TensorPrimitives.Distance<double>(there.Theta(), fit.Theta());
    }
}
