using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Names;

/// <summary>Wherever a fit or a training set is asked about another set, that one's order of columns, classes, users, items and
/// people makes no difference: the right values are those of the set in the training set's order, made by hand.</summary>
public class MeetingTests
{
    private const int Rows = 12, TestRows = 5;

    private static readonly string[] _people = ["Ann", "ann", "1", "01", "=A1", "Ö"];

    [Fact]
    public void Features_and_people_in_another_order_are_asked_alike()
    {
        var train = OfFeatures(1, Rows, ["a", "b", "c"], ["no", "yes"], _people);
        var fit = NamedLogistic.Train(Binary(train), GradientDescent.FullBatch(3, 0.2), new Trajectory<double>());
        AskAlike(new Asks<NamedLogistic.Model>(fit), Binary(OfFeatures(2, TestRows, ["a", "b", "c"], ["no", "yes"], _people)),
            Binary(OfFeatures(2, TestRows, ["c", "a", "b"], ["no", "yes"], ["Ö", "Ann", "ann", "1", "01", "=A1", "Nobody's"])));
    }

    [Fact]
    public void Classes_in_another_order_are_asked_alike()
    {
        var fit = NamedSoftmax.Train(OfFeatures(3, Rows, ["a", "b"], ["7", "8", "9"], _people), GradientDescent.FullBatch(3, 0.2), new Trajectory<double>());
        AskAlike(new Asks<NamedSoftmax.Model>(fit), OfFeatures(4, TestRows, ["a", "b"], ["7", "8", "9"], _people),
            OfFeatures(4, TestRows, ["b", "a"], ["9", "unused", "7", "8"], [.. _people.Reverse()]));
    }

    [Fact]
    public void Users_and_items_in_another_order_are_asked_alike()
    {
        string[] items = ["x", "X", "10", "010"];
        var train = OfRatings(5, 14, _people, items);
        var plan = GradientDescent.FullBatch(3, 0.2) with { Start = Initialisation.Gaussian(0.3, 1) };
        var fit = NamedFactors.Train(train, plan, new Trajectory<double>());
        AskAlike(new Asks<NamedFactors.Model>(fit), OfRatings(6, 7, _people, items),
            OfRatings(6, 7, ["=A1", "Ö", "01", "Ann", "1", "Never", "ann"], ["010", "x", "unrated", "10", "X"]));
    }

    [Fact]
    public void Representers_are_of_the_training_sets_columns()
    {
        var fit = NamedLogistic.Train(Binary(OfFeatures(1, Rows, ["a", "b"], ["no", "yes"], _people)), GradientDescent.FullBatch(50, 0.2)).Converged();
        var ordered = fit.Representers(new RepresenterPoints(), Binary(OfFeatures(2, TestRows, ["a", "b"], ["no", "yes"], _people)));
        var other = fit.Representers(new RepresenterPoints(), Binary(OfFeatures(2, TestRows, ["b", "a"], ["no", "yes"], _people)));
        for (var test = 0; test < TestRows; test++)
        {
            Close.To(ordered.Of(test, 0), other.Of(test, 0), 1e-13);
        }
    }

    [Fact]
    public void Everything_refuses_a_missing_column_by_its_name()
    {
        var train = Binary(OfFeatures(1, Rows, ["a", "b"], ["no", "yes"], _people));
        var fit = NamedLogistic.Train(train, GradientDescent.FullBatch(3, 0.2), new Trajectory<double>());
        var wrong = Binary(OfFeatures(2, TestRows, ["b", "A"], ["no", "yes"], _people));
        var asks = new Asks<NamedLogistic.Model>(fit);
        Action[] all =
        [
            () => fit.Predict(wrong), () => fit.Losses(wrong), () => fit.Accuracy(wrong), () => _ = fit.MeanLoss(wrong),
            () => fit.Influence(new InfluenceFunctions(), wrong), () => fit.JointInfluence(new InfluenceFunctions(), wrong),
            () => fit.TopInfluence(new InfluenceFunctions(), wrong, 1), () => fit.Representers(new RpsLje(), wrong),
            () => fit.GroupInfluence(new KohGroupSum(), [[0]], wrong), () => NamedLogistic.Ledger(train, wrong),
            () => asks.OfSet(wrong).ToList(), () => asks.OfExamples(wrong).ToList(),
        ];
        Assert.All(all, ask => Assert.StartsWith("The examples have no feature 'a', and a feature 'A' that",
            Assert.ThrowsAny<ArgumentException>(ask).Message, StringComparison.Ordinal));
    }

