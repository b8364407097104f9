using System.Globalization;
using Xunit;

namespace InfluenceGen.Tests.Native;

/// <summary>What a run of <c>tests/InfluenceGen.Native.Tests</c> has printed.</summary>
internal sealed class ProgramReport
{
    private const int HeaderLength = 4;

    private readonly Dictionary<string, string> _header;

    public ProgramReport(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(": ", 2)).ToArray();
        _header = lines[..HeaderLength].ToDictionary(line => line[0], line => line[1]);
        Numbers = [.. lines[HeaderLength..].Select(line => (line[0], line[1]))];
    }

    /// <summary>The runtime, how the code was compiled, vectors and instructions in use.</summary>
    public string Machine => string.Join(", ", _header.Select(entry => $"{entry.Key}: {entry.Value}"));

    public bool IsNative => _header["compiled"] == "ahead of time";

    /// <summary>Bits of the widest vectors in use.</summary>
    public int VectorBits => int.Parse(_header["vectors"].Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The instruction sets in use.</summary>
    public string Instructions => _header["instructions"];

    /// <summary>Of each line, the model and the sweep, and the numbers as they were printed.</summary>
    public (string What, string Values)[] Numbers { get; }

    /// <summary>Requires the same numbers to the bit: each is printed such that it reads back as itself.</summary>
    public void RequireSameBits(ProgramReport other)
    {
        Assert.Equal(Numbers.Length, other.Numbers.Length);
        foreach (var (mine, theirs) in Numbers.Zip(other.Numbers))
        {
            Assert.Equal(mine, theirs);
        }
    }

    /// <summary>Requires |a − b| ≤ <paramref name="relative"/> · the largest |a| of the line, for every number.</summary>
    public void RequireClose(ProgramReport other, double relative)
    {
        Assert.Equal(Numbers.Length, other.Numbers.Length);
        foreach (var (mine, theirs) in Numbers.Zip(other.Numbers))
        {
            Assert.Equal(mine.What, theirs.What);
            var (expected, actual) = (Parse(mine.Values), Parse(theirs.Values));
            Assert.Equal(expected.Length, actual.Length);
            var allowed = relative * expected.Max(Math.Abs);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed,
                    $"{mine.What}, number {i}: {expected[i]:R} with {Instructions}, {actual[i]:R} with {other.Instructions}; allowed is a difference of {allowed:G3}");
            }
        }
    }

    private static double[] Parse(string values) =>
        [.. values.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
}
