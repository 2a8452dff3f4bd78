namespace Diecast;

/// <summary>What becomes of files that a file system cannot hold.</summary>
public enum UnsupportedFiles
{
    /// <summary>The build fails and names them.</summary>
    Error,

    /// <summary>They are left out.</summary>
    Skip,
}

/// <summary>Which files are read-only in a file system without permissions.</summary>
public enum ReadOnlyFiles
{
    /// <summary>None, so that all can be replaced.</summary>
    None,

    /// <summary>Those whose mode lets nobody write.</summary>
    ByMode,
}

/// <summary>FAT attributes of what has a path of a form.</summary>
public sealed record FileAttributeRule
{
    /// <summary>
    /// Path from the file system's root, as in <c>/EFI/**</c>: <c>*</c> stands for any part of a name, <c>?</c> for one
    /// character, <c>**</c> for names and directories; case does not matter.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Attributes to set. Default: empty.</summary>
    public ValueList<FileAttribute> Set { get; init; } = [];

    /// <summary>Attributes to clear. Default: empty.</summary>
    public ValueList<FileAttribute> Clear { get; init; } = [];
}

/// <summary>FAT attributes.</summary>
public enum FileAttribute
{
    /// <summary>Nobody may write it.</summary>
    ReadOnly,

    /// <summary>Listings leave it out.</summary>
    Hidden,

    /// <summary>It is a part of the operating system.</summary>
    System,

    /// <summary>It changed since the last backup; files have it from the start.</summary>
    Archive,
}
