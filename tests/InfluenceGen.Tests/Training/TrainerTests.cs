using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Reciprocity;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

using Linear = ReferenceFeatureModel<HalfSquare>;
using Logistic = ReferenceFeatureModel<LogisticLoss>;

public class TrainerTests
{
    [Fact]
    public void A_training_starts_at_stated_weights()
    {
        var training = Sets.Patients();
        var theta = Enumerable.Range(0, training.FeatureCount + 1).Select(j => j - 2.5).ToArray();
        var fit = Trainer.Train(new Linear(training.FeatureCount), training,
            GradientDescent.FullBatch(0, 0.1) with { Start = Initialisation.At(theta) });
        Assert.Equal(theta, fit.Theta());
    }

    [Fact]
    public void A_single_parameter_is_a_bias_only_beside_others()
    {
        var training = ExampleSet<double>.FromFeatures([1, 2, 3], 1, [1, 5, 6]);
        Assert.Equal([0, 4], Trainer.Train(new Linear(1), training, GradientDescent.FullBatch(0, 1)).Theta());
        Assert.Equal([0], Trainer.Train(new Linear(1, bias: false), training, GradientDescent.FullBatch(0, 1)).Theta());
    }

    [Fact]
    public void Embeddings_are_drawn_by_seed_with_the_deviation_asked_for()
    {
        var (training, _) = Sets.Ratings(100);
        var model = new ReferenceFactorization(training.RowCount(0), training.RowCount(1), 8, 0);
        double[] Start(long seed) => Trainer.Train(model, training,
            GradientDescent.FullBatch(0, 1) with { Start = Initialisation.Gaussian(0.2, seed) }).Theta();
        var drawn = Start(1);
        Assert.Equal(drawn, Start(1));
        Assert.NotEqual(drawn, Start(2));
        Assert.Equal(0, drawn.Average(), 0.01);
        Assert.Equal(0.2, Math.Sqrt(drawn.Average(x => x * x)), 0.01);
    }

    [Fact]
    public void An_epoch_visits_every_example_once()
    {
        var training = Sets.Patients().Subset([.. Enumerable.Range(0, 10)]);
        var model = new Linear(training.FeatureCount);
        var plan = GradientDescent.MiniBatch(6, 4, 1e-3, seed: 1);
        var pairs = new AllPairs<Linear>(model, training, plan);
        Trainer.Train(model, training, plan, pairs);
        Assert.Equal([4, 4, 2, 4, 4, 2], pairs.Batches.Select(batch => batch.Length));
        Assert.Equal(Enumerable.Range(0, 10), pairs.Batches.Take(3).SelectMany(batch => batch).Order());
        Assert.Equal(Enumerable.Range(0, 10), pairs.Batches.Skip(3).SelectMany(batch => batch).Order());
        Assert.NotEqual(pairs.Batches[0], pairs.Batches[3]);
    }

    [Fact]
    public void The_whole_set_in_one_batch_is_full_batch_descent()
    {
        var (training, deployment) = Sets.PatientsSeenOften();
        var model = new Linear(training.FeatureCount);
        var whole = Run(GradientDescent.FullBatch(5, 0.01));
        Close.To(whole, Run(GradientDescent.MiniBatch(5, training.Count, 0.01, seed: 3)), 1e-12);
        Close.To(whole, Run(GradientDescent.MiniBatch(5, 10_000, 0.01, seed: 3)), 1e-12);

        double[] Run(GradientDescent plan)
        {
            var ledger = new Ledger<Linear, double>(model, training, deployment);
            var fit = Trainer.Train(model, training, plan, ledger);
            return [.. fit.Theta(), .. ledger.Flows.Inflow, .. ledger.Flows.Outflow];
        }
    }

