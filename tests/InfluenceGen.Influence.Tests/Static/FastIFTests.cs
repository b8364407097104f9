using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Influence functions of near examples alone.</summary>
public class FastIFTests
{
    [Theory]
    [InlineData("static_logistic")]
    [InlineData("static_softmax")]
    [InlineData("static_mlp_tanh_softmax")]
    public void Candidates_are_the_nearest_and_have_their_influence(string file) => FixtureProblem.Run(file, new Nearest());

    private sealed class Nearest : IFixtureTest
    {
        private const int Candidates = 5;

        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At((given.Inputs.TryGet("theta") ?? given.Expected["theta"]).Numbers);
            var method = new FastIF { Influence = new() { Damping = 0.2 }, Candidates = Candidates };
            var (all, near) = (fit.Influence(method.Influence, given.Test), fit.Influence(method, given.Test));
            var layer = given.Expected.TryGet("representer");
            var train = layer is null ? Features(given.File["data"]["X"]) : Features(layer["features_train"]);
            var test = layer is null ? Features(given.File["data"]["X_test"]) : Features(layer["features_test"]);
            for (var t = 0; t < test.Length; t++)
            {
                var nearest = Enumerable.Range(0, train.Length)
                    .OrderBy(i => train[i].Zip(test[t], (a, b) => (a - b) * (a - b)).Sum()).Take(Candidates).ToHashSet();
                for (var i = 0; i < train.Length; i++)
                {
                    if (nearest.Contains(i))
                    {
                        Assert.Equal(all[i, t], near[i, t], 1e-12);
                    }
                    else
                    {
                        Assert.True(double.IsNaN(near[i, t]));
                    }
                }

                var ranked = near.Proponents(t, train.Length).Concat(near.Opponents(t, train.Length)).Select(x => x.Example);
                Assert.Subset(nearest, ranked.ToHashSet());
            }

            Assert.Contains(near.Notes, note => note.Contains($"the {Candidates} nearest", StringComparison.Ordinal));
            var (joint, jointOfAll) = (fit.JointInfluence(method, given.Test), fit.JointInfluence(method.Influence, given.Test));
            for (var i = 0; i < train.Length; i++)
            {
                var isCandidate = Enumerable.Range(0, test.Length).Any(t => !double.IsNaN(near[i, t]));
                Assert.Equal(isCandidate ? jointOfAll[i] : double.NaN, joint[i], 1e-12);
            }

            Assert.Equal(fit.SelfInfluence(method.Influence), fit.SelfInfluence(method));
            var everyone = fit.Influence(method with { Candidates = 10_000 }, given.Test);
            Assert.True(given.Rows(all).Zip(given.Rows(everyone), (a, b) => Math.Abs(a - b)).Max() < 1e-12);
        }

        private static double[][] Features(InfluenceGen.Tests.Models.Fixture rows) => [.. rows.Elements.Select(row => row.Numbers)];
    }

    [Fact]
    public void A_factorization_has_no_distances() => FixtureProblem.Run("dynamic_mf", new Factorization());

    private sealed class Factorization : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(new double[given.Model.Layout.Count]);
            var method = new FastIF { Influence = new() { Damping = 1 } };
            Assert.Contains("no features", Assert.Throws<InvalidOperationException>(() => fit.Influence(method, given.Test)).Message,
                StringComparison.Ordinal);
        }
    }
}
