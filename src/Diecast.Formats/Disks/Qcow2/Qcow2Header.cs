using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A header that was read and found consistent (QEMU, docs/interop/qcow2.txt; block/qcow2.c, qcow2_do_open).</summary>
internal sealed class Qcow2Header
{
    private const ulong KnownIncompatible = Qcow2Layout.DirtyBit | Qcow2Layout.CorruptBit | Qcow2Layout.DataFileBit
        | Qcow2Layout.CompressionBit | Qcow2Layout.ExtendedL2Bit;

    private readonly byte[] _bytes;
    private readonly List<(byte Type, byte Bit, string Name)> _featureNames = [];

    private Qcow2Header(Blob file)
    {
        if (file.Length < Qcow2Layout.Version2Length)
            throw Qcow2Faults.Invalid($"the file has {file.Length} bytes, less than a header");
        byte[] start = file.Slice(0, Qcow2Layout.Version2Length).ToArray();
        if (BinaryPrimitives.ReadUInt32BigEndian(start) != Qcow2Layout.Magic)
            throw Qcow2Faults.Invalid($"the file does not start with the magic number of qcow2");
        uint version = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(4));
        if (version is not (2 or 3))
            throw Qcow2Faults.Invalid($"version {version} is not supported; 2 and 3 are");
        Version = (Qcow2Version)version;
        uint bits = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(20));
        if (bits is < 9 or > 21)
            throw Qcow2Faults.Invalid($"clusters of 2^{bits} bytes; there are only 2^9 to 2^21");
        ClusterBits = (int)bits;
        _bytes = file.Slice(0, Math.Min(file.Length, ClusterSize)).ToArray();
        if (version == 3)
            ReadVersion3();
        else
            HeaderLength = Qcow2Layout.Version2Length;
        ReadSizes(file);
        ReadExtensions();
        CheckFeatures();
    }

    internal Qcow2Version Version { get; }

    internal int ClusterBits { get; }

    internal int ClusterSize => 1 << ClusterBits;

    internal long VirtualSize { get; private set; }

    internal int L1Entries { get; private set; }

    internal long L1Offset { get; private set; }

    internal int RefcountOrder { get; private set; } = 4;

    internal ulong Incompatible { get; private set; }

    internal ulong Compatible { get; private set; }

    internal ulong AutoClear { get; private set; }

    internal Qcow2Compression Compression { get; private set; } = Qcow2Compression.Zlib;

    internal Qcow2Encryption Encryption { get; private set; }

    internal uint SnapshotCount { get; private set; }

    internal long SnapshotsOffset { get; private set; }

    internal string? BackingFile { get; private set; }

    internal string? BackingFormat { get; private set; }

    internal string? DataFile { get; private set; }

    internal bool HasDataFile => (Incompatible & Qcow2Layout.DataFileBit) != 0;

    internal bool HasRawDataFile => HasDataFile && (AutoClear & Qcow2Layout.RawDataFileBit) != 0;

    internal bool IsExtended => (Incompatible & Qcow2Layout.ExtendedL2Bit) != 0;

    internal int L2EntryBytes => IsExtended ? Qcow2Layout.ExtendedEntryBytes : Qcow2Layout.TableEntryBytes;

    /// <summary>Bytes of the disk that one L2 table stands for.</summary>
    internal long L2Span => (long)(ClusterSize / L2EntryBytes) << ClusterBits;

    internal ReadOnlyMemory<byte> BitmapsExtension { get; private set; }

    private int HeaderLength { get; set; }

    internal static Qcow2Header Read(Blob file) => new(file);

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(offset));

    private void ReadVersion3()
    {
        if (_bytes.Length < Qcow2Layout.LeastVersion3Length)
            throw Qcow2Faults.Invalid($"the file ends at {_bytes.Length}, within the header");
        Incompatible = UInt64(72);
        Compatible = UInt64(80);
        AutoClear = UInt64(88);
        uint order = UInt32(96);
        if (order > 6)
            throw Qcow2Faults.Invalid($"refcounts of 2^{order} bits; there are only 2^0 to 2^6");
        RefcountOrder = (int)order;
        uint length = UInt32(100);
        if (length < Qcow2Layout.LeastVersion3Length || length > _bytes.Length)
            throw Qcow2Faults.Invalid($"a header of {length} bytes; it must have {Qcow2Layout.LeastVersion3Length} to {_bytes.Length}");
        HeaderLength = (int)length;
    }

    private void ReadSizes(Blob file)
    {
        ulong size = UInt64(24);
        if (size > long.MaxValue)
            throw Qcow2Faults.Invalid($"a virtual size of {size} bytes");
        VirtualSize = (long)size;
        Encryption = UInt32(32) switch
        {
            0 => Qcow2Encryption.None,
            1 => Qcow2Encryption.Aes,
            2 => Qcow2Encryption.Luks,
            uint method => throw Qcow2Faults.Invalid($"the encryption method {method} is not known"),
        };
        uint entries = UInt32(36);
        ulong offset = UInt64(40);
        long span = L2Span;
        long needed = VirtualSize == 0 ? 0 : ((VirtualSize - 1) / span) + 1;
        if (entries > Qcow2Layout.MaximumL1Bytes / Qcow2Layout.TableEntryBytes)
            throw Qcow2Faults.Invalid($"the L1 table has {entries} entries, more than QEMU reads");
        if (entries < needed)
            throw Qcow2Faults.Invalid($"the L1 table has {entries} entries; {VirtualSize} bytes need {needed}");
        if (offset % (ulong)ClusterSize != 0)
            throw Qcow2Faults.Invalid($"the L1 table at {offset} does not start with a cluster");
        ulong bytes = entries * (ulong)Qcow2Layout.TableEntryBytes;
        if (entries > 0 && (offset > (ulong)file.Length || bytes > (ulong)file.Length - offset))
            throw Qcow2Faults.Invalid($"the L1 table of {bytes} bytes at {offset} ends past the file's end, {file.Length}");
        L1Entries = (int)needed;
        L1Offset = needed == 0 ? 0 : (long)offset;
        SnapshotCount = UInt32(60);
        ulong snapshots = UInt64(64);
        if (SnapshotCount > Qcow2Layout.MaximumSnapshots)
            throw Qcow2Faults.Invalid($"{SnapshotCount} snapshots; QEMU reads {Qcow2Layout.MaximumSnapshots}");
        if (SnapshotCount > 0 && snapshots > (ulong)file.Length)
            throw Qcow2Faults.Invalid($"the snapshot table at {snapshots} is past the file's end, {file.Length}");
        SnapshotsOffset = SnapshotCount == 0 ? 0 : (long)snapshots;
    }

    private void ReadExtensions()
    {
        int end = _bytes.Length;
        ulong nameOffset = UInt64(8);
        if (nameOffset != 0)
        {
            uint length = UInt32(16);
            if (nameOffset > (ulong)_bytes.Length)
                throw Qcow2Faults.Invalid($"the backing file's name at {nameOffset} is not in the first cluster");
            end = (int)nameOffset;
            if (length > Math.Min(Qcow2Layout.MaximumNameBytes, _bytes.Length - end))
                throw Qcow2Faults.Invalid($"the backing file's name has {length} bytes, which do not fit the first cluster or QEMU");
            if (length > 0)
                BackingFile = Encoding.UTF8.GetString(_bytes, end, (int)length);
        }

        int at = HeaderLength;
        while (end - at >= 8)
        {
            uint type = UInt32(at);
            uint length = UInt32(at + 4);
            at += 8;
            if (type == Qcow2Layout.EndOfExtensions)
                return;
            if (length > end - at)
                throw Qcow2Faults.Invalid($"the header extension 0x{type:x8} of {length} bytes at {at} is longer than its room");
            ReadExtension(type, _bytes.AsMemory(at, (int)length));
            at += (int)Math.Min((length + 7L) / 8 * 8, end - at);
        }
    }

    private void ReadExtension(uint type, ReadOnlyMemory<byte> content)
    {
        switch (type)
        {
            case Qcow2Layout.BackingFormat:
                BackingFormat = Encoding.UTF8.GetString(content.Span);
                break;
            case Qcow2Layout.DataFileName:
                DataFile = Encoding.UTF8.GetString(content.Span);
                break;
            case Qcow2Layout.Bitmaps:
                BitmapsExtension = content;
                break;
            case Qcow2Layout.FeatureNames:
                for (; content.Length >= Qcow2Layout.FeatureNameBytes; content = content[Qcow2Layout.FeatureNameBytes..])
                {
                    ReadOnlySpan<byte> feature = content.Span[..Qcow2Layout.FeatureNameBytes];
                    _featureNames.Add((feature[0], feature[1], Encoding.UTF8.GetString(feature[2..].TrimEnd((byte)0))));
                }

                break;
            default:
                // Extensions that are not known are to be ignored.
                break;
        }
    }

    private void CheckFeatures()
    {
        ulong unknown = Incompatible & ~KnownIncompatible;
        if (unknown != 0)
        {
            int bit = BitOperations.TrailingZeroCount(unknown);
            string name = _featureNames.Find(f => f.Type == 0 && f.Bit == bit).Name ?? "";
            throw Qcow2Faults.Invalid($"the image needs the feature '{name}' (incompatible feature bit {bit}), which is not known");
        }

        if (IsExtended && ClusterSize < Qcow2Layout.LeastExtendedClusterSize)
            throw Qcow2Faults.Invalid($"extended L2 entries with clusters of {ClusterSize}; they need {Qcow2Layout.LeastExtendedClusterSize}");
        byte type = HeaderLength > 104 ? _bytes[104] : (byte)0;
        Compression = type switch
        {
            0 => Qcow2Compression.Zlib,
            1 => Qcow2Compression.Zstd,
            _ => throw Qcow2Faults.Invalid($"the compression type {type} is not known"),
        };
        if (((Incompatible & Qcow2Layout.CompressionBit) != 0) != (type != 0))
            throw Qcow2Faults.Invalid($"the compression type {type} and its feature bit contradict each other");
    }
}
