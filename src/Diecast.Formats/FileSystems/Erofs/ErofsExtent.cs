namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>How the bytes of an extent are stored. Up to 3 it is the number of the algorithm.</summary>
internal enum ErofsEncoding
{
    /// <summary>LZ4 blocks.</summary>
    Lz4 = ErofsFormat.AlgorithmLz4,

    /// <summary>MicroLZMA.</summary>
    Lzma = ErofsFormat.AlgorithmLzma,

    /// <summary>Raw deflate.</summary>
    Deflate = ErofsFormat.AlgorithmDeflate,

    /// <summary>A Zstandard frame.</summary>
    Zstd = ErofsFormat.AlgorithmZstd,

    /// <summary>As they are, from the start of the block.</summary>
    Shifted,

    /// <summary>As they are, each at the offset in the block that it has in the file, going on at the block's start.</summary>
    Interlaced,

    /// <summary>In the packed inode.</summary>
    Fragment,

    /// <summary>Nowhere: zeros.</summary>
    Hole,
}

/// <summary>Bytes of a compressed file that are stored together.</summary>
/// <param name="Logical">The first in the file.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Physical">The first byte in the image; of a fragment, in the packed inode.</param>
/// <param name="PhysicalLength">Bytes in the image.</param>
/// <param name="Encoding">What is there.</param>
/// <param name="IsPartial">Whether what is there decompresses to more.</param>
internal readonly record struct ErofsExtent(
    long Logical, long Length, long Physical, int PhysicalLength, ErofsEncoding Encoding, bool IsPartial)
{
    internal long End => Logical + Length;
}
