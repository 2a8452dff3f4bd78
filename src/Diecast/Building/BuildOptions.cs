using Diecast.Bases;

namespace Diecast.Building;

/// <summary>What the caller of a build decides, beside the definition.</summary>
public sealed record BuildOptions
{
    /// <summary>The output file. Default: the definition's name with the format's extension, in the working directory.</summary>
    public string? OutputPath { get; init; }

    /// <summary>
    /// Source epoch in seconds in place of the definition's and the base's: the value of SOURCE_DATE_EPOCH. Default: theirs.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Whether the network may be asked. Default: yes.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Online;

    /// <summary>Directory of the cache. Default: <c>$XDG_CACHE_HOME/diecast</c>, else <c>~/.cache/diecast</c>.</summary>
    public string? CacheDirectory { get; init; }
}
