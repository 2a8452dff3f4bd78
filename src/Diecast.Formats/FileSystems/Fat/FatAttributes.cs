namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Attributes of a file or directory, with the bits of a directory entry (fatgen103, DIR_Attr).</summary>
[Flags]
public enum FatAttributes
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Nobody may write it.</summary>
    ReadOnly = 0x01,

    /// <summary>Listings leave it out.</summary>
    Hidden = 0x02,

    /// <summary>It is a part of the operating system.</summary>
    System = 0x04,

    /// <summary>It changed since the last backup; files have it from the start.</summary>
    Archive = 0x20,
}

/// <summary>Attributes of what has a path of a form.</summary>
public sealed record FatAttributeRule
{
    /// <summary>
    /// Absolute path, in which <c>*</c> stands for any part of a name, <c>?</c> for one character and <c>**</c> for names
    /// and directories, <c>**/</c> for no directory too. Case does not matter.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Attributes to set. Default: none.</summary>
    public FatAttributes Set { get; init; }

    /// <summary>Attributes to clear. Default: none.</summary>
    public FatAttributes Clear { get; init; }
}
