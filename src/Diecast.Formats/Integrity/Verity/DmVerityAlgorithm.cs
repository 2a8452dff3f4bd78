namespace Diecast.Formats.Integrity;

/// <summary>The hash of a dm-verity tree, of those that the kernel and veritysetup take.</summary>
public enum DmVerityAlgorithm
{
    /// <summary>SHA-256, which systemd takes alone.</summary>
    Sha256,

    /// <summary>SHA-1, of old devices.</summary>
    Sha1,

    /// <summary>SHA-384.</summary>
    Sha384,

    /// <summary>SHA-512.</summary>
    Sha512,
}
