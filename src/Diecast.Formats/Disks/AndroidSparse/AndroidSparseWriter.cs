using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Disks;

/// <summary>
/// Writes a sparse image from the disk's bytes: blocks of one 32-bit value become fill chunks, however they are stored, and
/// only the others are raw. How many chunks there are is written at the end. Where the parts of an image are limited, another
/// is begun before one would become too large.
/// </summary>
internal sealed class AndroidSparseWriter : DiskWriter
{
    /// <summary>Disk bytes of a raw chunk, which is gathered here before its header is written.</summary>
    private const int LargestRaw = 1 << 20;

    private const int ReadSize = 128 * 1024;

    private readonly AndroidSparseOptions _options;
    private readonly Func<int, DiskOutput>? _openPart;
    private readonly uint _blocks;
    private readonly int _blockSize;
    private readonly byte[] _block;
    private readonly byte[] _raw;
    private readonly byte[] _read = new byte[ReadSize];
    private readonly HostDirectoryCursor _cursor = new();
    private int _filled;
    private bool _hasData;
    private int _gathered;
    private ushort _runType;
    private uint _runValue;
    private long _runBlocks;
    private long _done;
    private uint _chunks;
    private DiskOutput _output;
    private int _part;
    private long _used;
    private uint _sum;

    /// <summary>A writer of one file, however large.</summary>
    internal AndroidSparseWriter(Blob disk, DiskOutput output, AndroidSparseOptions options)
        : this(disk, options, null, () => output)
    {
    }

    /// <summary>A writer of parts of <see cref="AndroidSparseOptions.LargestPart"/> at most.</summary>
    internal AndroidSparseWriter(Blob disk, Func<int, DiskOutput> openPart, AndroidSparseOptions options)
        : this(disk, options, openPart, () => openPart(0))
    {
    }

    private AndroidSparseWriter(Blob disk, AndroidSparseOptions options, Func<int, DiskOutput>? openPart, Func<DiskOutput> open)
    {
        _options = options;
        _openPart = openPart;
        _blocks = AndroidSparsePlan.CountBlocks(disk, options);
        _blockSize = options.BlockSize;
        _block = new byte[_blockSize];
        _raw = new byte[Math.Max(LargestRaw, _blockSize)];
        _output = open();
        if (!_output.CanSeek)
            throw new NotSupportedException($"{_output.DisplayPath} takes bytes one after the other; a sparse image starts with the number of its chunks");
        StartPart();
    }

    public override void Hole(long length)
    {
        if (_filled > 0 || length < _blockSize)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            _block.AsSpan(_filled, count).Clear();
            Filled(count);
            length -= count;
        }

