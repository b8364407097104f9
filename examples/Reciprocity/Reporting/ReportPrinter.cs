using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReciprocityStudies.Reporting;

/// <summary>Prints a report's tables.</summary>
internal sealed class ReportPrinter(IAnsiConsole console)
{
    private const int Width = 100;

    public void Print(Report report)
    {
        foreach (var table in report.Tables)
        {
            Heading(table.Title, table.Conditions);
            console.Write(Rows(table));
            foreach (var note in table.Notes)
            {
                console.Write(new Padder(new Text(note), new Padding(1, 0, 0, 0)));
            }

            console.WriteLine();
        }

        if (report.Tables.Exists(table => table.Figures.Any(figure => figure.Distance is not null)))
        {
            console.WriteLine("distance: from the paper's number to ours, in units of the spread after the ± sign");
        }

        foreach (var balance in report.Balances)
        {
            Heading(balance.Title, balance.Claim);
            console.Write(Rows(balance));
            console.Write(new Padder(new Text(balance.Verdict), new Padding(1, 0, 0, 1)));
        }
    }

    /// <summary>A console for tables: 100 columns or as wide as a narrower terminal, without colour where there is none.</summary>
    public static IAnsiConsole ConsoleFor(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Profile.Width = redirected ? Width : Math.Min(Width, console.Profile.Width);
        return console;
    }

    private static Table Rows(FigureTable table)
    {
        var rows = NewTable("quantity", "the paper", "here", "distance");
        foreach (var figure in table.Figures)
        {
            rows.AddRow(Cells(figure.Quantity, figure.Paper, figure.Here,
                figure.Distance is { } distance ? distance.ToString("+0.0 sd;-0.0 sd;0.0 sd", CultureInfo.InvariantCulture) : ""));
        }

        return rows;
    }

    private static Table Rows(BalanceTable table)
    {
        var rows = NewTable("individual", "mean inflow", "mean outflow", "difference", "standard error", "z");
        foreach (var row in table.Individuals)
        {
            rows.AddRow(Cells(row.Name, Numbers.Text(row.Inflow, "F4"), Numbers.Text(row.Outflow, "F4"), Numbers.Text(row.Difference, "F4"),
                Numbers.Text(row.StandardError, "F4"), Numbers.Text(row.Z, "F1")));
        }

        return rows;
    }

    // The first column holds words, the others numbers.
    private static Table NewTable(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.Simple, Expand = true };
        for (var i = 0; i < headings.Length; i++)
        {
            var column = new TableColumn(new Text(headings[i]));
            table.AddColumn(i == 0 ? column : column.RightAligned().NoWrap());
        }

        return table;
    }

    private static IRenderable[] Cells(params ReadOnlySpan<string> texts)
    {
        var cells = new IRenderable[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            cells[i] = new Text(texts[i]);
        }

        return cells;
    }

    private void Heading(string title, string line)
    {
        console.Write(new Text(title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.Write(new Text(line));
        console.WriteLine();
    }
}
