using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>Streams one after the other, as parallel compressors write them.</summary>
internal sealed class Bzip2Decoder : ICodec
{
    private readonly SafeBzip2Decoder _stream = Bzip2.OpenDecoder();
    private bool _betweenStreams;

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        if (_betweenStreams)
        {
            if (input.IsEmpty)
                return true;
            _betweenStreams = false;
            _stream.Start();
        }

        int result = Bzip2.Decompress(_stream, ref input, ref output);
        _betweenStreams = result == Bzip2.StreamEnd;
        return result switch
        {
            Bzip2.Ok or Bzip2.StreamEnd => _betweenStreams,
            Bzip2.MagicError => throw new InvalidImageException("bzip2", "what follows a stream is no other"),
            Bzip2.MemoryError => throw new InsufficientMemoryException("libbz2 got no memory"),
            _ => throw new InvalidImageException("bzip2", "the stream is damaged"),
        };
    }

    public void Dispose() => _stream.Dispose();
}
