using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>What reading is made of: decimals, rows in memory, the count of rows beforehand.</summary>
public class ReadingTests
{
    [Fact]
    public void Decimals_are_rounded_as_the_framework_rounds_them()
    {
        var random = new RandomSource(5);
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var digits = 1 + random.NextBelow(20);
            var text = string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.NextBelow(10))));
            text = text.Insert(random.NextBelow(digits + 1), i % 3 == 0 ? "" : ".");
            text = (i % 4) switch { 0 => "-", 1 => "+", _ => "" } + (i % 5 == 0 ? "0.000" + text.Replace(".", "", StringComparison.Ordinal) : text)
                + (i % 7 == 0 ? $"e{random.NextBelow(60) - 30}" : i % 7 == 1 ? $"E+{random.NextBelow(20)}" : "");
            read += Requires(text);
        }

        Assert.InRange(read, 150_000, 200_000);
    }

    [Fact]
    public void Decimals_half_way_between_two_numbers_are_rounded_to_even()
    {
        foreach (var text in new[]
        {
            "9007199254740993", "9007199254740993.0", "9007199254740995", "900719925474099.25", "4503599627370496.5", "4503599627370497.5",
            "18014398509481986", "18014398509481990", "1.00000000000000011102230246251565", "1.0000000596046448", "16777217", "33554435",
            "0.3000000119209289", "9999999999999999999", "18446744073709551615", "1e22", "123456789012345678e5", "9007199254740993e-22", "0", "-0", "-0.0e5", "00012",
            "1e-46", "7e-46", "3.4028236e38", "1e39", ".5", "5.", "000000000000000000000000001.5",
        })
        {
            Requires(text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5.5")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("0x10")]
    [InlineData("1,000")]
    [InlineData("\u0661")]
    [InlineData("1e99999999999")]
    [InlineData("NaN")]
    public void What_is_no_short_decimal_is_left_to_the_framework(string text)
    {
        Assert.False(DecimalText.TryRead<double>(text, out _));
        Assert.False(DecimalText.TryRead<float>(text, out _));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a,b", 1)]
    [InlineData("a,b\n1,2\n3,4", 3)]
    [InlineData("a,b\r\n1,2\r\n\r\n  \r\n3,4\r\n", 3)]
    [InlineData("\n\na\n\n\nb\n\n", 2)]
    [InlineData("a,\"x\n\ny\"\n1,\"2\"\"\n\"\n", 2)]
    public void Rows_are_counted_beforehand_without_blank_lines_and_breaks_in_quotes(string text, int rows)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal((rows, 0), (RowEstimate.Of(stream), stream.Position));
        var many = string.Concat(Enumerable.Repeat(text + "\n", 40_000));
        using var large = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(many));
        Assert.Equal(rows * 40_000L, RowEstimate.Of(large));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(10_100)]
    [InlineData(30_000)]
    public void Rows_are_kept_whatever_number_of_them_was_expected(int expected)
    {
        var rows = new RowBuffer<double>(3, 8, expected);
        for (var i = 0; i < 10_000; i++)
        {
            var row = rows.Add();
            row[0] = i;
            row[2] = -i;
        }

        var numbers = rows.Finish();
        Assert.InRange(numbers.Length, 80_000, 80_000 * 9 / 8);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal([i, 0, -i, 0, 0, 0, 0, 0], numbers.Span.Slice(8 * i, 8).ToArray());
        }
    }

    [Fact]
    public void Rows_whose_number_is_known_are_written_where_they_stay_and_others_are_held_twice_at_most()
    {
        const int Rows = 40_000;
        const long Bytes = Rows * 16L * sizeof(double);
        Assert.InRange(Fill(Rows).Allocated, Bytes, 1.01 * Bytes);
        Assert.InRange(Fill(0).Allocated, 2 * Bytes, 2.2 * Bytes);

        static (AlignedBuffer<double> Numbers, long Allocated) Fill(long expected)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            var rows = new RowBuffer<double>(16, 16, expected);
            for (var i = 0; i < Rows; i++)
            {
                rows.Add()[0] = i;
            }

            return (rows.Finish(), GC.GetAllocatedBytesForCurrentThread() - start);
        }
    }

    [Fact]
    public void Reading_a_file_allocates_little_more_than_what_is_kept()
    {
        const int Rows = 20_000;
        var row = "," + string.Join(',', Enumerable.Range(0, 50).Select(i => $"{i}.25"));
        using var file = new TextFile("who,y," + string.Join(',', Enumerable.Range(0, 49).Select(i => $"c{i}")) + "\n"
            + string.Concat(Enumerable.Range(0, Rows).Select(i => $"p{i % 10}{row}\n")));
        CsvExamples.Read<double>(file.Path, "y", "who");
        var start = GC.GetAllocatedBytesForCurrentThread();
        var set = CsvExamples.Read<double>(file.Path, "y", "who");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        Assert.Equal(Rows, set.Count);
        Assert.InRange(allocated, 8 * Rows * 56, 1.2 * 8 * Rows * 57);
    }

    [Fact]
    public void Sizes_around_two_to_the_thirty_first_are_counted_not_wrapped()
    {
        Assert.Equal(ExampleSet<double>.MostNumbers / 8, new RowBuffer<double>(1, 8, 1).MostRows);
        Assert.Equal(1023, new RowBuffer<float>(1, 1 << 20, 1).MostRows);
    }

    private static int Requires(string text)
    {
        var (asDouble, asFloat) = (double.Parse(text, CultureInfo.InvariantCulture), float.Parse(text, CultureInfo.InvariantCulture));
        if (DecimalText.TryRead(text, out float single))
        {
            Assert.True(BitConverter.SingleToInt32Bits(asFloat) == BitConverter.SingleToInt32Bits(single), $"{text}: {single}, not {asFloat}");
        }

        if (!DecimalText.TryRead(text, out double number))
        {
            return 0;
        }

        Assert.True(BitConverter.DoubleToInt64Bits(asDouble) == BitConverter.DoubleToInt64Bits(number), $"{text}: {number:R}, not {asDouble:R}");
        return 1;
    }
}
