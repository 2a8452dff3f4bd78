namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Compressors of squashfs. The values are those of the superblock.</summary>
public enum SquashfsCompression
{
    /// <summary>Nothing is compressed; such an image says gzip, which every kernel with squashfs has.</summary>
    None = 0,

    /// <summary>Deflate in zlib's wrapper, by libdeflate where that is installed.</summary>
    Gzip = 1,

    /// <summary>The old .lzma format, which Linux does not mount and which is only read here.</summary>
    Lzma = 2,

    /// <summary>LZO1X, by liblzo2.</summary>
    Lzo = 3,

    /// <summary>xz, by liblzma.</summary>
    Xz = 4,

    /// <summary>LZ4, by liblz4.</summary>
    Lz4 = 5,

    /// <summary>Zstandard, by libzstd; Linux from 4.14 on.</summary>
    Zstd = 6,
}

/// <summary>Algorithms of LZO, mksquashfs's <c>-Xalgorithm</c>.</summary>
public enum SquashfsLzoAlgorithm
{
    /// <summary>lzo1x_1.</summary>
    Lzo1x1 = 0,

    /// <summary>lzo1x_1_11.</summary>
    Lzo1x1With11Bits = 1,

    /// <summary>lzo1x_1_12.</summary>
    Lzo1x1With12Bits = 2,

    /// <summary>lzo1x_1_15.</summary>
    Lzo1x1With15Bits = 3,

    /// <summary>lzo1x_999.</summary>
    Lzo1x999 = 4,
}

/// <summary>Strategies of zlib, mksquashfs's <c>-Xstrategy</c>; of several, each is tried on every block.</summary>
[Flags]
public enum SquashfsGzipStrategies
{
    /// <summary>None said: the usual one.</summary>
    None = 0,

    /// <summary>default.</summary>
    Default = 1,

    /// <summary>filtered.</summary>
    Filtered = 2,

    /// <summary>huffman_only.</summary>
    HuffmanOnly = 4,

    /// <summary>run_length_encoded.</summary>
    RunLengthEncoded = 8,

    /// <summary>fixed.</summary>
    Fixed = 16,
}

/// <summary>Filters of machine code before xz, mksquashfs's <c>-Xbcj</c>; each is tried on every block, beside none.</summary>
[Flags]
public enum SquashfsXzFilters
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>x86, of 32 and 64 bits.</summary>
    X86 = 1,

    /// <summary>PowerPC, big-endian.</summary>
    PowerPc = 2,

    /// <summary>Itanium.</summary>
    Ia64 = 4,

    /// <summary>Arm.</summary>
    Arm = 8,

    /// <summary>Arm, Thumb code.</summary>
    ArmThumb = 16,

    /// <summary>SPARC.</summary>
    Sparc = 32,

    /// <summary>Arm of 64 bits; liblzma from 5.4 and Linux from 6.12 on.</summary>
    Arm64 = 64,

    /// <summary>RISC-V; liblzma from 5.6 and Linux from 6.12 on.</summary>
    RiscV = 128,
}
