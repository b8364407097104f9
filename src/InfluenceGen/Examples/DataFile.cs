using System.Globalization;
using System.Numerics;
using System.Text;

namespace InfluenceGen.Examples;

/// <summary>What the readers share: opening a text file, and reading one number, with errors that say where.</summary>
internal static class DataFile
{
    private const int LongestQuote = 40;

    /// <summary>Opens a UTF-8 file, or one that says by its byte order mark what it is, and hands it to
    /// <paramref name="read"/>.</summary>
    /// <exception cref="ExampleDataException">There is no such file, it cannot be read, or it is not text.</exception>
    public static TResult Read<TResult>(string path, Func<StreamReader, TResult> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            // Bytes that are no text are refused: replaced by one and the same character, they would make one name of two.
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return read(reader);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ExampleDataException("there is no such file.", path, innerException: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExampleDataException($"cannot be read. {e.Message}", path, innerException: e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ExampleDataException("is not UTF-8 text; save it as UTF-8.", path, innerException: e);
        }
    }

    /// <summary>A finite number, with a point and no group separators whatever the current culture.</summary>
    /// <exception cref="ExampleDataException">It is something else.</exception>
    public static T Number<T>(ReadOnlySpan<char> text, string file, int line, string column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            throw new ExampleDataException($"found {Quote(text)}, expected a number such as -1.5 or 2e3.", file, line, column);
        }

        return T.IsFinite(number)
            ? number
            : throw new ExampleDataException($"found {Quote(text)}, expected a finite number.", file, line, column);
    }

    /// <summary>What was found, for a message of one line: in quotes, cut where it is long, and with the first character
    /// that is not ASCII named, since some look like a minus sign or a blank.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "nothing";
        }

        var line = text.ToString().ReplaceLineEndings(" ");
        var shown = line.Length <= LongestQuote ? line : string.Concat(line.AsSpan(0, LongestQuote), "…");
        var odd = line.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        return odd < 0 ? $"'{shown}'" : $"'{shown}' (with the character U+{(int)line[odd]:X4})";
    }
}
