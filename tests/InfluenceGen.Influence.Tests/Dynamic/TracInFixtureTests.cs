using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>The forms of TracIn, and GAS, against <c>dynamic_*</c>.</summary>
public class TracInFixtureTests
{
    public static TheoryData<string> Files => [.. Traced.Files];

    [Theory, MemberData(nameof(Files))]
    public void TracIn_is_the_reference_values(string file) => FixtureProblem.Run(file, new EveryStep());

    [Theory, MemberData(nameof(Files))]
    public void Checkpointed_TracIn_is_the_reference_values(string file) => FixtureProblem.Run(file, new AtCheckpoints());

    [Theory, MemberData(nameof(Files))]
    public void Ideal_TracIn_is_the_reference_values(string file) => FixtureProblem.Run(file, new Ideal());

    [Theory, MemberData(nameof(Files))]
    public void Momentum_trains_as_the_reference_does(string file) => FixtureProblem.Run(file, new WithMomentum());

    [Fact]
    public void Full_batches_give_the_reference_values() => FixtureProblem.Run("dynamic_fullbatch_converged", new FullBatch());

    private sealed class EveryStep : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected;
            var fit = given.Train(given.Plan(), Training.Checkpoints.Every(3));
            Close.To(expected["thetas"].Elements[^1].Numbers, fit.Theta());
            var scores = fit.Influence(new TracIn(), given.Test);
            Close.To(given.Scores(expected["tracin"]), given.Rows(scores));
            Close.To(scores.OnAll(), fit.JointInfluence(new TracIn(), given.Test));
            Close.To(given.Scores(expected["tracin_step1"]), given.Rows(fit.Influence(new TracIn { Steps = ..1 }, given.Test)));
            var projection = RandomProjection.Stated(given.Inputs["projection"].Elements.Length, given.Inputs["projection"].Numbers);
            var projected = new TracIn { Projection = projection };
            Close.To(given.Scores(expected["tracin_rp"]), given.Rows(fit.Influence(projected, given.Test)));
            Close.To(fit.Influence(projected, given.Test).OnAll(), fit.JointInfluence(projected, given.Test));
            Close.To(Diagonal(fit.Influence(projected, given.Train)), fit.SelfInfluence(projected));
            if (expected.TryGet("tracin_self") is { } self)
            {
                Close.To(given.EachExample(self), fit.SelfInfluence(new TracIn()));
            }

            if (expected.TryGet("tracin_last") is { } last)
            {
                Close.To(given.Scores(last), given.Rows(fit.Influence(new TracIn { Scope = ParameterScope.LastLayer }, given.Test)));
            }

