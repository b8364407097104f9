using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values of training data: who plays, what a model is worth, what nobody is.</summary>
public class RetrainedValueTests
{
    private static readonly ExampleSet<double> _train = Problems.Binary(8, 2, 1);
    private static readonly ExampleSet<double> _test = Problems.Binary(15, 2, 2);
    private static readonly Fit<Logistic.Model, double> _fit = Problems.FitBinary(_train, 0.1);

    [Fact]
    public void A_coalition_is_worth_the_model_that_is_trained_on_it()
    {
        foreach (var removal in new[] { Removal.Refit, Removal.Fixed })
        {
            var retrainer = _fit.Retrainer(removal);
            var coalitions = new Coalitions(8);
            coalitions.Add(1, 2, 5);
            coalitions.Add(7);
            coalitions.AppendAll();
            coalitions.Add();
            var losses = retrainer.Losses([[1, 2, 5], [7], [0, 1, 2, 3, 4, 5, 6, 7]], _test);
            double[] Of(Utility utility)
            {
                var game = _fit.Game(Players.Examples, _test, utility, removal: removal);
                var found = new double[4 * game.Utilities];
                game.Write(coalitions, found);
                return found;
            }

            var (each, mean) = (Of(Utility.Losses), Of(Utility.MeanLoss));
            for (var coalition = 0; coalition < 4; coalition++)
            {
                for (var t = 0; t < _test.Count; t++)
                {
                    Assert.Equal(coalition < 3 ? -losses[coalition, t] : -Math.Log(2), each[coalition * _test.Count + t], 1e-12);
                }

                Assert.Equal(each.AsSpan(coalition * _test.Count, _test.Count).ToArray().Average(), mean[coalition], 1e-12);
            }

            Assert.Equal(retrainer.Full.Accuracy(_test), Of(Utility.Accuracy)[2]);
        }
    }

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_order()
    {
        var game = _fit.Game(Players.Examples, _test, Utility.AreaUnderCurve);
        var coalitions = new Coalitions(8);
        coalitions.AppendAll();
        coalitions.Add();
        var found = new double[2];
        game.Write(coalitions, found);
        var (outputs, labels) = (_fit.Predict(_test), _test.Labels.ToArray().Where((_, i) => i % _test.LabelStride == 0).ToArray());
        var (right, pairs) = (0.0, 0);
        for (var i = 0; i < _test.Count; i++)
        {
            for (var j = 0; j < _test.Count; j++)
            {
                if (labels[i] == 1 && labels[j] == 0)
                {
                    right += outputs[i] > outputs[j] ? 1 : outputs[i] == outputs[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }

        Assert.Equal(right / pairs, found[0], 1e-14);
        Assert.InRange(found[0], 0.55, 1);

        // All outputs are 0 at weights of 0: all pairs are ties.
        Assert.Equal(0.5, found[1], 1e-14);
        int[] ones = [.. Enumerable.Range(0, _test.Count).Where(i => labels[i] == 1)];
        Assert.Contains("both classes", Assert.Throws<InvalidOperationException>(() => _fit.Game(Players.Examples, _test.Subset(ones), Utility.AreaUnderCurve)).Message, StringComparison.Ordinal);
        var line = Linear.Train(Problems.Numbers(6, 2, 1), Problems.Penalised(0.1)).Converged();
        Assert.Throws<InvalidOperationException>(() => line.Game(Players.Examples, Problems.Numbers(6, 2, 2), Utility.AreaUnderCurve));
        Assert.Throws<InvalidOperationException>(() => line.Value(new LeaveOneOutValue(), Players.Examples, Problems.Numbers(6, 2, 2), Utility.Accuracy));
    }

    [Fact]
    public void Nobody_is_worth_weights_of_zero_or_what_is_stated()
    {
        Assert.Equal(-Math.Log(2), _fit.Value(new AddOneInValue(), Players.Examples, _test).UtilityOfNobody[0], 1e-14);
        var stated = _fit.Value(new AddOneInValue(), Players.Examples, _test, Utility.Losses, ofNobody: -3);
        Assert.All(stated.UtilityOfNobody.ToArray(), utility => Assert.Equal(-3, utility));
        Assert.Equal(3 - Math.Log(2), stated[0, 0] - _fit.Value(new AddOneInValue(), Players.Examples, _test, Utility.Losses)[0, 0], 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>("ofNobody", () => _fit.Game(Players.Examples, _test, ofNobody: double.NaN));
    }

    [Fact]
    public void A_utility_of_ones_own_is_asked_of_every_fit()
    {
        var game = _fit.Game(Players.Examples, fit => -fit.MeanLoss(_test));
        var (own, known) = (new ExactShapley().Of(game), _fit.Value(new ExactShapley(), Players.Examples, _test));
        Assert.Equal(known.OfUtility(0), own.OfUtility(0));
        Assert.Equal(-_fit.MeanLoss(_test), own.UtilityOfAll[0], 1e-10);
    }

    [Fact]
    public void Individuals_bring_all_of_theirs_and_groups_are_one_player()
    {
        var features = _train.Features.ToArray().Where((_, i) => i % _train.FeatureStride < 2).ToArray();
        var labels = _train.Labels.ToArray().Where((_, i) => i % _train.LabelStride == 0).ToArray();
        var people = ExampleSet<double>.FromFeatures(features, 2, labels, new Individuals(["Ann", "Nobody", "Bob", "Cid"]), [0, 2, 3, 0, 2, 2, 3, 0]);
        var fit = Problems.FitBinary(people, 0.1);
        var individuals = fit.Value(new ExactShapley(), Players.Individuals, _test);
        var groups = fit.Value(new ExactShapley(), Players.Groups([7, 0, 3], [1, 4, 5], [2, 6]), _test);
        Assert.Equal(3, individuals.PlayerCount);
        Assert.Equal(["Ann", "Bob", "Cid"], Enumerable.Range(0, 3).Select(individuals.NameOf));
        Assert.Equal(groups.OfUtility(0), individuals.OfUtility(0));
        Assert.Equal(8, individuals.Evaluations);
        var examples = fit.Value(new ExactShapley(), Players.Examples, _test);
        Assert.True(Math.Abs(examples.SumOver(0, 3, 7)[0] - groups[0, 0]) > 1e-6);
        Assert.Equal(examples.SumOver(0, 1, 2, 3, 4, 5, 6, 7)[0], groups.SumOver(0, 1, 2)[0], 1e-10);

        Assert.Contains("in no group", Assert.Throws<ArgumentException>(() => fit.Game(Players.Groups([0, 1]), _test)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Game(Players.Groups([0, 8]), _test));
        Assert.Throws<ArgumentException>(() => Players.Groups([0, 1], [1]));
        Assert.Throws<ArgumentException>(() => Players.Groups([0, 1], []));
    }

    [Fact]
    public void Who_brings_equal_rows_is_named()
    {
        double[] x = [1, 2, 3, 4, 1, 2, 5, 6, 3, 4];
        var train = ExampleSet<double>.FromFeatures(x, 2, [1, 0, 1, 0, 0], new Individuals(["a", "b", "c", "d"]), [0, 1, 2, 3, 3]);
        var notes = Problems.FitBinary(train, 0.1).Value(new LeaveOneOutValue(), Players.Examples, _test).Notes;
        Assert.Contains("2 of 5 players bring the same rows as another, with whom a value is shared: 2 as 0, 4 as 1.", notes);
        notes = Problems.FitBinary(train, 0.1).Value(new LeaveOneOutValue(), Players.Individuals, _test).Notes;
        Assert.Contains("1 of 4 players brings the same rows as another, with whom a value is shared: c as a.", notes);
        Assert.DoesNotContain(_fit.Value(new LeaveOneOutValue(), Players.Examples, _test).Notes, note => note.Contains("same rows", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_are_the_same_bits_on_any_number_of_threads_and_by_the_plan_too()
    {
        var planned = Linear.Train(Problems.Numbers(8, 2, 1), GradientDescent.FullBatch(30, 0.1) with { WeightDecay = WeightDecay.OnAll(0.1) });
        var test = Problems.Numbers(5, 2, 2);
        Same(_fit, _test, RetrainBy.Minimum);
        Same(planned, test, RetrainBy.Plan);
        Assert.NotEqual(planned.Value(new ExactShapley(), Players.Examples, test).OfUtility(0), planned.Value(new ExactShapley(), Players.Examples, test, by: RetrainBy.Plan).OfUtility(0));

        static void Same<TModel>(Fit<TModel, double> fit, ExampleSet<double> test, RetrainBy by) where TModel : struct, IModel<double>
        {
            double[] Of<TMethod>(TMethod method, int threads) where TMethod : struct, IValueMethod =>
                [.. fit.Value(method, Players.Examples, test, Utility.Losses, by: by, options: new InfluenceOptions { Threads = threads }).ToMatrix().Cast<double>()];
            Assert.Equal(Of(new ExactShapley(), 1), Of(new ExactShapley(), 3));
            Assert.Equal(Of(new PermutationShapley { Stop = Stopping.After(20) }, 1), Of(new PermutationShapley { Stop = Stopping.After(20) }, 2));
            Assert.Equal(Of(new RegressionAdjustedValue { Stop = Stopping.After(64) }, 1), Of(new RegressionAdjustedValue { Stop = Stopping.After(64) }, 4));
        }
    }

    [Fact]
    public void What_individuals_add_to_all_others_is_leaving_them_out()
    {
        int[] users = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3];
        int[] items = [0, 1, 2, 0, 2, 1, 2, 3, 0, 3];
        var train = ExampleSet<double>.FromRatings(users, items, [4.0, 3, 5, 2, 4, 3, 1, 5, 4, 2], 4, 4);
        var test = ExampleSet<double>.FromRatings([0, 1, 3], [3, 1, 2], [4.0, 2, 3], 4, 4);
        var plan = GradientDescent.FullBatch(20, 0.05) with { Start = Initialisation.Gaussian(0.3, 1) };
        var fit = Trainer.Train(new Factors.Model(4, 4, 2), train, plan);
        foreach (var removal in new[] { Removal.Refit, Removal.Fixed })
        {
            var values = fit.Value(new LeaveOneOutValue(), Players.Individuals, test, Utility.Losses, removal: removal);
            new LeaveOneOut<Factors.Model, double>(new Factors.Model(4, 4, 2), train, plan, removal).InfluenceOn(test, (user, influence) =>
            {
                for (var t = 0; t < influence.Length; t++)
                {
                    Assert.Equal(influence[t], values[user, t], 1e-12);
                }
            });
            Assert.True(Math.Abs(values[0, 0]) > 1e-6);
        }
    }

    [Fact]
    public void Examples_of_no_weight_are_nobody()
    {
        var model = new ReferenceFeatureModel<HalfSquare>(1) { HasWeights = true };
        var train = ExampleSet<double>.FromFeatures([1.0, 2.0, -1.0, 0.5], 1, [2.0, 3.0, 9.0, 1.0], weights: [1, 2, 0, 0]);
        var test = ExampleSet<double>.FromFeatures([1.5, 0.2], 1, [2.0, 0.0], weights: [1, 1]);
        var fit = Trainer.Train(model, train, Problems.Penalised(0.1));
        Assert.All(new[] { fit.Value(new ExactShapley(), Players.Examples, test), fit.Value(new AddOneInValue(), Players.Examples, test) }, values =>
        {
            Assert.Equal(0, values[2, 0], 1e-10);
            Assert.Equal(0, values[3, 0], 1e-10);
            Assert.True(Math.Abs(values[0, 0]) > 0.01);
        });
    }

    [Fact]
    public void Models_in_single_precision_have_the_same_values_but_for_rounding()
    {
        var single = SingleLogistic.Train(Problems.Single(_train), Problems.Penalised(0.1)).Value(new ExactShapley(), Players.Examples, Problems.Single(_test));
        var exact = _fit.Value(new ExactShapley(), Players.Examples, _test);
        for (var player = 0; player < 8; player++)
        {
            Assert.Equal(exact[player, 0], single[player, 0], 1e-4);
        }
    }

    [Fact]
    public void Progress_rises_to_one_and_notes_are_told()
    {
        var (shares, notes) = (new List<double>(), new List<string>());
        var found = _fit.Value(new RegressionAdjustedValue(), Players.Examples, _test,
            options: new InfluenceOptions { Progress = shares.Add, Notes = notes.Add });
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
        Assert.Equal(found.Notes, notes);
        Assert.Equal(2 + 256, found.Evaluations);
    }

    [Fact]
    public void The_best_data_is_worth_most()
    {
        // Half of the labels are flipped: their owners have less value than the others.
        var clean = Problems.Numbers(24, 2, 5);
        var x = clean.Features.ToArray().Where((_, i) => i % clean.FeatureStride < 2).ToArray();
        double[] y = [.. clean.Labels.ToArray().Where((_, i) => i % clean.LabelStride == 0).Select((label, i) => i < 12 ? label : -label)];
        var fit = Linear.Train(ExampleSet<double>.FromFeatures(x, 2, y), Problems.Penalised(0.05)).Converged();
        var values = fit.Value(new RegressionAdjustedValue { Stop = Stopping.After(600) }, Players.Examples, Problems.Numbers(40, 2, 6)).OfUtility(0);
        Assert.True(values[..12].Average() > values[12..].Average() + 0.05);
    }
}
