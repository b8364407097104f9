using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>What estimates of group influence promise, against exact retraining.</summary>
public class GroupPropertyTests
{
    private static readonly WeightDecay _decay = WeightDecay.OnAll(0.01);

    [Fact]
    public void Second_order_beats_first_on_large_random_groups()
    {
        var (fit, test) = Problem(400, seed: 3);
        var random = new RandomSource(5);
        int[][] groups = [.. Enumerable.Range(0, 12).Select(_ => Draw(random, 400, 240))];
        var truth = Retrained(fit, groups);
        var (first, second, third) = (Errors(new FirstOrderGroup()), Errors(new SecondOrderGroup()),
            Errors(new SecondOrderGroup { ThirdDerivative = true }));
        Assert.True(second.Average() < 0.7 * first.Average(), $"{second.Average()} of {first.Average()}");
        Assert.True(third.Average() < 0.7 * first.Average(), $"{third.Average()} of {first.Average()}");

        double[] Errors<TMethod>(TMethod method) where TMethod : struct, IGroupMethod
        {
            var influences = fit.GroupInfluence(method, groups, test);
            return [.. groups.Select((_, g) => Distance(influences.ParameterChange(g), Change(fit, truth[g])))];
        }
    }

    [Theory]
    [InlineData(Removal.Refit)]
    [InlineData(Removal.Fixed)]
    public void The_third_derivative_raises_the_order_of_the_error_from_2_to_3(Removal removal)
    {
        // Groups of 1, 2, 4 and 8 copies of the same eight examples: all that changes is how much is removed.
        var pattern = Problem(8, seed: 11).Fit.Training;
        var others = Problem(4096, seed: 12);
        var (x, y) = (Features(others.Fit.Training), others.Fit.Training.Labels.ToArray());
        for (var copy = 0; copy < 8; copy++)
        {
            (x, y) = ([.. Features(pattern), .. x], [.. pattern.Labels, .. y]);
        }

        var set = ExampleSet<double>.FromFeatures(x, 4, y);
        var fit = Trainer.Train(new Logistic.Model(4), set, GradientDescent.FullBatch(0, 1) with { WeightDecay = _decay }).Converged(1e-14);
        int[][] groups = [.. new[] { 8, 16, 32, 64 }.Select(size => Enumerable.Range(0, size).ToArray())];
        double[][] truth = [.. groups.Select(group => Change(fit,
            Retrain(fit, group, removal == Removal.Refit ? 1 : (double)set.Count / (set.Count - group.Length), 1e-14)))];
        if (removal == Removal.Refit)
        {
            Assert.InRange(Order(new FirstOrderGroup()), 1.9, 2.1);
        }

        Assert.InRange(Order(new SecondOrderGroup { Removal = removal }), 1.9, 2.1);
        Assert.InRange(Order(new SecondOrderGroup { Removal = removal, ThirdDerivative = true }), 2.9, 3.1);
        Assert.InRange(Order(new NewtonStepGroup { Removal = removal }), 1.9, 2.1);

        double Order<TMethod>(TMethod method) where TMethod : struct, IGroupMethod
        {
            var influences = fit.GroupInfluence(method, groups, others.Test);
            double[] errors = [.. groups.Select((_, g) => Distance(influences.ParameterChange(g), truth[g]))];
            return Math.Log2(errors[^1] / errors[0]) / (groups.Length - 1);
        }

        static double[] Features(ExampleSet<double> set) =>
            [.. Enumerable.Range(0, set.Count).SelectMany(i => set.Features.Slice(i * set.FeatureStride, 4).ToArray())];
    }

    [Fact]
    public void The_change_of_the_loss_to_second_order_is_closer_to_the_exact_one()
    {
        var (fit, test) = Problem(400, seed: 17);
        int[][] groups = [Draw(new RandomSource(1), 400, 160)];
        var method = new NewtonStepGroup();
        var exact = fit.GroupInfluence(method, groups, test, LossChange.Exact).OfGroup(0).ToArray();
        var (first, second) = (Error(LossChange.FirstOrder), Error(LossChange.SecondOrder));
        Assert.True(second < 0.2 * first, $"{second} of {first}");

        double Error(LossChange effect) => Distance(fit.GroupInfluence(method, groups, test, effect).OfGroup(0), exact);
    }

