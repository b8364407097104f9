using CsvHelper;

namespace InfluenceGen.Examples;

/// <summary>
/// Walks through the rows of a comma-separated file with a header. CsvHelper splits rows into fields; mapping them to
/// objects is what the generator writes.
/// </summary>
internal sealed class CsvRecords : IDisposable
{
    // The header is read like any other row, so that mistakes in both are told in the same words.
    private static readonly CsvReaderOptions _options = new()
    {
        Separator = ',',
        HasHeader = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly string _file;
    private readonly CsvReader _reader;
    private string[] _fields = [];

    /// <summary>Reads the header.</summary>
    /// <exception cref="ExampleDataException">The file is empty, or quotes are wrong.</exception>
    public CsvRecords(string file, TextReader reader)
    {
        _file = file;
        _reader = CsvReader.Create(reader, _options);
        if (!NextRow())
        {
            throw new ExampleDataException("is empty; expected a header that names the columns, and rows.", file);
        }

        Header = _fields;
    }

    /// <summary>The columns' names.</summary>
    public string[] Header { get; }

    /// <summary>The line in the file, counted from 1, that the current row starts on.</summary>
    public int Line { get; private set; }

    /// <summary>A field of the current row, without blanks around it or around its quotes.</summary>
    public string this[int column] => _fields[column];

    /// <summary>Goes on to the next row; false at the end.</summary>
    /// <exception cref="ExampleDataException">A row has more or fewer fields than the header, or quotes are wrong.</exception>
    public bool Read()
    {
        if (!NextRow())
        {
            return false;
        }

        return _fields.Length == Header.Length
            ? true
            : throw new ExampleDataException(
                $"found {_fields.Length} fields, expected {Header.Length} as in the header.", _file, Line);
    }

    /// <summary>The place of the one column of that name.</summary>
    /// <exception cref="ExampleDataException">There is none, or several.</exception>
    public int ColumnOf(string name)
    {
        var column = Array.IndexOf(Header, name);
        if (column < 0)
        {
            throw new ExampleDataException(
                $"there is no such column; the header has {string.Join(", ", Header.Select(n => $"'{n}'"))}.", _file, 1, name);
        }

        var again = Array.IndexOf(Header, name, column + 1);
        return again < 0
            ? column
            : throw new ExampleDataException(
                $"stands twice in the header, as column {column + 1} and as column {again + 1}.", _file, 1, name);
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private bool NextRow()
    {
        try
        {
            while (_reader.Read())
            {
                _fields = _reader.Current.ToArray();
                Line = checked((int)_reader.LineNumber);

                // A line of blanks is as good as an empty one, which the reader passes over itself.
                if (_fields.Length > 1 || _fields[0].Length > 0)
                {
                    return true;
                }
            }

            return false;
        }
        catch (CsvFormatException e)
        {
            throw new ExampleDataException(
                "a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.",
                _file, checked((int)e.LineNumber), innerException: e);
        }
    }
}
