namespace Diecast.Formats.FileSystems.Btrfs;

/// <summary>Offsets of what is read and set in a btrfs (Linux, include/uapi/linux/btrfs_tree.h). Everything is little-endian.</summary>
internal static class BtrfsLayout
{
    /// <summary>The tree of the top-level subvolume; further subvolumes count from <see cref="FirstFreeId"/>.</summary>
    internal const ulong FsTree = 5;
    internal const ulong UuidTree = 9;
    internal const ulong FirstFreeId = 256;
    internal const ulong LastFreeId = unchecked((ulong)-256);

    internal const int MaximumLevel = 8;
    /// <summary>No chunk is within the first MiB of a device.</summary>
    internal const long ReservedBytes = 1 << 20;
    internal const int KeySize = 17;
    internal const int KeyType = 8;
    internal const int KeyOffset = 9;
    internal const int ChecksumSize = 32;
    internal const int UuidSize = 16;

    /// <summary>Types of keys.</summary>
    internal static class Key
    {
        internal const byte InodeItem = 1;
        internal const byte XattrItem = 24;
        internal const byte DirItem = 84;
        internal const byte DirIndex = 96;
        internal const byte RootItem = 132;
        internal const byte DevExtent = 204;
        internal const byte ChunkItem = 228;
        internal const byte UuidOfSubvolume = 251;
    }

    internal static class Superblock
    {
        internal const long At = 65536;

        /// <summary>Where it is, too, on devices that are large enough.</summary>
        internal static ReadOnlySpan<long> Copies => [At, 1L << 26, 1L << 38];

        internal const int Size = 4096;
        internal const int Magic = 64;
        internal const int Root = 80;
        internal const int ChunkRoot = 88;
        internal const int NodeSize = 148;
        internal const int ChunkArraySize = 160;
        internal const int ChecksumType = 196;
        internal const int ChunkArray = 811;
        internal const int ChunkArrayCapacity = 2048;

        internal static ReadOnlySpan<byte> MagicBytes => "_BHRfS_M"u8;
    }

    /// <summary>The head of a tree's block; keys with their pointers or items follow it.</summary>
    internal static class Node
    {
        internal const int Address = 48;
        internal const int ChunkTreeUuid = 64;
        internal const int Owner = 88;
        internal const int Count = 96;
        internal const int Level = 100;
        internal const int HeadSize = 101;

        /// <summary>A key, the address of a block, its generation.</summary>
        internal const int PointerSize = KeySize + 16;

        /// <summary>A key, where the data is from the end of the head on, its size.</summary>
        internal const int ItemSize = KeySize + 8;
    }

    internal static class Chunk
    {
        internal const int Length = 0;
        internal const int Type = 24;
        internal const int StripeCount = 44;
        internal const int Stripes = 48;
        internal const int StripeSize = 32;
        internal const int StripeOffset = 8;

        internal const ulong System = 2;
        internal const ulong Metadata = 4;
        internal const ulong Kinds = 7;

        /// <summary>RAID of any kind but copies on one device.</summary>
        internal const ulong Striped = 0x8 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400;
    }

    internal static class Inode
    {
        internal const int Transaction = 8;
        internal const int Uid = 44;
        internal const int Gid = 48;
        internal const int Mode = 52;
        internal const int Device = 56;
        internal const int AccessTime = 112;
        internal const int ChangeTime = 124;
        internal const int ModifiedTime = 136;
        internal const int CreationTime = 148;
        internal const int Size = 160;
    }

    /// <summary>A name in a directory, or an attribute: a key, a transaction, two lengths, a type, name and data.</summary>
    internal static class Entry
    {
        internal const int DataLength = 25;
        internal const int NameLength = 27;
        internal const int Type = 29;
        internal const int Name = 30;
    }

    internal static class Root
    {
        internal const int Address = 176;
        internal const int Uuid = 247;
        internal const int ChangeTime = 327;
        internal const int CreationTime = 339;
        internal const int Size = 439;
    }

    /// <summary>An extent of a device ends with the id of the tree of chunks.</summary>
    internal const int DevExtentUuid = 32;
}
