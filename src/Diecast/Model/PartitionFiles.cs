namespace Diecast;

/// <summary>Files of the build machine, or a text, to put into a partition.</summary>
public sealed record ContentFile
{
    /// <summary>
    /// Host file or directory, relative to the definition, as <c>build/*.efi</c> with <c>*</c>, <c>?</c> and <c>[…]</c> in its
    /// names. A file is copied as the target, a directory's files into the target; what a pattern matches is copied into the
    /// target, each under its own name. Exactly one of source and text. Default: none.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>The file's content itself. Default: none.</summary>
    public string? Text { get; init; }

    /// <summary>Absolute path in the partition; parents are made. Nothing but a directory may be there.</summary>
    public required string Target { get; init; }

    /// <summary>
    /// Permissions, octal; directories of the source add search where it has read. Default: those of the source, 0644 for a
    /// text.
    /// </summary>
    public int? Mode { get; init; }

    /// <summary>Owner by name in the image, or by number. Default: root.</summary>
    public string User { get; init; } = "root";

    /// <summary>Group by name in the image, or by number. Default: root.</summary>
    public string Group { get; init; } = "root";

    /// <summary>
    /// What of a source directory is left out: a pattern from its top, as in <c>/doc/**</c>, or without the slash a name
    /// wherever it is, as in <c>*.pyc</c>. <c>**</c> stands for names and directories. Default: empty.
    /// </summary>
    public ValueList<string> Exclude { get; init; } = [];

    /// <summary>Which extended attributes of the source come along. Default: portable.</summary>
    public ContentXattrs Xattrs { get; init; } = ContentXattrs.Portable;
}

/// <summary>Which extended attributes come from the build machine.</summary>
public enum ContentXattrs
{
    /// <summary>None.</summary>
    None,

    /// <summary><c>user.*</c> and <c>security.capability</c>, which mean the same on every machine.</summary>
    Portable,

    /// <summary>All that can be read.</summary>
    All,
}

/// <summary>A directory to make in a partition.</summary>
public sealed record ContentDirectory
{
    /// <summary>Absolute path in the partition; parents are made.</summary>
    public required string Path { get; init; }

    /// <summary>Permissions, octal, also of one that is there. Default: 0755, or those that it has.</summary>
    public int? Mode { get; init; }

    /// <summary>Owner by name in the image, or by number. Default: root.</summary>
    public string User { get; init; } = "root";

    /// <summary>Group by name in the image, or by number. Default: root.</summary>
    public string Group { get; init; } = "root";
}

/// <summary>A symbolic link to make in a partition.</summary>
public sealed record ContentSymlink
{
    /// <summary>Absolute path of the link in the partition; parents are made. Nothing may be there.</summary>
    public required string Target { get; init; }

    /// <summary>What it points to, as it is stored.</summary>
    public required string To { get; init; }
}
