namespace Diecast;

/// <summary>Bytes at a fixed place of the disk and outside file systems, such as the loader that a board's ROM starts.</summary>
/// <remarks>
/// They lie before, between or behind the partitions, or within one that has no content of its own. Where they overlap the
/// partition table, a partition or each other, nothing is built.
/// </remarks>
public sealed record ImageBlob
{
    /// <summary>
    /// Name. One with the name of a blob that the image type has takes its place, and from it what is not given. Default: the
    /// file's name.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>The file by its absolute path in the system's tree. At most one of tree and file. Default: the image type's.</summary>
    public string? Tree { get; init; }

    /// <summary>The file by its path on this machine, relative to the definition. Default: none.</summary>
    public string? File { get; init; }

    /// <summary>The package of a Debian base that has the file in the tree; it is installed. Default: none, another one has it.</summary>
    public string? Package { get; init; }

    /// <summary>Absolute offset of the first byte on the disk. Default: that of the image type's blob of the name.</summary>
    public ByteSize? Offset { get; init; }

    /// <summary>A larger file is refused. Default: none, its neighbours on the disk are its limit.</summary>
    public ByteSize? MaxSize { get; init; }

    /// <summary>The name, given or the file's; empty without a source.</summary>
    internal string EffectiveName => Name ?? Path.GetFileName(Tree ?? File) ?? "";
}
