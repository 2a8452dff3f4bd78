using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The entries of Rock Ridge (SUSP 1.12, RRIP 1.12): where their fields are, from the start of the entry.</summary>
internal static class IsoSystemUseLayout
{
    /// <summary>Bytes of every entry: signature, length and version.</summary>
    internal const int Header = 4;

    internal const int SharingLength = 7;
    internal const int ContinuationLength = 28;
    internal const int AttributesLength = 44;
    internal const int AttributesLengthWithoutSerial = 36;
    internal const int DeviceLength = 20;
    internal const int LinkLength = 12;
    internal const int CompressedLength = 16;

    /// <summary>The longest entry.</summary>
    internal const int Longest = 255;

    internal static readonly IsoField Length = new("length", 2, 1);
    internal static readonly IsoField Version = new("version", 3, 1);

    internal static readonly IsoField ContinuationBlock = new("CE block", 4, 8, IsoOrder.Both);
    internal static readonly IsoField ContinuationOffset = new("CE offset", 12, 8, IsoOrder.Both);
    internal static readonly IsoField ContinuationBytes = new("CE length", 20, 8, IsoOrder.Both);

    internal static readonly IsoField Mode = new("PX mode", 4, 8, IsoOrder.Both);
    internal static readonly IsoField Links = new("PX links", 12, 8, IsoOrder.Both);
    internal static readonly IsoField Uid = new("PX user", 20, 8, IsoOrder.Both);
    internal static readonly IsoField Gid = new("PX group", 28, 8, IsoOrder.Both);
    internal static readonly IsoField Serial = new("PX serial number", 36, 8, IsoOrder.Both);

    internal static readonly IsoField DeviceHigh = new("PN high", 4, 8, IsoOrder.Both);
    internal static readonly IsoField DeviceLow = new("PN low", 12, 8, IsoOrder.Both);

    /// <summary>Of CL and PL.</summary>
    internal static readonly IsoField LinkBlock = new("directory block", 4, 8, IsoOrder.Both);

    internal static readonly IsoField CompressedHeader = new("ZF header size in words", 6, 1);
    internal static readonly IsoField CompressedShift = new("ZF block size as a power", 7, 1);
    internal static readonly IsoField CompressedSize = new("ZF uncompressed size", 8, 8, IsoOrder.Both);

    /// <summary>Flags of NM, SL and SL's components.</summary>
    internal const byte Continues = 0x01;

    internal const byte Current = 0x02;
    internal const byte Parent = 0x04;
    internal const byte Root = 0x08;

    /// <summary>TF: the time of modification, in the short form; and the long form.</summary>
    internal const byte ModifiedTime = 0x02;

    internal const byte LongForm = 0x80;
}

/// <summary>The system use entries of a directory record, in order, and how they are spread over continuation areas.</summary>
internal sealed class IsoSystemUse
{
    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    private static ReadOnlySpan<byte> ExtensionId => "IEEE_P1282"u8;

    private static ReadOnlySpan<byte> ExtensionDescription =>
        "THE IEEE P1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS."u8;

    private static ReadOnlySpan<byte> ExtensionSource =>
        "PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE P1282 SPECIFICATION."u8;

    internal int Length => _length;

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    internal void Clear()
    {
        _length = 0;
        _ends.Clear();
    }

    /// <summary>SP, the first entry of the root: there is system use, and it begins at byte 0 of every record's.</summary>
    internal void AddSharing()
    {
        Span<byte> entry = Add('S', 'P', IsoSystemUseLayout.SharingLength);
        entry[4] = 0xbe;
        entry[5] = 0xef;
    }

    /// <summary>ER, which tells the root's reader that the entries are Rock Ridge's.</summary>
    internal void AddExtension()
    {
        int texts = ExtensionId.Length + ExtensionDescription.Length + ExtensionSource.Length;
        Span<byte> entry = Add('E', 'R', 8 + texts);
        entry[4] = (byte)ExtensionId.Length;
        entry[5] = (byte)ExtensionDescription.Length;
        entry[6] = (byte)ExtensionSource.Length;
        entry[7] = 1;
        ExtensionId.CopyTo(entry[8..]);
        ExtensionDescription.CopyTo(entry[(8 + ExtensionId.Length)..]);
        ExtensionSource.CopyTo(entry[(8 + ExtensionId.Length + ExtensionDescription.Length)..]);
    }

    /// <summary>PX, TF and, for devices, PN.</summary>
    internal void AddAttributes(IsoInode identity)
    {
        Inode inode = identity.Inode;
        Span<byte> entry = Add('P', 'X', IsoSystemUseLayout.AttributesLength);
        IsoSystemUseLayout.Mode.Set(entry, inode.FullMode);
        IsoSystemUseLayout.Links.Set(entry, identity.Links);
        IsoSystemUseLayout.Uid.Set(entry, inode.Uid);
        IsoSystemUseLayout.Gid.Set(entry, inode.Gid);
        IsoSystemUseLayout.Serial.Set(entry, identity.Serial);
        if (inode is SpecialInode { Type: InodeType.BlockDevice or InodeType.CharacterDevice } special)
            AddDevice(special.Device);
        Span<byte> time = Add('T', 'F', IsoSystemUseLayout.Header + 1 + IsoTime.ShortLength);
        time[4] = IsoSystemUseLayout.ModifiedTime;
        IsoTime.WriteShort(time[5..], inode.ModifiedTime);
    }

