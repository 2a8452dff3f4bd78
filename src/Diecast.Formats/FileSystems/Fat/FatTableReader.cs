using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Looks up somebody's file allocation table, of which at most 16 MiB are held.</summary>
internal sealed class FatTableReader
{
    private const int PageSize = 4096;
    private const int MaximumPages = 4096;

    private readonly FatVolume _volume;
    private readonly long _length;
    private readonly byte[]?[] _pages;
    private readonly long[] _held;

    internal FatTableReader(FatVolume volume)
    {
        _volume = volume;
        _length = (((volume.LastCluster + 1L) * (int)volume.Type) + 7) / 8;
        int pages = (int)Math.Min(MaximumPages, (_length + PageSize - 1) / PageSize);
        _pages = new byte[pages][];
        _held = new long[pages];
    }

    /// <summary>What follows a cluster: another one, or 0 at the end of the chain.</summary>
    internal uint Next(uint cluster, FatPlace place)
    {
        uint value = Entry(cluster);
        if (value >= 2 && value <= _volume.LastCluster)
            return value;
        uint bad = _volume.Type switch
        {
            FatType.Fat12 => 0xFF7,
            FatType.Fat16 => 0xFFF7,
            _ => 0x0FFFFFF7,
        };
        if (value > bad)
            return 0;
        throw value == bad ? place.Invalid($"cluster {cluster} is in use and marked as bad")
            : value == 0 ? place.Invalid($"cluster {cluster} is in use and marked as free")
            : place.Invalid($"cluster {value} follows cluster {cluster}; the clusters are 2 to {_volume.LastCluster}");
    }

    private uint Entry(uint cluster)
    {
        switch (_volume.Type)
        {
            case FatType.Fat12:
                // Three bytes hold two entries, and an entry may lie across two pages.
                long at = cluster * 3L / 2;
                int pair = Bytes(at)[0] | (Bytes(at + 1)[0] << 8);
                return (uint)((cluster & 1) == 0 ? pair & 0xFFF : pair >> 4);
            case FatType.Fat16:
                return BinaryPrimitives.ReadUInt16LittleEndian(Bytes(cluster * 2L));
            default:
                // The upper four bits are not of the number.
                return BinaryPrimitives.ReadUInt32LittleEndian(Bytes(cluster * 4L)) & 0x0FFFFFFF;
        }
    }

    /// <summary>The bytes of the table from a place to the end of its page.</summary>
    private ReadOnlySpan<byte> Bytes(long offset)
    {
        long page = offset / PageSize;
        int slot = (int)(page % _pages.Length);
        byte[] bytes = _pages[slot] ??= new byte[PageSize];
        if (_held[slot] != page + 1)
        {
            _held[slot] = page + 1;
            long start = page * PageSize;
            _volume.Image.Read(_volume.TableOffset + start, bytes.AsSpan(0, (int)Math.Min(PageSize, _length - start)));
        }

        return bytes.AsSpan((int)(offset % PageSize));
    }
}
