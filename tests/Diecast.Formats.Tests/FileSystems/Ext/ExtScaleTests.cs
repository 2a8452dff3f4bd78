using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Trees as large as the format allows, with bytes that are made when they are read.</summary>
public class ExtScaleTests
{
    private const long Gibi = 1L << 30;
    private const long Tebi = 1L << 40;

    [MountFact("e2fsck", "debugfs")]
    public void A_directory_of_a_million_entries()
    {
        const int Count = 1_000_000;
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory("/d");
        // Of every inode sixteen names, so that it is the directory that is large.
        for (int i = 0; i < Count;)
        {
            var file = new FileInode(Blob.Empty);
            for (int name = 0; name < 16; name++)
                directory.Set(string.Create(CultureInfo.InvariantCulture, $"a name of usual length {i++:d7}"), file);
        }

        using var image = new ExtImage(tree);
        image.IsClean();
        Assert.Contains("0x81000", image.Debug("stat /d"), StringComparison.Ordinal);
        string levels = image.Debug("htree_dump /d")[..400];
        Assert.Contains("Indirect levels: 1", levels, StringComparison.Ordinal);
        Mounted(image, mount =>
        {
            foreach (int i in (int[])[0, 1, 4095, 499_999, 999_998, Count - 1])
                Assert.True(File.Exists($"{mount}/d/a name of usual length {i:d7}"), $"{i}");
            foreach (string missing in (string[])["a name of usual length 1000000", "a name", "A name of usual length 0000000"])
                Assert.False(File.Exists($"{mount}/d/{missing}"));
            Assert.Equal(Count, Directory.EnumerateFiles($"{mount}/d").Count());
        });
    }

