using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The tree of a file system, read as it is asked for.</summary>
/// <remarks>
/// What is read leads to memory in proportion to the image: a directory belongs to one name, a file with several names
/// is one inode, and the blocks of all maps together are counted.
/// </remarks>
internal sealed partial class ExtReader
{
    private readonly Lock _lock = new();
    private readonly ExtReaderVolume _volume;
    private readonly ExtReaderXattrs _xattrs;
    private readonly HashSet<uint> _directories = [];
    private readonly Dictionary<uint, Inode> _linked = [];

    private ExtReader(ExtReaderVolume volume)
    {
        _volume = volume;
        _xattrs = new ExtReaderXattrs(volume, this);
    }

    internal static FileTree Read(Blob image)
    {
        ExtReaderSuperblock superblock = ExtReaderSuperblock.Read(image);
        var volume = new ExtReaderVolume(image, superblock);
        if (superblock.Features.Has(ExtFeature.NeedsRecovery))
        {
            Blob replayed = ExtReaderJournal.Replay(volume);
            volume = new ExtReaderVolume(replayed, ExtReaderSuperblock.Read(replayed));
        }

        var reader = new ExtReader(volume);
        reader._directories.Add(ExtFormat.RootInode);
        return reader.Decode(ExtFormat.RootInode, 0) is DirectoryInode root
            ? new FileTree(root)
            : throw ExtReaderVolume.Invalid("the root is not a directory");
    }

    /// <summary>The content of a mapped inode, once someone reads it.</summary>
    internal Blob ReadContent(uint number, uint flags, ReadOnlySpan<byte> pointers, long size)
    {
        lock (_lock)
            return ExtReaderMap.ToBlob(_volume, ExtReaderMap.Read(_volume, number, flags, pointers), size);
    }

    /// <summary>What stands behind a protected file's hash tree: the last four bytes of its last block tell how long it is.</summary>
    internal byte[] ReadVerityDescriptor(uint number, uint flags, ReadOnlySpan<byte> pointers)
    {
        lock (_lock)
        {
            List<ExtReaderRun> runs = ExtReaderMap.Read(_volume, number, flags, pointers);
            if (runs.Count == 0)
                throw ExtReaderVolume.Invalid($"inode {number} claims to be protected by fs-verity, and has no blocks");
            long end = runs[^1].End * _volume.BlockSize;
            Blob blocks = ExtReaderMap.ToBlob(_volume, runs, end);
            Span<byte> length = stackalloc byte[sizeof(int)];
            blocks.Read(end - sizeof(int), length);
            int size = BinaryPrimitives.ReadInt32LittleEndian(length);
            long start = (end - sizeof(int) - size) / _volume.BlockSize * _volume.BlockSize;
            if (size < VerityDescriptor.Size || size > VerityDescriptor.Size + VerityOptions.MaximumSignatureSize || start < 0)
                throw ExtReaderVolume.Invalid($"inode {number} has an fs-verity descriptor of {size} bytes");
            return blocks.Slice(start, size).ToArray();
        }
    }

    /// <summary>i_size; its upper half is for other things where directories and links of old are concerned.</summary>
    internal long SizeOf(uint number, ReadOnlySpan<byte> inode)
    {
        var type = (InodeType)(ExtInodeLayout.Mode.Get(inode) & 0xf000);
        ulong size = ExtInodeLayout.SizeLo.Get(inode);
        if (type == InodeType.File || _volume.Superblock.Features.Has(ExtFeature.LargeDir))
            size |= ExtInodeLayout.SizeHigh.Get(inode) << 32;
        return size <= (ulong)_volume.BlockSize << 32
            ? (long)size
            : throw ExtReaderVolume.Invalid($"inode {number} claims {size} bytes");
    }

    private Inode Inode(uint number, int depth) => _linked.TryGetValue(number, out Inode? known) ? known : Decode(number, depth);

    private Inode Decode(uint number, int depth)
    {
        ReadOnlySpan<byte> bytes = _volume.Inode(number);
        uint flags = (uint)ExtInodeLayout.Flags.Get(bytes);
        int mode = (int)ExtInodeLayout.Mode.Get(bytes);
        if (ExtInodeLayout.LinksCount.Get(bytes) == 0)
            throw ExtReaderVolume.Invalid($"inode {number} has a name, and claims to have none");
        if ((flags & ExtFormat.InodeEncrypted) != 0)
            throw ExtReaderVolume.Invalid($"inode {number} is encrypted: the feature {ExtFeature.Encrypt.Name} cannot be read");
        if ((flags & ExtFormat.InodeHoldsXattr) != 0)
            throw ExtReaderVolume.Invalid($"inode {number} has a name, and is the value of an attribute");
        CheckExtra(number, bytes);
        ExtReaderXattrs.Found found = _xattrs.Read(number, bytes);
        Inode inode = (InodeType)(mode & 0xf000) switch
        {
            InodeType.File => new FileInode(FileContent(number, flags, bytes, found), mode & 0xfff),
            InodeType.Directory => Directory(number, depth, mode & 0xfff),
            InodeType.Symlink => new SymlinkInode(new FileName(Target(number, flags, bytes, found))),
            InodeType.CharacterDevice or InodeType.BlockDevice =>
                new SpecialInode((InodeType)(mode & 0xf000), mode & 0xfff, Device(bytes)),
            InodeType.Fifo or InodeType.Socket => new SpecialInode((InodeType)(mode & 0xf000), mode & 0xfff),
            _ => throw ExtReaderVolume.Invalid($"inode {number} is of a type that is not known ({mode:x4})"),
        };
        inode.Uid = (uint)(ExtInodeLayout.Uid.Get(bytes) | (ExtInodeLayout.UidHigh.Get(bytes) << 16));
        inode.Gid = (uint)(ExtInodeLayout.Gid.Get(bytes) | (ExtInodeLayout.GidHigh.Get(bytes) << 16));
        inode.ModifiedTime = ModifiedTime(number, bytes);
        inode.Xattrs = WithTranslator(number, bytes, found.Xattrs);
        if (inode is not DirectoryInode && ExtInodeLayout.LinksCount.Get(bytes) > 1)
            _linked.Add(number, inode);
        return inode;
    }

