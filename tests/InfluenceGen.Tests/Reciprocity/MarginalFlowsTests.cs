using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Training;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

using Linear = ReferenceFeatureModel<HalfSquare>;

public class MarginalFlowsTests
{
    [Fact]
    public void Refitting_without_somebody_is_training_on_the_others()
    {
        var (training, deployment) = People();
        var model = new Linear(training.FeatureCount);
        CheckByParts(model, training, deployment, GradientDescent.FullBatch(20, 0.1), Removal.Refit, RowPenalty.OwnCounts);
    }

    [Fact]
    public void Leaving_out_a_rater_keeps_the_penalty_shares_of_the_others()
    {
        var (training, deployment) = Raters();
        var model = GeneratedFactorization3.Model.For(training);
        var plan = GradientDescent.FullBatch(20, 0.02, Objective.Sum) with { Start = Initialisation.Gaussian(0.5, 3) };
        CheckByParts(model, training, deployment, plan, Removal.Fixed, RowPenalty.AsIn(training));
        CheckByParts(model, training, deployment, plan with { Scaling = GradientScaling.Clip(0.5) }, Removal.Refit, RowPenalty.AsIn(training));
    }

    [Theory]
    [InlineData(Removal.Fixed)]
    [InlineData(Removal.Refit)]
    public void Mini_batches_stay_as_they_are_but_for_the_one_left_out(Removal removal)
    {
        var (training, deployment) = People();
        var model = new Linear(training.FeatureCount);
        int[][] batches = [[0, 1, 2, 3], [4, 5, 6], [9, 1, 7], [8, 2, 0, 5]];
        var start = Enumerable.Range(0, training.FeatureCount + 1).Select(j => 0.1 * j).ToArray();
        var plan = GradientDescent.Batches(batches, 0.1) with { Start = Initialisation.At(start), WeightDecay = WeightDecay.OnAll(0.2) };
        var full = Trainer.Train(model, training, plan).Losses(deployment);
        new LeaveOneOut<Linear, double>(model, training, plan, removal).InfluenceOn(deployment, (individual, influence) =>
        {
            // The update of each step, written out; an emptied batch shrinks the weights and does no more.
            var theta = start.ToArray();
            foreach (var batch in batches)
            {
                var others = batch.Where(i => training.IndividualOf[i] != individual).ToArray();
                var divisor = removal == Removal.Fixed ? batch.Length : Math.Max(1, others.Length);
                var gradient = theta.Select(w => 0.2 * w).ToArray();
                foreach (var i in others)
                {
                    double[] x = [.. training.Features.Slice(i * training.FeatureStride, training.FeatureCount), 1];
                    var error = x.Zip(theta, (a, b) => a * b).Sum() - training.Labels[i];
                    gradient = [.. gradient.Zip(x, (g, v) => g + error * v / divisor)];
                }

                theta = [.. theta.Zip(gradient, (w, g) => w - 0.1 * g)];
            }

            var without = Trainer.Train(model, training, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(theta) });
            Close.To([.. without.Losses(deployment).Zip(full, (a, b) => a - b)], influence, 1e-11);
        });
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var (training, deployment) = Sets.PatientsSeenOften();
        var model = GeneratedLinear.Model.For(training);
        Flows Of(int threads) => MarginalFlows.Of(new LeaveOneOut<GeneratedLinear.Model, double>(model, training,
            GradientDescent.FullBatch(10, 0.1) with { Threads = threads }, Removal.Refit), deployment);
        var (one, three) = (Of(1), Of(3));
        Assert.Equal(one.Inflow, three.Inflow);
        Assert.Equal(one.Outflow, three.Outflow);
        Assert.Equal(one.Self, three.Self);
    }

    [Fact]
    public void Progress_is_told_cancellation_heeded_and_nonsense_refused()
    {
        var (training, deployment) = People();
        var model = new Linear(training.FeatureCount);
        var leaveOneOut = new LeaveOneOut<Linear, double>(model, training, GradientDescent.FullBatch(2, 0.1), Removal.Refit);
        var told = new List<int>();
        MarginalFlows.Of(leaveOneOut, deployment, told.Add);
        Assert.Equal(Enumerable.Range(1, 4), told);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => MarginalFlows.Of(leaveOneOut, deployment, null, stop.Token));

        var alone = training.Subset([.. Enumerable.Range(0, training.Count).Where(i => training.IndividualOf[i] == 1)]);
        Assert.Contains("only one individual", Assert.Throws<ArgumentException>(() => MarginalFlows.Of(
            new LeaveOneOut<Linear, double>(model, alone, GradientDescent.FullBatch(2, 0.1), Removal.Refit), deployment)).Message);
        var others = ExampleSet<double>.FromFeatures(new double[2 * training.FeatureCount], training.FeatureCount, new double[4], 2);
        Assert.Contains("has 1 output", Assert.Throws<ArgumentException>("deployment", () => MarginalFlows.Of(leaveOneOut, others)).Message);
    }

    /// <summary>Compares with trainings on copies of the set that lack the individual.</summary>
    private static void CheckByParts<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment,
        GradientDescent plan, Removal removal, RowPenalty penalty)
        where TModel : struct, IModel<double>
    {
        var full = Trainer.Train(model, training, plan).Losses(deployment);
        var flows = MarginalFlows.Of(new LeaveOneOut<TModel, double>(model, training, plan, removal), deployment);
        var (inflow, outflow, self) = (new double[flows.Inflow.Length], new double[flows.Inflow.Length], new double[flows.Inflow.Length]);
        foreach (var u in training.IndividualOf.ToArray().Distinct())
        {
            var others = training.Subset([.. Enumerable.Range(0, training.Count).Where(i => training.IndividualOf[i] != u)], penalty);
            var without = Trainer.Train(model, others, plan).Losses(deployment);
            for (var i = 0; i < deployment.Count; i++)
            {
                var v = deployment.IndividualOf[i];
                (u == v ? self : outflow)[u] += without[i] - full[i];
                inflow[v] += u == v ? 0 : without[i] - full[i];
            }
        }

        Close.To(inflow, [.. flows.Inflow], 1e-11);
        Close.To(outflow, [.. flows.Outflow], 1e-11);
        Close.To(self, [.. flows.Self], 1e-11);
    }

    /// <summary>Ten training examples of four people; everybody is in both sets.</summary>
    private static (ExampleSet<double> Training, ExampleSet<double> Deployment) People()
    {
        var patients = Sets.Patients().Subset([.. Enumerable.Range(0, 18)]);
        var features = Enumerable.Range(0, patients.Count)
            .SelectMany(i => patients.Features.Slice(i * patients.FeatureStride, 3).ToArray()).ToArray();
        var all = ExampleSet<double>.FromFeatures(features, 3, patients.Labels.ToArray().Select(y => y / 100).ToArray(),
            Individuals.Numbered(4), [.. Enumerable.Range(0, patients.Count).Select(i => i % 4)]);
        return (all.Subset([.. Enumerable.Range(0, 10)]), all.Subset([.. Enumerable.Range(10, 8)]));
    }

    private static (ExampleSet<double> Training, ExampleSet<double> Deployment) Raters()
    {
        var count = 24;
        var all = ExampleSet<double>.FromRatings([.. Enumerable.Range(0, count).Select(i => i % 5)],
            [.. Enumerable.Range(0, count).Select(i => i * i % 7)], [.. Enumerable.Range(0, count).Select(i => 1.0 + i % 4)], 5, 7);
        return (all.Subset([.. Enumerable.Range(0, count).Where(i => i % 3 > 0)]),
            all.Subset([.. Enumerable.Range(0, count).Where(i => i % 3 == 0)]));
    }
}
