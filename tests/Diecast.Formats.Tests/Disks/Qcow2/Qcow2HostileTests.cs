using System.Buffers.Binary;
using System.Diagnostics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class Qcow2HostileTests
{
    private const int Mutations = 24_000;
    private const int L1 = 3 * 4096;
    private const int L2 = 4 * 4096;

    private static readonly Dictionary<string, Func<byte[]>> Hostile = new(StringComparer.Ordinal)
    {
        ["the file has 71 bytes"] = () => Sound()[..71],
        ["the magic number"] = () => Put32(0, 0x514649FA),
        ["version 1 is not supported"] = () => Put32(4, 1),
        ["version 4 is not supported"] = () => Put32(4, 4),
        ["clusters of 2^8 bytes"] = () => Put32(20, 8),
        ["clusters of 2^22 bytes"] = () => Put32(20, 22),
        ["clusters of 2^4294967295 bytes"] = () => Put32(20, uint.MaxValue),
        ["the file ends at 100, within the header"] = () => Sound()[..100],
        ["refcounts of 2^7 bits"] = () => Put32(96, 7),
        ["a header of 103 bytes"] = () => Put32(100, 103),
        ["a header of 5000 bytes"] = () => Put32(100, 5000),
        ["a virtual size of 18446744073709551615 bytes"] = () => Put64(24, ulong.MaxValue),
        ["the encryption method 3 is not known"] = () => Put32(32, 3),
        ["the image is encrypted (AES)"] = () => Put32(32, 1),
        ["the image is encrypted (LUKS)"] = () => Put32(32, 2),
        ["the L1 table has 4194305 entries, more than QEMU reads"] = () => Put32(36, 4194305),
        ["the L1 table has 0 entries"] = () => Put32(36, 0),
        ["the L1 table has 1 entries; 9223372036854775807 bytes need"] = () => Put64(24, long.MaxValue),
        ["the L1 table at 12289 does not start with a cluster"] = () => Put64(40, L1 + 1),
        ["the L1 table of 8 bytes at 1152921504606846976 ends past"] = () => Put64(40, 1UL << 60),
        ["the L1 table of 65544 bytes at 12288 ends past the file's end"] = () => Put32(36, 8193),
        ["65537 snapshots"] = () => Put32(60, 65537),
        ["the snapshot table at 99999999 is past the file's end"] = () => Put64(64, 99999999, Put32(60, 1)),
        ["the backing file's name at 4097 is not in the first cluster"] = () => Put64(8, 4097),
        ["the backing file's name has 1024 bytes"] = () => Put32(16, 1024, Put64(8, 1000)),
        ["the backing file's name has 97 bytes"] = () => Put32(16, 97, Put64(8, 4000)),
        ["the header extension 0x12345678 of 4294967295 bytes"] = () => Put32(116, uint.MaxValue, Put32(112, 0x12345678)),
        ["the feature 'warp drive' (incompatible feature bit 9)"] = WarpDrive,
        ["the feature '' (incompatible feature bit 63)"] = () => Put64(72, 1UL << 63),
        ["extended L2 entries with clusters of 4096"] = () => Put64(72, 16),
        ["the compression type 2 is not known"] = () => Put8(104, 2),
        ["the compression type 1 and its feature bit contradict"] = () => Put8(104, 1),
        ["the compression type 0 and its feature bit contradict"] = () => Put64(72, 8),
        ["has its clusters in a data file and does not name it"] = () => Put64(72, 4),
        ["more L2 tables than the file has clusters"] = ManyTables,
        ["the L2 table at 16896, for byte 0 of the disk, does not start"] = () => Put64(L1, L2 + 512),
        ["the L2 table at 72057594037923840, for byte 0 of the disk, ends past"] = () => Put64(L1, 0x00FF_FFFF_FFFF_F000),
        ["the cluster at 20992, for byte 0 of the disk, is not where clusters are"] = () => Put64(L2, 20480 + 512),
        ["the cluster at 1048576, for byte 0 of the disk, is past the file's end"] = () => Put64(L2, 1 << 20),
        ["byte 4096 of the disk is in a zero cluster, which version 2 does not have"] = () => Put64(L2 + 8, 1, Put32(4, 2)),
        ["the compressed cluster at 1048576, for byte 0 of the disk, is past the file's end"] = () => Put64(L2, Compressed(1 << 20, 1)),
        ["the compressed cluster at 20480, for byte 0 of the disk, is damaged"] = () => Put64(L2, Compressed(20480, 4)),
    };

    public static TheoryData<string> Reasons => [.. Hostile.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Hostile_images_are_refused_with_the_reason(string reason)
    {
        var exception = Assert.Throws<InvalidImageException>(() => Qcow2.Read(Blob.FromMemory(Hostile[reason]())).ToArray());
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("qcow2: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dirty_and_a_corrupt_image_are_read_as_QEMU_does_and_an_encrypted_one_is_told()
    {
        byte[] sound = Qcow2.Read(Blob.FromMemory(Sound())).ToArray();
        Blob image = Blob.FromMemory(Put64(72, 3));
        Assert.Equal(sound, Qcow2.Read(image).ToArray());
        Qcow2Info info = Qcow2.ReadInfo(image);
        Assert.True(info.Dirty && info.Corrupt);
        Assert.Equal(Qcow2Encryption.Luks, Qcow2.ReadInfo(Blob.FromMemory(Put32(32, 2))).Encryption);
    }

    [Fact]
    public void Backing_files_are_opened_only_by_the_caller_and_never_in_circles()
    {
        Blob disk = Blob.FromText("below");
        Blob Overlay(string name) => Qcow2.Encode(disk, new Qcow2Options { BackingFile = name, BackingFormat = "qcow2", Backing = disk });
        string Refused(string name, Qcow2ReadOptions options) =>
            Assert.Throws<InvalidImageException>(() => Qcow2.Read(Overlay(name), options)).Message;

        Assert.Contains("needs its backing file 'b', which may not be opened here", Refused("b", new() { Path = "/d/a" }), StringComparison.Ordinal);
        Assert.Contains("/d/a is its own backing file", Refused("b", new() { Path = "/d/a", OpenFile = _ => Overlay("../d/a") }), StringComparison.Ordinal);
        Assert.Contains("/d/a is its own backing file", Refused("a", new() { Path = "/d/a", OpenFile = _ => Overlay("a") }), StringComparison.Ordinal);
        Assert.Contains("b is its own backing file", Refused("b", new() { OpenFile = _ => Overlay("b") }), StringComparison.Ordinal);
        int opened = 0;
        Assert.Contains("one backing file too many", Refused("0", new() { OpenFile = _ => Overlay($"{++opened}"), MaximumDepth = 5 }), StringComparison.Ordinal);
        Assert.Equal(6, opened);
        foreach (string name in new[] { "json:{}", "nbd://host/x", "fat:/", "file:" })
            Assert.Contains($"the backing file '{name}' is no path", Refused(name, new() { OpenFile = _ => disk }), StringComparison.Ordinal);
        Assert.Equal("below", System.Text.Encoding.UTF8.GetString(Qcow2.Read(Overlay("file:/x/y"), new() { OpenFile = path => path == "/x/y" ? Qcow2.Encode(disk) : Blob.Empty }).Slice(0, 5).ToArray()));
    }

    [Fact]
    public void A_backing_file_of_another_format_is_read_by_the_caller_or_refused()
    {
        Blob disk = Blob.FromText("below");
        Blob overlay = Qcow2.Encode(disk, new Qcow2Options { BackingFile = "b", BackingFormat = "vmdk", Backing = disk });
        var options = new Qcow2ReadOptions { OpenFile = _ => disk };
        Assert.Contains("the format 'vmdk'", Assert.Throws<InvalidImageException>(() => Qcow2.Read(overlay, options)).Message, StringComparison.Ordinal);
        Blob read = Qcow2.Read(overlay, options with { ReadOther = (format, file) => format == "vmdk" ? file : Blob.Empty });
        Assert.Equal((byte)'b', read.Slice(0, 1).ToArray()[0]);
    }

    [Fact]
    public void Every_truncation_of_an_image_is_an_error_or_the_disk()
    {
        byte[] image = Sound();
        byte[] disk = Qcow2.Read(Blob.FromMemory(image)).ToArray();
        int last = image.Length;
        while (image[last - 1] == 0)
            last--;
        for (int length = 0; length < image.Length; length += length < 600 ? 1 : 61)
        {
            try
            {
                byte[] read = Qcow2.Read(Blob.FromMemory(image.AsMemory(0, length))).ToArray();
                // A file may end within its last cluster (Qcow2Disk, Stored).
                Assert.True(length > image.Length - 4096, $"a file cut to {length} of {image.Length} bytes was read");
                Assert.True(length < last || read.AsSpan().SequenceEqual(disk));
            }
            catch (InvalidImageException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public void Mutated_images_end_in_a_disk_or_a_typed_error_in_little_time_and_memory()
    {
        byte[][] images = [Sound(), Extended(), CompressedImage(Qcow2Compression.Zlib), CompressedImage(Qcow2Compression.Zstd)];
        var random = new Random(77);
        long slowest = 0;
        long largest = 0;
        int read = 0;
        var clock = new Stopwatch();
        for (int i = 0; i < Mutations; i++)
        {
            byte[] image = [.. images[i % images.Length]];
            for (int n = random.Next(1, 4); n > 0; n--)
                Mutate(random, image);
            long before = GC.GetAllocatedBytesForCurrentThread();
            clock.Restart();
            try
            {
                Blob file = Blob.FromMemory(image);
                _ = Qcow2.ReadInfo(file);
                Blob disk = Qcow2.Read(file);
                byte[] buffer = new byte[20_000];
                foreach (BlobRange range in disk.DataRanges().Take(64))
                    disk.Read(range.Offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, range.Length)));
                read++;
            }
            catch (InvalidImageException)
            {
                // As it should be.
            }

            slowest = Math.Max(slowest, clock.ElapsedMilliseconds);
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(read, Mutations / 10, Mutations);
        Assert.InRange(slowest, 0, 5000);
        Assert.InRange(largest, 0, 48 << 20);
    }

    private static void Mutate(Random random, byte[] image)
    {
        // Most of the time where the tables are.
        int at = random.Next(3) switch
        {
            0 => random.Next(Math.Min(600, image.Length)),
            1 => random.Next(image.Length / 8) * 8,
            _ => random.Next(image.Length),
        };
        switch (random.Next(5))
        {
            case 0:
                image[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                image[at] = (byte)random.Next(256);
                break;
            case 2 when at + 8 <= image.Length:
                BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(at), 1UL << random.Next(64));
                break;
            case 3 when at + 8 <= image.Length:
                image.AsSpan(at, 8).Fill(0xFF);
                break;
            default:
                image.AsSpan(at, Math.Min(random.Next(64), image.Length - at)).Clear();
                break;
        }
    }

    /// <summary>Header, refcount table, refcount block, L1, L2, then clusters of 4096 bytes.</summary>
    private static byte[] Sound()
    {
        byte[] bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        return Qcow2.Encode(Blob.FromMemory(bytes), new Qcow2Options { ClusterSize = 4096 }).ToArray();
    }

    private static byte[] Extended() =>
        Qcow2.Encode(Qcow2Disks.Sparse(new Random(2), 200_000, 4), new Qcow2Options { ClusterSize = 16384, ExtendedL2 = true }).ToArray();

    private static byte[] CompressedImage(Qcow2Compression compression)
    {
        using var directory = new TempDirectory();
        byte[] bytes = new byte[40_000];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = unchecked((byte)(i * i / 77));
        Qcow2WriterTests.WriteImage(Blob.FromMemory(bytes), directory["image"], new Qcow2Options { ClusterSize = 4096, Compression = compression });
        return File.ReadAllBytes(directory["image"]);
    }

    private static ulong Compressed(long place, int sectors) => (1UL << 62) | ((ulong)(sectors - 1) << 58) | (ulong)place;

    private static byte[] WarpDrive()
    {
        // The first feature name of ours becomes that of bit 9.
        byte[] image = Put64(72, 1 << 9);
        image[120] = 0;
        image[121] = 9;
        "warp drive"u8.CopyTo(image.AsSpan(122));
        return image;
    }

    private static byte[] ManyTables()
    {
        byte[] image = Put64(24, 100UL << 21, Put32(36, 100));
        for (int i = 0; i < 100; i++)
            BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(L1 + (i * 8)), L2);
        return image;
    }

    private static byte[] Put8(int offset, byte value)
    {
        byte[] image = Sound();
        image[offset] = value;
        return image;
    }

    private static byte[] Put32(int offset, uint value, byte[]? image = null)
    {
        image ??= Sound();
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(offset), value);
        return image;
    }

    private static byte[] Put64(int offset, ulong value, byte[]? image = null)
    {
        image ??= Sound();
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(offset), value);
        return image;
    }
}
