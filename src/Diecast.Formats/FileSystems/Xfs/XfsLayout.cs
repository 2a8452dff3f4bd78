namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>Offsets of what is read and set in an XFS of version 5 (Linux, fs/xfs/libxfs/xfs_format.h and xfs_da_format.h). Numbers are big-endian.</summary>
internal static class XfsLayout
{
    internal static class Superblock
    {
        internal const int LeastSize = 512;
        internal const int BlockSize = 4;
        internal const int RootInode = 56;
        internal const int GroupBlocks = 84;
        internal const int GroupCount = 88;
        internal const int Version = 100;
        internal const int SectorSize = 102;
        internal const int InodeSize = 104;
        internal const int InodesPerBlockLog = 123;
        internal const int GroupBlocksLog = 124;
        internal const int FreeInodes = 136;
        internal const int DirectoryBlockLog = 192;
        internal const int Checksum = 224;
        internal const int MetadataUuid = 248;

        /// <summary>Inodes of the system: bitmap and summary of the realtime section, the three quotas.</summary>
        internal static ReadOnlySpan<byte> SystemInodes => [64, 72, 160, 168, 232];

        internal static ReadOnlySpan<byte> Magic => "XFSB"u8;

        internal const int VersionMask = 0xf;
        internal const int Version5 = 5;
        internal const ushort HasAttributes = 0x10;
    }

    /// <summary>The inodes of an allocation group, in its third sector.</summary>
    internal static class GroupInodes
    {
        internal const int Sector = 2;
        internal const int Root = 20;
        internal const int FreeCount = 28;
        internal const int Checksum = 312;
        internal const int FreeRoot = 328;
        internal const int FreeLevel = 332;

        internal static ReadOnlySpan<byte> Magic => "XAGI"u8;
    }

    /// <summary>A block of a group's tree of inodes.</summary>
    internal static class InodeTree
    {
        internal const int Level = 4;
        internal const int Count = 6;
        internal const int Checksum = 52;
        internal const int HeadSize = 56;
        internal const int RecordSize = 16;
        internal const int Holes = 4;
        internal const int FreeCountWithHoles = 7;
        internal const int Free = 8;
        internal const int InodesInRecord = 64;
        internal const int InodesInHole = 4;

        internal static ReadOnlySpan<byte> Magic => "IAB3"u8;

        internal static ReadOnlySpan<byte> FreeMagic => "FIB3"u8;
    }

    internal static class Inode
    {
        internal const int Mode = 2;
        internal const int Format = 5;
        internal const int Uid = 8;
        internal const int Gid = 12;
        internal const int Links = 16;
        internal const int WideAttributeExtents = 76;
        internal const int WideExtents = 24;
        internal const int AccessTime = 32;
        internal const int ModifiedTime = 40;
        internal const int ChangeTime = 48;
        internal const int Size = 56;
        internal const int Extents = 76;
        internal const int AttributeExtents = 80;
        internal const int ForkOffset = 82;
        internal const int AttributeFormat = 83;
        internal const int Generation = 92;
        internal const int Checksum = 100;
        internal const int Flags = 120;
        internal const int CreationTime = 144;
        internal const int HeadSize = 176;

        internal const ulong BigTime = 8;
        internal const ulong WideCounts = 16;

        internal static ReadOnlySpan<byte> Magic => "IN"u8;
    }

    /// <summary>What a fork of an inode is.</summary>
    internal static class ForkFormat
    {
        internal const byte Device = 0;
        internal const byte Local = 1;
        internal const byte Extents = 2;
        internal const byte Tree = 3;
    }

    /// <summary>A block of a file's tree of extents.</summary>
    internal static class ExtentTree
    {
        internal const int Level = 4;
        internal const int Count = 6;
        internal const int HeadSize = 72;
        internal const int RootHeadSize = 4;
        internal const int PairSize = 16;
        internal const int RecordSize = 16;

        internal static ReadOnlySpan<byte> Magic => "BMA3"u8;
    }

    /// <summary>A block of a directory.</summary>
    internal static class Directory
    {
        internal const int Checksum = 4;
        internal const int HeadSize = 64;
        internal const int TailSize = 8;
        internal const int LeafEntrySize = 8;
        internal const ushort FreeTag = 0xffff;

        /// <summary>Where in a directory its index starts.</summary>
        internal const long IndexOffset = 1L << 35;

        internal static ReadOnlySpan<byte> BlockMagic => "XDB3"u8;

        internal static ReadOnlySpan<byte> DataMagic => "XDD3"u8;
    }
}
