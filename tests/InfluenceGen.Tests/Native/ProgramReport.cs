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
        Lines = [.. lines[HeaderLength..].Select(line => Line.Of(line[0].Split(' ', 3), line[1]))];
    }

    /// <summary>The runtime, how the code was compiled, vectors and instructions in use.</summary>
    public string Machine => string.Join(", ", _header.Select(entry => $"{entry.Key}: {entry.Value}"));

    public bool IsNative => _header["compiled"] == "ahead of time";

    /// <summary>Bits of the widest vectors in use.</summary>
    public int VectorBits => int.Parse(_header["vectors"].Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The instruction sets in use.</summary>
    public string Instructions => _header["instructions"];

    /// <summary>What every sweep and training of every model gave.</summary>
    public Line[] Lines { get; }

    /// <summary>Requires the same numbers to the bit: each is printed such that it reads back as itself.</summary>
    public void RequireSameBits(ProgramReport other)
    {
        Assert.Equal(Lines.Length, other.Lines.Length);
        foreach (var (mine, theirs) in Lines.Zip(other.Lines))
        {
            Assert.Equal(mine, theirs);
        }
    }

    /// <summary>Requires |a − b| ≤ a share of the largest |a| of the line, for every number.</summary>
    /// <param name="other">Another run.</param>
    /// <param name="share">The share that is allowed in a line.</param>
    public void RequireClose(ProgramReport other, Func<Line, double> share)
    {
        Assert.Equal(Lines.Select(line => (line.Model, line.What)), other.Lines.Select(line => (line.Model, line.What)));
        foreach (var (mine, theirs) in Lines.Zip(other.Lines))
        {
            var (expected, actual) = (mine.Numbers(), theirs.Numbers());
            Assert.Equal(expected.Length, actual.Length);
            var allowed = share(mine) * expected.Max(Math.Abs);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed,
                    $"{mine.Model} {mine.What}, number {i}: {expected[i]:R} with {Instructions}, {actual[i]:R} with {other.Instructions}; allowed is a difference of {allowed:G3}");
            }
        }
    }

    /// <summary>What one sweep or training of one model gave.</summary>
    /// <param name="IsSingle">Whether the model is in single precision.</param>
    /// <param name="Model">The model.</param>
    /// <param name="What">The sweep, and which of its results.</param>
    /// <param name="Text">The numbers as they were printed.</param>
    internal sealed record Line(bool IsSingle, string Model, string What, string Text)
    {
        public static Line Of(string[] words, string text) => new(words[0] == "float", words[1], words[2], text);

        /// <summary>The sweep alone.</summary>
        public string Sweep => What.Split(' ')[0];

        public double[] Numbers() => [.. Text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }
}
