using System.Globalization;
using System.Security.Cryptography;
using Diecast.Building;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Native;

namespace Diecast.Formats.Tests.Blobs;

public sealed class FileSinkTests
{
    [Fact]
    public void Long_ranges_that_are_copied_at_once_stand_between_gathered_ones_and_are_written_over_in_order()
    {
        using var directory = new TempDirectory();
        byte[] bytes = new byte[6_000_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(directory["source"], bytes);
        using var source = HostFile.Open(directory["source"]);
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            byte[] expected = new byte[24_000_000];
            int length = 0;
            using (var file = File.OpenHandle(directory["target"], FileMode.Create, FileAccess.ReadWrite))
            using (DiskOutput output = DiskOutput.ToFile(file, "target"))
            {
                for (int step = 0; step < 24; step++)
                {
                    if (seed % 2 == 1 && step == 16)
                        output.Seek(random.Next(length / 2));
                    int at = (int)output.Position;
                    int from = random.Next(2_000_000);
                    int count = random.Next(3) == 0 ? random.Next(1 << 20, 3_000_000) : random.Next(1, 300_000);
                    count = Math.Min(count, expected.Length - at);
                    switch (step < 16 ? random.Next(4) : random.Next(3))
                    {
                        case 0:
                            output.Bytes(bytes.AsSpan(from, count));
                            break;
                        case 3:
                            output.Hole(count);
                            length = Math.Max(length, at + count);
                            continue;
                        default:
                            output.File(source, from, count);
                            break;
                    }

                    bytes.AsSpan(from, count).CopyTo(expected.AsSpan(at));
                    length = Math.Max(length, at + count);
                }

                output.Complete();
            }

            Assert.Equal(length, new FileInfo(directory["target"]).Length);
            Assert.True(expected.AsSpan(0, length).SequenceEqual(File.ReadAllBytes(directory["target"])), $"seed {seed}");
        }
    }

    [Fact]
    public void Cancelling_ends_the_copy_of_a_long_range()
    {
        using var directory = new TempDirectory();
        using (var file = File.Create(directory["source"]))
            file.SetLength(1L << 40);
        using var source = HostFile.Open(directory["source"]);
        using var cancellation = new CancellationTokenSource();
        var progress = new Canceller(cancellation);
        using var target = File.OpenHandle(directory["target"], FileMode.Create, FileAccess.ReadWrite);
        Assert.ThrowsAny<OperationCanceledException>(() => BlobWriter.Write(
            Blob.FromFile(source, 0, 1L << 40), target, "target", new BlobWriteOptions { Progress = progress }, cancellation.Token));
        Assert.InRange(progress.Last, Canceller.Limit, Canceller.Limit + (2 << 20));
    }

    [Fact]
    public void A_long_range_that_has_shrunk_is_told_by_whoever_writes_the_next_one()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["source"], new byte[3_000_000]);
        File.WriteAllBytes(directory["whole"], new byte[9_000_000]);
        Blob blob = Blob.Concat(
            Blob.FromFile(HostFile.FromPath(directory["source"]), 0, 5_000_000),
            Blob.FromFile(HostFile.FromPath(directory["whole"]), 0, 9_000_000));
        IOException exception = Assert.Throws<IOException>(() => BlobTests.Write(blob, directory["target"], null));
        Assert.Contains($"{directory["source"]} has shrunk", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4096, true)]
    [InlineData(65536, false)]
    public void Blocks_of_zeros_are_left_out_and_digested(int grain, bool digests)
    {
        using var directory = new TempDirectory();
        var random = new Random(grain);
        byte[] bytes = new byte[(8 << 20) + 1000];
        long data = 0;
        for (int at = 0; at < bytes.Length; at += grain)
        {
            if (random.Next(2) == 0)
                continue;
            // One byte makes a block, its last as well as its first.
            int count = Math.Min(grain, bytes.Length - at);
            bytes[at + (random.Next(2) * (count - 1))] = 1;
            data += grain;
        }

        File.WriteAllBytes(directory["source"], bytes);
        using var source = HostFile.Open(directory["source"]);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var file = File.OpenHandle(directory["target"], FileMode.Create, FileAccess.ReadWrite))
        using (DiskOutput output = DiskOutput.ToFile(file, "target", digests ? digest : null))
        {
            Assert.True(output.TryLeaveOutZeros(grain));
            output.File(source, 0, 5_000_000);
            output.Bytes(bytes.AsSpan(5_000_000, 1_000_000));
            output.File(source, 6_000_000, bytes.Length - 6_000_000);
            output.Complete();
            Assert.Throws<InvalidOperationException>(() => output.Seek(0));
        }

        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(directory["target"])));
        Assert.InRange(ImageConverter.AllocatedBytes(directory["target"]), 0, data + 65536);
        if (digests)
            Assert.Equal(SHA256.HashData(bytes), digest.GetHashAndReset());
    }

    [Fact]
    public void Blocks_that_calls_would_cut_are_not_left_out()
    {
        using var directory = new TempDirectory();
        using var file = File.OpenHandle(directory["target"], FileMode.Create, FileAccess.ReadWrite);
        using DiskOutput output = DiskOutput.ToFile(file, "target");
        Assert.False(output.TryLeaveOutZeros(3 * 4096));
        Assert.False(output.TryLeaveOutZeros(2 << 20));
    }

    [ToolFact("stat")]
    public void Blocks_are_reserved_for_data_alone()
    {
        using var directory = new TempDirectory();
        byte[] bytes = new byte[5_000_000];
        Array.Fill(bytes, (byte)1);
        File.WriteAllBytes(directory["source"], bytes);
        using var source = HostFile.Open(directory["source"]);
        var builder = new BlobBuilder();
        builder.Add(1 << 20, Blob.FromFile(source, 0, bytes.Length));
        builder.Add(100 << 20, Blob.FromMemory(bytes));
        BlobTests.Write(builder.ToBlob(1L << 30), directory["target"], null);
        long blocks = long.Parse(Tool.Check("stat", "-c", "%b", directory["target"]), CultureInfo.InvariantCulture);
        Assert.InRange(blocks * 512, 0, (2 * bytes.Length) + 65536);
    }

    [MountFact("mkfs.ext4")]
    public void A_full_disk_is_told_as_one()
    {
        using var directory = new TempDirectory();
        Tool.Check("truncate", "-s", "8M", directory["disk"]);
        Tool.Check("mkfs.ext4", "-q", "-O", "^has_journal", directory["disk"]);
        using var mount = new LoopMount(directory["disk"]);
        File.WriteAllBytes(directory["source"], new byte[16 << 20]);
        foreach (Blob blob in (Blob[])[Blob.FromFile(HostFile.FromPath(directory["source"]), 0, 16 << 20), new GeneratedBlob(16 << 20, (_, bytes) => bytes.Fill(1))])
        {
            IOException full = Assert.Throws<IOException>(() => BlobTests.Write(blob, Path.Combine(mount.Path, "target"), null));
            Assert.True(FileDescriptor.IsDiskFull(full), full.Message);
        }
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<long>
    {
        internal const long Limit = 10_000_000;

        internal long Last { get; private set; }

        public void Report(long value)
        {
            Last = value;
            if (value > Limit)
                source.Cancel();
        }
    }
}
