using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Influence at weights that are no minimum, against <c>static_*</c> (<c>nonconverged</c>).</summary>
public class NonConvergenceTests
{
    [Theory]
    [InlineData("static_linear")]
    [InlineData("static_logistic")]
    [InlineData("static_softmax")]
    [InlineData("static_mlp_gelu_softmax")]
    [InlineData("static_mlp_softplus_squared")]
    [InlineData("static_mlp_tanh_softmax")]
    public void Steps_are_the_reference_values(string file) => FixtureProblem.Run(file, new Reference());

    private sealed class Reference : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var inputs = given.Inputs;
            var isNetwork = inputs.TryGet("hessian_damping") is not null;
            var fit = given.At(inputs[isNetwork ? "theta" : "nonconverged_theta"].Numbers);
            var settings = new InfluenceFunctions { Damping = inputs.TryGet("hessian_damping")?.Number ?? 0 };
            foreach (var expected in given.Expected["nonconverged"].Elements)
            {
                var step = fit.NewtonStep(expected["index"].Whole, expected["epsilon"].Number, settings);
                Close.To(expected["newton_step_exact"].Numbers, step.Exact.AsSpan());
                Close.To(expected["constant_part"].Numbers, step.Constant.AsSpan());
                Close.To(expected["z_part"].Numbers, step.OfExample.AsSpan());
                Close.To(expected["newton_step_linearised"].Numbers, step.Linearised.AsSpan());
            }

            // The scores are what removal changes of that step, to first order in the test loss.
            var scores = fit.Influence(new InfluenceAtNonConvergence { Influence = settings }, given.Test);
            var removal = fit.NewtonStep(3, influence: settings);
            Assert.Equal(-1.0 / given.Train.Count, removal.Epsilon);
            var gradients = given.At(fit.Theta());
            double[] change = [.. removal.Exact.Zip(removal.Constant, (a, b) => a - b)];
            for (var t = 0; t < given.Test.Count; t++)
            {
                Assert.Equal(GradientOf(gradients, given.Test, t).Zip(change, (g, d) => g * d).Sum(), scores[3, t], 1e-10);
            }

            var method = new InfluenceAtNonConvergence { Influence = settings };
            Close.To(scores.OnAll(), fit.JointInfluence(method, given.Test));
            var own = fit.Influence(method, given.Train);
            Close.To([.. Enumerable.Range(0, given.Train.Count).Select(i => own[i, i])], fit.SelfInfluence(method));
        }

        private static double[] GradientOf<TModel>(Fit<TModel, double> fit, Examples.ExampleSet<double> test, int t)
            where TModel : struct, IModel<double>
        {
            using var task = new InfluenceTask<TModel, double>(fit, test, null);
            var (sum, flat) = (new InfluenceGen.Numerics.AlignedBuffer<double>(task.Layout.StorageLength), new double[task.Layout.Count]);
            task.WriteGradientSum(test.Subset([t]), sum);
            task.Layout.Pack<double>(sum.Span, flat);
            return flat;
        }
    }

    [Fact]
    public void What_is_neglected_vanishes_with_the_gradient() => FixtureProblem.Run("static_logistic", new Vanishing());

    private sealed class Vanishing : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            // ε so small that its square does not count: what is left of the error is the cross term with the gradient.
            var minimum = given.At(new double[given.Model.Layout.Count]).Converged(1e-14).Theta();
            var away = given.Inputs["nonconverged_theta"].Numbers;
            var errors = new[] { 0.1, 0.01, 0.001 }.Select(share =>
            {
                var fit = given.At([.. minimum.Zip(away, (m, a) => m + share * (a - m))]);
                var step = fit.NewtonStep(2, 1e-7);
                return Norm(step.Exact.Zip(step.Linearised, (a, b) => a - b)) / Norm(step.OfExample);
            }).ToArray();
            Assert.InRange(errors[0] / errors[1], 8, 12);
            Assert.InRange(errors[1] / errors[2], 8, 12);
        }

        private static double Norm(IEnumerable<double> vector) => Math.Sqrt(vector.Sum(x => x * x));
    }
}
