using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Numbers of the format (erofs_fs.h).</summary>
internal static class ErofsFormat
{
    internal const string Name = "erofs";

    internal const int SuperblockOffset = 1024;
    internal const uint Magic = 0xe0f5e1e2;
    internal const int ExtensionSlot = 16;

    /// <summary>Bytes that an inode's number counts in.</summary>
    internal const int Slot = 32;
    internal const int SlotBits = 5;

    internal const int MinimumBlockBits = 9;
    internal const int MaximumBlockBits = 16;
    internal const int MaximumName = 255;

    internal const uint CompatChecksum = 1;
    internal const uint CompatModifiedTime = 2;
    internal const uint CompatXattrFilter = 4;
    internal const uint CompatPlainXattrPrefixes = 0x10;

    internal const uint IncompatZeroPadding = 1;
    internal const uint IncompatConfigurations = 2;
    internal const uint IncompatChunks = 4;
    internal const uint IncompatSecondHead = 8;
    internal const uint IncompatTailPacking = 0x10;
    internal const uint IncompatFragments = 0x20;
    internal const uint IncompatXattrPrefixes = 0x40;
    internal const uint IncompatWide = 0x80;
    internal const uint IncompatMetadataBox = 0x100;

    internal const int FormatExtended = 1;
    internal const int FormatLayoutShift = 1;
    internal const int FormatLayoutMask = 7;

    /// <summary>With 48bit: one link (not a directory), or no entry <c>.</c> (a directory).</summary>
    internal const int FormatBit4 = 1 << 4;

    internal const int ChunkBitsMask = 0x1f;
    internal const int ChunkIndexes = 0x20;
    internal const int ChunkWide = 0x40;
    internal const uint NullBlock = uint.MaxValue;

    internal const int MaximumSharedXattrs = 128;
    internal const int XattrLongPrefix = 0x80;
    internal const int MaximumXattrValue = 65535;

    /// <summary>Z_EROFS_PCLUSTER_MAX_SIZE: most bytes of compressed data in one unit.</summary>
    internal const int MaximumCompressed = 1 << 20;

    /// <summary>Z_EROFS_PCLUSTER_MAX_DSIZE: most bytes that one unit decompresses to.</summary>
    internal const int MaximumDecompressed = 12 << 20;

    internal const int AdviseCompact2 = 1;
    internal const int AdviseExtents = 1;
    internal const int AdviseBigFirst = 2;
    internal const int AdviseBigSecond = 4;
    internal const int AdviseInline = 8;
    internal const int AdviseInterlaced = 0x10;
    internal const int AdviseFragment = 0x20;

    /// <summary>The header's last bit: all of the file is a fragment.</summary>
    internal const ulong WholeFragment = 1UL << 63;

    /// <summary>In the place of a distance: the number of blocks of the extent that the previous cluster begins.</summary>
    internal const int BlockCount = 1 << 11;
    internal const int PartialReference = 1 << 15;

    internal const int ClusterPlain = 0;
    internal const int ClusterHead = 1;
    internal const int ClusterInside = 2;
    internal const int ClusterSecondHead = 3;

    internal const int AlgorithmLz4 = 0;
    internal const int AlgorithmLzma = 1;
    internal const int AlgorithmDeflate = 2;
    internal const int AlgorithmZstd = 3;

    internal static InvalidImageException Invalid(string what) => new(Name, what);
}

/// <summary>How an inode's content is stored: <c>i_format</c>'s data layout.</summary>
internal enum ErofsDataLayout
{
    /// <summary>Whole blocks.</summary>
    Plain = 0,

    /// <summary>Compressed, with an index of eight bytes a cluster or of extents.</summary>
    CompressedFull = 1,

    /// <summary>Whole blocks, and the rest behind the inode.</summary>
    Inline = 2,

    /// <summary>Compressed, with an index of two or four bytes a cluster.</summary>
    CompressedCompact = 3,

    /// <summary>Chunks of one size, each anywhere or a hole.</summary>
    Chunks = 4,
}
