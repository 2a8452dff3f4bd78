namespace Diecast;

/// <summary>A size, or none at all.</summary>
/// <param name="Size">The size, or null for none.</param>
public readonly record struct SizeOrNone(ByteSize? Size)
{
    /// <summary>None at all.</summary>
    public static SizeOrNone None => default;

    /// <inheritdoc/>
    public override string ToString() => Size?.ToString() ?? "none";
}

/// <summary>Kinds of C characters that a directory hash can take names for.</summary>
public enum HashCharacters
{
    /// <summary>As on x86.</summary>
    Signed,

    /// <summary>As on Arm and Power.</summary>
    Unsigned,
}

/// <summary>What the kernel does when it finds a file system damaged.</summary>
public enum ErrorBehaviour
{
    /// <summary>It goes on.</summary>
    Continue,

    /// <summary>It mounts the file system for reading only.</summary>
    RemountReadOnly,

    /// <summary>It halts the machine.</summary>
    Panic,
}

/// <summary>By whom usage is counted.</summary>
public enum QuotaType
{
    /// <summary>By owner.</summary>
    User,

    /// <summary>By group.</summary>
    Group,

    /// <summary>By project; needs the feature project.</summary>
    Project,
}

/// <summary>Hashes of fs-verity.</summary>
public enum VerityHash
{
    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-512.</summary>
    Sha512,
}

/// <summary>A part of a tree that belongs to a project, as project quotas know it.</summary>
public sealed record ProjectDirectory
{
    /// <summary>Path from the file system's root; all below it belongs to the project too.</summary>
    public required string Path { get; init; }

    /// <summary>The project's number.</summary>
    public required uint Id { get; init; }

    /// <summary>Whether directories hand the project on to what is made in them later. Default: yes.</summary>
    public bool Inherit { get; init; } = true;
}
