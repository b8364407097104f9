using InfluenceGen.Examples;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>G-Shapley beside its fixtures: who plays, weights, orders, errors.</summary>
public class GradientShapleyTests
{
    private static readonly ExampleSet<double> _train = Problems.Numbers(7, 2, 1);
    private static readonly ExampleSet<double> _test = Problems.Numbers(5, 2, 2);
    private static readonly Fit<Linear.Model, double> _fit = Linear.Train(_train, GradientDescent.FullBatch(3, 0.1) with { WeightDecay = WeightDecay.OnAll(0.05) });

    [Theory]
    [InlineData(GradientReading.Pass)]
    [InlineData(GradientReading.Step)]
    public void Values_add_up_and_are_the_same_bits_on_any_number_of_threads(GradientReading reading)
    {
        PlayerValues Of(int threads) => _fit.Value(new GradientShapley { Reading = reading, Stop = Stopping.After(70), Seed = 3 }, Players.Examples, _test,
            Utility.Losses, new InfluenceOptions { Threads = threads });
        var (one, three) = (Of(1), Of(3));
        Assert.Equal(one.ToMatrix(), three.ToMatrix());
        Assert.Equal(one.ErrorsOf(2).ToArray(), three.ErrorsOf(2).ToArray());
        for (var t = 0; t < _test.Count; t++)
        {
            Assert.Equal(one.UtilityOfAll[t] - one.UtilityOfNobody[t], one.OfUtility(t).Sum(), 1e-12);
        }

        Assert.NotEqual(one.OfUtility(0), _fit.Value(new GradientShapley { Reading = reading, Stop = Stopping.After(70), Seed = 4 }, Players.Examples, _test, Utility.Losses).OfUtility(0));
    }

    [Fact]
    public void A_group_comes_together_and_each_of_its_examples_takes_a_step()
    {
        var groups = Players.Groups([5, 0], [3], [1, 6, 4, 2]);
        var asked = new GradientShapley { Orders = [[2, 0, 1], [1, 2, 0]], Rate = 0.3 };
        var (group, alone) = (_fit.Value(asked, groups, _test),
            _fit.Value(asked with { Orders = [[1, 2, 4, 6, 0, 5, 3], [3, 1, 2, 4, 6, 0, 5]] }, Players.Examples, _test));
        Assert.Equal(alone.SumOver(0, 5)[0], group[0, 0], 1e-12);
        Assert.Equal(alone[3, 0], group[1, 0], 1e-12);
        Assert.Equal(alone.SumOver(1, 2, 4, 6)[0], group[2, 0], 1e-12);
        Assert.Equal(1 + 2 * 3, group.Evaluations);
    }

    [Fact]
    public void Standard_errors_are_those_of_a_mean_over_orders()
    {
        int[][] orders = [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [3, 0, 6, 1, 5, 2, 4]];
        var found = _fit.Value(new GradientShapley { Orders = orders }, Players.Examples, _test);
        double[] each = [.. orders.Select(order => _fit.Value(new GradientShapley { Orders = [order] }, Players.Examples, _test)[4, 0])];
        Assert.Equal(each.Average(), found[4, 0], 1e-13);
        Assert.Equal(Math.Sqrt(each.Sum(value => Math.Pow(value - each.Average(), 2)) / 2 / 3), found.ErrorsOf(4)[0], 1e-13);
        Assert.True(found.ErrorsOf(4)[0] > 1e-6);
        Assert.False(_fit.Value(new GradientShapley { Orders = orders[..1] }, Players.Examples, _test).HasErrors);
    }

    [Fact]
    public void One_step_is_a_game_of_any_order()
    {
        // The mean over all orders is the exact value of the game that the plan of one step makes.
        var one = Linear.Train(_train, GradientDescent.FullBatch(1, 0.2) with { Start = Initialisation.At(0.3, -0.2, 0.1), WeightDecay = WeightDecay.OnAll(0.05) });
        var groups = Players.Groups([0, 1], [2], [3, 4, 5], [6]);
        var start = Linear.Train(_train, GradientDescent.FullBatch(0, 0.2) with { Start = Initialisation.At(0.3, -0.2, 0.1) });
        var game = one.Game(groups, _test, ofNobody: -start.MeanLoss(_test), by: Influence.Evaluation.RetrainBy.Plan);
        var found = one.Value(new GradientShapley { Reading = GradientReading.Step, Orders = [.. Games.Orders(4)] }, groups, _test);
        var exact = new ExactShapley().Of(game);
        for (var player = 0; player < 4; player++)
        {
            Assert.Equal(exact[player, 0], found[player, 0], 1e-12);
        }
    }