    /// <summary>NM, as many as the name needs.</summary>
    internal void AddName(FileName name)
    {
        const int Most = IsoSystemUseLayout.Longest - IsoSystemUseLayout.Header - 1;
        for (ReadOnlySpan<byte> rest = name.Span; !rest.IsEmpty;)
        {
            int count = Math.Min(rest.Length, Most);
            Span<byte> entry = Add('N', 'M', IsoSystemUseLayout.Header + 1 + count);
            entry[4] = count < rest.Length ? IsoSystemUseLayout.Continues : (byte)0;
            rest[..count].CopyTo(entry[5..]);
            rest = rest[count..];
        }
    }

    /// <summary>SL, as many as the target's components need; a component that does not fit is cut in two.</summary>
    internal void AddTarget(FileName target)
    {
        var entry = new LinkEntry(this);
        ReadOnlySpan<byte> rest = target.Span;
        if (rest[0] == '/')
        {
            entry.Add(IsoSystemUseLayout.Root, []);
            rest = rest[1..];
            if (rest.IsEmpty)
            {
                entry.Complete(isLast: true);
                return;
            }
        }

        while (true)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? rest : rest[..slash];
            if (component.SequenceEqual("."u8))
                entry.Add(IsoSystemUseLayout.Current, []);
            else if (component.SequenceEqual(".."u8))
                entry.Add(IsoSystemUseLayout.Parent, []);
            else
                entry.Add(0, component);
            if (slash < 0)
                break;
            rest = rest[(slash + 1)..];
        }

        entry.Complete(isLast: true);
    }

    /// <summary>CL, in place of a directory that was moved, or PL, in its entry for the directory above it.</summary>
    internal void AddLink(char kind, long block) =>
        IsoSystemUseLayout.LinkBlock.Set(Add(kind, 'L', IsoSystemUseLayout.LinkLength), block);

    /// <summary>RE, which hides a directory from those who follow CL.</summary>
    internal void AddRelocated() => Add('R', 'E', IsoSystemUseLayout.Header);

    /// <summary>ZF.</summary>
    internal void AddCompressed(IsoCompressed compressed)
    {
        Span<byte> entry = Add('Z', 'F', IsoSystemUseLayout.CompressedLength);
        "pz"u8.CopyTo(entry[4..]);
        IsoSystemUseLayout.CompressedHeader.Set(entry, IsoZisofsLayout.HeaderLength / 4);
        IsoSystemUseLayout.CompressedShift.Set(entry, compressed.BlockShift);
        IsoSystemUseLayout.CompressedSize.Set(entry, compressed.Length);
    }

    /// <summary>
    /// How many bytes of the entries from <paramref name="first"/> on go to an area with so much room. Where not all do,
    /// there is room left for a CE entry.
    /// </summary>
    internal int Take(int first, int room)
    {
        if (_length - first <= room)
            return _length - first;
        int taken = first;
        foreach (int end in _ends)
        {
            if (end > first && end - first + IsoSystemUseLayout.ContinuationLength > room)
                break;
            taken = Math.Max(taken, end);
        }

        return Math.Max(taken, first) - first;
    }

    /// <summary>Writes a CE entry.</summary>
    internal static void WriteContinuation(Span<byte> entry, long block, long offset, long length)
    {
        Begin(entry, 'C', 'E', IsoSystemUseLayout.ContinuationLength);
        IsoSystemUseLayout.ContinuationBlock.Set(entry, block);
        IsoSystemUseLayout.ContinuationOffset.Set(entry, offset);
        IsoSystemUseLayout.ContinuationBytes.Set(entry, length);
    }

    /// <summary>Linux takes a high word of 0 for its own old numbers, of a byte each, which others read too.</summary>
    private void AddDevice(DeviceNumber device)
    {
        Span<byte> entry = Add('P', 'N', IsoSystemUseLayout.DeviceLength);
        bool isOld = device.Minor <= byte.MaxValue && device.Major < 1 << 12;
        IsoSystemUseLayout.DeviceHigh.Set(entry, isOld ? 0 : device.Major);
        IsoSystemUseLayout.DeviceLow.Set(entry, isOld ? (device.Major << 8) | device.Minor : device.Minor);
    }

    private Span<byte> Add(char first, char second, int length)
    {
        if (_length + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        Span<byte> entry = _bytes.AsSpan(_length, length);
        entry.Clear();
        Begin(entry, first, second, length);
        _length += length;
        _ends.Add(_length);
        return entry;
    }

    private static void Begin(Span<byte> entry, char first, char second, int length)
    {
        entry[0] = (byte)first;
        entry[1] = (byte)second;
        IsoSystemUseLayout.Length.Set(entry, length);
        IsoSystemUseLayout.Version.Set(entry, 1);
    }

    /// <summary>Collects the components of SL entries.</summary>
    private struct LinkEntry(IsoSystemUse use)
    {
        private const int Most = IsoSystemUseLayout.Longest - IsoSystemUseLayout.Header - 1;

        private readonly byte[] _components = new byte[Most];
        private int _length;

        internal void Add(byte flags, ReadOnlySpan<byte> text)
        {
            while (true)
            {
                int room = Most - _length - 2;
                if (room < Math.Min(1, text.Length))
                {
                    Complete(isLast: false);
                    continue;
                }

                int count = Math.Min(room, text.Length);
                bool continues = count < text.Length;
                _components[_length] = (byte)(flags | (continues ? IsoSystemUseLayout.Continues : 0));
                _components[_length + 1] = (byte)count;
                text[..count].CopyTo(_components.AsSpan(_length + 2));
                _length += 2 + count;
                if (!continues)
                    return;
                text = text[count..];
            }
        }

        internal void Complete(bool isLast)
        {
            Span<byte> entry = use.Add('S', 'L', IsoSystemUseLayout.Header + 1 + _length);
            entry[4] = isLast ? (byte)0 : IsoSystemUseLayout.Continues;
            _components.AsSpan(0, _length).CopyTo(entry[5..]);
            _length = 0;
        }
    }
}
