namespace Diecast.Formats.FileSystems;

/// <summary>The hash of an fs-verity tree.</summary>
public enum VerityAlgorithm
{
    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-512.</summary>
    Sha512,
}
