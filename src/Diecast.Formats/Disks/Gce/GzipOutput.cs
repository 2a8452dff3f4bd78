using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>Compresses what is written to one gzip member on all cores, and passes it on.</summary>
internal sealed class GzipOutput : DiskOutput, IBlockConsumer
{
    private const int BlockSize = 256 * 1024;
    private static readonly byte[] Zeros = new byte[BlockSize];

    private readonly DiskOutput _output;
    private readonly BlockCodec _codec;
    private readonly ParallelBlocks _blocks;
    private readonly HostDirectoryCursor _cursor = new();
    private byte[]? _zeroSection;
    private int _filled;
    private uint _crc;

    internal GzipOutput(DiskOutput output, int level, DiskWriteOptions? options)
    {
        _output = output;
        _codec = DeflateSections.Codec(level);
        _blocks = new ParallelBlocks(_codec, BlockSize, null, this, options?.Workers, options?.Cancellation ?? default);
        // No name, no time, no system.
        output.Bytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    }

    internal string Codec => _codec.Identity;

    public override string DisplayPath => _output.DisplayPath;

    public override bool CanSeek => false;

    public override long Position => Length;

    public void Block(FinishedBlock block)
    {
        _crc = Crc32.Append(_crc, block.Input);
        _output.Bytes(block.IsZero ? ZeroSection(block.Input.Length) : block.Output);
    }

    public void Holes(long first, long count)
    {
    }

    public override void Hole(long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            _blocks.Fill().Slice(_filled, count).Clear();
            Filled(count);
            length -= count;
        }
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, Room);
            bytes[..count].CopyTo(_blocks.Fill()[_filled..]);
            Filled(count);
            bytes = bytes[count..];
        }
    }

    public override void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            file.ReadExactly(lease.Descriptor, offset, _blocks.Fill().Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            blob.Read(offset, _blocks.Fill().Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public override void Seek(long position)
    {
        if (position != Position)
            throw new NotSupportedException("compressed bytes are written one after the other");
    }

    public override void Complete()
    {
        if (_filled > 0)
            _blocks.Submit(_filled);
        _filled = 0;
        _blocks.Complete();
        _output.Bytes(DeflateSections.End);
        byte[] trailer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), unchecked((uint)Length));
        _output.Bytes(trailer);
        _output.Complete();
    }

    private protected override void Dispose(bool disposing)
    {
        _blocks.Dispose();
        _cursor.Dispose();
        base.Dispose(disposing);
    }

    private int Room => BlockSize - _filled;

    private void Filled(int count)
    {
        _filled += count;
        Length += count;
        if (_filled < BlockSize)
            return;
        _blocks.Submit(BlockSize);
        _filled = 0;
    }

    /// <summary>Blocks of zeros are not compressed by the workers: whole ones are all the same.</summary>
    private byte[] ZeroSection(int length)
    {
        if (length == BlockSize && _zeroSection is not null)
            return _zeroSection;
        using IBlockCompressor compressor = _codec.Open();
        byte[] output = new byte[_codec.Bound(length)];
        byte[] section = output[..compressor.Compress(Zeros.AsSpan(0, length), output)];
        if (length == BlockSize)
            _zeroSection = section;
        return section;
    }
}
