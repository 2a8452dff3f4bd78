using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class Qcow2WriterTests
{
    private static readonly Qcow2Options[] Planned =
    [
        new() { ExtendedL2 = true },
        new() { ExtendedL2 = true, ClusterSize = 16384, RefcountBits = 64 },
        new() { ExtendedL2 = true, ClusterSize = 2 << 20, Preallocation = Qcow2Preallocation.Metadata },
        new() { LazyRefcounts = true, RefcountBits = 1 },
        new() { RefcountBits = 2, ClusterSize = 512 },
        new() { RefcountBits = 4, ClusterSize = 1024 },
        new() { RefcountBits = 8 },
        new() { RefcountBits = 32, ClusterSize = 4096 },
        new() { Preallocation = Qcow2Preallocation.Metadata, ClusterSize = 4096 },
        new() { Preallocation = Qcow2Preallocation.Full, Version = Qcow2Version.V2 },
        new() { Preallocation = Qcow2Preallocation.Falloc, RefcountBits = 1 },
    ];

    private static readonly Qcow2Options[] Compressed =
    [
        new() { Compression = Qcow2Compression.Zlib },
        new() { Compression = Qcow2Compression.Zstd },
        new() { Compression = Qcow2Compression.Zlib, ClusterSize = 512 },
        new() { Compression = Qcow2Compression.Zlib, ClusterSize = 4096, Version = Qcow2Version.V2 },
        new() { Compression = Qcow2Compression.Zstd, ClusterSize = 4096, RefcountBits = 64, CompressionLevel = 1 },
        new() { Compression = Qcow2Compression.Zstd, ClusterSize = 2 << 20, RefcountBits = 32 },
        new() { Compression = Qcow2Compression.Zlib, ClusterSize = 2 << 20, CompressionLevel = 1, LazyRefcounts = true },
    ];

    [ToolFact("qemu-img")]
    public void Every_option_of_a_planned_image_is_clean_equal_to_raw_and_read_back()
    {
        using var directory = new TempDirectory();
        for (int i = 0; i < Planned.Length * 4; i++)
        {
            var random = new Random(2000 + i);
            Blob disk = Qcow2Disks.Sparse(random, i == 5 ? 0 : random.NextInt64(1, 5_000_000), random.Next(10));
            Blob image = Qcow2.Encode(disk, Planned[i % Planned.Length]);
            Qcow2Disks.AssertSame(Qcow2Disks.Rounded(disk), Qcow2.Read(image));
            BlobTests.Write(disk, directory["raw"], null);
            BlobTests.Write(image, directory["qcow2"], null);
            CheckAndCompare(directory);
        }
    }

    [ToolFact("qemu-img")]
    public void Compressed_images_are_clean_equal_to_raw_and_read_back()
    {
        using var directory = new TempDirectory();
        for (int i = 0; i < Compressed.Length * 14; i++)
        {
            var random = new Random(3000 + i);
            Blob disk = Qcow2Disks.Sparse(random, i == 5 ? 0 : random.NextInt64(1, 5_000_000), random.Next(10));
            WriteImage(disk, directory["qcow2"], Compressed[i % Compressed.Length]);
            AssertReadsAs(Qcow2Disks.Rounded(disk), directory["qcow2"]);
            BlobTests.Write(disk, directory["raw"], null);
            CheckAndCompare(directory);
        }
    }

    [ToolFact("qemu-img")]
    public void Overlays_hold_what_differs_and_show_the_disk_on_their_backing_file()
    {
        using var directory = new TempDirectory();
        for (int i = 0; i < 48; i++)
        {
            var random = new Random(4000 + i);
            Blob below = Qcow2Disks.Rounded(Qcow2Disks.Sparse(random, random.NextInt64(1, 2_000_000), random.Next(8)));
            long size = i % 3 == 0 ? below.Length : random.NextInt64(1, 2_500_000);
            Blob disk = i % 7 == 0 ? Blob.Zeros(size) : Qcow2Disks.Changed(random, below.Slice(0, Math.Min(size, below.Length)), size);
            bool raw = i % 2 == 0;
            BlobTests.Write(raw ? below : Qcow2.Encode(below), directory["below"], null);
            Qcow2Options[] kinds = [.. Compressed, Qcow2Options.Default, .. Planned.Where(o => o.Preallocation == Qcow2Preallocation.Off)];
            Qcow2Options options = kinds[i % kinds.Length] with { BackingFile = "below", BackingFormat = raw ? "raw" : "qcow2", Backing = below };
            WriteImage(disk, directory["qcow2"], options);
            using var files = new OpenFiles();
            using var file = HostFile.Open(directory["qcow2"]);
            Blob read = Qcow2.Read(
                Blob.FromFile(file, 0, new FileInfo(directory["qcow2"]).Length),
                new Qcow2ReadOptions { Path = directory["qcow2"], OpenFile = files.Open });
            Qcow2Disks.AssertSame(Qcow2Disks.Rounded(disk), read);
            BlobTests.Write(disk, directory["raw"], null);
            CheckAndCompare(directory);
        }
    }

    [Fact]
    public void An_overlay_of_the_same_disk_is_empty_and_zeros_above_data_are_marked()
    {
        byte[] bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        Blob below = Blob.FromMemory(bytes);
        var options = new Qcow2Options { BackingFile = "below.raw", BackingFormat = "raw", Backing = below };
        // Header, refcount table, refcount block, L1.
        Assert.Equal(4 * 65536, Qcow2.Encode(below, options).Length);
        // And an L2 table.
        Assert.Equal(5 * 65536, Qcow2.Encode(Blob.Zeros(1 << 20), options).Length);
        Assert.Equal((5 + 16) * 65536, Qcow2.Encode(Blob.Zeros(1 << 20), options with { Version = Qcow2Version.V2 }).Length);
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_number_of_workers()
    {
        using var directory = new TempDirectory();
        Blob disk = Qcow2Disks.Sparse(new Random(6), 9_000_000, 30);
        foreach (Qcow2Options options in Compressed)
        {
            string[] sums = [.. new[] { 1, 2, 7 }.Select(workers =>
            {
                WriteImage(disk, directory["qcow2"], options, new DiskWriteOptions { Workers = workers });
                return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(directory["qcow2"])));
            })];
            Assert.Single(sums.Distinct());
        }
    }

    [ToolFact("qemu-img")]
    public void Deflate_with_distances_of_32_KiB_is_read_by_qemu_img()
    {
        using var directory = new TempDirectory();
        // Noise that comes again after nearly 32 KiB: only a match of that distance makes it smaller.
        byte[] bytes = new byte[65536 * 16];
        new Random(3).NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i += 65536)
            bytes.AsSpan(i, 32_600).CopyTo(bytes.AsSpan(i + 32_700, 32_600));
        Blob disk = Blob.FromMemory(bytes);
        WriteImage(disk, directory["qcow2"], new Qcow2Options { Compression = Qcow2Compression.Zlib });
        BlobTests.Write(disk, directory["raw"], null);
        Assert.InRange(new FileInfo(directory["qcow2"]).Length, 0, 65536 * (5 + 9));
        CheckAndCompare(directory);
    }

    [ToolFact("qemu-img")]
    public void Refcounts_of_a_compressed_image_that_fill_their_blocks_count_themselves()
    {
        using var directory = new TempDirectory();
        // A block of 512 bytes counts 256 clusters; half of the disk's clusters do not get smaller.
        foreach (int clusters in Enumerable.Range(300, 12).Concat([16_000, 16_400]))
        {
            Blob disk = new GeneratedBlob(clusters * 512L, static (offset, destination) =>
            {
                for (int i = 0; i < destination.Length; i++)
                {
                    ulong at = (ulong)(offset + i);
                    destination[i] = at / 512 % 2 == 0 ? (byte)1 : unchecked((byte)(((at * 0x9E3779B97F4A7C15) ^ (at << 7)) >> 53));
                }
            });
            WriteImage(disk, directory["qcow2"], new Qcow2Options { ClusterSize = 512, Compression = Qcow2Compression.Zlib });
            Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "qcow2", directory["qcow2"]));
        }
    }

    [ToolFact("qemu-img")]
    public void A_compressed_disk_of_ten_tebibytes_takes_the_time_of_its_data()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        foreach (long offset in new[] { 0, (1L << 30) - 1, 5L << 40, (10L << 40) - 4 })
            builder.Add(offset, Blob.FromText("here"));
        Blob disk = builder.ToBlob();
        WriteImage(disk, directory["qcow2"], new Qcow2Options { Compression = Qcow2Compression.Zstd });
        Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "qcow2", directory["qcow2"]));
        using var file = HostFile.Open(directory["qcow2"]);
        Blob read = Qcow2.Read(Blob.FromFile(file, 0, new FileInfo(directory["qcow2"]).Length));
        Assert.Equal(
            [new(0, 65536), new((1L << 30) - 65536, 131072), new(5L << 40, 65536), new((10L << 40) - 65536, 65536)],
            read.DataRanges());
        Assert.Equal("here", System.Text.Encoding.UTF8.GetString(read.Slice((10L << 40) - 4, 4).ToArray()));
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        Blob disk = Blob.Zeros(1 << 20);
        Qcow2Options plain = Qcow2Options.Default;
        foreach (Qcow2Options options in new[]
        {
            plain with { RefcountBits = 3 },
            plain with { RefcountBits = 128 },
            plain with { RefcountBits = 0 },
            plain with { RefcountBits = 8, Version = Qcow2Version.V2 },
            plain with { LazyRefcounts = true, Version = Qcow2Version.V2 },
            plain with { ExtendedL2 = true, Version = Qcow2Version.V2 },
            plain with { ExtendedL2 = true, ClusterSize = 8192 },
            plain with { Preallocation = (Qcow2Preallocation)9 },
            plain with { CompressionLevel = 1 },
            plain with { BackingFormat = "raw" },
            plain with { Backing = disk },
            plain with { BackingFile = "a" },
            plain with { BackingFile = "a", Backing = disk },
            plain with { BackingFile = "", BackingFormat = "raw", Backing = disk },
            plain with { BackingFile = "a\0", BackingFormat = "raw", Backing = disk },
            plain with { BackingFile = new string('a', 1024), BackingFormat = "raw", Backing = disk },
            plain with { BackingFile = new string('a', 400), BackingFormat = "raw", Backing = disk, ClusterSize = 512 },
            plain with { BackingFile = "a", BackingFormat = "raw", Backing = disk, Preallocation = Qcow2Preallocation.Full },
            plain with { Compression = Qcow2Compression.Zlib },
        })
        {
            Assert.Throws<UnrepresentableException>(() => Qcow2.Encode(disk, options));
        }

        using DiskOutput output = DiskOutput.ToStream(Stream.Null, "nowhere");
        Qcow2Options compressed = plain with { Compression = Qcow2Compression.Zlib };
        foreach (Qcow2Options options in new[]
        {
            compressed with { CompressionLevel = 13 },
            compressed with { CompressionLevel = -1 },
            compressed with { Compression = Qcow2Compression.Zstd, CompressionLevel = 20 },
            compressed with { Compression = Qcow2Compression.Zstd, Version = Qcow2Version.V2 },
            compressed with { Compression = (Qcow2Compression)7 },
            compressed with { ExtendedL2 = true },
            compressed with { RefcountBits = 8 },
            compressed with { Preallocation = Qcow2Preallocation.Metadata },
        })
        {
            Assert.Throws<UnrepresentableException>(() => Qcow2.OpenWriter(disk, output, options));
        }

        Assert.Throws<NotSupportedException>(() => Qcow2.OpenWriter(disk, output, compressed));
    }

    internal static void WriteImage(Blob disk, string path, Qcow2Options options, DiskWriteOptions? writeOptions = null)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite);
        using DiskOutput output = DiskOutput.ToFile(stream.SafeFileHandle, path);
        using DiskWriter writer = Qcow2.OpenWriter(disk, output, options, writeOptions);
        DiskTee.Write(disk, [writer]);
    }

    private static void AssertReadsAs(Blob disk, string path)
    {
        using var file = HostFile.Open(path);
        Qcow2Disks.AssertSame(disk, Qcow2.Read(Blob.FromFile(file, 0, new FileInfo(path).Length)));
    }

    private static void CheckAndCompare(TempDirectory directory)
    {
        Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "qcow2", directory["qcow2"]));
        string same = Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "qcow2", directory["raw"], directory["qcow2"]);
        Assert.Contains("Images are identical", same);
    }
}

/// <summary>Opens files and closes them with the test.</summary>
internal sealed class OpenFiles : IDisposable
{
    private readonly List<HostFile> _files = [];

    public Blob Open(string path)
    {
        var file = HostFile.Open(path);
        _files.Add(file);
        return Blob.FromFile(file, 0, new FileInfo(path).Length);
    }

    public void Dispose()
    {
        foreach (HostFile file in _files)
            file.Dispose();
    }
}
