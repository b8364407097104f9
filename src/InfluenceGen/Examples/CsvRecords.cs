using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace InfluenceGen.Examples;

/// <summary>
/// Walks through the rows of a comma-separated file with a header. Only the parser of CsvHelper is used: its mapping to
/// objects rests on reflection, which a native build does not have.
/// </summary>
internal sealed class CsvRecords : IDisposable
{
    private readonly string _file;
    private readonly CsvParser _parser;
    private string[] _fields = [];

    /// <summary>Reads the header.</summary>
    /// <exception cref="ExampleDataException">The file is empty.</exception>
    public CsvRecords(string file, TextReader reader)
    {
        _file = file;
        _parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ",",
            TrimOptions = TrimOptions.Trim,
            WhiteSpaceChars = [' ', '\t'],
            BadDataFound = bad => throw new ExampleDataException(
                "a quotation mark is out of place; a quoted field starts and ends with one, and holds them doubled.",
                file, bad.Context.Parser!.RawRow - LineBreaks(bad.Field)),
        });
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

    /// <summary>A field of the current row, without surrounding blanks.</summary>
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
    public void Dispose() => _parser.Dispose();

    private bool NextRow()
    {
        var before = _parser.RawRow;
        while (_parser.Read())
        {
            // All fields are taken, also those nobody asks for: the parser tells of wrong quotes only when a field is
            // taken, and a quote that is left open swallows the rows behind it.
            _fields = _parser.Record!;
            Line = _parser.RawRow;
            if (Line > before + 1)
            {
                Line -= _fields.Sum(LineBreaks);
            }

            // A line of blanks is as good as an empty one, which the parser passes over itself.
            if (_fields.Length > 1 || _fields[0].Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int LineBreaks(string field) => field.ReplaceLineEndings("\n").Count(character => character == '\n');
}
