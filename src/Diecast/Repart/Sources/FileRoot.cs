using System.Text;

namespace Diecast.Repart.Sources;

/// <summary>Where a run takes files from: a directory of the host, or the file systems of an image. No link leads out of it.</summary>
internal abstract class FileRoot
{
    /// <summary>What it is called in messages, and before the paths of definitions.</summary>
    internal abstract string Path { get; }

    /// <summary>What a path leads to, every link followed; null where there is nothing.</summary>
    /// <param name="path">The path; a leading slash means this root.</param>
    /// <exception cref="BuildException">What is there cannot be read.</exception>
    internal abstract FoundFile? Find(string path);

    /// <summary>The names of all in a directory that are no directories, in any order; none where there is no such directory.</summary>
    internal abstract IReadOnlyList<string> Names(string directory);

    /// <summary>Whether a path is a link to /dev/null or an empty file, which stand for there being none.</summary>
    internal abstract bool IsMask(string path);

    /// <summary>The text of a file, or null where there is none.</summary>
    internal string? ReadText(string path) =>
        Find(path) is { IsDirectory: false } file ? Encoding.UTF8.GetString(file.ReadBytes()) : null;
}