        AddRun(length / _blockSize, HoleType, 0);
        int rest = (int)(length % _blockSize);
        _block.AsSpan(0, rest).Clear();
        _filled += rest;
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_filled == 0 && bytes.Length >= _blockSize)
            {
                Block(bytes[.._blockSize]);
                bytes = bytes[_blockSize..];
                continue;
            }

            int count = Math.Min(bytes.Length, _blockSize - _filled);
            bytes[..count].CopyTo(_block.AsSpan(_filled));
            _hasData = true;
            Filled(count);
            bytes = bytes[count..];
        }
    }

    public override void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, _read.Length);
            file.ReadExactly(lease.Descriptor, offset, _read.AsSpan(0, count));
            Bytes(_read.AsSpan(0, count));
            offset += count;
            length -= count;
        }
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, _read.Length);
            blob.Read(offset, _read.AsSpan(0, count));
            Bytes(_read.AsSpan(0, count));
            offset += count;
            length -= count;
        }
    }

    public override void Complete()
    {
        if (_filled > 0)
        {
            _block.AsSpan(_filled).Clear();
            Filled(_blockSize - _filled);
        }

        Flush();
        if (_done != _blocks)
            throw new InvalidOperationException($"a disk of {_blocks} blocks came with {_done}");
        EndPart();
    }

    protected override void Dispose(bool disposing)
    {
        _cursor.Dispose();
        base.Dispose(disposing);
    }

    private ushort HoleType => _options.Holes == AndroidSparseHoles.Fill ? AndroidSparseLayout.Fill : AndroidSparseLayout.DontCare;

    private void Filled(int count)
    {
        _filled += count;
        if (_filled < _blockSize)
            return;
        _filled = 0;
        bool isHole = !_hasData;
        _hasData = false;
        if (isHole)
            AddRun(1, HoleType, 0);
        else
            Block(_block);
    }

    /// <summary>A whole block of data.</summary>
    private void Block(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(block);
        if (!words.ContainsAnyExcept(words[0]))
        {
            AddRun(1, AndroidSparseLayout.Fill, BinaryPrimitives.ReadUInt32LittleEndian(block));
            return;
        }

        if (_runType != AndroidSparseLayout.Raw || _gathered + _blockSize > _raw.Length)
            Flush();
        _runType = AndroidSparseLayout.Raw;
        block.CopyTo(_raw.AsSpan(_gathered));
        _gathered += _blockSize;
        _runBlocks++;
    }

    private void AddRun(long blocks, ushort type, uint value)
    {
        if (blocks == 0)
            return;
        if (_runType != type || _runValue != value)
            Flush();
        _runType = type;
        _runValue = value;
        _runBlocks += blocks;
    }

    private void Flush()
    {
        Span<byte> header = stackalloc byte[AndroidSparseLayout.ChunkHeaderBytes];
        Span<byte> value = stackalloc byte[AndroidSparseLayout.FillBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(value, _runValue);
        int written = 0;
        while (_runBlocks > 0)
        {
            bool isSkip = _runType == AndroidSparseLayout.DontCare;
            MakeRoom(_runType == AndroidSparseLayout.Raw ? _blockSize : isSkip ? 0 : value.Length, isSkip && _done + _runBlocks == _blocks);
            long blocks = _runType switch
            {
                AndroidSparseLayout.Raw => Math.Min(_runBlocks, Room / _blockSize),
                AndroidSparseLayout.Fill => Math.Min(_runBlocks, AndroidSparsePlan.LargestFill / _blockSize),
                _ => _runBlocks,
            };
            ReadOnlySpan<byte> body = _runType switch
            {
                AndroidSparseLayout.Raw => _raw.AsSpan(written, (int)blocks * _blockSize),
                AndroidSparseLayout.Fill => value,
                _ => [],
            };
            AndroidSparseLayout.WriteChunk(header, _runType, (uint)blocks, (uint)(header.Length + body.Length));
            _output.Bytes(header);
            _output.Bytes(body);
            if (_runType == AndroidSparseLayout.Raw)
                Sum(body);
            else
                Sum(_runValue, blocks);
            _used += header.Length + body.Length;
            written += body.Length;
            _chunks++;
            _done += blocks;
            _runBlocks -= blocks;
        }

        _gathered = 0;
        _runType = 0;
        _runValue = 0;
    }

    /// <summary>What the part still takes of a chunk behind its header, when a skip to the disk's end follows it.</summary>
    private long Room => _openPart is null ? long.MaxValue : _options.LargestPart - _used - (2 * AndroidSparseLayout.ChunkHeaderBytes) - SumBytes;

    private int SumBytes => _options.Checksum == AndroidSparseChecksum.None ? 0 : AndroidSparseLayout.ChunkHeaderBytes + AndroidSparseLayout.ChecksumBytes;

    /// <summary>Begins another part when this one has no room for so much of a chunk behind its header.</summary>
    private void MakeRoom(int bytes, bool isLastSkip)
    {
        // The last skip is the one that there must be room for anyway.
        if (_openPart is null || isLastSkip || bytes <= Room)
            return;
        EndPart();
        _output = _openPart(++_part);
        StartPart();
    }

    private void StartPart()
    {
        _chunks = 0;
        _sum = 0;
        _used = AndroidSparseLayout.HeaderBytes;
        _output.Bytes(AndroidSparseLayout.WriteHeader(_blockSize, _blocks, 0));
        Skip(_done);
    }

    private void EndPart()
    {
        Skip(_blocks - _done);
        if (_options.Checksum != AndroidSparseChecksum.None)
            WriteSum();
        _output.Seek(0);
        _output.Bytes(AndroidSparseLayout.WriteHeader(_blockSize, _blocks, _chunks));
        _output.Complete();
    }

    /// <summary>Leaves to the other parts what is theirs.</summary>
    private void Skip(long blocks)
    {
        if (blocks == 0)
            return;
        Span<byte> header = stackalloc byte[AndroidSparseLayout.ChunkHeaderBytes];
        AndroidSparseLayout.WriteChunk(header, AndroidSparseLayout.DontCare, (uint)blocks, (uint)header.Length);
        _output.Bytes(header);
        Sum(0, blocks);
        _used += header.Length;
        _chunks++;
    }

    private void WriteSum()
    {
        Span<byte> chunk = stackalloc byte[AndroidSparseLayout.ChunkHeaderBytes + AndroidSparseLayout.ChecksumBytes];
        AndroidSparseLayout.WriteChunk(chunk, AndroidSparseLayout.Checksum, 0, (uint)chunk.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[AndroidSparseLayout.ChunkHeaderBytes..], _sum);
        _output.Bytes(chunk);
        _chunks++;
    }

    private void Sum(ReadOnlySpan<byte> bytes)
    {
        if (_options.Checksum != AndroidSparseChecksum.None)
            _sum = Crc32.Append(_sum, bytes);
    }

    /// <summary>Adds blocks of one value to the checksum: of a power of two of them it is that of half as many, twice.</summary>
    private void Sum(uint value, long blocks)
    {
        if (_options.Checksum == AndroidSparseChecksum.None)
            return;
        byte[] block = new byte[_blockSize];
        MemoryMarshal.Cast<byte, uint>(block.AsSpan()).Fill(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
        (uint sum, long length) = (Crc32.Compute(block), _blockSize);
        for (long rest = blocks; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0)
                _sum = Crc32.Combine(_sum, sum, length);
            sum = Crc32.Combine(sum, sum, length);
            length *= 2;
        }
    }
}
