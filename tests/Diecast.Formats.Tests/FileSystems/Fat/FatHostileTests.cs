using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatHostileTests
{
    private const int Mutations = 60_000;

    private static readonly Dictionary<string, Func<FatBytes>> Hostile = new(StringComparer.Ordinal)
    {
        ["sectors of 0 bytes"] = () => new FatBytes().Put16(11, 0),
        ["sectors of 513 bytes"] = () => new FatBytes().Put16(11, 513),
        ["sectors of 256 bytes"] = () => new FatBytes().Put16(11, 256),
        ["sectors of 8192 bytes"] = () => new FatBytes().Put16(11, 8192),
        ["clusters of 0 sectors"] = () => With(13, 0),
        ["clusters of 3 sectors"] = () => With(13, 3),
        ["0 reserved sectors"] = () => new FatBytes().Put16(14, 0),
        ["0 tables"] = () => With(16, 0),
        ["media byte 00"] = () => With(21, 0),
        ["tables of 0 sectors"] = () => new FatBytes().Put16(22, 0).Put16(17, 0),
        ["tables of 1 sectors and 512 root entries"] = () => new FatBytes().Put16(22, 0).Put32(36, 1),
        ["0 sectors, and the data area starts at 35"] = () => new FatBytes().Put32(32, 0),
        ["35 sectors, and the data area starts at 35"] = () => new FatBytes().Put32(32, 35),
        ["data area starts at 131103"] = () => new FatBytes().Put16(22, 0xFFFF).Put32(32, 100_000),
        ["the tables and the root directory end at 221696, the image at 69120"] = () => new FatBytes().Put16(22, 200).Put32(32, 10_000),
        ["FAT32 of version 1.2"] = () => new FatBytes(32, 200).Put16(42, 0x0102),
        ["table 3 is in use and there are 2"] = () => new FatBytes(32, 200).Put16(40, 0x83),
        ["a FAT16 of"] = () => new FatBytes(16, 66_000),
        ["/: it starts at cluster 0"] = () => new FatBytes(32, 200).Put32(44, 0),
        ["/: it starts at cluster 202; the clusters are 2 to 201"] = () => new FatBytes(32, 200).Put32(44, 202),
        ["/: cluster 2 is in use and marked as free"] = () => new FatBytes(32, 200).Next(2, 0),
        ["/A: it starts at cluster 0"] = () => new FatBytes().Entry("A          ", size: 1),
        ["/A: it starts at cluster 1"] = () => new FatBytes().Entry("A          ", cluster: 1, size: 1),
        ["/A: it starts at cluster 102; the clusters are 2 to 101"] = () => new FatBytes().Entry("A          ", cluster: 102, size: 1),
        ["/D: it starts at cluster 0"] = () => new FatBytes().Entry("D          ", attributes: 0x10),
        ["/A: its 513 bytes need 2 clusters of 512; its chain has 1"] = () => new FatBytes().Chain(5).Entry("A          ", cluster: 5, size: 513),
        ["/A: its 4294967295 bytes need 8388608 clusters of 512; its chain has 2"] =
            () => new FatBytes().Chain(5, 6).Entry("A          ", cluster: 5, size: uint.MaxValue),
        ["/A: cluster 6 is in use and marked as bad"] = () => new FatBytes().Next(5, 6).Next(6, 0xFF7).Entry("A          ", cluster: 5, size: 2000),
        ["/A: cluster 6 is in use and marked as free"] = () => new FatBytes().Next(5, 6).Entry("A          ", cluster: 5, size: 2000),
        ["/A: cluster 1 follows cluster 5"] = () => new FatBytes().Next(5, 1).Entry("A          ", cluster: 5, size: 2000),
        ["/A: cluster 102 follows cluster 5"] = () => new FatBytes().Next(5, 102).Entry("A          ", cluster: 5, size: 2000),
        ["/A: cluster 5 is in more than one chain, or twice in one"] =
            () => new FatBytes().Next(5, 6).Next(6, 5).Entry("A          ", cluster: 5, size: 2000),
        ["/D: cluster 5 is in more than one chain"] =
            () => new FatBytes().Next(5, 5).Entry("D          ", attributes: 0x10, cluster: 5).Fill(5, 0xE5),
        ["/B: cluster 5 is in more than one chain"] =
            () => new FatBytes().Chain(5).Entry("A          ", cluster: 5, size: 1).Entry("B          ", cluster: 5, size: 1),
        ["/D/D: cluster 5 is in more than one chain"] = Ancestor,
        ["/R: cluster 2 is in more than one chain"] = () => new FatBytes(32, 200).Entry("R          ", attributes: 0x10, cluster: 2),
        ["/A: the name is there twice"] = () => new FatBytes().Entry("A          ").Entry("A          "),
        ["has the short name 2020202020202020545854, which is no name"] = () => new FatBytes().Entry("        TXT"),
        ["has the short name 412F42"] = () => new FatBytes().Entry("A/B        "),
        ["/: the directory has more than 65536 entries"] = EndlessDirectory,
    };

    public static TheoryData<string> Reasons => [.. Hostile.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Hostile_images_are_refused_with_the_reason_and_the_path(string reason)
    {
        var exception = Assert.Throws<InvalidImageException>(() => Hostile[reason]().Read());
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("vfat: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_FAT_is_refused()
    {
        foreach (int length in new[] { 0, 1, 511, 512, 100_000 })
        {
            foreach (byte value in new byte[] { 0, 0x55, 0xFF })
                Assert.Throws<InvalidImageException>(() => FatFileSystem.Read(Blob.FromMemory(Enumerable.Repeat(value, length).ToArray())));
        }
    }

    [Fact]
    public void An_image_that_is_cut_is_refused_wherever_something_is_missing()
    {
        var bytes = new FatBytes();
        bytes.Chain(9).Entry("D          ", attributes: 0x10, cluster: 9).Chain(12, 11).Entry("A          ", cluster: 12, size: 1024);
        int end = bytes.ClusterOffset(13);
        Assert.Equal(2, FatFileSystem.Read(Blob.FromMemory(bytes.Image.AsMemory(0, end))).Walk().Count());
        for (int length = 0; length < end; length += 97)
            Assert.Throws<InvalidImageException>(() => FatFileSystem.Read(Blob.FromMemory(bytes.Image.AsMemory(0, length))));
    }

    [Fact]
    public void Deep_directories_are_read_to_a_limit()
    {
        foreach ((int depth, bool fits) in new[] { (2048, true), (2049, false) })
        {
            var tree = new FileTree();
            DirectoryInode at = tree.Root;
            for (int i = 0; i < depth; i++)
            {
                var next = new DirectoryInode();
                at.Set("d", next);
                at = next;
            }

            Blob image = FatFileSystem.Plan(tree, new FatOptions { ClusterSize = 512 }).ToBlob();
            if (fits)
                Assert.Equal(depth, FatFileSystem.Read(image).Walk().Count());
            else
                Assert.Contains("2048 deep", Assert.Throws<InvalidImageException>(() => FatFileSystem.Read(image)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_huge_image_costs_what_its_chains_cost()
    {
        // Two TiB of clusters of 8 KiB in a table that leads from each to the next; the file has the most that a file can.
        const int Cluster = 8192;
        const int TableSectors = 1 << 21;
        var first = new FatBytes(32, 100).Put32(32, uint.MaxValue).Put32(36, TableSectors).Put32(44, 3);
        first.Image[13] = Cluster / 512;
        var builder = new BlobBuilder();
        builder.Add(0, first.Image.AsMemory(0, 512));
        builder.Add(32 * 512, new GeneratedBlob(TableSectors * 512L, static (offset, destination) =>
        {
            for (int i = 0; i < destination.Length; i++)
            {
                long entry = (offset + i) / 4;
                long value = entry == 3 ? 0x0FFFFFFF : entry + 1;
                destination[i] = (byte)((value >> (int)((offset + i) % 4 * 8)) & 0xff);
            }
        }));
        long data = (32 + (2L * TableSectors)) * 512;
        var entry = new FatBytes().Entry("HUGE       ", cluster: 200_000_000, size: uint.MaxValue);
        builder.Add(data + Cluster, entry.Image.AsMemory(entry.RootOffset, 32));
        Blob image = builder.ToBlob(uint.MaxValue * 512L);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FileTree tree = FatFileSystem.Read(image);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(uint.MaxValue, ((FileInode)tree.Find("/HUGE")!).Content.Length);
        Assert.InRange(allocated, 0, 8L << 20);
    }

    [ToolFact("mkfs.fat", "mcopy")]
    public void Mutated_images_give_a_tree_or_a_typed_error()
    {
        byte[][] images = [.. Seeds()];
        var random = new Random(20250102);
        int trees = 0;
        int errors = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] image = images[i % images.Length];
            int metadata = MetadataLength(image);
            var undo = new Stack<(int Offset, byte Value)>();
            for (int change = random.Next(1, 5); change > 0; change--)
                Mutate(image, metadata, random, undo);
            int length = random.Next(20) == 0 ? random.Next(image.Length) : image.Length;
            try
            {
                FileTree tree = FatFileSystem.Read(Blob.FromMemory(image.AsMemory(0, length)));
                trees++;
                CheckContents(tree, length);
            }
            catch (InvalidImageException)
            {
                errors++;
            }

            while (undo.TryPop(out (int Offset, byte Value) old))
                image[old.Offset] = old.Value;
        }

        Assert.True(trees > Mutations / 10 && errors > Mutations / 10, $"{trees} trees, {errors} errors");
        foreach (byte[] image in images)
            Assert.NotEmpty(FatFileSystem.Read(Blob.FromMemory(image)).Walk());
    }

    private static void CheckContents(FileTree tree, long length)
    {
        long total = 0;
        Span<byte> ends = stackalloc byte[2];
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is not FileInode { Content: { Length: > 0 } content })
                continue;
            content.Read(0, ends[..1]);
            content.Read(content.Length - 1, ends[1..]);
            total += content.Length;
        }

        // No cluster belongs to two files, so that a small image cannot hold a large tree.
        Assert.InRange(total, 0, length);
    }

    private static void Mutate(byte[] image, int metadata, Random random, Stack<(int Offset, byte Value)> undo)
    {
        int[] interesting = [0, 1, 2, 3, 0x0F, 0x10, 0x40, 0x7F, 0x80, 0xE5, 0xF7, 0xFF];
        int at = random.Next(4) switch
        {
            0 => random.Next(90),
            1 => random.Next(metadata),
            // An entry in use has something in it, so that a change there changes something.
            _ => NextInUse(image, random.Next(metadata)),
        };
        for (int count = random.Next(4) == 0 ? 4 : 1; count > 0 && at < image.Length; count--, at++)
        {
            undo.Push((at, image[at]));
            image[at] = random.Next(3) switch
            {
                0 => (byte)(image[at] ^ (1 << random.Next(8))),
                1 => (byte)interesting[random.Next(interesting.Length)],
                _ => (byte)random.Next(256),
            };
        }
    }

    private static int NextInUse(byte[] image, int at)
    {
        int found = image.AsSpan(at).IndexOfAnyExcept((byte)0);
        return found < 0 ? at : at + found;
    }

    /// <summary>The tables, the root directory and the first clusters, where the directories are.</summary>
    private static int MetadataLength(byte[] image)
    {
        int tables = image[22] + (image[23] << 8);
        if (tables == 0)
            tables = image[36] + (image[37] << 8);
        int sector = image[11] + (image[12] << 8);
        long data = ((image[14] + (image[15] << 8) + ((long)tables * image[16])) * sector) + ((image[17] + (image[18] << 8)) * 32);
        return (int)Math.Min(image.Length, data + 16_384);
    }

    private static IEnumerable<byte[]> Seeds()
    {
        FatOptions[] options =
        [
            new() { Label = "seed" }, new() { Type = FatType.Fat12, ClusterSize = 512 }, new() { Type = FatType.Fat16, SectorSize = 1024 },
            new() { Type = FatType.Fat12, SectorSize = 4096 },
        ];
        for (int i = 0; i < options.Length; i++)
            yield return FatFileSystem.Plan(FatImage.RandomTree(new Random(i), 40, 3000), options[i]).ToBlob().ToArray();
        yield return Fragmented(12);
        yield return Fragmented(32);
        using var directory = new TempDirectory();
        foreach ((int kibibytes, string[] make) in new (int, string[])[] { (360, []), (1440, ["-F", "12", "-s", "1", "-f", "1"]), (3000, ["-F", "16", "-s", "1"]) })
        {
            using (var file = new FileStream(directory["image"], FileMode.Create))
                file.SetLength(kibibytes * 1024);
            Tool.Check("mkfs.fat", [.. make, directory["image"]]);
            string source = Directory.CreateDirectory(directory["A directory"]).FullName;
            for (int i = 0; i < 20; i++)
                File.WriteAllText(Path.Combine(source, $"file with a name {i}"), new string('x', i * 300));
            Tool.Check("env", "MTOOLS_SKIP_CHECK=1", "mcopy", "-s", "-i", directory["image"], source, "::");
            yield return File.ReadAllBytes(directory["image"]);
        }
    }

    internal static byte[] Fragmented(int bits)
    {
        var bytes = new FatBytes(bits, 300);
        byte sum = FatBytes.Sum("LONGNA~1TXT");
        bytes.Part(0x42, "f this.txt", sum).Part(1, "A long name o", sum).Entry("LONGNA~1TXT", cluster: 10, size: 4000);
        bytes.Chain(10, 12, 14, 16, 18, 11, 13, 15).Entry("DIR        ", attributes: 0x10, cluster: 20).Chain(20, 30);
        bytes.Entry("OTHER      ", cluster: 40, size: 900, bits: 8).Chain(40, 41, 42);
        for (int i = 0; i < 16; i++)
            bytes.Entry($"{i:d2}      DIR", attributes: 0x10, cluster: 50 + i, at: bytes.ClusterOffset(20) + (32 * i)).Chain(50 + i);
        bytes.Entry("LAST       ", cluster: 99, size: 512, at: bytes.ClusterOffset(30)).Chain(99);
        return bytes.Image;
    }

    private static FatBytes With(int offset, byte value)
    {
        var bytes = new FatBytes();
        bytes.Image[offset] = value;
        return bytes;
    }

    private static FatBytes Ancestor()
    {
        FatBytes bytes = new FatBytes().Chain(5).Entry("D          ", attributes: 0x10, cluster: 5);
        return bytes.Entry("D          ", attributes: 0x10, cluster: 5, at: bytes.ClusterOffset(5));
    }

    private static FatBytes EndlessDirectory()
    {
        var bytes = new FatBytes(32, 70_000);
        bytes.Chain([.. Enumerable.Range(2, 5000)]);
        bytes.Image.AsSpan(bytes.ClusterOffset(2), 5000 * FatBytes.Sector).Fill(0xE5);
        return bytes;
    }
}
