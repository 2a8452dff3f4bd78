namespace Diecast.Bases;

/// <summary>Whether the network may be asked.</summary>
public enum NetworkPolicy
{
    /// <summary>Archives are asked for their state at each build.</summary>
    Online,

    /// <summary>Nothing is asked: the newest base of the same declaration in the cache is used.</summary>
    Offline,
}
