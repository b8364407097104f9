using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>The proximal Bregman response, against <c>static_mlp_*</c> (<c>pbrf</c>).</summary>
public class ProximalBregmanTests
{
    [Theory]
    [InlineData("static_mlp_gelu_softmax")]
    [InlineData("static_mlp_softplus_squared")]
    [InlineData("static_mlp_tanh_softmax")]
    public void Responses_are_the_reference_values(string file) => FixtureProblem.Run(file, new Reference());

    private sealed class Reference : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(given.Inputs["theta"].Numbers);
            var method = new ProximalBregmanResponse { Damping = given.Inputs["ggn_damping"].Number };
            var (removal, n) = (fit.Influence(method, given.Test), given.Train.Count);
            Assert.Contains(removal.Notes, note => note.Contains($"{n} minimisations", StringComparison.Ordinal));
            Assert.DoesNotContain(removal.Notes, note => note.Contains("did not reach", StringComparison.Ordinal));
            foreach (var expected in given.Expected["pbrf"].Elements)
            {
                var (index, epsilon) = (expected["index"].Whole, expected["epsilon"].Number);
                using var task = new InfluenceTask<TModel, double>(fit, given.Test, null);
                var objective = new ProximalBregmanObjective<TModel, double>(task, method, epsilon);
                var (response, theta) = (new AlignedBuffer<double>(task.Layout.StorageLength), new double[task.Layout.Count]);
                var value = objective.Minimise(given.Train.Subset([index]), response);
                var least = expected["proximal_objective"].Number;
                Assert.True(value <= least + 1e-9 + 1e-7 * Math.Abs(least), $"{value:R} instead of {least:R}");
                if (value < least - 1e-7 * Math.Abs(least))
                {
                    // A lower minimum than the reference's.
                    continue;
                }

                task.Layout.Pack<double>(response.Span, theta);
                Close.To(expected["theta"].Numbers, theta, 1e-7, 1e-9);
                var scores = fit.Influence(method with { Epsilon = epsilon }, given.Test).OfTraining(index);
                Close.To(expected["influence"].Numbers, [.. scores.Select(score => -epsilon * n * score)], 1e-7, 1e-9);
                if (Math.Abs(epsilon + 1.0 / n) < 1e-15)
                {
                    Close.To(expected["influence"].Numbers, removal.OfTraining(index), 1e-7, 1e-9);
                }
            }

            Close.To(removal.OnAll(), fit.JointInfluence(method, given.Test));
        }
    }

    [Theory]
    [InlineData("static_mlp_softplus_squared")]
    [InlineData("static_mlp_tanh_softmax")]
    [InlineData("dynamic_mf")]
    public void Small_responses_tend_to_gauss_newton_influence(string file) => FixtureProblem.Run(file, new Limit());

    private sealed class Limit : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            // The response holds outputs to outputs and knows no penalty; influence functions have that of ratings in H.
            given = given.Train.TableCount == 0 ? given : given with { Train = given.Train.WithPenalty(RowPenalty.None) };
            var random = new RandomSource(3);
            var theta = given.Inputs.TryGet("theta")?.Numbers
                ?? [.. Enumerable.Range(0, given.Model.Layout.Count).Select(_ => 0.5 * random.NextGaussian())];
            var fit = given.At(theta, WeightDecay.OnAll(0));
            var damping = given.Inputs.TryGet("ggn_damping")?.Number ?? 0.1;
            var influence = given.Rows(fit.Influence(
                new InfluenceFunctions { Damping = damping, Curvature = Curvature.GaussNewton }, given.Test));
            double[] errors = [.. new[] { 1e-3, 1e-4, 1e-5 }.Select(epsilon => given
                .Rows(fit.Influence(new ProximalBregmanResponse { Damping = damping, Epsilon = -epsilon, Tolerance = 1e-7 }, given.Test))
                .Zip(influence, (a, b) => Math.Abs(a - b)).Max())];
            Assert.InRange(errors[0] / errors[1], 8, 12);
            Assert.InRange(errors[1] / errors[2], 8, 12);
        }
    }
}
