using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>The structures of squashfs 4.0 (fs/squashfs/squashfs_fs.h; squashfs-tools-ng doc/format.adoc).</summary>
internal static class SquashfsLayout
{
    internal const string Format = "squashfs";
    internal const uint Magic = 0x73717368;

    /// <summary>The magic of images from before 4.0 in the byte order of the other kind of machine.</summary>
    internal const uint SwappedMagic = 0x68737173;

    internal const int Major = 4;
    internal const int MetadataSize = 8192;
    internal const int LeastBlockSize = 4096;
    internal const int LargestBlockSize = 1 << 20;

    /// <summary>Owners and groups; their number has 16 bits in the superblock.</summary>
    internal const int MaximumIds = ushort.MaxValue;

    internal const int MaximumRun = 256;

    /// <summary>What the kernel takes for a name, NAME_MAX; the format has room for one byte more.</summary>
    internal const int LongestName = 255;

    /// <summary>PATH_MAX without its NUL.</summary>
    internal const int LongestTarget = 4095;

    /// <summary>XATTR_SIZE_MAX.</summary>
    internal const int LargestXattr = 65536;

    /// <summary>Readers count dot and dot-dot, which are not stored, as three bytes of a listing.</summary>
    internal const int UnstoredListing = 3;

    /// <summary>What pads the end: the kernel reads whole device blocks, of 4 KiB at most.</summary>
    internal const int Padding = 4096;

    internal const uint NoFragment = uint.MaxValue;
    internal const uint NoXattrs = uint.MaxValue;
    internal const ulong NoTable = ulong.MaxValue;

    /// <summary>In a metadata block's header: it is not compressed.</summary>
    internal const int StoredMetadata = 0x8000;

    /// <summary>In a data block's size: it is not compressed.</summary>
    internal const uint StoredData = 1 << 24;

    /// <summary>In an attribute's type: the value is a reference to where it stands.</summary>
    internal const int ValueElsewhere = 0x100;

    /// <summary>Prefixes of attributes; the index is the type.</summary>
    internal static readonly byte[][] XattrPrefixes = ["user."u8.ToArray(), "trusted."u8.ToArray(), "security."u8.ToArray()];

    /// <summary><c>struct squashfs_super_block</c>.</summary>
    internal static class Superblock
    {
        internal const int Size = 96;
        internal static readonly LayoutField Magic = new("s_magic", 0, 4);
        internal static readonly LayoutField Inodes = new("inodes", 4, 4);
        internal static readonly LayoutField Time = new("mkfs_time", 8, 4);
        internal static readonly LayoutField BlockSize = new("block_size", 12, 4);
        internal static readonly LayoutField Fragments = new("fragments", 16, 4);
        internal static readonly LayoutField Compression = new("compression", 20, 2);
        internal static readonly LayoutField BlockLog = new("block_log", 22, 2);
        internal static readonly LayoutField Flags = new("flags", 24, 2);
        internal static readonly LayoutField Ids = new("no_ids", 26, 2);
        internal static readonly LayoutField Major = new("s_major", 28, 2);
        internal static readonly LayoutField Minor = new("s_minor", 30, 2);
        internal static readonly LayoutField Root = new("root_inode", 32, 8);
        internal static readonly LayoutField BytesUsed = new("bytes_used", 40, 8);
        internal static readonly LayoutField IdTable = new("id_table_start", 48, 8);
        internal static readonly LayoutField XattrTable = new("xattr_id_table_start", 56, 8);
        internal static readonly LayoutField InodeTable = new("inode_table_start", 64, 8);
        internal static readonly LayoutField DirectoryTable = new("directory_table_start", 72, 8);
        internal static readonly LayoutField FragmentTable = new("fragment_table_start", 80, 8);
        internal static readonly LayoutField ExportTable = new("lookup_table_start", 88, 8);

        internal static readonly LayoutField[] All =
        [
            Magic, Inodes, Time, BlockSize, Fragments, Compression, BlockLog, Flags, Ids, Major, Minor, Root, BytesUsed,
            IdTable, XattrTable, InodeTable, DirectoryTable, FragmentTable, ExportTable,
        ];
    }

