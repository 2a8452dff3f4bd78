using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// An index with one entry for each cluster of a file: that an extent begins in it, and where, or how far away the extent
/// begins that covers it. Eight bytes each, or packs that have a block number for 2 or 16 entries of 16 or 14 bits.
/// </summary>
internal sealed class ErofsClusterMap : ErofsFileMap
{
    private const int LargestCompactBits = 14;
    private const int Compact2Bits = 12;

    private readonly bool _isFull;
    private readonly int _advise;
    private readonly int _bits;
    private readonly int[] _algorithms;
    private readonly long _start;
    private readonly long _clusters;
    private readonly long _first4;
    private readonly long _middle2;

    /// <summary>The extent that the file ends with, where it is not in blocks of its own.</summary>
    private readonly long _tailHead = -1;
    private readonly long _tailPosition;
    private readonly int _tailSize;

    private readonly record struct Entry(int Type, int Offset, int Back, int Ahead, long Block, int BlockCount, bool IsPartial)
    {
        internal bool IsHead => Type != ErofsFormat.ClusterInside;
    }

    internal ErofsClusterMap(ErofsVolume volume, in ErofsNodeHeader header, long position, ReadOnlySpan<byte> map)
        : base(volume, header)
    {
        _isFull = header.Layout == ErofsDataLayout.CompressedFull;
        _advise = (int)ErofsMapHeaderLayout.Advise.Get(map);
        int algorithms = (int)ErofsMapHeaderLayout.Algorithms.Get(map);
        _algorithms = [algorithms & 15, algorithms >> 4];
        _bits = volume.BlockBits + ((int)ErofsMapHeaderLayout.ClusterBits.Get(map) & 15);
        if (_bits > ErofsFormat.MaximumBlockBits + 4)
            throw Invalid($"clusters of 2^{_bits} bytes");
        bool isBig = (_advise & ErofsFormat.AdviseBigFirst) != 0;
        if (!_isFull && isBig != ((_advise & ErofsFormat.AdviseBigSecond) != 0))
            throw Invalid("large clusters go for one algorithm and not for the other");
        if (!_isFull && _bits > LargestCompactBits)
            throw Invalid($"a compact index of clusters of 2^{_bits} bytes");
        _clusters = ((FileSize - 1) >> _bits) + 1;
        _start = _isFull ? position + ErofsClusterIndexLayout.Size : position;
        if (!_isFull)
        {
            _first4 = (32 - (_start % 32)) / 4 % 8;
            if ((_advise & ErofsFormat.AdviseCompact2) != 0 && _bits <= Compact2Bits && _first4 < _clusters)
                _middle2 = (_clusters - _first4) / 16 * 16;
        }

        long end = EndOfIndex();
        if (end < 0 || end > volume.Image.Length)
            throw Invalid($"it would end at byte {end}, and the image ends at {volume.Image.Length}");
        bool isInline = (_advise & ErofsFormat.AdviseInline) != 0;
        bool isFragment = (_advise & ErofsFormat.AdviseFragment) != 0;
        if (!isInline && !isFragment)
            return;
        (_tailHead, Entry head) = Head(FileSize - 1);
        if (isInline)
        {
            _tailSize = (int)ErofsMapHeaderLayout.InlineSize.Get(map);
            _tailPosition = end;
            if (_tailSize == 0 || (_tailPosition & (volume.BlockSize - 1)) + _tailSize > volume.BlockSize)
                throw Invalid($"the inline end of {_tailSize} bytes goes over the end of a block");
        }
        else
        {
            _tailPosition = (long)ErofsMapHeaderLayout.FragmentOffset.Get(map);
            if (_isFull)
                _tailPosition |= head.Block << 32;
        }
    }

    private bool IsInline => (_advise & ErofsFormat.AdviseInline) != 0;

    internal override ErofsExtent Find(long offset)
    {
        (long lcn, Entry head) = Head(offset);
        long logical = (lcn << _bits) + head.Offset;
        long length = EndOf(lcn, logical) - logical;
        ErofsEncoding encoding = head.Type switch
        {
            ErofsFormat.ClusterPlain when (_advise & ErofsFormat.AdviseInterlaced) != 0 => ErofsEncoding.Interlaced,
            ErofsFormat.ClusterPlain => ErofsEncoding.Shifted,
            ErofsFormat.ClusterHead => Algorithm(_algorithms[0]),
            _ => Algorithm(_algorithms[1]),
        };
        if (lcn == _tailHead)
        {
            return IsInline
                ? new ErofsExtent(logical, length, _tailPosition, _tailSize, encoding, head.IsPartial)
                : new ErofsExtent(logical, length, _tailPosition, 0, ErofsEncoding.Fragment, false);
        }

        return new ErofsExtent(logical, length, head.Block << Volume.BlockBits, PhysicalLength(lcn, head), encoding, head.IsPartial);
    }

