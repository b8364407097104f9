using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>Retraining on parts, against <c>retrain_*</c>.</summary>
public class RetrainerFixtureTests
{
    [Theory]
    [InlineData("retrain_linear")]
    [InlineData("retrain_logistic")]
    [InlineData("retrain_softmax")]
    public void Minima_without_examples_and_groups_are_the_reference_values(string file) => FixtureProblem.Run(file, new Removals());

    private sealed class Removals : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, inputs) = (given.Expected, given.Inputs);
            var fit = given.At(new double[given.Model.Layout.Count]);
            int[][] groups = [.. inputs["groups"].Elements.Select(group => group.Wholes)];
            foreach (var (removal, name) in new[] { (Removal.Refit, "renorm"), (Removal.Fixed, "fixed") })
            {
                var retrainer = fit.Retrainer(removal);
                Assert.True(retrainer.Converges);
                CloseRetrained(expected["theta"].Numbers, retrainer.Full.Theta());
                CloseRetrained(expected["test_loss"].Numbers, retrainer.Full.Losses(given.Test));
                CloseRetrained(expected[$"loo_{name}"].Numbers, Flat(retrainer.LeaveOneOut(given.Test).Effects));
                CloseRetrained(expected[$"group_{name}"].Numbers, Flat(retrainer.LeaveOut(given.Test, groups).Effects));
                var own = retrainer.LeaveOneOut(given.Train).Effects;
                CloseRetrained(expected[$"self_loo_{name}"].Numbers, [.. Enumerable.Range(0, given.Train.Count).Select(i => own[i, i])]);
            }

            int[][] subsets = [.. inputs["downsampling_subsets"].Elements.Select(subset => subset.Wholes)];
            CloseRetrained(expected["downsampling_submodel_test_loss"].Numbers, Flat(fit.Retrainer(Removal.Refit).Losses(subsets, given.Test)));
        }

        private static double[] Flat(double[,] values) => [.. values.Cast<double>()];

        private static void CloseRetrained(double[] expected, double[] actual) => Close.To(expected, actual, 1e-7, 1e-9);
    }
}
