using System.IO.Compression;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>Images that mkfs.erofs made.</summary>
public partial class ErofsForeignTests
{
    private static readonly string Corpus = Checkout.PathOf("tests/Diecast.Formats.Tests/FileSystems/Erofs/corpus");

    public static TheoryData<string> Kept => [.. Directory.GetFiles(Corpus, "*.img.gz").Select(f => Path.GetFileName(f)[..^7]).Order(StringComparer.Ordinal)];

    /// <summary>Options that mkfs.erofs 1.5 has.</summary>
    public static TheoryData<string> Settings =>
    [
        "", "-zlz4", "-zlz4hc,level=12", "-zlz4hc -C65536", "-zlz4hc -Elegacy-compress", "-zlz4 -Eztailpacking", "--chunksize=4096", "-x-1",
    ];

    /// <summary>By mkfs.erofs 1.9.4, of one tree, whose manifest was made by reading the tree itself.</summary>
    [Theory]
    [MemberData(nameof(Kept))]
    public void One_that_was_kept_is_read(string name)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(Corpus, $"{name}.img.gz")), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        FileTree tree = ErofsFileSystem.Read(Blob.FromMemory(bytes.ToArray()));
        (string expected, string actual) = (File.ReadAllText(Path.Combine(Corpus, "manifest.txt")), ErofsTrees.Manifest(tree));
        // With 48bit it keeps seconds only, in small inodes.
        if (name.EndsWith("wide", StringComparison.Ordinal))
            (expected, actual) = (Fractions().Replace(expected, " "), Fractions().Replace(actual, " "));
        Assert.Equal(expected, actual);
    }

    [ToolTheory("mkfs.erofs")]
    [MemberData(nameof(Settings))]
    public void One_that_is_made_now_is_read(string settings)
    {
        using var directory = new TempDirectory();
        string root = directory["root"];
        Directory.CreateDirectory(Path.Combine(root, "sub/empty"));
        File.WriteAllBytes(Path.Combine(root, "text"), ErofsImage.Prose(300_001, 1));
        File.WriteAllBytes(Path.Combine(root, "noise"), ErofsImage.Noise(70_000));
        File.WriteAllBytes(Path.Combine(root, "sub/zeros"), new byte[1_000_000]);
        File.CreateSymbolicLink(Path.Combine(root, "sub/link"), "../text");
        for (int i = 0; i < 400; i++)
            File.WriteAllText(Path.Combine(root, "sub", $"{new string('n', i % 60)}{i}"), $"{i}");
        string image = directory["image"];
        Tool.Check("mkfs.erofs", [.. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries), image, root]);
        FileTree read = ErofsFileSystem.Read(Blob.FromFile(HostFile.FromPath(image), 0, new FileInfo(image).Length));
        FileTree source = HostDirectoryReader.Read(root, new HostDirectoryOptions { Owner = HostOwner.Keep });
        // It keeps seconds only, where an inode is small.
        Assert.Equal(Fractions().Replace(ErofsTrees.Manifest(source), " "), Fractions().Replace(ErofsTrees.Manifest(read), " "));
    }

    [GeneratedRegex(@"\.[0-9]+ ")]
    private static partial Regex Fractions();
}
