using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

[LinearModel(L2 = 0.05)]
internal sealed partial class RidgeBySum;

[LogisticModel(L2 = 0.02)]
internal sealed partial class LogisticBySum;

/// <summary>
/// Groups where the objective is a sum of losses, Σ (ℓ + (L2/2)|w|²) + (λ/2)|w|²: who leaves takes its L2 along, and the weight decay stays
/// what it is, however few losses are left.
/// </summary>
public class SumWithDecayTests
{
    private const double Lambda = 3;
    private const double L2 = 0.05;

    private static readonly WeightDecay _decay = new(Lambda, "b");

    [Theory]
    [InlineData(Removal.Refit)]
    [InlineData(Removal.Fixed)]
    public void The_newton_step_of_a_linear_model_solves_the_normal_equations_of_the_others(Removal removal)
    {
        var train = Problems.Numbers(40, 3, 1);
        var fit = RidgeBySum.Train(train, Plan()).Converged();
        int[] group = [.. Enumerable.Range(5, 14)];
        int[] others = [.. Enumerable.Range(0, 40).Except(group)];
        var change = fit.GroupInfluence(new NewtonStepGroup { Removal = removal }, [group], train).ParameterChange(0);
        var (whole, part) = (Minimum(train, [.. Enumerable.Range(0, 40)], 40), Minimum(train, others, removal == Removal.Refit ? others.Length : 40));
        Near(whole, fit.Theta(), 1e-9);
        Near([.. part.Zip(whole, (a, b) => a - b)], change.ToArray(), 1e-9);

        // By conjugate gradients too, and of the training that the retrainer does.
        var iterated = fit.GroupInfluence(new NewtonStepGroup { Removal = removal, Influence = new() { Solver = Solver.ConjugateGradient(1e-13) } }, [group], train);
        Near(change.ToArray(), iterated.ParameterChange(0).ToArray(), 1e-8);
        var effects = fit.GroupInfluence(new NewtonStepGroup { Removal = removal }, [group], train, LossChange.Exact).OfGroup(0);
        var retrained = fit.Retrainer(removal).LeaveOut(train, [group]).Effects;
        Near([.. Enumerable.Range(0, 40).Select(t => retrained[0, t])], effects.ToArray(), 1e-8);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Orders_of_the_error_are_those_of_a_mean(double lambda)
    {
        // Groups of 1, 2, 4 and 8 copies of the same six examples of 1,500: all that changes is how much is removed.
        var pattern = Problems.Binary(6, 3, 7);
        var rest = Problems.Binary(1_500, 3, 8);
        var sets = Enumerable.Repeat(pattern, 8).Append(rest).ToArray();
        var train = ExampleSet<double>.FromFeatures([.. sets.SelectMany(Features)], 3, [.. sets.SelectMany(set => set.Labels.ToArray())]);
        var fit = LogisticBySum.Train(train, Plan() with { WeightDecay = new(100 * lambda, "b") }).Converged(1e-13);
        int[][] groups = [.. new[] { 6, 12, 24, 48 }.Select(size => Enumerable.Range(0, size).ToArray())];
        double[][] truth = [.. groups.Select(group =>
        {
            var others = train.Subset([.. Enumerable.Range(0, train.Count).Except(group)]);
            var without = LogisticBySum.Train(others, Plan() with { WeightDecay = new(100 * lambda, "b"), Start = Initialisation.At(fit.Theta()) }).Converged(1e-13);
            return without.Theta().Zip(fit.Theta(), (a, b) => a - b).ToArray();
        })];
        Assert.InRange(Order(new FirstOrderGroup()), 1.9, 2.1);
        Assert.InRange(Order(new SecondOrderGroup { ThirdDerivative = true }), 2.9, 3.1);
        Assert.InRange(Order(new NewtonStepGroup()), 1.9, 2.1);

        double Order<TMethod>(TMethod method) where TMethod : struct, IGroupMethod
        {
            var influences = fit.GroupInfluence(method, groups, train.Subset([0]));
            double[] errors = [.. groups.Select((_, g) => Math.Sqrt(influences.ParameterChange(g).ToArray().Zip(truth[g], (a, b) => (a - b) * (a - b)).Sum()))];
            return Math.Log2(errors[^1] / errors[0]) / (groups.Length - 1);
        }
    }

    [Fact]
    public void What_is_searched_for_is_what_is_estimated()
    {
        var train = Problems.Binary(60, 3, 1);
        var fit = LogisticBySum.Train(train, Plan()).Converged();
        var test = train.Subset([2, 9]);
        var found = fit.MostInfluentialGroup(new GreedyGroup(), 15, test);
        var estimated = fit.GroupInfluence(new SecondOrderGroup(), [[.. found.Examples]], test).OfGroup(0).ToArray().Sum();
        Assert.Equal(estimated, found.Influence, 1e-9 * Math.Abs(estimated));
    }

    [Fact]
    public void A_mean_with_the_same_penalty_is_not_touched()
    {
        // Of a mean everything is carried: λ of the mean stays, and the sum's L2 with it is the same objective times n.
        var train = Problems.Binary(60, 3, 1);
        int[][] groups = [[.. Enumerable.Range(0, 20)]];
        var mean = LogisticBySum.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        var sum = LogisticBySum.Train(train, GradientDescent.FullBatch(0, 1, Objective.Sum)).Converged();
        Near(mean.GroupInfluence(new SecondOrderGroup(), groups, train).ParameterChange(0).ToArray(),
            sum.GroupInfluence(new SecondOrderGroup(), groups, train).ParameterChange(0).ToArray(), 1e-9);
    }

    private static GradientDescent Plan() => GradientDescent.FullBatch(0, 1, Objective.Sum) with { WeightDecay = _decay };

    private static IEnumerable<double> Features(ExampleSet<double> set) =>
        Enumerable.Range(0, set.Count).SelectMany(i => set.Features.Slice(i * set.FeatureStride, set.FeatureCount).ToArray());

    /// <summary>(Σ x xᵀ + count · L2 + λ) θ = Σ x y by elimination, where x ends with a 1, whose weight is spared.</summary>
    private static double[] Minimum(ExampleSet<double> set, int[] positions, int count)
    {
        var size = set.FeatureCount + 1;
        var system = new double[size, size + 1];
        foreach (var i in positions)
        {
            double[] x = [.. set.Features.Slice(i * set.FeatureStride, set.FeatureCount), 1];
            for (var row = 0; row < size; row++)
            {
                for (var column = 0; column < size; column++)
                {
                    system[row, column] += x[row] * x[column];
                }

                system[row, size] += x[row] * set.Labels[i];
            }
        }

        for (var j = 0; j < size - 1; j++)
        {
            system[j, j] += count * L2 + Lambda;
        }

        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var row = 0; row < size; row++)
            {
                if (row != pivot)
                {
                    var factor = system[row, pivot] / system[pivot, pivot];
                    for (var column = pivot; column <= size; column++)
                    {
                        system[row, column] -= factor * system[pivot, column];
                    }
                }
            }
        }

        return [.. Enumerable.Range(0, size).Select(j => system[j, size] / system[j, j])];
    }

    private static void Near(double[] expected, double[] found, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], tolerance * expected.Max(Math.Abs));
        }
    }
}
