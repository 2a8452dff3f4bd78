using System.Buffers;
using System.Buffers.Binary;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Metadata on its way to the disk: cut into blocks of 8 KiB, each compressed where that makes it smaller.</summary>
/// <param name="compressor">Compresses the blocks; null to store them. It stays the caller's.</param>
internal sealed class SquashfsMetadata(IBlockCompressor? compressor)
{
    private const int HeaderSize = 2;

    /// <summary>What an array holds; the format would have 4 GiB.</summary>
    private const long MostBytes = int.MaxValue - 65536;

    private readonly byte[] _block = new byte[SquashfsLayout.MetadataSize];
    private readonly byte[] _compressed = new byte[SquashfsLayout.MetadataSize];
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly List<long> _blocks = [];
    private int _used;

    /// <summary>Where the next byte goes. A full block is written at once, so that the byte is never behind one's end.</summary>
    internal SquashfsReference Position => new(_output.WrittenCount, _used);

    /// <summary>Bytes so far, not compressed.</summary>
    internal long Length => ((long)_blocks.Count * SquashfsLayout.MetadataSize) + _used;

    /// <summary>Where each block begins, counted from the first.</summary>
    internal IReadOnlyList<long> Blocks => _blocks;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _block.Length - _used);
            bytes[..count].CopyTo(_block.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (_used == _block.Length)
                Flush();
        }
    }

    /// <summary>The blocks, the last one as short as it is.</summary>
    internal ReadOnlySpan<byte> Finish()
    {
        if (_used > 0)
            Flush();
        return _output.WrittenSpan;
    }

    private void Flush()
    {
        ReadOnlySpan<byte> input = _block.AsSpan(0, _used);
        int count = compressor?.Compress(input, _compressed) ?? 0;
        bool isStored = count == 0 || count >= input.Length;
        ReadOnlySpan<byte> output = isStored ? input : _compressed.AsSpan(0, count);
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(output.Length | (isStored ? SquashfsLayout.StoredMetadata : 0)));
        if (_output.WrittenCount > MostBytes - input.Length)
            throw new UnrepresentableException(SquashfsLayout.Format, null, FormattableString.Invariant($"inodes, directories and attributes have at most {MostBytes} bytes each"));
        _blocks.Add(_output.WrittenCount);
        _output.Write(header);
        _output.Write(output);
        _used = 0;
    }
}
