using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace GroupStudies.Studies;

/// <summary>Softmax regression on handwritten digits (the paper's Section 7.3.1 and Figure 2, which are about MNIST).</summary>
internal static class DigitsStudy
{
    private const double L2 = 0.01;
    private const double TrainShare = 0.8;
    private const int GroupsOfSize = 3;

    // One digit is a tenth of the set; half of it is left, so that the class stays one.
    private const double OneClassShare = 0.5;

    public static Report Run(StudySettings settings)
    {
        var images = Digits.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), label: "digit", individual: "image");
        var report = new Report("Second-order group influence: digits",
            string.Create(CultureInfo.InvariantCulture,
                $"1,797 images, {100 * TrainShare:F0}% of them for training, softmax regression, penalty {L2}; the loss of a misclassified test image, against retraining; {settings.Repetitions} splits"),
            "groups removed", "estimate", "the paper, on MNIST", "Pearson", "relative error");
        var repetitions = settings.Repeat(seed => Repeat(images, seed));
        Estimates.AddRows(report, "random, 10% to 60%", [.. repetitions.Select(r => r[0])], "", "r up 40% above 36%");
        Estimates.AddRows(report, "half of one digit", [.. repetitions.Select(r => r[1])], "", "r up 15% or more");
        report.Note("The paper's images are MNIST's; the smaller ones here come with the program.");
        return report;
    }

    private static Agreement[][] Repeat(ExampleSet<double> images, long seed)
    {
        var random = new RandomSource(seed);
        var (train, test) = images.Split(TrainShare, seed);
        var scale = Standardisation.Fit(train);
        (train, test) = (scale.Apply(train), scale.Apply(test));
        var fit = Removal<Digits.Model>.Train(default, train, L2);
        var removal = new Removal<Digits.Model>(fit, Draws.Misclassified(fit, test));
        int[] everyone = [.. Enumerable.Range(0, train.Count)];
        return
        [
            removal.Compare([.. new[] { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 }
                .SelectMany(share => Enumerable.Range(0, GroupsOfSize).Select(_ => Draws.Among(random, everyone, (int)(share * train.Count))))]),
            removal.Compare([.. Enumerable.Range(0, 10).Select(digit =>
            {
                int[] members = [.. everyone.Where(i => train.Labels[i * train.LabelStride + digit] == 1)];
                return Draws.Among(random, members, (int)(OneClassShare * members.Length));
            })]),
        ];
    }
}