    [Fact]
    public void Progress_is_told_and_cancellation_heeded_between_steps()
    {
        var training = Sets.Patients();
        var told = new List<int>();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(new Linear(training.FeatureCount), training,
            GradientDescent.FullBatch(10, 1e-3), step =>
            {
                told.Add(step);
                if (step == 3)
                {
                    stop.Cancel();
                }
            }, stop.Token));
        Assert.Equal([1, 2, 3], told);
    }

    [Fact]
    public void A_plan_that_does_not_fit_is_refused()
    {
        var training = Sets.Patients();
        var model = new Linear(training.FeatureCount);
        string Refusal(GradientDescent plan) => Assert.Throws<ArgumentException>(() => Trainer.Train(model, training, plan)).Message;
        Assert.Contains("step 1 (counted from 0) names position 442", Refusal(GradientDescent.Batches([[1], [2, 442]], 0.1)));
        Assert.Contains("the model has w, b", Refusal(GradientDescent.FullBatch(1, 0.1) with { WeightDecay = WeightDecay.OnAll(1, "bias") }));
        Assert.Contains("3 initial parameters", Refusal(GradientDescent.FullBatch(1, 0.1) with { Start = Initialisation.At(1, 2, 3) }));
        Assert.Contains("no finite bias", Assert.Throws<ArgumentException>(() => Trainer.Train(new Logistic(1),
            ExampleSet<double>.FromFeatures([1, 2], 1, [1, 1]), GradientDescent.FullBatch(1, 0.1))).Message);
        Assert.Contains("none for step 1", Assert.Throws<InvalidOperationException>(() =>
            Trainer.Train(model, training, GradientDescent.FullBatch(2, StepSize.Listed(0.1)))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientDescent.FullBatch(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientDescent.FullBatch(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientScaling.Clip(-1));
        Assert.Throws<ArgumentException>(() => Initialisation.At(1, double.NaN));
    }

    [Fact]
    public void Weight_decay_spares_the_blocks_named()
    {
        var training = Sets.Patients();
        var model = new Linear(training.FeatureCount);
        var start = Enumerable.Repeat(1.0, training.FeatureCount + 1).ToArray();
        double[] After(WeightDecay? decay) => Trainer.Train(model, training,
            GradientDescent.FullBatch(1, 1e-3) with { Start = Initialisation.At(start), WeightDecay = decay }).Theta();
        var (bare, decayed) = (After(null), After(WeightDecay.OnAll(2, "b")));
        Close.To([.. bare[..^1].Select(w => w - 2e-3)], decayed[..^1], 1e-12);
        Assert.Equal(bare[^1], decayed[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Diverged_training_suggests_a_step_size_that_converges(bool miniBatches)
    {
        var training = Sets.Patients();
        var model = GeneratedLinear.Model.For(training);
        GradientDescent Plan(double rate) => miniBatches
            ? GradientDescent.MiniBatch(2_000, 50, rate, seed: 1)
            : GradientDescent.FullBatch(2_000, rate);
        var error = Assert.Throws<TrainingDivergedException>(() => Trainer.Train(model, training, Plan(5)));
        Assert.Equal(5, error.StepSize);
        Assert.InRange(error.Step, 10, 1_000);
        Assert.Contains("step " + error.Step, error.Message);
        var suggested = Assert.NotNull(error.SuggestedStepSize);

        // Features are standardised, so the largest curvature is that of the correlation matrix, about 4.
        Assert.InRange(suggested, 0.05, 0.2);
        Assert.Contains(suggested.ToString("G2", System.Globalization.CultureInfo.InvariantCulture), error.Message);
        var fit = Trainer.Train(model, training, Plan(suggested));
        var optimum = Trainer.Train(model, training, GradientDescent.FullBatch(4_000, 0.2));
        Assert.InRange(fit.MeanLoss(training) / optimum.MeanLoss(training), 1 - 1e-9, miniBatches ? 1.1 : 1.01);
    }

    [Fact]
    public void A_diverged_factorization_suggests_a_step_size_that_converges()
    {
        var (training, _) = Sets.Ratings(3_000);
        var model = GeneratedFactorization4.Model.For(training);
        GradientDescent Plan(double rate) => GradientDescent.FullBatch(300, rate, Objective.Sum);
        var error = Assert.Throws<TrainingDivergedException>(() => Trainer.Train(model, training, Plan(1)));
        var suggested = Assert.NotNull(error.SuggestedStepSize);
        var fit = Trainer.Train(model, training, Plan(suggested));
        Assert.True(fit.Rmse(training) < 2, $"RMSE {fit.Rmse(training)} with step size {suggested}");
    }

    [Fact]
    public void Gradients_too_long_to_clip_count_as_divergence()
    {
        var training = ExampleSet<double>.FromFeatures([1e160, 1], 1, [1e160, 1]);
        Assert.Throws<TrainingDivergedException>(() => Trainer.Train(new Linear(1), training,
            GradientDescent.FullBatch(1, 0.1) with { Scaling = GradientScaling.Clip(1) }));
    }

    [Fact]
    public void Flows_that_overflow_are_refused()
    {
        // Gradients of about 1e160 still are finite numbers; their products are not.
        var training = ExampleSet<double>.FromFeatures([1e80, 1], 1, [1e80, 1]);
        var ledger = new Ledger<Linear, double>(new Linear(1), training, training);
        var error = Assert.Throws<ArithmeticException>(() =>
            Trainer.Train(new Linear(1), training, GradientDescent.FullBatch(1, 1e-170), ledger));
        Assert.Contains("individual '1'", error.Message);
        Assert.Throws<InvalidOperationException>(() => ledger.Flows);
    }

    [Fact]
    public void A_fit_tells_losses_and_errors()
    {
        var training = ExampleSet<double>.FromFeatures([1, 2, 3], 1, [1, 2, 6]);
        var fit = Trainer.Train(new Linear(1), training, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(1, 1) });
        Assert.Equal([2, 3, 4], fit.Predict(training));
        Assert.Equal([0.5, 0.5, 2], fit.Losses(training));
        Assert.Equal(1, fit.MeanLoss(training), 1e-15);
        Assert.Equal(Math.Sqrt(2), fit.Rmse(training), 1e-15);
        Assert.Throws<ArgumentException>(() => fit.Predict(Sets.Patients()));
        var odds = Trainer.Train(new Logistic(1), ExampleSet<double>.FromFeatures([1, 2], 1, [0, 1]), GradientDescent.FullBatch(1, 0.1));
        Assert.Contains("mean losses", Assert.Throws<InvalidOperationException>(() => odds.Rmse(training)).Message);
    }

    [Fact]
    public void Step_sizes_follow_their_formula()
    {
        Assert.Equal([0.4, 0.2, 0.1], new[] { 0, 5, 15 }.Select(StepSize.InverseTime(0.4, 5).At));
        Assert.Equal([0.5, 0.25, 0.125], new[] { 0, 1, 2 }.Select(StepSize.Geometric(0.5, 0.5).At));
        Assert.Equal([3.0, 1.0], new[] { 0, 1 }.Select(StepSize.Listed(3, 1).At));
        Assert.Equal("0.4 / (1 + t / 5)", StepSize.InverseTime(0.4, 5).ToString());
    }
}
