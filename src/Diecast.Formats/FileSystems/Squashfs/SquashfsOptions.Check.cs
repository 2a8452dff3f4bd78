using System.Globalization;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Which options go together.</summary>
public sealed partial record SquashfsOptions
{
    private const int LeastDictionary = 8192;

    internal bool IsCompressed => Compression != SquashfsCompression.None && Uncompressed != SquashfsUncompressed.All;

    /// <summary>The level that a compressor with levels is used at.</summary>
    internal int Level => CompressionLevel ?? Compression switch
    {
        SquashfsCompression.Zstd => 15,
        SquashfsCompression.Lzo => 8,
        _ => 9,
    };

    /// <summary>What is not compressed, which without a compressor is everything.</summary>
    internal SquashfsUncompressed Stored =>
        Compression == SquashfsCompression.None ? SquashfsUncompressed.All : Uncompressed;

    /// <summary>Refuses what squashfs cannot have.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range, or of another compressor.</exception>
    internal void Check()
    {
        if (BlockSize < SquashfsLayout.LeastBlockSize || BlockSize > SquashfsLayout.LargestBlockSize || !int.IsPow2(BlockSize))
            throw Refuse($"a block has a power of two from 4096 to 1048576 bytes, not {BlockSize}");
        if (Time.Seconds is < 0 or > uint.MaxValue)
            throw Refuse($"the time {Time.Seconds} is not among the seconds from 1970 to 2106, 0 to {uint.MaxValue}");
        if (RootMode is { } mode && (mode & ~0xfff) != 0)
            throw Refuse($"the root's permissions have twelve bits, which {mode} has not");
        if (Compression == SquashfsCompression.Lzma)
            throw Refuse($"lzma is not written: Linux does not mount it; xz is its successor");
        if (!Enum.IsDefined(Compression))
            throw Refuse($"there is no compressor {(int)Compression}");
        CheckLevel();
        bool isGzip = Compression == SquashfsCompression.Gzip;
        if (WindowSize is < 8 or > 15)
            throw Refuse($"the window has 8 to 15 bits, not {WindowSize}");
        if (!isGzip && (WindowSize != 15 || Strategies != SquashfsGzipStrategies.None))
            throw Refuse($"a window and strategies are of gzip alone");
        if ((Strategies & ~(SquashfsGzipStrategies)31) != 0)
            throw Refuse($"there are no strategies {(int)Strategies}");
        bool isXz = Compression == SquashfsCompression.Xz;
        if (!isXz && (DictionarySize is not null || Filters != SquashfsXzFilters.None))
            throw Refuse($"a dictionary and filters are of xz alone");
        if ((Filters & ~(SquashfsXzFilters)255) != 0)
            throw Refuse($"there are no filters {(int)Filters}");
        if (DictionarySize is { } dictionary && (dictionary < LeastDictionary || dictionary > BlockSize || !IsDictionary(dictionary)))
            throw Refuse($"the dictionary has 8192 bytes to those of a block, {BlockSize}, and a power of two or three times one, not {dictionary}");
        if (HighCompression && Compression != SquashfsCompression.Lz4)
            throw Refuse($"high compression is of lz4 alone");
        if (LzoAlgorithm != SquashfsLzoAlgorithm.Lzo1x999 && Compression != SquashfsCompression.Lzo)
            throw Refuse($"an algorithm is of lzo alone");
        if (!Enum.IsDefined(LzoAlgorithm))
            throw Refuse($"there is no algorithm {(int)LzoAlgorithm} of lzo");
    }

    private void CheckLevel()
    {
        int most = Compression switch
        {
            SquashfsCompression.Gzip => WindowSize == 15 && Strategies == SquashfsGzipStrategies.None ? 12 : 9,
            SquashfsCompression.Zstd => 22,
            SquashfsCompression.Lzo when LzoAlgorithm == SquashfsLzoAlgorithm.Lzo1x999 => 9,
            _ => 0,
        };
        if (CompressionLevel is not { } level || (level >= 1 && level <= most))
            return;
        string name = Compression.ToString().ToLowerInvariant();
        throw most == 0 ? Refuse($"{name} has no compression levels") : Refuse($"{name} has the levels 1 to {most}, not {level}");
    }

    /// <summary>What an .xz header can say (lzma/lzma12.h, LZMA2's dictionary): 2^n, or 2^n + 2^(n+1).</summary>
    private static bool IsDictionary(int size) => int.IsPow2(size) || (size % 3 == 0 && int.IsPow2(size / 3));

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(SquashfsLayout.Format, null, message.ToString(CultureInfo.InvariantCulture));
}