    private long EndOfIndex() => _isFull
        ? _start + (_clusters * ErofsClusterIndexLayout.Size)
        : _start + (_middle2 * 2) + Units.RoundUp((_clusters - _middle2) * 4, 8);

    /// <summary>The cluster that the extent begins in that covers a byte.</summary>
    private (long Cluster, Entry Entry) Head(long offset)
    {
        long lcn = offset >> _bits;
        Entry entry = Load(lcn);
        long back = entry.Back;
        if (entry.IsHead)
        {
            if ((offset & ((1L << _bits) - 1)) >= entry.Offset)
                return (lcn, entry);
            back = 1;
        }

        // Every step leads to a lower cluster; no extent covers more than these.
        for (long steps = 0; steps <= ErofsFormat.MaximumDecompressed >> ErofsFormat.MinimumBlockBits; steps++)
        {
            if (back == 0 || back > lcn)
                throw Invalid($"cluster {lcn} belongs to one that begins {back} clusters before");
            lcn -= back;
            entry = Load(lcn);
            if (entry.IsHead)
                return (lcn, entry);
            back = entry.Back;
        }

        throw Invalid($"the extent that covers byte {offset} begins too far before it");
    }

    /// <summary>Where the next extent begins.</summary>
    private long EndOf(long head, long logical)
    {
        long lcn = head + 1;
        while (true)
        {
            if (lcn >= _clusters)
                return CheckLength(FileSize);
            if ((lcn << _bits) - logical > ErofsFormat.MaximumDecompressed)
                throw Invalid($"the extent at byte {logical} has more than {ErofsFormat.MaximumDecompressed} bytes");
            Entry entry = Load(lcn);
            if (entry.IsHead)
                return CheckLength(Math.Min((lcn << _bits) + entry.Offset, FileSize));
            if (entry.Ahead == 0)
                throw Invalid($"cluster {lcn} does not lead to a next extent");
            lcn += entry.Ahead;
        }

        long CheckLength(long end) => end > logical
            ? end
            : throw Invalid($"the extent at byte {logical} ends at {end}");
    }

    private int PhysicalLength(long lcn, Entry head)
    {
        int one = 1 << _bits;
        bool isBig = head.Type switch
        {
            ErofsFormat.ClusterHead => (_advise & ErofsFormat.AdviseBigFirst) != 0,
            ErofsFormat.ClusterSecondHead => (_advise & ErofsFormat.AdviseBigSecond) != 0,
            _ => false,
        };
        if (!isBig || lcn + 1 >= _clusters)
            return one;
        Entry next = Load(lcn + 1);
        if (next.IsHead)
            return one;
        long length = (long)next.BlockCount << Volume.BlockBits;
        return length is > 0 and <= ErofsFormat.MaximumCompressed
            ? (int)length
            : throw Invalid($"the extent of cluster {lcn} has {next.BlockCount} blocks");
    }

    private Entry Load(long lcn) => _isFull ? LoadFull(lcn) : LoadCompact(lcn);

    private Entry LoadFull(long lcn)
    {
        Span<byte> bytes = stackalloc byte[ErofsClusterIndexLayout.Size];
        Volume.Read(_start + (lcn * ErofsClusterIndexLayout.Size), bytes, "an index");
        int advise = (int)ErofsClusterIndexLayout.Advise.Get(bytes);
        int type = advise & 3;
        if (type == ErofsFormat.ClusterInside)
        {
            int back = (int)ErofsClusterIndexLayout.Back.Get(bytes);
            int ahead = (int)ErofsClusterIndexLayout.Ahead.Get(bytes);
            return (back & ErofsFormat.BlockCount) != 0
                ? new Entry(type, 0, 1, ahead, 0, back & ~ErofsFormat.BlockCount, false)
                : new Entry(type, 0, back, ahead, 0, 0, false);
        }

        int offset = (int)ErofsClusterIndexLayout.Offset.Get(bytes);
        if (offset >= 1 << _bits)
            throw Invalid($"an extent begins at byte {offset} of cluster {lcn}");
        return new Entry(
            type, offset, 0, 0, (long)ErofsClusterIndexLayout.Block.Get(bytes), 0, (advise & ErofsFormat.PartialReference) != 0);
    }

