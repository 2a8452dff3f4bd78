using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Puts together what an image tells of itself, without its clusters.</summary>
internal static class Qcow2InfoReader
{
    /// <summary>QEMU refuses larger tables (block/qcow2.h, QCOW_MAX_SNAPSHOTS_SIZE, QCOW2_MAX_BITMAP_DIRECTORY_SIZE).</summary>
    private const long MaximumTableBytes = 64L << 20;

    private const int SnapshotBytes = 40;
    private const int BitmapBytes = 24;
    private const int BitmapsExtensionBytes = 24;

    internal static Qcow2Info Read(Blob file)
    {
        var header = Qcow2Header.Read(file);
        return new Qcow2Info
        {
            Version = header.Version,
            VirtualSize = header.VirtualSize,
            ClusterSize = header.ClusterSize,
            CompressionType = header.Compression,
            RefcountBits = 1 << header.RefcountOrder,
            LazyRefcounts = (header.Compatible & Qcow2Layout.LazyRefcountsBit) != 0,
            ExtendedL2 = header.IsExtended,
            Dirty = (header.Incompatible & Qcow2Layout.DirtyBit) != 0,
            Corrupt = (header.Incompatible & Qcow2Layout.CorruptBit) != 0,
            Encryption = header.Encryption,
            BackingFile = header.BackingFile,
            BackingFormat = header.BackingFile is null ? null : header.BackingFormat,
            DataFile = header.HasDataFile ? header.DataFile : null,
            DataFileRaw = header.HasRawDataFile,
            Snapshots = ReadSnapshots(file, header),
            Bitmaps = ReadBitmaps(file, header),
        };
    }

    private static List<Qcow2Snapshot> ReadSnapshots(Blob file, Qcow2Header header)
    {
        var snapshots = new List<Qcow2Snapshot>();
        var table = new Table(file, header.SnapshotsOffset, Math.Min(file.Length, header.SnapshotsOffset + MaximumTableBytes), "snapshot table");
        for (uint i = 0; i < header.SnapshotCount; i++)
        {
            byte[] entry = table.Take(SnapshotBytes);
            int idLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(12));
            int nameLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(14));
            long stateSize = BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(32));
            byte[] extra = table.Take(BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(36)));
            if (extra.Length >= 8)
                stateSize = BinaryPrimitives.ReadInt64BigEndian(extra);
            string id = Encoding.UTF8.GetString(table.Take(idLength));
            string name = Encoding.UTF8.GetString(table.Take(nameLength));
            table.Align();
            snapshots.Add(new Qcow2Snapshot(
                id,
                name,
                BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(16)),
                stateSize,
                extra.Length >= 16 ? BinaryPrimitives.ReadInt64BigEndian(extra.AsSpan(8)) : null));
        }

        return snapshots;
    }

    private static List<Qcow2Bitmap> ReadBitmaps(Blob file, Qcow2Header header)
    {
        var bitmaps = new List<Qcow2Bitmap>();
        // Without the bit a program that knows no bitmaps has written to the image, and they are to be ignored.
        if (header.BitmapsExtension.Length == 0 || (header.AutoClear & Qcow2Layout.BitmapsBit) == 0)
            return bitmaps;
        if (header.BitmapsExtension.Length != BitmapsExtensionBytes)
            throw Qcow2Faults.Invalid($"the bitmaps extension has {header.BitmapsExtension.Length} bytes, not {BitmapsExtensionBytes}");
        ReadOnlySpan<byte> extension = header.BitmapsExtension.Span;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(extension);
        ulong size = BinaryPrimitives.ReadUInt64BigEndian(extension[8..]);
        ulong offset = BinaryPrimitives.ReadUInt64BigEndian(extension[16..]);
        if (count > Qcow2Layout.MaximumBitmaps)
            throw Qcow2Faults.Invalid($"{count} bitmaps; QEMU reads {Qcow2Layout.MaximumBitmaps}");
        if (offset > (ulong)file.Length || size > (ulong)file.Length - offset || size > (ulong)MaximumTableBytes)
            throw Qcow2Faults.Invalid($"the bitmap directory of {size} bytes at {offset} does not fit the file of {file.Length}");
        var table = new Table(file, (long)offset, (long)(offset + size), "bitmap directory");
        for (uint i = 0; i < count; i++)
        {
            byte[] entry = table.Take(BitmapBytes);
            uint flags = BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(12));
            int bits = entry[17];
            int nameLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(18));
            _ = table.Take(BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(20)));
            string name = Encoding.UTF8.GetString(table.Take(nameLength));
            table.Align();
            if (bits is < 9 or > 31)
                throw Qcow2Faults.Invalid($"the bitmap '{name}' has a granularity of 2^{bits} bytes; there are only 2^9 to 2^31");
            bitmaps.Add(new Qcow2Bitmap(name, 1L << bits, (flags & 1) != 0, (flags & 2) != 0));
        }

        return bitmaps;
    }

    /// <summary>Entries of several lengths, one after the other, each from a multiple of 8 on.</summary>
    private sealed class Table(Blob file, long start, long end, string name)
    {
        private long _taken;

        internal byte[] Take(long length)
        {
            if (length > end - start - _taken)
                throw Qcow2Faults.Invalid($"the {name} at {start} is cut short");
            byte[] bytes = file.Slice(start + _taken, length).ToArray();
            _taken += length;
            return bytes;
        }

        internal void Align() => _taken = Math.Min(end - start, (_taken + 7) / 8 * 8);
    }
}
