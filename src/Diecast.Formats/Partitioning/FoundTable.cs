namespace Diecast.Formats.Partitioning;

/// <summary>A partition table that was found on a disk.</summary>
public sealed record FoundTable
{
    /// <summary><c>gpt</c> or <c>mbr</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Bytes in a sector, which the table counts in.</summary>
    public required int SectorSize { get; init; }

    /// <summary>The disk's id: a GUID, or an MBR's signature as eight hexadecimal digits; null when there is none.</summary>
    public string? Id { get; init; }

    /// <summary>What is wrong with it, each as a sentence without its full stop; nothing for a sound one.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>The partitions by number.</summary>
    public required IReadOnlyList<FoundPartition> Partitions { get; init; }

    /// <summary>Where a GPT keeps its entries and lets partitions begin; null for an MBR.</summary>
    internal GptGeometry? Gpt { get; init; }
}

/// <summary>What a GPT's header says of the table itself.</summary>
/// <param name="FirstUsableOffset">First byte that partitions may use.</param>
/// <param name="EntriesOffset">First byte of the entries.</param>
/// <param name="EntryCount">Slots in the table.</param>
/// <param name="EntrySize">Bytes in a slot.</param>
internal sealed record GptGeometry(long FirstUsableOffset, long EntriesOffset, int EntryCount, int EntrySize);

/// <summary>A partition in a table that was found.</summary>
public sealed record FoundPartition
{
    /// <summary>Its number, from 1 on; logical partitions of an MBR from 5 on.</summary>
    public required int Number { get; init; }

    /// <summary>What it is for.</summary>
    public required PartitionType Type { get; init; }

    /// <summary>First byte.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes. The disk may be shorter, which is a fault of the table.</summary>
    public required long Length { get; init; }

    /// <summary>Its name in a GPT; empty when it has none.</summary>
    public string Label { get; init; } = "";

    /// <summary>Its id in a GPT, or the disk's signature and its number as Linux joins them; null when there is none.</summary>
    public string? Id { get; init; }

    /// <summary>The attribute bits of a GPT.</summary>
    public ulong Attributes { get; init; }

    /// <summary>Whether a BIOS boots from it.</summary>
    public bool Active { get; init; }
}
