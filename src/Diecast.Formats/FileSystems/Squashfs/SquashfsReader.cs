using System.Buffers.Binary;
using System.Collections.Concurrent;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Reads inodes and directories, each when something asks for it.</summary>
internal sealed class SquashfsReader
{
    private readonly SquashfsVolume _volume;
    private readonly SquashfsBudget _budget;
    private readonly SquashfsXattrReader _xattrs;
    private readonly SquashfsFragmentTable _fragments;
    private readonly uint[] _ids;

    /// <summary>Inodes with several names, by their place, so that each is read once.</summary>
    private readonly ConcurrentDictionary<ulong, Inode> _linked = [];

    /// <summary>Directories that have been read: one with two names would be a tree without an end.</summary>
    private readonly ConcurrentDictionary<ulong, bool> _directories = [];

    private SquashfsReader(Blob image)
    {
        _volume = new SquashfsVolume(image);
        _budget = new SquashfsBudget(_volume.Superblock.BytesUsed);
        _ids = ReadIds();
        _fragments = new SquashfsFragmentTable(_volume);
        _xattrs = new SquashfsXattrReader(_volume, _budget);
    }

    internal static FileTree Read(Blob image)
    {
        var reader = new SquashfsReader(image);
        ulong root = reader._volume.Superblock.Get(SquashfsLayout.Superblock.Root);
        return reader.ReadInode(root) is DirectoryInode directory
            ? new FileTree(directory)
            : throw SquashfsSuperblock.Invalid($"the root, at {root >> 16}:{root & 0xffff}, is no directory");
    }

    private uint[] ReadIds()
    {
        uint[] ids = new uint[_volume.Superblock.Ids];
        var table = new SquashfsTable(_volume, _volume.Superblock.Place(SquashfsLayout.Superblock.IdTable), sizeof(uint), "the table of owners");
        const int each = SquashfsLayout.MetadataSize / sizeof(uint);
        byte[] bytes = new byte[SquashfsLayout.MetadataSize];
        for (int i = 0; i < ids.Length; i += each)
        {
            int count = Math.Min(each, ids.Length - i);
            table.Find(i).Read(bytes.AsSpan(0, count * sizeof(uint)));
            for (int k = 0; k < count; k++)
                ids[i + k] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(k * sizeof(uint)));
        }

