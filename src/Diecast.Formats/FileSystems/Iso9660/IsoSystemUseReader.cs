using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Reads Rock Ridge's entries of one record.</summary>
internal sealed class IsoSystemUseReader(IsoBudget budget, Func<long, long> offsetOf)
{
    /// <summary>Areas that one record's entries go on in; the longest target fills five.</summary>
    private const int MostContinuations = 64;

    private readonly List<byte> _name = [];
    private readonly List<byte> _target = [];
    private readonly List<byte> _attributes = [];
    private bool _needsSeparator;

    internal bool HasAttributes { get; private set; }

    internal int Mode { get; private set; }

    internal long Links { get; private set; }

    internal uint Uid { get; private set; }

    internal uint Gid { get; private set; }

    internal uint? Serial { get; private set; }

    internal Timestamp? Time { get; private set; }

    internal DeviceNumber Device { get; private set; }

    internal bool HasName => _name.Count > 0;

    internal FileName Name => new([.. _name]);

    internal FileName Target => new([.. _target]);

    /// <summary>The block of the directory that belongs here.</summary>
    internal long? MovedTo { get; private set; }

    internal bool IsHidden { get; private set; }

    internal IsoStoredCompressed? Compressed { get; private set; }

    /// <summary>Extended attributes, of which ACLs are left out.</summary>
    internal Xattrs Attributes => _attributes.Count == 0 ? Xattrs.None : IsoAttributes.Read([.. _attributes]);

    /// <summary>Whether SP says that there is system use, and how many bytes of each are not of it.</summary>
    internal int? Sharing { get; private set; }

    internal void Read(ReadOnlySpan<byte> use)
    {
        Clear();
        byte[]? area = null;
        for (int i = 0; ; i++)
        {
            (long Block, long Offset, long Length)? next = ReadArea(area ?? use);
            if (next is not { } place)
                return;
            if (i == MostContinuations)
                throw IsoFaults.Invalid($"system use that goes on in more than {MostContinuations} places");
            if (place.Length > IsoFormat.SectorSize * 4 || place.Offset > IsoFormat.SectorSize)
                throw IsoFaults.Invalid($"system use goes on at byte {place.Offset} of block {place.Block} with {place.Length} bytes");
            area = budget.Read(offsetOf(place.Block) + place.Offset, place.Length);
        }
    }

    private void Clear()
    {
        _name.Clear();
        _target.Clear();
        _attributes.Clear();
        _needsSeparator = false;
        (HasAttributes, Mode, Links, Uid, Gid, Serial, Time) = (false, 0, 0, 0, 0, null, null);
        (Device, MovedTo, IsHidden, Compressed, Sharing) = (default, null, false, null, null);
    }

    private (long Block, long Offset, long Length)? ReadArea(ReadOnlySpan<byte> area)
    {
        (long, long, long)? next = null;
        while (area.Length >= IsoSystemUseLayout.Header)
        {
            int length = area[2];
            // Padding, and what some writers leave behind the last entry.
            if (length < IsoSystemUseLayout.Header || length > area.Length)
                break;
            ReadOnlySpan<byte> entry = area[..length];
            area = area[length..];
            switch ((char)entry[0], (char)entry[1])
            {
                case ('C', 'E') when length >= IsoSystemUseLayout.ContinuationLength:
                    next = (IsoSystemUseLayout.ContinuationBlock.Get(entry), IsoSystemUseLayout.ContinuationOffset.Get(entry), IsoSystemUseLayout.ContinuationBytes.Get(entry));
                    break;
                case ('S', 'T'):
                    return next;
                default:
                    ReadEntry(entry);
                    break;
            }
        }

        return next;
    }

