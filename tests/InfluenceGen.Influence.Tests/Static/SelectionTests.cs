using InfluenceGen.Influence.Sources;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Influence.Tests.Static;

/// <summary>The search for the most influential group, against <c>selection_logistic</c> and against all groups.</summary>
public class SelectionTests
{
    [Fact]
    public void It_is_the_reference() => FixtureProblem.Run("selection_logistic", new Reference());

    private sealed class Reference : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var (expected, inputs) = (given.Expected, given.Inputs);
            var (size, n) = (inputs["k"].Whole, given.Train.Count);
            var fit = given.At(inputs["theta"].Numbers);
            using var task = new InfluenceTask<TModel, double>(fit, given.Test, null);
            var objective = new GroupObjective<TModel, double>(task, new InfluenceFunctions(), size);
            Close.To([expected["c1"].Number, expected["c2"].Number], [objective.Linear, objective.Quadratic]);
            Close.To(expected["a"].Numbers, objective.Additive.Span);
            var v1 = new double[given.Model.Layout.Count];
            given.Model.Layout.Pack<double>(objective.Direction.Span, v1);
            Close.To(expected["v1"].Numbers, v1);

            // c₂ (B + Bᵀ), a column for each unit vector.
            var b = expected["B"].Numbers;
            var (unit, column) = (new AlignedBuffer<double>(n), new AlignedBuffer<double>(n));
            for (var i = 0; i < n; i++)
            {
                unit.Span.Clear();
                unit[i] = 1;
                objective.WriteQuadratic(unit, column);
                Close.To([.. Enumerable.Range(0, n).Select(j => objective.Quadratic * (b[i * n + j] + b[j * n + i]))], column.Span);
            }

            int[][] subsets = [.. inputs["subsets"].Elements.Select(subset => subset.Wholes)];
            Close.To(expected["objective_of_subsets"].Numbers, [.. subsets.Select(subset => objective.Of(subset))]);
            Close.To(expected["objective_of_subsets"].Numbers, fit.GroupInfluence(new SecondOrderGroup(), subsets, given.Test).OfTest(0));

            foreach (var run in expected["pgd"].Elements)
            {
                var selected = fit.MostInfluentialGroup(new ProjectedGradientGroup
                {
                    Relaxation = run["projection"].Text == "l1" ? GroupRelaxation.L1Ball : GroupRelaxation.CappedSimplex,
                    Step = run["step"].Number,
                    Iterations = run["iterations"].Whole,
                    Start = [.. inputs["w0"].Numbers],
                }, size, given.Test);
                Close.To(run["w"].Numbers, selected.Weights.AsSpan());
                Assert.Equal(run["selected"].Wholes, selected.Examples);
                Close.To([run["objective_of_selected"].Number], [selected.Influence]);
                var weights = AlignedBuffer<double>.CopyOf(selected.Weights.AsSpan());
                Close.To([run["objective_at_w"].Number], [objective.Of(weights)]);
            }

            var greedy = fit.MostInfluentialGroup(new GreedyGroup(), size, given.Test);
            Assert.Equal(expected["greedy_first_order"].Wholes, greedy.Examples);
            Close.To([expected["greedy_objective"].Number], [greedy.Influence]);
            var found = fit.MostInfluentialGroup(new ProjectedGradientGroup(), size, given.Test);
            Assert.Equal(expected["brute_force_best"].Wholes, found.Examples);
            Close.To([expected["brute_force_best_objective"].Number], [found.Influence]);
            Assert.Throws<ArgumentOutOfRangeException>(() => fit.MostInfluentialGroup(new GreedyGroup(), n, given.Test));
            Assert.Contains("start from 2 weights", Assert.Throws<ArgumentException>(() =>
                fit.MostInfluentialGroup(new ProjectedGradientGroup { Start = [1, 0] }, size, given.Test)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Projections_are_the_reference()
    {
        foreach (var given in Fixture.Read("selection_logistic")["expected"]["projections"].Elements)
        {
            var (l1, capped, z) = (given["v"].Numbers, given["v"].Numbers, given["z"].Number);
            Projection.OntoL1Ball(l1.AsSpan(), z);
            Close.To(given["l1"].Numbers, l1);
            Projection.OntoCappedSimplex(capped.AsSpan(), z);
            Close.To(given["capped"].Numbers, capped);
        }
    }

    [Fact]
    public void Projections_are_the_nearest_points_of_their_sets()
    {
        var random = new RandomSource(7);
        for (var draw = 0; draw < 200; draw++)
        {
            var v = new double[1 + random.NextBelow(30)];
            for (var i = 0; i < v.Length; i++)
            {
                v[i] = Math.Round(3 * random.NextGaussian(), random.NextBelow(3));
            }

            // The residual of a projection makes no acute angle with the way to any point of the set.
            var z = 0.25 * (1 + random.NextBelow(12));
            var (l1, capped) = ((double[])v.Clone(), (double[])v.Clone());
            Projection.OntoL1Ball(l1.AsSpan(), z);
            Projection.OntoCappedSimplex(capped.AsSpan(), z);
            Assert.True(l1.Sum(Math.Abs) <= z + 1e-12);
            Assert.True(capped.Sum() <= z + 1e-12 && capped.All(w => w is >= 0 and <= 1));
            double[] residual = [.. v.Zip(l1, (a, b) => a - b)];
            Assert.True(z * residual.Max(Math.Abs) <= residual.Zip(l1, (r, w) => r * w).Sum() + 1e-10);
            residual = [.. v.Zip(capped, (a, b) => a - b)];
            Assert.True(MostOnCapped(residual, z) <= residual.Zip(capped, (r, w) => r * w).Sum() + 1e-10);
        }

        static double MostOnCapped(double[] slope, double z)
        {
            var (sum, left) = (0.0, z);
            foreach (var r in slope.Where(r => r > 0).OrderDescending())
            {
                sum += Math.Min(left, 1) * r;
                left -= Math.Min(left, 1);
            }

            return sum;
        }
    }
}
