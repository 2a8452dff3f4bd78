using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>
/// The file allocation table as a function of the extents. Every file lies in one piece and the pieces follow each
/// other without a gap, so an entry is either the next number or the end of its chain.
/// </summary>
internal sealed class FatTable
{
    private readonly FatType _type;
    private readonly uint[] _ends;
    private readonly long _entries;

    /// <param name="type">Which FAT.</param>
    /// <param name="ends">The last cluster of each extent, ascending; the first extent starts at cluster 2.</param>
    internal FatTable(FatType type, uint[] ends)
    {
        _type = type;
        _ends = ends;
        _entries = ends.Length == 0 ? 2 : ends[^1] + 1L;
    }

    /// <summary>The bytes up to the last entry in use; the rest of the table is zero.</summary>
    internal Blob ToBlob() => new GeneratedBlob(((_entries * (int)_type) + 7) / 8, Read);

    private uint EndOfChain => _type switch
    {
        FatType.Fat12 => 0xFFF,
        FatType.Fat16 => 0xFFFF,
        _ => 0x0FFFFFFF,
    };

    private void Read(long offset, Span<byte> destination)
    {
        if (_type == FatType.Fat12)
        {
            // Three bytes hold two entries. The whole table has at most six kilobytes.
            for (int i = 0; i < destination.Length; i++)
            {
                long group = (offset + i) / 3;
                uint pair = Entry(group * 2) | (Entry((group * 2) + 1) << 12);
                destination[i] = (byte)((pair >> (int)((offset + i) % 3 * 8)) & 0xff);
            }

            return;
        }

        int width = (int)_type / 8;
        Span<byte> buffer = stackalloc byte[4];
        long entry = offset / width;
        int extent = FirstEndingAt(entry);
        while (destination.Length > 0)
        {
            while (extent < _ends.Length && _ends[extent] < entry)
                extent++;
            uint value = entry < 2 ? Reserved(entry) : extent < _ends.Length && _ends[extent] == entry ? EndOfChain : (uint)entry + 1;
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
            int skip = (int)(offset - (entry * width));
            int count = Math.Min(width - skip, destination.Length);
            buffer.Slice(skip, count).CopyTo(destination);
            destination = destination[count..];
            offset += count;
            entry++;
        }
    }

    private uint Entry(long entry)
    {
        if (entry < 2)
            return Reserved(entry);
        int extent = FirstEndingAt(entry);
        if (extent == _ends.Length)
            return 0;
        return _ends[extent] == entry ? EndOfChain : (uint)entry + 1;
    }

    /// <summary>Entry 0 repeats the media byte; entry 1 is all ones, which also says "unmounted cleanly, no errors".</summary>
    private uint Reserved(long entry) => entry == 0 ? (EndOfChain & ~0xFFu) | FatLayout.Media : EndOfChain;

    private int FirstEndingAt(long cluster)
    {
        int low = 0;
        int high = _ends.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ends[middle] < cluster)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
