using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace InfluenceGen.Examples;

/// <summary>What the readers share: opening a text file, and reading one number, with errors that say where.</summary>
internal static class DataFile
{
    private const int LongestQuote = 40;
    private const int MostNames = 12;

    // What stands for itself in a message; line breaks are shown as blanks.
    private static readonly SearchValues<char> _plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code), '\r', '\n']);

    /// <summary>Opens a UTF-8 file, with or without a byte order mark, and hands it to <paramref name="read"/> with the number
    /// of its rows, as far as it can be known beforehand (<see cref="RowEstimate"/>).</summary>
    /// <exception cref="ExampleDataException">There is no such file, it cannot be read, or it is not text.</exception>
    public static TResult Read<TResult>(string path, char separator, Func<TextSource, long, TResult> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
            var rows = RowEstimate.Of(stream);
            using var text = new TextSource(path, stream, separator);
            return read(text, rows);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ExampleDataException("there is no such file.", path, innerException: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExampleDataException($"cannot be read. {e.Message}", path, innerException: e);
        }
    }

    /// <summary>A finite number, with a point and no group separators whatever the current culture.</summary>
    /// <exception cref="ExampleDataException">It is something else.</exception>
    public static T Number<T>(ReadOnlySpan<char> text, string file, int line, string column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (DecimalText.TryRead(text, out T number))
        {
            return number;
        }

        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            throw new ExampleDataException($"found {Quote(text)}, expected a number such as -1.5 or 2e3.", file, line, column);
        }

        return T.IsFinite(number)
            ? number
            : throw new ExampleDataException($"found {Quote(text)}, expected a finite number.", file, line, column);
    }

    /// <summary>What was found, for a message of one line: in quotes, cut where it is long, what cannot be seen written as
    /// \u and its code, and with the first character that is not ASCII named, since some look like a minus sign or a
    /// blank.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "nothing";
        }

        var shown = Shown(text, LongestQuote);
        var odd = text.IndexOfAnyExcept(_plain);
        if (odd < 0)
        {
            return $"'{shown}'";
        }

        var code = Rune.DecodeFromUtf16(text[odd..], out var rune, out _) == OperationStatus.Done ? rune.Value : text[odd];
        return string.Create(CultureInfo.InvariantCulture, $"'{shown}' (with the character U+{code:X4})");
    }

    /// <summary>Names for a message of one line: the first few, and how many there are besides.</summary>
    public static string QuoteAll(IReadOnlyCollection<string> names)
    {
        var first = string.Join(", ", names.Take(MostNames).Select(name => $"'{Shown(name, LongestQuote)}'"));
        return names.Count <= MostNames
            ? first
            : string.Create(CultureInfo.InvariantCulture, $"{first} and {names.Count - MostNames:N0} more");
    }

    /// <summary>A text of one line, cut where it is longer than <paramref name="longest"/>, with blanks for line breaks and
    /// codes for what cannot be seen.</summary>
    public static string Shown(ReadOnlySpan<char> text, int longest)
    {
        var shown = new StringBuilder();
        while (!text.IsEmpty && shown.Length < longest)
        {
            var status = Rune.DecodeFromUtf16(text, out var rune, out var length);
            if (text[0] is '\r' or '\n')
            {
                length = text.StartsWith("\r\n") ? 2 : 1;
                shown.Append(' ');
            }
            else if (status != OperationStatus.Done || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(status == OperationStatus.Done ? rune.Value : text[0]):X4}");
            }
            else
            {
                shown.Append(text[..length]);
            }

            text = text[length..];
        }

        return text.IsEmpty ? shown.ToString() : shown.Append('…').ToString();
    }
}
