using System.Buffers;
using System.Diagnostics;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

public sealed partial class ErofsPlan
{
    /// <inheritdoc/>
    public override Blob ToBlob()
    {
        var builder = new BlobBuilder();
        builder.Add(ErofsFormat.SuperblockOffset, new GeneratedBlob(ErofsSuperblockLayout.Size + (_pack?.Settings.Length ?? 0), ReadSuperblock));
        long first = _tree.Nodes[0].Position;
        builder.Add(first, new GeneratedBlob(_metaEnd - first, (offset, destination) => ReadMetadata(first + offset, destination)));
        Span<ErofsNode> nodes = _tree.Nodes;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Directory > 0 && nodes[i].Blocks > 0)
                builder.Add(nodes[i].StartBlock * _blockSize, DirectoryBlob(i));
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i] is { Directory: 0, SharedWith: 0, Blocks: > 0 })
                AddContent(nodes[i], builder);
        }

        return builder.ToBlob(Length);
    }

    private void AddContent(in ErofsNode node, BlobBuilder builder)
    {
        long start = node.StartBlock * _blockSize;
        switch (node.Layout)
        {
            case ErofsDataLayout.Chunks:
                _tree.Chunks[node.Store - 1].Add(builder, node.StartBlock);
                break;
            case ErofsDataLayout.CompressedFull or ErofsDataLayout.CompressedCompact:
                builder.Add(start, _pack!.Content(node));
                break;
            default:
                builder.Add(start, ContentOf(node).Slice(0, node.Size - node.TailSize));
                break;
        }
    }

    private static Blob ContentOf(in ErofsNode node)
    {
        Blob content = node.Source switch
        {
            FileInode file => file.Content,
            SymlinkInode link => Blob.FromMemory(link.Target.Memory),
            _ => throw new UnreachableException($"erofs: inode {node.Nid} has no content"),
        };
        return content.Length == node.Size
            ? content
            : throw new UnreachableException($"erofs: inode {node.Nid} was planned with {node.Size} bytes and has {content.Length}");
    }

    /// <summary>The checksum is of the first block, so that making it reads what is in inodes there.</summary>
    private void ReadSuperblock(long offset, Span<byte> destination)
    {
        byte[] bytes = new byte[ErofsSuperblock.SummedLength(_blockSize)];
        WriteSuperblock(bytes);
        long first = _tree.Nodes[0].Position;
        int skip = (int)(first - ErofsFormat.SuperblockOffset);
        if (skip < bytes.Length)
        {
            // A first block that ends before the inodes do not is one of many; one that ends after them has zeros there.
            int count = (int)Math.Min(bytes.Length - skip, _metaEnd - first);
            ReadMetadata(first, bytes.AsSpan(skip, count));
        }

        ErofsSuperblockLayout.Checksum.Set(bytes, (ulong)Crc32C.Append(Crc32C.Start, bytes));
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    private void WriteSuperblock(Span<byte> bytes)
    {
        uint incompat = _pack?.Features ?? 0;
        if (_tree.Chunks.Count > 0)
            incompat |= ErofsFormat.IncompatChunks;
        ErofsSuperblockLayout.Magic.Set(bytes, (ulong)ErofsFormat.Magic);
        ErofsSuperblockLayout.FeatureCompat.Set(bytes, (ulong)(ErofsFormat.CompatChecksum | ErofsFormat.CompatModifiedTime));
        ErofsSuperblockLayout.FeatureIncompat.Set(bytes, (ulong)incompat);
        ErofsSuperblockLayout.BlockSizeBits.Set(bytes, (long)_options.BlockBits);
        ErofsSuperblockLayout.RootNid.Set(bytes, _tree.Nodes[0].Nid);
        ErofsSuperblockLayout.Inodes.Set(bytes, InodeCount);
        ErofsSuperblockLayout.Epoch.Set(bytes, unchecked((ulong)_options.Time.Seconds));
        ErofsSuperblockLayout.FixedNanoseconds.Set(bytes, (long)_options.Time.Nanoseconds);
        ErofsSuperblockLayout.Blocks.Set(bytes, BlockCount);
        ErofsSuperblockLayout.XattrBlock.Set(bytes, _sharedStart / _blockSize);
        _options.Uuid.TryWriteBytes(ErofsSuperblockLayout.Uuid.In(bytes), bigEndian: true, out _);
        Encoding.UTF8.GetBytes(_options.Label, ErofsSuperblockLayout.VolumeName.In(bytes));
        _pack?.WriteSuperblock(bytes);
    }

    /// <summary>Inodes with what is behind them, and the shared area; zeros between.</summary>
    private void ReadMetadata(long offset, Span<byte> destination)
    {
        destination.Clear();
        long end = offset + destination.Length;
        if (_tree.Xattrs.SharedSize > 0 && offset < _sharedStart + _tree.Xattrs.SharedSize && end > _sharedStart)
        {
            byte[] shared = new byte[_tree.Xattrs.SharedSize];
            _tree.Xattrs.WriteShared(shared);
            Copy(shared, _sharedStart, offset, destination);
        }

        byte[]? scratch = null;
        for (int i = FirstEndingAfter(offset); i < _order.Length; i++)
        {
            ref ErofsNode node = ref _tree.Nodes[_order[i]];
            if (node.Position >= end)
                break;
            int size = _tree.HeadSize(node) + node.TailSize;
            if (node.Position >= offset && node.Position + size <= end)
            {
                WriteInode(node, destination.Slice((int)(node.Position - offset), size));
                continue;
            }

            if (scratch is null || scratch.Length < size)
            {
                if (scratch is not null)
                    ArrayPool<byte>.Shared.Return(scratch);
                scratch = ArrayPool<byte>.Shared.Rent(size);
            }

            Span<byte> bytes = scratch.AsSpan(0, size);
            bytes.Clear();
            WriteInode(node, bytes);
            Copy(bytes, node.Position, offset, destination);
        }

        if (scratch is not null)
            ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void Copy(ReadOnlySpan<byte> source, long position, long offset, Span<byte> destination)
    {
        long from = Math.Max(position, offset);
        long end = Math.Min(position + source.Length, offset + destination.Length);
        source.Slice((int)(from - position), (int)(end - from)).CopyTo(destination[(int)(from - offset)..]);
    }

    private int FirstEndingAfter(long offset)
    {
        int low = 0;
        int high = _order.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            ref ErofsNode node = ref _tree.Nodes[_order[middle]];
            if (node.Position + _tree.HeadSize(node) + node.TailSize <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void WriteInode(in ErofsNode node, Span<byte> bytes)
    {
        Inode source = node.Source;
        (uint uid, uint gid) = _tree.OwnerOf(source);
        ErofsCompactInodeLayout.Format.Set(bytes, (long)(((int)node.Layout << ErofsFormat.FormatLayoutShift) | (node.IsExtended ? ErofsFormat.FormatExtended : 0)));
        ErofsCompactInodeLayout.Mode.Set(bytes, (long)source.FullMode);
        ErofsCompactInodeLayout.Union.Set(bytes, (ulong)UnionOf(node));
        ErofsCompactInodeLayout.Number.Set(bytes, node.Nid & uint.MaxValue);
        if (node.IsExtended)
        {
            Timestamp time = _tree.TimeOf(source);
            ErofsExtendedInodeLayout.FileSize.Set(bytes, node.Size);
            ErofsExtendedInodeLayout.Uid.Set(bytes, (ulong)uid);
            ErofsExtendedInodeLayout.Gid.Set(bytes, (ulong)gid);
            ErofsExtendedInodeLayout.ModifiedTime.Set(bytes, unchecked((ulong)time.Seconds));
            ErofsExtendedInodeLayout.ModifiedNanoseconds.Set(bytes, (long)time.Nanoseconds);
            ErofsExtendedInodeLayout.Links.Set(bytes, (ulong)node.Links);
        }
        else
        {
            ErofsCompactInodeLayout.FileSize.Set(bytes, node.Size);
            ErofsCompactInodeLayout.Uid.Set(bytes, (ulong)uid);
            ErofsCompactInodeLayout.Gid.Set(bytes, (ulong)gid);
            ErofsCompactInodeLayout.Links.Set(bytes, (ulong)node.Links);
        }

        int at = node.InodeSize;
        if (node.Xattrs > 0)
        {
            ErofsXattrSet set = _tree.Xattrs.Sets[node.Xattrs - 1];
            ErofsCompactInodeLayout.XattrCount.Set(bytes, (long)(((set.Size - ErofsXattrHeaderLayout.Size) / sizeof(uint)) + 1));
            _tree.Xattrs.Write(set, bytes.Slice(at, set.Size), SharedOffset);
            at += set.Size;
        }

        Span<byte> map = bytes.Slice(at, node.MapSize);
        Span<byte> tail = bytes.Slice(at + node.MapSize, node.TailSize);
        switch (node.Layout)
        {
            case ErofsDataLayout.Chunks:
                _tree.Chunks[node.Store - 1].WriteMap(node.StartBlock, map);
                break;
            case ErofsDataLayout.CompressedFull or ErofsDataLayout.CompressedCompact:
                _pack!.WriteMap(node, at, map, tail);
                break;
            case ErofsDataLayout.Inline when node.Directory > 0:
                WriteEntries(_tree.Directories[node.Directory - 1], node.Blocks, tail);
                break;
            case ErofsDataLayout.Inline:
                ContentOf(node).Read(node.Size - node.TailSize, tail);
                break;
        }
    }

    private uint UnionOf(in ErofsNode node)
    {
        if (node.Source is SpecialInode special)
        {
            // The kernel's new_encode_dev.
            (uint major, uint minor) = special.Device;
            return (minor & 0xff) | (major << 8) | ((minor & 0xfff00) << 12);
        }

        return node.Layout switch
        {
            ErofsDataLayout.Chunks => (uint)_tree.Chunks[node.Store - 1].ExtraBits,
            ErofsDataLayout.CompressedFull or ErofsDataLayout.CompressedCompact => _pack!.BlocksOf(node),
            _ => checked((uint)node.StartBlock),
        };
    }

    private GeneratedBlob DirectoryBlob(int place)
    {
        ErofsNode node = _tree.Nodes[place];
        long length = node.Blocks * _blockSize;
        return new GeneratedBlob(length, (offset, destination) =>
        {
            byte[] block = ArrayPool<byte>.Shared.Rent(_blockSize);
            while (destination.Length > 0)
            {
                (long index, long skip) = Math.DivRem(offset, _blockSize);
                Span<byte> whole = block.AsSpan(0, _blockSize);
                whole.Clear();
                WriteEntries(_tree.Directories[node.Directory - 1], index, whole);
                int count = (int)Math.Min(_blockSize - skip, destination.Length);
                whole.Slice((int)skip, count).CopyTo(destination);
                destination = destination[count..];
                offset += count;
            }

            ArrayPool<byte>.Shared.Return(block);
        });
    }

    /// <summary>Writes a block of a directory, or the end of it that is behind the inode.</summary>
    private void WriteEntries(in ErofsDirectory directory, long block, Span<byte> bytes)
    {
        int first = directory.BlockStarts?[block] ?? 0;
        int end = directory.BlockStarts is { } starts && block + 1 < starts.Length ? starts[block + 1] : directory.Count + 2;
        int nameOffset = (end - first) * ErofsDirentLayout.Size;
        for (int i = first; i < end; i++)
        {
            (FileName name, int place) = _tree.Entry(directory, i);
            ref ErofsNode node = ref _tree.Nodes[place];
            Span<byte> entry = bytes[((i - first) * ErofsDirentLayout.Size)..];
            ErofsDirentLayout.Nid.Set(entry, node.Nid);
            ErofsDirentLayout.NameOffset.Set(entry, (long)nameOffset);
            ErofsDirentLayout.FileType.Set(entry, (long)EntryTypes.Of(node.Source.Type));
            name.Span.CopyTo(bytes[nameOffset..]);
            nameOffset += name.Length;
        }
    }
}
