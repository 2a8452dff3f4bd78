using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>Images that someone spoilt, or made to do harm.</summary>
public class ErofsHostileTests
{
    private const int Mutations = 2300;

    public static TheoryData<string> Variants => [.. Images.Select(v => v.Name)];

    private static (string Name, ErofsOptions Options)[] Images { get; } =
    [
        ("plain", ErofsImage.Options with { BlockSize = 512 }),
        ("chunks", ErofsImage.Options with { BlockSize = 512, ChunkSize = 1024 }),
        ("lz4", Compressed(ErofsAlgorithm.Lz4Hc) with { BlockSize = 1024 }),
        ("lz4 in large units", ErofsImage.Options with { BlockSize = 512, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Lz4, ClusterSize = 8192 } }),
        ("zstd, full index", ErofsImage.Options with { BlockSize = 512, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Zstd, Indexes = ErofsIndexes.Full } }),
        ("deflate, ends behind inodes", ErofsImage.Options with { BlockSize = 1024, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Deflate, TailPacking = true } }),
        ("lzma", Compressed(ErofsAlgorithm.Lzma)),
        ("fragments", ErofsImage.Options with { BlockSize = 1024, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Lz4, Fragments = ErofsFragments.Tails } }),
        ("deduplication", ErofsImage.Options with { BlockSize = 1024, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Lz4, Deduplicate = true, Indexes = ErofsIndexes.Full } }),
    ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Mutations_are_read_or_refused(string name)
    {
        byte[] image = ErofsImage.Bytes(Small(), Images.Single(v => v.Name == name).Options);
        // Without its checksum, so that what the superblock says is believed.
        image[ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.FeatureCompat.Offset] &= 0xfe;
        new ImageMutations(image, ErofsFileSystem.Read, (ErofsFormat.SuperblockOffset, ErofsSuperblockLayout.Size)).Run(Mutations, name.Length);
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        byte[] image = ErofsImage.Bytes(Small(), ErofsImage.Options);
        image[ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.Uuid.Offset] ^= 1;
        Assert.Contains("checksum", Refused(image), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x100u, "metabox")]
    [InlineData(0x80000000u, "FEATURE_I31")]
    public void Features_that_cannot_be_read_are_refused_by_name(uint feature, string name)
    {
        byte[] image = Unsealed(Small());
        ErofsSuperblockLayout.FeatureIncompat.Set(image.AsSpan(ErofsFormat.SuperblockOffset), (ulong)feature);
        Assert.Contains(name, Refused(image), StringComparison.Ordinal);
        Assert.Contains(name, ErofsFileSystem.ReadInfo(Blob.FromMemory(image)).Features);
    }

    [Fact]
    public void More_devices_are_refused()
    {
        byte[] image = Unsealed(Small());
        ErofsSuperblockLayout.FeatureIncompat.Set(image.AsSpan(ErofsFormat.SuperblockOffset), 8UL);
        ErofsSuperblockLayout.ExtraDevices.Set(image.AsSpan(ErofsFormat.SuperblockOffset), 1UL);
        Assert.Contains("device_table", Refused(image), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_itself_is_refused()
    {
        var tree = new FileTree();
        tree.MakeDirectory("/in/under");
        byte[] image = Unsealed(tree);
        ulong root = ErofsSuperblockLayout.RootNid.Get(image.AsSpan(ErofsFormat.SuperblockOffset));
        FileTree sound = ErofsFileSystem.Read(Blob.FromMemory(image));
        Assert.NotNull(sound.Find("/in/under"));
        // The last entry of every directory, which is its only one beside the dots, leads to the root.
        int start = (int)root << ErofsFormat.SlotBits;
        int entries = start + (int)ErofsNodeSize(image.AsSpan(start));
        ErofsDirentLayout.Nid.Set(image.AsSpan(entries + (2 * ErofsDirentLayout.Size)), root);
        Assert.Contains("another name", Refused(image), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_directories_with_one_listing_do_not_multiply_it()
    {
        var tree = new FileTree();
        const int count = 3000;
        for (int i = 0; i < count; i++)
            tree.MakeDirectory($"/d{i:d4}");
        DirectoryInode large = tree.MakeDirectory("/z");
        for (int i = 0; i < 3000; i++)
            large.Set(new string('n', 200) + i, new FileInode(Blob.Empty));
        using var written = new ErofsImage(tree, ErofsImage.Options with { Times = ErofsTimes.FileSystem });
        byte[] image = File.ReadAllBytes(written.Path);
        image[ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.FeatureCompat.Offset] &= 0xfe;
        var text = new StringWriter();
        written.Plan.Print(text);
        string[] lines = text.ToString().Split('\n');
        int zNid = Nid(lines.Single(l => l.Contains(" /z ", StringComparison.Ordinal)));
        Span<byte> z = image.AsSpan(zNid << ErofsFormat.SlotBits, 32);
        ulong blocks = ErofsCompactInodeLayout.FileSize.Get(z) / 4096;
        foreach (string line in lines.Where(l => l.Contains(" /d", StringComparison.Ordinal)))
        {
            // An empty directory becomes one of whole blocks, which are the large one's.
            Span<byte> inode = image.AsSpan(Nid(line) << ErofsFormat.SlotBits, 32);
            ErofsCompactInodeLayout.Format.Set(inode, 0UL);
            ErofsCompactInodeLayout.FileSize.Set(inode, blocks * 4096);
            ErofsCompactInodeLayout.Union.Set(inode, ErofsCompactInodeLayout.Union.Get(z));
        }

        Assert.Contains("together", Refused(image), StringComparison.Ordinal);

        static int Nid(string line) => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1024)]
    [InlineData(1151)]
    [InlineData(1152)]
    [InlineData(5000)]
    public void What_is_cut_short_is_refused(int length) => Refused(Unsealed(ErofsTrees.AllTypes())[..length]);

    private static ErofsOptions Compressed(ErofsAlgorithm algorithm) =>
        ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = algorithm } };

    private static uint ErofsNodeSize(ReadOnlySpan<byte> inode) =>
        (ErofsCompactInodeLayout.Format.Get(inode) & 1) != 0 ? 64u : 32u;

    private static byte[] Unsealed(FileTree tree)
    {
        byte[] image = ErofsImage.Bytes(tree, ErofsImage.Options);
        image[ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.FeatureCompat.Offset] &= 0xfe;
        return image;
    }

    private static string Refused(byte[] image) => Assert.Throws<InvalidImageException>(() =>
    {
        foreach (TreeEntry entry in ErofsFileSystem.Read(Blob.FromMemory(image)).Walk())
        {
            if (entry.Inode is FileInode file)
                file.Content.ToArray();
        }
    }).Message;

    private static FileTree Small()
    {
        FileTree tree = ErofsTrees.AllTypes();
        foreach (string large in (string[])["/text", "/same", "/mixed", "/hole", "/many"])
            tree.Remove(large);
        tree.Set("/text", new FileInode(Blob.FromMemory(ErofsImage.Prose(20_000, 1))));
        tree.Set("/same", new FileInode(Blob.FromMemory((byte[])[.. ErofsImage.Prose(20_000, 1), .. ErofsImage.Noise(700)])));
        tree.Set("/hole", new FileInode(Blob.Zeros(20_000)));
        for (int i = 0; i < 20; i++)
            tree.Set($"/many/{new string('n', i * 4)}{i}", new FileInode(Blob.FromText($"{i}")));
        return tree;
    }
}
