namespace Diecast;

/// <summary>What a partition holds.</summary>
public abstract record PartitionContent;

/// <summary>The files of a host directory.</summary>
public sealed record DirectoryContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }

    /// <summary>Who owns the files. Default: root.</summary>
    public HostOwnership Ownership { get; init; } = HostOwnership.Root;
}

/// <summary>The files of a tar archive.</summary>
public sealed record TarContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }
}

/// <summary>The bytes of a host file, without a file system of ours.</summary>
public sealed record RawContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }
}
