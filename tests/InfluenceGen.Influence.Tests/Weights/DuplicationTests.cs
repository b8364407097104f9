using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Weights;

using Classifier = ReferenceFeatureModel<LogisticLoss>;
using Regression = ReferenceFeatureModel<HalfSquare>;

/// <summary>An example of weight w is the same one w times over: in training, at minima, in every estimate that adds up, in groups, in
/// retraining and in the accounts of individuals.</summary>
public class DuplicationTests
{
    private static readonly Regression _weightedRegression = new(3) { HasWeights = true, HasOffsets = true };
    private static readonly Regression _regression = new(3) { HasOffsets = true };
    private static readonly Classifier _weightedClassifier = new(3) { HasWeights = true, HasOffsets = true };
    private static readonly Classifier _classifier = new(3) { HasOffsets = true };
    private static readonly ReferenceFactorization _weightedFactorization = new(4, 5, 2, 0.3) { HasWeights = true, HasOffsets = true };
    private static readonly ReferenceFactorization _factorization = new(4, 5, 2, 0.3) { HasOffsets = true };

    public static TheoryData<Objective, double> Plans => new()
    {
        { Objective.Mean, 0 }, { Objective.Mean, 0.9 }, { Objective.Sum, 0 },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Training_takes_the_same_steps(Objective objective, double momentum)
    {
        var plan = GradientDescent.FullBatch(30, objective == Objective.Mean ? 0.1 : 0.003, objective) with
        {
            Momentum = momentum,
            WeightDecay = new WeightDecay(0.2),
        };
        var (numbers, classes) = (Duplicated.Rows(binary: false), Duplicated.Rows(binary: true));
        Close.To(Trainer.Train(_regression, numbers.Copies, plan).Theta(), Trainer.Train(_weightedRegression, numbers.Weighted, plan).Theta(), 1e-12);
        Close.To(Trainer.Train(_classifier, classes.Copies, plan).Theta(), Trainer.Train(_weightedClassifier, classes.Weighted, plan).Theta(), 1e-12);
    }

    [Fact]
    public void Batches_are_divided_by_what_they_weigh()
    {
        var rows = Duplicated.Rows(binary: true);
        int[][] batches = [[0, 2, 3], [4, 5], [1, 6, 7, 8], [4]];
        int[][] copied = [.. batches.Select(batch => batch.SelectMany(i => rows.CopiesOf[i]).ToArray()).Where(batch => batch.Length > 0)];
        var expected = Trainer.Train(_classifier, rows.Copies, GradientDescent.Batches(copied, 0.3));

        // The last batch weighs nothing and moves nothing.
        Close.To(expected.Theta(), Trainer.Train(_weightedClassifier, rows.Weighted, GradientDescent.Batches(batches, 0.3)).Theta(), 1e-12);
    }

    [Fact]
    public void A_factorization_shares_a_rows_penalty_by_sums_of_weights()
    {
        var ratings = Duplicated.Ratings();
        Close.To(ratings.Copies.RowShares(0), ratings.Weighted.RowShares(0), 1e-15);
        Close.To(ratings.Copies.RowShares(1), ratings.Weighted.RowShares(1), 1e-15);
        var plan = GradientDescent.FullBatch(40, 0.02, Objective.Sum);
        var (expected, actual) = (Trainer.Train(_factorization, ratings.Copies, plan), Trainer.Train(_weightedFactorization, ratings.Weighted, plan));
        Close.To(expected.Theta(), actual.Theta(), 1e-12);
        Assert.Equal(expected.MeanLoss(ratings.Copies), actual.MeanLoss(ratings.Weighted), 1e-12);
        var (copies, weighted) = (expected.Converged(), actual.Converged());
        Assert.Equal(copies.MeanLoss(ratings.Copies), weighted.MeanLoss(ratings.Weighted), 1e-9);
    }

    [Fact]
    public void Divergence_suggests_the_same_step()
    {
        var rows = Duplicated.Rows(binary: false);
        foreach (var objective in new[] { Objective.Mean, Objective.Sum })
        {
            var plan = GradientDescent.FullBatch(2000, 50, objective) with { WeightDecay = new WeightDecay(0.1) };
            var expected = Assert.Throws<TrainingDivergedException>(() => Trainer.Train(_regression, rows.Copies, plan));
            var actual = Assert.Throws<TrainingDivergedException>(() => Trainer.Train(_weightedRegression, rows.Weighted, plan));
            Assert.Equal(expected.SuggestedStepSize!.Value, actual.SuggestedStepSize!.Value, 1e-9);
        }
    }

    [Theory]
    [InlineData(Objective.Mean)]
    [InlineData(Objective.Sum)]
    public void Minima_and_means_are_the_same(Objective objective)
    {
        var plan = GradientDescent.FullBatch(0, 1, objective) with { WeightDecay = new WeightDecay(0.05) };
        var rows = Duplicated.Rows(binary: true);
        var (expected, actual) = (Trainer.Train(_classifier, rows.Copies, plan).Converged(), Trainer.Train(_weightedClassifier, rows.Weighted, plan).Converged());
        Close.To(expected.Theta(), actual.Theta(), 1e-7);
        Assert.Equal(expected.MeanLoss(rows.Copies), actual.MeanLoss(rows.Weighted), 1e-12);
        Assert.Equal(expected.Accuracy(rows.Copies), actual.Accuracy(rows.Weighted), 1e-14);
        Assert.Equal(expected.Penalty(), actual.Penalty(), 1e-9);
        var numbers = Duplicated.Rows(binary: false);
        var (line, weighted) = (Trainer.Train(_regression, numbers.Copies, plan).Converged(), Trainer.Train(_weightedRegression, numbers.Weighted, plan).Converged());
        Close.To(line.Theta(), weighted.Theta(), 1e-10);
        Assert.Equal(line.Rmse(numbers.Copies), weighted.Rmse(numbers.Weighted), 1e-12);
    }

    [Fact]
    public void The_start_is_the_best_constant_on_top_of_offsets()
    {
        var plan = GradientDescent.FullBatch(0, 1);
        var numbers = Duplicated.Rows(binary: false).Weighted;
        var mean = Enumerable.Range(0, numbers.Count).Sum(i => numbers.Weights[i] * (numbers.Labels[i] - numbers.Offsets[i])) / numbers.TotalWeight;
        Assert.Equal(mean, Trainer.Train(_weightedRegression, numbers, plan).Theta()[^1], 1e-12);
        var classes = Duplicated.Rows(binary: true).Weighted;
        var b = Trainer.Train(_weightedClassifier, classes, plan).Theta()[^1];
        Assert.Equal(0, Enumerable.Range(0, classes.Count).Sum(i => classes.Weights[i] * (1 / (1 + Math.Exp(-b - classes.Offsets[i])) - classes.Labels[i])), 1e-10);
    }

    [Fact]
    public void Estimates_that_add_up_are_sums_over_the_copies()
    {
        var test = Duplicated.Rows(binary: true, count: 9, seed: 2);
        foreach (var isTrained in new[] { false, true })
        {
            var rows = Duplicated.Rows(binary: true);
            var plan = GradientDescent.FullBatch(25, 0.2) with { WeightDecay = WeightDecay.OnAll(0.05) };
            var expected = Trainer.Train(_classifier, rows.Copies, plan, new Trajectory<double>());
            var actual = Trainer.Train(_weightedClassifier, rows.Weighted, plan, new Trajectory<double>());
            if (!isTrained)
            {
                (expected, actual) = (expected.Converged(), actual.Converged());
            }

            var damped = new InfluenceFunctions { Damping = 0.01 };
            Same(damped);
            Same(damped with { Solver = Solver.ConjugateGradient() });
            Same(new FastIF { Influence = damped, Candidates = rows.Copies.Count }, new FastIF { Influence = damped, Candidates = rows.Weighted.Count });
            Same(new RpsLje { Influence = damped });
            Same(new RepresenterPoints());
            OfOne(new RelatIF { Influence = damped });
            OfOne(new RelatIF { Influence = damped, Relative = RelativeTo.OwnLoss });
            OfOne(new RenormalisedInfluence { Influence = damped });
            OfOne(new RenormalisedRepresenterPoints());
            if (isTrained)
            {
                Same(new TracIn());
                Same(new TracInCP());
                Same(new TracInIdeal());
                OfOne(new GradientAggregatedSimilarity());
                Same(new HydraFull());
                Same(new HydraFast());
                Same(new SgdInfluence());
            }

            void Same<TMethod>(TMethod method, TMethod? ofWeighted = null) where TMethod : struct, IInfluenceMethod
            {
                var sums = rows.Summed(expected.JointInfluence(method, test.Copies));
                Close.To(sums, actual.JointInfluence(ofWeighted ?? method, test.Weighted), 1e-7);
                Assert.True(sums.Max(Math.Abs) > 1e-6);
            }

            // Scores that are divided by a gradient's length have no weight in them: they are those of one copy.
            void OfOne<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
            {
                var (ofCopies, ofWeighted) = (expected.Influence(method, test.Copies), actual.Influence(method, test.Weighted));
                for (var t = 0; t < test.Weighted.Count; t++)
                {
                    for (var i = 0; i < rows.Weighted.Count; i++)
                    {
                        if (test.Weighted.Weights[t] == 1 && rows.Weighted.Weights[i] > 0)
                        {
                            Assert.Equal(ofCopies[rows.CopiesOf[i][0], test.CopiesOf[t][0]], ofWeighted[i, t], 1e-7);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Ratings_influence_as_their_copies_do()
    {
        var ratings = Duplicated.Ratings();
        var plan = GradientDescent.FullBatch(60, 0.02, Objective.Sum);
        var expected = Trainer.Train(_factorization, ratings.Copies, plan, new Trajectory<double>());
        var actual = Trainer.Train(_weightedFactorization, ratings.Weighted, plan, new Trajectory<double>());
        Same(new InfluenceFunctions { Damping = 0.5 });
        Same(new TracIn());
        Same(new HydraFull());

        void Same<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod =>
            Close.To(ratings.Summed(expected.JointInfluence(method, ratings.Copies)), actual.JointInfluence(method, ratings.Weighted), 1e-8);
    }

    [Theory]
    [InlineData(Objective.Mean)]
    [InlineData(Objective.Sum)]
    public void Groups_are_groups_of_copies(Objective objective)
    {
        var (rows, test) = (Duplicated.Rows(binary: true), Duplicated.Rows(binary: true, count: 9, seed: 2));
        var plan = GradientDescent.FullBatch(0, 1, objective) with { WeightDecay = WeightDecay.OnAll(0.05) };
        var (expected, actual) = (Trainer.Train(_classifier, rows.Copies, plan).Converged(1e-12), Trainer.Train(_weightedClassifier, rows.Weighted, plan).Converged(1e-12));
        int[][] groups = [[0], [2], [1, 3, 8], [0, 1, 2, 3, 5, 6, 7, 8, 9]];
        int[][] copies = [.. groups.Select(group => group.SelectMany(i => rows.CopiesOf[i]).ToArray())];
        Same(new KohGroupSum());
        Same(new KohGroupSum { DataGradients = true });
        Same(new FirstOrderGroup());
        foreach (var removal in new[] { Removal.Fixed, Removal.Refit })
        {
            Same(new SecondOrderGroup { Removal = removal });
            Same(new SecondOrderGroup { Removal = removal, ThirdDerivative = true });
            Same(new NewtonStepGroup { Removal = removal });
        }

        void Same<TMethod>(TMethod method) where TMethod : struct, IGroupMethod
        {
            var (ofCopies, ofWeighted) = (expected.GroupInfluence(method, copies, test.Copies), actual.GroupInfluence(method, groups, test.Weighted));
            for (var group = 0; group < groups.Length; group++)
            {
                Close.To(ofCopies.ParameterChange(group), ofWeighted.ParameterChange(group), 1e-6);
            }
        }
    }
}
