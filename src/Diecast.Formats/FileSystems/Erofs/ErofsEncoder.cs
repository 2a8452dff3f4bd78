using System.Buffers.Binary;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>An extent that has been compressed, or has not become smaller.</summary>
/// <param name="Length">Bytes of the file.</param>
/// <param name="Size">Bytes that they became; zero for those that stay as they are.</param>
internal readonly record struct ErofsEncoded(int Length, int Size);

/// <summary>
/// Cuts a segment of a file into extents, each as long as fits a unit of compression, and compresses them. A segment is a unit
/// of its own, so that the result does not depend on who compresses it.
/// </summary>
/// <remarks>The result is a table of extents and, one after the other, what those became that are compressed.</remarks>
internal sealed class ErofsEncoder(IErofsFitter fitter, ErofsEncoding encoding, ErofsEncoderOptions options) : IBlockCompressor
{
    private const int LongestRaw = 128 * 1024;

    private readonly byte[] _unit = new byte[options.ClusterSize];

    /// <summary>The algorithm.</summary>
    internal ErofsEncoding Encoding => encoding;

    /// <summary>The codec of segments.</summary>
    internal static BlockCodec Codec(ErofsOptions options)
    {
        ErofsCompression compression = options.Compression!;
        int cluster = compression.EffectiveClusterSize(options.BlockSize);
        var settings = new ErofsEncoderOptions(options.BlockSize, cluster, compression.TailPacking);
        (string identity, Func<IErofsFitter> open) = ErofsFitters.Open(compression, cluster, options.BlockSize);
        return new BlockCodec(
            identity, length => Bound(length, options.BlockSize), () => new ErofsEncoder(open(), (ErofsEncoding)compression.Number, settings));
    }

    /// <summary>Bytes of a segment: the longest that pays, but for large units some of them.</summary>
    internal static int SegmentSize(int clusterSize) => Math.Max(4 << 20, 8 * clusterSize);

    /// <summary>Room enough for the result: what is compressed takes less than what it was.</summary>
    internal static int Bound(int length, int blockSize) => TableSize(length, blockSize) + length;

    /// <summary>Reads a result.</summary>
    internal static List<ErofsEncoded> Parse(ReadOnlySpan<byte> result, int length, int blockSize, out int dataOffset)
    {
        dataOffset = TableSize(length, blockSize);
        int count = BinaryPrimitives.ReadInt32LittleEndian(result);
        var extents = new List<ErofsEncoded>(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = result[(sizeof(int) + (i * 2 * sizeof(int)))..];
            extents.Add(new ErofsEncoded(BinaryPrimitives.ReadInt32LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[sizeof(int)..])));
        }

        return extents;
    }

    public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int blockSize = options.BlockSize;
        int longest = Math.Min(ErofsFormat.MaximumDecompressed, (ErofsFormat.BlockCount - 2) * blockSize);
        int data = TableSize(input.Length, blockSize);
        int count = 0;
        int raw = options.ClusterSize;
        fitter.Reset();
        for (int at = 0; at < input.Length;)
        {
            ReadOnlySpan<byte> rest = input[at..];
            (int taken, int written) = rest.Length > blockSize || options.PacksTails
                ? fitter.Fit(rest[..Math.Min(rest.Length, longest)], _unit)
                : (0, 0);
            if (Pays(taken, written, rest.Length))
            {
                _unit.AsSpan(0, written).CopyTo(output[data..]);
                data += written;
                Add(output, count++, new ErofsEncoded(taken, written));
                at += taken;
                raw = options.ClusterSize;
                continue;
            }

            // What does not become smaller is passed over in longer and longer steps.
            for (int end = (int)Math.Min(at + (long)raw, input.Length); at < end;)
            {
                int length = Math.Min(blockSize, input.Length - at);
                Add(output, count++, new ErofsEncoded(length, 0));
                at += length;
            }

            raw = Math.Max(raw, Math.Min(raw * 2, LongestRaw));
        }

        BinaryPrimitives.WriteInt32LittleEndian(output, count);
        return data;
    }

    public void Dispose() => fitter.Dispose();

    private bool Pays(int taken, int written, int left)
    {
        if (written == 0 || written >= taken)
            return false;
        // The end of a file may stand behind its inode, where bytes count and not blocks.
        return (taken == left && options.PacksTails && written < options.BlockSize)
            || Units.RoundUp(written, options.BlockSize) < taken;
    }

    private static void Add(Span<byte> output, int index, ErofsEncoded extent)
    {
        Span<byte> entry = output[(sizeof(int) + (index * 2 * sizeof(int)))..];
        BinaryPrimitives.WriteInt32LittleEndian(entry, extent.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry[sizeof(int)..], extent.Size);
    }

    /// <summary>Extents have a block or more, but for the last.</summary>
    private static int TableSize(int length, int blockSize) => sizeof(int) + (((length / blockSize) + 2) * 2 * sizeof(int));
}

/// <summary>What an encoder has to know.</summary>
/// <param name="BlockSize">Bytes of a block.</param>
/// <param name="ClusterSize">Most bytes of a unit of compressed data.</param>
/// <param name="PacksTails">Whether the end of a file may take less than a block.</param>
internal sealed record ErofsEncoderOptions(int BlockSize, int ClusterSize, bool PacksTails);
