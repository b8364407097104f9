namespace InfluenceGen.Training;

/// <summary>
/// A file that is written under its name with <c>.partial</c> behind it and takes its name when it is whole: whatever interrupts the
/// writing, a name stands for a whole file or for what it stood for before. It has one writer at a time, in this process and among
/// others.
/// </summary>
internal sealed class UnfinishedFile : IDisposable
{
    private static readonly HashSet<string> _written = new(StringComparer.Ordinal);

    private readonly string _path;
    private bool _isDisposed;

    /// <summary>Starts a file, so that what speaks against writing it is known before there is anything to write.</summary>
    /// <exception cref="InvalidOperationException">It is being written already.</exception>
    /// <exception cref="IOException">It cannot be written, or another process is writing it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public UnfinishedFile(string path)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
        {
            throw new IOException($"'{_path}' is a folder. Name a file in it.");
        }

        if (File.Exists(_path) && (File.GetAttributes(_path) & FileAttributes.ReadOnly) != 0)
        {
            throw new UnauthorizedAccessException($"'{_path}' is there and may only be read. Name another file, or allow it to be replaced.");
        }

        lock (_written)
        {
            if (!_written.Add(_path))
            {
                throw new InvalidOperationException($"'{_path}' is being written at this moment. Give each of the trainings that run at once a file of its own.");
            }
        }

        try
        {
            // Nobody else writes it, and it can be renamed while it is open.
            Stream = new FileStream(PartialPath, FileMode.Create, FileAccess.Write, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
        }
        catch
        {
            GiveBack();
            throw;
        }
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    private string PartialPath => _path + ".partial";

    /// <summary>Gives the file its name, once it is on disk, and closes it.</summary>
    public void Finish()
    {
        Stream.Flush(flushToDisk: true);
        File.Move(PartialPath, _path, overwrite: true);
        Dispose();
    }

    /// <summary>Deletes what was written.</summary>
    public void Discard()
    {
        Dispose();
        File.Delete(PartialPath);
    }

    /// <summary>Closes the file; unless it is finished, what was written of it stays beside its name.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            Stream.Dispose();
        }
        finally
        {
            GiveBack();
        }
    }

    private void GiveBack()
    {
        lock (_written)
        {
            _written.Remove(_path);
        }
    }
}
