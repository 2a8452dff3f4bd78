using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Takes a file's blocks in order.</summary>
internal interface ISquashfsBlocks
{
    /// <summary>Room for the next block.</summary>
    Span<byte> Room { get; }

    /// <summary>The room's first <paramref name="count"/> bytes are the next block.</summary>
    void Block(int count);

    /// <summary>The next <paramref name="count"/> blocks are whole, and holes.</summary>
    void Holes(long count);
}

/// <summary>Cuts content into blocks. A block that is a hole from its first byte to its last is never made.</summary>
internal sealed class SquashfsBlockSink(int blockSize, ISquashfsBlocks blocks, HostDirectoryCursor cursor, CancellationToken cancellation) : IBlobSink
{
    private int _filled;

    /// <summary>Hands over the last block, which may be short.</summary>
    internal void Complete()
    {
        if (_filled == 0)
            return;
        blocks.Block(_filled);
        _filled = 0;
    }

    public void Hole(long length)
    {
        if (_filled > 0 || length < blockSize)
        {
            int count = (int)Math.Min(length, blockSize - _filled);
            blocks.Room.Slice(_filled, count).Clear();
            Filled(count);
            length -= count;
        }

        if (length >= blockSize)
        {
            blocks.Holes(length / blockSize);
            length %= blockSize;
        }

        if (length > 0)
            Hole(length);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, blockSize - _filled);
            bytes[..count].CopyTo(blocks.Room[_filled..]);
            Filled(count);
            bytes = bytes[count..];
        }
    }

    public void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, blockSize - _filled);
            file.ReadExactly(lease.Descriptor, offset, blocks.Room.Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, blockSize - _filled);
            blob.Read(offset, blocks.Room.Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    private void Filled(int count)
    {
        _filled += count;
        if (_filled < blockSize)
            return;
        cancellation.ThrowIfCancellationRequested();
        blocks.Block(blockSize);
        _filled = 0;
    }
}
