using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class VhdxLogTests
{
    private const int Mebibyte = 1024 * 1024;
    private const int Ring = Mebibyte;
    private const int Sector = 4096;
    private static readonly Guid LogId = new("01234567-89ab-cdef-0011-223344556677");

    /// <summary>QEMU dies with its log in use; what it then repairs is what is read before.</summary>
    [ToolFact("qemu-io", "qemu-img")]
    public void A_log_that_QEMU_left_is_replayed_as_QEMU_does()
    {
        using var directory = new TempDirectory();
        foreach (string writes in new[] { "write -P 165 0 1M", "write -P 165 33M 2M", "write -P 17 100k 50M" })
        {
            Tool.Check("qemu-img", "create", "-f", "vhdx", "-o", "block_size=1M", directory["image"], "200M");
            Tool.Run("qemu-io", "-f", "vhdx", "-c", writes, "-c", "write -P 3 150M 64k", "-c", "abort", directory["image"]);
            using HostFile file = HostFile.Open(directory["image"]);
            Blob dirty = BlockDisks.Open(file);
            Assert.True(Vhdx.ReadInfo(dirty).ReplayedLogEntries > 0);
            File.Copy(directory["image"], directory["repaired"], overwrite: true);
            Tool.Run("qemu-img", "check", "-f", "vhdx", "-r", "all", directory["repaired"]);
            Tool.Check("qemu-img", "convert", "-f", "vhdx", "-O", "raw", directory["repaired"], directory["raw"]);
            using HostFile raw = HostFile.Open(directory["raw"]);
            BlockDisks.AssertSame(BlockDisks.Open(raw), Vhdx.Read(dirty));
        }
    }

    /// <summary>The block table is only in the log, with entries over entries, zeros over data, and a ring that wraps.</summary>
    [ToolFact("qemu-img")]
    public void Entries_are_applied_in_order_as_QEMU_does()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            byte[] image = Image();
            byte[] table = image[(3 * Mebibyte)..((3 * Mebibyte) + Sector)];
            image.AsSpan(3 * Mebibyte, Sector).Clear();
            var log = new LogWriter(image, random.Next(Ring / Sector) * Sector, (ulong)random.NextInt64(1, long.MaxValue / 2));
            int entries = random.Next(1, 12);
            for (int i = 0; i < entries; i++)
            {
                var writes = new List<(long Offset, long Zeros, byte[]? Data)>();
                for (int w = random.Next(4); w > 0; w--)
                {
                    byte[] data = new byte[Sector];
                    random.NextBytes(data);
                    long at = (4 * Mebibyte) + (random.Next(12) * Sector);
                    writes.Add(random.Next(3) == 0 ? (at, random.Next(1, 4) * Sector, null) : (at, 0, data));
                }

                if (i == entries - 1)
                    writes.Add((3 * Mebibyte, 0, table));
                log.Add(writes);
            }

            log.Finish();
            Blob ours = Vhdx.Read(Blob.FromMemory([.. image]));
            Assert.Equal(entries, Vhdx.ReadInfo(Blob.FromMemory(image)).ReplayedLogEntries);
            File.WriteAllBytes(directory["image"], image);
            Tool.Run("qemu-img", "check", "-f", "vhdx", "-r", "all", directory["image"]);
            Tool.Check("qemu-img", "convert", "-f", "vhdx", "-O", "raw", directory["image"], directory["raw"]);
            Assert.True(File.ReadAllBytes(directory["raw"]).AsSpan().SequenceEqual(ours.ToArray()), $"seed {seed}");
        }
    }

    [Fact]
    public void Only_the_sequence_that_reaches_back_to_its_tail_is_active()
    {
        byte[] image = Image();
        byte[] old = Filled(1);
        byte[] good = Filled(2);
        // An older run with larger places, whose tail was overwritten, then the active one.
        var stale = new LogWriter(image, 100 * Sector, 5);
        stale.Add([(4 * Mebibyte, 0, old)]);
        stale.Add([(4 * Mebibyte, 0, old)]);
        var active = new LogWriter(image, 10 * Sector, 50);
        active.Add([(4 * Mebibyte, 0, good)]);
        active.Add([(4 * Mebibyte + Sector, 0, good)]);
        stale.Finish();
        active.Finish();
        Assert.Equal(2, Vhdx.ReadInfo(Blob.FromMemory(image)).ReplayedLogEntries);
        Assert.True(Vhdx.Read(Blob.FromMemory(image)).Slice(0, Sector).ToArray().AsSpan().SequenceEqual(good));

        // Without its first entry the sequence is none, and the older one, whole, is what counts.
        image[Mebibyte + (10 * Sector)] = 0;
        Assert.True(Vhdx.Read(Blob.FromMemory(image)).Slice(0, Sector).ToArray().AsSpan().SequenceEqual(old));
        image[Mebibyte + (100 * Sector)] = 0;
        Assert.Contains("no whole sequence", Error(image), StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_of_the_log_are_holes_and_the_file_grows()
    {
        byte[] image = Image();
        var log = new LogWriter(image, 0, 1) { LastLength = 8L << 20 };
        log.Add([(4 * Mebibyte, Mebibyte, null), (7 * Mebibyte, 0, Filled(9))]);
        log.Finish();
        Blob disk = Vhdx.Read(Blob.FromMemory(image));
        Assert.Equal(2 * Mebibyte, disk.Length);
        Assert.Equal([new BlobRange(Mebibyte, Mebibyte)], disk.DataRanges());
    }

    [Fact]
    public void A_log_that_cannot_be_replayed_is_refused()
    {
        byte[] image = Image();
        new LogWriter(image, 0, 1).Finish();
        Assert.Contains("no whole sequence", Error(image), StringComparison.Ordinal);

        image = Image();
        var log = new LogWriter(image, 0, 1) { FlushedLength = image.Length + 1 };
        log.Add([]);
        log.Finish();
        Assert.Contains("truncated", Error(image), StringComparison.Ordinal);

        image = Image();
        log = new LogWriter(image, 0, 1);
        log.Add([(image.Length, 0, Filled(1))]);
        log.Finish();
        Assert.Contains("past the file's end", Error(image), StringComparison.Ordinal);

        image = Image();
        log = new LogWriter(image, 0, 1) { LastLength = long.MaxValue };
        log.Add([]);
        log.Finish();
        Assert.Contains("bytes long", Error(image), StringComparison.Ordinal);

        foreach ((int offset, int value, string part) in new[] { (64, 1, "version is 1"), (68, 0, "log of 0"), (68, 5, "log of 5"), (68, 1 << 30, "passes"), (72, 1, "is not on MiB") })
        {
            image = Image();
            log = new LogWriter(image, 0, 1);
            log.Add([]);
            log.Finish();
            if (offset == 64)
                image[0x20000 + offset] = (byte)value;
            else
                BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(0x20000 + offset), value);
            VhdxSeal.All(image);
            Assert.Contains(part, Error(image), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Entries_that_all_claim_the_whole_ring_end_soon()
    {
        byte[] image = Image();
        var log = new LogWriter(image, 0, 1);
        log.Add([]);
        log.Finish();
        for (int at = Mebibyte; at < 2 * Mebibyte; at += Sector)
        {
            image.AsSpan(Mebibyte, 64).CopyTo(image.AsSpan(at));
            BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(at + 8), Ring);
        }

        Assert.Contains("overlap", Error(image), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_logs_end_in_a_typed_error()
    {
        byte[] image = Image();
        var log = new LogWriter(image, 0, 1);
        log.Add([(4 * Mebibyte, 0, Filled(1)), (4 * Mebibyte + Sector, Sector, null)]);
        log.Add([(4 * Mebibyte + 1024 * 512, 0, Filled(1))]);
        log.Finish();
        (int, int)[] places = [(Mebibyte, 128), (Mebibyte + Sector, 8), (Mebibyte + (2 * Sector), 96), (0x20000 + 48, 32)];
        BlockDisks.Mutate(
            15,
            20_000,
            image,
            places,
            bytes =>
            {
                VhdxSeal.All(bytes);
                VhdxSeal.Sum(bytes.AsSpan(Mebibyte, 2 * Sector));
                VhdxSeal.Sum(bytes.AsSpan(Mebibyte + (2 * Sector), 2 * Sector));
            },
            Vhdx.Read);
    }

    private static string Error(byte[] image) =>
        Assert.Throws<InvalidImageException>(() => Vhdx.Read(Blob.FromMemory(image))).Message;

    private static byte[] Filled(byte value)
    {
        byte[] bytes = new byte[Sector];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    /// <summary>A disk of two blocks, both in the file, as bytes.</summary>
    private static byte[] Image()
    {
        byte[] disk = new byte[2 * Mebibyte];
        disk.AsSpan().Fill(0x77);
        return Vhdx.Encode(Blob.FromMemory(disk), new VhdxOptions { BlockSize = Mebibyte }).ToArray();
    }

    /// <summary>Writes log entries into an image by the published layout, one behind the other around the ring.</summary>
    private sealed class LogWriter(byte[] image, int start, ulong sequence)
    {
        private int _at = start;
        private ulong _sequence = sequence;

        internal long FlushedLength { get; init; } = image.Length;

        internal long LastLength { get; init; } = image.Length;

        internal void Add(IReadOnlyList<(long Offset, long Zeros, byte[]? Data)> writes)
        {
            int sectors = 1 + writes.Count(w => w.Data is not null);
            byte[] entry = new byte[sectors * Sector];
            "loge"u8.CopyTo(entry);
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(8), entry.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(12), start);
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), _sequence);
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(24), writes.Count);
            LogId.TryWriteBytes(entry.AsSpan(32));
            BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(48), FlushedLength);
            BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(56), LastLength);
            int data = Sector;
            for (int i = 0; i < writes.Count; i++)
            {
                Span<byte> descriptor = entry.AsSpan(64 + (32 * i), 32);
                BinaryPrimitives.WriteInt64LittleEndian(descriptor[16..], writes[i].Offset);
                BinaryPrimitives.WriteUInt64LittleEndian(descriptor[24..], _sequence);
                if (writes[i].Data is not { } bytes)
                {
                    "zero"u8.CopyTo(descriptor);
                    BinaryPrimitives.WriteInt64LittleEndian(descriptor[8..], writes[i].Zeros);
                    continue;
                }

                "desc"u8.CopyTo(descriptor);
                bytes.AsSpan(Sector - 4).CopyTo(descriptor[4..]);
                bytes.AsSpan(0, 8).CopyTo(descriptor[8..]);
                Span<byte> sector = entry.AsSpan(data, Sector);
                bytes.CopyTo(sector);
                "data"u8.CopyTo(sector);
                BinaryPrimitives.WriteUInt32LittleEndian(sector[4..], (uint)(_sequence >> 32));
                BinaryPrimitives.WriteUInt32LittleEndian(sector[(Sector - 4)..], (uint)(_sequence & uint.MaxValue));
                data += Sector;
            }

            VhdxSeal.Sum(entry);
            for (int i = 0; i < entry.Length; i += Sector)
                entry.AsSpan(i, Sector).CopyTo(image.AsSpan(Mebibyte + ((_at + i) % Ring)));
            _at = (_at + entry.Length) % Ring;
            _sequence++;
        }

        /// <summary>Has both headers say that the log is in use.</summary>
        internal void Finish()
        {
            LogId.TryWriteBytes(image.AsSpan(0x10000 + 48));
            LogId.TryWriteBytes(image.AsSpan(0x20000 + 48));
            VhdxSeal.All(image);
        }
    }
}