            var singleton = given.Train(given.Plan("singleton_batches"), Training.Checkpoints.Every(5));
            Close.To(expected["singleton_thetas_final"].Numbers, singleton.Theta());
            Close.To(given.Scores(expected["tracin_singleton"]), given.Rows(singleton.Influence(new TracIn(), given.Test)));
        }
    }

    private sealed class AtCheckpoints : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, steps) = (given.Expected, given.Checkpoints());
            var fit = given.Train(given.Plan(), Training.Checkpoints.At(steps));
            var method = new TracInCP();
            var scores = fit.Influence(method, given.Test);
            Close.To(given.Scores(expected["tracin_cp"]), given.Rows(scores));
            Close.To(scores.OnAll(), fit.JointInfluence(method, given.Test));
            var stated = new TracInCP { Checkpoints = CheckpointSelection.At(steps) };
            Close.To(given.Scores(expected["tracin_cp"]), given.Rows(given.Train(given.Plan(), Training.Checkpoints.Every(7)).Influence(stated, given.Test)));
            Close.To(given.Rows(scores), given.Rows(fit.Influence(new TracInCP { Checkpoints = CheckpointSelection.Evenly(4) }, given.Test)));
            var projection = RandomProjection.Stated(given.Inputs["projection"].Elements.Length, given.Inputs["projection"].Numbers);
            Close.To(given.Scores(expected["tracin_cp_rp"]),
                given.Rows(fit.Influence(new TracInCP { Projection = projection }, given.Test)));
            var gas = new GradientAggregatedSimilarity();
            Close.To(given.Scores(expected["gas"]), given.Rows(fit.Influence(gas, given.Test)));
            Close.To(fit.Influence(gas, given.Test).OnAll(), fit.JointInfluence(gas, given.Test));
            if (expected.TryGet("tracin_cp_self") is { } self)
            {
                Close.To(given.EachExample(self), fit.SelfInfluence(method));
            }

            Close.To(Diagonal(fit.Influence(method, given.Train)), fit.SelfInfluence(method));
            Close.To(Diagonal(fit.Influence(gas, given.Train)), fit.SelfInfluence(gas));
            if (expected.TryGet("tracin_cp_last") is { } last)
            {
                Close.To(given.Scores(last), given.Rows(fit.Influence(method with { Scope = ParameterScope.LastLayer }, given.Test)));
                Close.To(given.Scores(expected["gas_last"]), given.Rows(fit.Influence(gas with { Scope = ParameterScope.LastLayer }, given.Test)));
            }

            // The blocks' shares add up to the whole.
            var sum = new double[given.Train.Count * given.Test.Count];
            foreach (var block in given.Model.Layout.Blocks)
            {
                var part = given.Rows(fit.Influence(method with { Scope = ParameterScope.Of(block.Name) }, given.Test));
                sum = [.. sum.Zip(part, (a, b) => a + b)];
            }

            Close.To(given.Rows(scores), sum);
        }
    }

    private sealed class Ideal : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected;
            var split = given.Train(given.Plan(), Training.Checkpoints.Every(4)).Influence(new TracInIdeal(), given.Test);
            Close.To(given.Scores(expected["tracin_ideal_minibatch_split"]), given.Rows(split));
            Assert.Contains("split evenly", Assert.Single(split.Notes));
            var fit = given.Train(given.Plan("singleton_batches"));
            var singleton = fit.Influence(new TracInIdeal(), given.Test);
            Close.To(given.Scores(expected["tracin_ideal_singleton"]), given.Rows(singleton));
            Assert.Empty(singleton.Notes);
            Close.To(singleton.OnAll(), fit.JointInfluence(new TracInIdeal(), given.Test));
            Close.To(Diagonal(fit.Influence(new TracInIdeal(), given.Train)), fit.SelfInfluence(new TracInIdeal()));
            var first = given.At(given.Inputs["theta0"].Numbers);
            Close.To([.. first.Losses(given.Test).Zip(fit.Losses(given.Test), (a, b) => a - b)],
                [.. Enumerable.Range(0, given.Test.Count).Select(t => singleton.OfTest(t).ToArray().Sum())]);
        }
    }

    private sealed class WithMomentum : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.Train(given.MomentumPlan());
            Close.To(given.Expected["momentum_theta_final"].Numbers, fit.Theta());
            Assert.Contains("momentum", Assert.Single(fit.Influence(new TracIn(), given.Test).Notes));
        }
    }

    private sealed class FullBatch : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var plan = GradientDescent.FullBatch(given.Inputs["iterations"].Whole, given.Inputs["learning_rate"].Number) with
            {
                Start = Initialisation.At(given.Inputs["theta0"].Numbers),
                WeightDecay = given.Decay,
            };
            var fit = given.Train(plan, Training.Checkpoints.Every(50));
            Close.To(given.Expected["theta_final"].Numbers, fit.Theta());
            Close.To(given.Scores(given.Expected["tracin"]), given.Rows(fit.Influence(new TracIn(), given.Test)));
            var everywhere = new TracInCP { Checkpoints = CheckpointSelection.Evenly(plan.Steps) };
            Close.To(given.Scores(given.Expected["tracin_cp_all"]), given.Rows(fit.Influence(everywhere, given.Test)));
        }
    }

    private static double[] Diagonal(InfluenceScores<double> scores) =>
        [.. Enumerable.Range(0, scores.TrainingCount).Select(i => scores[i, i])];
}
