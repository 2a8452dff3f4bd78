using System.Numerics;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>A way to compress.</summary>
public enum ErofsAlgorithm
{
    /// <summary>LZ4, fast.</summary>
    Lz4,

    /// <summary>LZ4 that takes its time to compress; it is read as fast.</summary>
    Lz4Hc,

    /// <summary>MicroLZMA, since Linux 5.16.</summary>
    Lzma,

    /// <summary>Deflate, since Linux 6.6.</summary>
    Deflate,

    /// <summary>Zstandard, since Linux 6.10.</summary>
    Zstd,
}

/// <summary>How the index of compressed files is stored.</summary>
public enum ErofsIndexes
{
    /// <summary>Two bytes a block, mostly; since Linux 5.3.</summary>
    Compact,

    /// <summary>Eight bytes a block, as with -Elegacy-compress.</summary>
    Full,
}

/// <summary>What goes into the packed inode, where the ends of many files are compressed together; since Linux 6.1.</summary>
public enum ErofsFragments
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Ends of files that do not fill a unit of compression, as with -Efragments.</summary>
    Tails,

    /// <summary>All of every file, as with -Eall-fragments.</summary>
    All,
}

/// <summary>How the content of an EROFS is compressed.</summary>
public sealed record ErofsCompression
{
    /// <summary>The algorithm.</summary>
    public required ErofsAlgorithm Algorithm { get; init; }

    /// <summary>
    /// The level: 1 to 12 for lz4hc (default 9), 0 to 9 for lzma, 100 more for its extreme variants (6), 1 to 12 for deflate
    /// (6), 1 to 22 for zstd (3). lz4 has none. Default: null, the one in brackets.
    /// </summary>
    public int? Level { get; init; }

    /// <summary>
    /// The largest unit of compressed data in bytes, as mkfs.erofs -C: a multiple of the block, up to 1 MiB. Larger ones are
    /// smaller and cost more to read a little from. Default: null, a block for LZ4, and 64 KiB otherwise.
    /// </summary>
    public int? ClusterSize { get; init; }

    /// <summary>The form of the index. Default: compact.</summary>
    public ErofsIndexes Indexes { get; init; }

    /// <summary>
    /// Whether the compressed end of a file goes behind its inode, as with -Eztailpacking; since Linux 5.17. With fragments those
    /// ends do that take less than a block. Default: no.
    /// </summary>
    public bool TailPacking { get; init; }

    /// <summary>What goes into the packed inode. Default: nothing.</summary>
    public ErofsFragments Fragments { get; init; }

    /// <summary>
    /// Whether equal files, and equal extents of files, are stored once, as with -Ededupe; since Linux 6.1. Default: no.
    /// </summary>
    public bool Deduplicate { get; init; }

    internal int EffectiveLevel => Level ?? Algorithm switch
    {
        ErofsAlgorithm.Lz4 => 0,
        ErofsAlgorithm.Lz4Hc => 9,
        ErofsAlgorithm.Zstd => 3,
        _ => 6,
    };

    internal int Number => Algorithm switch
    {
        ErofsAlgorithm.Lz4 or ErofsAlgorithm.Lz4Hc => ErofsFormat.AlgorithmLz4,
        ErofsAlgorithm.Lzma => ErofsFormat.AlgorithmLzma,
        ErofsAlgorithm.Deflate => ErofsFormat.AlgorithmDeflate,
        _ => ErofsFormat.AlgorithmZstd,
    };

    internal int EffectiveClusterSize(int blockSize) =>
        ClusterSize ?? (Number == ErofsFormat.AlgorithmLz4 ? blockSize : Math.Max(blockSize, 65536));

    internal void Check(ErofsOptions options)
    {
        int cluster = EffectiveClusterSize(options.BlockSize);
        if (cluster < options.BlockSize || cluster % options.BlockSize != 0 || cluster > ErofsFormat.MaximumCompressed)
            throw ErofsOptions.Refused($"units of {cluster} bytes; multiples of the block up to {ErofsFormat.MaximumCompressed} are possible");
        if (cluster / options.BlockSize >= ErofsFormat.BlockCount)
            throw ErofsOptions.Refused($"units of {cluster / options.BlockSize} blocks; {ErofsFormat.BlockCount - 1} are possible");
        int level = EffectiveLevel;
        bool isPossible = Algorithm switch
        {
            ErofsAlgorithm.Lz4 => Level is null,
            ErofsAlgorithm.Lz4Hc or ErofsAlgorithm.Deflate => level is >= 1 and <= 12,
            ErofsAlgorithm.Lzma => level is (>= 0 and <= 9) or (>= 100 and <= 109),
            _ => level is >= 1 and <= 22,
        };
        if (!isPossible)
            throw ErofsOptions.Refused($"the level {level} of {Algorithm}");
        if (Indexes == ErofsIndexes.Compact && BitOperations.Log2((uint)options.BlockSize) > 14)
            throw ErofsOptions.Refused($"a compact index with blocks of {options.BlockSize} bytes; full ones go with any");
    }
}
