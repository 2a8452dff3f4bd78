using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Puts a squashfs together: content, inodes and directories, tables, superblock.</summary>
internal static class SquashfsWriter
{
    internal static SquashfsPlan Write(FileTree tree, SquashfsOptions options, ContentSpool spool, PackOptions run)
    {
        var scanner = new SquashfsScanner(options);
        scanner.Scan(tree);
        SquashfsCodec codec = SquashfsCodec.Of(options);
        var image = new SquashfsImage(spool);
        byte[] superblock = new byte[SquashfsLayout.Superblock.Size];
        if (codec.Options.Length > 0)
            AppendOptions(image, codec.Options);
        SquashfsUncompressed stored = options.Stored;
        using IBlockCompressor? compressor = codec.Metadata?.Open();
        using var content = new SquashfsContent(options, image, codec.Data, scanner.Directories, run);
        content.Write(scanner.Directories);

        IBlockCompressor? forInodes = stored.HasFlag(SquashfsUncompressed.Inodes) ? null : compressor;
        IBlockCompressor? forIds = stored.HasFlag(SquashfsUncompressed.Ids) ? null : forInodes;
        var xattrs = new SquashfsXattrTable(stored.HasFlag(SquashfsUncompressed.Xattrs) ? null : compressor);
        var inodes = new SquashfsInodeTable(options, scanner, xattrs, forInodes);
        var directories = new SquashfsDirectoryTable(forInodes);
        WriteTree(scanner.Directories[0], inodes, directories);
        SquashfsLayout.Superblock.InodeTable.Set(superblock, image.Length);
        image.Append(inodes.Metadata.Finish());
        SquashfsLayout.Superblock.DirectoryTable.Set(superblock, image.Length);
        image.Append(directories.Metadata.Finish());

        SquashfsLayout.Superblock.FragmentTable.Set(superblock, WriteFragments(image, content.Fragments, forInodes));
        SquashfsLayout.Superblock.ExportTable.Set(superblock, options.Exports ? WriteExports(image, scanner, forInodes) : SquashfsLayout.NoTable);
        SquashfsLayout.Superblock.IdTable.Set(superblock, WriteIds(image, scanner.Ids, forIds));
        SquashfsLayout.Superblock.XattrTable.Set(superblock, xattrs.Count > 0 ? (ulong)xattrs.Write(image) : SquashfsLayout.NoTable);

        SquashfsLayout.Superblock.Magic.Set(superblock, (ulong)SquashfsLayout.Magic);
        SquashfsLayout.Superblock.Inodes.Set(superblock, (ulong)scanner.Count);
        SquashfsLayout.Superblock.Time.Set(superblock, options.Time.Seconds);
        SquashfsLayout.Superblock.BlockSize.Set(superblock, options.BlockSize);
        SquashfsLayout.Superblock.BlockLog.Set(superblock, BitOperations.Log2((uint)options.BlockSize));
        SquashfsLayout.Superblock.Fragments.Set(superblock, content.Fragments.Count);
        SquashfsLayout.Superblock.Compression.Set(superblock, (int)codec.Id);
        SquashfsLayout.Superblock.Flags.Set(superblock, (int)Flags(options, codec, xattrs));
        SquashfsLayout.Superblock.Ids.Set(superblock, scanner.Ids.Count);
        SquashfsLayout.Superblock.Major.Set(superblock, SquashfsLayout.Major);
        SquashfsLayout.Superblock.Root.Set(superblock, scanner.Directories[0].Reference!.Value.Value);
        // Readers hold the last table against this end, so that the padding is not in it.
        long used = image.Length;
        SquashfsLayout.Superblock.BytesUsed.Set(superblock, used);
        long length = options.Pad ? (used + SquashfsLayout.Padding - 1) / SquashfsLayout.Padding * SquashfsLayout.Padding : used;
        Blob blob = image.Finish(superblock, length);
        return new SquashfsPlan(options, scanner, superblock, content.Fragments, codec.Data?.Identity, blob);
    }

