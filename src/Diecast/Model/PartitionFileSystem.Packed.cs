namespace Diecast;

/// <summary>Compressors of file systems.</summary>
public enum FileSystemCompression
{
    /// <summary>Nothing is compressed.</summary>
    None,

    /// <summary>Deflate, which every Linux reads.</summary>
    Gzip,

    /// <summary>LZO.</summary>
    Lzo,

    /// <summary>xz: the smallest, and slow.</summary>
    Xz,

    /// <summary>LZ4: the fastest.</summary>
    Lz4,

    /// <summary>Zstandard: small and fast to read; Linux from 4.14 on, EROFS from 6.10 on.</summary>
    Zstd,

    /// <summary>EROFS: LZ4, compressed well and slowly.</summary>
    Lz4hc,

    /// <summary>EROFS: MicroLZMA; Linux from 5.16 on.</summary>
    Lzma,

    /// <summary>EROFS: Deflate; Linux from 6.6 on.</summary>
    Deflate,
}

/// <summary>Forms of the index of an EROFS's compressed files.</summary>
public enum CompressedIndex
{
    /// <summary>About two bytes a block.</summary>
    Compact,

    /// <summary>Eight bytes a block.</summary>
    Full,
}

/// <summary>Times of inodes.</summary>
public enum InodeTimes
{
    /// <summary>Those of the files.</summary>
    Keep,

    /// <summary>That of the file system, which makes inodes smaller.</summary>
    Build,
}

/// <summary>Layouts of an EROFS.</summary>
public enum ErofsLayout
{
    /// <summary>One thing after the other.</summary>
    Dense,

    /// <summary>With room to grow in every directory, so that a new version differs little from an old one.</summary>
    Stable,
}

/// <summary>Strategies of zlib.</summary>
public enum GzipStrategy
{
    /// <summary>The usual one.</summary>
    Default,

    /// <summary>For data made by a filter or a predictor.</summary>
    Filtered,

    /// <summary>No strings are sought.</summary>
    HuffmanOnly,

    /// <summary>Only runs of one byte are sought.</summary>
    RunLengthEncoded,

    /// <summary>Codes are those of the standard, not made for the data.</summary>
    Fixed,
}

/// <summary>Filters of machine code before xz.</summary>
public enum XzFilter
{
    /// <summary>x86, of 32 and 64 bits.</summary>
    X86,

    /// <summary>PowerPC, big-endian.</summary>
    Powerpc,

    /// <summary>Itanium.</summary>
    Ia64,

    /// <summary>Arm.</summary>
    Arm,

    /// <summary>Arm, Thumb code.</summary>
    Armthumb,

    /// <summary>SPARC.</summary>
    Sparc,

    /// <summary>Arm of 64 bits; Linux from 6.12 on.</summary>
    Arm64,

    /// <summary>RISC-V; Linux from 6.12 on.</summary>
    Riscv,
}

#pragma warning disable CA1707 // These are mksquashfs's names.

/// <summary>Algorithms of LZO.</summary>
public enum LzoAlgorithm
{
    /// <summary>lzo1x_1.</summary>
    Lzo1x_1,

    /// <summary>lzo1x_1_11.</summary>
    Lzo1x_1_11,

    /// <summary>lzo1x_1_12.</summary>
    Lzo1x_1_12,

    /// <summary>lzo1x_1_15.</summary>
    Lzo1x_1_15,

    /// <summary>lzo1x_999.</summary>
    Lzo1x_999,
}
#pragma warning restore CA1707

/// <summary>Parts of a squashfs.</summary>
public enum SquashfsPart
{
    /// <summary>Inodes, directories and tables.</summary>
    Inodes,

    /// <summary>Blocks of data.</summary>
    Data,

    /// <summary>Fragments, which small files share.</summary>
    Fragments,

    /// <summary>Extended attributes.</summary>
    Xattrs,

    /// <summary>The table of owners.</summary>
    Ids,
}

/// <summary>Which files, or ends of files, share blocks.</summary>
public enum FragmentUse
{
    /// <summary>Files smaller than a block.</summary>
    SmallFiles,

    /// <summary>The ends of larger files too.</summary>
    TailEnds,

    /// <summary>None.</summary>
    None,

    /// <summary>EROFS: all of every file.</summary>
    All,
}

/// <summary>What becomes of several names of one file.</summary>
public enum HardLinkUse
{
    /// <summary>They are hard links.</summary>
    Keep,

    /// <summary>Each is a file of its own, so that links which a store happens to have do not change the image.</summary>
    Ignore,
}
