namespace Diecast.Formats.Partitioning.Allocation;

/// <summary>What is wanted of a partition; its place and size are what the allocation finds.</summary>
public sealed record PartitionDefinition
{
    /// <summary>Partition type. An existing partition of that type takes the definition.</summary>
    public required Guid Type { get; init; }

    /// <summary>What the partition is called in messages. Default: empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Definitions with the highest number above zero are given up first when room is short. Default: 0, never.</summary>
    public int Priority { get; init; }

    /// <summary>Share of the room, relative to the sum of all weights. Default: 1000.</summary>
    public uint Weight { get; init; } = 1000;

    /// <summary>Share of the room that stays free behind the partition. Default: 0.</summary>
    public uint PaddingWeight { get; init; }

    /// <summary>Least bytes. Default: 10 MiB, or 1 where <see cref="IsReadOnlyImage"/> is set.</summary>
    public long? MinimumSize { get; init; }

    /// <summary>Most bytes. Default: no limit. It gives way to the minimum and to the size of an existing partition.</summary>
    public long? MaximumSize { get; init; }

    /// <summary>Least free bytes behind the partition. Default: none.</summary>
    public long? MinimumPadding { get; init; }

    /// <summary>Most free bytes behind the partition. Default: no limit.</summary>
    public long? MaximumPadding { get; init; }

    /// <summary>
    /// Bytes that the content needs, for a partition that is to be made: a copied image, a planned file system, or what
    /// <see cref="FileSystemMinimum"/> says. Default: 0.
    /// </summary>
    public long ContentSize { get; init; }

    /// <summary>Whether the partition is made as a LUKS2 container, whose header takes 32 MiB. Default: no.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether it holds a read-only file system or a part of a verity set, for which no least size is assumed. Default: no.</summary>
    public bool IsReadOnlyImage { get; init; }

    /// <summary>Whether it is a verity signature, which has exactly 16 KiB. Default: no.</summary>
    public bool IsVeritySignature { get; init; }

    /// <summary>Definitions that are given up together, such as a verity set. Default: none.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// The index of the definition that this one is merged into, where that can be: then its weights, least and most sizes
    /// and paddings count for that partition and it gets none of its own. Default: none.
    /// </summary>
    public int? SupplementFor { get; init; }

    /// <summary>The least size that systemd-repart gives a file system of unknown content, or null where it gives none.</summary>
    /// <param name="fileSystem">Type, as in <c>ext4</c>.</param>
    /// <param name="isBootPartition">Whether the partition is an ESP or XBOOTLDR.</param>
    /// <param name="sectorSize">Sector size of the file system.</param>
    public static long? FileSystemMinimum(string fileSystem, bool isBootPartition, int sectorSize) => fileSystem switch
    {
        "ext4" => 32L << 20,
        "btrfs" => 256L << 20,
        "xfs" => 300L << 20,
        "vfat" when isBootPartition => sectorSize < 4096 ? 100L << 20 : 260L << 20,
        _ => null,
    };
}

/// <summary>A partition that is on the disk already.</summary>
/// <param name="Number">Its number in the table.</param>
/// <param name="Type">Its type.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Bytes.</param>
public sealed record ExistingPartition(int Number, Guid Type, long Offset, long Size);
