using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Archives;

/// <summary>A layer as it stands in an image.</summary>
/// <param name="Digest">Digest of its bytes in the image, <c>sha256:</c> and hexadecimal digits.</param>
/// <param name="DiffId">Digest of its tar archive, uncompressed.</param>
/// <param name="Compression">How it is compressed.</param>
/// <param name="ArchiveSize">Bytes of its tar archive, uncompressed.</param>
/// <param name="CreatedBy">How it was made, by the image's history; empty when that does not tell.</param>
public sealed record PackedLayer(string Digest, string DiffId, CompressionFormat Compression, long ArchiveSize, string CreatedBy)
{
    /// <summary>Bytes in the image.</summary>
    public long Size => Content.Length;

    /// <summary>The bytes in the image.</summary>
    public Blob Content { get; internal init; } = Blob.Empty;

    /// <summary>What an OCI manifest calls it.</summary>
    internal string MediaType => Compression switch
    {
        CompressionFormat.Gzip => ContainerLayout.LayerType + "+gzip",
        CompressionFormat.Zstd => ContainerLayout.LayerType + "+zstd",
        _ => ContainerLayout.LayerType,
    };
}
