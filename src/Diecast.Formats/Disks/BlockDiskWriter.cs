using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>
/// The base of formats that compress a disk block by block: cuts what comes into blocks, has them compressed on all cores
/// and hands the results on in order, on the thread that feeds the writer.
/// </summary>
/// <remarks>
/// A block that is wholly hole is never made; one that has any data is made whole, its holes as zeros. Derived types
/// implement <see cref="Block"/>, <see cref="Holes"/> and <see cref="Finish"/>, which are called in the order of the disk.
/// </remarks>
internal abstract class BlockDiskWriter : DiskWriter, IBlockConsumer
{
    private readonly int _blockSize;
    private readonly BlockTail _tail;
    private readonly BlockCodec _codec;
    private readonly ParallelBlocks _blocks;
    private readonly HostDirectoryCursor _cursor = new();
    private int _filled;
    private bool _hasData;
    private long _holes;

    /// <summary>Starts the workers.</summary>
    /// <param name="codec">Compresses a block.</param>
    /// <param name="blockSize">Bytes of a block, a constant of the format or an option, never of the host.</param>
    /// <param name="outputSize">Room for a result; one that does not fit arrives as empty. Null for the codec's bound.</param>
    /// <param name="tail">What becomes of a last block that is not whole.</param>
    /// <param name="options">Workers and cancellation.</param>
    protected BlockDiskWriter(BlockCodec codec, int blockSize, int? outputSize, BlockTail tail, DiskWriteOptions? options)
    {
        _codec = codec;
        _blockSize = blockSize;
        _tail = tail;
        _blocks = new ParallelBlocks(codec, blockSize, outputSize, this, options?.Workers, options?.Cancellation ?? default);
    }

    /// <inheritdoc/>
    public override string? Codec => _codec.Identity;

    /// <summary>The disk's bytes that have come so far.</summary>
    protected long DiskPosition { get; private set; }

    /// <inheritdoc/>
    public abstract void Block(FinishedBlock block);

    /// <inheritdoc/>
    public abstract void Holes(long first, long count);

    /// <summary>Every block has been handed on: writes what ends the file and completes the output.</summary>
    protected abstract void Finish();

    /// <inheritdoc/>
    public override void Hole(long length)
    {
        DiskPosition += length;
        if (_hasData)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            Room(count).Clear();
            Filled(count);
            length -= count;
        }

        // The head of a block that has no data so far is only counted: it may be part of a longer hole.
        _holes += (_filled + length) / _blockSize;
        _filled = (int)((_filled + length) % _blockSize);
    }

    /// <inheritdoc/>
    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        DiskPosition += bytes.Length;
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _blockSize - _filled);
            bytes[..count].CopyTo(Room(count));
            Filled(count);
            bytes = bytes[count..];
        }
    }

    /// <inheritdoc/>
    public override void File(HostFile file, long offset, long length)
    {
        DiskPosition += length;
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            file.ReadExactly(lease.Descriptor, offset, Room(count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    /// <inheritdoc/>
    public override void Generated(Blob blob, long offset, long length)
    {
        DiskPosition += length;
        while (length > 0)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            blob.Read(offset, Room(count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        if (_hasData)
        {
            int count = _filled;
            if (_tail == BlockTail.Zeros)
            {
                _blocks.Fill()[count..].Clear();
                count = _blockSize;
            }

            _blocks.Submit(count);
        }
        else if (_filled > 0)
        {
            _holes++;
        }

        _filled = 0;
        _hasData = false;
        FlushHoles();
        _blocks.Complete();
        Finish();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _blocks.Dispose();
        _cursor.Dispose();
        base.Dispose(disposing);
    }

    private Span<byte> Room(int count)
    {
        if (!_hasData)
        {
            FlushHoles();
            _blocks.Fill()[.._filled].Clear();
            _hasData = true;
        }

        return _blocks.Fill().Slice(_filled, count);
    }

    private void Filled(int count)
    {
        _filled += count;
        if (_filled < _blockSize)
            return;
        _blocks.Submit(_blockSize);
        _filled = 0;
        _hasData = false;
    }

    private void FlushHoles()
    {
        _blocks.Skip(_holes);
        _holes = 0;
    }
}

/// <summary>What becomes of a disk's last block when it is not whole.</summary>
internal enum BlockTail
{
    /// <summary>It is compressed as short as it is.</summary>
    Short,

    /// <summary>It is filled with zeros.</summary>
    Zeros,
}