    [Fact]
    public void Of_a_quadratic_objective_the_newton_step_is_retraining()
    {
        var random = new RandomSource(2);
        var (x, y) = (new double[300], new double[100]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = random.NextGaussian();
        }

        for (var i = 0; i < y.Length; i++)
        {
            y[i] = x[3 * i] - x[3 * i + 1] + random.NextGaussian();
        }

        var set = ExampleSet<double>.FromFeatures(x, 3, y);
        var fit = Trainer.Train(new Linear.Model(3), set, GradientDescent.FullBatch(0, 1) with { WeightDecay = _decay }).Converged();
        int[][] groups = [[.. Enumerable.Range(0, 60)]];
        var influences = fit.GroupInfluence(new NewtonStepGroup(), groups, set, LossChange.Exact);
        var without = Retrain(fit, groups[0], 1);
        Assert.True(Distance(influences.ParameterChange(0), Change(fit, without)) < 1e-12);
        Assert.True(Distance(influences.OfGroup(0), [.. without.Losses(set).Zip(fit.Losses(set), (a, b) => a - b)]) < 1e-11);
    }

    [Fact]
    public void Small_groups_that_are_copied_and_large_ones_that_are_not_give_the_same_sums()
    {
        var (fit, test) = Problem(40, seed: 23);
        int[][] groups = [[.. Enumerable.Range(0, 9)], [.. Enumerable.Range(0, 10)], [9]];
        var sums = fit.GroupInfluence(new KohGroupSum(), groups, test);
        for (var t = 0; t < test.Count; t++)
        {
            Assert.Equal(sums[1, t], sums[0, t] + sums[2, t], 1e-12);
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var (fit, test) = Problem(20_000, seed: 29);
        int[][] groups = [Draw(new RandomSource(1), 20_000, 2_000), Draw(new RandomSource(2), 20_000, 12_000)];
        foreach (var effect in Enum.GetValues<LossChange>())
        {
            var (one, two) = (Effects(1), Effects(2));
            Assert.Equal(one, two);

            double[] Effects(int threads)
            {
                var options = new InfluenceOptions { Threads = threads };
                double[] effects =
                [
                    .. fit.GroupInfluence(new SecondOrderGroup { ThirdDerivative = true }, groups, test, effect, options).OfTest(0),
                    .. fit.GroupInfluence(new NewtonStepGroup(), groups, test, effect, options).OfTest(0),
                ];
                return effects;
            }
        }

        var (first, second) = (Search(1), Search(2));
        Assert.Equal(first.Weights, second.Weights);
        Assert.Equal(first.Influence, second.Influence);
        Assert.Equal(Scores(new FastIF { Candidates = 50 }, 1), Scores(new FastIF { Candidates = 50 }, 2));
        Assert.Equal(Scores(new RepresenterPoints(), 1), Scores(new RepresenterPoints(), 2));
        Assert.Equal(Scores(new RpsLje(), 1), Scores(new RpsLje(), 2));

        SelectedGroup Search(int threads) => fit.MostInfluentialGroup(new ProjectedGradientGroup { Iterations = 5 }, 2_000, test,
            new InfluenceOptions { Threads = threads });

        double[] Scores<TMethod>(TMethod method, int threads) where TMethod : struct, IInfluenceMethod =>
            fit.Influence(method, test, new InfluenceOptions { Threads = threads }).OfTest(1).ToArray();
    }

    [Fact]
    public void Searches_and_estimates_can_be_stopped_and_tell_how_far_they_are()
    {
        var (fit, test) = Problem(400, seed: 43);
        using var stop = new CancellationTokenSource();
        var shares = new List<double>();
        var options = new InfluenceOptions
        {
            Cancellation = stop.Token,
            Progress = share =>
            {
                shares.Add(share);
                if (shares.Count == 3)
                {
                    stop.Cancel();
                }
            },
        };
        int[][] groups = [[1], [2], [3], [4], [5]];
        Assert.Throws<OperationCanceledException>(() => fit.GroupInfluence(new SecondOrderGroup(), groups, test, options: options));
        Assert.Equal([0.2, 0.4, 0.6], shares);
        Assert.Throws<OperationCanceledException>(() => fit.MostInfluentialGroup(new ProjectedGradientGroup(), 40, test, options));
        Assert.Throws<OperationCanceledException>(() => fit.Influence(new ProximalBregmanResponse(), test, options));
        Assert.Throws<OperationCanceledException>(() => fit.Influence(new InfluenceAtNonConvergence(), test, options));
        Assert.Throws<OperationCanceledException>(() => fit.Influence(new FastIF { Candidates = 5 }, test, options));
    }

    [Fact]
    public void Groups_that_cannot_be_removed_are_refused()
    {
        var (fit, test) = Problem(40, seed: 31);
        Refused([], "is empty");
        Refused([3, 5, 3], "names example 3 twice");
        Refused([.. Enumerable.Range(0, 40)], "nothing to train on");
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.GroupInfluence(new KohGroupSum(), [[40]], test));
        var lissa = new NewtonStepGroup { Influence = new() { Solver = Solver.Lissa(4, 1, 1.0, 1) } };
        Assert.Contains("LiSSA draws its batches",
            Assert.Throws<InvalidOperationException>(() => fit.GroupInfluence(lissa, [[1]], test)).Message, StringComparison.Ordinal);

        void Refused(int[] group, string message) => Assert.Contains(message,
            Assert.Throws<ArgumentException>(() => fit.GroupInfluence(new KohGroupSum(), [group], test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_no_minimum_are_noted()
    {
        var (fit, test) = Problem(40, seed: 37);
        var early = Trainer.Train(fit.Model, fit.Training, GradientDescent.FullBatch(3, 0.1) with { WeightDecay = _decay });
        Assert.Contains(early.GroupInfluence(new FirstOrderGroup(), [[1]], test).Notes,
            note => note.Contains("not a minimum", StringComparison.Ordinal));
    }

    private static (Fit<Logistic.Model, double> Fit, ExampleSet<double> Test) Problem(int count, long seed)
    {
        var random = new RandomSource(seed);
        var train = Draw(random, count);
        var fit = Trainer.Train(new Logistic.Model(4), train, GradientDescent.FullBatch(0, 1) with { WeightDecay = _decay }).Converged();
        return (fit, Draw(random, 10));
    }

    private static ExampleSet<double> Draw(RandomSource random, int count)
    {
        var (x, y) = (new double[4 * count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var score = 0.3;
            for (var j = 0; j < 4; j++)
            {
                x[4 * i + j] = random.NextGaussian();
                score += (1 - 0.5 * j) * x[4 * i + j];
            }

            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
        }

        return ExampleSet<double>.FromFeatures(x, 4, y);
    }

    private static int[] Draw(RandomSource random, int count, int size)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        random.Shuffle(all.AsSpan());
        return all[..size];
    }

    private static Fit<Logistic.Model, double>[] Retrained(Fit<Logistic.Model, double> fit, int[][] groups) =>
        [.. groups.Select(group => Retrain(fit, group, 1))];

    private static Fit<TModel, double> Retrain<TModel>(Fit<TModel, double> fit, int[] group, double penalty, double? tolerance = null)
        where TModel : struct, Models.IModel<double>
    {
        var retained = fit.Training.Subset([.. Enumerable.Range(0, fit.Training.Count).Except(group)]);
        return Trainer.Train(fit.Model, retained, GradientDescent.FullBatch(0, 1) with
        {
            Start = Initialisation.At(fit.Theta()),
            WeightDecay = WeightDecay.OnAll(penalty * _decay.Lambda),
        }).Converged(tolerance);
    }

    private static double[] Change<TModel>(Fit<TModel, double> fit, Fit<TModel, double> without)
        where TModel : struct, Models.IModel<double> =>
        [.. without.Theta().Zip(fit.Theta(), (a, b) => a - b)];

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(a.ToArray().Zip(b.ToArray(), (x, y) => (x - y) * (x - y)).Sum());
}
