using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Versions of qcow2.</summary>
public enum Qcow2Version
{
    /// <summary>No version; never in an image.</summary>
    None = 0,

    /// <summary>Version 2, for QEMU before 1.1 (<c>compat=0.10</c>).</summary>
    V2 = 2,

    /// <summary>Version 3 (<c>compat=1.1</c>).</summary>
    V3 = 3,
}

/// <summary>How much of a qcow2 is there before it is used, by QEMU's names.</summary>
public enum Qcow2Preallocation
{
    /// <summary>Only what the disk has.</summary>
    Off,

    /// <summary>Every cluster has its place in the file; those without data are holes there.</summary>
    Metadata,

    /// <summary>As <see cref="Full"/>: the host's room is taken by writing zeros, the only way that every file system has.</summary>
    Falloc,

    /// <summary>Every cluster has its place and is written, zeros too.</summary>
    Full,
}

/// <summary>How a qcow2 is written.</summary>
public sealed record Qcow2Options
{
    /// <summary>The options of a plain image.</summary>
    public static Qcow2Options Default { get; } = new();

    /// <summary>Bytes in a cluster, a power of two from 512 to 2 MiB. Default: 64 KiB.</summary>
    public int ClusterSize { get; init; } = 64 * 1024;

    /// <summary>Version. Default: 3.</summary>
    public Qcow2Version Version { get; init; } = Qcow2Version.V3;

    /// <summary>What is there before it is used. Default: off. Not with compression or a backing file.</summary>
    public Qcow2Preallocation Preallocation { get; init; }

    /// <summary>Bits of a refcount: 1, 2, 4, 8, 16, 32 or 64. Default: 16, the only one of version 2.</summary>
    public int RefcountBits { get; init; } = 16;

    /// <summary>Whether QEMU may put off writing refcounts; version 3. Default: no.</summary>
    public bool LazyRefcounts { get; init; }

    /// <summary>
    /// Whether clusters are divided into 32 subclusters, which QEMU reads since 5.2; version 3, clusters of 16 KiB and more.
    /// Default: no.
    /// </summary>
    public bool ExtendedL2 { get; init; }

    /// <summary>The compression of clusters; images with one are written by a writer, not encoded. Default: none.</summary>
    public Qcow2Compression Compression { get; init; }

    /// <summary>The compressor's level, or 0 for its default: 4 of 1 to 12 (zlib), 3 of 1 to 19 (Zstandard).</summary>
    public int CompressionLevel { get; init; }

    /// <summary>
    /// The name of the backing file, as the image is to tell it: relative to the image's directory, or absolute; 1023
    /// bytes at most. Null, the default, for an image that stands alone.
    /// </summary>
    public string? BackingFile { get; init; }

    /// <summary>The backing file's format, such as <c>raw</c> or <c>qcow2</c>; needed with <see cref="BackingFile"/>.</summary>
    public string? BackingFormat { get; init; }

    /// <summary>
    /// The backing file's virtual disk: clusters that are the same in it are left out. Null with a
    /// <see cref="BackingFile"/> takes it for empty, so that every cluster is stored, zeros too.
    /// </summary>
    public Blob? Backing { get; init; }
}
