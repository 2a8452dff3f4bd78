using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class VhdxTests
{
    private const int Mebibyte = 1024 * 1024;
    private static readonly Guid Id = new("01234567-89ab-cdef-0011-223344556677");

    [ToolFact("qemu-img")]
    public void Random_disks_equal_raw_and_are_clean()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 150; number++)
        {
            var random = new Random(number);
            Blob disk = BlockDisks.Case(random, number, 9_000_000);
            var options = new VhdxOptions
            {
                Allocation = (DiskAllocation)(number % 4 == 1 ? 1 : 0),
                BlockSize = number % 3 == 0 ? 0 : Mebibyte << random.Next(5),
                DiskId = Id,
            };
            BlockDisks.CompareWithRaw(directory, "vhdx", disk, Vhdx.Encode(disk, options));
            if (number % 5 == 0)
                Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "vhdx", directory["image"]));
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
            int block = Mebibyte << (number % 4);
            using HostFile theirs = BlockDisks.Convert(
                directory, "vhdx", disk, $"subformat={(isFixed ? "fixed" : "dynamic")}", $"block_size={block}", $"block_state_zero={(number % 3 == 0 ? "off" : "on")}");
            Blob file = BlockDisks.Open(theirs);
            BlockDisks.AssertSame(disk, Vhdx.Read(file));
            VhdxInfo info = Vhdx.ReadInfo(file);
            Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            Assert.Equal(block, info.BlockSize);
            Assert.Equal(isFixed ? DiskAllocation.Fixed : DiskAllocation.Dynamic, info.Allocation);
            Assert.Equal((512, 512), (info.LogicalSectorSize, info.PhysicalSectorSize));
            Assert.StartsWith("QEMU v", info.Creator, StringComparison.Ordinal);
            Assert.Equal(0, info.ReplayedLogEntries);
        }
    }

    [Fact]
    public void Random_disks_come_back()
    {
        for (int number = 0; number < 300; number++)
        {
            var random = new Random(2000 + number);
            Blob disk = BlockDisks.Case(random, number, 4_000_000);
            var options = new VhdxOptions
            {
                Allocation = (DiskAllocation)(number % 4 == 1 ? 1 : 0),
                BlockSize = Mebibyte << random.Next(9),
                LogicalSectorSize = number % 2 == 0 ? 512 : 4096,
                PhysicalSectorSize = number % 5 == 0 ? 512 : 4096,
                DiskId = Id,
                FileWriteId = new Guid(1, 2, 3, new byte[8]),
                DataWriteId = new Guid(4, 5, 6, new byte[8]),
            };
            Blob image = Vhdx.Encode(disk, options);
            BlockDisks.AssertSame(disk, Vhdx.Read(image));
            VhdxInfo info = Vhdx.ReadInfo(image);
            Assert.Equal((disk.Length + options.LogicalSectorSize - 1) / options.LogicalSectorSize * options.LogicalSectorSize, info.VirtualSize);
            Assert.Equal("Diecast", info.Creator);
            Assert.Equal(options, new VhdxOptions
            {
                Allocation = info.Allocation,
                BlockSize = (int)info.BlockSize,
                LogicalSectorSize = info.LogicalSectorSize,
                PhysicalSectorSize = info.PhysicalSectorSize,
                DiskId = info.DiskId,
                FileWriteId = info.FileWriteId,
                DataWriteId = info.DataWriteId,
            });
        }
    }

    [ToolFact("qemu-img")]
    public void Large_disks_are_small_and_equal()
    {
        using var directory = new TempDirectory();
        foreach ((long size, int block, int expected) in new[]
        {
            (1L << 30, 0, 8), ((1L << 30) + 512, 0, 16), ((100L << 30) + 512, 0, 32), (10L << 40, 0, 32), (10L << 40, Mebibyte, 1),
            ((32L << 40) + 512, 0, 64), (64L << 40, 0, 64),
        })
        {
            var builder = new BlobBuilder();
            foreach (long offset in new[] { 0, (1L << 29) - 2, size / 2, size - 4 })
                builder.Add(offset, Blob.FromText("here"));
            Blob disk = builder.ToBlob();
            Blob image = Vhdx.Encode(disk, new VhdxOptions { BlockSize = block });
            Assert.True(image.DataRanges().Sum(r => r.Length) < 1_000_000);
            BlockDisks.AssertSame(disk, Vhdx.Read(image));
            BlobTests.Write(image, directory["image"], null);
            Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "vhdx", directory["image"]));
            Assert.Equal(size, BlockDisks.Info("vhdx", directory["image"]).GetProperty("virtual-size").GetInt64());
            Assert.Equal(expected * Mebibyte, BlockDisks.Info("vhdx", directory["image"]).GetProperty("cluster-size").GetInt32());
            Assert.Contains("68 65 72 65", Tool.Check("qemu-io", "-r", "-f", "vhdx", "-c", $"read -v {size - 512} 512", directory["image"]), StringComparison.Ordinal);
            Assert.Contains("68 65 72 65", Tool.Check("qemu-io", "-r", "-f", "vhdx", "-c", $"read -v {size / 2} 512", directory["image"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Regions_lie_on_MiB_and_blocks_in_the_order_of_the_disk()
    {
        byte[] image = Encode().ToArray();
        Assert.Equal("vhdxfileD\0i\0e\0c\0a\0s\0t\0"u8, image.AsSpan(0, 22));
        foreach ((int at, ulong sequence) in new[] { (0x10000, 1UL), (0x20000, 2UL) })
        {
            Assert.Equal("head"u8, image.AsSpan(at, 4));
            Assert.Equal(sequence, BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(at + 8)));
            Assert.Equal(Guid.Empty, new Guid(image.AsSpan(at + 48, 16)));
            Assert.Equal((0, 1), (BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at + 64)), BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at + 66))));
            Assert.Equal(1u << 20, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at + 68)));
            Assert.Equal(1L << 20, BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(at + 72)));
        }

        Assert.Equal("regi"u8, image.AsSpan(0x30000, 4));
        Assert.True(image.AsSpan(0x30000, 0x10000).SequenceEqual(image.AsSpan(0x40000, 0x10000)));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(0x30008)));
        Assert.Equal(3L << 20, BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(0x30010 + 16)));
        Assert.Equal(2L << 20, BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(0x30030 + 16)));
        Assert.Equal("metadata"u8, image.AsSpan(2 << 20, 8));
        ulong[] table = [.. Enumerable.Range(0, 5).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan((3 << 20) + (8 * i))))];
        Assert.Equal([0, (4UL << 20) | 6, 0, 0, (5UL << 20) | 6], table);
        Assert.Equal((byte)'a', image[(4 << 20) + 3]);
        Assert.Equal((byte)'b', image[(5 << 20) + 9]);
        Assert.Equal(6 << 20, image.Length);
        Assert.Equal("33333333", Convert.ToHexStringLower(SHA256.HashData(image))[..8]);
    }

    [Fact]
    public void Entries_for_sector_bitmaps_come_after_each_chunk()
    {
        // With blocks of 256 MiB and sectors of 512, 16 blocks are a chunk.
        Blob disk = new GeneratedBlob(40L << 28, (_, destination) => destination.Fill(1));
        Blob image = Vhdx.Encode(disk, new VhdxOptions { BlockSize = 256 * Mebibyte });
        for (int entry = 0; entry < 42; entry++)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(image.Slice((3 << 20) + (8 * entry), 8).ToArray());
            Assert.Equal(entry is 16 or 33 ? 0 : ((4UL << 20) + ((ulong)(entry - (entry / 17)) << 28)) | 6, value);
        }

        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(image.Slice((3 << 20) + (8 * 42), 8).ToArray()));
        Assert.Equal([new BlobRange(0, 40L << 28)], Vhdx.Read(image).DataRanges());
    }

    [Fact]
    public void Any_part_of_an_image_can_be_read_alone()
    {
        var random = new Random(5);
        Blob image = Vhdx.Encode(BlockDisks.Random(random, 3_000_000, 20), new VhdxOptions { BlockSize = Mebibyte });
        byte[] whole = image.ToArray();
        for (int i = 0; i < 2000; i++)
        {
            int offset = i % 2 == 0 ? random.Next(whole.Length) : (3 << 20) + random.Next(40);
            int length = random.Next(Math.Min(300, whole.Length - offset) + 1);
            Assert.True(image.Slice(offset, length).ToArray().AsSpan().SequenceEqual(whole.AsSpan(offset, length)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_that_are_not_there_are_holes(int state)
    {
        byte[] image = Encode().ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan((3 << 20) + 8), (4UL << 20) | (uint)state);
        Blob disk = Vhdx.Read(Blob.FromMemory(image));
        Assert.Equal([new BlobRange(4 * Mebibyte, 512)], disk.DataRanges());
        Assert.Equal(0, disk.Slice(Mebibyte + 3, 1).ToArray()[0]);
    }

    [Fact]
    public void The_header_with_the_larger_number_counts_and_a_damaged_one_does_not()
    {
        byte[] image = Encode().ToArray();
        new Guid(7, 7, 7, new byte[8]).TryWriteBytes(image.AsSpan(0x10000 + 16));
        VhdxSeal.All(image);
        Assert.Equal(Guid.Empty, Vhdx.ReadInfo(Blob.FromMemory(image)).FileWriteId);
        image[0x20000 + 100] = 1;
        Assert.Equal(new Guid(7, 7, 7, new byte[8]), Vhdx.ReadInfo(Blob.FromMemory(image)).FileWriteId);
        image[0x10000 + 100] = 1;
        Assert.Contains("neither header", Assert.Throws<InvalidImageException>(() => Vhdx.Read(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
        VhdxSeal.All(image);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x10000 + 8), 2);
        VhdxSeal.All(image);
        Assert.Contains("and differ", Assert.Throws<InvalidImageException>(() => Vhdx.Read(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_region_table_stands_in_for_the_first()
    {
        byte[] image = Encode().ToArray();
        Blob whole = Vhdx.Read(Blob.FromMemory([.. image]));
        image[0x30000 + 50] ^= 1;
        BlockDisks.AssertSame(whole, Vhdx.Read(Blob.FromMemory(image)));
        image[0x40000 + 50] ^= 1;
        Assert.Contains("neither region table", Assert.Throws<InvalidImageException>(() => Vhdx.Read(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "vhdxfile")]
    [InlineData(0x30008, 1, "0 regions for the metadata")]
    [InlineData(0x30008, 3, "is not on MiB")]
    [InlineData(0x30010, 1, "must be known")]
    [InlineData(0x30010 + 16, 5, "is not on MiB")]
    [InlineData(0x30010 + 16, 7 << 20, "passes the file's end")]
    [InlineData(0x30010 + 24, 0, "5 table entries")]
    [InlineData(0x30010 + 24, 1 << 30, "passes the file's end")]
    [InlineData(2 << 20, 0, "metadata table")]
    [InlineData((2 << 20) + 32, 0, "must be known")]
    [InlineData((2 << 20) + 32 + 16, 100, "bytes at 100")]
    [InlineData((2 << 20) + 32 + 16, 1 << 20, "bytes at 1048576")]
    [InlineData((2 << 20) + 32 + 20, 7, "has 7 bytes")]
    [InlineData((2 << 20) + 32 + 24, 5, "must be known")]
    [InlineData((2 << 20) + 0x10000, 3 << 20, "power of two")]
    [InlineData((2 << 20) + 0x10000, 512 << 20, "power of two")]
    [InlineData((2 << 20) + 0x10000 + 4, 2, "differencing disk")]
    [InlineData((2 << 20) + 0x10000 + 8, 513, "whole sectors")]
    [InlineData((2 << 20) + 0x10000 + 12, 1 << 20, "at most 64 TiB")]
    [InlineData((2 << 20) + 0x10000 + 12, 1 << 10, "table entries")]
    [InlineData((2 << 20) + 0x10000 + 32, 1024, "each is 512 or 4096")]
    [InlineData((3 << 20) + 8, (4 << 20) | 7, "partly in a parent")]
    [InlineData((3 << 20) + 8, (4 << 20) | 5, "state 5")]
    [InlineData((3 << 20) + 8, 6, "block 1 lies at 0")]
    [InlineData((3 << 20) + 8, (6 << 20) | 6, "past the file's end")]
    [InlineData((3 << 20) + 12, -1, "past the file's end")]
    public void What_is_wrong_is_named(int offset, int value, string part)
    {
        byte[] image = Encode().ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);
        VhdxSeal.All(image);
        var error = Assert.Throws<InvalidImageException>(() => Vhdx.Read(Blob.FromMemory(image)).DataRanges());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_images_end_in_a_typed_error()
    {
        byte[] image = Encode().ToArray();
        (int, int)[] places =
        [
            (0, 8), (0x10000, 80), (0x20000, 80), (0x30000, 80), (0x40000, 80), (2 << 20, 192), ((2 << 20) + 0x10000, 40), (3 << 20, 48),
        ];
        BlockDisks.Mutate(14, 20_000, image, places, VhdxSeal.All, Vhdx.Read);
        BlockDisks.Truncate(image, [0, 1, 519, 520, 70_000, 200_000, 1 << 20, (2 << 20) + 1, (3 << 20) + 1, (4 << 20) - 1, 4 << 20, (5 << 20) + 10], Vhdx.Read);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        Blob disk = Blob.Zeros(1 << 20);
        foreach (int block in new[] { 1, 512 * 1024, 3 << 20, 512 << 20, -1 })
            Assert.Throws<UnrepresentableException>(() => Vhdx.Encode(disk, new VhdxOptions { BlockSize = block }));
        Assert.Throws<UnrepresentableException>(() => Vhdx.Encode(disk, new VhdxOptions { Allocation = (DiskAllocation)9 }));
        Assert.Throws<UnrepresentableException>(() => Vhdx.Encode(disk, new VhdxOptions { LogicalSectorSize = 1024 }));
        Assert.Throws<UnrepresentableException>(() => Vhdx.Encode(disk, new VhdxOptions { PhysicalSectorSize = 0 }));
        Assert.Throws<UnrepresentableException>(() => Vhdx.Encode(Blob.Zeros((64L << 40) + 1)));
    }

    private static Blob Encode()
    {
        var builder = new BlobBuilder();
        builder.Add(Mebibyte + 3, Blob.FromText("a"));
        builder.Add((4 * Mebibyte) + 9, Blob.FromText("b"));
        return Vhdx.Encode(builder.ToBlob(), new VhdxOptions { BlockSize = Mebibyte, DiskId = Id });
    }
}
