using System.Runtime.CompilerServices;
using nietras.SeparatedValues;

namespace InfluenceGen.Examples;

/// <summary>
/// Walks through the rows of a comma-separated file with a header. Sep splits rows into fields; what quotes mean, and where
/// they may stand, is said here.
/// </summary>
internal sealed class CsvRecords : IDisposable
{
    private readonly string _file;
    private readonly SepReader _reader;
    private readonly Dictionary<string, int> _columns;
    private readonly Dictionary<string, int> _again = new(StringComparer.Ordinal);
    private char[] _plain = [];

    /// <summary>Reads the header.</summary>
    /// <exception cref="ExampleDataException">The file is empty, or quotes or separators are wrong.</exception>
    public CsvRecords(string file, TextSource text)
    {
        _file = file;

        // The header is read like any other row, so that mistakes in both are told in the same words.
        try
        {
            _reader = new SepReaderOptions(new Sep(',')) { HasHeader = false, DisableColCountCheck = true }.From(text);
        }
        catch (NotSupportedException e)
        {
            throw Endless(1, e);
        }

        if (!NextRow())
        {
            throw new ExampleDataException("is empty; expected a header that names the columns, and rows.", file);
        }

        var header = new string[FieldCount];
        _columns = new Dictionary<string, int>(header.Length, StringComparer.Ordinal);
        for (var column = 0; column < header.Length; column++)
        {
            header[column] = this[column].ToString();
            if (!_columns.TryAdd(header[column], column))
            {
                _again.TryAdd(header[column], column);
            }
        }

        Header = text.ColumnNames = header;
    }

    /// <summary>The columns' names.</summary>
    public IReadOnlyList<string> Header { get; } = [];

    /// <summary>The line in the file, counted from 1, that the current row starts on.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>A field of the current row, without blanks around it or around its quotes; until the next field is asked for.</summary>
    public ReadOnlySpan<char> this[int column]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var field = _reader.Current[column].Span;

            // Most fields start and end with a character behind the blank and the quotation mark.
            return field.Length > 0 && field[0] is > '"' and < '\u007F' && field[^1] is > '"' and < '\u007F' ? field : Trimmed(field);
        }
    }

    private int FieldCount => _reader.Current.ColCount;

    /// <summary>Goes on to the next row; false at the end.</summary>
    /// <exception cref="ExampleDataException">A row has more or fewer fields than the header, or quotes are wrong.</exception>
    public bool Read()
    {
        if (!NextRow())
        {
            return false;
        }

        return FieldCount == Header.Count
            ? true
            : throw new ExampleDataException($"found {FieldCount} fields, expected {Header.Count} as in the header.", _file, Line);
    }

    /// <summary>The place of the one column of that name.</summary>
    /// <exception cref="ExampleDataException">There is none, or several.</exception>
    public int ColumnOf(string name)
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            throw new ExampleDataException(
                OtherSeparator(name) ?? $"there is no such column; the header has {DataFile.QuoteAll(Header)}.", _file, 1, name);
        }

        return _again.TryGetValue(name, out var again)
            ? throw new ExampleDataException(
                $"stands twice in the header, as column {column + 1} and as column {again + 1}.", _file, 1, name)
            : column;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private bool NextRow()
    {
        while (MoveNext())
        {
            var row = _reader.Current;
            Line = row.RowIndex == 0 ? 1 : row.LineNumberFrom;
            var text = row.Span;

            // A line of blanks is as good as an empty one.
            if (row.ColCount == 1 && text.IsWhiteSpace())
            {
                continue;
            }

            if (Header.Count == 0 && row.ColCount == 1 && SeparatorIn(text) is { } separators)
            {
                throw new ExampleDataException(SeparatedBy(separators), _file, Line);
            }

            if (text.Contains('"'))
            {
                RequireQuotes(row);
            }

            return true;
        }

        return false;
    }

    private bool MoveNext()
    {
        try
        {
            return _reader.MoveNext();
        }
        catch (NotSupportedException e)
        {
            throw Endless(_reader.Current.RowIndex < 0 ? 1 : _reader.Current.LineNumberToExcl, e);
        }
    }

    /// <summary>Sep's objection to a row longer than any buffer, in our words.</summary>
    private ExampleDataException Endless(int line, NotSupportedException e) =>
        new("a row without end starts here; is there a quotation mark that is not closed?", _file, line, innerException: e);

    /// <summary>Refuses a row whose quotes, in whichever column, do not enclose a whole field: commas and line breaks behind
    /// them would be taken for text.</summary>
    private void RequireQuotes(SepReader.Row row)
    {
        for (var column = 0; column < row.ColCount; column++)
        {
            var field = row[column].Span.Trim();
            if (field.Contains('"') && !(field is ['"', .., '"'] && AreDoubled(field[1..^1])))
            {
                throw new ExampleDataException(
                    "a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.", _file, Line);
            }
        }
    }

    private static bool AreDoubled(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('"') is var quote and >= 0)
        {
            if (quote + 1 == text.Length || text[quote + 1] != '"')
            {
                return false;
            }

            text = text[(quote + 2)..];
        }

        return true;
    }

    private ReadOnlySpan<char> Trimmed(ReadOnlySpan<char> field)
    {
        field = field.Trim();
        return field.IsEmpty || field[0] != '"' ? field : Unquoted(field[1..^1]);
    }

    private ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> text)
    {
        if (!text.Contains('"'))
        {
            return text;
        }

        if (_plain.Length < text.Length)
        {
            _plain = new char[text.Length];
        }

        var length = 0;
        while (text.IndexOf('"') is var quote and >= 0)
        {
            text[..(quote + 1)].CopyTo(_plain.AsSpan(length));
            length += quote + 1;
            text = text[(quote + 2)..];
        }

        text.CopyTo(_plain.AsSpan(length));
        return _plain.AsSpan(0, length + text.Length);
    }

    /// <summary>Whether another separator than the comma would make the header have a column.</summary>
    private string? OtherSeparator(string name)
    {
        foreach (var field in Header)
        {
            if (SeparatorIn(field) is { } separator
                && field.Split(separator).Any(part => part.AsSpan().Trim().Trim('"').SequenceEqual(name)))
            {
                return SeparatedBy(separator);
            }
        }

        return null;
    }

    private static char? SeparatorIn(ReadOnlySpan<char> header) => header.IndexOfAny(";\t|") is var at and >= 0 ? header[at] : null;

    private static string SeparatedBy(char separator) =>
        $"the columns are separated by {separator switch { ';' => "semicolons", '\t' => "tabs", _ => "vertical bars" }}; commas are read, "
        + "and numbers with a decimal point. Save the file so.";
}
