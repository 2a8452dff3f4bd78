using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Kinds of partition tables for a disk that is an ISO 9660 image.</summary>
public enum IsoTable
{
    /// <summary>A GPT behind a protective MBR: the ISO from sector 64 on, then the appended partitions.</summary>
    Gpt,

    /// <summary>An MBR alone: the ISO from sector 0 on, or 64 with <see cref="IsoOptions.PartitionOffset"/>, then the others.</summary>
    Mbr,
}

/// <summary>How an ISO 9660 image is a disk.</summary>
public sealed record IsoHybrid
{
    /// <summary>The kind of table. Default: GPT.</summary>
    public IsoTable Table { get; init; }

    /// <summary>
    /// Code for the first 440 bytes; of a longer one, as GRUB's boot_hybrid.img, the rest is left out. Default: none.
    /// </summary>
    public Blob BootCode { get; init; } = Blob.Empty;

    /// <summary>
    /// Whether the place of the first boot image is written into the code, as GRUB's boot_hybrid.img wants it. Default: no.
    /// </summary>
    public bool PatchGrub { get; init; }

    /// <summary>The MBR's type byte of the ISO: 0xcd, 0x83, 0x17 or 0, as readers like. Default: 0xcd.</summary>
    public byte IsoType { get; init; } = 0xcd;

    /// <summary>
    /// Whether a GPT's protective MBR has an empty partition marked active beside its own, without which some BIOSes do not
    /// boot from a disk. Default: yes.
    /// </summary>
    public bool ActiveEntry { get; init; } = true;

    /// <summary>The MBR's disk signature. Default: 0, none.</summary>
    public uint DiskSignature { get; init; }

    /// <summary>The GPT's disk id. Default: all zero.</summary>
    public Guid DiskId { get; init; }

    /// <summary>The GPT's id of the ISO's partition. Default: all zero.</summary>
    public Guid IsoPartitionId { get; init; }
}

/// <summary>A partition behind the file system.</summary>
public sealed record IsoPartition
{
    /// <summary>What is in it; it is filled up to whole sectors of 2048 bytes.</summary>
    public required Blob Content { get; init; }

    /// <summary>What it is for. Default: an EFI system partition.</summary>
    public PartitionType Type { get; init; } = PartitionTypes.Esp;

    /// <summary>GPT: its id. Default: all zero.</summary>
    public Guid Id { get; init; }

    /// <summary>GPT: its name, up to 36 UTF-16 units. Default: Appended.</summary>
    public string Name { get; init; } = "Appended";
}
