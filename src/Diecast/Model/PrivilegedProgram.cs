namespace Diecast;

/// <summary>A program of the base that runs with more rights than whoever starts it has.</summary>
public sealed record PrivilegedProgram
{
    /// <summary>Absolute path of the program in the tree.</summary>
    public required string Program { get; init; }

    /// <summary>Whether it runs as its owner. Default: no.</summary>
    public bool SetUid { get; init; }

    /// <summary>Whether it runs as its group. Default: no.</summary>
    public bool SetGid { get; init; }

    /// <summary>Owner by name in the image. Default: root.</summary>
    public string User { get; init; } = "root";

    /// <summary>Group by name in the image. Default: root.</summary>
    public string Group { get; init; } = "root";

    /// <summary>
    /// Capabilities that it is given, by the names of capabilities(7), as in <c>cap_net_raw</c>: permitted and effective.
    /// Default: none.
    /// </summary>
    public ValueList<string> Capabilities { get; init; } = [];
}

/// <summary>A line of hosts(5).</summary>
public sealed record HostsEntry
{
    /// <summary>IPv4 or IPv6 address.</summary>
    public required string Address { get; init; }

    /// <summary>Names that lead to it, the first its own.</summary>
    public required ValueList<string> Names { get; init; }
}