    private void ReadEntry(ReadOnlySpan<byte> entry)
    {
        switch ((char)entry[0], (char)entry[1])
        {
            case ('S', 'P') when entry.Length >= IsoSystemUseLayout.SharingLength && entry[4] == 0xbe && entry[5] == 0xef:
                Sharing = entry[6];
                break;
            case ('P', 'X') when entry.Length >= IsoSystemUseLayout.AttributesLengthWithoutSerial:
                ReadAttributes(entry);
                break;
            case ('P', 'N') when entry.Length >= IsoSystemUseLayout.DeviceLength:
                Device = ReadDevice((uint)IsoSystemUseLayout.DeviceHigh.Get(entry), (uint)IsoSystemUseLayout.DeviceLow.Get(entry));
                break;
            case ('T', 'F') when entry.Length > IsoSystemUseLayout.Header:
                ReadTime(entry);
                break;
            case ('N', 'M') when entry.Length > IsoSystemUseLayout.Header && (entry[4] & (IsoSystemUseLayout.Current | IsoSystemUseLayout.Parent)) == 0:
                _name.AddRange(entry[5..]);
                break;
            case ('S', 'L') when entry.Length > IsoSystemUseLayout.Header:
                ReadTarget(entry[5..]);
                break;
            case ('C', 'L') when entry.Length >= IsoSystemUseLayout.LinkLength:
                MovedTo = IsoSystemUseLayout.LinkBlock.Get(entry);
                break;
            case ('R', 'E'):
                IsHidden = true;
                break;
            case ('Z', 'F') when entry.Length >= IsoSystemUseLayout.CompressedLength && entry[4..].StartsWith("pz"u8):
                Compressed = new IsoStoredCompressed(IsoSystemUseLayout.CompressedSize.Get(entry), entry[7], entry[6] * 4, IsWide: false);
                break;
            // Linux knows the first name only where it is of version 1; libisofs has the second so that none mistakes it.
            case ('Z', 'F') or ('Z', '2') when entry.Length >= IsoSystemUseLayout.CompressedLength && entry[4..].StartsWith("PZ"u8):
                Compressed = new IsoStoredCompressed(BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), entry[7], entry[6] * 4, IsWide: true);
                break;
            case ('A', 'L') when entry.Length > IsoSystemUseLayout.Header + 1:
                _attributes.AddRange(entry[(IsoSystemUseLayout.Header + 1)..]);
                break;
            case ('Z', 'F'):
                throw IsoFaults.Invalid($"a compressed file of version {entry[3]}, which cannot be read");
        }
    }

    private void ReadAttributes(ReadOnlySpan<byte> entry)
    {
        HasAttributes = true;
        Mode = (int)(IsoSystemUseLayout.Mode.Get(entry) & ushort.MaxValue);
        Links = IsoSystemUseLayout.Links.Get(entry);
        Uid = (uint)IsoSystemUseLayout.Uid.Get(entry);
        Gid = (uint)IsoSystemUseLayout.Gid.Get(entry);
        if (entry.Length >= IsoSystemUseLayout.AttributesLength)
            Serial = (uint)IsoSystemUseLayout.Serial.Get(entry);
    }

    /// <summary>As Linux reads it (fs/isofs/rock.c).</summary>
    private static DeviceNumber ReadDevice(uint high, uint low) =>
        high == 0 && low > byte.MaxValue ? new DeviceNumber(low >> 8, low & byte.MaxValue) : new DeviceNumber(high, low);

    /// <summary>Times are there in the order of their flags; that of creation comes before that of modification.</summary>
    private void ReadTime(ReadOnlySpan<byte> entry)
    {
        const byte CreationTime = 0x01;
        int width = (entry[4] & IsoSystemUseLayout.LongForm) != 0 ? IsoTime.LongLength : IsoTime.ShortLength;
        int at = 5 + ((entry[4] & CreationTime) != 0 ? width : 0);
        if ((entry[4] & IsoSystemUseLayout.ModifiedTime) == 0 || entry.Length < at + width)
            return;
        Time = width == IsoTime.ShortLength ? IsoTime.ReadShort(entry[at..]) : IsoTime.ReadLong(entry[at..]);
    }

    private void ReadTarget(ReadOnlySpan<byte> components)
    {
        while (components.Length >= 2)
        {
            byte flags = components[0];
            int length = components[1];
            if (length > components.Length - 2)
                throw IsoFaults.Invalid($"a component of a link of {length} bytes, where there are {components.Length - 2}");
            if (_needsSeparator)
                _target.Add((byte)'/');
            AddComponent(flags, components.Slice(2, length));
            _needsSeparator = (flags & (IsoSystemUseLayout.Continues | IsoSystemUseLayout.Root)) == 0;
            components = components[(2 + length)..];
        }
    }

    private void AddComponent(byte flags, ReadOnlySpan<byte> text)
    {
        switch (flags & ~IsoSystemUseLayout.Continues)
        {
            case IsoSystemUseLayout.Current:
                _target.Add((byte)'.');
                break;
            case IsoSystemUseLayout.Parent:
                _target.AddRange(".."u8);
                break;
            case IsoSystemUseLayout.Root:
                _target.Add((byte)'/');
                break;
            default:
                _target.AddRange(text);
                break;
        }
    }
}
