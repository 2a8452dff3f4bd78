using Diecast.Formats.Blobs;

namespace Diecast.Boot;

/// <summary>A private directory for files that a foreign program reads and writes; it goes when it is disposed.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path = Directory.CreateTempSubdirectory("diecast-").FullName;

    /// <summary>The absolute path of a file in it.</summary>
    internal string this[string name] => Path.Combine(_path, name);

    /// <summary>Makes a directory in it and returns its absolute path.</summary>
    internal string MakeDirectory(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <summary>Writes a file into it.</summary>
    internal void Write(string name, Blob content, bool executable = false)
    {
        using (FileStream file = File.Create(this[name]))
        using (Stream source = content.OpenRead())
            source.CopyTo(file);
        if (executable && !System.OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[name], Program);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
