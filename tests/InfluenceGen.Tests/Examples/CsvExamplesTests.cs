using System.Text;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class CsvExamplesTests
{
    [Fact]
    public void All_columns_but_label_and_individual_are_features()
    {
        using var file = new TextFile("who,a,y,b\nann,1,10,-2.5\nbob,3e2,20, 4 \nann,.5,+30,0\n");
        var set = CsvExamples.Read<double>(file.Path, label: "y", individual: "who");
        Assert.Equal(["a", "b"], set.FeatureNames);
        Assert.Equal(
            [
                "source 0 individual 0 label 10 1 -2.5 0 0 0 0 0 0",
                "source 1 individual 1 label 20 300 4 0 0 0 0 0 0",
                "source 2 individual 0 label 30 0.5 0 0 0 0 0 0 0",
            ],
            Given.Rows(set));
        Assert.Equal(("ann", "bob"), (set.Individuals[0], set.Individuals[1]));
    }

    [Fact]
    public void Feature_columns_can_be_chosen_and_ordered()
    {
        using var file = new TextFile("a,note,y,b\n1,left out,3,4\n");
        var set = CsvExamples.Read<double>(file.Path, "y", features: ["b", "a"]);
        Assert.Equal(["b", "a"], set.FeatureNames);
        Assert.Equal([4.0, 1.0], set.Features[..2].ToArray());
        Assert.Equal("1", set.Individuals[0]);
    }

    [Fact]
    public void Quotes_blank_lines_windows_line_ends_and_a_byte_order_mark_are_understood()
    {
        using var file = new TextFile("\uFEFF\"who\", a ,y\r\n\r\n\"Doe, \"\"J\"\"\",1,2\r\n  \r\nx,\"3\",4");
        var set = CsvExamples.Read<double>(file.Path, "y", "who");
        Assert.Equal("Doe, \"J\"", set.Individuals[set.IndividualOf[0]]);
        Assert.Equal([2.0, 4.0], set.Labels.ToArray());
        Assert.Equal([0, 1], set.Source.ToArray());
    }

    [Fact]
    public void A_row_with_line_breaks_in_a_field_is_one_row_and_counts_from_its_first_line()
    {
        using var good = new TextFile("note,a,y\n\"one\r\ntwo\n\",1,2\n\n\n3,3,4\n");
        Assert.Equal([2.0, 4.0], CsvExamples.Read<double>(good.Path, "y", features: ["a"]).Labels.ToArray());
        using var bad = new TextFile("note,a,y\n\n\"one\r\ntwo\n\",x,2\n3,3,4\n");
        Refuses(bad, "line 3, column 'note': found 'one two ', expected a number such as -1.5 or 2e3.");
        using var after = new TextFile("note,a,y\n\"1\n\",1,2\n3,x,4\n");
        Assert.Equal(4, Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(after.Path, "y", features: ["a"])).Line);
    }

    [Fact]
    public void Individuals_that_are_whole_numbers_are_coded_in_numeric_order_others_as_they_come()
    {
        using var numbers = new TextFile("who,a,y\n10,1,1\n9,1,1\n99999999999999999999999,1,1\n010,1,1\n");
        var set = CsvExamples.Read<double>(numbers.Path, "y", "who");
        Assert.Equal(["9", "10", "010", "99999999999999999999999"], Enumerable.Range(0, 4).Select(c => set.Individuals[c]));
        Assert.Equal([1, 0, 3, 2], set.IndividualOf.ToArray());

        using var names = new TextFile("who,a,y\n10,1,1\nx,1,1\n9,1,1\n");
        Assert.Equal([0, 1, 2], CsvExamples.Read<double>(names.Path, "y", "who").IndividualOf.ToArray());
    }

    [Fact]
    public void Files_read_together_agree_on_individuals_and_features()
    {
        using var first = new TextFile("who,a,b,y\nann,1,2,0\nbob,3,4,1\n");
        using var second = new TextFile("y,b,a,more,who\n1,20,10,x,eve\n1,40,30,x,ann\n");
        var sets = CsvExamples.ReadTogether<double>([first.Path, second.Path], "y", "who", LabelDomain.Binary);
        Assert.Same(sets[0].Individuals, sets[1].Individuals);
        Assert.Equal([2, 0], sets[1].IndividualOf.ToArray());
        Assert.Equal([10.0, 20.0], sets[1].Features[..2].ToArray());

        var unnamed = CsvExamples.ReadTogether<double>([first.Path, second.Path], "y", features: ["a"]);
        Assert.Equal([2, 3], unnamed[1].IndividualOf.ToArray());
        Assert.Equal(4, unnamed[1].Individuals.Count);
    }

    [Fact]
    public void Single_precision_is_read_as_such()
    {
        using var file = new TextFile("a,y\n0.1,16777217\n");
        var set = CsvExamples.Read<float>(file.Path, "y");
        Assert.Equal((0.1f, 16_777_216f), (set.Features[0], set.Labels[0]));
    }

    [Fact]
    public void Numbers_and_messages_are_the_same_under_a_culture_with_other_signs() => HostileCulture.Run(() =>
    {
        using var file = new TextFile("a,y\n-1.5,2e-1\n");
        Assert.Equal((-1.5, 0.2), (CsvExamples.Read<double>(file.Path, "y").Features[0], CsvExamples.Read<double>(file.Path, "y").Labels[0]));
        using var foreign = new TextFile("a;y\n-1,5;2\n");
        Refuses(foreign, "line 1: the columns are separated by semicolons; commas are read, and numbers with a decimal point. Save the file so.");
        using var group = new TextFile("a,y\n1.234.5,2\n");
        Refuses(group, "line 2, column 'a': found '1.234.5', expected a number such as -1.5 or 2e3.");
    });

    [Theory]
    [InlineData("", "is empty; expected a header that names the columns, and rows.")]
    [InlineData(" \n\n", "is empty; expected a header that names the columns, and rows.")]
    [InlineData("a,y\n", "has a header but no rows.")]
    [InlineData("a,b\n1,2\n", "line 1, column 'y': there is no such column; the header has 'a', 'b'.")]
    [InlineData("a,y,a\n1,2,3\n", "line 1, column 'a': stands twice in the header, as column 1 and as column 3.")]
    [InlineData("a,y,y\n1,2,3\n", "line 1, column 'y': stands twice in the header, as column 2 and as column 3.")]
    [InlineData("y\n1\n", "line 1: no column is left for features.")]
    [InlineData(",a,y\n0,1,2\n", "line 1: feature 1 has no name; name its column, or say which columns are features.")]
    [InlineData("a,y\n1,2\n1\n", "line 3: found 1 fields, expected 2 as in the header.")]
    [InlineData("a,y\n1,2\n\n1,2,3\n", "line 4: found 3 fields, expected 2 as in the header.")]
    [InlineData("a,y\n1,2\n1,2,\n", "line 3: found 3 fields, expected 2 as in the header.")]
    [InlineData("a,y\nabc,2\n", "line 2, column 'a': found 'abc', expected a number such as -1.5 or 2e3.")]
    [InlineData("a,y\n1,\n", "line 2, column 'y': found nothing, expected a number such as -1.5 or 2e3.")]
    [InlineData("a,y\n1,2\nNaN,2\n", "line 3, column 'a': found 'NaN', expected a finite number.")]
    [InlineData("a,y\n-Infinity,2\n", "line 2, column 'a': found '-Infinity', expected a finite number.")]
    [InlineData("a,y\n1e999,2\n", "line 2, column 'a': found '1e999', expected a finite number.")]
    [InlineData("a,y\n\u22121,2\n", "line 2, column 'a': found '\u22121' (with the character U+2212), expected a number such as -1.5 or 2e3.")]
    [InlineData("a,y\n0x10,2\n", "line 2, column 'a': found '0x10', expected a number such as -1.5 or 2e3.")]
    [InlineData("a,y\n\"1,5\",2\n", "line 2, column 'a': found '1,5', expected a number such as -1.5 or 2e3.")]
    [InlineData("a,y\n1\"2\",2\n", "line 2: a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.")]
    [InlineData("a,y\n1,2\n1,\"2\n3,4\n5,6\n", "line 3: a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.")]
    [InlineData("a,y\n1,2\n1,\"2\n3,4\n5,6", "line 3: a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.")]
    [InlineData("a,y\n12345678901234567890123456789012345678901x,2\n", "line 2, column 'a': found '1234567890123456789012345678901234567890…', expected a number such as -1.5 or 2e3.")]
    public void A_file_that_cannot_be_used_is_refused_by_saying_where(string text, string message)
    {
        using var file = new TextFile(text);
        Refuses(file, message);
    }

    [Fact]
    public void A_quote_left_open_in_a_column_nobody_asks_for_swallows_no_rows()
    {
        using var file = new TextFile("a,y,note\n1,2,fine\n3,4,\"open\n5,6,lost\n");
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y", features: ["a"]));
        Assert.Equal(3, error.Line);
    }

    [Theory]
    [InlineData("who,a,y\nx,1,1\nx,2,0.5\n", "line 3, column 'y': found '0.5', expected 0 or 1.")]
    [InlineData("who,a,y\nx,1,-1\n", "line 2, column 'y': found '-1', expected 0 or 1.")]
    [InlineData("who,a,y\nx,1,1\nz,2,1\n", "column 'y': every label is 1; a model of two classes needs both 0 and 1.")]
    [InlineData("who,a,y\nx,1,0\n", "column 'y': every label is 0; a model of two classes needs both 0 and 1.")]
    [InlineData("who,a,y\nx,1,0\n,1,1\n", "line 3, column 'who': found nothing, expected the individual's name.")]
    public void Labels_of_two_classes_and_names_are_checked(string text, string message)
    {
        using var file = new TextFile(text);
        Refuses(file, message, "who", LabelDomain.Binary);
    }

    [Fact]
    public void An_error_holds_its_place_for_programs()
    {
        using var file = new TextFile("a,y\nx,1\n");
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y"));
        Assert.Equal((file.Path, 2, "a"), (error.File, error.Line, error.Column));
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_text_is_refused()
    {
        var missing = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>("no/such.csv", "y"));
        Assert.Equal("no/such.csv: there is no such file.", missing.Message);
        Assert.Null(missing.Line);
        Assert.StartsWith($"{Path.GetTempPath()}: cannot be read.",
            Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(Path.GetTempPath(), "y")).Message, StringComparison.Ordinal);
        using var latin = new TextFile(Encoding.Latin1.GetBytes("who,a,y\nJosé,1,2\n"));
        Assert.EndsWith(", line 2: is not UTF-8 text; save it as UTF-8.",
            Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(latin.Path, "y", "who")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_in_two_roles_is_refused()
    {
        Assert.Contains("'y' is asked for twice", Assert.Throws<ArgumentException>(() => CsvExamples.Read<double>("f", "y", "y")).Message, StringComparison.Ordinal);
        Assert.Contains("'a' is asked for twice", Assert.Throws<ArgumentException>(() => CsvExamples.Read<double>("f", "y", features: ["a", "a"])).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => CsvExamples.ReadTogether<double>([], "y"));
    }

    [Theory]
    [InlineData("breast-cancer.csv", "benign", "patient", LabelDomain.Binary, 569, 30)]
    [InlineData("diabetes.csv", "progression", "patient", LabelDomain.Real, 442, 10)]
    [InlineData("digits.csv", "digit", "image", LabelDomain.Real, 1797, 64)]
    public void The_data_that_ships_with_the_project_is_read(string name, string label, string individual, LabelDomain domain, int n, int d)
    {
        var set = CsvExamples.Read<double>(Path.Combine(AppContext.BaseDirectory, "data", name), label, individual, domain);
        Assert.Equal((n, d, n), (set.Count, set.FeatureCount, set.Individuals.Count));
        Assert.Equal(Enumerable.Range(0, n), set.IndividualOf.ToArray());
    }

    private static void Refuses(TextFile file, string message, string? individual = null, LabelDomain domain = LabelDomain.Real)
    {
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y", individual, domain));
        var place = message.StartsWith("line", StringComparison.Ordinal) || message.StartsWith("column", StringComparison.Ordinal) ? ", " : ": ";
        Assert.Equal(file.Path + place + message, error.Message);
    }
}
