namespace Diecast.Bases.Nix;

/// <summary>Paths of a store that are wanted, and where they are to be had.</summary>
internal sealed record StoreRequest
{
    /// <summary>The paths, with what they refer to or without.</summary>
    internal required ValueList<StorePath> Paths { get; init; }

    /// <summary>Where they come from.</summary>
    internal StoreSource Source { get; init; } = new();

    /// <summary>Directory that paths of the host start from.</summary>
    internal required string Directory { get; init; }

    /// <summary>Directory of the cache, where what is compressed is unpacked. Default: the user's own.</summary>
    internal string? CacheDirectory { get; init; }

    /// <summary>Whether hashes, sizes and references are wanted too.</summary>
    internal bool Describe { get; init; }
}
