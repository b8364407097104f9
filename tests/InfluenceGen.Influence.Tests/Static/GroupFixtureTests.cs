using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Influence of groups, against <c>group_*</c>.</summary>
public class GroupFixtureTests
{
    [Theory]
    [InlineData("group_linear_l0")]
    [InlineData("group_linear_l2")]
    [InlineData("group_logistic_l0")]
    [InlineData("group_logistic_l2")]
    [InlineData("group_softmax_l2")]
    public void Every_estimate_is_the_reference_value(string file) => FixtureProblem.Run(file, new EveryEstimate());

    private sealed class EveryEstimate : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(new double[given.Model.Layout.Count]).Converged();
            Close.To(given.Expected["theta"].Numbers, fit.Theta(), 1e-7, 1e-9);
            var cases = given.Expected["groups"].Elements;
            int[][] groups = [.. cases.Select(c => c["indices"].Wholes)];

            Check(new KohGroupSum(), "koh2019");
            Check(new KohGroupSum { DataGradients = true }, "koh2019_data_gradients");
            Check(new FirstOrderGroup(), "first_order", "theta1", theta => theta.Select(x => -x));
            Check(new SecondOrderGroup(), "second_order");
            Check(new SecondOrderGroup { ThirdDerivative = true }, "second_order_with_third_derivative");
            Check(new SecondOrderGroup { Influence = new() { Solver = Solver.ConjugateGradient(1e-14) } }, "second_order");
            Check(new NewtonStepGroup(), "newton_step_renorm_influence", "newton_step_renorm_delta_theta");
            Check(new NewtonStepGroup { Removal = Removal.Fixed }, "newton_step_fixed_influence", "newton_step_fixed_delta_theta");
            Check(new NewtonStepGroup { Influence = new() { Solver = Solver.ConjugateGradient(1e-14) } },
                "newton_step_renorm_influence", "newton_step_renorm_delta_theta");

            var (second, third) = (fit.GroupInfluence(new SecondOrderGroup(), groups, given.Test),
                fit.GroupInfluence(new SecondOrderGroup { ThirdDerivative = true }, groups, given.Test));
            for (var g = 0; g < groups.Length; g++)
            {
                var theta1 = cases[g]["theta1"].Numbers;
                Close.To(cases[g]["theta2"].Numbers, [.. second.ParameterChange(g).ToArray().Zip(theta1, (d, t) => d + t)]);
                Close.To(cases[g]["theta2_with_third_derivative"].Numbers,
                    [.. third.ParameterChange(g).ToArray().Zip(theta1, (d, t) => d + t)]);
                Close.To([.. cases[g]["eq17_term1"].Numbers.Zip(cases[g]["eq17_term2"].Numbers, (a, b) => a + b)], second.OfGroup(g));
            }

            RetrainingIs("retrain_renorm", Removal.Refit);
            RetrainingIs("retrain_fixed", Removal.Fixed);

            void Check<TMethod>(TMethod method, string effects, string? change = null,
                Func<double[], IEnumerable<double>>? of = null) where TMethod : struct, IGroupMethod
            {
                var influences = fit.GroupInfluence(method, groups, given.Test);
                Assert.DoesNotContain(influences.Notes, note => note.Contains("not a minimum", StringComparison.Ordinal));
                for (var g = 0; g < groups.Length; g++)
                {
                    Close.To(cases[g][effects].Numbers, influences.OfGroup(g));
                    if (change is not null)
                    {
                        var expected = cases[g][change].Numbers;
                        Close.To([.. of?.Invoke(expected) ?? expected], influences.ParameterChange(g));
                    }
                }
            }

            // Repeated Newton steps are retraining; the exact change of the losses is then the ground truth.
            void RetrainingIs(string expected, Removal removal)
            {
                for (var g = 0; g < groups.Length; g++)
                {
                    var retained = given.Train.Subset([.. Enumerable.Range(0, given.Train.Count).Except(groups[g])]);
                    var share = removal == Removal.Refit ? 1 : (double)given.Train.Count / retained.Count;
                    var plan = GradientDescent.FullBatch(0, 1) with
                    {
                        Start = Initialisation.At(fit.Theta()),
                        WeightDecay = WeightDecay.OnAll(share * given.Decay.Lambda, given.Decay.Except.AsSpan()),
                    };
                    var without = Trainer.Train(given.Model, retained, plan).Converged();
                    Close.To(cases[g][expected].Numbers,
                        [.. without.Losses(given.Test).Zip(fit.Losses(given.Test), (a, b) => a - b)], 1e-7, 1e-9);
                }
            }
        }
    }
}