    private Entry LoadCompact(long lcn)
    {
        (long position, int shift) = lcn < _first4
            ? (_start + (lcn * 4), 2)
            : lcn - _first4 < _middle2
                ? (_start + (_first4 * 4) + ((lcn - _first4) * 2), 1)
                : (_start + (_first4 * 4) + (_middle2 * 2) + ((lcn - _first4 - _middle2) * 4), 2);
        int count = shift == 2 ? 2 : 16;
        int size = count << shift;
        long pack = position / size * size;
        // Four bytes more than a pack, since the last entries are read as words.
        Span<byte> bytes = stackalloc byte[36];
        bytes[size..].Clear();
        Volume.Read(pack, bytes[..size], "an index");
        int at = (int)((position - pack) >> shift);
        (int type, int value) = Decode(bytes, count, at);
        return type == ErofsFormat.ClusterInside
            ? Inside(bytes, count, at, value)
            : new Entry(type, CheckOffset(lcn, value), 0, 0, BlockOf(bytes, count, at, lcn), 0, false);
    }

    private int CheckOffset(long lcn, int offset) => offset < 1 << _bits
        ? offset
        : throw Invalid($"an extent begins at byte {offset} of cluster {lcn}");

    private (int Type, int Value) Decode(ReadOnlySpan<byte> pack, int count, int at)
    {
        int valueBits = Math.Max(_bits, 12);
        int position = at * (count == 2 ? 16 : 14);
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(pack[(position / 8)..]) >> (position % 8);
        return ((int)(word >> valueBits) & 3, (int)(word & ((1u << valueBits) - 1)));
    }

    /// <summary>The last entry of a pack has the distance ahead, the others that back.</summary>
    private Entry Inside(ReadOnlySpan<byte> pack, int count, int at, int value)
    {
        int ahead = Ahead(pack, count, at);
        if ((value & ErofsFormat.BlockCount) != 0)
            return new Entry(ErofsFormat.ClusterInside, 0, 1, ahead, 0, value & ~ErofsFormat.BlockCount, false);
        if (at + 1 < count)
            return new Entry(ErofsFormat.ClusterInside, 0, value, ahead, 0, 0, false);
        (int type, int previous) = Decode(pack, count, at - 1);
        int back = type != ErofsFormat.ClusterInside ? 1 : (previous & ErofsFormat.BlockCount) != 0 ? 2 : previous + 1;
        return new Entry(ErofsFormat.ClusterInside, 0, back, ahead, 0, 0, false);
    }

    private int Ahead(ReadOnlySpan<byte> pack, int count, int at)
    {
        int distance = 0;
        int value = 0;
        for (; at < count; at++)
        {
            (int type, value) = Decode(pack, count, at);
            if (type != ErofsFormat.ClusterInside)
                return distance;
            distance++;
        }

        return (value & ErofsFormat.BlockCount) != 0 ? distance : distance + Math.Max(0, value - 1);
    }

    /// <summary>
    /// The block of an extent: the pack's, and the blocks of those that begin in it before. With large clusters an extent's
    /// blocks are told by the entry after its first; without, the pack's number is one less.
    /// </summary>
    private long BlockOf(ReadOnlySpan<byte> pack, int count, int at, long lcn)
    {
        long blocks = 0;
        if ((_advise & ErofsFormat.AdviseBigFirst) == 0)
        {
            blocks = 1;
            while (at > 0)
            {
                (int type, int value) = Decode(pack, count, --at);
                if (type == ErofsFormat.ClusterInside)
                    at -= value;
                if (at >= 0)
                    blocks++;
            }
        }
        else
        {
            while (at > 0)
            {
                (int type, int value) = Decode(pack, count, --at);
                if (type != ErofsFormat.ClusterInside)
                {
                    blocks++;
                }
                else if ((value & ErofsFormat.BlockCount) != 0)
                {
                    at--;
                    blocks += value & ~ErofsFormat.BlockCount;
                }
                else if (value <= 1)
                {
                    throw Invalid($"the extents before cluster {lcn} have no number of blocks");
                }
                else
                {
                    at -= value - 2;
                }
            }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(pack[((count == 2 ? 8 : 32) - sizeof(uint))..]) + blocks;
    }
}