    /// <summary>What all inodes begin with, <c>struct squashfs_base_inode</c>.</summary>
    internal static class Inode
    {
        internal const int HeaderSize = 16;
        internal const int ExtendedType = 7;
        internal static readonly LayoutField Type = new("inode_type", 0, 2);
        internal static readonly LayoutField Mode = new("mode", 2, 2);
        internal static readonly LayoutField Uid = new("uid", 4, 2);
        internal static readonly LayoutField Gid = new("guid", 6, 2);
        internal static readonly LayoutField Time = new("mtime", 8, 4);
        internal static readonly LayoutField Number = new("inode_number", 12, 4);
        internal static readonly LayoutField[] All = [Type, Mode, Uid, Gid, Time, Number];
    }

    /// <summary><c>struct squashfs_dir_inode</c>.</summary>
    internal static class Directory
    {
        internal const int Size = 32;
        internal static readonly LayoutField Block = new("start_block", 16, 4);
        internal static readonly LayoutField Links = new("nlink", 20, 4);
        internal static readonly LayoutField Length = new("file_size", 24, 2);
        internal static readonly LayoutField Offset = new("offset", 26, 2);
        internal static readonly LayoutField Parent = new("parent_inode", 28, 4);
        internal static readonly LayoutField[] All = [Block, Links, Length, Offset, Parent];
    }

    /// <summary><c>struct squashfs_ldir_inode</c>; the index follows.</summary>
    internal static class ExtendedDirectory
    {
        internal const int Size = 40;
        internal static readonly LayoutField Links = new("nlink", 16, 4);
        internal static readonly LayoutField Length = new("file_size", 20, 4);
        internal static readonly LayoutField Block = new("start_block", 24, 4);
        internal static readonly LayoutField Parent = new("parent_inode", 28, 4);
        internal static readonly LayoutField Indexes = new("i_count", 32, 2);
        internal static readonly LayoutField Offset = new("offset", 34, 2);
        internal static readonly LayoutField Xattr = new("xattr", 36, 4);
        internal static readonly LayoutField[] All = [Links, Length, Block, Parent, Indexes, Offset, Xattr];
    }

    /// <summary><c>struct squashfs_reg_inode</c>; the blocks' sizes follow.</summary>
    internal static class File
    {
        internal const int Size = 32;
        internal static readonly LayoutField Start = new("start_block", 16, 4);
        internal static readonly LayoutField Fragment = new("fragment", 20, 4);
        internal static readonly LayoutField FragmentOffset = new("offset", 24, 4);
        internal static readonly LayoutField Length = new("file_size", 28, 4);
        internal static readonly LayoutField[] All = [Start, Fragment, FragmentOffset, Length];
    }

    /// <summary><c>struct squashfs_lreg_inode</c>; the blocks' sizes follow.</summary>
    internal static class ExtendedFile
    {
        internal const int Size = 56;
        internal static readonly LayoutField Start = new("start_block", 16, 8);
        internal static readonly LayoutField Length = new("file_size", 24, 8);
        internal static readonly LayoutField Sparse = new("sparse", 32, 8);
        internal static readonly LayoutField Links = new("nlink", 40, 4);
        internal static readonly LayoutField Fragment = new("fragment", 44, 4);
        internal static readonly LayoutField FragmentOffset = new("offset", 48, 4);
        internal static readonly LayoutField Xattr = new("xattr", 52, 4);
        internal static readonly LayoutField[] All = [Start, Length, Sparse, Links, Fragment, FragmentOffset, Xattr];
    }

    /// <summary><c>struct squashfs_symlink_inode</c>; the target follows, and then, where it is extended, the attributes' id.</summary>
    internal static class Symlink
    {
        internal const int Size = 24;
        internal static readonly LayoutField Links = new("nlink", 16, 4);
        internal static readonly LayoutField Length = new("symlink_size", 20, 4);
        internal static readonly LayoutField[] All = [Links, Length];
    }

    /// <summary><c>struct squashfs_ldev_inode</c>; the attributes' id only where it is extended.</summary>
    internal static class Device
    {
        internal const int Size = 24;
        internal const int ExtendedSize = 28;
        internal static readonly LayoutField Links = new("nlink", 16, 4);
        internal static readonly LayoutField Number = new("rdev", 20, 4);
        internal static readonly LayoutField Xattr = new("xattr", 24, 4);
        internal static readonly LayoutField[] All = [Links, Number, Xattr];
    }