    private static void CheckExtra(uint number, ReadOnlySpan<byte> inode)
    {
        if (inode.Length == ExtFormat.OldInodeSize)
            return;
        ulong extra = ExtInodeLayout.ExtraIsize.Get(inode);
        if (extra > (ulong)(inode.Length - ExtFormat.OldInodeSize) || extra % sizeof(uint) != 0)
            throw ExtReaderVolume.Invalid($"inode {number} claims {extra} bytes of extra fields");
    }

    private static Timestamp ModifiedTime(uint number, ReadOnlySpan<byte> inode)
    {
        uint extra = 0;
        if (inode.Length > ExtFormat.OldInodeSize
            && ExtFormat.OldInodeSize + (int)ExtInodeLayout.ExtraIsize.Get(inode) >= ExtInodeLayout.MtimeExtra.End)
            extra = (uint)ExtInodeLayout.MtimeExtra.Get(inode);
        Timestamp time = ExtTime.Decode((uint)ExtInodeLayout.Mtime.Get(inode), extra);
        return time.Nanoseconds < 1_000_000_000
            ? time
            : throw ExtReaderVolume.Invalid($"inode {number} has a time with {time.Nanoseconds} nanoseconds");
    }

    private static DeviceNumber Device(ReadOnlySpan<byte> inode)
    {
        ReadOnlySpan<byte> words = ExtInodeLayout.Block.Of(inode);
        uint old = BinaryPrimitives.ReadUInt32LittleEndian(words);
        if (old != 0)
            return new DeviceNumber((old >> 8) & 0xff, old & 0xff);
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(words[sizeof(uint)..]);
        return new DeviceNumber((word >> 8) & 0xfff, (word & 0xff) | ((word >> 12) & 0xfff00));
    }

    private Blob FileContent(uint number, uint flags, ReadOnlySpan<byte> inode, ExtReaderXattrs.Found found)
    {
        long size = SizeOf(number, inode);
        if ((flags & ExtFormat.InodeInlineData) != 0)
            return Blob.FromMemory(Inline(number, inode, found, size));
        return size == 0 && (flags & ExtInodeFlags.Verity) == 0 ? Blob.Empty : new ExtReaderContent(this, number, flags, ExtInodeLayout.Block.Of(inode).ToArray(), size);
    }

    /// <summary>Content in i_block, and what does not fit there in the attribute system.data (inlinedata.rst).</summary>
    private static byte[] Inline(uint number, ReadOnlySpan<byte> inode, ExtReaderXattrs.Found found, long size)
    {
        ReadOnlySpan<byte> first = ExtInodeLayout.Block.Of(inode);
        if (size <= first.Length)
            return first[..(int)size].ToArray();
        if (found.InlineData is not { } rest || size - first.Length > rest.Length)
            throw ExtReaderVolume.Invalid($"inode {number} claims {size} bytes within it");
        return [.. first, .. rest.Span[..(int)(size - first.Length)]];
    }

    private byte[] Target(uint number, uint flags, ReadOnlySpan<byte> inode, ExtReaderXattrs.Found found)
    {
        long size = SizeOf(number, inode);
        if (size == 0 || size > _volume.BlockSize)
            throw ExtReaderVolume.Invalid($"inode {number} is a symbolic link of {size} bytes");
        ReadOnlySpan<byte> block = ExtInodeLayout.Block.Of(inode);
        byte[] target;
        if ((flags & ExtFormat.InodeInlineData) != 0)
            target = Inline(number, inode, found, size);
        else if (size < ExtFormat.FastSymlinkSize && (flags & ExtFormat.InodeExtents) == 0)
            target = block[..(int)size].ToArray();
        else
            target = ReadContent(number, flags, block, size).ToArray();
        return !target.Contains((byte)0) ? target : throw ExtReaderVolume.Invalid($"inode {number} is a symbolic link with NUL in it");
    }
}
