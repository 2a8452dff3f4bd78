namespace Diecast.Formats.Compression;

/// <summary>How a stream of bytes is compressed.</summary>
public enum CompressionFormat
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip, RFC 1952.</summary>
    Gzip,

    /// <summary>The .xz format.</summary>
    Xz,

    /// <summary>Zstandard, RFC 8878.</summary>
    Zstd,

    /// <summary>bzip2; it is read, and not written.</summary>
    Bzip2,

    /// <summary>The lzip format; it is read, and not written.</summary>
    Lzip,
}
