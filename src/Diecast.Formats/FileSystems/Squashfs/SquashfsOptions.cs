namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>What a squashfs has that its tree does not say. The names are, where there is one, those of mksquashfs.</summary>
public sealed partial record SquashfsOptions
{
    /// <summary>When it was made (mksquashfs <c>-mkfs-time</c>), in seconds from 1970 to 2106. Default: the epoch.</summary>
    public Timestamp Time { get; init; }

    /// <summary>The compressor (<c>-comp</c>). Default: Zstandard.</summary>
    public SquashfsCompression Compression { get; init; } = SquashfsCompression.Zstd;

    /// <summary>
    /// How hard it tries (<c>-Xcompression-level</c>): gzip 1 to 12, by default 9; zstd 1 to 22, by default 15; lzo 1 to 9,
    /// by default 8. Other compressors have no levels. gzip's levels above 9 are libdeflate's.
    /// </summary>
    public int? CompressionLevel { get; init; }

    /// <summary>gzip's window in bits (<c>-Xwindow-size</c>), 8 to 15; less than 15 means zlib. Default: 15.</summary>
    public int WindowSize { get; init; } = 15;

    /// <summary>gzip's strategies (<c>-Xstrategy</c>); others than the default mean zlib. Default: none said.</summary>
    public SquashfsGzipStrategies Strategies { get; init; }

    /// <summary>
    /// xz's dictionary in bytes (<c>-Xdict-size</c>): 8 KiB to the block size, a power of two or three times one. Default:
    /// the block size.
    /// </summary>
    public int? DictionarySize { get; init; }

    /// <summary>xz's filters (<c>-Xbcj</c>). Default: none.</summary>
    public SquashfsXzFilters Filters { get; init; }

    /// <summary>Whether lz4 compresses well and slowly (<c>-Xhc</c>). Default: no.</summary>
    public bool HighCompression { get; init; }

    /// <summary>lzo's algorithm (<c>-Xalgorithm</c>). Default: lzo1x_999.</summary>
    public SquashfsLzoAlgorithm LzoAlgorithm { get; init; } = SquashfsLzoAlgorithm.Lzo1x999;

    /// <summary>Bytes in a block of data (<c>-b</c>), a power of two from 4 KiB to 1 MiB. Default: 128 KiB.</summary>
    public int BlockSize { get; init; } = 128 * 1024;

    /// <summary>What is not compressed (<c>-noI</c>, <c>-noD</c>, <c>-noF</c>, <c>-noX</c>, <c>-noId</c>). Default: nothing.</summary>
    public SquashfsUncompressed Uncompressed { get; init; }

    /// <summary>Which files, or ends of files, share blocks. Default: files smaller than a block.</summary>
    public SquashfsFragments Fragments { get; init; }

    /// <summary>Whether equal files are stored once (not <c>-no-duplicates</c>). Default: yes.</summary>
    public bool Duplicates { get; init; } = true;

    /// <summary>Whether there is a table of inodes by their number, for NFS (not <c>-no-exports</c>). Default: yes.</summary>
    public bool Exports { get; init; } = true;

    /// <summary>Whether extended attributes are stored (not <c>-no-xattrs</c>). Default: yes.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>What becomes of several names of one file. Default: they stay hard links.</summary>
    public SquashfsHardLinks HardLinks { get; init; }

    /// <summary>
    /// What becomes of what squashfs has no room for: times before 1970 and from 2106 on, attributes that are not of the
    /// namespaces user, trusted and security, which are ACLs above all. Default: it is a fault.
    /// </summary>
    public SquashfsUnsupported Unsupported { get; init; }

    /// <summary>Whether everything belongs to root (<c>-all-root</c>). Default: no.</summary>
    public bool AllRoot { get; init; }

    /// <summary>Permissions of the root directory (<c>-root-mode</c>). Default: the tree's.</summary>
    public int? RootMode { get; init; }

    /// <summary>Owner of the root directory (<c>-root-uid</c>). Default: the tree's.</summary>
    public uint? RootUid { get; init; }

    /// <summary>Group of the root directory (<c>-root-gid</c>). Default: the tree's.</summary>
    public uint? RootGid { get; init; }

    /// <summary>Whether the image is a multiple of 4 KiB long (not <c>-nopad</c>). Default: yes.</summary>
    public bool Pad { get; init; } = true;
}

/// <summary>Parts of a squashfs that are not compressed.</summary>
[Flags]
public enum SquashfsUncompressed
{
    /// <summary>None of them: everything is compressed.</summary>
    None = 0,

    /// <summary>Inodes, directories and the tables of fragments, owners and exports (<c>-noI</c>).</summary>
    Inodes = 1,

    /// <summary>Blocks of data (<c>-noD</c>).</summary>
    Data = 2,

    /// <summary>Fragments (<c>-noF</c>).</summary>
    Fragments = 4,

    /// <summary>Extended attributes (<c>-noX</c>).</summary>
    Xattrs = 8,

    /// <summary>The table of owners (<c>-noId</c>).</summary>
    Ids = 16,

    /// <summary>All of them.</summary>
    All = Inodes | Data | Fragments | Xattrs | Ids,
}

/// <summary>Which files, or ends of files, share blocks.</summary>
public enum SquashfsFragments
{
    /// <summary>Files smaller than a block.</summary>
    SmallFiles,

    /// <summary>The ends of larger files too (mksquashfs <c>-tailends</c>, <c>-always-use-fragments</c>).</summary>
    TailEnds,

    /// <summary>None (<c>-no-fragments</c>).</summary>
    None,
}

/// <summary>What becomes of several names of one file.</summary>
public enum SquashfsHardLinks
{
    /// <summary>They are hard links.</summary>
    Keep,

    /// <summary>
    /// Each is a file of its own (mksquashfs <c>-no-hardlinks</c>), so that links which a store happens to have do not
    /// change the image; equal files are stored once all the same.
    /// </summary>
    Ignore,
}

/// <summary>What becomes of what squashfs has no room for.</summary>
public enum SquashfsUnsupported
{
    /// <summary>It is a fault, told with its path.</summary>
    Refuse,

    /// <summary>Attributes are left out, times are moved to the nearest there is, as mksquashfs does.</summary>
    Adapt,
}
