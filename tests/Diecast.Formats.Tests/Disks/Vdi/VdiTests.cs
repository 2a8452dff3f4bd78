using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class VdiTests
{
    private const int Block = 1024 * 1024;
    private static readonly Guid Id = new("01234567-89ab-cdef-0011-223344556677");
    private static readonly Guid Change = new("f1234567-89ab-cdef-0011-223344556677");

    [ToolFact("qemu-img")]
    public void Random_disks_equal_raw_and_are_clean()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 150; number++)
        {
            var random = new Random(number);
            Blob disk = BlockDisks.Case(random, number, 9_000_000);
            var options = new VdiOptions { Allocation = (DiskAllocation)(number % 4 == 1 ? 1 : 0), ImageId = Id };
            BlockDisks.CompareWithRaw(directory, "vdi", disk, Vdi.Encode(disk, options));
            if (number % 5 == 0)
                Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "vdi", directory["image"]));
        }
    }

    [ToolFact("qemu-img")]
    public void Images_of_qemu_img_are_read()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 150; number++)
        {
            Blob disk = BlockDisks.Case(new Random(1000 + number), number, 9_000_000);
            bool isFixed = number % 4 == 1;
            using HostFile theirs = BlockDisks.Convert(directory, "vdi", disk, isFixed ? "static=on" : "static=off");
            BlockDisks.AssertSame(disk, Vdi.Read(BlockDisks.Open(theirs)));
            VdiInfo info = Vdi.ReadInfo(BlockDisks.Open(theirs));
            Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            Assert.Equal(isFixed ? DiskAllocation.Fixed : DiskAllocation.Dynamic, info.Allocation);
            Assert.Equal(Block, info.BlockSize);
            Assert.NotEqual(Guid.Empty, info.ImageId);
            Assert.Equal("<<< QEMU VM Virtual Disk Image >>>", info.Creator);
        }
    }

    [Fact]
    public void Random_disks_come_back_with_any_block_size()
    {
        for (int number = 0; number < 300; number++)
        {
            var random = new Random(2000 + number);
            Blob disk = BlockDisks.Case(random, number, 4_000_000);
            var options = new VdiOptions
            {
                Allocation = (DiskAllocation)(number % 4 == 1 ? 1 : 0),
                BlockSize = 4096 << random.Next(11),
                ImageId = Id,
                ModificationId = Change,
                Comment = "a comment",
            };
            Blob image = Vdi.Encode(disk, options);
            BlockDisks.AssertSame(disk, Vdi.Read(image));
            VdiInfo info = Vdi.ReadInfo(image);
            Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            Assert.Equal(options, new VdiOptions
            {
                Allocation = info.Allocation,
                BlockSize = (int)info.BlockSize,
                ImageId = info.ImageId,
                ModificationId = info.ModificationId,
                Comment = info.Comment,
            });
            Assert.Equal((info.VirtualSize + info.BlockSize - 1) / info.BlockSize, info.Blocks);
            Assert.Equal((image.Length - 1_048_576) / info.BlockSize, info.AllocatedBlocks);
        }
    }

    [ToolFact("qemu-img")]
    public void A_disk_of_ten_tebibytes_is_small_and_equal()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        foreach (long offset in new[] { 0, (1L << 30) - 2, 5L << 40, (10L << 40) - 4 })
            builder.Add(offset, Blob.FromText("here"));
        Blob disk = builder.ToBlob();
        Blob image = Vdi.Encode(disk);
        Assert.True(image.DataRanges().Sum(r => r.Length) < 42_000_000);
        BlobTests.Write(image, directory["image"], null);
        Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "vdi", directory["image"]));
        Assert.Equal(10L << 40, BlockDisks.Info("vdi", directory["image"]).GetProperty("virtual-size").GetInt64());
        JsonElement[] map =
        [
            .. JsonDocument.Parse(Tool.Check("qemu-img", "map", "-f", "vdi", "--output=json", directory["image"])).RootElement.EnumerateArray()
                .Where(e => e.GetProperty("data").GetBoolean()),
        ];
        Assert.Equal([0, (1L << 30) - Block, 5L << 40, (10L << 40) - Block], map.Select(e => e.GetProperty("start").GetInt64() / Block * Block).Distinct());
        using HostFile file = HostFile.Open(directory["image"]);
        BlockDisks.AssertSame(disk, Vdi.Read(BlockDisks.Open(file)));
    }

    [Fact]
    public void Blocks_lie_in_the_order_of_the_disk_behind_header_and_map()
    {
        byte[] image = Encode().ToArray();
        Assert.Equal("<<< Oracle VM VirtualBox Disk Image >>>\n"u8, image.AsSpan(0, 40));
        Assert.Equal(0xBEDA107Fu, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(64)));
        Assert.Equal(0x00010001u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(68)));
        Assert.Equal(0x190u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(72)));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(76)));
        Assert.Equal(512u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(340)));
        Assert.Equal(1_048_576u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(344)));
        Assert.Equal(512u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(360)));
        Assert.Equal(5_000_192L, BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(368)));
        Assert.Equal(1_048_576u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(376)));
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(384)));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(388)));
        Assert.Equal(Id, new Guid(image.AsSpan(392, 16)));
        Assert.Equal(Change, new Guid(image.AsSpan(408, 16)));
        Assert.Equal(new byte[32], image.AsSpan(424, 32));
        Assert.Equal(
            [0xFFFFFFFF, 0u, 0xFFFFFFFF, 0xFFFFFFFF, 1u],
            Enumerable.Range(0, 5).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(512 + (4 * i)))));
        Assert.Equal(3 * Block, image.Length);
        Assert.Equal((byte)'a', image[Block + 3]);
        Assert.Equal((byte)'b', image[(2 * Block) + 4_999_999 - (4 * Block)]);
        Assert.Equal("d763bc86", Convert.ToHexStringLower(SHA256.HashData(image))[..8]);
    }

    [Fact]
    public void Any_part_of_an_image_can_be_read_alone()
    {
        var random = new Random(5);
        Blob image = Vdi.Encode(BlockDisks.Random(random, 3_000_000, 20), new VdiOptions { BlockSize = 4096 });
        byte[] whole = image.ToArray();
        for (int i = 0; i < 3000; i++)
        {
            int offset = random.Next(whole.Length);
            int length = random.Next(Math.Min(300, whole.Length - offset) + 1);
            Assert.True(image.Slice(offset, length).ToArray().AsSpan().SequenceEqual(whole.AsSpan(offset, length)));
        }
    }

    [Fact]
    public void Blocks_of_zeros_are_holes()
    {
        byte[] image = Encode().ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(512 + 4), 0xFFFFFFFE);
        Blob disk = Vdi.Read(Blob.FromMemory(image));
        Assert.Equal([new BlobRange(4 * Block, 5_000_192 - (4 * Block))], disk.DataRanges());
        Assert.Equal(0, disk.Slice(Block + 3, 1).ToArray()[0]);
    }

    [Theory]
    [InlineData(64, 0, "signature")]
    [InlineData(68, 0x00010002, "version is 1.2")]
    [InlineData(76, 4, "differencing image")]
    [InlineData(424, 1, "differencing image")]
    [InlineData(440, 1, "differencing image")]
    [InlineData(76, 7, "type is 7")]
    [InlineData(340, 100, "block map")]
    [InlineData(344, 100, "no multiple of 512")]
    [InlineData(360, 4096, "sectors of 4096")]
    [InlineData(372, 1, "5 blocks")]
    [InlineData(376, 0, "blocks of 0 bytes")]
    [InlineData(376, 1000, "blocks of 1000 bytes")]
    [InlineData(380, 512, "data of their own")]
    [InlineData(384, 3_000_000, "past the file's end")]
    [InlineData(384, -1, "past the file's end")]
    [InlineData(384, 4, "hold 4194304")]
    [InlineData(512 + 4, 2, "block 1 lies at")]
    [InlineData(512 + 4, 0x7FFFFFFF, "block 1 lies at")]
    public void What_is_wrong_is_named(int offset, int value, string part)
    {
        byte[] image = Encode().ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);
        var error = Assert.Throws<InvalidImageException>(() => Vdi.Read(Blob.FromMemory(image)).DataRanges());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_images_end_in_a_typed_error()
    {
        byte[] image = Vdi.Encode(BlockDisks.Random(new Random(3), 40_000, 5), new VdiOptions { BlockSize = 4096 }).ToArray();
        BlockDisks.Mutate(11, 20_000, image, [(64, 20), (340, 132), (512, 40)], _ => { }, Vdi.Read);
        BlockDisks.Truncate(image, Enumerable.Range(0, 600).Concat([1_000_000, Block, image.Length - 4096]), Vdi.Read);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        Blob disk = Blob.Zeros(1L << 50);
        foreach (int block in new[] { 0, 2048, 3000, 512 << 20, -4096 })
            Assert.Throws<UnrepresentableException>(() => Vdi.Encode(disk, new VdiOptions { BlockSize = block }));
        Assert.Throws<UnrepresentableException>(() => Vdi.Encode(disk));
        Assert.Throws<UnrepresentableException>(() => Vdi.Encode(Blob.Empty, new VdiOptions { Allocation = (DiskAllocation)2 }));
        Assert.Throws<UnrepresentableException>(() => Vdi.Encode(Blob.Empty, new VdiOptions { Comment = new string('x', 256) }));
        Assert.Throws<UnrepresentableException>(() => Vdi.Encode(Blob.Empty, new VdiOptions { Comment = "a\0b" }));
        Assert.NotNull(Vdi.Encode(disk, new VdiOptions { BlockSize = 16 << 20 }));
    }

    private static Blob Encode()
    {
        var builder = new BlobBuilder();
        builder.Add(Block + 3, Blob.FromText("a"));
        builder.Add(4_999_999, Blob.FromText("b"));
        return Vdi.Encode(builder.ToBlob(), new VdiOptions { ImageId = Id, ModificationId = Change });
    }
}
