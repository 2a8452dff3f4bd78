using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

internal sealed class XzDecoder : ICodec
{
    private readonly SafeLzmaHandle _stream = Lzma.OpenDecoder();

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast) => Lzma.Code(_stream, ref input, ref output, isLast) switch
    {
        Lzma.Ok => false,
        Lzma.StreamEnd => true,
        Lzma.BufferError => false,
        Lzma.MemoryLimitError => throw new InvalidImageException("xz", $"the stream needs more than {Lzma.MemoryLimit} bytes of memory"),
        Lzma.FormatError => throw new InvalidImageException("xz", "what follows a stream is no other"),
        Lzma.DataError => throw new InvalidImageException("xz", "the stream is damaged"),
        Lzma.MemoryError => throw new InsufficientMemoryException("liblzma got no memory"),
        int other => throw new InvalidImageException("xz", $"liblzma refuses the stream ({other})"),
    };

    public void Dispose() => _stream.Dispose();
}

internal sealed class XzEncoder(int level) : ICodec
{
    private readonly SafeLzmaHandle _stream = Lzma.OpenEncoder((uint)level);

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast) => Lzma.Code(_stream, ref input, ref output, isLast) switch
    {
        Lzma.Ok or Lzma.BufferError => false,
        Lzma.StreamEnd => true,
        int other => throw new IOException($"liblzma cannot compress ({other})"),
    };

    public void Dispose() => _stream.Dispose();
}
