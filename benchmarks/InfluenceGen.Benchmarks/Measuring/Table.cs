namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>A table in Markdown, its columns as wide as their widest cell.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        Print(_rows[0], widths);
        Print(widths.Select(width => new string('-', width)), widths);
        foreach (var row in _rows.Skip(1))
        {
            Print(row, widths);
        }

        Console.WriteLine();
    }

    private static void Print(IEnumerable<string> cells, int[] widths) =>
        Console.WriteLine("| " + string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column]))) + " |");
}
