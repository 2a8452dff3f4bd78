using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtReader
{
    /// <summary>PATH_MAX is 4096 with its NUL, so no path that Linux takes has more names.</summary>
    private const int MaximumDepth = 2048;

    private const int InlineParentSize = 4;

    private DirectoryInode Directory(uint number, int depth, int mode) => new(mode, () =>
    {
        lock (_lock)
            return ReadDirectory(number, depth);
    });

    /// <summary>
    /// The entries of a directory, block after block: those of the index look like blocks without names.
    /// </summary>
    private DirectoryEntry[] ReadDirectory(uint number, int depth)
    {
        ReadOnlySpan<byte> inode = _volume.Inode(number);
        var names = new Dictionary<FileName, uint>();
        if ((ExtInodeLayout.Flags.Get(inode) & ExtFormat.InodeInlineData) != 0)
            ReadInline(number, inode, names);
        else
            ReadBlocks(number, inode, names);
        if (depth >= MaximumDepth && names.Count > 0)
            throw ExtReaderVolume.Invalid($"directory {number} is deeper than {MaximumDepth} names, the longest path of Linux");

        var entries = new DirectoryEntry[names.Count];
        int count = 0;
        foreach ((FileName name, uint child) in names)
        {
            Inode below = Inode(child, depth + 1);
            if (below is DirectoryInode && !_directories.Add(child))
                throw ExtReaderVolume.Invalid($"'{name}' in directory {number}: directory {child} has another name already");
            entries[count++] = new DirectoryEntry(name, below);
        }

        return entries;
    }

    private void ReadInline(uint number, ReadOnlySpan<byte> inode, Dictionary<FileName, uint> names)
    {
        ReadEntries(number, ExtInodeLayout.Block.Of(inode)[InlineParentSize..], names, isFirst: false);
        if (_xattrs.Read(number, inode).InlineData is { Length: > 0 } rest)
            ReadEntries(number, rest.Span, names, isFirst: false);
    }

    private void ReadBlocks(uint number, ReadOnlySpan<byte> inode, Dictionary<FileName, uint> names)
    {
        int blockSize = _volume.BlockSize;
        long size = SizeOf(number, inode);
        if (size == 0 || size % blockSize != 0)
            throw ExtReaderVolume.Invalid($"directory {number} has {size} bytes");
        long blocks = size / blockSize;
        long next = 0;
        foreach (ExtReaderRun run in ExtReaderMap.Read(
            _volume, number, (uint)ExtInodeLayout.Flags.Get(inode), ExtInodeLayout.Block.Of(inode)))
        {
            if (next == blocks)
                break;
            if (run.Logical != next)
                throw Hole(next);
            for (long i = 0; i < run.Blocks && next < blocks; i++, next++)
                ReadEntries(number, _volume.Block(run.Physical + i, $"directory {number}"), names, next == 0);
        }

        if (next < blocks)
            throw Hole(next);

        InvalidImageException Hole(long block) => ExtReaderVolume.Invalid($"directory {number} has a hole at its block {block}");
    }

    /// <summary>Entries that fill an area to its end (directory.rst, "Linear (Classic) Directories").</summary>
    private void ReadEntries(uint directory, ReadOnlySpan<byte> area, Dictionary<FileName, uint> names, bool isFirst)
    {
        const int leastLength = 12;
        int at = 0;
        for (int index = 0; at < area.Length; index++)
        {
            ReadOnlySpan<byte> rest = area[at..];
            if (rest.Length < ExtDirectoryLayout.EntryHeaderSize)
                throw Invalid(directory, at, $"{rest.Length} bytes are left for it");
            uint inode = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            int length = EntryLength(BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]));
            int nameLength = rest[6];
            if (length < leastLength || length % 4 != 0 || length > rest.Length
                || nameLength > length - ExtDirectoryLayout.EntryHeaderSize)
                throw Invalid(directory, at, $"it has {length} bytes and a name of {nameLength}");
            ReadOnlySpan<byte> name = rest.Slice(ExtDirectoryLayout.EntryHeaderSize, nameLength);
            at += length;
            if (isFirst && index < 2)
                CheckDot(directory, index, name, inode);
            else if (inode != 0)
                AddName(directory, at - length, name, inode, names);
        }
    }

    /// <summary>In blocks of 64 KiB lengths do not fit their field (ext4_rec_len_from_disk).</summary>
    private int EntryLength(int stored)
    {
        if (_volume.BlockSize <= ushort.MaxValue)
            return stored;
        return stored is 0 or ushort.MaxValue ? _volume.BlockSize : (stored & 0xfffc) | ((stored & 3) << 16);
    }

    private static void CheckDot(uint directory, int index, ReadOnlySpan<byte> name, uint inode)
    {
        if (!name.SequenceEqual(index == 0 ? "."u8 : ".."u8) || (index == 0 && inode != directory))
            throw ExtReaderVolume.Invalid($"directory {directory} does not begin with itself and its parent");
    }

    private void AddName(uint directory, int at, ReadOnlySpan<byte> bytes, uint inode, Dictionary<FileName, uint> names)
    {
        if (!FileName.IsValid(bytes))
            throw Invalid(directory, at, "its name is empty, a dot name, or holds a slash or NUL");
        if (inode < _volume.Superblock.FirstInode || inode > _volume.Superblock.Inodes)
            throw Invalid(directory, at, $"it stands for inode {inode} of {_volume.Superblock.Inodes}");
        var name = new FileName(bytes.ToArray());
        if (!names.TryAdd(name, inode))
            throw Invalid(directory, at, $"its name '{name}' is there twice");
    }

    private static InvalidImageException Invalid(uint directory, int at, string what) =>
        ExtReaderVolume.Invalid($"directory {directory}: the entry at byte {at} of a block: {what}");
}
