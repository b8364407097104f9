using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Values;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>How far sampled values are off, at equal trainings, of groups of shipped data whose exact values are known.</summary>
internal static class Values
{
    private const int Groups = 12;
    private const int Repeats = 25;

    private static readonly int[] _trainings = [132, 264, 528];

    public static void Show(Bench bench)
    {
        _ = bench;
        var data = Path.Combine(AppContext.BaseDirectory, "data");
        var (train, test) = Scaled(Progression.Read(Path.Combine(data, "diabetes.csv"), label: "progression", individual: "patient"));

        // Nobody is worth weights of 0, or what predicts the mean label: the start of the plan.
        var start = Progression.Train(train, GradientDescent.FullBatch(0, 1) with { WeightDecay = new(0.3) });
        Compare("diabetes, linear, test loss", start.Converged().Game(GroupsOf(train), test, ofNobody: -start.MeanLoss(test)));
        Compare("the same, nobody predicts 0", start.Converged().Game(GroupsOf(train), test));
        (train, test) = Scaled(Tumour.Read(Path.Combine(data, "breast-cancer.csv"), label: "benign", individual: "patient"));
        var tumours = Tumour.Train(train, GradientDescent.FullBatch(0, 1) with { WeightDecay = new(0.01) });
        Compare("breast cancer, logistic, test loss", tumours.Converged().Game(GroupsOf(train), test, ofNobody: -tumours.MeanLoss(test)));
        Compare("breast cancer, logistic, accuracy", tumours.Converged().Game(GroupsOf(train), test, Utility.Accuracy, ofNobody: tumours.Accuracy(test)));
    }

    private static (ExampleSet<double> Train, ExampleSet<double> Test) Scaled(ExampleSet<double> examples)
    {
        var (train, test) = examples.Split(trainShare: 0.8, seed: 1);
        var scale = Standardisation.Fit(train);
        return (scale.Apply(train), scale.Apply(test));
    }

    /// <summary>A dozen groups, which share out the rows in turn.</summary>
    private static Players GroupsOf(ExampleSet<double> train)
    {
        var groups = new int[Groups][];
        for (var group = 0; group < Groups; group++)
        {
            var own = group;
            groups[group] = [.. Enumerable.Range(0, train.Count).Where(i => i % Groups == own)];
        }

        return Players.Groups(groups);
    }

    private static void Compare(string name, Game game)
    {
        var known = game.Tabulated();
        var (shapley, banzhaf) = (new ExactShapley().Of(known).OfUtility(0), new ExactBanzhaf().Of(known).OfUtility(0));
        var table = new Table(name, "trainings", "squared error, of the sum of squared values", "of the other's");
        foreach (var trainings in _trainings)
        {
            // A permutation of twelve takes eleven.
            Add("Shapley, permutations", "Shapley, regression-adjusted", shapley,
                seed => new PermutationShapley { Stop = Stopping.After(trainings / (Groups - 1)), Seed = seed }.Of(known),
                seed => new RegressionAdjustedValue { Stop = Stopping.After(trainings), Seed = seed }.Of(known));
            Add("Banzhaf, sample reuse", "Banzhaf, regression-adjusted", banzhaf,
                seed => new BanzhafSampleReuse { Stop = Stopping.After(trainings), Seed = seed }.Of(known),
                seed => new RegressionAdjustedValue { Value = Semivalue.Banzhaf, Stop = Stopping.After(trainings), Seed = seed }.Of(known));

            void Add(string first, string second, double[] exact, Func<int, PlayerValues> of, Func<int, PlayerValues> other)
            {
                var (errors, others) = (new Samples(), new Samples());
                for (var seed = 0; seed < Repeats; seed++)
                {
                    errors.Add(Error(of(seed), exact));
                    others.Add(Error(other(seed), exact));
                }

                table.Add(first, $"{trainings}", errors.ToString("G2"), "");
                table.Add(second, $"{trainings}", others.ToString("G2"), others.Over(errors).ToString("G2"));
            }
        }

        table.Print();
    }

    private static double Error(PlayerValues found, double[] exact) =>
        exact.Select((value, player) => (found[player, 0] - value) * (found[player, 0] - value)).Sum() / exact.Sum(value => value * value);
}
