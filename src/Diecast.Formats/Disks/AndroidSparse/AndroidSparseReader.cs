using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Lays the chunks of sparse images at their places.</summary>
internal sealed class AndroidSparseReader
{
    private readonly BlobBuilder _disk = new();
    private readonly List<BlobRange> _covered = [];
    private long _length = -1;

    internal static Blob Read(IReadOnlyList<Blob> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        var reader = new AndroidSparseReader();
        for (int i = 0; i < parts.Count; i++)
            reader.Add(parts[i], parts.Count == 1 ? "the image" : FormattableString.Invariant($"part {i}"));
        if (parts.Count > 1)
            reader.CheckOverlaps();
        return reader._disk.ToBlob(reader._length);
    }

    private void Add(Blob file, string what)
    {
        if (file.Length < AndroidSparseLayout.HeaderBytes)
            throw Fail($"{what} has {file.Length} bytes, less than a header");
        Span<byte> bytes = stackalloc byte[AndroidSparseLayout.HeaderBytes];
        file.Read(0, bytes);
        AndroidSparseLayout.Header header = AndroidSparseLayout.ReadHeader(bytes);
        Check(header, what);
        long length = header.Blocks * (long)header.BlockSize;
        if (_length >= 0 && length != _length)
            throw Fail($"{what} is of a disk of {length} bytes, the one before it of {_length}");
        _length = length;
        if (header.Chunks > (file.Length - header.HeaderBytes) / header.ChunkHeaderBytes)
            throw Fail($"{what} has {header.Chunks} chunks, more than fit in {file.Length} bytes");

        long position = header.HeaderBytes;
        long block = 0;
        for (uint i = 0; i < header.Chunks; i++)
        {
            if (header.ChunkHeaderBytes > file.Length - position)
                throw Fail($"{what} ends within the header of chunk {i}");
            file.Read(position, bytes[..AndroidSparseLayout.ChunkHeaderBytes]);
            AndroidSparseLayout.Chunk chunk = AndroidSparseLayout.ReadChunk(bytes);
            if (chunk.Bytes < header.ChunkHeaderBytes || chunk.Bytes > file.Length - position)
                throw Fail($"{what} has a chunk {i} of {chunk.Bytes} bytes at {position}, which the file does not have");
            if (chunk.Blocks > header.Blocks - block)
                throw Fail($"{what} has a chunk {i} that reaches past the disk's {header.Blocks} blocks");
            long body = chunk.Bytes - header.ChunkHeaderBytes;
            Lay(file.Slice(position + header.ChunkHeaderBytes, body), chunk, block, header.BlockSize, what, i);
            block += chunk.Blocks;
            position += chunk.Bytes;
        }

        if (block != header.Blocks)
            throw Fail($"{what} has chunks for {block} blocks of {header.Blocks}");
    }

    private static void Check(in AndroidSparseLayout.Header header, string what)
    {
        if (header.Magic != AndroidSparseLayout.Magic)
            throw Fail($"{what} has another magic number");
        if (header.Major != AndroidSparseLayout.MajorVersion)
            throw Fail($"{what} has version {header.Major}; 1 is known");
        if (header.HeaderBytes < AndroidSparseLayout.HeaderBytes || header.ChunkHeaderBytes < AndroidSparseLayout.ChunkHeaderBytes)
            throw Fail($"{what} has headers of {header.HeaderBytes} and {header.ChunkHeaderBytes} bytes; the least are {AndroidSparseLayout.HeaderBytes} and {AndroidSparseLayout.ChunkHeaderBytes}");
        if (header.BlockSize == 0 || header.BlockSize % AndroidSparseLayout.FillBytes != 0)
            throw Fail($"{what} has blocks of {header.BlockSize} bytes, which is no multiple of four");
        if (header.Blocks > long.MaxValue / header.BlockSize)
            throw Fail($"{what} has {header.Blocks} blocks of {header.BlockSize} bytes");
    }

    private void Lay(Blob body, in AndroidSparseLayout.Chunk chunk, long block, uint blockSize, string what, uint index)
    {
        long offset = block * blockSize;
        long length = chunk.Blocks * (long)blockSize;
        (long wanted, Blob? piece) = chunk.Type switch
        {
            AndroidSparseLayout.Raw => (length, body),
            AndroidSparseLayout.Fill => (AndroidSparseLayout.FillBytes, null),
            AndroidSparseLayout.DontCare => (0L, null),
            AndroidSparseLayout.Checksum when chunk.Blocks == 0 => (AndroidSparseLayout.ChecksumBytes, null),
            _ => throw Fail($"{what} has a chunk {index} of the type 0x{chunk.Type:x4} with {chunk.Blocks} blocks"),
        };
        if (body.Length != wanted)
            throw Fail($"{what} has a chunk {index} of the type 0x{chunk.Type:x4} with {body.Length} bytes where {wanted} belong");
        if (length == 0 || chunk.Type == AndroidSparseLayout.DontCare)
            return;
        _disk.Add(offset, piece ?? Filled(body.ToArray(), length));
        if (_covered.Count > 0 && _covered[^1].End == offset)
            _covered[^1] = _covered[^1] with { Length = _covered[^1].Length + length };
        else
            _covered.Add(new BlobRange(offset, length));
    }

    private static Blob Filled(byte[] value, long length) => value.AsSpan().ContainsAnyExcept((byte)0)
        ? new GeneratedBlob(length, (offset, destination) =>
        {
            int phase = (int)(offset % value.Length);
            for (int i = 0; i < Math.Min(destination.Length, value.Length); i++)
                destination[i] = value[(phase + i) % value.Length];
            // Doubling keeps the phase, as what is there is a multiple of the value.
            int step;
            for (int done = value.Length; done < destination.Length; done += step)
            {
                step = Math.Min(done, destination.Length - done);
                destination[..step].CopyTo(destination[done..]);
            }
        })
        : Blob.Zeros(length);

    private void CheckOverlaps()
    {
        _covered.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        for (int i = 1; i < _covered.Count; i++)
        {
            if (_covered[i].Offset < _covered[i - 1].End)
                throw Fail($"two parts have the disk's byte {_covered[i].Offset}");
        }
    }

    private static InvalidImageException Fail(FormattableString message) => new(AndroidSparse.Format, FormattableString.Invariant(message));
}
