using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Compares arrays of numbers as tests/fixtures/SCHEMA.md does.</summary>
internal static class Close
{
    /// <summary>Requires |a − b| ≤ absolute + relative · max|expected| for every element.</summary>
    public static void All(double[] expected, double[] actual, double relative, double absolute = 1e-300)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        Assert.True(double.IsFinite(scale), $"An expected value is {scale}.");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= absolute + relative * scale,
                $"Element {i} of {expected.Length} is {actual[i]:R}; expected {expected[i]:R} (largest {scale:R}, tolerance {relative:R}).");
        }
    }
}
