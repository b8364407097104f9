using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>HyDRA and SGD-influence against <c>dynamic_*</c>, and leaving out for real.</summary>
public class UnrollingFixtureTests
{
    public static TheoryData<string> Files => [.. Traced.Files];

    [Theory, MemberData(nameof(Files))]
    public void Derivatives_of_training_are_the_reference_values(string file) => FixtureProblem.Run(file, new PlainSteps());

    [Theory, MemberData(nameof(Files))]
    public void Derivatives_of_training_with_momentum_are_the_reference_values(string file) => FixtureProblem.Run(file, new HeavyBall());

    [Theory, MemberData(nameof(Files))]
    public void Training_without_an_example_is_the_reference_value(string file) => FixtureProblem.Run(file, new Counterfactual());

    [Fact]
    public void At_the_end_of_full_batches_HyDRA_is_influence_functions() =>
        FixtureProblem.Run("dynamic_fullbatch_converged", new Converged());

    private sealed class PlainSteps : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var expected = given.Expected;
            var fit = given.Train(given.Plan(), Training.Checkpoints.Every(5));
            var full = new HydraFull();
            var scores = fit.Influence(full, given.Test);
            Close.To(given.Scores(expected["hydra_full"]), given.Rows(scores));
            Close.To(given.EachTraining(expected["hydra_full_hypergradients"]), full.Hypergradients(fit));
            Close.To(given.Scores(expected["hydra_fast"]), given.Rows(fit.Influence(new HydraFast(), given.Test)));
            Close.To(given.EachTraining(expected["hydra_fast_hypergradients"]), new HydraFast().Hypergradients(fit));
            var carried = new IterativeLeaveOneOut { Effect = LossChange.FirstOrder };
            var without = fit.Influence(carried, given.Test);
            Close.To(given.Scores(expected["hydra_eq79_epsilon_minus_1_over_n"]), given.Rows(without));
            var backwards = fit.Influence(new SgdInfluence(), given.Test);
            Close.To(given.Scores(expected.TryGet("sgd_influence") ?? expected["hydra_full"]), given.Rows(backwards));
            if (expected.TryGet("cook_hydra_theta_minus_theta_without") is { } cook)
            {
                Close.To(given.EachTraining(cook), [.. full.Hypergradients(fit).Select(h => h / given.Train.Count)]);
            }

            // Room for three examples at a time, and for a few weights.
            var little = 3 * 4 * given.Model.Layout.StorageLength * sizeof(double);
            Close.To(given.Rows(without), given.Rows(fit.Influence(carried with { MemoryBound = little }, given.Test)), 1e-13);
            Close.To(without.OnAll(), fit.JointInfluence(carried, given.Test));
            var ofOwn = fit.Influence(carried, given.Train);
            Close.To([.. Enumerable.Range(0, given.Train.Count).Select(i => ofOwn[i, i])], fit.SelfInfluence(carried));
            Close.To(given.Rows(scores), given.Rows(fit.Influence(full with { MemoryBound = little }, given.Test)), 1e-13);
            var sparse = given.Train(given.Plan(), Training.Checkpoints.Every(100));
            Close.To(given.Rows(backwards), given.Rows(sparse.Influence(new SgdInfluence { MemoryBound = little }, given.Test)), 1e-13);

            Close.To(scores.OnAll(), fit.JointInfluence(full, given.Test));
            Close.To(scores.OnAll(), fit.JointInfluence(new SgdInfluence(), given.Test));
            Close.To(fit.Influence(new HydraFast(), given.Test).OnAll(), fit.JointInfluence(new HydraFast(), given.Test));
            var own = fit.Influence(full, given.Train);
            Close.To([.. Enumerable.Range(0, given.Train.Count).Select(i => own[i, i])], fit.SelfInfluence(full));
            Close.To(fit.SelfInfluence(full), fit.SelfInfluence(new SgdInfluence()));
            own = fit.Influence(new HydraFast(), given.Train);
            Close.To([.. Enumerable.Range(0, given.Train.Count).Select(i => own[i, i])], fit.SelfInfluence(new HydraFast()));
        }
    }

    private sealed class HeavyBall : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.Train(given.MomentumPlan(), Training.Checkpoints.Every(6));
            Close.To(given.Scores(given.Expected["hydra_full_momentum"]), given.Rows(fit.Influence(new HydraFull(), given.Test)));
            Close.To(given.Scores(given.Expected["hydra_full_momentum"]), given.Rows(fit.Influence(new SgdInfluence(), given.Test)));
            Close.To(given.Scores(given.Expected["hydra_fast_momentum"]), given.Rows(fit.Influence(new HydraFast(), given.Test)));
            var own = fit.Influence(new HydraFast(), given.Train);
            Close.To([.. Enumerable.Range(0, given.Train.Count).Select(i => own[i, i])], fit.SelfInfluence(new HydraFast()));
        }
    }

    private sealed class Counterfactual : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var (name, renormalises) in new[] { ("counterfactual_fixed_divisor", false), ("counterfactual_renorm_divisor", true) })
            {
                if (given.Expected.TryGet(name) is not { } expected)
                {
                    continue;
                }

                using var descent = new Descent<TModel, double>(given.Model, given.Train, given.Plan());
                descent.Run([], null, default);
                var with = Losses(given, descent.Weights);
                var included = new AlignedBuffer<double>(given.Train.Count);
                var influence = new double[given.Train.Count * given.Test.Count];
                for (var i = 0; i < given.Train.Count; i++)
                {
                    included.Span.Fill(1);
                    included[i] = 0;
                    descent.Include(included, renormalises);
                    descent.Run([], null, default);
                    var without = Losses(given, descent.Weights);
                    for (var t = 0; t < given.Test.Count; t++)
                    {
                        influence[i * given.Test.Count + t] = without[t] - with[t];
                    }
                }

                Close.To(given.Scores(expected), influence);
            }
        }

        private static double[] Losses<TModel>(FixtureProblem<TModel> given, AlignedBuffer<double> weights)
            where TModel : struct, IModel<double>
        {
            var losses = new AlignedBuffer<double>(given.Test.Count);
            new SweepRunner<TModel, double>(given.Model, new WorkerTeam(1)).Loss(given.Test, weights, losses);
            return losses.Span.ToArray();
        }
    }

    private sealed class Converged : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var plan = GradientDescent.FullBatch(given.Inputs["iterations"].Whole, given.Inputs["learning_rate"].Number) with
            {
                Start = Initialisation.At(given.Inputs["theta0"].Numbers),
                WeightDecay = given.Decay,
            };
            var fit = given.Train(plan, Training.Checkpoints.Every(100));
            var scores = given.Rows(fit.Influence(new HydraFull(), given.Test));
            Close.To(given.Scores(given.Expected["hydra_full"]), scores);
            Close.To(given.Scores(given.Expected["influence_functions"]), scores);
            Close.To(given.Rows(fit.Converged().Influence(new InfluenceFunctions(), given.Test)), scores);
            Close.To(scores, given.Rows(fit.Influence(new SgdInfluence(), given.Test)));
        }
    }
}
