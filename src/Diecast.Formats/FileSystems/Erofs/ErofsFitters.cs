using Diecast.Formats.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>A compressor that takes as much as fits a space; one thread uses it.</summary>
internal interface IErofsFitter : IDisposable
{
    /// <summary>Forgets what came before.</summary>
    void Reset();

    /// <summary>Compresses as much of the input as fits the output.</summary>
    /// <returns>Bytes taken and bytes written; both 0 when nothing fits.</returns>
    (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output);
}

/// <summary>The compressors of EROFS.</summary>
internal static class ErofsFitters
{
    private const uint ExtremePreset = 1u << 31;

    /// <summary>The compressor and what its bytes depend on.</summary>
    /// <exception cref="MissingLibraryException">Its library is not installed.</exception>
    internal static (string Identity, Func<IErofsFitter> Open) Open(ErofsCompression compression, int clusterSize, int blockSize)
    {
        int level = compression.EffectiveLevel;
        switch (compression.Algorithm)
        {
            case ErofsAlgorithm.Lz4:
                return ($"lz4 {Lz4.Version}", static () => new Lz4Fitter());
            case ErofsAlgorithm.Lz4Hc:
                return ($"lz4hc {Lz4.Version} level {level}", () => new Lz4HighFitter(level));
            case ErofsAlgorithm.Lzma:
                uint preset = level >= 100 ? (uint)(level - 100) | ExtremePreset : (uint)level;
                uint dictionary = LzmaDictionary(clusterSize);
                return ($"microlzma {Lzma.Version} level {level}", () => new LzmaFitter(preset, dictionary));
            case ErofsAlgorithm.Deflate:
                BlockCodec codec = BlockCodecs.Deflate(level);
                return (codec.Identity, () => new ErofsSearchFitter(new DeflateUnits(codec.Open()), blockSize));
            default:
                int windowLog = ZstdWindowLog(clusterSize);
                return ($"zstd {Zstd.Version} level {level}", () => new ErofsZstdFitter(level, windowLog, blockSize));
        }
    }

    /// <summary>As mkfs.erofs has it: eight units, up to the kernel's limit.</summary>
    internal static uint LzmaDictionary(int clusterSize) => (uint)Math.Clamp(clusterSize * 8L, 32768, 8 * ErofsFormat.MaximumCompressed);

    /// <summary>As mkfs.erofs has it: eight units, up to the kernel's limit.</summary>
    internal static int ZstdWindowLog(int clusterSize) =>
        System.Numerics.BitOperations.Log2((uint)Math.Min(clusterSize * 8L, ErofsFormat.MaximumCompressed));

    private sealed class Lz4Fitter : IErofsFitter
    {
        public void Reset()
        {
        }

        public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output) => Lz4.CompressDestSize(input, output);

        public void Dispose()
        {
        }
    }

    private sealed class Lz4HighFitter(int level) : IErofsFitter
    {
        private readonly SafeLz4State _state = Lz4.OpenHighState();

        public void Reset()
        {
        }

        public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output) => Lz4.CompressHighDestSize(_state, input, output, level);

        public void Dispose() => _state.Dispose();
    }

    private sealed class LzmaFitter(uint preset, uint dictionary) : IErofsFitter
    {
        public void Reset()
        {
        }

        public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output) => Lzma.CompressMicro(preset, dictionary, input, output);

        public void Dispose()
        {
        }
    }

    /// <summary>
    /// Raw deflate that does not begin with a zero: a stored block that is not the last would, and the five bits after its three
    /// are for nothing (RFC 1951, 3.2.4).
    /// </summary>
    private sealed class DeflateUnits(IBlockCompressor compressor) : IBlockCompressor
    {
        private const byte UnusedBit = 1 << 3;

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            int count = compressor.Compress(input, output);
            if (count > 0 && output[0] == 0)
                output[0] = UnusedBit;
            return count;
        }

        public void Dispose() => compressor.Dispose();
    }
}
