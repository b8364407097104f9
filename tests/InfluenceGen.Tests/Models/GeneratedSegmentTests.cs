using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Sweeps over the segments that the runtime makes: parts of a set, mini-batches, the compact groups of own pairs, and
/// ranges of segments as threads share them.
/// </summary>
public class GeneratedSegmentTests
{
    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void A_mini_batch_is_summed_like_its_examples(string name)
    {
        var whole = GeneratedCase.Random(name, seed: 21, count: 40);
        var gradients = whole.Gradients();
        var buffer = new BatchBuffer<double>(whole.Examples, 30);
        var random = new RandomSource(5);
        foreach (var count in new[] { 0, 1, 4, 11, 30 })
        {
            buffer.Fill([.. Enumerable.Range(0, count).Select(_ => random.NextBelow(40))]);
            var batch = whole.On(buffer.Examples);

            // An example's gradient in a batch is the one it has in the whole set, its share of the penalty included.
            var expected = buffer.Positions.ToArray().Select(position => gradients[position]).ToArray();
            Close.To([.. expected.SelectMany(g => g)], [.. batch.Gradients().SelectMany(g => g)], 1e-14, 1e-15);
            var outputGradients = new double[count];
            for (var pass = 0; pass < whole.Model.Passes; pass++)
            {
                Close.To(GeneratedDerivativeTests.ExpectedSums(batch, expected, pass), batch.GradientSum(pass, outputGradients), 1e-12, 1e-13);
            }

            Close.To(batch.Flow(outputGradients), batch.GradientSumWithFlow(outputGradients).Flows, 1e-13, 1e-13);
        }
    }

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void The_groups_of_own_pairs_are_summed_one_by_one(string name)
    {
        var whole = GeneratedCase.Random(name, seed: 31, count: 60);
        if (whole.Examples.TableCount == 0)
        {
            // A set of features with several examples of each individual.
            var features = Enumerable.Range(0, 60).SelectMany(i =>
                whole.Examples.Features.Slice(i * whole.Examples.FeatureStride, whole.Examples.FeatureCount).ToArray());
            whole = whole.On(ExampleSet<double>.FromFeatures([.. features], whole.Examples.FeatureCount, whole.Examples.Labels,
                Individuals.Numbered(7), [.. Enumerable.Range(0, 60).Select(i => i * i % 7)]));
        }

        var (train, deployment) = (Enumerable.Range(0, 40).ToArray(), Enumerable.Range(20, 40).ToArray());
        var groups = new SharedGroups<double>(whole.Examples.Subset(train), whole.Examples.Subset(deployment, RowPenalty.None));
        Assert.NotEqual(0, groups.Count);
        foreach (var examples in new[] { groups.Training, groups.Deployment })
        {
            var compact = whole.On(examples);
            var gradients = compact.Gradients();
            var outputGradients = new double[examples.Count];
            for (var pass = 0; pass < whole.Model.Passes; pass++)
            {
                Close.To(GeneratedDerivativeTests.ExpectedSums(compact, gradients, pass), compact.GradientSum(pass, outputGradients), 1e-12, 1e-13);
            }
        }
    }

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void Users_with_one_to_twenty_examples_are_summed_to_the_last(string name)
    {
        // Segments of every length there is in a tile and its remainder, in both passes; a lone chunk with features.
        for (var length = 1; length <= 20; length++)
        {
            var drawn = GeneratedCase.Random(name, seed: length, count: length);
            var c = drawn;
            if (drawn.Examples.TableCount > 0)
            {
                int[] same = new int[length], each = [.. Enumerable.Range(0, length)];
                var (users, items) = length % 2 == 0 ? (same, each) : (each, same);
                var set = ExampleSet<double>.FromRatings(users, items, drawn.Examples.Labels, length, length);
                c = new GeneratedCase(name, set, drawn.Layout.Blocks[0].Columns, new(length));
            }

            var gradients = c.Gradients();
            var outputGradients = new double[length];
            for (var pass = 0; pass < c.Model.Passes; pass++)
            {
                Close.To(GeneratedDerivativeTests.ExpectedSums(c, gradients, pass), c.GradientSum(pass, outputGradients), 1e-12, 1e-13);
            }

            Close.To(c.EachExample(i => GeneratedDerivativeTests.Dot(gradients[i], c.V)), c.GradientDot(), 1e-12, 1e-13);
        }
    }

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void A_range_of_segments_writes_its_own_part_and_nothing_else(string name)
    {
        var c = GeneratedCase.Random(name, seed: 41, count: 40);
        if (c.Examples.TableCount == 0)
        {
            c = GeneratedCase.Random(name, seed: 41, count: 1400);
        }

        var segments = c.Examples.SegmentsOf(0);
        var (first, last) = (segments.Count / 3, Math.Max(segments.Count / 3 + 1, 2 * segments.Count / 3));
        var (from, to) = (segments.Offsets[first], segments.Offsets[last]);
        var weights = c.Stored(c.Theta);
        var whole = new double[c.Examples.Count];
        var wholeSums = c.GradientSum(0, whole);
        var losses = Enumerable.Repeat(-1.0, c.Examples.Count).ToArray();
        c.Model.Loss(c.Examples, first, last, weights, losses);
        Assert.Equal(c.Loss().Select((loss, i) => i >= from && i < to ? loss : -1), losses);

        var outputGradients = Enumerable.Repeat(-1.0, c.Examples.Count).ToArray();
        var sums = Enumerable.Repeat(-1.0, wholeSums.Length).ToArray();
        c.Model.GradientSum(0, c.Examples, first, last, weights, c.Coefficients, outputGradients, sums);
        Assert.Equal(whole.Select((r, i) => i >= from && i < to ? r : -1), outputGradients);
        for (var k = 0; k < sums.Length; k++)
        {
            var (row, column) = (k / c.RowLength(0), k % c.RowLength(0));
            if (row < first || row >= last || !c.IsPadding(0, column))
            {
                Assert.Equal(row >= first && row < last ? wholeSums[k] : -1, sums[k]);
            }
        }
    }

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void Padding_stays_zero(string name)
    {
        var c = GeneratedCase.Random(name, seed: 51, count: 25);

        // Packed rows are written whole, zeros between the blocks included, whatever was there before.
        var packed = c.PackedGradients();
        for (var i = 0; i < c.Examples.Count; i++)
        {
            var start = i * c.Model.GradientRowLength;
            foreach (var block in c.Layout.Blocks)
            {
                Assert.All(packed[(start + block.Columns)..(start + block.Stride)], value => Assert.Equal(0.0, value));
                start += block.Stride;
            }
        }

        var outputGradients = new double[c.Examples.Count];
        for (var pass = 0; pass < c.Model.Passes; pass++)
        {
            var sums = c.GradientSum(pass, outputGradients);
            for (var k = 0; k < sums.Length; k++)
            {
                Assert.True(sums[k] == 0 || !c.IsPadding(pass, k % c.RowLength(pass)), $"Element {k} is {sums[k]}.");
            }
        }
    }
}
