using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Boot.Tests;

/// <summary>A sparse disk with one file system after the other, for a guest to work on, and then for us.</summary>
internal sealed class GuestDisk : IDisposable
{
    private const long Alignment = 1 << 20;
    private const long SectorSize = 512;

    private readonly TempDirectory _directory = new();
    private readonly List<(string Name, Blob Blob, long Offset, long Length)> _partitions = [];
    private long _end = Alignment;

    internal string Path => _directory["disk"];

    /// <summary>Adds a partition.</summary>
    /// <param name="name">Its label, by which <see cref="In"/> knows it.</param>
    /// <param name="blob">What it begins with.</param>
    /// <param name="length">Its length in bytes, a multiple of sectors.</param>
    /// <returns>Its number.</returns>
    internal int Add(string name, Blob blob, long length)
    {
        _partitions.Add((name, blob, _end, length));
        _end = (_end + length + Alignment - 1) / Alignment * Alignment;
        return _partitions.Count;
    }

    internal void Write()
    {
        var builder = new BlobBuilder();
        var table = new StringBuilder("label: gpt\n");
        foreach ((string name, Blob blob, long offset, long length) in _partitions)
        {
            builder.Add(offset, blob);
            table.AppendLine(CultureInfo.InvariantCulture, $"start={offset / SectorSize}, size={length / SectorSize}, type=linux, name={name}");
        }

        using (SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write))
            BlobWriter.Write(builder.ToBlob(_end + Alignment), file, Path);
        File.WriteAllText(_directory["table"], table.ToString());
        Tool.Check("sh", "-c", "sfdisk -q \"$1\" < \"$2\"", "sh", Path, _directory["table"]);
    }

    /// <summary>What a partition holds now.</summary>
    internal Blob Read(string name)
    {
        (_, _, long offset, long length) = Find(name);
        return Blob.FromFile(HostFile.FromPath(Path), offset, length);
    }

    /// <summary>A partition, as tools of e2fsprogs take it.</summary>
    internal string In(string name) => string.Create(CultureInfo.InvariantCulture, $"{Path}?offset={Find(name).Offset}");

    public void Dispose() => _directory.Dispose();

    private (string Name, Blob Blob, long Offset, long Length) Find(string name) => _partitions.Single(p => p.Name == name);
}
