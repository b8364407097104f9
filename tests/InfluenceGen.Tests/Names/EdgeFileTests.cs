using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Names;

/// <summary>Pairs of small files that count differently; what is right was computed outside.</summary>
public class EdgeFileTests
{
    private static readonly GradientDescent _factors = GradientDescent.FullBatch(500, 0.3) with { Start = Initialisation.Gaussian(0.3, 1) };

    [Fact]
    public void Columns_in_another_order_are_read_by_their_names()
    {
        var train = NamedLogistic.Read(Edge("columns-train.csv"), "y");
        var fit = NamedLogistic.Train(train, GradientDescent.FullBatch(500, 0.3));
        var (age, bmi, bias) = (fit.Theta()[0], fit.Theta()[1], fit.Theta()[2]);
        double[] right = [age * 4 + bmi * 1 + bias, age * 1 + bmi * 5 + bias];
        Close.To(right, fit.Predict(NamedLogistic.Read(Edge("columns-test-other-order.csv"), "y")), 1e-14);
        Close.To(right, fit.Predict(NamedLogistic.Read(Edge("columns-test-other-order.csv"), like: train)), 1e-14);
    }

    [Fact]
    public void Rows_of_two_files_without_individuals_are_different_people()
    {
        var (train, deployment) = (NamedLogistic.Read(Edge("unnamed-people-train.csv"), "y"), NamedLogistic.Read(Edge("unnamed-people-deployment.csv"), "y"));
        foreach (var set in new[] { deployment, NamedLogistic.Read(Edge("unnamed-people-deployment.csv"), like: train) })
        {
            var ledger = NamedLogistic.Ledger(train, set);
            NamedLogistic.Train(train, GradientDescent.FullBatch(20, 0.1), ledger);
            Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], Enumerable.Range(0, 8).Select(code => ledger.Flows.Individuals[code]));
            Assert.Equal(8, ledger.Flows.Individuals.Count);
            Assert.All(ledger.Flows.Self, self => Assert.Equal(0, self));
            Assert.Equal([true, true, true, true, false, false, false, false], Enumerable.Range(0, 8).Select(ledger.Flows.Trains));
            Assert.Empty(ledger.Reciprocity.Measured);
            Assert.NotEqual(0, ledger.Flows.Outflow[0]);
        }
    }

    [Fact]
    public void Items_called_by_words_have_one_numbering()
    {
        // Computed outside, with both files read together: the penalty of a row is (0.5/2)|row|².
        double[] right = [1.7479, 2.1545, 8.8076];
        var train = NamedFactors.Read(Edge("items-by-word-train.data"));
        var fit = NamedFactors.Train(train, _factors);
        var test = NamedFactors.Read(Edge("items-by-word-test.data"));
        Close.To(right, fit.Losses(test), 1e-4);
        Close.To(right, fit.Losses(NamedFactors.Read(Edge("items-by-word-test.data"), like: train)), 1e-4);

        var together = RatingsFile.ReadTogether<double>([Edge("items-by-word-train.data"), Edge("items-by-word-test.data")]);
        var (known, ledger) = (NamedFactors.Ledger(together[0], together[1]), NamedFactors.Ledger(train, test));
        NamedFactors.Train(together[0], _factors, known);
        NamedFactors.Train(train, _factors, ledger);
        Close.To([.. known.Flows.Inflow], [.. ledger.Flows.Inflow], 1e-11);
        Close.To([.. known.Flows.Outflow], [.. ledger.Flows.Outflow], 1e-11);
        Close.To([.. known.Flows.Self], [.. ledger.Flows.Self], 1e-11);
    }

    [Fact]
    public void Classes_from_1_are_three_and_called_by_their_numbers()
    {
        var set = NamedSoftmax.Read(Edge("classes-from-1.csv"), "y");
        Assert.Equal(["1", "2", "3"], set.LabelNames);
        Assert.Equal(3, set.LabelCount);
        Assert.Equal([1.0, 0, 0], set.Labels[..3].ToArray());
        Assert.Equal(["1", "2", "3"], ThreeClasses.Read(Edge("classes-from-1.csv"), "y").LabelNames);
    }

    [Fact]
    public void A_user_whom_a_factorization_has_never_seen_is_named_and_what_to_do()
    {
        var train = NamedFactors.Read(Edge("factorization-train.data"));
        var fit = NamedFactors.Train(train, GradientDescent.FullBatch(5, 0.1));
        var test = NamedFactors.Read(Edge("factorization-user-in-test-only.data"));
        const string Message = "Row 1 (counted from 0) is of the user '9', unknown to the ratings that it is matched with; a factorization has nothing for a user that it has never seen. Train on ratings of that user, read both files together (RatingsFile.ReadTogether), or leave the row out.";
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>("examples", () => fit.Predict(test)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>("on", () => fit.Influence(new InfluenceFunctions(), test)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>("deployment", () => NamedFactors.Ledger(train, test)).Message, StringComparison.Ordinal);
        Assert.StartsWith(Message, Assert.Throws<ArgumentException>(() => test.Like(train)).Message, StringComparison.Ordinal);
        Assert.Single(fit.Predict(test.Subset([0])));
    }

    private static string Edge(string file) => Path.Combine(AppContext.BaseDirectory, "fixtures", "edges", file);
}
