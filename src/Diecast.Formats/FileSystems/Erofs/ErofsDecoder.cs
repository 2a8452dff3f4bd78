using System.Buffers;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Decompresses extents, and keeps the last ones for readers that want them in parts.</summary>
/// <remarks>Safe for several threads.</remarks>
internal sealed class ErofsDecoder(Blob image)
{
    private const int KeptBytes = 32 << 20;
    private const int KeptExtents = 64;

    private readonly Lock _lock = new();
    private readonly LinkedList<(ErofsExtent Extent, byte[] Bytes)> _kept = new();
    private int _keptBytes;

    /// <summary>Whether compressed data ends with its last block, and not where it happens to end.</summary>
    internal bool HasPadding { get; init; } = true;

    /// <summary>Reads a part of a compressed extent.</summary>
    internal void Read(in ErofsExtent extent, ulong nid, int skip, Span<byte> destination)
    {
        if (destination.Length == extent.Length)
        {
            Decompress(extent, nid, destination);
            return;
        }

        byte[]? bytes = Find(extent);
        if (bytes is null)
        {
            bytes = new byte[extent.Length];
            Decompress(extent, nid, bytes);
            Keep(extent, bytes);
        }

        bytes.AsSpan(skip, destination.Length).CopyTo(destination);
    }

    private byte[]? Find(in ErofsExtent extent)
    {
        lock (_lock)
        {
            for (LinkedListNode<(ErofsExtent Extent, byte[] Bytes)>? node = _kept.First; node is not null; node = node.Next)
            {
                if (!IsSame(node.Value.Extent, extent))
                    continue;
                _kept.Remove(node);
                _kept.AddFirst(node);
                return node.Value.Bytes;
            }

            return null;
        }
    }

    private static bool IsSame(in ErofsExtent a, in ErofsExtent b) => a.Physical == b.Physical && a.PhysicalLength == b.PhysicalLength
        && a.Length == b.Length && a.Encoding == b.Encoding && a.IsPartial == b.IsPartial;

    private void Keep(in ErofsExtent extent, byte[] bytes)
    {
        lock (_lock)
        {
            _kept.AddFirst((extent, bytes));
            _keptBytes += bytes.Length;
            while (_kept.Count > 1 && (_keptBytes > KeptBytes || _kept.Count > KeptExtents))
            {
                _keptBytes -= _kept.Last!.Value.Bytes.Length;
                _kept.RemoveLast();
            }
        }
    }

    private void Decompress(in ErofsExtent extent, ulong nid, Span<byte> output)
    {
        if (extent.Physical < 0 || extent.Physical > image.Length - extent.PhysicalLength)
            throw Invalid(extent, nid, $"it would be at byte {extent.Physical}, and the image ends at {image.Length}");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(extent.PhysicalLength);
        try
        {
            Span<byte> input = buffer.AsSpan(0, extent.PhysicalLength);
            image.Read(extent.Physical, input);
            // What is compressed does not begin with a zero, so that zeros before it tell where it begins.
            if (HasPadding)
                input = input.TrimStart((byte)0);
            if (input.IsEmpty || !Decompress(extent, input, output))
                throw Invalid(extent, nid, "it is damaged");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Decompress(in ErofsExtent extent, ReadOnlySpan<byte> input, Span<byte> output) => extent.Encoding switch
    {
        ErofsEncoding.Lz4 when extent.IsPartial || !HasPadding => Lz4.DecompressStart(input, output) == output.Length,
        ErofsEncoding.Lz4 => Lz4.Decompress(input, output) == output.Length,
        ErofsEncoding.Lzma => Lzma.DecompressMicro(input, output, !extent.IsPartial, 8 * ErofsFormat.MaximumCompressed),
        ErofsEncoding.Deflate => Inflate(input, output, extent.IsPartial),
        ErofsEncoding.Zstd when extent.IsPartial => Zstd.DecompressStart(input, output, windowLog: 24),
        _ => DecompressFrame(input, output),
    };

    private static bool Inflate(ReadOnlySpan<byte> input, Span<byte> output, bool isPartial)
    {
        using SafeInflateHandle stream = Zlib.OpenRawDecoder();
        int result = Zlib.Inflate(stream, ref input, ref output);
        return output.IsEmpty && (result == Zlib.StreamEnd || isPartial || result is Zlib.Ok or Zlib.BufferError);
    }

    private static bool DecompressFrame(ReadOnlySpan<byte> input, Span<byte> output)
    {
        using SafeZstdDecoder decoder = Zstd.OpenDecoder();
        return Zstd.TryDecompressFrame(decoder, ref input, ref output) && output.IsEmpty;
    }

    private static InvalidImageException Invalid(in ErofsExtent extent, ulong nid, string what) => ErofsFormat.Invalid(
        $"inode {nid}: the extent of {extent.Length} bytes at byte {extent.Logical}, {extent.PhysicalLength} bytes of {extent.Encoding} at byte {extent.Physical}: {what}");
}
