using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Disks;

/// <summary>A ring of entries, each with sectors that are to be in the file before it is used ([MS-VHDX] section 2.3.3).</summary>
internal sealed class VhdxLog
{
    /// <summary>Windows makes logs of 1 MiB. What is replayed is held as small pieces, which this bounds.</summary>
    private const long MaximumLength = 64L << 20;

    /// <summary>
    /// Bytes that may be summed for one of the log. Entries do not overlap, so that a log costs about one; one that claims
    /// at every sector to be an entry as long as all of it would cost the square.
    /// </summary>
    private const long MaximumWork = 16;

    private readonly Blob _ring;
    private readonly Guid _id;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _work;

    private VhdxLog(Blob ring, Guid id)
    {
        _ring = ring;
        _id = id;
        _work = ring.Length * MaximumWork;
    }

    /// <summary>The file as it is once the log's writes are in their places, and how many entries had any.</summary>
    internal static (Blob File, int Entries) Replay(Blob file, VhdxLayout.Header header)
    {
        if (header.LogId == Guid.Empty)
            return (file, 0);
        if (header.LogVersion != 0)
            throw VhdxImage.Invalid($"the log's version is {header.LogVersion}; 0 is read");
        if (header.LogLength == 0 || header.LogLength % VhdxLayout.RegionUnit != 0 || header.LogOffset % VhdxLayout.RegionUnit != 0
            || header.LogOffset < VhdxLayout.RegionUnit || header.LogOffset > (ulong)file.Length || (long)header.LogOffset > file.Length - header.LogLength)
        {
            throw VhdxImage.Invalid($"a log of {header.LogLength} bytes at {header.LogOffset} is not on MiB or passes the file's end {file.Length}");
        }

        if (header.LogLength > MaximumLength)
            throw VhdxImage.Invalid($"a log of {header.LogLength} bytes is in use; at most {MaximumLength} are replayed");
        var log = new VhdxLog(file.Slice((long)header.LogOffset, header.LogLength), header.LogId);
        IReadOnlyList<Entry> entries = log.FindActive()
            ?? throw VhdxImage.Invalid($"the log is in use and has no whole sequence of entries; the file is damaged");
        return (log.Apply(file, entries), entries.Count);
    }

    /// <summary>
    /// The sequence of entries that ends with the largest number among those that reach back to the tail their last one
    /// names; null if there is none.
    /// </summary>
    private List<Entry>? FindActive()
    {
        List<Entry>? active = null;
        var seen = new HashSet<long>();
        long start = 0;
        while (start < _ring.Length)
        {
            long at = start;
            var sequence = new List<Entry>();
            // A start within an earlier sequence would only give its end again.
            while (!(sequence.Count == 0 && seen.Contains(at)) && ReadEntry(at) is { } entry
                && (sequence.Count == 0 || entry.Header.Sequence == sequence[^1].Header.Sequence + 1))
            {
                seen.Add(at);
                sequence.Add(entry);
                at = (at + entry.Header.Length) % _ring.Length;
            }

            int tail = sequence.Count == 0 ? -1 : sequence.FindIndex(e => e.At == sequence[^1].Header.Tail);
            if (tail < 0)
            {
                start += VhdxLogLayout.SectorBytes;
                continue;
            }

            if (active is null || sequence[^1].Header.Sequence > active[^1].Header.Sequence)
                active = sequence[tail..];
            if (at <= start)
                break;
            start = at;
        }

        return active;
    }

    /// <summary>The entry at a place of the ring, or null when there is none that is whole.</summary>
    private Entry? ReadEntry(long at)
    {
        Span<byte> bytes = stackalloc byte[VhdxLogLayout.HeaderBytes];
        ReadRing(at, bytes);
        VhdxLogLayout.EntryHeader header = VhdxLogLayout.ReadHeader(bytes);
        if (header.Signature != VhdxLogLayout.EntrySignature || header.LogId != _id || header.Sequence is 0 or ulong.MaxValue
            || header.Length == 0 || header.Length % VhdxLogLayout.SectorBytes != 0 || header.Length > _ring.Length
            || header.Tail % VhdxLogLayout.SectorBytes != 0 || header.Tail >= _ring.Length)
        {
            return null;
        }

        long descriptorBytes = Units.RoundUp(VhdxLogLayout.HeaderBytes + ((long)header.Descriptors * VhdxLogLayout.DescriptorBytes), VhdxLogLayout.SectorBytes);
        if (descriptorBytes > header.Length || Sum(at, header.Length) != header.Checksum)
            return null;
        var writes = new List<Write>();
        long data = at + descriptorBytes;
        for (long i = 0; i < header.Descriptors; i++)
        {
            ReadRing(at + VhdxLogLayout.HeaderBytes + (i * VhdxLogLayout.DescriptorBytes), bytes[..VhdxLogLayout.DescriptorBytes]);
            VhdxLogLayout.Descriptor descriptor = VhdxLogLayout.ReadDescriptor(bytes);
            if (descriptor.Sequence != header.Sequence || descriptor.Offset > long.MaxValue || descriptor.Offset % VhdxLogLayout.SectorBytes != 0)
                return null;
            if (descriptor.Signature == VhdxLogLayout.ZeroSignature)
            {
                if (descriptor.LeadingOrLength % VhdxLogLayout.SectorBytes != 0 || descriptor.LeadingOrLength > long.MaxValue - descriptor.Offset)
                    return null;
                if (descriptor.LeadingOrLength > 0)
                    writes.Add(new Write((long)descriptor.Offset, (long)descriptor.LeadingOrLength, -1, descriptor));
                continue;
            }

            Span<byte> sector = _buffer.AsSpan(0, VhdxLogLayout.SectorBytes);
            if (descriptor.Signature != VhdxLogLayout.DataSignature || data + VhdxLogLayout.SectorBytes > at + header.Length
                || (long)descriptor.Offset > long.MaxValue - VhdxLogLayout.SectorBytes)
            {
                return null;
            }

            ReadRing(data, sector);
            if (!VhdxLogLayout.IsDataSector(sector, header.Sequence))
                return null;
            writes.Add(new Write((long)descriptor.Offset, VhdxLogLayout.SectorBytes, data % _ring.Length, descriptor));
            data += VhdxLogLayout.SectorBytes;
        }

        return new Entry(at, header, writes);
    }

