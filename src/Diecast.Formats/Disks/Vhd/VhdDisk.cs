using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The virtual disk of a dynamic VHD.</summary>
internal sealed class VhdDisk : MappedDisk
{
    private const int CachedBitmaps = 64;
    private readonly long _blockSize;
    private readonly int _bitmapBytes;
    private readonly TablePages _table;
    private readonly PageCache _bitmaps;

    internal VhdDisk(Blob file, VhdLayout.DynamicHeader header, long size)
        : base(file, size)
    {
        _blockSize = header.BlockSize;
        _bitmapBytes = VhdLayout.BitmapBytes(_blockSize);
        _table = new TablePages(file, (long)header.TableOffset, (long)header.Entries * VhdLayout.EntryBytes);
        _bitmaps = new PageCache(CachedBitmaps, block =>
        {
            byte[] bits = new byte[_bitmapBytes];
            file.Read((long)_table.UInt32BigEndian(block) * VhdLayout.SectorSize, bits);
            return bits;
        });
    }

    /// <inheritdoc/>
    protected override Extent Find(long offset)
    {
        long block = offset / _blockSize;
        long inside = offset % _blockSize;
        long length = Math.Min(_blockSize - inside, Length - offset);
        uint entry = _table.UInt32BigEndian(block);
        if (entry == VhdLayout.Unused)
            return Extent.Hole(length);
        long data = ((long)entry * VhdLayout.SectorSize) + _bitmapBytes;
        if (data + inside > File.Length - length)
            throw VhdImage.Invalid($"block {block} lies at {data - _bitmapBytes}, past the file's end {File.Length}");
        (bool isSet, int sectors) = Run(_bitmaps.Get(block), (int)(inside / VhdLayout.SectorSize));
        length = Math.Min(length, ((long)sectors * VhdLayout.SectorSize) - (inside % VhdLayout.SectorSize));
        return isSet ? new Extent(data + inside, length) : Extent.Hole(length);
    }

    /// <summary>
    /// The kind of a sector, and how many from it on are of the same. A sector whose bit is clear was never written and
    /// reads as zeros, whatever the file has there (specification, Block Allocation Table and Data Blocks).
    /// </summary>
    private static (bool IsSet, int Sectors) Run(ReadOnlySpan<byte> bits, int first)
    {
        bool isSet = ((bits[first / 8] >> (7 - (first % 8))) & 1) != 0;
        byte same = isSet ? (byte)0xFF : (byte)0;
        // Bits that differ from the first one's, the sectors before it left out.
        int different = (bits[first / 8] ^ same) & (0xFF >> (first % 8));
        int at = first / 8;
        if (different == 0)
        {
            int skipped = bits[(at + 1)..].IndexOfAnyExcept(same);
            if (skipped < 0)
                return (isSet, (bits.Length * 8) - first);
            at += 1 + skipped;
            different = bits[at] ^ same;
        }

        return (isSet, (at * 8) + BitOperations.LeadingZeroCount((uint)different) - 24 - first);
    }
}
