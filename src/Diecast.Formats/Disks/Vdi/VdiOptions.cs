namespace Diecast.Formats.Disks;

/// <summary>How a VDI is written.</summary>
public sealed record VdiOptions
{
    /// <summary>The options of a plain image: dynamic, blocks of 1 MiB, ids of zeros.</summary>
    public static VdiOptions Default { get; } = new();

    /// <summary>Whether blocks that are all hole are left out. Default: they are.</summary>
    public DiskAllocation Allocation { get; init; }

    /// <summary>Bytes in a block, a power of two from 4 KiB to 256 MiB. Default: 1 MiB, the only one that QEMU reads.</summary>
    public int BlockSize { get; init; } = 1024 * 1024;

    /// <summary>
    /// The image's id. VirtualBox registers one image with an id, so that it should come from the definition's seed.
    /// Default: zeros.
    /// </summary>
    public Guid ImageId { get; init; }

    /// <summary>The id that a writer changes at each use (<c>uuidModify</c>). Default: zeros.</summary>
    public Guid ModificationId { get; init; }

    /// <summary>A comment, at most 255 bytes of UTF-8 without NUL. Default: none.</summary>
    public string Comment { get; init; } = "";
}
