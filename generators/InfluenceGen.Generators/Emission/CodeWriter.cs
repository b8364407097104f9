using System;
using System.Text;

namespace InfluenceGen.Generators.Emission;

/// <summary>Writes indented lines ending in a line feed, whatever the machine it runs on.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _isAfterBlock;

    public void Line(string line = "")
    {
        // What follows a block in braces stands below a blank line.
        if (_isAfterBlock && line.Length > 0 && line[0] != '}' && !line.StartsWith("else", StringComparison.Ordinal))
        {
            _text.Append('\n');
        }

        _isAfterBlock = false;
        if (line.Length > 0)
        {
            _text.Append(' ', 4 * _depth).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Writes a comment that opens a paragraph: below a blank line, unless it is the first of a block.</summary>
    public void Comment(string text)
    {
        if (_text.Length >= 2 && _text[_text.Length - 2] != '{')
        {
            _isAfterBlock = false;
            Line();
        }

        Line("// " + text);
    }

    public void Lines(params string[] lines)
    {
        foreach (var line in lines)
        {
            Line(line);
        }
    }

    /// <summary>Writes a block in braces below a header line, if it has one.</summary>
    public void Block(string header, Action body)
    {
        if (header.Length > 0)
        {
            Line(header);
        }

        Line("{");
        Indent(body);
        Line("}");
        _isAfterBlock = true;
    }

    /// <summary>Writes what a body writes, after lines that are chosen by its text.</summary>
    public void After(Func<string, System.Collections.Generic.IEnumerable<string>> lines, Action body)
    {
        var start = _text.Length;
        body();
        var text = _text.ToString(start, _text.Length - start);
        _text.Length = start;
        _isAfterBlock = false;
        foreach (var line in lines(text))
        {
            Line(line);
        }

        _text.Append(text);
    }

    public void Indent(Action body)
    {
        _depth++;
        body();
        _depth--;
    }

    public override string ToString() => _text.ToString();
}
