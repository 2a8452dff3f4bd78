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
    private readonly bool _isWide;
    private readonly Lock _lock = new();
    private byte[]? _block;
    private long _blockNumber = -1;

    private IsoZisofsBlob(Blob stored, long length, int shift, int headerLength, bool isWide)
        : base(length) => (_stored, _blockSize, _headerLength, _isWide) = (stored, 1 << shift, headerLength, isWide);

    private int PointerSize => PointerSizeOf(_isWide);

    /// <summary>Checks what Rock Ridge says against what is stored.</summary>
    /// <param name="stored">What is stored.</param>
    /// <param name="compressed">What Rock Ridge says.</param>
    /// <exception cref="InvalidImageException">It cannot be.</exception>
    internal static Blob Of(Blob stored, IsoStoredCompressed compressed)
    {
        (long length, int shift, int headerLength, bool isWide) = compressed;
        int most = isWide ? IsoZisofsLayout.MostWideShift : IsoZisofsLayout.MostShift;
        int leastHeader = isWide ? IsoZisofsLayout.WideHeaderLength : IsoZisofsLayout.HeaderLength;
        if (shift < IsoZisofsLayout.LeastShift || shift > most || headerLength < leastHeader || length < 0)
            throw IsoFaults.Invalid($"a compressed file of {length} bytes with blocks of 2^{shift} bytes and a header of {headerLength}");
        long blocks = Units.Divide(length, 1L << shift);
        long least = headerLength + (PointerSizeOf(isWide) * (blocks + 1));
        if (stored.Length < least)
            throw IsoFaults.Invalid($"a compressed file of {length} bytes needs {least} bytes for its head; it has {stored.Length}");
        return length == 0 ? Empty : new IsoZisofsBlob(stored, length, shift, headerLength, isWide);
    }

    private static int PointerSizeOf(bool isWide) => isWide ? sizeof(ulong) : sizeof(uint);

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
        Span<byte> pointers = stackalloc byte[2 * sizeof(ulong)];
        pointers = pointers[..(2 * PointerSize)];
        _stored.Read(_headerLength + (number * PointerSize), pointers);
        long start = Pointer(pointers);
        long end = Pointer(pointers[PointerSize..]);
        // What deflate cannot make smaller it makes larger by little.
        if (start < 0 || start > end || end > _stored.Length || end - start > 2 * _blockSize)
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

    private long Pointer(ReadOnlySpan<byte> pointer) =>
        _isWide ? BinaryPrimitives.ReadInt64LittleEndian(pointer) : BinaryPrimitives.ReadUInt32LittleEndian(pointer);

    private void CheckMagic(long number)
    {
        if (number > 0)
            return;
        Span<byte> head = stackalloc byte[IsoZisofsLayout.HeaderLength];
        _stored.Read(0, head);
        if (!head.StartsWith(_isWide ? IsoZisofsLayout.WideMagic : IsoZisofsLayout.Magic))
            throw IsoFaults.Invalid($"a compressed file does not begin as one");
    }
}
