using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace InfluenceGen.Examples;

/// <summary>
/// The characters of a UTF-8 file, with or without a byte order mark, a block at a time. What is no text is refused with
/// its line: replaced by one and the same character, bytes that are no characters would make one name of two.
/// </summary>
/// <param name="file">The file, for messages.</param>
/// <param name="stream">Its bytes, from the first.</param>
/// <param name="separator">What stands between fields, to say in which one a line goes on for ever.</param>
internal sealed class TextSource(string file, Stream stream, char separator) : TextReader
{
    /// <summary>Characters that a line may have: what Sep takes, which 600,000 columns of long numbers fit.</summary>
    internal const int LongestLine = 16_000_000;

    private const int BlockLength = 32 * 1024;
    private readonly byte[] _bytes = new byte[BlockLength];
    private int _undecoded;
    private bool _begun;
    private bool _ended;
    private char[] _chars = new char[BlockLength];
    private int _next;
    private int _filled;
    private bool _afterReturn;

    // Of what has been decoded: the line breaks, and how far its last line has got.
    private int _breaks;
    private bool _brokeByReturn;
    private long _lineLength;
    private long _separators;

    /// <summary>Bytes of the file; 0 where that is not known.</summary>
    public long Length { get; } = stream.CanSeek ? stream.Length : 0;

    /// <summary>The columns' names, once they are known.</summary>
    public IReadOnlyList<string> ColumnNames { get; set; } = [];

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        if (_next == _filled && !Fill(0))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _filled - _next);
        _chars.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <summary>The next line without its line break, which may be any of the three; false at the end.</summary>
    /// <param name="line">The line, until the next one is read.</param>
    public bool TryReadLine(out ReadOnlySpan<char> line)
    {
        var seen = 0;
        while (true)
        {
            if (_afterReturn && _next < _filled)
            {
                _afterReturn = false;
                _next += _chars[_next] == '\n' ? 1 : 0;
            }

            var unread = _chars.AsSpan(_next, _filled - _next);
            var length = unread[seen..].IndexOfAny('\n', '\r');
            if (length >= 0)
            {
                length += seen;
                line = unread[..length];
                _afterReturn = unread[length] == '\r';
                _next += length + 1;
                return true;
            }

            seen = unread.Length;
            if (!Fill(seen))
            {
                line = _chars.AsSpan(_next, seen);
                _next = _filled;
                return seen > 0;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Decodes another block behind the last <paramref name="kept"/> characters, which move to the front; false at
    /// the end of the file.</summary>
    private bool Fill(int kept)
    {
        if (_chars.Length < kept + BlockLength)
        {
            Array.Resize(ref _chars, Math.Max(_chars.Length * 2, kept + BlockLength));
        }

        _chars.AsSpan(_filled - kept, kept).CopyTo(_chars);
        (_next, _filled) = (0, kept);
        while (!_ended && _filled == kept)
        {
            var read = stream.Read(_bytes.AsSpan(_undecoded));
            _ended = read == 0;
            var bytes = _bytes.AsSpan(0, _undecoded + read);
            var start = _begun || (bytes.Length < 4 && !_ended) ? 0 : SkipMark(bytes);
            if (!_begun)
            {
                _undecoded = bytes.Length;
                continue;
            }

            // A block of bytes has no more characters than bytes.
            var status = Utf8.ToUtf16(bytes[start..], _chars.AsSpan(kept), out var used, out var written,
                replaceInvalidSequences: false, isFinalBlock: _ended);
            _filled = kept + written;
            Inspect(_chars.AsSpan(kept, written));
            if (status == OperationStatus.InvalidData)
            {
                throw new ExampleDataException("is not UTF-8 text; save it as UTF-8.", file, _breaks + 1);
            }

            bytes[(start + used)..].CopyTo(_bytes);
            _undecoded = bytes.Length - start - used;
        }

        return _filled > kept;
    }

    /// <summary>Skips the mark of UTF-8 and refuses those of other encodings.</summary>
    private int SkipMark(ReadOnlySpan<byte> bytes)
    {
        _begun = true;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
        {
            throw new ExampleDataException("is UTF-16 or UTF-32 text, as its byte order mark says; save it as UTF-8.", file, 1);
        }

        return bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    /// <summary>Counts lines, and refuses what no text has.</summary>
    private void Inspect(ReadOnlySpan<char> block)
    {
        var nul = block.IndexOf('\0');
        if (nul >= 0)
        {
            Count(block[..nul]);
            throw new ExampleDataException(
                "holds a NUL character, which no text has; if it is UTF-16, save it as UTF-8.", file, _breaks + 1);
        }

        Count(block);
        if (_lineLength > LongestLine)
        {
            var column = (int)Math.Min(_separators, int.MaxValue - 1);
            throw new ExampleDataException(string.Create(CultureInfo.InvariantCulture,
                $"the line has no end within {LongestLine:N0} characters, where its field {column + 1} stands; expected a line for each example."),
                file, _breaks + 1, column < ColumnNames.Count ? ColumnNames[column] : null);
        }
    }

    private void Count(ReadOnlySpan<char> block)
    {
        if (block.IsEmpty)
        {
            return;
        }

        _breaks += block.Count('\n') - (_brokeByReturn && block[0] == '\n' ? 1 : 0);
        if (block.Contains('\r'))
        {
            _breaks += block.Count('\r') - block.Count("\r\n".AsSpan());
        }

        _brokeByReturn = block[^1] == '\r';
        var last = block.LastIndexOfAny('\n', '\r');
        if (last >= 0)
        {
            (_lineLength, _separators) = (0, 0);
        }

        _lineLength += block.Length - last - 1;
        _separators += block[(last + 1)..].Count(separator);
    }
}
