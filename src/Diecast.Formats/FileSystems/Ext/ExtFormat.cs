namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The format's constants.</summary>
internal static class ExtFormat
{
    internal const string Name = "ext4";

    internal const int SuperblockOffset = 1024;
    internal const ushort SuperblockMagic = 0xef53;
    internal const int SuperblockStateClean = 1;
    internal const int DynamicRevision = 1;
    internal const int DefaultMountXattrUser = 0x4;
    internal const int DefaultMountAcl = 0x8;
    internal const int FlagSignedHash = 1;
    internal const int FlagUnsignedHash = 2;
    internal const int ChecksumCrc32C = 1;
    internal const int EncodingUtf8Of12 = 1;
    internal const int EncodingStrict = 1;
    internal const int NoMountLimit = 0xffff;
    internal const int JournalBackupInodeBlocks = 1;

    internal const int OldInodeSize = 128;
    internal const int OldDescriptorSize = 32;
    internal const int ExtraInodeSize = ExtInodeLayout.Size - OldInodeSize;

    internal const int BadBlocksInode = 1;
    internal const int RootInode = 2;
    internal const int UserQuotaInode = 3;
    internal const int GroupQuotaInode = 4;
    internal const int ResizeInode = 7;
    internal const int JournalInode = 8;
    internal const int FirstInode = 11;

    internal const int GroupInodeUninitialized = 1;
    internal const int GroupBlockUninitialized = 2;
    internal const int GroupInodeTableZeroed = 4;

    internal const uint InodeIndexed = 0x1000;
    internal const uint InodeEncrypted = 0x800;
    internal const uint InodeExtents = 0x80000;
    internal const uint InodeHoldsXattr = 0x200000;
    internal const uint InodeInlineData = 0x10000000;

    internal const int BlockPointers = 15;
    internal const int DirectPointers = 12;
    internal const int DoubleIndirectPointer = 13;

    /// <summary>Sectors of i_blocks, whatever the device's are.</summary>
    internal const int SectorSize = 512;

    /// <summary>EXT4_LINK_MAX.</summary>
    internal const int MaximumLinks = 65000;

    internal const int MaximumNameLength = 255;

    /// <summary>A target of this length or more stands in a block of its own.</summary>
    internal const int FastSymlinkSize = BlockPointers * sizeof(uint);

    /// <summary>The logical block number past the last has to fit 32 bits too (ext4_max_size).</summary>
    internal const long MaximumFileBlocks = uint.MaxValue;

    /// <summary>Without the feature 64bit, and for the resize inode and for block pointers.</summary>
    internal const long MaximumBlocks = uint.MaxValue;

    /// <summary>
    /// With the feature 64bit: 2 PiB in blocks of 4 KiB. The format ends at 2^32; descriptors and what a plan knows of
    /// groups are held in memory.
    /// </summary>
    internal const long MaximumGroups = 1 << 24;

    /// <summary>Groups have fewer blocks and inodes than this, even where a block has more bits.</summary>
    internal const int BitmapLimit = 65536;

    internal const long MaximumInodes = uint.MaxValue;

    internal const int GroupsPerFlex = 16;

    /// <summary>A last group with less room than its tables and this is dropped (ext2fs_initialize).</summary>
    internal const int LeastDataInLastGroup = 50;

    internal const int LostAndFoundSize = 16384;
}
