namespace Diecast.Formats.Compression;

/// <summary>One direction of a codec of a C library.</summary>
internal interface ICodec : IDisposable
{
    /// <summary>Takes input and gives output, as much as there is and fits; both spans are cut to what is left.</summary>
    /// <param name="input">Bytes to take.</param>
    /// <param name="output">Room for what comes out.</param>
    /// <param name="isLast">Whether nothing follows the input.</param>
    /// <returns>Whether the stream would be complete if it ended here.</returns>
    /// <exception cref="InvalidImageException">The input is damaged.</exception>
    bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast);
}

internal sealed class CodecReadStream(ICodec codec, Stream source, string format) : ForwardStream
{
    private readonly byte[] _input = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _sourceEnded;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && buffer.Length > 0)
        {
            if (_start == _end && !_sourceEnded)
            {
                _start = 0;
                _end = source.Read(_input);
                _sourceEnded = _end == 0;
            }

            ReadOnlySpan<byte> input = _input.AsSpan(_start, _end - _start);
            Span<byte> output = buffer;
            bool complete = codec.Process(ref input, ref output, _sourceEnded);
            _start = _end - input.Length;
            int produced = buffer.Length - output.Length;
            _ended = _sourceEnded && _start == _end && complete;
            if (produced > 0)
                return produced;
            if (_sourceEnded && !_ended)
                throw new InvalidImageException(format, "the stream is cut short");
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            codec.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Hands the codec blocks of one size, so that its output does not depend on the sizes of the writes.</summary>
internal sealed class CodecWriteStream(ICodec codec, Stream target) : Stream
{
    private readonly byte[] _input = new byte[128 * 1024];
    private readonly byte[] _output = new byte[128 * 1024];
    private int _filled;
    private bool _disposed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = Math.Min(buffer.Length, _input.Length - _filled);
            buffer[..count].CopyTo(_input.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == _input.Length)
                Encode(isLast: false);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <summary>Does nothing: a flush in the middle would change the output.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            try
            {
                Encode(isLast: true);
            }
            finally
            {
                codec.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Encode(bool isLast)
    {
        ReadOnlySpan<byte> input = _input.AsSpan(0, _filled);
        bool complete = false;
        while (isLast ? !complete : input.Length > 0)
        {
            Span<byte> output = _output;
            complete = codec.Process(ref input, ref output, isLast);
            target.Write(_output.AsSpan(0, _output.Length - output.Length));
        }

        _filled = 0;
    }
}
