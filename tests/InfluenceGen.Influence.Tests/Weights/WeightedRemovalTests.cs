using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Weights;

using Classifier = ReferenceFeatureModel<LogisticLoss>;
using Regression = ReferenceFeatureModel<HalfSquare>;

/// <summary>Removing an example removes its weight: against retraining, against the same example removed as often as it weighs, and in the
/// accounts of individuals.</summary>
public class WeightedRemovalTests
{
    private static readonly Regression _weightedRegression = new(3) { HasWeights = true, HasOffsets = true };
    private static readonly Regression _regression = new(3) { HasOffsets = true };
    private static readonly Classifier _weightedClassifier = new(3) { HasWeights = true, HasOffsets = true };
    private static readonly Classifier _classifier = new(3) { HasOffsets = true };

    public static TheoryData<Removal, Objective> Removals => new()
    {
        { Removal.Fixed, Objective.Mean }, { Removal.Refit, Objective.Mean }, { Removal.Fixed, Objective.Sum },
    };

    [Theory]
    [MemberData(nameof(Removals))]
    public void Retraining_without_it_is_retraining_without_its_copies(Removal removal, Objective objective)
    {
        var (rows, test) = (Duplicated.Rows(binary: true), Duplicated.Rows(binary: true, count: 5, seed: 2));
        foreach (var by in new[] { RetrainBy.Minimum, RetrainBy.Plan })
        {
            var plan = GradientDescent.FullBatch(20, objective == Objective.Mean ? 0.2 : 0.01, objective) with { WeightDecay = WeightDecay.OnAll(0.1) };
            var expected = Trainer.Train(_classifier, rows.Copies, plan).Retrainer(removal, by);
            var actual = Trainer.Train(_weightedClassifier, rows.Weighted, plan).Retrainer(removal, by);
            int[][] groups = [[0], [2, 3], [6, 9, 10]];
            var ofCopies = expected.LossesWithout([.. groups.Select(group => group.SelectMany(i => rows.CopiesOf[i]).ToArray())], test.Copies);
            var ofWeighted = actual.LossesWithout(groups, test.Weighted);
            for (var group = 0; group < groups.Length; group++)
            {
                Close.To(test.Summed([.. Enumerable.Range(0, test.Copies.Count).Select(t => ofCopies[group, t])]),
                    [.. Enumerable.Range(0, test.Weighted.Count).Select(t => ofWeighted[group, t])], 1e-7);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public void Rescaled_influence_is_retraining_of_least_squares(Removal removal, Objective objective)
    {
        var (rows, test) = (Duplicated.Rows(binary: false), Duplicated.Rows(binary: false, count: 5, seed: 2));
        var plan = GradientDescent.FullBatch(0, 1, objective) with { WeightDecay = objective == Objective.Mean ? new WeightDecay(0.2) : null };
        var fit = Trainer.Train(_weightedRegression, rows.Weighted, plan).Converged();
        var retrainer = fit.Retrainer(removal);
        var losses = retrainer.LossesWithout([.. Enumerable.Range(0, rows.Weighted.Count).Select(i => new[] { i })], test.Weighted);
        var before = fit.Losses(test.Weighted);
        var method = new RescaledInfluence { Removal = removal, Effect = LossChange.Exact };
        var (scores, joint) = (fit.Influence(method, test.Weighted), fit.JointInfluence(method, test.Weighted));
        var self = fit.SelfInfluence(method);
        for (var i = 0; i < rows.Weighted.Count; i++)
        {
            var sum = 0.0;
            for (var t = 0; t < before.Length; t++)
            {
                Assert.Equal(losses[i, t] - before[t], scores[i, t], 1e-8);
                sum += losses[i, t] - before[t];
            }

            Assert.Equal(sum, joint[i], 1e-8);
        }

        // What weighs nothing changes nothing, and so does its own loss.
        Assert.Equal(0, joint[4], 1e-12);
        Assert.Equal(0, self[4], 1e-12);
    }

    [Fact]
    public void Newton_steps_and_responses_remove_the_weight()
    {
        var rows = Duplicated.Rows(binary: false);
        var plan = GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.2) };
        var fit = Trainer.Train(_weightedRegression, rows.Weighted, plan).Converged();
        var copies = Trainer.Train(_regression, rows.Copies, plan).Converged();
        var step = new NewtonStepGroup { Removal = Removal.Fixed };
        var change = copies.GroupInfluence(step, [rows.CopiesOf[2]], rows.Copies).ParameterChange(0).ToArray();
        Close.To(change, [.. fit.NewtonStep(2).Exact], 1e-7);

        // Of least squares the divergence is the curvature, so that the response is a linear system of its own.
        var response = fit.Influence(new ProximalBregmanResponse { Damping = 0.3, Tolerance = 1e-12, Iterations = 200 }, rows.Weighted);
        var (x, w, total) = (Design(rows.Weighted), rows.Weighted.Weights.ToArray(), rows.Weighted.TotalWeight);
        var outputs = fit.Predict(rows.Weighted);
        double[,] matrix = new double[4, 4];
        for (var i = 0; i < w.Length; i++)
        {
            var without = i == 2 ? 0 : w[i] / total;
            for (var j = 0; j < 4; j++)
            {
                for (var k = 0; k < 4; k++)
                {
                    matrix[j, k] += without * x[i][j] * x[i][k];
                }
            }
        }

        for (var j = 0; j < 4; j++)
        {
            matrix[j, j] += 0.3;
        }

        var residual = outputs[2] - rows.Weighted.Labels[2];
        var moved = Solved(matrix, [.. x[2].Select(value => w[2] / total * residual * value)]);
        for (var t = 0; t < w.Length; t++)
        {
            var s = outputs[t] + Enumerable.Range(0, 4).Sum(j => x[t][j] * moved[j]);
            var expected = w[t] / 2 * (Math.Pow(s - rows.Weighted.Labels[t], 2) - Math.Pow(outputs[t] - rows.Weighted.Labels[t], 2));
            Assert.Equal(expected, response[2, t], 1e-7);
        }
    }

    [Fact]
    public void The_most_influential_group_counts_by_weight()
    {
        var rows = Duplicated.Rows(binary: true, count: 9);
        var plan = GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.2) };
        var fit = Trainer.Train(_weightedClassifier, rows.Weighted, plan).Converged();
        foreach (var found in new[] { fit.MostInfluentialGroup(new GreedyGroup(), 2, rows.Weighted), fit.MostInfluentialGroup(new ProjectedGradientGroup(), 2, rows.Weighted) })
        {
            var change = fit.GroupInfluence(new SecondOrderGroup { Removal = Removal.Refit }, [[.. found.Examples]], rows.Weighted);
            Assert.Equal(change.OfGroup(0).ToArray().Sum(), found.Influence, 1e-9);
        }
    }

    [Fact]
    public void Individuals_are_left_out_with_their_weight()
    {
        var (rows, test) = (Duplicated.Rows(binary: true), Duplicated.Rows(binary: true, count: 9, seed: 2));
        foreach (var removal in new[] { Removal.Fixed, Removal.Refit })
        {
            foreach (var plan in new[] { GradientDescent.FullBatch(15, 0.3), GradientDescent.FullBatch(15, 0.02, Objective.Sum) })
            {
                var (expected, actual) = (new double[7], new double[7]);
                new LeaveOneOut<Classifier, double>(_classifier, rows.Copies, plan, removal)
                    .InfluenceOn(test.Copies, (who, influence) => expected[who] = influence.ToArray().Sum());
                new LeaveOneOut<Classifier, double>(_weightedClassifier, rows.Weighted, plan, removal)
                    .InfluenceOn(test.Weighted, (who, influence) => actual[who] = influence.ToArray().Sum());
                Close.To(expected, actual, 1e-9);
            }
        }
    }

    [Fact]
    public void Flows_are_those_of_the_copies()
    {
        var (rows, test) = (Duplicated.Rows(binary: true), Duplicated.Rows(binary: true, count: 9, seed: 2));
        var plan = GradientDescent.FullBatch(15, 0.3);
        var (expected, actual) = (new Ledger<Classifier, double>(_classifier, rows.Copies, test.Copies),
            new Ledger<Classifier, double>(_weightedClassifier, rows.Weighted, test.Weighted));
        Trainer.Train(_classifier, rows.Copies, plan, expected);
        Trainer.Train(_weightedClassifier, rows.Weighted, plan, actual);
        Same(expected.Flows, actual.Flows);
        Same(expected.Flows.PerExample(), actual.Flows.PerExample());
        var average = new FlowAverage(Averaging.EveryRun);
        average.Add(actual.Flows);
        Same(expected.Flows.PerExample(), average.Mean.PerExample());

        var lighter = Duplicated.Rows(binary: true, count: 25).Weighted.Subset([.. Enumerable.Range(0, 25).Where(i => i != 1)]);
        var other = new Ledger<Classifier, double>(_weightedClassifier, lighter, test.Weighted);
        Trainer.Train(_weightedClassifier, lighter, plan, other);
        Assert.Contains("weigh", Assert.Throws<ArgumentException>("run", () => average.Add(other.Flows)).Message, StringComparison.Ordinal);

        static void Same(Flows expected, Flows actual)
        {
            Close.To(expected.Inflow.AsSpan(), actual.Inflow.AsSpan(), 1e-10);
            Close.To(expected.Outflow.AsSpan(), actual.Outflow.AsSpan(), 1e-10);
            Close.To(expected.Self.AsSpan(), actual.Self.AsSpan(), 1e-10);
        }
    }

    [Fact]
    public void What_weighs_nothing_leaves_nothing_to_train_on()
    {
        var rows = Duplicated.Rows(binary: true).Weighted;
        var nothing = rows.Subset([4, 12, 20]);
        var fit = Trainer.Train(_weightedClassifier, rows, GradientDescent.FullBatch(3, 0.1));
        Assert.Equal(0, nothing.TotalWeight);
        Assert.Contains("add up to 0", Assert.Throws<ArgumentException>("training", () => Trainer.Train(_weightedClassifier, nothing, GradientDescent.FullBatch(1, 0.1))).Message, StringComparison.Ordinal);
        Assert.Contains("add up to 0", Assert.Throws<ArgumentException>("examples", () => fit.MeanLoss(nothing)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("examples", () => fit.Accuracy(nothing));
        Assert.Equal([0, 0, 0], fit.Losses(nothing));
        Assert.Contains("weight 0", Assert.Throws<ArgumentException>(() => fit.Retrainer(Removal.Refit, RetrainBy.Plan).Losses([[4, 12]], rows)).Message, StringComparison.Ordinal);
    }

    private static double[][] Design(ExampleSet<double> examples) => [.. Enumerable.Range(0, examples.Count)
        .Select(i => (double[])[.. examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount), 1])];

    private static double[] Solved(double[,] matrix, double[] right)
    {
        var n = right.Length;
        for (var pivot = 0; pivot < n; pivot++)
        {
            for (var row = pivot + 1; row < n; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column < n; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }

                right[row] -= factor * right[pivot];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < n; column++)
            {
                right[row] -= matrix[row, column] * right[column];
            }

            right[row] /= matrix[row, row];
        }

        return right;
    }
}