    /// <summary>The CRC-32C of an entry, its own field as zeros.</summary>
    private uint Sum(long at, long length)
    {
        _work -= length;
        if (_work < 0)
            throw VhdxImage.Invalid($"the log's entries overlap each other again and again; the file is damaged");
        uint state = Crc32C.Start;
        for (long done = 0; done < length;)
        {
            Span<byte> bytes = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - done));
            ReadRing(at + done, bytes);
            if (done == 0)
                bytes.Slice(4, sizeof(uint)).Clear();
            state = Crc32C.Append(state, bytes);
            done += bytes.Length;
        }

        return ~state;
    }

    private void ReadRing(long at, Span<byte> bytes)
    {
        at %= _ring.Length;
        int first = (int)Math.Min(bytes.Length, _ring.Length - at);
        _ring.Read(at, bytes[..first]);
        _ring.Read(0, bytes[first..]);
    }

    private Blob Apply(Blob file, IReadOnlyList<Entry> entries)
    {
        VhdxLogLayout.EntryHeader head = entries[^1].Header;
        if (head.FlushedLength > (ulong)file.Length)
            throw VhdxImage.Invalid($"the file has {file.Length} bytes, where its log knows of {head.FlushedLength}; it is truncated");
        if (head.LastLength > long.MaxValue / 2)
            throw VhdxImage.Invalid($"the log makes the file {head.LastLength} bytes long");
        long length = Math.Max(file.Length, (long)head.LastLength);
        List<Write> writes = [.. entries.SelectMany(e => e.Writes)];
        long end = writes.Count == 0 ? 0 : writes.Max(w => w.End);
        if (end > length)
            throw VhdxImage.Invalid($"the log writes up to {end}, past the file's end {length}");
        return Overlay(file, length, writes);
    }

    /// <summary>The file with the writes over it, later ones over earlier ones.</summary>
    private Blob Overlay(Blob file, long length, List<Write> writes)
    {
        long[] bounds = [.. writes.SelectMany(w => new[] { w.Offset, w.End }).Append(0).Append(length).Append(file.Length).Distinct().Order()];
        // The range from each bound to the next belongs to the last write over it. Going backwards, every range is taken
        // once: what is taken is stepped over, by way of the next one that is free.
        int[] owner = new int[bounds.Length];
        int[] next = [.. Enumerable.Range(0, bounds.Length + 1)];
        for (int i = writes.Count - 1; i >= 0; i--)
        {
            int last = Array.BinarySearch(bounds, writes[i].End);
            for (int at = Free(Array.BinarySearch(bounds, writes[i].Offset)); at < last; at = Free(at))
            {
                owner[at] = i + 1;
                next[at] = at + 1;
            }
        }

        var result = new BlobBuilder();
        for (int i = 0; i + 1 < bounds.Length; i++)
        {
            long size = bounds[i + 1] - bounds[i];
            if (owner[i] == 0)
            {
                if (bounds[i] < file.Length)
                    result.Add(bounds[i], file.Slice(bounds[i], size));
            }
            else if (writes[owner[i] - 1] is { Sector: >= 0 } write)
            {
                result.Add(bounds[i], Content(write).Slice(bounds[i] - write.Offset, size));
            }
        }

        return result.ToBlob(length);

        int Free(int at)
        {
            int free = at;
            while (next[free] != free)
                free = next[free];
            while (next[at] != free)
                (at, next[at]) = (next[at], free);
            return free;
        }
    }

    private Blob Content(Write write)
    {
        byte[] ends = new byte[VhdxLogLayout.LeadingBytes + VhdxLogLayout.TrailingBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(ends, write.Descriptor.LeadingOrLength);
        BinaryPrimitives.WriteUInt32LittleEndian(ends.AsSpan(VhdxLogLayout.LeadingBytes), write.Descriptor.Trailing);
        return Blob.Concat(
            Blob.FromMemory(ends.AsMemory(0, VhdxLogLayout.LeadingBytes)),
            _ring.Slice(write.Sector + VhdxLogLayout.LeadingBytes, VhdxLogLayout.SectorBytes - ends.Length),
            Blob.FromMemory(ends.AsMemory(VhdxLogLayout.LeadingBytes)));
    }

    private sealed record Entry(long At, VhdxLogLayout.EntryHeader Header, List<Write> Writes);

    /// <summary>What a descriptor asks for.</summary>
    /// <param name="Offset">First byte in the file.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Sector">Where its data sector is in the ring; negative for zeros.</param>
    /// <param name="Descriptor">The descriptor.</param>
    private readonly record struct Write(long Offset, long Length, long Sector, VhdxLogLayout.Descriptor Descriptor)
    {
        internal long End => Offset + Length;
    }
}
