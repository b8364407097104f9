using InfluenceGen.Examples;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>Representer points and RPS-LJE, against <c>representer_*</c> and the networks of <c>static_mlp_*</c>.</summary>
public class RepresenterTests
{
    [Theory]
    [InlineData("representer_linear")]
    [InlineData("representer_logistic")]
    [InlineData("representer_softmax")]
    public void Contributions_are_the_reference_values(string file) => FixtureProblem.Run(file, new OfALinearModel());

    [Theory]
    [InlineData("static_mlp_gelu_softmax")]
    [InlineData("static_mlp_tanh_softmax")]
    public void Of_a_networks_last_layer_they_are_the_reference_values(string file) => FixtureProblem.Run(file, new OfANetwork());

    private sealed class OfALinearModel : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected;
            var fit = given.At(new double[given.Model.Layout.Count]).Converged();
            Close.To(expected["theta"].Numbers, fit.Theta(), 1e-7, 1e-9);
            Close.To(fit.Theta(), given.At(new double[given.Model.Layout.Count]).ConvergedLastLayer().Theta());
            Check(given, fit, expected);

            var early = given.At(given.Inputs["lje_theta"].Numbers);
            var expanded = early.Representers(new RpsLje(), given.Test);
            Close.To(expected["lje_contributions"].Numbers, All(given, expanded));
            Close.To(expected["lje_logits_newton_step"].Numbers, Outputs(given, expanded));
            Assert.False(expanded.HasValues);
            Assert.Contains(early.Representers(new RepresenterPoints(), given.Test).Notes,
                note => note.Contains("not a minimum", StringComparison.Ordinal));

            // At the minimum the Newton step is none: both decompose the same outputs.
            Close.To(fit.Predict(given.Test), Outputs(given, fit.Representers(new RpsLje(), given.Test)));
            Close.To(fit.Predict(given.Test), Outputs(given, fit.Representers(new RpsLje
            {
                Influence = new() { Solver = Solver.ConjugateGradient(1e-14) },
            }, given.Test)));

            if (given.Model.Labels == LabelDomain.Real)
            {
                Assert.Contains("labels are not classes", Assert.Throws<InvalidOperationException>(
                    () => fit.Influence(new RepresenterPoints(), given.Test)).Message, StringComparison.Ordinal);
            }
        }
    }

    private sealed class OfANetwork : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected["representer"];
            var theta = given.Inputs["theta"].Numbers;
            var fit = given.At(theta).ConvergedLastLayer();
            var last = expected["last_layer_theta_fitted"].Numbers;
            Assert.Equal(theta[..^last.Length], fit.Theta()[..^last.Length]);
            Close.To(last, fit.Theta()[^last.Length..], 1e-7, 1e-9);
            Check(given, fit, expected);
            Close.To(expected["lje_contributions"].Numbers, All(given, given.At(theta).Representers(new RpsLje(), given.Test)));
        }
    }

    private static void Check<TModel>(FixtureProblem<TModel> given, Fit<TModel, double> fit, Fixture expected)
        where TModel : struct, IModel<double>
    {
        var (n, outputs) = (given.Train.Count, given.Model.Outputs);
        var representers = fit.Representers(new RepresenterPoints(), given.Test);
        Assert.Empty(representers.Notes);
        Close.To(expected["alpha"].Numbers,
            [.. Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, outputs).Select(c => representers.Value(i, c)))]);
        Close.To(expected["contributions"].Numbers, All(given, representers));
        Close.To(expected["logits"].Numbers, Outputs(given, representers));
        Close.To(fit.Predict(given.Test), Outputs(given, representers));

        var unit = fit.Representers(new RenormalisedRepresenterPoints(), given.Test);
        for (var i = 0; i < n; i++)
        {
            double[] alpha = [.. Enumerable.Range(0, outputs).Select(c => representers.Value(i, c))];
            var factor = 1 / (given.Decay.Lambda * n) / Math.Sqrt(alpha.Sum(a => a * a));
            Close.To([.. alpha.Select(a => factor * a)], [.. Enumerable.Range(0, outputs).Select(c => unit.Value(i, c))]);
            Assert.Equal(factor * representers[i, 0, 0], unit[i, 0, 0], 1e-9);
        }

        if (expected.TryGet("influence_at_label") is not { } atLabel)
        {
            return;
        }

        // The reference takes the single logit of a logistic model whatever the label; scores are towards the label.
        var (scores, test) = (fit.Influence(new RepresenterPoints(), given.Test), given.Test);
        var numbers = atLabel.Numbers;
        if (given.Model.Labels == LabelDomain.Binary)
        {
            for (var k = 0; k < numbers.Length; k++)
            {
                numbers[k] *= test.Labels[k % test.Count] == 1 ? 1 : -1;
            }
        }

        Close.To(numbers, given.Rows(scores));
        Close.To(scores.OnAll(), fit.JointInfluence(new RepresenterPoints(), test));
        var own = fit.Influence(new RepresenterPoints(), given.Train);
        Close.To([.. Enumerable.Range(0, n).Select(i => own[i, i])], fit.SelfInfluence(new RepresenterPoints()));
    }

    [Fact]
    public void What_they_need_is_said()
    {
        FixtureProblem.Run("representer_logistic", new WithoutPenalty());
        FixtureProblem.Run("dynamic_mf", new Factorization());
    }

    private sealed class WithoutPenalty : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(given.Inputs["lje_theta"].Numbers, new WeightDecay(0.1));
            var refusal = Assert.Throws<InvalidOperationException>(() => fit.Representers(new RepresenterPoints(), given.Test)).Message;
            Assert.Contains("b has none, as penalties spare biases unless asked", refusal, StringComparison.Ordinal);
            Assert.Contains("WeightDecay.OnAll", refusal, StringComparison.Ordinal);
            Assert.Equal(given.Test.Count, fit.Representers(new RpsLje(), given.Test).TestCount);
        }
    }

    private sealed class Factorization : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(new double[given.Model.Layout.Count]);
            Assert.Contains("No single layer", Assert.Throws<InvalidOperationException>(
                () => fit.Representers(new RpsLje(), given.Test)).Message, StringComparison.Ordinal);
        }
    }

    private static double[] All<TModel>(FixtureProblem<TModel> given, Representers<double> representers)
        where TModel : struct, IModel<double> =>
        [.. from i in Enumerable.Range(0, given.Train.Count)
            from t in Enumerable.Range(0, given.Test.Count)
            from c in Enumerable.Range(0, representers.OutputCount)
            select representers[i, t, c]];

    private static double[] Outputs<TModel>(FixtureProblem<TModel> given, Representers<double> representers)
        where TModel : struct, IModel<double> =>
        [.. from t in Enumerable.Range(0, given.Test.Count)
            from c in Enumerable.Range(0, representers.OutputCount)
            select representers.Output(t, c)];
}
