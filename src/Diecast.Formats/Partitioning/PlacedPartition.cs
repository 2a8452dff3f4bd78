using Diecast.Formats.Blobs;

namespace Diecast.Formats.Partitioning;

/// <summary>A partition whose place on the disk is decided.</summary>
public sealed record PlacedPartition
{
    /// <summary>First byte; a multiple of the sector size.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes; a multiple of the sector size, at least one sector.</summary>
    public required long Length { get; init; }

    /// <summary>What the partition is for. The table takes the GUID or the MBR byte from it.</summary>
    public required PartitionType Type { get; init; }

    /// <summary>GPT: unique id. Default: all zero, which readers take for none.</summary>
    public Guid Id { get; init; }

    /// <summary>GPT: name, at most 36 UTF-16 units. MBR tables have no names and keep none. Default: empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>GPT: attribute bits, see <see cref="GptAttributes"/>. An MBR table refuses any. Default: none.</summary>
    public ulong Attributes { get; init; }

    /// <summary>MBR active flag; in a GPT the legacy-boot attribute. Default: no.</summary>
    public bool Active { get; init; }

    /// <summary>Number in the table, from 1. Default: the lowest that is free, in the order given.</summary>
    public int? Number { get; init; }

    /// <summary>What is in it, from its first byte, at most its length. Default: nothing, a hole.</summary>
    public Blob Content { get; init; } = Blob.Empty;
}

/// <summary>Bytes at a fixed place outside any partition: a board's first-stage loader, GRUB's core image.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Offset">First byte on the disk; any value.</param>
/// <param name="Content">The bytes.</param>
public sealed record RawPlacement(string Name, long Offset, Blob Content);
