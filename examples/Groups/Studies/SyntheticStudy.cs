using InfluenceGen.Numerics;

namespace GroupStudies.Studies;

/// <summary>Logistic regression on 10,000 points of two Gaussians (the paper's Section 7.3.1 and Figure 1).</summary>
internal static class SyntheticStudy
{
    private const int Count = 10_000;
    private const double L2 = 0.01;
    private const int GroupsOfSize = 12;

    private static readonly double[] _randomShares = [0.016, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    private static readonly double[] _clusterShares = [0.3, 0.5, 0.6];

    public static Report Run(StudySettings settings)
    {
        var report = new Report("Second-order group influence: synthetic data",
            $"{Count} points of two Gaussians, 5 features, penalty {L2}; the loss of a misclassified test point, against retraining; {settings.Repetitions} draws",
            "groups removed", "estimate", "paper, or reproduced", "Pearson", "relative error");
        var repetitions = settings.Repeat(Repeat);
        var next = 0;
        Add("random, 1.6% to 60%", "r 0.999, error 0.05", "r 1.000, error 0.04");
        Add("random, 60%", "second clearly closer");
        Add("clustered, 30%", "r 0.891", "r 0.986");
        Add("clustered, 50%", "r 0.790", "r 0.935");
        Add("clustered, 60%", "r 0.705", "r 0.827");
        Add("one class, 30%", "error 0.06", "error 0.35", "error 0.056");
        report.Note("The change of the loss is taken to first order, as in the paper, or exactly. A cluster is a point and those nearest to it.");
        return report;

        void Add(string groups, params string[] reference)
        {
            Estimates.AddRows(report, groups, [.. repetitions.Select(r => r[next])], reference);
            next++;
        }
    }

    private static Agreement[][] Repeat(long seed)
    {
        var random = new RandomSource(seed);
        var centres = Draws.Opposed(random);
        var training = Draws.Points(random, centres, Count);
        var fit = Removal<Points.Model>.Train(default, training, L2);
        var removal = new Removal<Points.Model>(fit, Draws.Misclassified(fit, Draws.Points(random, centres, 1000)));
        int[] everyone = [.. Enumerable.Range(0, Count)];
        int[] one = [.. everyone.Where(i => training.Labels[i] == 1)];
        return
        [
            removal.Compare([.. _randomShares.SelectMany(share => Times(GroupsOfSize / 2, () => Draws.Among(random, everyone, Size(share))))]),
            removal.Compare([.. Times(GroupsOfSize, () => Draws.Among(random, everyone, Size(_randomShares[^1])))]),
            .. _clusterShares.Select(share => removal.Compare([.. Times(GroupsOfSize, () => Draws.Cluster(random, training, Size(share)))])),
            removal.Compare([.. Times(GroupsOfSize, () => Draws.Among(random, one, Size(0.3)))]),
        ];
    }

    private static int Size(double share) => (int)Math.Round(share * Count);

    private static IEnumerable<int[]> Times(int count, Func<int[]> draw) => Enumerable.Range(0, count).Select(_ => draw());
}
