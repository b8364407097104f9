using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Influence functions and what is made of them, against <c>static_*</c>.</summary>
public class InfluenceFunctionFixtureTests
{
    [Theory]
    [InlineData("static_linear")]
    [InlineData("static_logistic")]
    [InlineData("static_softmax")]
    public void At_a_minimum_they_are_the_reference_values(string file) => FixtureProblem.Run(file, new AtAMinimum());

    [Theory]
    [InlineData("static_mlp_gelu_softmax")]
    [InlineData("static_mlp_softplus_squared")]
    [InlineData("static_mlp_tanh_softmax")]
    public void Of_a_network_they_are_the_reference_values(string file) => FixtureProblem.Run(file, new OfANetwork());

    private sealed class AtAMinimum : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, inputs) = (given.Expected, given.Inputs);
            var fit = given.At(new double[given.Model.Layout.Count]).Converged();
            Close.To(expected["theta"].Numbers, fit.Theta(), 1e-7, 1e-9);

            var functions = new InfluenceFunctions();
            var scores = fit.Influence(functions, given.Test);
            Close.To(given.Scores(expected["influence"]), given.Rows(scores));
            Assert.DoesNotContain(scores.Notes, note => note.Contains("not a minimum", StringComparison.Ordinal));
            Close.To(given.Scores(expected["influence_damped"]),
                given.Rows(fit.Influence(functions with { Damping = given.Hyper["damping"].Number }, given.Test)));
            Close.To(expected["joint_influence"].Numbers, fit.JointInfluence(functions, given.Test));
            Close.To(expected["joint_influence"].Numbers, scores.OnAll());
            Close.To(expected["self_influence"].Numbers, fit.SelfInfluence(functions));
            Close.To(given.Scores(expected["relatif"]), given.Rows(fit.Influence(new RelatIF(), given.Test)));
            Close.To(given.Scores(expected["renormif"]), given.Rows(fit.Influence(new RenormalisedInfluence(), given.Test)));

            var conjugate = functions with { Solver = Solver.ConjugateGradient(1e-13) };
            Close.To(given.Scores(expected["influence"]), given.Rows(fit.Influence(conjugate, given.Test)));
            var three = functions with { Solver = Solver.ConjugateGradient(0, 3, preconditioned: false) };
            Close.To(OfTests(given, expected["cg_s_test_3_iterations"]), given.Rows(fit.Influence(three, given.Test)));

            var arnoldi = functions with
            {
                Solver = Solver.Arnoldi(inputs["arnoldi_iterations"].Whole, inputs["arnoldi_top"].Whole, inputs["arnoldi_start"].Numbers),
            };
            Close.To(given.Scores(expected["arnoldi_influence"]), given.Rows(fit.Influence(arnoldi, given.Test)));

            var scale = inputs["lissa_scale"].Number;
            int[][] single = [.. inputs["lissa_order_single"].Elements.Select(batch => batch.Wholes)];
            int[][] batches = [.. inputs["lissa_order_batch"].Elements.Select(batch => batch.Wholes)];
            var lissa = functions with { Solver = Solver.Lissa(scale, single) };
            Close.To(OfTests(given, expected["lissa_single"]), given.Rows(fit.Influence(lissa, given.Test)));
            lissa = functions with { Solver = Solver.Lissa(scale, batches), Damping = scale * given.Hyper["damping"].Number };
            Close.To(OfTests(given, expected["lissa_batch_damped"]), given.Rows(fit.Influence(lissa, given.Test)));
            lissa = functions with { Solver = Solver.Lissa(scale, single, [.. single.Reverse()]) };
            Close.To(OfTests(given, expected["lissa_mean_of_two_orders"]), given.Rows(fit.Influence(lissa, given.Test)));

            int[][] groups = [.. inputs["groups"].Elements.Select(group => group.Wholes)];
            Close.To(expected["group_koh2019_sum"].Numbers, [.. scores.OfGroups(groups).Cast<double>()]);
        }

        /// <summary>(1/n) s_t · g_i of stated s_t and the fixture's gradients.</summary>
        private static double[] OfTests<TModel>(FixtureProblem<TModel> given, Fixture solved) where TModel : struct, IModel<double>
        {
            var gradients = given.Expected["train_grads"].Elements;
            double[][] rows = [.. solved.Elements.Select(row => row.Numbers)];
            return [.. gradients.SelectMany(g => rows.Select(s => g.Numbers.Zip(s, (a, b) => a * b).Sum() / gradients.Length))];
        }
    }

    private sealed class OfANetwork : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, inputs) = (given.Expected, given.Inputs);
            var fit = given.At(inputs["theta"].Numbers);
            var damped = new InfluenceFunctions { Damping = inputs["hessian_damping"].Number };
            var scores = fit.Influence(damped, given.Test);
            Close.To(given.Scores(expected["influence_damped"]), given.Rows(scores));
            Assert.Equal(expected["nonconverged_gradient"].Numbers.Max(Math.Abs) > 1e-3,
                scores.Notes.Any(note => note.Contains("not a minimum", StringComparison.Ordinal)));
            Close.To(expected["self_influence_damped"].Numbers, fit.SelfInfluence(damped));
            Close.To(given.Scores(expected["relatif_damped"]), given.Rows(fit.Influence(new RelatIF { Influence = damped }, given.Test)));
            Close.To(given.Scores(expected["renormif_damped"]),
                given.Rows(fit.Influence(new RenormalisedInfluence { Influence = damped }, given.Test)));

            var free = given.At(inputs["theta"].Numbers, new(0));
            var gaussNewton = new InfluenceFunctions { Damping = inputs["ggn_damping"].Number, Curvature = Curvature.GaussNewton };
            Close.To(given.Scores(expected["influence_ggn_damped"]), given.Rows(free.Influence(gaussNewton, given.Test)));
            Close.To(given.Scores(expected["influence_ggn_damped"]),
                given.Rows(free.Influence(gaussNewton with { Solver = Solver.ConjugateGradient(1e-13) }, given.Test)));
        }
    }
}
