namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Encoded extents, which came with the feature 48bit: records of 16 or 32 bytes with an extent's place in the file, or of 4 or 8
/// bytes for extents that all have the size of a cluster (z_erofs_map_blocks_ext).
/// </summary>
internal sealed class ErofsExtentMap : ErofsFileMap
{
    private const int PartialBit = 1 << 27;
    private const int FormatShift = 28;
    private const int LengthMask = (ErofsFormat.MaximumCompressed << 1) - 1;

    private readonly Lock _lock = new();
    private readonly int _record;
    private readonly int _bits;
    private readonly long _count;
    private readonly long _start;
    private readonly bool _isInterlaced;
    private readonly bool _endsInFragment;
    private long _walked;
    private long _walkedStart;

    private readonly record struct Record(uint Length, long Physical, long Logical);

    internal ErofsExtentMap(ErofsVolume volume, in ErofsNodeHeader header, long position, ReadOnlySpan<byte> map)
        : base(volume, header)
    {
        int advise = (int)ErofsMapHeaderLayout.Advise.Get(map);
        _record = 4 << ((advise >> 1) & 3);
        _isInterlaced = (advise & ErofsFormat.AdviseInterlaced) != 0;
        _endsInFragment = (advise & ErofsFormat.AdviseFragment) != 0;
        _start = Units.RoundUp(position, _record);
        if (_record >= 16)
        {
            _count = (long)ErofsMapHeaderLayout.FragmentOffset.Get(map)
                | ((long)System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(map[6..]) << 32);
        }
        else
        {
            _bits = volume.BlockBits + ((int)ErofsMapHeaderLayout.ClusterBits.Get(map) & 15);
            if (1L << _bits > ErofsFormat.MaximumDecompressed)
                throw Invalid($"clusters of 2^{_bits} bytes");
            _count = ((FileSize - 1) >> _bits) + 1;
        }

        if (_count == 0 || _count > volume.Image.Length / _record || _start > volume.Image.Length - (_count * _record))
            throw Invalid($"it has {_count} extents and would go past the image's end");
        // Records of 4 bytes follow the place of the first extent; the others' are where the ones before them end.
        if (_record == 4)
        {
            Span<byte> first = stackalloc byte[sizeof(ulong)];
            volume.Read(_start, first, "the place of extents");
            _walkedStart = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(first);
            _start += sizeof(ulong);
        }
    }

    internal override ErofsExtent Find(long offset)
    {
        long at = _record >= 16 ? Search(offset) : offset >> _bits;
        Record record = Load(at);
        bool isLast = at == _count - 1;
        long end = isLast ? FileSize : _record >= 16 ? Math.Min(Load(at + 1).Logical, FileSize) : (at + 1) << _bits;
        if (record.Logical > offset || end <= offset)
            throw Invalid($"extent {at} covers bytes {record.Logical} to {end}, among which byte {offset} is not");
        long length = end - record.Logical;
        if (isLast && _endsInFragment)
        {
            long fragment = record.Length | (_record >= 8 ? record.Physical << 32 : 0);
            return new ErofsExtent(record.Logical, length, fragment, 0, ErofsEncoding.Fragment, false);
        }

        int physical = (int)(record.Length & LengthMask);
        if (physical == 0)
            return new ErofsExtent(record.Logical, length, 0, 0, ErofsEncoding.Hole, false);
        if (length > ErofsFormat.MaximumDecompressed || physical > ErofsFormat.MaximumCompressed)
            throw Invalid($"extent {at} has {length} bytes and takes {physical}");
        int format = (int)(record.Length >> FormatShift);
        ErofsEncoding encoding = format != 0
            ? Algorithm(format - 1)
            : _isInterlaced && (record.Physical & (Volume.BlockSize - 1)) == 0 ? ErofsEncoding.Interlaced : ErofsEncoding.Shifted;
        return new ErofsExtent(record.Logical, length, record.Physical, physical, encoding, (record.Length & PartialBit) != 0);
    }

    /// <summary>The last record that begins at a byte or before.</summary>
    private long Search(long offset)
    {
        long low = 0;
        long high = _count - 1;
        while (low < high)
        {
            long middle = low + ((high - low + 1) >> 1);
            if (Load(middle).Logical <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private Record Load(long at)
    {
        Span<byte> bytes = stackalloc byte[ErofsExtentLayout.Size];
        bytes.Clear();
        Volume.Read(_start + (at * _record), bytes[.._record], "an extent");
        uint length = (uint)ErofsExtentLayout.Length.Get(bytes);
        if (_record == 4)
            return new Record(length, WalkTo(at), at << _bits);
        long physical = (long)ErofsExtentLayout.Start.Get(bytes);
        if (_record == 8)
            return new Record(length, physical, at << _bits);
        physical |= (long)ErofsExtentLayout.StartHigh.Get(bytes) << 32;
        long logical = (long)ErofsExtentLayout.Logical.Get(bytes) | ((long)ErofsExtentLayout.LogicalHigh.Get(bytes) << 32);
        if (physical < 0 || logical < 0)
            throw Invalid($"extent {at} is at byte {(ulong)physical}");
        return new Record(length, physical, logical);
    }

    private long WalkTo(long at)
    {
        lock (_lock)
        {
            if (at < _walked)
            {
                Span<byte> first = stackalloc byte[sizeof(ulong)];
                Volume.Read(_start - sizeof(ulong), first, "the place of extents");
                _walkedStart = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(first);
                _walked = 0;
            }

            Span<byte> length = stackalloc byte[sizeof(uint)];
            for (; _walked < at; _walked++)
            {
                Volume.Read(_start + (_walked * sizeof(uint)), length, "an extent");
                _walkedStart = unchecked(_walkedStart + (System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(length) & LengthMask));
            }

            return _walkedStart >= 0 ? _walkedStart : throw Invalid($"extent {at} is at byte {(ulong)_walkedStart}");
        }
    }
}
