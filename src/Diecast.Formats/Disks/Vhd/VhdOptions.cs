
namespace Diecast.Formats.Disks;

/// <summary>How a VHD is written.</summary>
public sealed record VhdOptions
{
    /// <summary>2000-01-01 00:00:00 UTC, from which the format counts.</summary>
    public static Timestamp EarliestTime { get; } = new(VhdLayout.Epoch);

    /// <summary>The options of a plain image: dynamic, a whole number of MiB, blocks of 2 MiB.</summary>
    public static VhdOptions Default { get; } = new();

    /// <summary>What Azure takes: fixed, a whole number of MiB.</summary>
    public static VhdOptions Azure { get; } = new() { Allocation = DiskAllocation.Fixed };

    /// <summary>Whether blocks that are all hole are left out. Default: they are.</summary>
    public DiskAllocation Allocation { get; init; }

    /// <summary>How the disk's length is rounded. Default: to whole MiB.</summary>
    public VhdSizeRule SizeRule { get; init; }

    /// <summary>Bytes in a block of a dynamic disk: 512 KiB or 2 MiB, the two that Windows makes. Default: 2 MiB.</summary>
    public int BlockSize { get; init; } = 2 * 1024 * 1024;

    /// <summary>The disk's id. Default: zeros.</summary>
    public Guid UniqueId { get; init; }

    /// <summary>When it was made, from 2000-01-01 to 2136-02-07. Default: <see cref="EarliestTime"/>.</summary>
    public Timestamp Time { get; init; } = EarliestTime;
}
