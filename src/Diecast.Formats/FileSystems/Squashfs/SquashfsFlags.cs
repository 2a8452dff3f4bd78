namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>What a superblock says of how the file system was made (squashfs_fs.h, SQUASHFS_NOI and what follows it).</summary>
[Flags]
public enum SquashfsFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Inodes are not compressed.</summary>
    UncompressedInodes = 1 << 0,

    /// <summary>Data blocks are not compressed.</summary>
    UncompressedData = 1 << 1,

    /// <summary>A mark of images from before 4.0.</summary>
    Check = 1 << 2,

    /// <summary>Fragments are not compressed.</summary>
    UncompressedFragments = 1 << 3,

    /// <summary>There are no fragments.</summary>
    NoFragments = 1 << 4,

    /// <summary>The ends of large files are in fragments too.</summary>
    AlwaysFragments = 1 << 5,

    /// <summary>Equal files are stored once.</summary>
    Duplicates = 1 << 6,

    /// <summary>There is a table of inodes by their number, for NFS.</summary>
    Exportable = 1 << 7,

    /// <summary>Extended attributes are not compressed.</summary>
    UncompressedXattrs = 1 << 8,

    /// <summary>There are no extended attributes.</summary>
    NoXattrs = 1 << 9,

    /// <summary>The compressor's options follow the superblock.</summary>
    CompressorOptions = 1 << 10,

    /// <summary>The table of owners is not compressed.</summary>
    UncompressedIds = 1 << 11,
}
