using System.Buffers;
using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>A compressed file as what it was; blocks are decompressed when they are read.</summary>
internal sealed class IsoZisofsBlob : Blob
{
    private static readonly BlockDecoder Decoder = BlockDecoders.Zlib();

    private readonly Blob _stored;
    private readonly int _blockSize;
    private readonly int _headerLength;
    private readonly Lock _lock = new();
    private byte[]? _block;
    private long _blockNumber = -1;

    private IsoZisofsBlob(Blob stored, long length, int shift, int headerLength)
        : base(length) => (_stored, _blockSize, _headerLength) = (stored, 1 << shift, headerLength);

    /// <summary>Checks what Rock Ridge says against what is stored.</summary>
    /// <exception cref="InvalidImageException">It cannot be.</exception>
    internal static Blob Of(Blob stored, long length, int shift, int headerLength)
    {
        if (shift is < IsoZisofsLayout.LeastShift or > IsoZisofsLayout.MostShift || headerLength < IsoZisofsLayout.HeaderLength)
            throw IsoFaults.Invalid($"a compressed file with blocks of 2^{shift} bytes and a header of {headerLength}");
        long blocks = (length + (1L << shift) - 1) >> shift;
        long least = headerLength + (sizeof(uint) * (blocks + 1));
        if (stored.Length < least)
            throw IsoFaults.Invalid($"a compressed file of {length} bytes needs {least} bytes for its head; it has {stored.Length}");
        return length == 0 ? Empty : new IsoZisofsBlob(stored, length, shift, headerLength);
    }

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            (long number, long skip) = Math.DivRem(offset, _blockSize);
            int length = (int)Math.Min(_blockSize, Length - (number * _blockSize));
            int count = (int)Math.Min(length - skip, destination.Length);
            lock (_lock)
            {
                if (_blockNumber != number)
                    Load(number, length);
                _block.AsSpan((int)skip, count).CopyTo(destination);
            }

            destination = destination[count..];
            offset += count;
        }
    }

    private void Load(long number, int length)
    {
        _blockNumber = -1;
        _block ??= new byte[_blockSize];
        CheckMagic(number);
        Span<byte> pointers = stackalloc byte[2 * sizeof(uint)];
        _stored.Read(_headerLength + (number * sizeof(uint)), pointers);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(pointers);
        long end = BinaryPrimitives.ReadUInt32LittleEndian(pointers[sizeof(uint)..]);
        // What deflate cannot make smaller it makes larger by little.
        if (start > end || end > _stored.Length || end - start > 2 * _blockSize)
            throw IsoFaults.Invalid($"block {number} of a compressed file is at {start} to {end} of {_stored.Length}");
        Span<byte> block = _block.AsSpan(0, length);
        if (start == end)
        {
            block.Clear();
        }
        else
        {
            byte[] input = ArrayPool<byte>.Shared.Rent((int)(end - start));
            try
            {
                _stored.Read(start, input.AsSpan(0, (int)(end - start)));
                if (Decoder.Decompress(input.AsSpan(0, (int)(end - start)), block) != length)
                    throw IsoFaults.Invalid($"block {number} of a compressed file is damaged");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(input);
            }
        }

        _blockNumber = number;
    }

    private void CheckMagic(long number)
    {
        if (number > 0)
            return;
        Span<byte> head = stackalloc byte[IsoZisofsLayout.HeaderLength];
        _stored.Read(0, head);
        if (!head.StartsWith(IsoZisofsLayout.Magic))
            throw IsoFaults.Invalid($"a compressed file does not begin as one");
    }
}
