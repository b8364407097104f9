using System.Text;
using InfluenceGen.Examples;
using InfluenceGen.Fuzz;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>Files that are no text, or no table, or endless: what they are told, and that a message is a line.</summary>
public class DamagedFileTests
{
    public static TheoryData<string> Targets => [.. Fuzz.Targets.All.Keys];

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, new byte[] { 0xE9 })]
    [InlineData(new byte[0], new byte[] { 0xE9 })]
    [InlineData(new byte[0], new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[0], new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[0], new byte[] { 0xF0, 0x9F })]
    public void Bytes_that_are_no_characters_are_refused_behind_a_byte_order_mark_too(byte[] mark, byte[] bytes)
    {
        foreach (var lineEnd in new[] { "\n", "\r\n", "\r" })
        {
            byte[] head = [.. mark, .. Encoding.UTF8.GetBytes($"who,a,y{lineEnd}ann,1,2{lineEnd}Jos")];
            using var file = new TextFile([.. head, .. bytes, .. Encoding.UTF8.GetBytes($",2,3{lineEnd}")]);
            Refuses(", line 3: is not UTF-8 text; save it as UTF-8.", file, path => CsvExamples.Read<double>(path, "y", "who"));
            using var ends = new TextFile([.. head, .. bytes]);
            Refuses(", line 3: is not UTF-8 text; save it as UTF-8.", ends, path => CsvExamples.Read<double>(path, "y", "who"));
        }
    }

    [Fact]
    public void Encodings_other_than_UTF_8_are_named_by_their_mark_or_by_their_zeros()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UTF32Encoding(true, true) })
        {
            byte[] text = encoding.GetBytes("a,y\n1,2\n");
            using var marked = new TextFile([.. encoding.GetPreamble(), .. text]);
            Refuses(", line 1: is UTF-16 or UTF-32 text, as its byte order mark says; save it as UTF-8.", marked, path => CsvExamples.Read<double>(path, "y"));
            using var bare = new TextFile(text);
            Refuses(", line 1: holds a NUL character, which no text has; if it is UTF-16, save it as UTF-8.", bare, path => CsvExamples.Read<double>(path, "y"));
        }

        using var late = new TextFile("1 2 3\n1 3\0 4\n");
        Refuses(", line 2: holds a NUL character, which no text has; if it is UTF-16, save it as UTF-8.", late, path => RatingsFile.Read<double>(path));
    }

    [Theory]
    [InlineData("a;y\n-1,5;2\n", "semicolons")]
    [InlineData("\"a\";\"y\"\n1;2\n", "semicolons")]
    [InlineData("a\ty\n1\t2\n", "tabs")]
    [InlineData("a|y\n1|2\n", "vertical bars")]
    public void Another_separator_is_recognised(string text, string separators)
    {
        using var file = new TextFile(text);
        Refuses($", line 1: the columns are separated by {separators}; commas are read, and numbers with a decimal point. Save the file so.",
            file, path => CsvExamples.Read<double>(path, "y"));
        using var commas = new TextFile("a, b;y\n1,2;3\n");
        Assert.Contains("separated by semicolons", Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(commas.Path, "y")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_no_more_than_a_line_and_shows_what_cannot_be_seen()
    {
        using var wide = new TextFile(string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"{new string('c', 100)}{i}")) + "\n");
        Assert.InRange(Message(wide).Length, 100, 1_000);
        Assert.EndsWith(" and 49,988 more.", Message(wide), StringComparison.Ordinal);
        using var name = new TextFile($"{new string('n', 1_000_000)},y\nx,1\n");
        Assert.InRange(Message(name).Length, 100, 600);
        using var field = new TextFile($"a,y\n{new string('f', 1_000_000)},1\n");
        Assert.InRange(Message(field).Length, 50, 300);
        using var unseen = new TextFile("a,y\n1\u0007\u202E\u001B[2J\U0001F600,1\n");
        Assert.EndsWith(@"found '1\u0007\u202E\u001B[2J😀' (with the character U+0007), expected a number such as -1.5 or 2e3.", Message(unseen), StringComparison.Ordinal);
        using var ratings = new TextFile(new string('r', 100_000));
        Assert.InRange(Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>(ratings.Path)).Message.Length, 50, 400);
        using var members = new TextFile("a,y\nz,1\n");
        var many = CsvColumn.OneOf("a", [.. Enumerable.Range(0, 10_000).Select(i => $"m{i}")]);
        Assert.InRange(Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(members.Path, "y", features: [many])).Message.Length, 50, 400);

        static string Message(TextFile file) => Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y")).Message;
    }

    [Fact]
    public void A_line_that_does_not_end_is_refused_with_its_column()
    {
        using var field = new TextFile("a,b,y\n1,2,3\n4," + new string('5', TextSource.LongestLine));
        Refuses(", line 3, column 'b': the line has no end within 16,000,000 characters, where its field 2 stands; expected a line for each example.",
            field, path => CsvExamples.Read<double>(path, "y"));
        using var header = new TextFile("a,b" + string.Concat(Enumerable.Repeat(",1.5", TextSource.LongestLine / 4 + 10_000)));
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(header.Path, "y"));
        Assert.Equal(1, error.Line);
        Assert.Matches("where its field 40[01],[0-9]{3} stands|where its field 40[01][0-9]{4} stands", error.Message);
        using var ratings = new TextFile("1 2 3\n4 5" + new string('6', TextSource.LongestLine));
        Assert.Equal(2, Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>(ratings.Path)).Line);
    }

    [Fact]
    public void A_quotation_mark_that_is_never_closed_is_refused_where_it_stands()
    {
        using var file = new TextFile("a,y\n1,2\n\"3,4\n" + string.Concat(Enumerable.Repeat("1,2\n", 4_500_000)));
        Refuses(", line 3: a row without end starts here; is there a quotation mark that is not closed?", file, path => CsvExamples.Read<double>(path, "y"));
    }

    [Fact]
    public void A_hundred_thousand_columns_are_read_each_where_it_belongs()
    {
        const int Columns = 100_000;
        var numbers = Enumerable.Range(0, Columns);
        using var file = new TextFile($"y,{string.Join(',', numbers.Select(i => $"c{i}"))}\n7,{string.Join(',', numbers)}\n8,{string.Join(',', numbers.Select(i => -i))}\n");
        var set = CsvExamples.Read<double>(file.Path, "y");
        Assert.Equal((2, Columns), (set.Count, set.FeatureCount));
        Assert.All(numbers, i => Assert.Equal((i, (double)-i), (set.Features[i], set.Features[set.FeatureStride + i])));
        var labels = numbers.Select(i => $"c{i}").ToArray();
        Assert.Equal(Columns, CsvExamples.Read<float>(file.Path, labels, features: ["y"]).LabelCount);
    }

    [Fact]
    public void A_class_number_that_no_memory_has_rows_for_is_refused_where_it_stands()
    {
        using var file = new TextFile("a,y\n1,0\n1,1000000000\n1,1\n");
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y", domain: LabelDomain.Distribution));
        Assert.Equal((3, "y"), (error.Line, error.Column));
        using var more = new TextFile("a,y\n1,0\n1,4000000000\n");
        Assert.EndsWith("found '4000000000', expected a class: a whole number from 0 to 1048575.", Assert.Throws<ExampleDataException>(
            () => CsvExamples.Read<double>(more.Path, "y", domain: LabelDomain.Distribution)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  ")]
    [InlineData("\" \"")]
    [InlineData("\u00A0")]
    public void A_name_of_blanks_is_missing(string name)
    {
        using var file = new TextFile($"who,a,y\nann,1,2\n{name},1,2\n");
        Refuses(", line 3, column 'who': found nothing, expected the individual's name.", file, path => CsvExamples.Read<double>(path, "y", "who"));
        using var ratings = new TextFile($"u,i,r\nann,x,2\n{name},x,2\n");
        Refuses(", line 3, column 'u': found nothing, expected the user's name.", ratings, path => RatingsFile.ReadCsv<double>(path, "u", "i", "r"));
    }

    [Fact]
    public void Lines_may_end_in_any_of_the_three_ways()
    {
        foreach (var lineEnd in new[] { "\n", "\r\n", "\r" })
        {
            var text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i},\"{2 * i}\"{lineEnd}{(i % 3 == 0 ? lineEnd : "")}"));
            using var file = new TextFile($"a,y{lineEnd}{text}");
            Assert.Equal(Enumerable.Range(0, 30_000).Select(i => 2.0 * i), CsvExamples.Read<double>(file.Path, "y").Labels.ToArray());
            using var wrong = new TextFile($"a,y{lineEnd}{text}x,1{lineEnd}");
            Assert.Equal(40_002, Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(wrong.Path, "y")).Line);
            using var ratings = new TextFile(text.Replace(",", " 1 ", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal) + $"0 1 9{lineEnd}");
            Assert.EndsWith("line 40001: user 0 has rated item 1 before, on line 1; remove one, or allow repeats.",
                Assert.Throws<ExampleDataException>(() => RatingsFile.Read<double>(ratings.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public void Nothing_but_the_documented_exception_leaves_a_reader(string target)
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpora", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        var mutation = new Mutation(20);
        foreach (var bytes in files.Concat(Enumerable.Range(0, 300).Select(_ => mutation.Next(files))))
        {
            using var file = new TextFile(bytes);
            Fuzz.Targets.All[target](file.Path);
        }
    }

    private static void Refuses(string message, TextFile file, Func<string, object> read) =>
        Assert.Equal(file.Path + message, Assert.Throws<ExampleDataException>(() => read(file.Path)).Message);
}
