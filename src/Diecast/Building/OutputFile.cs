using System.Globalization;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Building;

/// <summary>
/// An output that appears whole or not at all: it is written beside its target without a name (or under a temporary
/// one), and takes the target's place when it is published. Until then the old output is untouched.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    /// <summary>rw-rw-rw-; the user's umask takes its part.</summary>
    private const uint Mode = 0b110_110_110;

    private readonly SafeFileHandle _handle;
    private string? _temporary;

    private OutputFile(string path, SafeFileHandle handle, string? temporary)
    {
        Path = path;
        _handle = handle;
        _temporary = temporary;
    }

    /// <summary>Where the output will stand.</summary>
    internal string Path { get; }

    /// <summary>The open file, empty and writable.</summary>
    internal SafeFileHandle Handle => _handle;

    /// <summary>Says before any work that an output cannot stand where it is to stand.</summary>
    /// <exception cref="IOException">The target is a directory, or what it stands in is none.</exception>
    internal static void CheckTarget(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"{path} is a directory; the output must be a file");
        for (string? outer = System.IO.Path.GetDirectoryName(path); outer is not null; outer = System.IO.Path.GetDirectoryName(outer))
        {
            if (File.Exists(outer))
                throw new IOException($"{outer} is a file; the output {path} cannot stand in it");
        }
    }

    /// <summary>Starts an output; the directory is made if it is missing.</summary>
    /// <exception cref="IOException">The directory or the file cannot be made.</exception>
    internal static OutputFile Create(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        CheckTarget(path);
        string directory = System.IO.Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        if (FileLinks.CreateUnnamed(directory, Mode) is { } unnamed)
            return new OutputFile(path, unnamed, null);
        string temporary = TemporaryName(path);
        return new OutputFile(path, Open(temporary), temporary);
    }

    /// <summary>Gives the output a temporary name beside its place, by which others can open it; it goes unless it is published.</summary>
    internal string Name()
    {
        if (_temporary is null)
        {
            string temporary = TemporaryName(Path);
            File.Delete(temporary);
            if (!FileLinks.TryLink(_handle, temporary))
                throw new IOException($"cannot name the finished output {Path}: is /proc mounted?");
            _temporary = temporary;
        }

        return _temporary;
    }

    /// <summary>Puts the output in its place, over an old one.</summary>
    internal void Publish()
    {
        File.Move(Name(), Path, overwrite: true);
        _temporary = null;
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (_temporary is not null)
            File.Delete(_temporary);
    }

    private static string TemporaryName(string path) => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(path)!,
        string.Create(CultureInfo.InvariantCulture, $".{System.IO.Path.GetFileName(path)}.{Environment.ProcessId}.part"));

    private static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
}
