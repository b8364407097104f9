using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values against <c>shapley_*</c>.</summary>
public class ValueFixtureTests
{
    [Fact]
    public void Values_of_an_abstract_game_are_the_reference_values()
    {
        var file = Fixture.Read("shapley_game");
        var game = Game.OfTable(file["inputs"]["v_by_bitmask"].Numbers);
        Assert.Equal(file["inputs"]["n"].Whole, game.Players);
        Exact(file["expected"], game, 1e-9, 1e-11);
        Indices(file["expected"], game, 1e-9, 1e-11);
    }

    [Theory]
    [InlineData("shapley_linear")]
    [InlineData("shapley_logistic")]
    public void Values_of_training_examples_are_the_reference_values(string file) => FixtureProblem.Run(file, new Retrained());

    private static void Exact(Fixture expected, Game game, double relative, double absolute)
    {
        void Same(Fixture values, PlayerValues found) => Close.To(values.Numbers, [.. found.ToMatrix().Cast<double>()], relative, absolute);
        Same(expected["shapley"], new ExactShapley().Of(game));
        Same(expected["banzhaf"], new ExactBanzhaf().Of(game));
        Same(expected["loo"], new LeaveOneOutValue().Of(game));
        Same(expected["loo"], new ExactSemivalue { Value = Semivalue.LeaveOneOut }.Of(game));
        Same(expected["beta"]["1,1"], new BetaShapley(1, 1).Of(game));
        Same(expected["beta"]["4,1"], new BetaShapley(4, 1).Of(game));
        Same(expected["beta"]["16,1"], new BetaShapley(16, 1).Of(game));
        Same(expected["beta"]["1,4"], new BetaShapley(1, 4).Of(game));
        Same(expected["beta"]["2.5,0.5"], new BetaShapley(2.5, 0.5).Of(game));

        // w(j) = n q(j − 1)/C(n − 1, j − 1).
        foreach (var (name, value) in new[] { ("16,1", Semivalue.Beta(16, 1)), ("1,4", Semivalue.Beta(1, 4)), ("2.5,0.5", Semivalue.Beta(2.5, 0.5)) })
        {
            Close.To(expected["beta_weights"][name].Numbers,
                [.. value.SizeProbabilities(game.Players).Select((q, k) => game.Players * q / Games.Binomial(game.Players - 1, k))], 1e-9, 1e-11);
        }
    }

    private static void Indices(Fixture expected, Game game, double relative, double absolute)
    {
        var orders = new HashSet<int>();
        foreach (var each in expected["interactions"].Elements)
        {
            var set = each["set"].Wholes;
            orders.Add(set.Length);
            Close.To(each["shapley_interaction"].Numbers, new ShapleyInteraction { Order = set.Length }.Of(game).Of(set), relative, absolute);
            Close.To(each["shapley_taylor"].Numbers, new ShapleyTaylor { Order = set.Length }.Of(game).Of(set), relative, absolute);
        }

        Assert.Equal([2, 3], orders.Order());
    }

    private sealed class Retrained : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, inputs) = (given.Expected, given.Inputs);
            var fit = given.At(new double[given.Model.Layout.Count]);
            var trained = fit.Game(Players.Examples, given.Test, Utility.Losses);
            var game = trained.Tabulated();
            Same(expected["utility_by_bitmask"].Numbers, Games.Table(game));
            Exact(expected, game, 1e-7, 1e-9);
            Indices(expected, game, 1e-7, 1e-9);

            // By samples that the fixture states, of trainings of their own.
            int[][] permutations = [.. inputs["permutations"].Elements.Select(order => order.Wholes)];
            Same(expected["permutation_shapley"].Numbers, Flat(new PermutationShapley { Orders = permutations }.Of(trained)));
            Same(expected["permutation_shapley"].Numbers, Flat(new TruncatedMonteCarlo { Orders = permutations }.Of(trained)));
            var first = fit.Game(Players.Examples, given.Test.Subset([0]), Utility.Losses);
            var truncated = new TruncatedMonteCarlo { Tolerance = inputs["truncation_tolerance"].Number, Orders = permutations }.Of(first);
            Same(expected["tmc_truncated_test0"].Numbers, Flat(truncated));
            var marginals = permutations.Length * trained.Players;
            var cut = marginals - expected["tmc_truncated_utility_calls"].Whole;
            Assert.Contains(truncated.Notes, note => note.StartsWith($"Of {marginals} marginal contributions {cut} were truncated", StringComparison.Ordinal));

            // Gradient steps, from a start of their own; what the plan's steps are is of no account.
            var started = Trainer.Train(given.Model, given.Train, GradientDescent.FullBatch(0, inputs["g_shapley_lr"].Number) with
            {
                Start = Initialisation.At(inputs["g_shapley_theta0"].Numbers),
                WeightDecay = given.Decay,
            });
            var pass = started.Value(new GradientShapley { Orders = permutations }, Players.Examples, given.Test, Utility.Losses);
            Close.To(expected["g_shapley_sequential"].Numbers, Flat(pass), 1e-9, 1e-11);
            var step = started.Value(new GradientShapley { Reading = GradientReading.Step, Orders = permutations }, Players.Examples, given.Test, Utility.Losses);
            Close.To(expected["g_shapley_onestep"].Numbers, Flat(step), 1e-9, 1e-11);

            int[][] reused = [.. inputs["msr_subsets"].Elements.Select(subset => subset.Wholes)];
            Same(expected["banzhaf_msr"].Numbers, Flat(new BanzhafSampleReuse { Coalitions = reused }.Of(trained)));
            int[][] drawn = [.. inputs["ame_subsets"].Elements.Select(subset => subset.Wholes)];
            var probabilities = inputs["ame_inclusion_probability"].Numbers;
            Assert.Equal(Enumerable.Range(0, drawn.Length).Select(j => new[] { 0.2, 0.4, 0.6, 0.8 }[j % 4]), probabilities);
            Same(expected["ame_ols"].Numbers, Flat(new AverageMarginalEffect { Coalitions = drawn }.Of(trained)));
            var lasso = new AverageMarginalEffect { Coalitions = drawn, Inclusion = [.. probabilities[..4]], Lasso = inputs["ame_lasso_alpha"].Number }.Of(trained);
            Same(expected["ame_lasso"].Numbers, Flat(lasso));
            Assert.Equal(expected["ame_lasso"].Numbers.Count(effect => effect == 0), Flat(lasso).Count(effect => effect == 0));

            // Without the table, and each test example by itself.
            Same(expected["shapley"].Numbers, Flat(fit.Value(new ExactShapley(), of: Players.Examples, on: given.Test, Utility.Losses)));
            Same(expected["loo"].Numbers, Flat(fit.Value(new LeaveOneOutValue(), of: Players.Examples, on: given.Test, Utility.Losses)));

            // The mean of the losses, by linearity.
            var shapley = expected["shapley"].Elements;
            Same([.. shapley.Select(each => each.Numbers.Average())], Flat(fit.Value(new ExactShapley(), of: Players.Examples, on: given.Test)));
        }

        private static double[] Flat(PlayerValues values) => [.. values.ToMatrix().Cast<double>()];

        private static void Same(double[] expected, double[] actual) => Close.To(expected, actual, 1e-7, 1e-9);
    }
}
