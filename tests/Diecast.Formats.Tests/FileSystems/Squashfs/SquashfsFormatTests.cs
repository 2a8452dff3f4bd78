using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

public class SquashfsFormatTests
{
    public static TheoryData<SquashfsCompression> Compressions =>
        [.. Enum.GetValues<SquashfsCompression>().Where(c => c != SquashfsCompression.Lzma)];

    [MountTheory("unsquashfs")]
    [MemberData(nameof(Compressions))]
    public void One_of_everything_reads_back_from_each_compressor(SquashfsCompression compression)
    {
        FileTree tree = SquashfsTrees.AllTypes();
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Compression = compression });
        TreeEquality.AssertSame(tree, image.Read());
        image.Holds(tree);
        using var mount = new LoopMount(image.Path, "ro", "squashfs");
        TreeEquality.AssertSame(tree, HostDirectoryReader.Read(mount.Path, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All }));
    }

    [Fact]
    public void The_fields_tile_each_structure()
    {
        Tiles(SquashfsLayout.Superblock.All, 0, SquashfsLayout.Superblock.Size);
        Tiles(SquashfsLayout.Inode.All, 0, SquashfsLayout.Inode.HeaderSize);
        Tiles(SquashfsLayout.Directory.All, 16, SquashfsLayout.Directory.Size);
        Tiles(SquashfsLayout.ExtendedDirectory.All, 16, SquashfsLayout.ExtendedDirectory.Size);
        Tiles(SquashfsLayout.File.All, 16, SquashfsLayout.File.Size);
        Tiles(SquashfsLayout.ExtendedFile.All, 16, SquashfsLayout.ExtendedFile.Size);
        Tiles(SquashfsLayout.Symlink.All, 16, SquashfsLayout.Symlink.Size);
        Tiles(SquashfsLayout.Device.All, 16, SquashfsLayout.Device.ExtendedSize);
        Tiles(SquashfsLayout.Ipc.All, 16, SquashfsLayout.Ipc.ExtendedSize);
        Tiles(SquashfsLayout.Run.All, 0, SquashfsLayout.Run.Size);
        Tiles(SquashfsLayout.Entry.All, 0, SquashfsLayout.Entry.Size);
        Tiles(SquashfsLayout.Index.All, 0, SquashfsLayout.Index.Size);
        Tiles(SquashfsLayout.Fragment.All, 0, SquashfsLayout.Fragment.Size);
        Tiles(SquashfsLayout.XattrId.All, 0, SquashfsLayout.XattrId.Size);
        Tiles(SquashfsLayout.XattrTable.All, 0, SquashfsLayout.XattrTable.Size);
        Tiles(SquashfsLayout.XattrEntry.All, 0, SquashfsLayout.XattrEntry.Size);

        static void Tiles(LayoutField[] fields, int start, int size)
        {
            foreach (LayoutField field in fields)
            {
                Assert.Equal(start, field.Offset);
                start = field.End;
            }

            Assert.Equal(size, start);
        }
    }

    [Theory]
    [InlineData(4095, true)]
    [InlineData(4096, false)]
    [InlineData(4097, false)]
    public void A_file_smaller_than_a_block_is_in_a_fragment(int length, bool isFragment)
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(length))));
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { BlockSize = 4096 });
        Assert.Equal(isFragment ? 1 : 0, image.Info.Fragments);
        TreeEquality.AssertSame(tree, image.Read());
    }

    [Fact]
    public void The_superblock_says_what_was_asked_for()
    {
        using var image = new SquashfsImage(SquashfsTrees.AllTypes(), SquashfsImage.Options with
        {
            Compression = SquashfsCompression.Xz,
            BlockSize = 65536,
            DictionarySize = 49152,
            Filters = SquashfsXzFilters.X86 | SquashfsXzFilters.Arm,
            Uncompressed = SquashfsUncompressed.Inodes,
            Fragments = SquashfsFragments.None,
            Duplicates = false,
            Exports = false,
        });
        SquashfsInfo info = image.Info;
        Assert.Equal(SquashfsCompression.Xz, info.Compression);
        Assert.Equal(["Xdict-size 49152", "Xbcj x86,arm"], info.CompressorOptions);
        Assert.Equal(65536, info.BlockSize);
        Assert.Equal(SquashfsFlags.UncompressedInodes | SquashfsFlags.NoFragments | SquashfsFlags.CompressorOptions, info.Flags);
        Assert.Equal(1_700_000_000, info.Time.Seconds);
        Assert.Equal(0, info.Fragments);
        Assert.Equal(0, new FileInfo(image.Path).Length % 4096);
        Assert.InRange(info.Length, new FileInfo(image.Path).Length - 4095, new FileInfo(image.Path).Length);
    }

    [ToolFact("unsquashfs")]
    public void Unsquashfs_knows_the_options_of_each_compressor()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(100))));
        (SquashfsOptions Options, string[] Lines)[] cases =
        [
            (SquashfsImage.Options with { CompressionLevel = 3, WindowSize = 12, Strategies = SquashfsGzipStrategies.Fixed },
                ["compression-level 3", "window-size 12", "fixed"]),
            (SquashfsImage.Options with { CompressionLevel = 12 }, ["Compression gzip"]),
            (SquashfsImage.Options with { Compression = SquashfsCompression.Zstd, CompressionLevel = 22 }, ["compression-level 22"]),
            (SquashfsImage.Options with { Compression = SquashfsCompression.Lz4, HighCompression = true }, ["High Compression option specified"]),
            (SquashfsImage.Options with { Compression = SquashfsCompression.Lzo, LzoAlgorithm = SquashfsLzoAlgorithm.Lzo1x1With15Bits }, ["lzo1x_1_15"]),
            (SquashfsImage.Options with { Compression = SquashfsCompression.Xz, DictionarySize = 65536, Filters = SquashfsXzFilters.X86 }, ["Dictionary size 65536", "x86"]),
        ];
        foreach ((SquashfsOptions options, string[] lines) in cases)
        {
            using var image = new SquashfsImage(tree, options);
            string output = Tool.Check("unsquashfs", "-stat", image.Path);
            Assert.All(lines, line => Assert.Contains(line, output, StringComparison.Ordinal));
            image.Holds(tree);
        }
    }

    [Theory]
    [InlineData("blocks", "a power of two")]
    [InlineData("level", "zstd has the levels 1 to 22, not 23")]
    [InlineData("lz4 level", "lz4 has no compression levels")]
    [InlineData("window", "of gzip alone")]
    [InlineData("dictionary", "49152")]
    [InlineData("lzma", "lzma is not written")]
    [InlineData("time", "2106")]
    public void Options_that_cannot_be_are_refused(string name, string message)
    {
        SquashfsOptions options = name switch
        {
            "blocks" => SquashfsImage.Options with { BlockSize = 5000 },
            "level" => SquashfsImage.Options with { Compression = SquashfsCompression.Zstd, CompressionLevel = 23 },
            "lz4 level" => SquashfsImage.Options with { Compression = SquashfsCompression.Lz4, CompressionLevel = 1 },
            "window" => SquashfsImage.Options with { Compression = SquashfsCompression.Xz, WindowSize = 9 },
            "dictionary" => SquashfsImage.Options with { Compression = SquashfsCompression.Xz, BlockSize = 32768, DictionarySize = 49152 },
            "lzma" => SquashfsImage.Options with { Compression = SquashfsCompression.Lzma },
            _ => SquashfsImage.Options with { Time = new Timestamp(-1) },
        };
        Assert.Contains(message, Assert.Throws<UnrepresentableException>(() => new SquashfsImage(new FileTree(), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_cannot_be_held_is_told_at_once()
    {
        var tree = new FileTree();
        tree.Set("/" + new string('n', 256), new FileInode(Blob.Empty));
        tree.Set("/old", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(-1) });
        tree.Set("/d/acl", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr("system.posix_acl_access", new byte[4])]) });
        tree.Set("/d/device", new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(4096, 0)));
        tree.Set("/d/link", new SymlinkInode(new string('t', 4096)));
        var twice = new DirectoryInode();
        tree.Root.Set("one", twice);
        tree.Root.Set("two", twice);
        string message = Assert.Throws<UnrepresentableException>(() => new SquashfsImage(tree)).Message;
        foreach (string part in (string[])["a name of 256 bytes", "/old", "/d/acl: the attribute system.posix_acl_access", "4096:0", "4096 bytes; it has 1 to 4095", "two names"])
            Assert.Contains(part, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_held_is_adapted_where_that_is_asked_for()
    {
        var tree = new FileTree();
        tree.Set("/old", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(-1, 5) });
        tree.Set("/new", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(1L << 32) });
        tree.Set("/acl", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr("system.posix_acl_access", new byte[4]), new Xattr("user.x", default)]) });
        tree.Set("/only", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr("system.posix_acl_access", new byte[4])]) });
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Unsupported = SquashfsUnsupported.Adapt });
        FileTree read = image.Read();
        Assert.Equal(new Timestamp(0), read.Find("/old")!.ModifiedTime);
        Assert.Equal(new Timestamp(uint.MaxValue), read.Find("/new")!.ModifiedTime);
        Assert.Equal("user.x", Assert.Single(read.Find("/acl")!.Xattrs).Name.ToString());
        Assert.Empty(read.Find("/only")!.Xattrs);
    }

    [Fact]
    public void The_root_and_all_owners_may_be_given()
    {
        FileTree tree = SquashfsTrees.AllTypes();
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { AllRoot = true, RootMode = 0b111_000_000, RootUid = 5, RootGid = 6 });
        FileTree read = image.Read();
        Assert.Equal((0b111_000_000, 5u, 6u), (read.Root.Mode, read.Root.Uid, read.Root.Gid));
        Assert.All(read.Walk(), e => Assert.Equal((0u, 0u), (e.Inode.Uid, e.Inode.Gid)));
    }
}
