using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Blobs;

public sealed class BlobWriterTests
{
    [ToolFact("stat")]
    public void Holes_take_no_room_on_the_disk()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        builder.Add(1L << 30, Blob.FromMemory(new byte[4096]));
        builder.Add(5L << 30, Blob.FromText("end"));
        BlobTests.Write(builder.ToBlob(8L << 30), directory["sparse"], null);
        Assert.Equal(8L << 30, new FileInfo(directory["sparse"]).Length);
        long blocks = long.Parse(Tool.Check("stat", "-c", "%b", directory["sparse"]), CultureInfo.InvariantCulture);
        Assert.InRange(blocks, 1, 64);
    }

    [ToolFact("sha256sum")]
    public void The_digest_is_that_of_the_written_file()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["source"], new BlobModel(new Random(1), directory.Path).Bytes(3_000_000));
        using var source = HostFile.Open(directory["source"]);
        var builder = new BlobBuilder();
        builder.Add(5, Blob.FromFile(source, 17, 2_900_000));
        builder.Add(9_000_000, Blob.FromText("after a hole that is longer than the staging buffers together"));
        Blob blob = builder.ToBlob(12_345_678);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobTests.Write(blob, directory["target"], digest);
        string expected = Tool.Check("sha256sum", directory["target"])[..64];
        Assert.Equal(expected, Convert.ToHexStringLower(digest.GetHashAndReset()));
        BlobWriter.Digest(blob, digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    [Fact]
    public void Ranges_of_files_are_copied_at_any_alignment()
    {
        using var directory = new TempDirectory();
        byte[] bytes = new BlobModel(new Random(2), directory.Path).Bytes(2_000_000);
        File.WriteAllBytes(directory["source"], bytes);
        using var source = HostFile.Open(directory["source"]);
        foreach ((int from, int to, int length) in new[] { (0, 0, 2_000_000), (4096, 8192, 131_072), (1, 4095, 131_071), (513, 77, 1_500_001) })
        {
            var builder = new BlobBuilder();
            builder.Add(to, Blob.FromFile(source, from, length));
            builder.Add(to + length, Blob.FromText("tail"));
            BlobTests.Write(builder.ToBlob(), directory["target"], null);
            byte[] written = File.ReadAllBytes(directory["target"]);
            Assert.True(written.AsSpan(to, length).SequenceEqual(bytes.AsSpan(from, length)));
            Assert.Equal("tail"u8.ToArray(), written[(to + length)..]);
        }
    }

    [MountFact("mkfs.xfs", "filefrag", "sha256sum")]
    public void A_host_file_system_with_reflinks_shares_the_blocks_of_files()
    {
        using var directory = new TempDirectory();
        Tool.Check("truncate", "-s", "400M", directory["disk"]);
        Tool.Check("mkfs.xfs", "-q", "-m", "reflink=1", directory["disk"]);
        using var mount = new LoopMount(directory["disk"], type: "xfs");
        byte[] bytes = new BlobModel(new Random(3), directory.Path).Bytes(9_000_001);
        string path = Path.Combine(mount.Path, "source");
        string target = Path.Combine(mount.Path, "target");
        File.WriteAllBytes(path, bytes);
        using var source = HostFile.Open(path);
        foreach (bool digested in new[] { false, true })
        {
            // A whole file with an end, a part that begins elsewhere, and one that cannot be shared.
            var builder = new BlobBuilder();
            builder.Add(65536, Blob.FromFile(source, 0, bytes.Length));
            builder.Add(65536 + 9_007_104, Blob.FromFile(source, 4096, 1 << 20));
            builder.Add(65536 + 9_007_104 + (1 << 20) + 1, Blob.FromFile(source, 0, 1 << 20));
            Blob blob = builder.ToBlob(20_000_000);
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            BlobTests.Write(blob, target, digested ? digest : null);
            Assert.True(blob.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(target)));
            if (digested)
                Assert.Equal(Tool.Check("sha256sum", target)[..64], Convert.ToHexStringLower(digest.GetHashAndReset()));
            string extents = Tool.Check("filefrag", "-v", "-b4096", target);
            Assert.Equal(
                (9_000_001 / 4096) + 256,
                extents.Split('\n').Where(line => line.Contains("shared", StringComparison.Ordinal)).Sum(Blocks));
            File.Delete(target);
        }

        // Extent, logical range, physical range, length, flags.
        static int Blocks(string line) =>
            int.Parse(line.Split(':')[3], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_kernel_copy_from_another_file_system_falls_back_to_reading()
    {
        // /dev/shm is mostly another file system than that of temporary files.
        string shared = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string path = Path.Combine(shared, $"diecast-test-{Environment.ProcessId}");
        using var directory = new TempDirectory();
        byte[] bytes = new BlobModel(new Random(3), directory.Path).Bytes(700_000);
        try
        {
            File.WriteAllBytes(path, bytes);
            BlobTests.Write(Blob.FromFile(HostFile.FromPath(path), 0, bytes.Length), directory["target"], null);
            Assert.True(File.ReadAllBytes(directory["target"]).AsSpan().SequenceEqual(bytes));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Cancelling_ends_the_write_with_and_without_a_digest()
    {
        foreach (bool digested in new[] { false, true })
        {
            using var directory = new TempDirectory();
            using var cancellation = new CancellationTokenSource();
            using IncrementalHash? digest = digested ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
            long read = 0;
            var blob = new GeneratedBlob(1L << 40, (offset, destination) =>
            {
                destination.Fill(1);
                read = offset + destination.Length;
                if (offset > 10_000_000)
                    cancellation.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(
                () => BlobTests.Write(blob, directory["target"], digest, cancellation.Token));
            Assert.InRange(read, 10_000_000, 20_000_000);
        }
    }

    [Fact]
    public void Progress_grows_to_the_length()
    {
        using var directory = new TempDirectory();
        var seen = new Steps();
        Blob blob = Blob.Concat(Blob.FromMemory(new byte[600_000]), Blob.Zeros(1 << 20), Blob.FromText("x"));
        using (var file = File.OpenHandle(directory["target"], FileMode.Create, FileAccess.ReadWrite))
            BlobWriter.Write(blob, file, "target", new BlobWriteOptions { Progress = seen });
        Assert.Equal(seen.Values.Order(), seen.Values);
        Assert.Equal(blob.Length, seen.Values[^1]);
    }

    [Fact]
    public void A_fault_of_a_source_comes_through_unchanged()
    {
        using var directory = new TempDirectory();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var blob = new GeneratedBlob(1 << 20, (_, _) => throw new InvalidDataException("source"));
        Assert.Throws<InvalidDataException>(() => BlobTests.Write(blob, directory["target"], digest));
    }

    private sealed class Steps : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }
}
