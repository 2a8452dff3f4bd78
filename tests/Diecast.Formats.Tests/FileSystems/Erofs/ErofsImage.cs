using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>An EROFS written to a file, for tools that others wrote.</summary>
internal sealed class ErofsImage : IDisposable
{
    internal static readonly ErofsOptions Options = new()
    {
        Uuid = new Guid("0c0ffee0-1234-4567-89ab-0123456789ab"),
        Time = new Timestamp(1_700_000_000),
    };

    private readonly TempDirectory _directory = new();

    internal ErofsImage(FileTree tree, ErofsOptions? options = null)
    {
        using ContentSpool spool = ContentSpool.CreateTemporary(_directory.Path);
        Plan = ErofsFileSystem.Pack(tree, options ?? Options, spool);
        Path = _directory["image"];
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write);
        BlobWriter.Write(Plan.ToBlob(), file, Path);
    }

    /// <summary>What it was written from; its spool is gone.</summary>
    internal ErofsPlan Plan { get; }

    internal string Path { get; }

    public void Dispose() => _directory.Dispose();

    /// <summary>The bytes of a tree as an image.</summary>
    internal static byte[] Bytes(FileTree tree, ErofsOptions options, int? workers = null)
    {
        using var directory = new TempDirectory();
        using ContentSpool spool = ContentSpool.CreateTemporary(directory.Path);
        return ErofsFileSystem.Pack(tree, options, spool, new PackOptions { Workers = workers }).ToBlob().ToArray();
    }

    /// <summary>The tree that the reader finds in it.</summary>
    internal FileTree Read() => ErofsFileSystem.Read(Blob.FromFile(HostFile.FromPath(Path), 0, new FileInfo(Path).Length));

    /// <summary>fsck.erofs reads all of it.</summary>
    internal ErofsImage IsClean()
    {
        (int exitCode, string output) = Tool.Run("fsck.erofs", "--extract", Path);
        // It walks by paths, which have a longest length, and says so.
        bool isTooDeep = output.Contains("the path is too long", StringComparison.Ordinal);
        Assert.True(exitCode == 0 || isTooDeep, $"fsck.erofs ended with {exitCode}:\n{output}");
        return this;
    }

    /// <summary>Text that compresses, about three to one.</summary>
    internal static byte[] Prose(int length, int seed)
    {
        string[] words =
        [
            "the", "block", "of", "an", "inode", "extent", "and", "cluster", "that", "begins", "physical", "where", "kernel", "maps", "a",
            "directory", "is", "sorted", "in", "0x1f", "compressed", "index", "\n", "returns", "pack", "for", "each", "reader", "(", ");",
        ];
        var random = new Random(seed);
        var text = new StringBuilder(length + 16);
        while (text.Length < length)
        {
            text.Append(words[random.Next(words.Length)]).Append(' ');
            if (random.Next(9) == 0)
                text.Append(random.Next());
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    internal static byte[] Noise(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