    [MountFact("e2fsck", "debugfs")]
    public void An_index_of_three_levels()
    {
        // Names of 255 bytes in blocks of 1 KiB, three in each: more leaves than two levels reach.
        FileTree tree = ExtTrees.Names(50_000, name: i => $"{i:d6}" + new string('n', 249));
        using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = 1024, Profile = ExtProfile.Default.With("large_dir") });
        image.IsClean();
        Assert.Contains("Indirect levels: 2", image.Debug("htree_dump /d")[..400], StringComparison.Ordinal);
        TreeEquality.AssertSame(tree, Read(image));
        Mounted(image, mount => ExtKernelView.Holds(mount, tree, image));
        UnrepresentableException fault = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, ExtImage.Options with { BlockSize = 1024 }));
        Assert.Contains("large_dir", fault.Message, StringComparison.Ordinal);
    }

    [MountFact("e2fsck", "debugfs")]
    public void More_directories_in_one_than_links_can_count()
    {
        foreach (int count in (int[])[64_998, 64_999, 66_000])
        {
            var tree = new FileTree();
            DirectoryInode directory = tree.MakeDirectory("/d");
            for (int i = 0; i < count; i++)
                directory.Set($"{i:d5}", new DirectoryInode());
            using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = 1024 });
            image.IsClean();
            int links = count == 64_998 ? 65_000 : 1;
            Assert.Contains($"Links: {links} ", image.Debug("stat /d"), StringComparison.Ordinal);
            if (count == 66_000)
                Mounted(image, mount => Assert.Equal(count, Directory.EnumerateDirectories($"{mount}/d").Count()));
            if (links == 1)
                Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, ExtImage.Options with { Profile = ExtProfile.Default.With("^dir_nlink") }));
        }
    }

    [MountFact("e2fsck")]
    public void A_tree_of_a_million_files()
    {
        // What is allocated in all, which no other test in the process changes, is above what is held at any time.
        FileTree tree = Million();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ExtPlan plan = ExtFileSystem.Plan(tree, ExtImage.Options);
        long planning = (GC.GetAllocatedBytesForCurrentThread() - before) / tree.Walk().Count();
        Assert.InRange(planning, 1, 400);
        using var image = new ExtImage(plan, ExtImage.Options);
        image.IsClean();
        Mounted(image, mount => Assert.Equal("content\n", File.ReadAllText($"{mount}/directory 999/file 999")));
    }

    [MountFact("e2fsck", "debugfs")]
    public void Files_as_long_as_can_be()
    {
        var tree = new FileTree();
        foreach (long length in (long[])[(4 * Gibi) - 1, 4 * Gibi, (4 * Gibi) + 1, 2 * Tebi, (2 * Tebi) + 511, (16 * Tebi) - 4096])
        {
            tree.Set($"/last byte of {length}", new FileInode(ExtTrees.Sparse(length, (length - 1, 1))));
            tree.Set($"/hole of {length}", new FileInode(Blob.Zeros(length)));
            tree.Set($"/here and there in {length}", new FileInode(ExtTrees.Sparse(length, (1, 1), (4095, 2), (length / 2, 10_000), (length - 5000, 5000))));
        }

        using var image = new ExtImage(tree);
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, Read(image));
        Mounted(image, mount => ExtKernelView.Holds(mount, tree, image));
        foreach (int blockSize in (int[])[1024, 2048, 4096])
        {
            tree.Set("/longest", new FileInode(Blob.Zeros(uint.MaxValue * (long)blockSize)));
            Assert.NotNull(ExtFileSystem.Plan(tree, ExtImage.Options with { BlockSize = 4096 }));
            var alone = new FileTree();
            alone.Set("/longest", new FileInode(Blob.Zeros((uint.MaxValue * (long)blockSize) + 1)));
            Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(alone, ExtImage.Options with { BlockSize = blockSize }));
        }
    }

    [Fact]
    public void A_file_of_twenty_gibibytes_without_a_hole()
    {
        static void Number(long offset, Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)((offset + i) >> 12 & 0xff);
        }

        var content = new GeneratedBlob(20 * Gibi, Number);
        var tree = new FileTree();
        tree.Set("/file", new FileInode(content));
        FileTree read = ExtFileSystem.Read(ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob());
        Blob copy = read.ResolveFile("/file")!.Content;
        Assert.Equal(content.Length, copy.Length);
        Assert.Equal(content.DataRanges(), copy.DataRanges());
        byte[] actual = new byte[8192];
        for (long at = 0; at < content.Length; at += (128L << 20) - 3000)
        {
            Span<byte> part = actual.AsSpan(0, (int)Math.Min(8192, content.Length - at));
            copy.Read(at, part);
            byte[] expected = new byte[part.Length];
            Number(at, expected);
            Assert.True(part.SequenceEqual(expected), $"at {at}");
        }
    }

    [MountFact("e2fsck", "debugfs")]
    public void Extent_trees_of_every_depth()
    {
        var tree = new FileTree();
        Blob block = Blob.FromMemory(ExtImage.Bytes(1000));
        // In blocks of 1 KiB a root of 4 and nodes of 84.
        (int Extents, int Depth)[] files = [(4, 0), (5, 1), (336, 1), (337, 2), (28_224, 2), (28_225, 3), (100_000, 3)];
        foreach ((int extents, _) in files)
        {
            var builder = new BlobBuilder();
            for (int i = 0; i < extents; i++)
                builder.Add((i * 2048L) + (i % 25), block);
            tree.Set($"/{extents}", new FileInode(builder.ToBlob()));
        }

        using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = 1024 });
        image.IsClean();
        foreach ((int extents, int depth) in files)
            Assert.Matches($"^[^\n]*\n *0/ {depth} ", image.Debug($"extents /{extents}"));
        TreeEquality.AssertSame(tree, Read(image));
        Mounted(image, mount => ExtKernelView.Holds(mount, tree, image));
    }

    [MountFact("e2fsck", "debugfs")]
    public void As_many_names_of_a_file_as_links_can_count()
    {
        var tree = new FileTree();
        var file = new FileInode(Blob.FromText("x"));
        for (int i = 0; i < 65_000; i++)
            tree.Root.Set($"{i:d5}", file);
        using var image = new ExtImage(tree);
        image.IsClean();
        Assert.Contains("Links: 65000 ", image.Debug("stat /00000"), StringComparison.Ordinal);
        Mounted(image, mount => ExtKernelView.Holds(mount, tree, image));
        tree.Root.Set("65000", file);
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, ExtImage.Options));
    }

    [MountTheory("e2fsck", "debugfs")]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Every_limit_of_an_inode(int blockSize)
    {
        int longestTarget = Math.Min(blockSize, 4096) - 1;
        var tree = new FileTree();
        foreach (int length in (int[])[1, 254, 255])
            tree.Set("/names/" + new string('n', length), new FileInode(Blob.Empty));
        foreach (int length in (int[])[1, 58, 59, 60, 61, longestTarget - 1, longestTarget])
            tree.Set($"/targets/{length}", new SymlinkInode(new string('t', length)));
        foreach ((uint major, uint minor) in ((uint, uint)[])[(0, 0), (1, 3), (255, 255), (255, 256), (256, 0), (256, 255), (4095, 1_048_575)])
        {
            tree.Set($"/devices/b{major}:{minor}", new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(major, minor)));
            tree.Set($"/devices/c{major}:{minor}", new SpecialInode(InodeType.CharacterDevice, 0, new DeviceNumber(major, minor)));
        }

        foreach (long seconds in (long[])[int.MinValue, -1, 0, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, (1L << 32) + int.MaxValue, (1L << 33) - 1, 1L << 33, (1L << 33) + int.MaxValue])
        {
            foreach (int nanoseconds in (int[])[0, 1, 999_999_999])
                tree.Set($"/times/{seconds}.{nanoseconds}", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(seconds, nanoseconds) });
        }

        foreach (int length in (int[])[blockSize - 1, blockSize, blockSize + 1, 10 * blockSize])
        {
            tree.Set($"/holes/before {length}", new FileInode(ExtTrees.Sparse(length + 100, (length, 100))));
            tree.Set($"/holes/after {length}", new FileInode(ExtTrees.Sparse(length + 50_000, (0, length))));
            tree.Set($"/holes/within {length}", new FileInode(ExtTrees.Sparse(100_000, (0, 1), (length, 1), (length + 2, 1), (99_999, 1))));
        }

        using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = blockSize });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, Read(image));
        Mounted(image, mount => ExtKernelView.Holds(mount, tree, image));

        Refused(new SymlinkInode(new string('t', longestTarget + 1)));
        Refused(new SymlinkInode(""));
        Refused(new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(4096, 0)));
        Refused(new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(0, 1_048_576)));
        Refused(new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(int.MinValue - 1L) });
        Refused(new FileInode(Blob.Empty) { ModifiedTime = new Timestamp((1L << 33) + (1L << 31)) });
        var names = new FileTree();
        names.Set("/" + new string('n', 256), new FileInode(Blob.Empty));
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(names, ExtImage.Options));

        void Refused(Inode inode)
        {
            var bad = new FileTree();
            bad.Set("/in/the way", inode);
            UnrepresentableException fault = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(bad, ExtImage.Options with { BlockSize = blockSize }));
            Assert.Equal("/in/the way", fault.Path);
        }
    }

    private static FileTree Million()
    {
        Blob content = Blob.FromMemory("content\n"u8.ToArray());
        var tree = new FileTree();
        for (int d = 0; d < 1000; d++)
        {
            DirectoryInode directory = tree.MakeDirectory($"/directory {d:d3}");
            for (int i = 0; i < 1000; i++)
                directory.Set($"file {i:d3}", new FileInode(content));
        }

        return tree;
    }

    private static FileTree Read(ExtImage image) =>
        ExtFileSystem.Read(Blob.FromFile(HostFile.FromPath(image.Path), 0, new FileInfo(image.Path).Length));

    private static void Mounted(ExtImage image, Action<string> look)
    {
        using var mounts = new KernelMounts("ext4", [image.Path]);
        look(mounts[0]);
    }
}
