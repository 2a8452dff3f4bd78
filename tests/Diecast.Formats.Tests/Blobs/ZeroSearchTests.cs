using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Disks;

namespace Diecast.Formats.Tests.Blobs;

public sealed class ZeroSearchTests
{
    [Fact]
    public void The_map_has_exactly_the_blocks_that_are_not_zero()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            int grain = 512 * random.Next(1, 20);
            Blob disk = Disk(random);
            Blob found = SparseBlob.Find(disk, grain);
            SampleDisks.AssertSame(disk, found, random, $"seed {seed}");
            Assert.True(Expected(disk, grain).SequenceEqual(found.DataRanges()), $"seed {seed}");
        }
    }

    [Fact]
    public void A_raw_output_has_the_same_holes_from_one_pass()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int grain = 512 * random.Next(1, 20);
            Blob memory = Disk(random);
            File.WriteAllBytes(directory["whole"], memory.ToArray());
            using HostFile file = HostFile.Open(directory["whole"]);
            Blob generated = new GeneratedBlob(memory.Length, memory.Read);
            foreach (Blob disk in new[] { memory, Blob.FromFile(file, 0, memory.Length), generated })
            {
                var map = new MapWriter();
                using var writer = new ZeroFindingWriter(map, grain);
                disk.Emit(writer);
                writer.Complete();
                Assert.True(Expected(disk, grain).SequenceEqual(map.Ranges), $"seed {seed}");
                Assert.True(memory.ToArray().AsSpan().SequenceEqual(map.Content.ToArray()), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void A_map_that_grows_too_long_gives_up_the_smallest_gaps()
    {
        byte[] bytes = new byte[1 << 20];
        for (int i = 0; i < bytes.Length; i += 1024)
            bytes[i] = 1;
        for (int i = 1 << 19; i < 3 << 18; i++)
            bytes[i] = 0;
        Blob disk = Blob.FromMemory(bytes);
        Assert.Equal(768, ZeroSearch.DataOf(disk, 512, 1000, null, default).Count);
        Assert.Equal(
            [new BlobRange(0, (1 << 19) - 512), new BlobRange(3 << 18, (1 << 18) - 512)],
            ZeroSearch.DataOf(disk, 512, 100, null, default));
    }

    [Fact]
    public void A_fault_of_the_source_and_a_cancellation_arrive_as_they_are()
    {
        var broken = new GeneratedBlob(1 << 20, (_, _) => throw new InvalidImageException("test", "broken"));
        Assert.Throws<InvalidImageException>(() => SparseBlob.Find(broken, 4096));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SparseBlob.Find(Blob.FromText("a"), 4096, null, cancelled.Token));
    }

    /// <summary>Blocks one by one, where the disk has data; data of one block is one range with the next.</summary>
    private static List<BlobRange> Expected(Blob disk, int grain)
    {
        byte[] bytes = disk.ToArray();
        var ranges = new List<BlobRange>();
        foreach (BlobRange range in disk.DataRanges())
        {
            for (long at = range.Offset; at < range.End;)
            {
                long end = Math.Min(range.End, ((at / grain) + 1) * grain);
                if (bytes.AsSpan((int)at, (int)(end - at)).ContainsAnyExcept((byte)0))
                {
                    if (ranges.Count > 0 && ranges[^1].End == at)
                        ranges[^1] = ranges[^1] with { Length = end - ranges[^1].Offset };
                    else
                        ranges.Add(new BlobRange(at, end - at));
                }

                at = end;
            }
        }

        return ranges;
    }

    /// <summary>Holes, zeros that are data, single bytes among zeros.</summary>
    private static Blob Disk(Random random)
    {
        Blob sparse = SampleDisks.Sparse(random, random.Next(1, 3_000_000), 12);
        byte[] bytes = sparse.ToArray();
        for (int i = random.Next(6); i > 0; i--)
        {
            int at = random.Next(bytes.Length);
            bytes.AsSpan(at, Math.Min(random.Next(100_000), bytes.Length - at)).Clear();
        }

        var builder = new BlobBuilder();
        foreach (BlobRange range in sparse.DataRanges())
            builder.Add(range.Offset, bytes.AsMemory((int)range.Offset, (int)range.Length));
        return builder.ToBlob(bytes.Length);
    }

    private sealed class MapWriter : DiskWriter
    {
        internal List<BlobRange> Ranges { get; } = [];

        internal MemoryStream Content { get; } = new();

        public override void Hole(long length) => Content.Write(new byte[length]);

        public override void Bytes(ReadOnlySpan<byte> bytes)
        {
            if (Ranges.Count > 0 && Ranges[^1].End == Content.Length)
                Ranges[^1] = Ranges[^1] with { Length = Ranges[^1].Length + bytes.Length };
            else
                Ranges.Add(new BlobRange(Content.Length, bytes.Length));
            Content.Write(bytes);
        }

        public override void File(HostFile file, long offset, long length) => Bytes(Blob.FromFile(file, offset, length).ToArray());

        public override void Generated(Blob blob, long offset, long length) => Bytes(blob.Slice(offset, length).ToArray());

        public override void Complete()
        {
        }
    }
}
