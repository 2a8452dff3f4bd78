using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

internal sealed class ZstdDecoder : ICodec
{
    private readonly SafeZstdDecoder _decoder = Zstd.OpenDecoder();
    private bool _complete = true;

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        if (input.IsEmpty && _complete)
            return true;
        string? fault = Zstd.Decompress(_decoder, ref input, ref output, out _complete);
        return fault is null ? _complete : throw new InvalidImageException("zstd", $"the stream is damaged: {fault}");
    }

    public void Dispose() => _decoder.Dispose();
}

internal sealed class ZstdEncoder(int level) : ICodec
{
    private readonly SafeZstdEncoder _encoder = Zstd.OpenEncoder(level);

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        string? fault = Zstd.Compress(_encoder, ref input, ref output, isLast, out bool complete);
        return fault is null ? complete : throw new IOException($"libzstd cannot compress: {fault}");
    }

    public void Dispose() => _encoder.Dispose();
}