        return ids;
    }

    private Inode ReadInode(ulong reference)
    {
        if (_linked.TryGetValue(reference, out Inode? known))
            return known;
        // A place in the table has 32 bits, as listings have it.
        if (reference >> 48 != 0)
            throw SquashfsSuperblock.Invalid($"an inode at {reference >> 16}:{reference & 0xffff} is past all tables");
        long place = _volume.Superblock.InodeTable + (long)(reference >> 16);
        if (place >= _volume.Superblock.DirectoryTable)
            throw SquashfsSuperblock.Invalid($"the inode at {reference >> 16}:{reference & 0xffff} is past the table of inodes");
        var cursor = new SquashfsCursor(_volume, place, (int)(reference & 0xffff));
        Span<byte> structure = stackalloc byte[SquashfsLayout.ExtendedFile.Size];
        cursor.Read(structure[..SquashfsLayout.Inode.HeaderSize]);
        int number = (int)SquashfsLayout.Inode.Type.Get(structure);
        bool isExtended = number > SquashfsLayout.Inode.ExtendedType;
        InodeType type = SquashfsLayout.TypeOf(isExtended ? number - SquashfsLayout.Inode.ExtendedType : number);
        _budget.Charge(0);
        int mode = (int)SquashfsLayout.Inode.Mode.Get(structure) & 0xfff;
        uint links = 1;
        uint xattr = SquashfsLayout.NoXattrs;
        Inode inode;
        switch (type)
        {
            case InodeType.Directory:
                inode = ReadDirectory(reference, ref cursor, structure, isExtended, mode, out xattr);
                break;
            case InodeType.File:
                inode = ReadFile(ref cursor, structure, isExtended, mode, out links, out xattr);
                break;
            case InodeType.Symlink:
                inode = ReadSymlink(ref cursor, structure, isExtended, out links, out xattr);
                break;
            case InodeType.BlockDevice or InodeType.CharacterDevice:
                cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..(isExtended ? SquashfsLayout.Device.ExtendedSize : SquashfsLayout.Device.Size)]);
                links = SquashfsLayout.Device.Links.Get32(structure);
                xattr = isExtended ? SquashfsLayout.Device.Xattr.Get32(structure) : xattr;
                inode = new SpecialInode(type, mode, Decode(SquashfsLayout.Device.Number.Get32(structure)));
                break;
            case InodeType.Fifo or InodeType.Socket:
                cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..(isExtended ? SquashfsLayout.Ipc.ExtendedSize : SquashfsLayout.Ipc.Size)]);
                links = SquashfsLayout.Ipc.Links.Get32(structure);
                xattr = isExtended ? SquashfsLayout.Ipc.Xattr.Get32(structure) : xattr;
                inode = new SpecialInode(type, mode);
                break;
            default:
                throw SquashfsSuperblock.Invalid($"the inode at {reference >> 16}:{reference & 0xffff} has the type {number}");
        }

        inode.Uid = Id((int)SquashfsLayout.Inode.Uid.Get(structure));
        inode.Gid = Id((int)SquashfsLayout.Inode.Gid.Get(structure));
        inode.ModifiedTime = new Timestamp(SquashfsLayout.Inode.Time.Get32(structure));
        inode.Xattrs = _xattrs.Find(xattr);
        return links > 1 && inode is not DirectoryInode ? _linked.GetOrAdd(reference, inode) : inode;
    }

    private DirectoryInode ReadDirectory(
        ulong reference, ref SquashfsCursor cursor, Span<byte> structure, bool isExtended, int mode, out uint xattr)
    {
        if (!_directories.TryAdd(reference, true))
            throw SquashfsSuperblock.Invalid($"the directory at {reference >> 16}:{reference & 0xffff} has two names");
        xattr = SquashfsLayout.NoXattrs;
        ulong block;
        long length;
        int offset;
        if (isExtended)
        {
            cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..SquashfsLayout.ExtendedDirectory.Size]);
            block = SquashfsLayout.ExtendedDirectory.Block.Get(structure);
            length = (long)SquashfsLayout.ExtendedDirectory.Length.Get(structure);
            offset = (int)SquashfsLayout.ExtendedDirectory.Offset.Get(structure);
            xattr = SquashfsLayout.ExtendedDirectory.Xattr.Get32(structure);
        }
        else
        {
            cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..SquashfsLayout.Directory.Size]);
            block = SquashfsLayout.Directory.Block.Get(structure);
            length = (long)SquashfsLayout.Directory.Length.Get(structure);
            offset = (int)SquashfsLayout.Directory.Offset.Get(structure);
        }

        long place = _volume.Superblock.DirectoryTable + (long)block;
        return new DirectoryInode(mode, () => ReadListing(place, offset, length - SquashfsLayout.UnstoredListing));
    }

    private DirectoryEntry[] ReadListing(long place, int offset, long length)
    {
        List<DirectoryEntry> entries = [];
        var cursor = new SquashfsCursor(_volume, place, offset);
        Span<byte> run = stackalloc byte[SquashfsLayout.Run.Size];
        Span<byte> header = stackalloc byte[SquashfsLayout.Entry.Size];
        while (length > 0)
        {
            cursor.Read(run);
            length -= run.Length;
            uint count = SquashfsLayout.Run.Count.Get32(run);
            if (count >= SquashfsLayout.MaximumRun)
                throw SquashfsSuperblock.Invalid($"a run of the directory at {place}:{offset} has {count + 1L} entries; it has at most {SquashfsLayout.MaximumRun}");
            ulong block = SquashfsLayout.Run.Block.Get(run);
            for (uint i = 0; i <= count; i++)
            {
                cursor.Read(header);
                int size = (int)SquashfsLayout.Entry.NameLength.Get(header) + 1;
                length -= header.Length + size;
                if (size > SquashfsLayout.LongestName + 1 || length < 0)
                    throw SquashfsSuperblock.Invalid($"the directory at {place}:{offset} has a name of {size} bytes that is not in it");
                _budget.Charge(size);
                byte[] name = new byte[size];
                cursor.Read(name);
                if (!FileName.IsValid(name))
                    throw SquashfsSuperblock.Invalid($"the directory at {place}:{offset} has the name '{new FileName(name)}'");
                entries.Add(new DirectoryEntry(new FileName(name), ReadInode((block << 16) | SquashfsLayout.Entry.Offset.Get(header))));
            }
        }

        DirectoryEntry[] listing = [.. entries];
        listing.AsSpan().Sort(static (a, b) => a.Name.CompareTo(b.Name));
        for (int i = 1; i < listing.Length; i++)
        {
            if (listing[i].Name == listing[i - 1].Name)
                throw SquashfsSuperblock.Invalid($"the directory at {place}:{offset} has two entries '{listing[i].Name}'");
        }

        return listing;
    }

    private FileInode ReadFile(ref SquashfsCursor cursor, Span<byte> structure, bool isExtended, int mode, out uint links, out uint xattr)
    {
        links = 1;
        xattr = SquashfsLayout.NoXattrs;
        ulong start;
        ulong length;
        uint fragment;
        uint fragmentOffset;
        if (isExtended)
        {
            cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..SquashfsLayout.ExtendedFile.Size]);
            start = SquashfsLayout.ExtendedFile.Start.Get(structure);
            length = SquashfsLayout.ExtendedFile.Length.Get(structure);
            links = SquashfsLayout.ExtendedFile.Links.Get32(structure);
            fragment = SquashfsLayout.ExtendedFile.Fragment.Get32(structure);
            fragmentOffset = SquashfsLayout.ExtendedFile.FragmentOffset.Get32(structure);
            xattr = SquashfsLayout.ExtendedFile.Xattr.Get32(structure);
        }
        else
        {
            cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..SquashfsLayout.File.Size]);
            start = SquashfsLayout.File.Start.Get(structure);
            length = SquashfsLayout.File.Length.Get(structure);
            fragment = SquashfsLayout.File.Fragment.Get32(structure);
            fragmentOffset = SquashfsLayout.File.FragmentOffset.Get32(structure);
        }

        if (length == 0)
            return new FileInode(Blob.Empty, mode);
        // So that block numbers and sums of lengths stay in 64 bits.
        if (length > long.MaxValue / 2)
            throw SquashfsSuperblock.Invalid($"a file has {length} bytes");
        int blockSize = _volume.Superblock.BlockSize;
        long count = ((long)length + (fragment == SquashfsLayout.NoFragment ? blockSize - 1 : 0)) / blockSize;
        // A fragment is of what is left behind the last whole block, which may be nothing.
        SquashfsBlockList list = new(_volume, count == 0 ? 0 : start, count, cursor);
        return new FileInode(new SquashfsFileBlob(_volume, _fragments, list, (long)length, count, fragment, fragmentOffset), mode);
    }

    private SymlinkInode ReadSymlink(ref SquashfsCursor cursor, Span<byte> structure, bool isExtended, out uint links, out uint xattr)
    {
        cursor.Read(structure[SquashfsLayout.Inode.HeaderSize..SquashfsLayout.Symlink.Size]);
        links = SquashfsLayout.Symlink.Links.Get32(structure);
        uint length = SquashfsLayout.Symlink.Length.Get32(structure);
        if (length is 0 or > ushort.MaxValue)
            throw SquashfsSuperblock.Invalid($"a symbolic link has a target of {length} bytes");
        _budget.Charge(length);
        byte[] target = new byte[length];
        cursor.Read(target);
        if (target.AsSpan().Contains((byte)0))
            throw SquashfsSuperblock.Invalid($"a symbolic link has a target with a NUL");
        xattr = isExtended ? cursor.ReadUInt32() : SquashfsLayout.NoXattrs;
        return new SymlinkInode(new FileName(target));
    }

    private uint Id(int index) =>
        index < _ids.Length ? _ids[index] : throw SquashfsSuperblock.Invalid($"there is no owner {index}; there are {_ids.Length}");

    /// <summary>A device's number as Linux hands it around (include/linux/kdev_t.h, new_decode_dev).</summary>
    private static DeviceNumber Decode(uint number) => new((number & 0xfff00) >> 8, (number & 0xff) | ((number >> 12) & 0xfff00));
}
