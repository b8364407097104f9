using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Retraining;

/// <summary>Leaving out by retraining, as scores, group effects and differences of parameters.</summary>
public class LeaveOneOutMethodTests
{
    [Theory]
    [InlineData("retrain_linear")]
    [InlineData("retrain_logistic")]
    [InlineData("retrain_softmax")]
    public void They_are_the_reference_values(string file) => FixtureProblem.Run(file, new Removals());

    [Theory, InlineData(Removal.Refit), InlineData(Removal.Fixed)]
    public void By_the_plan_it_is_the_plan_that_trains(Removal removal)
    {
        var (train, test) = (Problems.Classes(20, 3, 1), Problems.Classes(6, 3, 2));
        var plan = GradientDescent.MiniBatch(5, 12, 0.2, 3);
        var fit = Trainer.Train(default(TanhSoftmax.Model), train, plan with { Start = Initialisation.Gaussian(0.4, 5) });
        var method = new LeaveOneOut { Removal = removal, By = RetrainBy.Plan };
        var expected = fit.Retrainer(removal, RetrainBy.Plan).LeaveOneOut(test).Effects;
        var scores = fit.Influence(method, test);
        var group = fit.GroupInfluence(new LeaveGroupOut { Removal = removal, By = RetrainBy.Plan }, [[7], [2]], test, LossChange.Exact);
        for (var t = 0; t < 6; t++)
        {
            Assert.NotEqual(0, expected[7, t]);
            Close.To([.. Enumerable.Range(0, 20).Select(i => expected[i, t])], scores.OfTest(t), 1e-12, 1e-14);
            Assert.Equal(expected[7, t], group[0, t], 1e-13);
            Assert.Equal(expected[2, t], group[1, t], 1e-13);
        }
    }

    [Fact]
    public void Kept_models_serve_every_block_of_test_examples()
    {
        var (train, test) = (Problems.Binary(30, 3, 1), Problems.Binary(9, 3, 2));
        var fit = Problems.FitBinary(train, 0.1);
        var whole = fit.Influence(new LeaveOneOut(), test);
        using var task = new InfluenceTask<Logistic.Model, double>(fit, test, null);
        var (source, scores) = (new LeaveOneOut().Prepare(task), new AlignedBuffer<double>(5, 30));
        foreach (var (first, last) in new[] { (0, 5), (5, 9), (2, 4) })
        {
            source.WriteScores(first, last, scores);
            for (var t = first; t < last; t++)
            {
                Assert.Equal(whole.OfTest(t), scores.Span.Slice((t - first) * 30, 30));
            }
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var (train, test) = (Problems.Binary(70, 4, 1), Problems.Binary(9, 4, 2));
        var fit = Problems.FitBinary(train, 0.02);
        var (one, three) = (new InfluenceOptions { Threads = 1 }, new InfluenceOptions { Threads = 3 });
        Assert.Equal(fit.Influence(new LeaveOneOut(), test, one).OfTest(8), fit.Influence(new LeaveOneOut(), test, three).OfTest(8));
        Assert.Equal(fit.SelfInfluence(new LeaveOneOut(), one), fit.SelfInfluence(new LeaveOneOut(), three));
        Assert.Equal(fit.JointInfluence(new LeaveOneOut(), test, one), fit.JointInfluence(new LeaveOneOut(), test, three));
        Assert.Equal(fit.Retrainer(Removal.Fixed, options: one).CookDifferences(), fit.Retrainer(Removal.Fixed, options: three).CookDifferences());
    }

    [Fact]
    public void What_has_no_meaning_is_refused()
    {
        var (train, test) = (Problems.Binary(20, 3, 1), Problems.Binary(3, 3, 2));
        var fit = Logistic.Train(train, Problems.Penalised(0.1));
        Assert.Throws<ArgumentOutOfRangeException>("Removal", () => fit.Influence(new LeaveOneOut { Removal = (Removal)7 }, test));
        Assert.Throws<ArgumentOutOfRangeException>("By", () => fit.Influence(new LeaveOneOut { By = (RetrainBy)7 }, test));
        Assert.Throws<ArgumentOutOfRangeException>("By", () => fit.GroupInfluence(new LeaveGroupOut { By = (RetrainBy)7 }, [[1]], test));
        Assert.Contains("Converged", Assert.Throws<InvalidOperationException>(() => fit.GroupInfluence(new LeaveGroupOut(), [[1]], test)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("groups", () => fit.Retrainer(Removal.Refit).CookDifferences([[20]]));
        Assert.Throws<ArgumentException>(() => fit.Retrainer(Removal.Refit).CookDifferences([[.. Enumerable.Range(0, 20)]]));
        Assert.Throws<OperationCanceledException>(() => fit.Influence(new LeaveOneOut(), test, new InfluenceOptions { Cancellation = new CancellationToken(true) }));
    }

    private sealed class Removals : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected;
            var fit = given.At(new double[given.Model.Layout.Count]);
            var minimum = fit.Converged();
            int[][] groups = [.. given.Inputs["groups"].Elements.Select(group => group.Wholes)];
            foreach (var (removal, name) in new[] { (Removal.Refit, "renorm"), (Removal.Fixed, "fixed") })
            {
                var method = new LeaveOneOut { Removal = removal };
                var scores = fit.Influence(method, given.Test);
                CloseRetrained(expected[$"loo_{name}"].Numbers, given.Rows(scores));
                CloseRetrained(expected[$"self_loo_{name}"].Numbers, fit.SelfInfluence(method));
                CloseRetrained(scores.OnAll(), fit.JointInfluence(method, given.Test));
                var retrainer = fit.Retrainer(removal);
                CloseRetrained(expected[$"cook_{name}"].Numbers, Flat(retrainer.CookDifferences()));
                CloseRetrained(expected[$"group_cook_{name}"].Numbers, Flat(retrainer.CookDifferences(groups)));
                var found = minimum.GroupInfluence(new LeaveGroupOut { Removal = removal }, groups, given.Test, LossChange.Exact);
                CloseRetrained(expected[$"group_{name}"].Numbers, Flat(found.ToMatrix()));
                CloseRetrained(expected[$"group_cook_{name}"].Numbers,
                    [.. Enumerable.Range(0, groups.Length).SelectMany(group => found.ParameterChange(group).ToArray()).Select(change => -change)]);
            }
        }

        private static double[] Flat(double[,] values) => [.. values.Cast<double>()];

        private static void CloseRetrained(double[] expected, double[] actual) => Close.To(expected, actual, 1e-7, 1e-9);
    }
}
