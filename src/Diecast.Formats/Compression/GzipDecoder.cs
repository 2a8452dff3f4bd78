using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>Members one after the other; zeros after the last are padding, as gzip(1) takes them.</summary>
internal sealed class GzipDecoder : ICodec
{
    private readonly SafeInflateHandle _stream = Zlib.OpenDecoder();
    private bool _betweenMembers;

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        if (_betweenMembers)
        {
            input = input.TrimStart((byte)0);
            if (input.IsEmpty)
                return true;
            _betweenMembers = false;
            _ = Zlib.Reset(_stream);
        }

        int result = Zlib.Inflate(_stream, ref input, ref output);
        _betweenMembers = result == Zlib.StreamEnd;
        return result is Zlib.Ok or Zlib.StreamEnd or Zlib.BufferError
            ? _betweenMembers
            : throw new InvalidImageException("gzip", "the stream is damaged");
    }

    public void Dispose() => _stream.Dispose();
}
