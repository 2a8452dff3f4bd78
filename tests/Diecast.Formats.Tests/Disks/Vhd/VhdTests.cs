using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Disks;

public sealed class VhdTests
{
    private const int Block = 2 * 1024 * 1024;
    private static readonly Guid Id = new("01234567-89ab-cdef-0011-223344556677");

    [ToolFact("qemu-img")]
    public void Random_disks_equal_raw()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 150; number++)
        {
            var random = new Random(number);
            Blob disk = BlockDisks.Case(random, number, 12_000_000);
            var options = new VhdOptions
            {
                // QEMU takes a fixed disk of no bytes, whose footer is at its start, for a dynamic one.
                Allocation = (DiskAllocation)(number % 4 == 1 && disk.Length > 0 ? 1 : 0),
                SizeRule = (VhdSizeRule)(number % 3),
                BlockSize = number % 5 == 0 ? 512 * 1024 : Block,
                UniqueId = Id,
            };
            Blob image = Vhd.Encode(disk, options);
            BlockDisks.CompareWithRaw(directory, "vpc", disk, image);
            if (number % 10 == 0)
            {
                Assert.Equal(
                    Vhd.ReadInfo(image).VirtualSize,
                    BlockDisks.Info("vpc", directory["image"]).GetProperty("virtual-size").GetInt64());
            }
        }
    }

    [ToolFact("qemu-img")]
    public void Images_of_qemu_img_are_read()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 150; number++)
        {
            Blob disk = BlockDisks.Case(new Random(1000 + number), number, 12_000_000);
            bool isFixed = number % 4 == 1 && disk.Length > 0;
            bool isExact = number % 2 == 0;
            using HostFile theirs = BlockDisks.Convert(directory, "vpc", disk, $"subformat={(isFixed ? "fixed" : "dynamic")}", $"force_size={(isExact ? "on" : "off")}");
            Blob file = BlockDisks.Open(theirs);
            BlockDisks.AssertSame(disk, Vhd.Read(file));
            VhdInfo info = Vhd.ReadInfo(file);
            Assert.Equal(isFixed ? DiskAllocation.Fixed : DiskAllocation.Dynamic, info.Allocation);
            Assert.Equal(isFixed ? 0 : Block, info.BlockSize);
            Assert.Equal(isExact ? "qem2" : "qemu", info.CreatorApplication);
            Assert.Equal("Wi2k", info.CreatorHost);
            Assert.Equal((5, 3), (info.CreatorMajorVersion, info.CreatorMinorVersion));
            if (isExact)
                Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            else
                Assert.Equal(info.Geometry.TotalSectors * 512, info.VirtualSize);
        }
    }

    [Fact]
    public void Random_disks_come_back()
    {
        for (int number = 0; number < 300; number++)
        {
            var random = new Random(2000 + number);
            Blob disk = BlockDisks.Case(random, number, 4_000_000);
            var options = new VhdOptions
            {
                Allocation = (DiskAllocation)(number % 4 == 1 ? 1 : 0),
                SizeRule = (VhdSizeRule)(number % 3),
                BlockSize = number % 2 == 0 ? 512 * 1024 : Block,
                UniqueId = Id,
                Time = new Timestamp(1_700_000_000 + number),
            };
            Blob image = Vhd.Encode(disk, options);
            BlockDisks.AssertSame(disk, Vhd.Read(image));
            VhdInfo info = Vhd.ReadInfo(image);
            Assert.Equal(options.Allocation, info.Allocation);
            Assert.Equal(Id, info.UniqueId);
            Assert.Equal(options.Time, info.Time);
            Assert.Equal("win", info.CreatorApplication);
            Assert.Equal((info.VirtualSize, info.VirtualSize), (info.CurrentSize, info.OriginalSize));
            Assert.Equal(0, info.VirtualSize % (options.SizeRule == VhdSizeRule.Mebibytes ? 1 << 20 : 512));
            if (options.SizeRule == VhdSizeRule.Geometry)
                Assert.Equal(info.Geometry.TotalSectors * 512, info.VirtualSize);
        }
    }

    /// <summary>Every field of the footer, at the place that the specification gives it.</summary>
    [Fact]
    public void A_fixed_disk_is_the_disk_and_the_published_footer()
    {
        byte[] disk = new byte[3_000_000];
        new Random(1).NextBytes(disk);
        byte[] image = Vhd.Encode(Blob.FromMemory(disk), VhdOptions.Azure with { UniqueId = Id, Time = new Timestamp(1_700_000_000) }).ToArray();
        Assert.Equal((3 << 20) + 512, image.Length);
        Assert.True(image.AsSpan(0, disk.Length).SequenceEqual(disk));
        Assert.Equal(-1, image.AsSpan(disk.Length, (3 << 20) - disk.Length).IndexOfAnyExcept((byte)0));
        ReadOnlySpan<byte> footer = image.AsSpan(3 << 20);
        Assert.Equal("conectix", Encoding.ASCII.GetString(footer[..8]));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(footer[8..]));
        Assert.Equal(0x00010000u, BinaryPrimitives.ReadUInt32BigEndian(footer[12..]));
        Assert.Equal(ulong.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(footer[16..]));
        Assert.Equal(1_700_000_000u - 946_684_800u, BinaryPrimitives.ReadUInt32BigEndian(footer[24..]));
        Assert.Equal("win ", Encoding.ASCII.GetString(footer.Slice(28, 4)));
        Assert.Equal(0x000A0000u, BinaryPrimitives.ReadUInt32BigEndian(footer[32..]));
        Assert.Equal("Wi2k", Encoding.ASCII.GetString(footer.Slice(36, 4)));
        Assert.Equal(3L << 20, BinaryPrimitives.ReadInt64BigEndian(footer[40..]));
        Assert.Equal(3L << 20, BinaryPrimitives.ReadInt64BigEndian(footer[48..]));
        Assert.Equal(6144 / 17 / 4, BinaryPrimitives.ReadUInt16BigEndian(footer[56..]));
        Assert.Equal((4, 17), (footer[58], footer[59]));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(footer[60..]));
        uint sum = 0;
        for (int i = 0; i < 512; i++)
            sum += i is >= 64 and < 68 ? (byte)0 : footer[i];
        Assert.Equal(~sum, BinaryPrimitives.ReadUInt32BigEndian(footer[64..]));
        Assert.Equal("0123456789abcdef0011223344556677", Convert.ToHexStringLower(footer.Slice(68, 16)));
        Assert.Equal(-1, footer[84..].IndexOfAnyExcept((byte)0));
        Assert.Equal("11111111", Convert.ToHexStringLower(SHA256.HashData(footer))[..8]);
    }

    [Fact]
    public void Blocks_of_a_dynamic_disk_begin_on_4_KiB_behind_their_bitmaps()
    {
        byte[] image = Encode().ToArray();
        Assert.True(image.AsSpan(0, 512).SequenceEqual(image.AsSpan(image.Length - 512)));
        Assert.Equal(512L, BinaryPrimitives.ReadInt64BigEndian(image.AsSpan(16)));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(60)));
        Assert.Equal("cxsparse", Encoding.ASCII.GetString(image.AsSpan(512, 8)));
        Assert.Equal(ulong.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(image.AsSpan(520)));
        Assert.Equal(1536L, BinaryPrimitives.ReadInt64BigEndian(image.AsSpan(528)));
        Assert.Equal(0x00010000u, BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(536)));
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(540)));
        Assert.Equal(2_097_152u, BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(544)));
        uint[] table = [.. Enumerable.Range(0, 128).Select(i => BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(1536 + (4 * i))))];
        const uint Stride = (Block + 4096) / 512;
        Assert.Equal([0xFFFFFFFF, 7u, 7 + Stride, 0xFFFFFFFF, 7 + (2 * Stride)], table[..5]);
        Assert.All(table[5..], e => Assert.Equal(0xFFFFFFFF, e));
        for (int i = 0; i < 3; i++)
        {
            int bitmap = (int)((7 + (i * Stride)) * 512);
            Assert.Equal(-1, image.AsSpan(bitmap, 512).IndexOfAnyExcept((byte)0xFF));
            Assert.Equal(0, (bitmap + 512) % 4096);
        }

        Assert.Equal((byte)'a', image[4096 + 3]);
        Assert.Equal((byte)'b', image[4096 + Block + 4096]);
        Assert.Equal((byte)'c', image[4096 + (2 * (Block + 4096)) + 9]);
        Assert.Equal(4096 - 512 + (3 * (Block + 4096)) + 512, image.Length);
        Assert.Equal("22222222", Convert.ToHexStringLower(SHA256.HashData(image))[..8]);
    }

    [Fact]
    public void Any_part_of_an_image_can_be_read_alone()
    {
        var random = new Random(5);
        Blob image = Vhd.Encode(BlockDisks.Random(random, 5_000_000, 20), new VhdOptions { BlockSize = 512 * 1024 });
        byte[] whole = image.ToArray();
        for (int i = 0; i < 2000; i++)
        {
            int offset = random.Next(whole.Length);
            int length = random.Next(Math.Min(9000, whole.Length - offset) + 1);
            Assert.True(image.Slice(offset, length).ToArray().AsSpan().SequenceEqual(whole.AsSpan(offset, length)));
        }

        // What is emitted is what is read.
        using var directory = new TempDirectory();
        BlobTests.Write(image, directory["image"], null);
        Assert.True(File.ReadAllBytes(directory["image"]).AsSpan().SequenceEqual(whole));
    }

    [ToolFact("qemu-img")]
    public void The_geometry_is_that_of_qemu_img()
    {
        using var directory = new TempDirectory();
        long[] edges = [1, 17 * 4, 17 * 4 * 1024, 17 * 16 * 1024, 31 * 16 * 1024, 63L * 16 * 1024, 63L * 16 * 65535, (1L << 31) / 512, (5L << 30) / 512, (100L << 30) / 512, (127L << 30) / 512];
        foreach (long sectors in edges.SelectMany(e => new[] { e - 1, e, e + 1 }).Where(s => s > 0))
        {
            Tool.Check("qemu-img", "create", "-f", "vpc", directory["theirs"], $"{sectors * 512}");
            using HostFile theirs = HostFile.Open(directory["theirs"]);
            VhdInfo info = Vhd.ReadInfo(BlockDisks.Open(theirs));
            VhdInfo ours = Vhd.ReadInfo(Vhd.Encode(Blob.Zeros(sectors * 512), new VhdOptions { SizeRule = VhdSizeRule.Geometry }));
            Assert.Equal(info.Geometry, ours.Geometry);
            Assert.Equal(info.VirtualSize, ours.VirtualSize);
            Assert.True(ours.VirtualSize >= sectors * 512);
        }
    }

    [ToolFact("qemu-img")]
    public void Disks_up_to_2040_GiB_are_held()
    {
        using var directory = new TempDirectory();
        foreach (long size in new[] { 127L << 30, (1L << 40) + 1, 2040L << 30 })
        {
            var builder = new BlobBuilder();
            builder.Add(0, Blob.FromText("start"));
            builder.Add(size - 3, Blob.FromText("end"));
            Blob disk = builder.ToBlob();
            foreach (DiskAllocation allocation in new[] { DiskAllocation.Dynamic, DiskAllocation.Fixed })
            {
                Blob image = Vhd.Encode(disk, new VhdOptions { Allocation = allocation });
                BlockDisks.AssertSame(disk, Vhd.Read(image));
                BlobTests.Write(image, directory["image"], null);
                Assert.Equal((size + 1_048_575) / 1_048_576 * 1_048_576, BlockDisks.Info("vpc", directory["image"]).GetProperty("virtual-size").GetInt64());
                Tool.Check("qemu-io", "-r", "-f", "vpc", "-c", $"read -v {(size - 3) / 512 * 512} 512", directory["image"]);
            }
        }

        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(Blob.Zeros((2040L << 30) + 1)));
        Blob full = new GeneratedBlob(2040L << 30, (_, destination) => destination.Clear());
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(full, new VhdOptions { BlockSize = 512 * 1024 }));
        Assert.True(Vhd.Encode(full).Length > 2040L << 30);
    }

    [Fact]
    public void The_size_is_the_geometrys_where_the_maker_goes_by_it()
    {
        byte[] image = Vhd.Encode(Blob.Zeros(5 << 20), new VhdOptions { SizeRule = VhdSizeRule.Exact }).ToArray();
        long geometry = Vhd.ReadInfo(Blob.FromMemory(image)).Geometry.TotalSectors * 512;
        Assert.True(geometry < 5 << 20);
        foreach ((string maker, long size) in new[]
        {
            ("vpc ", geometry), ("qemu", geometry), ("qem2", 5L << 20), ("win ", 5L << 20), ("d2v ", 5L << 20), ("CTXS", 5L << 20),
            ("tap\0", 5L << 20), ("wa\0\0", 5L << 20), ("vbox", 5L << 20),
        })
        {
            Encoding.ASCII.GetBytes(maker, image.AsSpan(28));
            Encoding.ASCII.GetBytes(maker, image.AsSpan(image.Length - 512 + 28));
            Seal(image);
            Assert.Equal(size, Vhd.Read(Blob.FromMemory(image)).Length);
        }

        // The largest geometry stands for whatever is larger.
        Encoding.ASCII.GetBytes("vpc ", image.AsSpan(image.Length - 512 + 28));
        new byte[] { 0xFF, 0xFF, 16, 255 }.CopyTo(image, image.Length - 512 + 56);
        Seal(image);
        Assert.Equal(5L << 20, Vhd.Read(Blob.FromMemory(image)).Length);
    }

    [Fact]
    public void Sectors_that_the_bitmap_leaves_out_are_holes()
    {
        byte[] image = Encode().ToArray();
        // Of the block with a: sectors 0 and 5 to 20 stay.
        Span<byte> bits = image.AsSpan(4096 - 512, 512);
        bits.Clear();
        bits[0] = 0b1000_0111;
        bits[1] = 0xFF;
        bits[2] = 0b1111_1000;
        Blob disk = Vhd.Read(Blob.FromMemory(image));
        Assert.Equal(
            [new BlobRange(Block, 512), new BlobRange(Block + (5 * 512), 16 * 512), new BlobRange(2 * Block, Block), new BlobRange(4 * Block, 1 << 20)],
            disk.DataRanges());
        Assert.Equal((byte)'a', disk.Slice(Block + 3, 1).ToArray()[0]);
    }

    [Fact]
    public void A_dynamic_disk_without_its_last_footer_is_read_by_the_first()
    {
        byte[] image = Encode().ToArray();
        Blob whole = Vhd.Read(Blob.FromMemory(image));
        BlockDisks.AssertSame(whole, Vhd.Read(Blob.FromMemory(image.AsMemory(0, image.Length - 512))));
        image[^500] ^= 1;
        BlockDisks.AssertSame(whole, Vhd.Read(Blob.FromMemory(image)));
        image[20] ^= 1;
        Assert.Contains("checksum", Assert.Throws<InvalidImageException>(() => Vhd.Read(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_disk_that_begins_like_a_footer_is_not_taken_for_one()
    {
        byte[] inner = Encode().ToArray();
        Blob image = Vhd.Encode(Blob.FromMemory(inner), VhdOptions.Azure);
        BlockDisks.AssertSame(Blob.FromMemory(inner), Vhd.Read(image));
        byte[] old = [.. Vhd.Encode(Blob.FromText("old"), VhdOptions.Azure).ToArray()[..^1]];
        Assert.Equal("old"u8, Vhd.Read(Blob.FromMemory(old)).Slice(0, 3).ToArray());
    }

    [Theory]
    [InlineData(-512 + 12, 0x00020000, "version is 2.0")]
    [InlineData(-512 + 60, 4, "differencing disk")]
    [InlineData(-512 + 60, 5, "type is 5")]
    [InlineData(-512 + 60, 2, "before the footer")]
    [InlineData(-512 + 48, 1, "2040 GiB")]
    [InlineData(-512 + 20, 0x7FFFFFFF, "dynamic header is at")]
    [InlineData(-512 + 20, 1024, "no cookie")]
    [InlineData(512 + 24, 0x00030000, "version is 3.0")]
    [InlineData(512 + 28, 0x7FFFFFFF, "past the file's end")]
    [InlineData(512 + 28, 4, "4 blocks")]
    [InlineData(512 + 32, 3_000_000, "power of two")]
    [InlineData(512 + 32, 0, "power of two")]
    [InlineData(512 + 32, 256, "power of two")]
    [InlineData(512 + 32, 1 << 30, "power of two")]
    [InlineData(512 + 16, -1, "block table is at")]
    [InlineData(1536 + 4, 0x7FFFFFFF, "block 1 lies at")]
    public void What_is_wrong_is_named(int offset, int value, string part)
    {
        byte[] image = Encode(VhdSizeRule.Exact).ToArray();
        BinaryPrimitives.WriteInt32BigEndian(image.AsSpan(offset < 0 ? image.Length + offset : offset), value);
        Seal(image);
        var error = Assert.Throws<InvalidImageException>(() => Vhd.Read(Blob.FromMemory(image)).DataRanges());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_images_end_in_a_typed_error()
    {
        byte[] image = Vhd.Encode(BlockDisks.Random(new Random(3), 1_000_000, 5), new VhdOptions { BlockSize = 512 * 1024 }).ToArray();
        int footer = image.Length - 512;
        BlockDisks.Mutate(12, 20_000, image, [(footer, 84), (footer, 84), (512, 40), (1536, 16), (0, 84), (3584, 512)], Seal, Vhd.Read);
        BlockDisks.Truncate(image, Enumerable.Range(0, 600).Concat([1024, 1535, 1536, 1600, 100_000, 500_000]), Vhd.Read);
        byte[] fixedImage = Vhd.Encode(Blob.Zeros(1 << 20), VhdOptions.Azure).ToArray();
        BlockDisks.Mutate(13, 2_000, fixedImage, [(1 << 20, 84)], Seal, Vhd.Read);
        BlockDisks.Truncate(fixedImage, [0, 1, 510, 511, 512, 1000, 1 << 20, (1 << 20) + 510], Vhd.Read);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        Blob disk = Blob.Zeros(1 << 20);
        foreach (int block in new[] { 0, 4096, 1 << 20, 4 << 20, -1 })
            Assert.Throws<UnrepresentableException>(() => Vhd.Encode(disk, new VhdOptions { BlockSize = block }));
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(disk, new VhdOptions { Allocation = (DiskAllocation)9 }));
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(disk, new VhdOptions { SizeRule = (VhdSizeRule)9 }));
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(disk, new VhdOptions { Time = Timestamp.Epoch }));
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(disk, new VhdOptions { Time = new Timestamp(946_684_800L + uint.MaxValue + 1) }));
        Assert.Throws<UnrepresentableException>(() => Vhd.Encode(Blob.Zeros(1L << 40), new VhdOptions { SizeRule = VhdSizeRule.Geometry }));
        Assert.Equal(uint.MaxValue, Vhd.ReadInfo(Vhd.Encode(disk, new VhdOptions { Time = new Timestamp(946_684_800L + uint.MaxValue) })).Time.Seconds - 946_684_800L);
    }

    private static Blob Encode(VhdSizeRule rule = VhdSizeRule.Mebibytes)
    {
        var builder = new BlobBuilder();
        builder.Add(Block + 3, Blob.FromText("a"));
        builder.Add(2 * Block, Blob.FromText("b"));
        builder.Add((4 * Block) + 9, Blob.FromText("c"));
        return Vhd.Encode(builder.ToBlob(), new VhdOptions { UniqueId = Id, SizeRule = rule });
    }

    /// <summary>Writes right checksums into both footers and the dynamic header.</summary>
    private static void Seal(byte[] image)
    {
        Sum(image.AsSpan(image.Length - 512), 64);
        if (image.AsSpan().StartsWith("conectix"u8))
        {
            Sum(image.AsSpan(0, 512), 64);
            Sum(image.AsSpan(512, 1024), 36);
        }

        static void Sum(Span<byte> bytes, int at)
        {
            bytes.Slice(at, 4).Clear();
            uint sum = 0;
            foreach (byte b in bytes)
                sum += b;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], ~sum);
        }
    }
}
