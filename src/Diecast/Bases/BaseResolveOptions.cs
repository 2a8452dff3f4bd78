namespace Diecast.Bases;

/// <summary>How bases are resolved.</summary>
internal sealed record BaseResolveOptions
{
    /// <summary>Directory that relative paths start from. Default: the working directory.</summary>
    public string Directory { get; init; } = ".";

    /// <summary>Directory of the cache. Default: <c>$XDG_CACHE_HOME/diecast</c>, else <c>~/.cache/diecast</c>.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Directory of the logs. Default: <c>$XDG_STATE_HOME/diecast/logs</c>, else <c>~/.local/state/diecast/logs</c>.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>
    /// The architecture to take of a container image that there are several of, as Go names it, unless the base says which.
    /// Default: none.
    /// </summary>
    public string? ContainerArchitecture { get; init; }

    /// <summary>Whether the network may be asked. Default: yes.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Online;

    /// <summary>Told one line after the other of what is going on. Default: nobody.</summary>
    public IProgress<string>? Messages { get; init; }
}