    /// <summary>
    /// Writes the inodes of a directory's entries one after the other, those of its subdirectories among them, when
    /// everything below those is written; then its listing. So what a listing leads to is in one place.
    /// </summary>
    private static void WriteTree(SquashfsDirectory root, SquashfsInodeTable inodes, SquashfsDirectoryTable directories)
    {
        var stack = new Stack<(SquashfsDirectory Directory, int Next)>([(root, 0)]);
        while (stack.TryPop(out (SquashfsDirectory Directory, int Next) step))
        {
            SquashfsDirectory directory = step.Directory;
            int next = Array.FindIndex(directory.Children, step.Next, static child => child is SquashfsDirectory);
            if (next >= 0)
            {
                stack.Push((directory, next + 1));
                stack.Push(((SquashfsDirectory)directory.Children[next], 0));
                continue;
            }

            foreach (SquashfsNode child in directory.Children)
            {
                // Another name of it may have been first.
                if (child.Reference is null)
                    inodes.Write(child, isRoot: false);
            }

            directory.Listing = directories.Write(directory);
        }

        inodes.Write(root, isRoot: true);
    }

    private static void AppendOptions(SquashfsImage image, byte[] options)
    {
        Span<byte> header = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(options.Length | SquashfsLayout.StoredMetadata));
        image.Append(header);
        image.Append(options);
    }

    private static ulong WriteFragments(SquashfsImage image, List<(long Start, uint Size)> fragments, IBlockCompressor? compressor)
    {
        if (fragments.Count == 0)
            return SquashfsLayout.NoTable;
        byte[] table = new byte[fragments.Count * SquashfsLayout.Fragment.Size];
        for (int i = 0; i < fragments.Count; i++)
        {
            Span<byte> entry = table.AsSpan(i * SquashfsLayout.Fragment.Size);
            SquashfsLayout.Fragment.Start.Set(entry, fragments[i].Start);
            SquashfsLayout.Fragment.Length.Set(entry, (ulong)fragments[i].Size);
        }

        return (ulong)image.AppendTable(table, compressor);
    }

    /// <summary>Where each inode is, by its number.</summary>
    private static ulong WriteExports(SquashfsImage image, SquashfsScanner scanner, IBlockCompressor? compressor)
    {
        byte[] table = new byte[scanner.Count * sizeof(long)];
        Set(scanner.Directories[0]);
        foreach (SquashfsDirectory directory in scanner.Directories)
        {
            foreach (SquashfsNode child in directory.Children)
                Set(child);
        }

        return (ulong)image.AppendTable(table, compressor);

        void Set(SquashfsNode node) =>
            BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan((int)(node.Number - 1) * sizeof(long)), node.Reference!.Value.Value);
    }

    private static long WriteIds(SquashfsImage image, List<uint> ids, IBlockCompressor? compressor)
    {
        byte[] table = new byte[ids.Count * sizeof(uint)];
        for (int i = 0; i < ids.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(i * sizeof(uint)), ids[i]);
        return image.AppendTable(table, compressor);
    }

    private static SquashfsFlags Flags(SquashfsOptions options, SquashfsCodec codec, SquashfsXattrTable xattrs)
    {
        SquashfsUncompressed stored = options.Stored;
        SquashfsFlags flags = SquashfsFlags.None;
        Add(SquashfsFlags.UncompressedInodes, stored.HasFlag(SquashfsUncompressed.Inodes));
        Add(SquashfsFlags.UncompressedData, stored.HasFlag(SquashfsUncompressed.Data));
        Add(SquashfsFlags.UncompressedFragments, stored.HasFlag(SquashfsUncompressed.Fragments));
        Add(SquashfsFlags.UncompressedXattrs, stored.HasFlag(SquashfsUncompressed.Xattrs));
        Add(SquashfsFlags.UncompressedIds, stored.HasFlag(SquashfsUncompressed.Ids));
        Add(SquashfsFlags.NoFragments, options.Fragments == SquashfsFragments.None);
        Add(SquashfsFlags.AlwaysFragments, options.Fragments == SquashfsFragments.TailEnds);
        Add(SquashfsFlags.Duplicates, options.Duplicates);
        Add(SquashfsFlags.Exportable, options.Exports);
        Add(SquashfsFlags.NoXattrs, !options.Xattrs || xattrs.Count == 0);
        Add(SquashfsFlags.CompressorOptions, codec.Options.Length > 0);
        return flags;

        void Add(SquashfsFlags flag, bool isSet) => flags |= isSet ? flag : 0;
    }
}
