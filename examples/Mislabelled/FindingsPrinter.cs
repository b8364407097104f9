using System.Globalization;
using InfluenceGen.Influence.Evaluation;
using Spectre.Console;

namespace Mislabelled;

/// <summary>Prints what was found.</summary>
internal sealed class FindingsPrinter(IAnsiConsole console)
{
    private const int Width = 100;

    private static readonly double[] _inspected = [0.1, 0.2, 0.3];

    public void Print(int count, Settings settings, IReadOnlyList<Findings> findings)
    {
        Line(Invariant($"Digits, softmax model, {100 * settings.Share:0.##}% of {count:N0} labels flipped"));
        Line(Invariant($"trained to the minimum with L2 = {settings.L2}, stopped early after {Study.Steps} steps; % of flipped labels found"));
        var table = new Table { Border = TableBorder.Simple, Expand = true };
        table.AddColumn(new TableColumn(new Text("method")));
        foreach (var heading in _inspected.Select(share => Invariant($"first {100 * share:0}%")).Append("area"))
        {
            table.AddColumn(new TableColumn(new Text(heading)).RightAligned().NoWrap());
        }

        foreach (var (method, repetitions) in findings)
        {
            table.AddRow([new Text(method), .. _inspected.Select(share => Cell(repetitions, found => 100 * found.FoundIn(share), "F1")),
                Cell(repetitions, found => found.Area, "F3")]);
        }

        var best = 1 - Math.Round(settings.Share * count) / count / 2;
        table.AddRow([new Text("chance"), .. _inspected.Select(share => new Text(Invariant($"{100 * share:F1}"))), new Text("0.500")]);
        console.Write(table);
        Line(settings.Repetitions > 1
            ? Invariant($"±: standard deviation over {settings.Repetitions} repetitions")
            : "one repetition, so that there is no spread");
        Line(Invariant($"area: under the share found against the share inspected; {best:F3} at best"));
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

    private void Line(string text)
    {
        console.Write(new Text(text));
        console.WriteLine();
    }

    private static Text Cell(IReadOnlyList<MislabelDetection> repetitions, Func<MislabelDetection, double> read, string format)
    {
        var values = repetitions.Select(read).ToArray();
        var mean = values.Average();
        var text = mean.ToString(format, CultureInfo.InvariantCulture);
        if (values.Length == 1)
        {
            return new Text(text);
        }

        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return new Text($"{text} ± {deviation.ToString(format, CultureInfo.InvariantCulture)}");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