    private static void AskAlike<TModel>(Asks<TModel> asks, ExampleSet<double> ordered, ExampleSet<double> other) where TModel : struct, IModel<double>
    {
        foreach (var (right, found) in asks.OfExamples(ordered).Concat(asks.OfSet(ordered)).Zip(asks.OfExamples(other).Concat(asks.OfSet(other))))
        {
            Assert.Equal(right.Name, found.Name);
            if (right.Name is "Ledger" or "MarginalFlows")
            {
                // Whom only one set names is in its account, with flows of 0.
                Close.To([.. right.Numbers.Where(flow => flow != 0)], [.. found.Numbers.Where(flow => flow != 0)], 1e-11);
                continue;
            }

            Close.To(right.Numbers, found.Numbers, 1e-11);
        }
    }

    /// <summary>Rows whose values depend on the seed and the names of what they belong to, not on any order.</summary>
    private static ExampleSet<double> OfFeatures(long seed, int rows, string[] features, string[] classes, string[] people)
    {
        var random = new RandomSource(seed);
        string[] ofFeatures = [.. features.Order(StringComparer.Ordinal)], ofClasses = [.. classes.Where(name => name != "unused").Order(StringComparer.Ordinal)],
            ofPeople = [.. people.Where(name => name != "Nobody's").Order(StringComparer.Ordinal)];
        var (values, labels, individualOf) = (new double[rows * features.Length], new int[rows], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            foreach (var feature in ofFeatures)
            {
                values[row * features.Length + Array.IndexOf(features, feature)] = random.NextGaussian();
            }

            labels[row] = Array.IndexOf(classes, ofClasses[random.NextBelow(ofClasses.Length)]);
            individualOf[row] = Array.IndexOf(people, ofPeople[random.NextBelow(ofPeople.Length)]);
        }

        return ExampleSet<double>.FromClasses(values, features.Length, labels, classes.Length, new Individuals(people), individualOf, features, classes);
    }

    /// <summary>The second of two classes as a label of 1.</summary>
    private static ExampleSet<double> Binary(ExampleSet<double> set) => ExampleSet<double>.FromFeatures(
        [.. Enumerable.Range(0, set.Count).SelectMany(row => set.Features.Slice(row * set.FeatureStride, set.FeatureCount).ToArray())], set.FeatureCount,
        [.. Enumerable.Range(0, set.Count).Select(row => set.Labels[row * set.LabelStride + 1])], set.Individuals, set.IndividualOf, set.FeatureNames);

    private static ExampleSet<double> OfRatings(long seed, int count, string[] users, string[] items)
    {
        var random = new RandomSource(seed);
        string[] ofUsers = [.. users.Where(name => name != "Never").Order(StringComparer.Ordinal)], ofItems = [.. items.Where(name => name != "unrated").Order(StringComparer.Ordinal)];
        var pairs = Enumerable.Range(0, ofUsers.Length * ofItems.Length).ToArray();
        random.Shuffle(pairs.AsSpan());
        pairs = pairs[..count];
        return ExampleSet<double>.FromRatings([.. pairs.Select(pair => Array.IndexOf(users, ofUsers[pair / ofItems.Length]))],
            [.. pairs.Select(pair => Array.IndexOf(items, ofItems[pair % ofItems.Length]))], [.. pairs.Select(_ => 1 + 4 * random.NextDouble())],
            users.Length, items.Length, new Individuals(users), items);
    }
}
