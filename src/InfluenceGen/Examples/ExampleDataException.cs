namespace InfluenceGen.Examples;

/// <summary>A file of examples cannot be used as it is. The message says which file, where in it, what stands there and
/// what was expected, on one line.</summary>
public sealed class ExampleDataException : Exception
{
    private const int LongestName = 200;

    /// <summary>States what is wrong.</summary>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="file">The file, as it was asked for.</param>
    /// <param name="line">The line, counted from 1; null where the whole file is meant.</param>
    /// <param name="column">The column's name; null where the whole line or file is meant.</param>
    /// <param name="innerException">What the operating system or the decoder said.</param>
    public ExampleDataException(string problem, string file, int? line = null, string? column = null,
        Exception? innerException = null)
        : base($"{file}{(line is null ? "" : $", line {line}")}{(column is null ? "" : $", column '{DataFile.Shown(column, LongestName)}'")}: {problem}",
            innerException)
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file, as it was asked for.</summary>
    public string File { get; }

    /// <summary>The line, counted from 1; null where the whole file is meant.</summary>
    public int? Line { get; }

    /// <summary>The column's name; null where the whole line or file is meant.</summary>
    public string? Column { get; }
}
