using Diecast.Bases;

namespace Diecast.Building;

/// <summary>What the caller of a build decides, beside the definition.</summary>
public sealed record BuildOptions
{
    /// <summary>
    /// The output: a file, or a directory (one that is there, or a path that ends with a slash) for several formats. Default:
    /// the definition's name with each format's extension, in the working directory. Where neither the definition nor its
    /// image type says a format, a file's name tells it.
    /// </summary>
    public string? OutputPath { get; init; }

    /// <summary>
    /// Source epoch in seconds in place of the definition's and the base's: the value of SOURCE_DATE_EPOCH. Default: theirs.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Whether the network may be asked. Default: yes.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Online;

    /// <summary>Directory of the cache. Default: <c>$XDG_CACHE_HOME/diecast</c>, else <c>~/.cache/diecast</c>.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>
    /// What the report says of each output's bytes. Default: their SHA-256, which has every byte pass through memory.
    /// </summary>
    public OutputDigest Digest { get; init; } = OutputDigest.Sha256;

    /// <summary>Threads that compress. Default: null, one a core. No byte depends on it.</summary>
    internal int? Workers { get; init; }

    /// <summary>Directory of large files while they are needed. Default: the cache. No byte depends on it.</summary>
    internal string? WorkDirectory { get; init; }
}

/// <summary>The digest of an output.</summary>
public enum OutputDigest
{
    /// <summary>SHA-256 of all bytes, holes included, computed while they are written.</summary>
    Sha256,

    /// <summary>
    /// None. Where the output's file system shares blocks (XFS, btrfs), files' content is then not even read.
    /// </summary>
    None,
}
