using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>
/// Packs the digests of one level into its blocks and keeps them: in memory at first, and what exceeds a bound in a
/// spool. Other things may be appended to the spool meanwhile, by the same thread.
/// </summary>
/// <param name="shape">Where in a block digests stand.</param>
/// <param name="spool">The spool; null keeps everything in memory.</param>
/// <param name="memoryBytes">Bytes that stay in memory where there is a spool.</param>
internal sealed class DigestStore(DmVerityShape shape, ContentSpool? spool, long memoryBytes)
{
    private const int ChunkSize = 1 << 20;

    private readonly BlobBuilder _pieces = new();
    private byte[] _chunk = new byte[ChunkSize];
    private int _used;
    private int _inBlock;

    /// <summary>Adds digests, one after the other.</summary>
    internal void Add(ReadOnlySpan<byte> digests)
    {
        if (shape.Stride == shape.DigestSize && shape.HashesPerBlock * shape.Stride == shape.BlockSize)
        {
            Append(digests);
            _inBlock = (int)((_inBlock + (digests.Length / shape.DigestSize)) % (long)shape.HashesPerBlock);
            return;
        }

        for (; digests.Length > 0; digests = digests[shape.DigestSize..])
        {
            Append(digests[..shape.DigestSize]);
            AppendZeros(shape.Stride - shape.DigestSize);
            if (++_inBlock == shape.HashesPerBlock)
            {
                AppendZeros(shape.BlockSize - (shape.HashesPerBlock * shape.Stride));
                _inBlock = 0;
            }
        }
    }

    /// <summary>Fills the last block with zeros; the level's blocks.</summary>
    internal Blob Finish()
    {
        if (_inBlock > 0)
            AppendZeros(shape.BlockSize - (_inBlock * shape.Stride));
        Blob rest = Blob.FromMemory(_chunk.AsMemory(0, _used));
        if (_pieces.End == 0)
            return rest;
        _pieces.Append(rest);
        spool?.Flush();
        return _pieces.ToBlob();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, Room());
            bytes[..count].CopyTo(_chunk.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    private void AppendZeros(int length)
    {
        while (length > 0)
        {
            int count = Math.Min(length, Room());
            _chunk.AsSpan(_used, count).Clear();
            _used += count;
            length -= count;
        }
    }

    private int Room()
    {
        if (_used == ChunkSize)
        {
            if (spool is not null && _pieces.End >= memoryBytes)
            {
                long offset = spool.Length;
                spool.Append(_chunk);
                _pieces.Append(Blob.FromFile(spool.File, offset, ChunkSize));
            }
            else
            {
                _pieces.Append(Blob.FromMemory(_chunk));
                _chunk = new byte[ChunkSize];
            }

            _used = 0;
        }

        return ChunkSize - _used;
    }
}