    /// <summary><c>struct squashfs_lipc_inode</c>; the attributes' id only where it is extended.</summary>
    internal static class Ipc
    {
        internal const int Size = 20;
        internal const int ExtendedSize = 24;
        internal static readonly LayoutField Links = new("nlink", 16, 4);
        internal static readonly LayoutField Xattr = new("xattr", 20, 4);
        internal static readonly LayoutField[] All = [Links, Xattr];
    }

    /// <summary><c>struct squashfs_dir_header</c>: what a run of entries has in common.</summary>
    internal static class Run
    {
        internal const int Size = 12;
        internal static readonly LayoutField Count = new("count", 0, 4);
        internal static readonly LayoutField Block = new("start_block", 4, 4);
        internal static readonly LayoutField Number = new("inode_number", 8, 4);
        internal static readonly LayoutField[] All = [Count, Block, Number];
    }

    /// <summary><c>struct squashfs_dir_entry</c>; the name follows.</summary>
    internal static class Entry
    {
        internal const int Size = 8;
        internal static readonly LayoutField Offset = new("offset", 0, 2);
        internal static readonly LayoutField Number = new("inode_number", 2, 2);
        internal static readonly LayoutField Type = new("type", 4, 2);
        internal static readonly LayoutField NameLength = new("size", 6, 2);
        internal static readonly LayoutField[] All = [Offset, Number, Type, NameLength];
    }

    /// <summary><c>struct squashfs_dir_index</c>; the name of the first entry follows.</summary>
    internal static class Index
    {
        internal const int Size = 12;
        internal static readonly LayoutField Position = new("index", 0, 4);
        internal static readonly LayoutField Block = new("start_block", 4, 4);
        internal static readonly LayoutField NameLength = new("size", 8, 4);
        internal static readonly LayoutField[] All = [Position, Block, NameLength];
    }

    /// <summary><c>struct squashfs_fragment_entry</c>.</summary>
    internal static class Fragment
    {
        internal const int Size = 16;
        internal static readonly LayoutField Start = new("start_block", 0, 8);
        internal static readonly LayoutField Length = new("size", 8, 4);
        internal static readonly LayoutField Unused = new("unused", 12, 4);
        internal static readonly LayoutField[] All = [Start, Length, Unused];
    }

    /// <summary><c>struct squashfs_xattr_id</c>: the attributes of an inode.</summary>
    internal static class XattrId
    {
        internal const int Size = 16;
        internal static readonly LayoutField Reference = new("xattr", 0, 8);
        internal static readonly LayoutField Count = new("count", 8, 4);
        internal static readonly LayoutField Length = new("size", 12, 4);
        internal static readonly LayoutField[] All = [Reference, Count, Length];
    }

    /// <summary><c>struct squashfs_xattr_id_table</c>; the places of the table's blocks follow.</summary>
    internal static class XattrTable
    {
        internal const int Size = 16;
        internal static readonly LayoutField Start = new("xattr_table_start", 0, 8);
        internal static readonly LayoutField Ids = new("xattr_ids", 8, 4);
        internal static readonly LayoutField Unused = new("unused", 12, 4);
        internal static readonly LayoutField[] All = [Start, Ids, Unused];
    }

    /// <summary><c>struct squashfs_xattr_entry</c>; the name without its prefix follows, then the value's length, then the value.</summary>
    internal static class XattrEntry
    {
        internal const int Size = 4;
        internal static readonly LayoutField Type = new("type", 0, 2);
        internal static readonly LayoutField NameLength = new("size", 2, 2);
        internal static readonly LayoutField[] All = [Type, NameLength];
    }

    /// <summary>The type of an inode that is not extended.</summary>
    internal static int TypeOf(InodeType type) => type switch
    {
        InodeType.Directory => 1,
        InodeType.File => 2,
        InodeType.Symlink => 3,
        InodeType.BlockDevice => 4,
        InodeType.CharacterDevice => 5,
        InodeType.Fifo => 6,
        InodeType.Socket => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not in a tree"),
    };

    /// <summary>What a number of a type, not extended, stands for; none for what is no type.</summary>
    internal static InodeType TypeOf(int type) => type switch
    {
        1 => InodeType.Directory,
        2 => InodeType.File,
        3 => InodeType.Symlink,
        4 => InodeType.BlockDevice,
        5 => InodeType.CharacterDevice,
        6 => InodeType.Fifo,
        7 => InodeType.Socket,
        _ => InodeType.None,
    };
}
