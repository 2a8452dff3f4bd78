using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>A squashfs written to a file, for tools that others wrote.</summary>
internal sealed class SquashfsImage : IDisposable
{
    internal static readonly SquashfsOptions Options = new()
    {
        Time = new Timestamp(1_700_000_000),
        Compression = SquashfsCompression.Gzip,
    };

    private readonly TempDirectory _directory = new();
    private readonly ContentSpool _spool;

    internal SquashfsImage(FileTree tree, SquashfsOptions? options = null, int? workers = null)
    {
        Path = _directory["image"];
        _spool = ContentSpool.CreateTemporary(_directory.Path);
        Plan = SquashfsFileSystem.Pack(tree, options ?? Options, _spool, new PackOptions { Workers = workers });
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write);
        BlobWriter.Write(Plan.ToBlob(), file, Path);
    }

    internal SquashfsPlan Plan { get; }

    internal string Path { get; }

    internal Blob Blob => Blob.FromFile(HostFile.FromPath(Path), 0, new FileInfo(Path).Length);

    internal FileTree Read() => SquashfsFileSystem.Read(Blob);

    internal SquashfsInfo Info => SquashfsFileSystem.ReadInfo(Blob);

    /// <summary>unsquashfs extracts it, without a word of complaint, to what the tree says.</summary>
    internal SquashfsImage Holds(FileTree tree)
    {
        string extracted = _directory["extracted"];
        try
        {
            string output = Tool.Check("unsquashfs", "-no-progress", "-quiet", "-strict-errors", "-dest", extracted, Path);
            Assert.DoesNotContain("rror", output, StringComparison.Ordinal);
            FileTree seen = HostDirectoryReader.Read(extracted, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
            TreeEquality.AssertSame(tree, seen);
        }
        finally
        {
            // Names that are not UTF-8 cannot be deleted from here.
            Tool.Check("rm", "-rf", extracted);
        }

        return this;
    }

    public void Dispose()
    {
        _spool.Dispose();
        _directory.Dispose();
    }
}
