namespace Diecast.Formats.Disks;

/// <summary>How the compressed clusters of a qcow2 are compressed.</summary>
public enum Qcow2Compression
{
    /// <summary>Not at all: the image has none.</summary>
    None,

    /// <summary>Raw deflate, which every QEMU reads.</summary>
    Zlib,

    /// <summary>Zstandard, which QEMU reads since 5.1.</summary>
    Zstd,
}

/// <summary>How the content of a qcow2 is encrypted.</summary>
public enum Qcow2Encryption
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>AES-CBC with a passphrase as the key, which QEMU no longer supports.</summary>
    Aes,

    /// <summary>LUKS within the image.</summary>
    Luks,
}

/// <summary>What a qcow2 tells of itself.</summary>
public sealed record Qcow2Info
{
    /// <summary>Version; 2 is QEMU's <c>compat=0.10</c>, 3 its <c>compat=1.1</c>.</summary>
    public required Qcow2Version Version { get; init; }

    /// <summary>Bytes of the virtual disk.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Bytes in a cluster.</summary>
    public required int ClusterSize { get; init; }

    /// <summary>How compressed clusters, if there are any, are compressed.</summary>
    public required Qcow2Compression CompressionType { get; init; }

    /// <summary>Bits of a refcount: 1, 2, 4, 8, 16, 32 or 64.</summary>
    public required int RefcountBits { get; init; }

    /// <summary>Whether writers may leave refcounts behind and mark the image as dirty.</summary>
    public bool LazyRefcounts { get; init; }

    /// <summary>Whether clusters are divided into 32 subclusters.</summary>
    public bool ExtendedL2 { get; init; }

    /// <summary>Whether the image was not closed properly; only refcounts can be wrong.</summary>
    public bool Dirty { get; init; }

    /// <summary>Whether a program found the image damaged; QEMU reads it and does not write it.</summary>
    public bool Corrupt { get; init; }

    /// <summary>The encryption.</summary>
    public Qcow2Encryption Encryption { get; init; }

    /// <summary>The file that holds what this image does not, as the image names it; null when it stands alone.</summary>
    public string? BackingFile { get; init; }

    /// <summary>The backing file's format, as in <c>raw</c>; null where the image does not tell.</summary>
    public string? BackingFormat { get; init; }

    /// <summary>The file that holds the clusters, as the image names it; null when they are in the image.</summary>
    public string? DataFile { get; init; }

    /// <summary>Whether the data file can be read as a raw disk.</summary>
    public bool DataFileRaw { get; init; }

    /// <summary>The snapshots, in the order of the image.</summary>
    public IReadOnlyList<Qcow2Snapshot> Snapshots { get; init; } = [];

    /// <summary>The persistent dirty bitmaps, in the order of the image.</summary>
    public IReadOnlyList<Qcow2Bitmap> Bitmaps { get; init; } = [];
}

/// <summary>A snapshot within an image.</summary>
/// <param name="Id">Its id, mostly a number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Seconds">When it was taken, in seconds since 1970 (UTC).</param>
/// <param name="VirtualMachineStateSize">Bytes of the virtual machine's memory, 0 when it has only the disk.</param>
/// <param name="VirtualSize">Bytes of the disk then; null where the image does not tell.</param>
public sealed record Qcow2Snapshot(string Id, string Name, long Seconds, long VirtualMachineStateSize, long? VirtualSize);

/// <summary>A persistent dirty bitmap.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Granularity">Bytes of the disk for each bit.</param>
/// <param name="InUse">Whether it was not saved properly, so that its content means nothing.</param>
/// <param name="Enabled">Whether QEMU goes on recording into it.</param>
public sealed record Qcow2Bitmap(string Name, long Granularity, bool InUse, bool Enabled);
