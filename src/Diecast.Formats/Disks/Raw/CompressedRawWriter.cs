using System.Buffers;
using System.Buffers.Binary;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>
/// A raw disk, compressed as a whole in blocks of their own on all cores: sections of one gzip member, Zstandard frames, or
/// the blocks of one .xz stream. Zero blocks are compressed once, so that a sparse disk takes the time of its data.
/// </summary>
internal sealed class CompressedRawWriter : BlockDiskWriter
{
    private readonly DiskOutput _output;
    private readonly BlockCodec _codec;
    private readonly int _blockSize;
    private readonly ICompressedFraming _framing;
    private byte[]? _zeros;

    internal CompressedRawWriter(BlockCodec codec, int blockSize, ICompressedFraming framing, DiskOutput output, DiskWriteOptions? options)
        : base(codec, blockSize, null, BlockTail.Short, options)
    {
        _codec = codec;
        _blockSize = blockSize;
        _framing = framing;
        _output = output;
    }

    public override void Block(FinishedBlock block)
    {
        if (block.IsZero)
            Zeros(block.Input.Length);
        else
            _framing.Unit(_output, block.Output, block.Input.Length);
    }

    public override void Holes(long first, long count)
    {
        // Only the last block can be short, and all of the disk has come when it is handed on.
        long length = Math.Min(count * _blockSize, DiskPosition - (first * _blockSize));
        while (length > 0)
        {
            int part = (int)Math.Min(length, _blockSize);
            Zeros(part);
            length -= part;
        }
    }

    protected override void Finish()
    {
        if (DiskPosition == 0)
            _framing.Unit(_output, Compress([]), 0);
        _framing.End(_output);
        _output.Complete();
    }

    private void Zeros(int length)
    {
        if (length == _blockSize)
            _framing.Unit(_output, _zeros ??= Compress(new byte[length]), length);
        else
            _framing.Unit(_output, Compress(new byte[length]), length);
    }

    private byte[] Compress(byte[] block)
    {
        using IBlockCompressor compressor = _codec.Open();
        byte[] output = new byte[_codec.Bound(block.Length)];
        return output[..compressor.Compress(block, output)];
    }
}

/// <summary>How compressed blocks become one file.</summary>
internal interface ICompressedFraming
{
    /// <summary>Writes what a block became.</summary>
    void Unit(DiskOutput output, ReadOnlySpan<byte> unit, int length);

    /// <summary>Writes what ends the file.</summary>
    void End(DiskOutput output);
}

/// <summary>Sections of one gzip member, which is what every reader takes: some stop at a second one.</summary>
internal sealed class GzipFraming : ICompressedFraming
{
    private const int TrailerBytes = 8;

    private bool _hasHeader;
    private uint _checksum;
    private long _length;

    public void Unit(DiskOutput output, ReadOnlySpan<byte> unit, int length)
    {
        if (!_hasHeader)
            output.Bytes(GzipSections.Header);
        _hasHeader = true;
        output.Bytes(unit[..^GzipSections.ChecksumBytes]);
        _checksum = Crc32.Combine(_checksum, BinaryPrimitives.ReadUInt32LittleEndian(unit[^GzipSections.ChecksumBytes..]), length);
        _length += length;
    }

    public void End(DiskOutput output)
    {
        output.Bytes(DeflateSections.End);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
        // The length is told modulo 2^32.
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], unchecked((uint)_length));
        output.Bytes(trailer);
    }
}

/// <summary>One unit after the other, as Zstandard frames may stand.</summary>
internal sealed class PlainFraming : ICompressedFraming
{
    public void Unit(DiskOutput output, ReadOnlySpan<byte> unit, int length) => output.Bytes(unit);

    public void End(DiskOutput output)
    {
    }
}

/// <summary>
/// Zstandard frames with the seek table of zstd's contrib/seekable_format at the end, a skippable frame, so that readers
/// which know it reach any place with one frame's work.
/// </summary>
internal sealed class SeekableFraming : ICompressedFraming
{
    private readonly ArrayBufferWriter<byte> _entries = new();

    public void Unit(DiskOutput output, ReadOnlySpan<byte> unit, int length)
    {
        output.Bytes(unit);
        Span<byte> entry = stackalloc byte[SeekableZstd.EntryBytes];
        BinaryPrimitives.WriteInt32LittleEndian(entry, unit.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], length);
        _entries.Write(entry);
    }

    public void End(DiskOutput output)
    {
        Span<byte> head = stackalloc byte[SeekableZstd.SkippableHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(head, SeekableZstd.SkippableMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], checked((uint)(_entries.WrittenCount + SeekableZstd.FooterBytes)));
        output.Bytes(head);
        output.Bytes(_entries.WrittenSpan);
        Span<byte> footer = stackalloc byte[SeekableZstd.FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, (uint)(_entries.WrittenCount / SeekableZstd.EntryBytes));
        footer[4] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(footer[5..], SeekableZstd.TableMagic);
        output.Bytes(footer);
    }
}
