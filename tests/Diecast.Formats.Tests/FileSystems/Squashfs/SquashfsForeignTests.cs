using System.Globalization;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>Images that others made are read, and others read ours.</summary>
public class SquashfsForeignTests
{
    private static string Corpus => Checkout.PathOf("tests/Diecast.Formats.Tests/FileSystems/Squashfs/corpus");

    public static TheoryData<string> Options => new()
    {
        "",
        "-comp gzip -Xcompression-level 3 -Xwindow-size 10 -Xstrategy default,fixed -b 4096",
        "-comp xz -Xbcj x86,arm -Xdict-size 50% -b 1048576",
        "-comp zstd -Xcompression-level 5 -b 65536 -always-use-fragments",
        "-comp lz4",
        "-comp lz4 -Xhc -no-fragments",
        "-comp lzo -Xalgorithm lzo1x_1_15",
        "-comp lzo -Xcompression-level 3",
        "-noI -noD -noF -noX",
        "-noId -noD -no-exports -no-duplicates",
        "-noI -no-sparse -nopad",
    };

    [MountTheory("mksquashfs", "unsquashfs")]
    [MemberData(nameof(Options))]
    public void Images_of_mksquashfs_are_read(string options)
    {
        FileTree tree = SquashfsTrees.AllTypes();
        for (int i = 0; i < 600; i++)
            tree.Set($"/many/{new string('n', 20)}{i}", new FileInode(Blob.FromText($"{i}")));
        using var directory = new TempDirectory();
        using var image = new SquashfsImage(tree);
        using var mount = new LoopMount(image.Path, "ro", "squashfs");
        Tool.Check("mksquashfs", [mount.Path, directory["image"], "-noappend", "-quiet", "-no-progress", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        FileTree read = SquashfsFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(directory["image"])));
        TreeEquality.AssertSame(tree, read);
        SquashfsInfo info = SquashfsFileSystem.ReadInfo(Blob.FromMemory(File.ReadAllBytes(directory["image"])));
        Assert.Equal(read.Walk().Select(e => e.Inode).Distinct().Count() + 1, info.Inodes);
    }

    /// <summary>Made by corpus/make.sh with mksquashfs 4.7.5; each holds the tree that is written there.</summary>
    [Fact]
    public void Images_that_were_kept_have_their_tree()
    {
        string[] files = [.. Directory.GetFiles(Corpus, "*.sqfs").Order(StringComparer.Ordinal)];
        Assert.Equal(6, files.Length);
        string[] trees = [.. files.Select(file =>
        {
            FileTree tree = SquashfsFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(file)));
            Assert.Same(tree.Find("/text"), tree.Find("/hard"));
            return string.Concat(tree.Walk().Select(entry => Line(entry) + "\n"));
        })];
        Assert.Single(trees.Distinct());
        Checkout.AssertGenerated("tests/Diecast.Formats.Tests/FileSystems/Squashfs/corpus/tree.txt", trees[0]);

        static string Line(TreeEntry entry)
        {
            string rest = entry.Inode switch
            {
                FileInode { Content.Length: > 0 } file => Crc32.Compute(file.Content.ToArray()).ToString("x8", CultureInfo.InvariantCulture),
                SymlinkInode link => link.Target.ToString(),
                SpecialInode { Type: InodeType.CharacterDevice } device => $"{device.Device.Major}:{device.Device.Minor}",
                _ => "",
            };
            string xattrs = string.Concat(entry.Inode.Xattrs.Select(x => $" {x.Name}={x.Value.Length}"));
            return $"{entry.Path} {Convert.ToString(entry.Inode.FullMode, 8)} {entry.Inode.Uid}:{entry.Inode.Gid} {entry.Inode.ModifiedTime.Seconds} {rest}{xattrs}";
        }
    }

    [ToolTheory("sqfs2tar")]
    [InlineData(SquashfsCompression.Gzip)]
    [InlineData(SquashfsCompression.Xz)]
    [InlineData(SquashfsCompression.Zstd)]
    public void Sqfs2tar_reads_what_is_written(SquashfsCompression compression)
    {
        FileTree tree = SquashfsTrees.AllTypes();
        tree.Remove("/dev/socket");
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Compression = compression, Fragments = SquashfsFragments.TailEnds });
        using var directory = new TempDirectory();
        Tool.Check("sh", "-ec", "sqfs2tar -s -r . \"$1\" > \"$2\"", "sh", image.Path, directory["tar"]);
        using var spool = ContentSpool.CreateTemporary(directory.Path);
        using FileStream archive = File.OpenRead(directory["tar"]);
        TreeEquality.AssertSame(tree, TarReader.Read(archive, spool));
    }

    [ToolTheory("7z")]
    [InlineData(SquashfsCompression.Gzip)]
    [InlineData(SquashfsCompression.Xz)]
    public void Seven_zip_finds_every_file_sound(SquashfsCompression compression)
    {
        FileTree tree = SquashfsTrees.AllTypes();
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Compression = compression });
        string output = Tool.Check("7z", "t", "-tsquashfs", image.Path);
        Assert.Contains("Everything is Ok", output, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"Files: {tree.Walk().Count(e => e.Inode is not DirectoryInode)}"), output, StringComparison.Ordinal);
    }
}
