namespace Diecast.Formats.Native;

/// <summary>Deflate without a header around it.</summary>
internal static partial class Zlib
{
    // The largest window; negative for "no header".
    private const int RawWindowBits = -15;

    internal static SafeInflateHandle OpenRawDecoder() => OpenDecoder(RawWindowBits);

    /// <summary>A decoder of zlib's own wrapper, RFC 1950.</summary>
    internal static SafeInflateHandle OpenWrappedDecoder() => OpenDecoder(-RawWindowBits);
}
