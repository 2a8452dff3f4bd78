using System.Security.Cryptography;

namespace Diecast.Formats.Blobs;

/// <summary>How a blob is written.</summary>
public sealed record BlobWriteOptions
{
    /// <summary>Told the bytes done so far, holes included, about once for each 128 KiB written. Default: nobody.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>
    /// Digests to feed with every byte of the blob, holes included, on a second thread while it is written.
    /// Default: none. With one every byte passes through memory, those too that the target shares with a host file.
    /// </summary>
    public IncrementalHash? Digest { get; init; }
}
