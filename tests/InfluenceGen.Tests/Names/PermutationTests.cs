using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Examples;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Names;

/// <summary>
/// Permuting the columns, rows, classes, users and items of a training set permutes what a full-batch plan from a given start
/// gives, and nothing else. A file split in two, the second part read like the first, is the file read whole.
/// </summary>
public class PermutationTests
{
    private const int Rows = 15, Columns = 3, Classes = 3, Users = 4, Items = 5, Rank = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Permuting_columns_rows_and_classes_permutes_results(long seed)
    {
        var random = new RandomSource(seed);
        int[] rows = Shuffled(random, Rows), columns = Shuffled(random, Columns), classes = Shuffled(random, Classes);
        double[] start = [.. Enumerable.Range(0, Classes * (Columns + 1)).Select(_ => 0.3 * random.NextGaussian())];
        var (right, found) = (Trained(Given(Rows), Given(Columns), Given(Classes)), Trained(rows, columns, classes));
        Assert.Equal(classes.Select(c => $"class {c}"), found.Fit.Training.LabelNames);
        var (theta, permuted) = (right.Fit.Theta(), found.Fit.Theta());
        Close.To([.. PlacesOfWeights(columns, classes).Select(place => theta[place])], permuted, 1e-11);

        var test = Set(7, Given(4), Given(Columns), Given(Classes));
        var (outputs, others) = (right.Fit.Predict(test), found.Fit.Predict(test));
        Close.To([.. Enumerable.Range(0, 4 * Classes).Select(i => outputs[i / Classes * Classes + classes[i % Classes]])], others, 1e-11);
        Close.To(right.Fit.Losses(test), found.Fit.Losses(test), 1e-11);
        var (scores, permutedScores) = (right.Fit.Influence(new InfluenceFunctions { Damping = 0.1 }, test), found.Fit.Influence(new InfluenceFunctions { Damping = 0.1 }, test));
        for (var t = 0; t < test.Count; t++)
        {
            var ofTest = scores.OfTest(t).ToArray();
            Close.To([.. rows.Select(row => ofTest[row])], permutedScores.OfTest(t), 1e-11);
        }

        Close.To(right.Flows, found.Flows, 1e-11);

        (Fit<NamedSoftmax.Model, double> Fit, double[] Flows) Trained(int[] rowOrder, int[] columnOrder, int[] classOrder)
        {
            var set = Set(5, rowOrder, columnOrder, classOrder);
            var plan = GradientDescent.FullBatch(20, 0.3) with { Start = Initialisation.At([.. PlacesOfWeights(columnOrder, classOrder).Select(place => start[place])]) };
            var ledger = NamedSoftmax.Ledger(set, Set(7, Given(4), Given(Columns), Given(Classes)));
            var fit = NamedSoftmax.Train(set, plan, ledger);
            return (fit, [.. Given(5).Select(person => $"person {person}").SelectMany(name => new[] { ledger.Flows.Inflow[set.Individuals.CodeOf(name)], ledger.Flows.Outflow[set.Individuals.CodeOf(name)], ledger.Flows.Self[set.Individuals.CodeOf(name)] })]);
        }

        int[] PlacesOfWeights(int[] columnOrder, int[] classOrder) =>
            [.. classOrder.SelectMany(c => columnOrder.Select(column => c * Columns + column)), .. classOrder.Select(c => Classes * Columns + c)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Permuting_users_items_and_rows_permutes_results(long seed)
    {
        var random = new RandomSource(seed);
        int[] rows = Shuffled(random, Rows), users = Shuffled(random, Users), items = Shuffled(random, Items);
        double[] start = [.. Enumerable.Range(0, (Users + Items) * Rank).Select(_ => 0.3 * random.NextGaussian())];
        var test = Ratings(7, Given(6), Given(Users), Given(Items));
        var (right, found) = (Trained(Given(Rows), Given(Users), Given(Items)), Trained(rows, users, items));
        var theta = right.Fit.Theta();
        Close.To([.. PlacesOfWeights(users, items).Select(place => theta[place])], found.Fit.Theta(), 1e-11);
        Close.To(right.Fit.Predict(test), found.Fit.Predict(test), 1e-11);
        Close.To(right.Fit.Losses(test), found.Fit.Losses(test), 1e-11);
        Close.To(right.Flows, found.Flows, 1e-11);

        (Fit<NamedFactors.Model, double> Fit, double[] Flows) Trained(int[] rowOrder, int[] userOrder, int[] itemOrder)
        {
            var set = Ratings(5, rowOrder, userOrder, itemOrder);
            var plan = GradientDescent.FullBatch(20, 0.3) with { Start = Initialisation.At([.. PlacesOfWeights(userOrder, itemOrder).Select(place => start[place])]) };
            var ledger = NamedFactors.Ledger(set, test);
            var fit = NamedFactors.Train(set, plan, ledger);
            return (fit, [.. Given(Users).Select(user => set.Individuals.CodeOf($"user {user}")).SelectMany(code => new[] { ledger.Flows.Inflow[code], ledger.Flows.Outflow[code], ledger.Flows.Self[code] })]);
        }

        static int[] PlacesOfWeights(int[] userOrder, int[] itemOrder) =>
            [.. userOrder.Concat(itemOrder.Select(item => Users + item)).SelectMany(row => Enumerable.Range(row * Rank, Rank))];
    }

    [Theory]
    [InlineData("who,x,z,y\n", "b,1,2,7\na,3,4,9\nb,5,6,8\nc,7,8,7\n", "a,9,1,9\nd,2,3,7\nb,4,5,8\n", "who")]
    [InlineData("x,y,z\n", "1,30,2\n3,1,4\n", "5,30,6\n7,30,8\n", null)]
    public void A_file_of_columns_in_two_parts_is_the_whole_one(string header, string first, string second, string? individual)
    {
        using var whole = new TextFile(header + first + second);
        var all = NamedSoftmax.Read(whole.Path, "y", individual);
        SplitsWell(all, header, first, second, path => NamedSoftmax.Read(path, "y", individual), (path, like) => NamedSoftmax.Read(path, like: like),
            (path, like) => NamedSoftmax.Read(path, "y", individual, like));
        var (known, unseen) = Parts(all, first);
        using var firstFile = new TextFile(header + first);
        using var secondFile = new TextFile(header + second);
        var train = NamedSoftmax.Read(firstFile.Path, "y", individual);
        var test = NamedSoftmax.Read(secondFile.Path, like: train);
        var (right, found) = (NamedSoftmax.Ledger(known, unseen), NamedSoftmax.Ledger(train, test));
        NamedSoftmax.Train(known, GradientDescent.FullBatch(10, 0.1), right);
        NamedSoftmax.Train(train, GradientDescent.FullBatch(10, 0.1), found);
        Assert.Equal(right.Flows.Individuals.Count, found.Flows.Individuals.Count);
        for (var code = 0; code < right.Flows.Individuals.Count; code++)
        {
            var other = found.Flows.Individuals.CodeOf(right.Flows.Individuals[code]);
            Close.To([right.Flows.Inflow[code], right.Flows.Outflow[code], right.Flows.Self[code]],
                [found.Flows.Inflow[other], found.Flows.Outflow[other], found.Flows.Self[other]], 1e-11);
        }
    }

    [Fact]
    public void A_file_of_records_in_two_parts_is_the_whole_one()
    {
        const string First = "2,b,1.5\n9,a,2\n", Second = "9,c,3\n9,b,4\n";
        using var whole = new TextFile("Kind,Grower,Weight\n" + First + Second);
        SplitsWell(Fruit.Read(whole.Path), "Kind,Grower,Weight\n", First, Second, Fruit.Read, Fruit.Read);
    }

    [Theory]
    [InlineData("1 gamma 1\n2 beta 2\n10 alpha 5\n", "10 gamma 1\n1 beta 4\n2 alpha 3\n")]
    [InlineData("bob 7 1\nann 01 2\nbob 1 5\n", "ann 7 1\nbob 01 4\nann 1 3\n")]
    public void A_file_of_ratings_in_two_parts_is_the_whole_one(string first, string second)
    {
        using var whole = new TextFile(first + second);
        SplitsWell(NamedFactors.Read(whole.Path), "", first, second, NamedFactors.Read, NamedFactors.Read);
        const string Header = "Viewer,Film,Stars\n";
        (first, second) = (first.Replace(' ', ','), second.Replace(' ', ','));
        using var table = new TextFile(Header + first + second);
        SplitsWell(Seen.Read(table.Path), Header, first, second, Seen.Read, Seen.Read);
    }

    private static void SplitsWell(ExampleSet<double> whole, string header, string first, string second,
        Func<string, ExampleSet<double>> read, params ReadOnlySpan<Func<string, ExampleSet<double>, ExampleSet<double>>> likes)
    {
        using var firstFile = new TextFile(header + first);
        using var secondFile = new TextFile(header + second);
        var train = read(firstFile.Path);
        var (known, unseen) = Parts(whole, first);
        Assert.Equal(Told(known, 0), Told(train, 0));
        foreach (var like in likes)
        {
            Assert.Equal(Told(unseen, known.Count), Told(like(secondFile.Path, train), 0));
        }
    }

    private static (ExampleSet<double> First, ExampleSet<double> Second) Parts(ExampleSet<double> whole, string first)
    {
        var rows = first.Count(character => character == '\n');
        var source = whole.Source.ToArray();
        return (whole.Subset([.. Enumerable.Range(0, whole.Count).Where(i => source[i] < rows)]), whole.Subset([.. Enumerable.Range(0, whole.Count).Where(i => source[i] >= rows)]));
    }

    /// <summary>Everything about each example, in order, that does not depend on how its set counts.</summary>
    private static string[] Told(ExampleSet<double> set, int sourceOffset) => [.. Enumerable.Range(0, set.Count).Select(i =>
        $"{set.Source[i] - sourceOffset}: {set.Individuals[set.IndividualOf[i]]} "
        + string.Join(" ", set.FeatureNames.Select((name, feature) => $"{name}={set.Features[i * set.FeatureStride + feature]}"))
        + string.Join(" ", Enumerable.Range(0, set.LabelCount).Select(label => $" {(set.LabelNames.IsEmpty ? "" : set.LabelNames[label])}:{set.Labels[i * set.LabelStride + label]}"))
        + (set.TableCount == 0 ? "" : $" {set.Individuals[set.Index(0)[i]]} of {set.Individuals.Count} on {set.ItemNames[set.Index(1)[i]]} of {set.RowCount(1)}"))];

    private static int[] Given(int count) => [.. Enumerable.Range(0, count)];

    private static int[] Shuffled(RandomSource random, int count)
    {
        var order = Given(count);
        random.Shuffle(order.AsSpan());
        return order;
    }

    private static ExampleSet<double> Set(long seed, int[] rows, int[] columns, int[] classes)
    {
        var random = new RandomSource(seed);
        var values = rows.Select(_ => columns.Select(_ => random.NextGaussian()).ToArray()).ToArray();
        var labels = rows.Select(_ => random.NextBelow(Classes)).ToArray();
        var people = rows.Select(_ => random.NextBelow(5)).ToArray();
        int[] codes = [.. rows.Select(row => people[row])];
        string[] names = [.. codes.Concat(Given(5)).Distinct().Select(person => $"person {person}")];
        return ExampleSet<double>.FromClasses([.. rows.SelectMany(row => columns.Select(column => values[row][column]))], columns.Length,
            [.. rows.Select(row => Array.IndexOf(classes, labels[row]))], Classes, new Individuals(names),
            [.. codes.Select(person => Array.IndexOf(names, $"person {person}"))], columns.Select(column => $"column {column}"), classes.Select(c => $"class {c}"));
    }

    private static ExampleSet<double> Ratings(long seed, int[] rows, int[] users, int[] items)
    {
        var random = new RandomSource(seed);
        var pairs = Shuffled(random, Users * Items);
        var ratings = rows.Select(_ => 1 + 4 * random.NextDouble()).ToArray();
        return ExampleSet<double>.FromRatings([.. rows.Select(row => Array.IndexOf(users, pairs[row] / Items))], [.. rows.Select(row => Array.IndexOf(items, pairs[row] % Items))],
            [.. rows.Select(row => ratings[row])], Users, Items, new Individuals(users.Select(user => $"user {user}")), items.Select(item => $"item {item}"));
    }
}
