using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Native;

namespace Diecast.Building;

/// <summary>
/// An output that is a directory of files and appears whole or not at all: it is written beside its target under a temporary
/// name, and changes places with an old one when it is published.
/// </summary>
internal sealed class OutputDirectory : IDisposable
{
    private readonly FileTree _files;
    private readonly OutputMark _mark;
    private readonly string _temporary;
    private readonly string _format;
    private long _allocated;

    private OutputDirectory(string path, string format, FileTree files, OutputMark mark)
    {
        Path = path;
        _format = format;
        _files = files;
        _mark = mark;
        _temporary = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(path)!,
            string.Create(CultureInfo.InvariantCulture, $".{System.IO.Path.GetFileName(path)}.{Environment.ProcessId}.part"));
    }

    /// <summary>Where the output will stand.</summary>
    internal string Path { get; }

    /// <summary>Bytes of all files.</summary>
    internal long Length => _files.Walk().Sum(entry => (entry.Inode as FileInode)?.Content.Length ?? 0);

    /// <summary>Says before any work that an output cannot stand where it is to stand.</summary>
    /// <exception cref="IOException">The target is a file or a directory of something else, or what it stands in is no directory.</exception>
    internal static void CheckTarget(string path, OutputMark mark)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        for (string? outer = path; outer is not null; outer = System.IO.Path.GetDirectoryName(outer))
        {
            if (File.Exists(outer))
                throw new IOException(outer == path ? $"{path} is a file; the output must be a directory" : $"{outer} is a file; the output {path} cannot stand in it");
        }

        // What is replaced is deleted, so it must be what an earlier build has left, or nothing.
        if (Directory.Exists(path) && !IsOurs(path, mark) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path} holds other files than an output would; name a directory that is new, or empty");
    }

    /// <summary>Starts an output; the directory that it stands in is made if it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal static OutputDirectory Create(string path, string format, FileTree files, OutputMark mark)
    {
        CheckTarget(path, mark);
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        return new OutputDirectory(path, format, files, mark);
    }

    /// <summary>Whether a directory is one that a build of this kind has made.</summary>
    internal static bool IsOurs(string path, OutputMark mark) => File.Exists(System.IO.Path.Combine(path, mark.File));

    /// <summary>Writes all files.</summary>
    internal void Write(IProgress<long>? progress, CancellationToken cancellation)
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        Directory.CreateDirectory(_temporary);
        long done = 0;
        foreach (TreeEntry entry in _files.Walk())
        {
            string path = _temporary + entry.Path;
            if (entry.Inode is DirectoryInode)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Blob content = ((FileInode)entry.Inode).Content;
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
            BlobWriter.Write(content, file, path, null, cancellation);
            _allocated += HostDisk.AllocatedBytes(file, path);
            done += content.Length;
            progress?.Report(done);
        }
    }

    /// <summary>The report, with the digest of the file that names all others by theirs.</summary>
    internal OutputReport Report(OutputDigest digest)
    {
        string? sum = null;
        if (digest == OutputDigest.Sha256)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            BlobWriter.Digest(((FileInode)_files.Find(_mark.DigestFile)!).Content, hash);
            sum = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        return new OutputReport(Path, _format, Length, _allocated, sum);
    }

    /// <summary>Puts the output in its place, over an old one.</summary>
    internal void Publish()
    {
        if (!Directory.Exists(Path))
        {
            Directory.Move(_temporary, Path);
            return;
        }

        if (!FileLinks.TryExchange(_temporary, Path))
        {
            string old = _temporary + ".old";
            Directory.Move(Path, old);
            Directory.Move(_temporary, Path);
            Directory.Delete(old, recursive: true);
            return;
        }

        Directory.Delete(_temporary, recursive: true);
    }

    public void Dispose()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
    }
}
