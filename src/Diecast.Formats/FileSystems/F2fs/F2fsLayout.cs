namespace Diecast.Formats.FileSystems.F2fs;

/// <summary>Offsets of what is read and set in an F2FS (Linux, include/linux/f2fs_fs.h). Numbers are little-endian.</summary>
internal static class F2fsLayout
{
    internal const int BlockSize = 4096;

    /// <summary>Addresses that are none: never written, and to be written.</summary>
    internal const uint NoBlock = 0;
    internal const uint NewBlock = uint.MaxValue;

    /// <summary>There are two, at this place in each of the first two blocks.</summary>
    internal static class Superblock
    {
        internal const int At = 1024;
        internal const int Magic = 0;
        internal const int BlockSizeLog = 16;
        internal const int SegmentBlocksLog = 20;
        internal const int NatSegments = 60;
        internal const int Checkpoint = 76;
        internal const int Nat = 84;
        internal const int Root = 96;
        internal const int Payload = 1664;
        internal const int Kernel = 1668;
        internal const int KernelSize = 512;
        internal const int Features = 2180;
        internal const int Size = 3072;

        internal const uint MagicNumber = 0xF2F52010;

        /// <summary>Checksums of inodes and of the superblock, which would have to be set anew.</summary>
        internal const uint Checked = 0x20 | 0x800;
    }

    internal static class Checkpoint
    {
        internal const int Version = 0;
        internal const int Flags = 132;
        internal const int Blocks = 136;
        internal const int Summaries = 140;
        internal const int SitBitmapSize = 156;
        internal const int Bitmaps = 192;

        internal const uint Unmounted = 1;
        internal const uint CompactSummaries = 4;
        internal const uint LargeNatBitmap = 0x400;

        /// <summary>Summaries of what is written to, at a checkpoint's end: of data, and of nodes too when it was unmounted.</summary>
        internal const int AllLogs = 6;
        internal const int DataLogs = 3;

        internal const int SummaryEntries = 7 * 512;
    }

    /// <summary>The table of nodes: 455 entries in a block, each a version, an inode and a block.</summary>
    internal static class Nat
    {
        internal const int EntrySize = 9;
        internal const int EntriesInBlock = BlockSize / EntrySize;
        internal const int Inode = 1;
        internal const int Block = 5;

        /// <summary>In a summary's journal each entry has the node's number before it.</summary>
        internal const int JournalEntrySize = 4 + EntrySize;
        internal const int LongestJournal = 38;
    }

    internal static class Inode
    {
        internal const int Mode = 0;
        internal const int Inline = 3;
        internal const int Uid = 4;
        internal const int Gid = 8;
        internal const int Links = 12;
        internal const int Size = 16;
        internal const int AccessTime = 32;
        internal const int ChangeTime = 40;
        internal const int ModifiedTime = 48;
        internal const int AccessNanoseconds = 56;
        internal const int ChangeNanoseconds = 60;
        internal const int ModifiedNanoseconds = 64;
        internal const int Addresses = 360;
        internal const int AddressesEnd = 4052;
        internal const int Nodes = AddressesEnd;
        internal const int DirectNodes = 2;
        internal const int AddressesInNode = 1018;

        /// <summary>Bytes at the end of the addresses that attributes have.</summary>
        internal const int InlineXattrSize = 200;

        internal const byte InlineXattr = 1;
        internal const byte InlineData = 2;
        internal const byte InlineEntries = 4;
        internal const byte DataExists = 8;
        internal const byte ExtraAttributes = 32;
    }

    internal static class Footer
    {
        internal const int Node = 4072;
        internal const int Inode = 4076;
    }

    /// <summary>Entries of a directory: a bitmap, the entries, their names in slots of eight bytes.</summary>
    internal static class Entries
    {
        internal const int Count = 214;
        internal const int First = 30;
        internal const int Size = 11;
        internal const int Inode = 4;
        internal const int NameLength = 8;
        internal const int Type = 10;
        internal const int Slot = 8;
    }

    /// <summary>Attributes within an inode: a magic number, a count of references, entries in words of four bytes.</summary>
    internal static class Xattr
    {
        internal const uint MagicNumber = 0xF2F52011;
        internal const int HeadSize = 24;
        internal const int EntryHeadSize = 4;
        internal const byte User = 1;
        internal const byte Acl = 2;
        internal const byte DefaultAcl = 3;
        internal const byte Trusted = 4;
        internal const byte Security = 6;
    }
}
