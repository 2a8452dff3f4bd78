namespace Diecast.Formats.Disks;

/// <summary>How a disk is written, apart from the format's own options: nothing here changes the bytes.</summary>
public sealed record DiskWriteOptions
{
    /// <summary>
    /// Threads that compress. Default: null, one a core, but no more than 41 MiB of memory allow: xz gets three, Zstandard from
    /// level 10 on two.
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>Ends the write. Default: never.</summary>
    public CancellationToken Cancellation { get; init; }
}
