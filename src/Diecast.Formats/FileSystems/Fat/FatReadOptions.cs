namespace Diecast.Formats.FileSystems.Fat;

/// <summary>How a FAT file system is read.</summary>
public sealed record FatReadOptions
{
    /// <summary>
    /// What the bytes from 0x80 on stand for in names that have no long form. The file system does not tell.
    /// Default: 437.
    /// </summary>
    public FatCodePage CodePage { get; init; }
}
