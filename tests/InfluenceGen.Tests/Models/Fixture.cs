using System.Text.Json;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>A file of <c>tests/fixtures</c>: numbers computed by an independent implementation in float64.</summary>
internal sealed class Fixture
{
    private readonly JsonElement _root;

    private Fixture(JsonElement root) => _root = root;

    public static Fixture Read(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "fixtures", name + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new Fixture(document.RootElement.Clone());
    }

    public Fixture this[string name] => new(_root.GetProperty(name));

    /// <summary>The value of that name, or null where there is none.</summary>
    public Fixture? TryGet(string name) => _root.TryGetProperty(name, out var value) ? new(value) : null;

    public double Number => _root.GetDouble();

    public int Whole => _root.GetInt32();

    public string? Text => _root.GetString();

    /// <summary>All numbers below, row by row whatever the nesting.</summary>
    public double[] Numbers => [.. Leaves(_root).Select(leaf => leaf.GetDouble())];

    public int[] Wholes => [.. Leaves(_root).Select(leaf => leaf.GetInt32())];

    public Fixture[] Elements => [.. _root.EnumerateArray().Select(element => new Fixture(element))];

    private static IEnumerable<JsonElement> Leaves(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Leaves) : [element];
}

/// <summary>Comparison of computed with expected numbers, as SCHEMA.md states it.</summary>
internal static class Close
{
    /// <summary>Requires |a − b| ≤ <paramref name="absolute"/> + <paramref name="relative"/> · max|expected| for every number.</summary>
    public static void To(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative = 1e-9,
        double absolute = 1e-11)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 0.0;
        foreach (var value in expected)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= absolute + relative * largest,
                $"number {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
