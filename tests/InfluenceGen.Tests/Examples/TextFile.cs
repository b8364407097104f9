using System.Text;

namespace InfluenceGen.Tests.Examples;

/// <summary>A file that is there for one test.</summary>
internal sealed class TextFile : IDisposable
{
    public TextFile(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public TextFile(byte[] bytes) => File.WriteAllBytes(Path, bytes);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