    [Fact]
    public void Steps_are_as_long_as_weights_and_who_has_none_takes_none()
    {
        var model = new ReferenceFeatureModel<HalfSquare>(1) { HasWeights = true };
        double[] x = [1, 2, -1, 0.5], y = [2, 3, 9, 1], weights = [1, 2, 0, 0.5];
        var train = ExampleSet<double>.FromFeatures(x, 1, y, weights: weights);
        var test = ExampleSet<double>.FromFeatures([1.5], 1, [2.0], weights: [1]);
        var start = new double[model.Layout.Count];
        var fit = Trainer.Train(model, train, GradientDescent.FullBatch(2, 0.1) with { Start = Initialisation.At(start), WeightDecay = WeightDecay.OnAll(0.2) });
        int[] order = [1, 2, 3, 0];
        var found = fit.Value(new GradientShapley { Orders = [order] }, Players.Examples, test);
        var (w, b) = (0.0, 0.0);
        foreach (var i in order)
        {
            var before = Loss();
            if (weights[i] > 0)
            {
                var r = weights[i] * (w * x[i] + b - y[i]);
                (w, b) = (w - 0.1 * (r * x[i] + 0.2 * w), start.Length == 1 ? 0 : b - 0.1 * (r + 0.2 * b));
            }

            Assert.Equal(before - Loss(), found[i, 0], 1e-12);
        }

        Assert.Equal(0, found[2, 0]);

        double Loss() => 0.5 * Math.Pow(w * 1.5 + b - 2, 2);
    }

    [Fact]
    public void Individuals_of_a_factorization_play_too()
    {
        int[] users = [0, 0, 1, 1, 2, 2], items = [0, 1, 0, 2, 1, 2];
        var train = ExampleSet<double>.FromRatings(users, items, [4.0, 3, 5, 2, 4, 3], 3, 3);
        var plan = GradientDescent.FullBatch(20, 0.05) with { Start = Initialisation.Gaussian(0.3, 1) };
        var fit = Trainer.Train(new Factors.Model(3, 3, 2), train, plan);
        var found = fit.Value(new GradientShapley { Orders = [[1, 0, 2]] }, Players.Individuals, train);
        var steps = Trainer.Train(new Factors.Model(3, 3, 2), train,
            GradientDescent.Batches([[2], [3], [0], [1], [4], [5]], 0.05) with { Start = Initialisation.Gaussian(0.3, 1) });
        Assert.Equal(-steps.MeanLoss(train), found.UtilityOfAll[0], 1e-12);
        Assert.Equal(-Trainer.Train(new Factors.Model(3, 3, 2), train, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.Gaussian(0.3, 1) }).MeanLoss(train),
            found.UtilityOfNobody[0], 1e-12);
    }

    [Fact]
    public void Orders_rates_and_bounds_are_looked_at()
    {
        Assert.Throws<ArgumentException>(() => _fit.Value(new GradientShapley { Orders = [[0, 1]] }, Players.Examples, _test));
        Assert.Throws<ArgumentOutOfRangeException>("Rate", () => _fit.Value(new GradientShapley { Rate = 0 }, Players.Examples, _test));
        Assert.Throws<ArgumentOutOfRangeException>(() => _fit.Value(new GradientShapley { Reading = (GradientReading)7 }, Players.Examples, _test));
        Assert.Throws<InvalidOperationException>(() => _fit.Value(new GradientShapley(), Players.Examples, _test, Utility.Accuracy));
        Assert.Throws<TrainingDivergedException>(() => _fit.Value(new GradientShapley { Rate = double.MaxValue }, Players.Examples, _test));
        Assert.Throws<OperationCanceledException>(() => _fit.Value(new GradientShapley(), Players.Examples, _test,
            options: new InfluenceOptions { Cancellation = new CancellationToken(canceled: true) }));
        var settled = _fit.Value(new GradientShapley { Stop = Stopping.AtStandardError(1e3, 1000) }, Players.Examples, _test);
        Assert.Equal(1 + 64 * 7, settled.Evaluations);
    }
}
