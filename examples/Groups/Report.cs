using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace GroupStudies;

/// <summary>One table: the paper's figures, those of an independent reproduction, and ours.</summary>
/// <param name="title">What was studied.</param>
/// <param name="conditions">On what data and how.</param>
/// <param name="headings">The columns, the first one words and the others figures.</param>
internal sealed class Report(string title, string conditions, params string[] headings)
{
    private const int Width = 110;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds a row; a first cell that is empty continues the row before.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Adds what a reader has to know to judge the figures.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>A mean and its standard deviation over repetitions.</summary>
    public static string Over(IReadOnlyCollection<double> values, string format)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return $"{mean.ToString(format, CultureInfo.InvariantCulture)} ± {deviation.ToString(format, CultureInfo.InvariantCulture)}";
    }

    /// <summary>Prints it.</summary>
    public void Print()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = Console.IsOutputRedirected ? Width : Math.Min(Width, console.Profile.Width);
        console.Write(new Text(title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.Write(new Text(conditions));
        console.WriteLine();
        var table = new Table { Border = TableBorder.Simple };
        for (var i = 0; i < headings.Length; i++)
        {
            var column = new TableColumn(new Text(headings[i]));
            table.AddColumn(i < 2 ? column : column.RightAligned());
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
        foreach (var note in _notes)
        {
            console.Write(new Text(note));
            console.WriteLine();
        }

        console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_started).TotalSeconds:F1} seconds")));
        console.WriteLine();
        console.WriteLine();
    }
}
