using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// The content of a tree, compressed into a spool. Segments of files are compressed on all cores; what becomes of them is decided
/// here, in the order of the tree.
/// </summary>
internal sealed partial class ErofsPack
{
    /// <summary>A file with holes of so many bytes, and more of them than data, is stored in chunks.</summary>
    private const long ManyHoles = 1 << 20;

    private readonly ErofsTree _tree;
    private readonly ErofsOptions _options;
    private readonly ErofsCompression _compression;
    private readonly ContentSpool _spool;
    private readonly PackOptions _packing;
    private readonly BlockCodec _codec;
    private readonly int _blockSize;
    private readonly int _clusterSize;
    private readonly List<ErofsStored> _stored = [];
    private long _read;

    internal ErofsPack(ErofsTree tree, ErofsOptions options, ContentSpool spool, PackOptions packing)
    {
        _tree = tree;
        _options = options;
        _compression = options.Compression!;
        _spool = spool;
        _packing = packing;
        _codec = ErofsEncoder.Codec(options);
        _blockSize = options.BlockSize;
        _clusterSize = _compression.EffectiveClusterSize(_blockSize);
    }

    /// <summary>What the bytes depend on.</summary>
    internal string Codec => _codec.Identity;

    /// <summary>The place of the packed inode, or zero.</summary>
    internal int PackedInode { get; private set; }

    private bool HasSettings => _compression.Number != ErofsFormat.AlgorithmLz4 || _clusterSize > _blockSize;

    /// <summary>What follows the superblock: the algorithm's settings.</summary>
    internal byte[] Settings
    {
        get
        {
            if (!HasSettings)
                return [];
            byte[] settings = new byte[_compression.Number is ErofsFormat.AlgorithmLz4 or ErofsFormat.AlgorithmLzma ? 16 : 8];
            BinaryPrimitives.WriteUInt16LittleEndian(settings, (ushort)(settings.Length - sizeof(ushort)));
            Span<byte> body = settings.AsSpan(sizeof(ushort));
            switch (_compression.Number)
            {
                case ErofsFormat.AlgorithmLz4:
                    // The distance that matches look back, and the blocks of the largest unit.
                    BinaryPrimitives.WriteUInt16LittleEndian(body, ushort.MaxValue);
                    BinaryPrimitives.WriteUInt16LittleEndian(body[2..], (ushort)(_clusterSize / _blockSize));
                    break;
                case ErofsFormat.AlgorithmLzma:
                    BinaryPrimitives.WriteUInt32LittleEndian(body, ErofsFitters.LzmaDictionary(_clusterSize));
                    break;
                case ErofsFormat.AlgorithmDeflate:
                    body[0] = 15;
                    break;
                default:
                    body[1] = (byte)(ErofsFitters.ZstdWindowLog(_clusterSize) - 10);
                    break;
            }

            return settings;
        }
    }

    /// <summary>The features that a reader has to know.</summary>
    internal uint Features => ErofsFormat.IncompatZeroPadding
        | (HasSettings ? ErofsFormat.IncompatConfigurations : 0)
        | (_stored.Exists(static s => s.End == ErofsEnd.Inline) ? ErofsFormat.IncompatTailPacking : 0)
        | (PackedInode > 0 || _compression.Deduplicate ? ErofsFormat.IncompatFragments : 0);

    /// <summary>Compresses every file that becomes smaller.</summary>
    internal void LayFiles()
    {
        SortedDictionary<int, int> copies;
        using (var run = new ErofsPackRun(this, packsFragments: _compression.Fragments != ErofsFragments.None))
        {
            int count = _tree.Nodes.Length;
            for (int i = 0; i < count; i++)
                AddFile(i, run);
            copies = run.Complete();
        }

        PackFragments();
        // How long the map of a file is follows from where its end is.
        foreach ((int place, int owner) in copies)
            Share(place, owner);
        _spool.Flush();
    }

    private void AddFile(int place, ErofsPackRun run)
    {
        ErofsNode node = _tree.Nodes[place];
        if (node.Source is not FileInode { Content: var content } || node.Size == 0 || HasManyHoles(content))
            return;
        bool isFragment = _compression.Fragments == ErofsFragments.All
            || (_compression.Fragments == ErofsFragments.Tails && node.Size <= _clusterSize);
        if (isFragment)
            AddWholeFragment(place, content);
        else if (node.Size > _blockSize || _compression.TailPacking)
            run.Add(place, content);
    }

    private static bool HasManyHoles(Blob content)
    {
        if (!content.MayHaveHoles)
            return false;
        long data = content.DataRanges().Sum(static r => r.Length);
        return content.Length - data >= Math.Max(ManyHoles, data);
    }

    /// <summary>The blocks of a file.</summary>
    internal Blob Content(in ErofsNode node)
    {
        ErofsStored stored = _stored[node.Store - 1];
        return Blob.FromFile(_spool.File, stored.SpoolOffset, stored.Blocks * _blockSize);
    }

