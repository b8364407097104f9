using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Data-OOB against its definition written out.</summary>
public class DataOobTests
{
    [Theory, InlineData(ExampleUtility.Loss), InlineData(ExampleUtility.Correctness)]
    public void To_the_minimum_it_is_the_mean_over_models_that_did_not_draw_the_example(ExampleUtility utility)
    {
        var train = Problems.Binary(20, 2, 1);
        var found = new DataOob { Count = 40, Seed = 3, Utility = utility }.Of(Logistic.Train(train, Problems.Penalised(0.1)));
        Is(train, found, 40, 3, sample => Problems.FitBinary(sample, 0.1), utility);
    }

    [Fact]
    public void By_the_plan_each_sample_is_trained_on_by_itself()
    {
        var train = Problems.Classes(18, 3, 1);
        var plan = GradientDescent.MiniBatch(5, 15, 0.2, 3) with { Start = Initialisation.Gaussian(0.4, 5) };
        var found = new DataOob { Count = 30, Seed = 8 }.Of(Trainer.Train(default(TanhSoftmax.Model), train, plan));
        Is(train, found, 30, 8, sample => Trainer.Train(default(TanhSoftmax.Model), sample, plan), ExampleUtility.Loss);
    }

    [Fact]
    public void A_draw_is_n_examples_with_replacement()
    {
        var (out0, draws) = (0, new int[50]);
        for (var sample = 0; sample < 400; sample++)
        {
            DataOob.WriteDraws(6, sample, draws);
            Assert.Equal(50, draws.Sum());
            out0 += draws.Count(count => count == 0);
        }

        // (1 − 1/n)^n of them are out; the standard deviation of a sample's share is near 0.044.
        Assert.InRange(out0 / 20000.0, Math.Pow(0.98, 50) - 0.011, Math.Pow(0.98, 50) + 0.011);
    }

    [Fact]
    public void Wrong_labels_are_worth_least()
    {
        var clean = Problems.Binary(120, 3, 1);
        var labels = clean.Labels.ToArray();
        for (var i = 0; i < 120; i += 10)
        {
            labels[i] = 1 - labels[i];
        }

        var train = ExampleSet<double>.FromFeatures([.. Enumerable.Range(0, 120).SelectMany(i => clean.Features.Slice(i * clean.FeatureStride, 3).ToArray())], 3, labels);
        var values = new DataOob { Count = 100 }.Of(Problems.FitBinary(train, 0.01)).OfUtility(0);
        var flipped = new bool[120];
        for (var i = 0; i < 120; i += 10)
        {
            flipped[i] = true;
        }

        Assert.True(MislabelDetection.Of<double>([.. values.Select(value => -value)], flipped).Area > 0.7);
    }

    [Fact]
    public void Threads_change_no_bit_and_samples_do_not_depend_on_their_number()
    {
        var fit = Problems.FitBinary(Problems.Binary(30, 3, 1), 0.05);
        var (one, three) = (new InfluenceOptions { Threads = 1 }, new InfluenceOptions { Threads = 3 });
        var method = new DataOob { Count = 50 };
        Assert.Equal(method.Of(fit, one).OfUtility(0), method.Of(fit, three).OfUtility(0));
        var planned = Trainer.Train(default(TanhSoftmax.Model), Problems.Classes(18, 3, 1), GradientDescent.FullBatch(5, 0.1) with { Start = Initialisation.Gaussian(0.4, 5) });
        Assert.Equal(method.Of(planned, one).OfUtility(0), method.Of(planned, three).OfUtility(0));
    }

    [Fact]
    public void What_has_no_answer_is_refused_by_name()
    {
        var fit = Problems.FitBinary(Problems.Binary(30, 3, 1), 0.05);
        Assert.Throws<ArgumentOutOfRangeException>("Count", () => new DataOob { Count = 1 }.Of(fit));
        Assert.Throws<ArgumentOutOfRangeException>("By", () => new DataOob { By = (RetrainBy)9 }.Of(fit));
        Assert.Throws<ArgumentOutOfRangeException>("Utility", () => new DataOob { Utility = (ExampleUtility)9 }.Of(fit));
        Assert.Throws<ArgumentNullException>("fit", () => new DataOob().Of<Logistic.Model, double>(null!));
        Assert.Contains("out of", Assert.Throws<InvalidOperationException>(() => new DataOob { Count = 2 }.Of(fit)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new DataOob { By = RetrainBy.Plan }.Of(fit));
        var ratings = ExampleSet<double>.FromRatings([0, 0, 1, 1], [0, 1, 0, 1], [1, 2, 3, 4], 2, 2);
        Assert.Throws<InvalidOperationException>(() => new DataOob().Of(Trainer.Train(new Factors.Model(2, 2, 2), ratings, GradientDescent.FullBatch(2, 0.1))));
        var single = Logistic.Train(ExampleSet<double>.FromFeatures([1, 2, 3], 1, [0, 1, 0]), GradientDescent.FullBatch(3, 0.1));
        Assert.Contains("Sample", Assert.Throws<InvalidOperationException>(() => new DataOob { By = RetrainBy.Plan }.Of(single)).Message, StringComparison.Ordinal);
    }

    private static void Is<TModel>(ExampleSet<double> train, EstimatedValues found, int count, long seed, Func<ExampleSet<double>, Fit<TModel, double>> fit, ExampleUtility utility)
        where TModel : struct, IModel<double>
    {
        var (n, draws) = (train.Count, new int[train.Count]);
        var values = new List<double>[n];
        for (var sample = 0; sample < count; sample++)
        {
            DataOob.WriteDraws(seed, sample, draws);
            var trained = fit(train.Subset([.. Enumerable.Range(0, n).SelectMany(i => Enumerable.Repeat(i, draws[i]))]));
            var losses = trained.Losses(train);
            for (var i = 0; i < n; i++)
            {
                if (draws[i] == 0)
                {
                    (values[i] ??= []).Add(utility == ExampleUtility.Loss ? -losses[i] : trained.Accuracy(train.Subset([i])));
                }
            }
        }

        Close.To([.. values.Select(own => own.Average())], found.OfUtility(0), 1e-8, 1e-9);
        for (var i = 0; i < n; i++)
        {
            var (own, mean) = (values[i], values[i].Average());
            Assert.Equal(Math.Sqrt(own.Sum(value => (value - mean) * (value - mean)) / (own.Count - 1) / own.Count), found.ErrorsOf(i)[0], 1e-8);
        }

        Assert.Equal(count, found.Trainings);
    }
}
