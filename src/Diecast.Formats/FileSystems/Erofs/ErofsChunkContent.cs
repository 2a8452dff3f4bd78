using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The content of a file of chunks: each is at a block of its own or a hole.</summary>
internal sealed class ErofsChunkContent : Blob
{
    private const int Batch = 512;

    private readonly ErofsVolume _volume;
    private readonly ulong _nid;
    private readonly int _chunkBits;
    private readonly int _unit;
    private readonly bool _isWide;
    private readonly long _map;

    internal ErofsChunkContent(ErofsVolume volume, in ErofsNodeHeader header)
        : base(header.FileSize)
    {
        uint format = header.Union & 0xffff;
        if (format > (ErofsFormat.ChunkBitsMask | ErofsFormat.ChunkIndexes | ErofsFormat.ChunkWide))
            throw ErofsFormat.Invalid($"inode {header.Nid} has chunks of a format that is not known ({format:x})");
        _volume = volume;
        _nid = header.Nid;
        _chunkBits = volume.BlockBits + (int)(format & ErofsFormat.ChunkBitsMask);
        _isWide = (format & ErofsFormat.ChunkWide) != 0;
        _unit = (format & ErofsFormat.ChunkIndexes) != 0 ? ErofsChunkIndexLayout.Size : sizeof(uint);
        _map = Units.RoundUp(header.End, _unit);
        long chunks = ((header.FileSize - 1) >> _chunkBits) + 1;
        if (chunks > volume.Image.Length / _unit || _map > volume.Image.Length - (chunks * _unit))
            throw ErofsFormat.Invalid($"the map of inode {header.Nid} has {chunks} chunks and would go past the image's end");
    }

    public override bool MayHaveHoles => true;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        foreach ((long physical, long length) in Runs(offset, destination.Length))
        {
            Span<byte> part = destination[..(int)length];
            if (physical < 0)
                part.Clear();
            else
                _volume.Image.Read(physical, part);
            destination = destination[part.Length..];
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        foreach ((long physical, long count) in Runs(offset, length))
        {
            if (physical < 0)
                sink.Hole(count);
            else
                _volume.Image.Emit(physical, count, sink);
        }
    }

    /// <summary>Neighbouring bytes of the image, or holes with a negative place; those that follow each other are joined.</summary>
    private IEnumerable<(long Physical, long Length)> Runs(long offset, long length)
    {
        long[] starts = new long[Batch];
        (long Physical, long Length) run = default;
        long end = offset + length;
        while (offset < end)
        {
            long first = offset >> _chunkBits;
            int count = (int)Math.Min(Batch, ((end - 1) >> _chunkBits) - first + 1);
            ReadStarts(first, starts.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                long skip = offset - ((first + i) << _chunkBits);
                long part = Math.Min((1L << _chunkBits) - skip, end - offset);
                long physical = starts[i] < 0 ? -1 : starts[i] + skip;
                if (physical >= 0 && physical > _volume.Image.Length - part)
                    throw ErofsFormat.Invalid($"chunk {first + i} of inode {_nid} would be at byte {physical}, and the image ends at {_volume.Image.Length}");
                offset += part;
                bool follows = run.Length > 0 && (physical < 0 ? run.Physical < 0 : run.Physical >= 0 && run.Physical + run.Length == physical);
                if (follows)
                {
                    run.Length += part;
                    continue;
                }

                if (run.Length > 0)
                    yield return run;
                run = (physical, part);
            }
        }

        if (run.Length > 0)
            yield return run;
    }

    private void ReadStarts(long first, Span<long> starts)
    {
        Span<byte> bytes = stackalloc byte[Batch * ErofsChunkIndexLayout.Size];
        bytes = bytes[..(starts.Length * _unit)];
        _volume.Read(_map + (first * _unit), bytes, $"the map of inode {_nid}");
        for (int i = 0; i < starts.Length; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(i * _unit, _unit);
            if (_unit == sizeof(uint))
            {
                uint block = BinaryPrimitives.ReadUInt32LittleEndian(entry);
                starts[i] = block == ErofsFormat.NullBlock ? -1 : (long)block << _volume.BlockBits;
                continue;
            }

            uint low = (uint)ErofsChunkIndexLayout.Start.Get(entry);
            long high = _isWide ? (long)ErofsChunkIndexLayout.StartHigh.Get(entry) : 0;
            bool isHole = low == ErofsFormat.NullBlock && (!_isWide || high == ushort.MaxValue);
            starts[i] = isHole ? -1 : ((high << 32) | low) << _volume.BlockBits;
            if (starts[i] < -1)
                throw ErofsFormat.Invalid($"chunk {first + i} of inode {_nid} is behind the image's end");
        }
    }
}