    /// <summary>Blocks that a file's extents have, shared ones included.</summary>
    internal uint BlocksOf(in ErofsNode node)
    {
        long blocks = 0;
        foreach (ErofsStoredExtent extent in _stored[node.Store - 1].Extents)
            blocks += extent.Blocks;
        return checked((uint)blocks);
    }

    /// <summary>Writes the map of a file and what of it is behind the inode.</summary>
    /// <param name="node">Its inode.</param>
    /// <param name="start">Where the map begins, from the inode on.</param>
    /// <param name="map">The map, all zero.</param>
    /// <param name="tail">What is behind it.</param>
    internal void WriteMap(in ErofsNode node, int start, Span<byte> map, Span<byte> tail)
    {
        ErofsStored stored = _stored[node.Store - 1];
        int padding = (int)(Units.RoundUp(start, ErofsMapHeaderLayout.Size) - start);
        Span<byte> header = map[padding..];
        if (stored.IsWholeFragment)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)stored.EndOffset | ErofsFormat.WholeFragment);
            return;
        }

        bool isFull = stored.Indexes == ErofsIndexes.Full;
        bool isBig = stored.IsBig;
        int advise = 0;
        if (!isFull && ErofsCompactIndex.HasLargePacks(_options.BlockBits))
            advise |= ErofsFormat.AdviseCompact2;
        if (isBig)
            advise |= ErofsFormat.AdviseBigFirst | (isFull ? 0 : ErofsFormat.AdviseBigSecond);
        switch (stored.End)
        {
            case ErofsEnd.Inline:
                advise |= ErofsFormat.AdviseInline;
                ErofsMapHeaderLayout.InlineSize.Set(header, (long)stored.EndSize);
                _spool.File.Read(stored.EndOffset, tail);
                break;
            case ErofsEnd.Fragment:
                advise |= ErofsFormat.AdviseFragment;
                ErofsMapHeaderLayout.FragmentOffset.Set(header, stored.EndOffset & uint.MaxValue);
                break;
        }

        ErofsMapHeaderLayout.Advise.Set(header, (long)advise);
        ErofsMapHeaderLayout.Algorithms.Set(header, (long)_compression.Number);
        long first = node.StartBlock;
        ErofsIndexEntry[] entries = ErofsIndexBuilder.Build(stored, node.Size, _options.BlockBits, extent => BlockOf(stored, extent, first));
        Span<byte> index = header[ErofsMapHeaderLayout.Size..];
        if (isFull)
            WriteFullIndex(entries, index[ErofsClusterIndexLayout.Size..]);
        else
            ErofsCompactIndex.Write(entries, start + padding + ErofsMapHeaderLayout.Size, index, _options.BlockBits, isBig);
    }

    /// <summary>Where an extent is; a fragment has there the upper half of its place.</summary>
    private long BlockOf(ErofsStored stored, ErofsStoredExtent extent, long first)
    {
        if (extent.Blocks == 0)
            return stored is { End: ErofsEnd.Fragment, Indexes: ErofsIndexes.Full } ? stored.EndOffset >> 32 : first + extent.Offset;
        return extent.Offset + (extent.Owner < 0 ? first : _tree.Nodes[extent.Owner].StartBlock);
    }

    private static void WriteFullIndex(ErofsIndexEntry[] entries, Span<byte> index)
    {
        foreach (ErofsIndexEntry entry in entries)
        {
            ErofsClusterIndexLayout.Advise.Set(index, (long)entry.Type);
            ErofsClusterIndexLayout.Offset.Set(index, (long)entry.Offset);
            if (entry.IsHead)
            {
                ErofsClusterIndexLayout.Block.Set(index, entry.Block);
            }
            else
            {
                ErofsClusterIndexLayout.Back.Set(index, (long)entry.Back);
                ErofsClusterIndexLayout.Ahead.Set(index, (long)entry.Ahead);
            }

            index = index[ErofsClusterIndexLayout.Size..];
        }
    }

    /// <summary>Writes what the superblock says of compression.</summary>
    internal void WriteSuperblock(Span<byte> bytes)
    {
        if (HasSettings)
        {
            ErofsSuperblockLayout.Algorithms.Set(bytes, 1L << _compression.Number);
            Settings.CopyTo(bytes[ErofsSuperblockLayout.Size..]);
        }

        if (PackedInode > 0)
            ErofsSuperblockLayout.PackedNid.Set(bytes, _tree.Nodes[PackedInode].Nid);
    }

    private static Hash Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return new Hash(digest);
    }

    /// <summary>A SHA-256.</summary>
    internal readonly record struct Hash(ulong A, ulong B, ulong C, ulong D)
    {
        internal Hash(ReadOnlySpan<byte> bytes)
            : this(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]))
        {
        }
    }
}
