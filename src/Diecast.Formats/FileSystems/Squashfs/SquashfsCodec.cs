using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>What compresses a squashfs: its blocks, its metadata, and what it says of that.</summary>
internal sealed class SquashfsCodec
{
    /// <summary>What mksquashfs knows of gzip; libdeflate has higher ones, which readers would take for damage.</summary>
    private const int HighestGzipLevel = 9;

    private const int DefaultGzipLevel = 9;
    private const int DefaultWindow = 15;
    private const int DefaultZstdLevel = 15;
    private const int DefaultLzoLevel = 8;
    private const int Lz4Version = 1;

    /// <summary>The numbers of lzma/bcj.h in the order of the flags.</summary>
    private static readonly ulong[] FilterNumbers = [0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b];

    private SquashfsCodec(BlockCodec? data, BlockCodec? metadata, SquashfsCompression id, byte[] options)
    {
        Data = data;
        Metadata = metadata;
        Id = id;
        Options = options;
    }

    /// <summary>For blocks of data; null where nothing is compressed.</summary>
    internal BlockCodec? Data { get; }

    /// <summary>For blocks of metadata; null where nothing is compressed.</summary>
    internal BlockCodec? Metadata { get; }

    /// <summary>The compressor's number in the superblock.</summary>
    internal SquashfsCompression Id { get; }

    /// <summary>The compressor's options on the disk; empty where they are what readers take for granted.</summary>
    internal byte[] Options { get; }

    /// <exception cref="MissingLibraryException">The compressor's library is not installed.</exception>
    internal static SquashfsCodec Of(SquashfsOptions options)
    {
        SquashfsCompression id = options.Compression == SquashfsCompression.None ? SquashfsCompression.Gzip : options.Compression;
        byte[] header = options.Compression == SquashfsCompression.None ? [] : Header(options);
        if (!options.IsCompressed)
            return new SquashfsCodec(null, null, id, header);
        (BlockCodec data, BlockCodec metadata) = options.Compression switch
        {
            SquashfsCompression.Gzip => Both(Gzip(options)),
            SquashfsCompression.Zstd => Both(BlockCodecs.Zstd(options.Level, checksum: false)),
            SquashfsCompression.Lz4 => Both(options.HighCompression ? BlockCodecs.Lz4High() : BlockCodecs.Lz4()),
            SquashfsCompression.Lzo => Both(BlockCodecs.Lzo((LzoVariant)options.LzoAlgorithm, options.Level)),
            _ => (Xz(options, options.DictionarySize ?? options.BlockSize), Xz(options, SquashfsLayout.MetadataSize)),
        };
        return new SquashfsCodec(data, metadata, id, header);
    }

    private static (BlockCodec Data, BlockCodec Metadata) Both(BlockCodec codec) => (codec, codec);

    private static BlockCodec Gzip(SquashfsOptions options)
    {
        if (options is { WindowSize: DefaultWindow, Strategies: SquashfsGzipStrategies.None or SquashfsGzipStrategies.Default })
            return BlockCodecs.Zlib(options.Level);
        int strategies = options.Strategies == SquashfsGzipStrategies.None ? 1 : (int)options.Strategies;
        return BlockCodecs.ZlibStrategies(options.Level, options.WindowSize, Bits(strategies));
    }

    private static BlockCodec Xz(SquashfsOptions options, int dictionary) =>
        BlockCodecs.XzFiltered(dictionary, [.. Bits((int)options.Filters).Select(bit => FilterNumbers[bit])]);

    private static int[] Bits(int flags)
    {
        int[] bits = new int[BitOperations.PopCount((uint)flags)];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitOperations.TrailingZeroCount(flags);
            flags &= flags - 1;
        }

        return bits;
    }

    /// <summary>The compressor's options (squashfs-tools NAME_wrapper.h). As mksquashfs does, only what is not the default.</summary>
    private static byte[] Header(SquashfsOptions options)
    {
        switch (options.Compression)
        {
            case SquashfsCompression.Gzip:
                int level = Math.Min(options.Level, HighestGzipLevel);
                byte[] gzip = Numbers(level, options.WindowSize | ((int)options.Strategies << 16));
                return level == DefaultGzipLevel && options is { WindowSize: DefaultWindow, Strategies: SquashfsGzipStrategies.None } ? [] : gzip;
            case SquashfsCompression.Xz:
                int dictionary = options.DictionarySize ?? options.BlockSize;
                return dictionary == options.BlockSize && options.Filters == SquashfsXzFilters.None ? [] : Numbers(dictionary, (int)options.Filters);
            case SquashfsCompression.Lz4:
                return Numbers(Lz4Version, options.HighCompression ? 1 : 0);
            case SquashfsCompression.Zstd:
                return options.Level == DefaultZstdLevel ? [] : Numbers(options.Level);
            default:
                bool isDefault = options is { LzoAlgorithm: SquashfsLzoAlgorithm.Lzo1x999, Level: DefaultLzoLevel };
                return isDefault ? [] : Numbers((int)options.LzoAlgorithm, options.LzoAlgorithm == SquashfsLzoAlgorithm.Lzo1x999 ? options.Level : 0);
        }
    }

    private static byte[] Numbers(params int[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * 4];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), numbers[i]);
        return bytes;
    }
}
