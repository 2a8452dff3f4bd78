using Diecast.Formats.Compression;

namespace Diecast.Formats.Archives;

/// <summary>How the layers of a container image are packed.</summary>
public sealed record ContainerPackOptions
{
    /// <summary>How layers are compressed: gzip, Zstandard or not at all. Default: gzip.</summary>
    public CompressionFormat Compression { get; init; } = CompressionFormat.Gzip;

    /// <summary>How hard: gzip 1 to 12, Zstandard 1 to 19. Default: null, 6 for gzip and 3 for Zstandard.</summary>
    public int? Level { get; init; }
}
