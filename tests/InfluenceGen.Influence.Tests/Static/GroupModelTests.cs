using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

[LogisticModel(Precision = Precision.Single)]
internal sealed partial class SingleLogistic;

[Mlp(Inputs = 64, Hidden = [32], Outputs = 10, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class DigitsNetwork;

[SoftmaxModel(Features = 64, Classes = 10)]
internal sealed partial class DigitsSoftmax;

/// <summary>Group methods and methods of the last layer on models of every kind: embedding tables, networks, single precision.</summary>
public class GroupModelTests
{
    [Theory]
    [InlineData("dynamic_mf")]
    [InlineData("static_mlp_tanh_softmax")]
    [InlineData("static_logistic")]
    public void Koh_s_sum_is_the_sum_of_influence_functions(string file) => FixtureProblem.Run(file, new Sum());

    private sealed class Sum : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(Theta(given));
            int[][] groups = [[0], [1, 3, 4], [.. Enumerable.Range(0, given.Train.Count - 2)]];
            foreach (var curvature in Enum.GetValues<Curvature>())
            {
                var functions = new InfluenceFunctions { Damping = 3, Curvature = curvature };
                var sums = fit.Influence(functions, given.Test).OfGroups(groups);
                var influences = fit.GroupInfluence(new KohGroupSum { Influence = functions, DataGradients = true }, groups, given.Test);
                for (var g = 0; g < groups.Length; g++)
                {
                    Close.To([.. Enumerable.Range(0, given.Test.Count).Select(t => sums[g, t])], influences.OfGroup(g));
                }
            }
        }
    }

    [Theory]
    [InlineData("dynamic_mf")]
    [InlineData("static_mlp_softplus_squared")]
    public void Second_order_is_the_derivative_of_the_step_in_how_much_is_removed(string file) => FixtureProblem.Run(file, new Derivative());

    private sealed class Derivative : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            // Damped Newton steps at the divisor n: −(H − s H_U)⁻¹ s g_U of stationary weights, −θ₁ s + θ₂ s² + …
            var fit = given.At(Theta(given));
            var functions = new InfluenceFunctions { Damping = 3 };
            int[][] groups = [[0, 2, 5, 6]];
            var second = fit.GroupInfluence(new SecondOrderGroup { Influence = functions, Removal = Removal.Fixed }, groups, given.Test);
            var first = fit.GroupInfluence(new KohGroupSum { Influence = functions, DataGradients = true }, groups, given.Test);

            // θ₂ = −(1/n) H⁻¹ H_U θ₁, from the Newton step, which is (H − H_U/n)⁻¹ (g_U/n − g) with g the objective's gradient.
            using var task = new InfluenceTask<TModel, double>(fit, given.Test, null);
            var inverse = functions.Inverse(task);
            var (length, n) = (task.Layout.StorageLength, given.Train.Count);
            var (delta, product, flat) = (new AlignedBuffer<double>(length), new AlignedBuffer<double>(length), new double[task.Layout.Count]);
            task.Layout.Unpack(first.ParameterChange(0), delta.Span);
            foreach (var example in groups[0])
            {
                var part = new AlignedBuffer<double>(length);
                task.Sweeps.HessianVectorSum(InfluenceTask<TModel, double>.Part(given.Train, example, example + 1), task.Weights, null,
                    delta, part);
                for (var k = 0; k < length; k++)
                {
                    product[k] += part[k] / n;
                }
            }

            inverse.Solve(product, 1);
            task.Layout.Pack<double>(product.Span, flat);
            Close.To([.. flat.Zip(first.ParameterChange(0).ToArray(), (a, b) => a + b)], second.ParameterChange(0));
        }
    }

    [Theory]
    [InlineData("dynamic_mf")]
    [InlineData("static_mlp_tanh_softmax")]
    public void A_newton_step_solves_the_retained_system_whatever_the_solver(string file) => FixtureProblem.Run(file, new Newton());

    private sealed class Newton : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(Theta(given));
            int[][] groups = [[1], [0, 2, 5, 6, 7, 8]];
            foreach (var removal in Enum.GetValues<Removal>())
            {
                var method = new NewtonStepGroup { Influence = new() { Damping = 3 }, Removal = removal };
                var exact = fit.GroupInfluence(method, groups, given.Test, LossChange.Exact);
                var iterated = fit.GroupInfluence(method with { Influence = new() { Damping = 3, Solver = Solver.ConjugateGradient(1e-14) } },
                    groups, given.Test, LossChange.Exact);
                for (var g = 0; g < groups.Length; g++)
                {
                    Close.To(exact.ParameterChange(g), iterated.ParameterChange(g));
                    Close.To(exact.OfGroup(g), iterated.OfGroup(g));
                }

                Assert.Contains(iterated.Notes, note => note.StartsWith("Conjugate gradients", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Single_precision_agrees_with_double()
    {
        var random = new RandomSource(41);
        var (x, y) = (new float[600], new float[200]);
        for (var i = 0; i < y.Length; i++)
        {
            x[3 * i] = (float)random.NextGaussian();
            x[3 * i + 1] = (float)random.NextGaussian();
            x[3 * i + 2] = (float)random.NextGaussian();
            y[i] = x[3 * i] + random.NextGaussian() > 0 ? 1 : 0;
        }

        var single = ExampleSet<float>.FromFeatures(x, 3, y);
        var doubles = ExampleSet<double>.FromFeatures([.. x.Select(v => (double)v)], 3, [.. y.Select(v => (double)v)]);
        var plan = GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.05) };
        var (a, b) = (Trainer.Train(new SingleLogistic.Model(3), single, plan).Converged(), Trainer.Train(new Logistic.Model(3), doubles, plan).Converged());
        int[][] groups = [[.. Enumerable.Range(0, 30)], [.. Enumerable.Range(50, 100)]];
        Same(new SecondOrderGroup { ThirdDerivative = true }, LossChange.Exact);
        Same(new NewtonStepGroup(), LossChange.SecondOrder);
        var test = single.Subset([0]);
        Assert.Equal(b.MostInfluentialGroup(new ProjectedGradientGroup(), 40, doubles.Subset([0])).Influence,
            a.MostInfluentialGroup(new ProjectedGradientGroup(), 40, test).Influence, 1e-3);
        Scores(new RepresenterPoints(), 1e-3);
        Scores(new RpsLje(), 1e-3);
        Scores(new ProximalBregmanResponse { Damping = 0.1 }, 1e-2);
        Scores(new InfluenceAtNonConvergence(), 1e-3);
        Scores(new FastIF { Candidates = 200 }, 1e-3);

        void Same<TMethod>(TMethod method, LossChange effect) where TMethod : struct, IGroupMethod
        {
            var (ours, theirs) = (a.GroupInfluence(method, groups, single, effect), b.GroupInfluence(method, groups, doubles, effect));
            for (var g = 0; g < groups.Length; g++)
            {
                Close.To(theirs.OfGroup(g), [.. ours.OfGroup(g).ToArray().Select(v => (double)v)], 1e-3, 1e-5);
            }
        }

        void Scores<TMethod>(TMethod method, double tolerance) where TMethod : struct, IInfluenceMethod => Close.To(
            b.Influence(method, doubles.Subset([3])).OfTest(0),
            [.. a.Influence(method, single.Subset([3])).OfTest(0).ToArray().Select(v => (double)v)], tolerance, 1e-5);
    }

    [Fact]
    public void The_last_layer_of_a_larger_network_converges_and_is_represented()
    {
        var images = DigitsNetwork.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), label: "digit", individual: "image");
        var train = Standardisation.Fit(images).Apply(images).Subset([.. Enumerable.Range(0, 300)]);
        var plan = GradientDescent.FullBatch(30, 0.5) with { WeightDecay = WeightDecay.OnAll(0.01) };
        var fit = DigitsNetwork.Train(train, plan).ConvergedLastLayer(1e-9);
        var test = train.Subset([.. Enumerable.Range(0, 5)]);
        var representers = fit.Representers(new RepresenterPoints(), test);
        Assert.Empty(representers.Notes);
        Close.To(fit.Predict(test), [.. from t in Enumerable.Range(0, 5) from c in Enumerable.Range(0, 10) select representers.Output(t, c)], 1e-6);
    }

    [Fact]
    public void A_convex_last_layer_converges_from_anywhere()
    {
        var images = DigitsSoftmax.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), label: "digit", individual: "image");
        var train = Standardisation.Fit(images).Apply(images).Subset([.. Enumerable.Range(0, 200)]);
        var plan = GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(0.1) };
        var (all, last) = (DigitsSoftmax.Train(train, plan).Converged(), DigitsSoftmax.Train(train, plan).ConvergedLastLayer());
        Close.To(all.Theta(), last.Theta(), 1e-8);
    }

    private static double[] Theta<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
    {
        if ((given.Inputs.TryGet("theta") ?? given.Expected.TryGet("theta")) is { } theta)
        {
            return theta.Numbers;
        }

        var random = new RandomSource(1);
        return [.. Enumerable.Range(0, given.Model.Layout.Count).Select(_ => 0.5 * random.NextGaussian())];
    }
}
