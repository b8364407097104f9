namespace InfluenceGen.Examples;

/// <summary>
/// Counts the rows of a file before it is read, so that numbers are written where they stay. Line breaks in quotes and blank
/// lines do not count. Where quotes are wrong or lines end as they did on old computers, it is an estimate.
/// </summary>
internal static class RowEstimate
{
    private const int BlockLength = 64 * 1024;

    /// <summary>The rows of a file, its header among them, from where <paramref name="stream"/> stands, which it comes back
    /// to; 0 where a look ahead is not possible.</summary>
    public static long Of(Stream stream)
    {
        if (!stream.CanSeek || stream.Length == 0)
        {
            return 0;
        }

        var (start, left) = (stream.Position, stream.Length);
        var counter = new Counter();
        var block = new byte[BlockLength];
        while (left > 0 && stream.Read(block) is var read and > 0)
        {
            counter.Take(block.AsSpan(0, read));
            left -= read;
        }

        stream.Position = start;
        return counter.Rows;
    }

    private struct Counter
    {
        private bool _inQuotes;
        private bool _hasContent;
        private long _ended;

        public readonly long Rows => _ended + (_hasContent ? 1 : 0);

        public void Take(ReadOnlySpan<byte> block)
        {
            _hasContent |= block[0] > ' ';

            // Most blocks have neither quotes nor blank lines, and a processor counts their line breaks at once.
            if (!_inQuotes && _hasContent && !block.Contains((byte)'"') && block.IndexOf("\n\n"u8) < 0 && block.IndexOf("\n\r"u8) < 0
                && block.LastIndexOf((byte)'\n') is var last and >= 0)
            {
                _ended += block.Count((byte)'\n');
                _hasContent = false;
                block = block[(last + 1)..];
            }

            foreach (var character in block)
            {
                _inQuotes ^= character == '"';
                if (character == '\n' && !_inQuotes)
                {
                    _ended += _hasContent ? 1 : 0;
                    _hasContent = false;
                }
                else
                {
                    _hasContent |= character > ' ';
                }
            }
        }
    }
}
