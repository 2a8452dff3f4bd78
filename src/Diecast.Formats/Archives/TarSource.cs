using Diecast.Formats.Blobs;

namespace Diecast.Formats.Archives;

/// <summary>The bytes of an archive, read forward: headers into memory, contents as blobs.</summary>
internal abstract class TarSource
{
    /// <summary>The archive's format, for messages.</summary>
    internal string Format { get; init; } = "tar";

    /// <summary>Offset of the next byte in the archive.</summary>
    internal long Position { get; private protected set; }

    /// <summary>Reads up to a buffer; returns less only where the archive ends.</summary>
    internal abstract int Read(Span<byte> buffer);

    /// <summary>The next bytes as a blob; they are passed over.</summary>
    internal abstract Blob Take(long length);

    /// <summary>Passes over bytes.</summary>
    internal abstract void Skip(long length);

    /// <summary>Reads what is left after the end of the archive.</summary>
    internal virtual void Finish()
    {
    }

    internal void ReadExactly(Span<byte> buffer)
    {
        long start = Position;
        int count = Read(buffer);
        if (count < buffer.Length)
            throw Truncated(start, buffer.Length);
    }

    private protected InvalidImageException Truncated(long offset, long length) =>
        new(Format, $"the archive is cut short: {length} bytes were expected at offset {offset}");
}

/// <summary>An archive that can be read at random; contents are slices of it, so nothing is copied.</summary>
internal sealed class BlobTarSource(Blob archive) : TarSource
{
    private const int WindowSize = 16 * 1024;

    private readonly byte[] _window = new byte[WindowSize];
    private long _windowStart;
    private int _windowLength;

    internal override int Read(Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length && Position < archive.Length)
        {
            if (Position < _windowStart || Position >= _windowStart + _windowLength)
            {
                if (buffer.Length - done >= WindowSize)
                {
                    int direct = (int)Math.Min(buffer.Length - done, archive.Length - Position);
                    archive.Read(Position, buffer.Slice(done, direct));
                    Position += direct;
                    done += direct;
                    continue;
                }

                _windowStart = Position;
                _windowLength = (int)Math.Min(WindowSize, archive.Length - Position);
                archive.Read(_windowStart, _window.AsSpan(0, _windowLength));
            }

            int at = (int)(Position - _windowStart);
            int count = Math.Min(_windowLength - at, buffer.Length - done);
            _window.AsSpan(at, count).CopyTo(buffer[done..]);
            Position += count;
            done += count;
        }

        return done;
    }

    internal override Blob Take(long length)
    {
        if (length > archive.Length - Position)
            throw Truncated(Position, length);
        Blob content = archive.Slice(Position, length);
        Position += length;
        return content;
    }

    internal override void Skip(long length) => Take(length);
}

/// <summary>
/// An archive from a pipe or a decompressor. Contents are appended to a spool; or all of the archive is, byte for byte,
/// so that the spool becomes a copy of it.
/// </summary>
internal sealed class StreamTarSource(Stream archive, ContentSpool spool, bool copy, CancellationToken cancellation) : TarSource
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly long _copyStart = spool.Length;
    private int _start;
    private int _end;

    internal override int Read(Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length && Fill())
        {
            int count = Math.Min(_end - _start, buffer.Length - done);
            _buffer.AsSpan(_start, count).CopyTo(buffer[done..]);
            Advance(count);
            done += count;
        }

        return done;
    }

    internal override Blob Take(long length)
    {
        long offset = copy ? _copyStart + Position : spool.Length;
        Pass(length, keep: !copy);
        return Blob.FromFile(spool.File, offset, length);
    }

    internal override void Skip(long length) => Pass(length, keep: false);

    internal override void Finish()
    {
        while (Fill())
            Advance(_end - _start);
        spool.Flush();
    }

    private void Pass(long length, bool keep)
    {
        long start = Position;
        for (long left = length; left > 0;)
        {
            if (!Fill())
                throw Truncated(start, length);
            int count = (int)Math.Min(_end - _start, left);
            if (keep)
                spool.Append(_buffer.AsSpan(_start, count));
            Advance(count);
            left -= count;
        }
    }

    private void Advance(int count)
    {
        _start += count;
        Position += count;
    }

    private bool Fill()
    {
        if (_start < _end)
            return true;
        cancellation.ThrowIfCancellationRequested();
        _start = 0;
        _end = archive.Read(_buffer);
        if (copy && _end > 0)
            spool.Append(_buffer.AsSpan(0, _end));
        return _end > 0;
    }
}
