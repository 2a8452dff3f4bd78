namespace Diecast.Genimage;

/// <summary>The tables that a disk can have.</summary>
internal enum DiskTable
{
    /// <summary>None.</summary>
    None,

    /// <summary>A master boot record.</summary>
    Mbr,

    /// <summary>A GPT.</summary>
    Gpt,

    /// <summary>A GPT, with some partitions in the master boot record too.</summary>
    Hybrid,
}

/// <summary>What an hdimage section says of the disk as a whole.</summary>
internal sealed record DiskSettings
{
    internal const int Sector = 512;

    /// <summary>The table: 128 entries of 128 bytes.</summary>
    internal const long GptArray = 128 * 128;

    /// <summary>What is kept free at the end: the table again, and its header.</summary>
    internal const long GptBackup = GptArray + Sector;

    internal required DiskTable Table { get; init; }

    internal required long Align { get; init; }

    internal uint Signature { get; init; }

    internal Guid Id { get; init; }

    internal long GptLocation { get; init; } = 2 * Sector;

    internal bool GptHasBackup { get; init; } = true;

    /// <summary>The slot of the extended partition, from 1; 0 for none unless it takes one.</summary>
    internal int ExtendedSlot { get; init; }

    internal bool Fill { get; init; }

    /// <summary>Bytes of the disk; 0 for as many as it takes.</summary>
    internal long Size { get; init; }

    internal bool HasGpt => Table is DiskTable.Gpt or DiskTable.Hybrid;

    /// <summary>Reads the section.</summary>
    /// <param name="section">The hdimage section.</param>
    /// <param name="size">Bytes of the disk, or 0.</param>
    /// <param name="derive">Makes an id of a role.</param>
    /// <exception cref="BuildException">Options contradict each other, or a value is none.</exception>
    internal static DiskSettings Read(ConfigSection section, long size, Func<string, Guid> derive)
    {
        DiskTable table = TableOf(section);
        bool hasGpt = table is DiskTable.Gpt or DiskTable.Hybrid;
        if (!hasGpt && section.Find("disk-uuid") is not null)
            throw section.Wrong("disk-uuid", "disk-uuid is of a GPT, and the disk has none", "leave it out, or set partition-table-type = gpt; an MBR has a disk-signature");
        if (table is DiskTable.Gpt or DiskTable.None && section.Find("disk-signature") is not null)
            throw section.Wrong("disk-signature", "disk-signature is of an MBR, and the disk has none", "leave it out; a GPT has a disk-uuid");
        long align = section.Size("align") ?? Sector;
        if (align < 1 || (table != DiskTable.None && align % Sector != 0))
            throw section.Wrong("align", $"align = {align} is no multiple of a sector of 512 bytes");
        long location = section.Size("gpt-location") is { } given and > 0 ? given : 2 * Sector;
        if (location % Sector != 0 || location < 2 * Sector)
            throw section.Wrong("gpt-location", $"gpt-location = {location}: the table begins at a sector, from the third one on (1k)");
        long slot = section.Number("extended-partition") ?? 0;
        if (slot is < 0 or > 4)
            throw section.Wrong("extended-partition", $"extended-partition = {slot}: an MBR has four slots", "write 1 to 4, or 0 for where it has to be");
        return new DiskSettings
        {
            Table = table,
            Align = align,
            Signature = Signed(section, derive),
            Id = section.Id("disk-uuid") ?? derive("disk"),
            GptLocation = location,
            GptHasBackup = section.Flag("gpt-no-backup") != true,
            ExtendedSlot = (int)slot,
            Fill = section.Flag("fill") == true,
            Size = size,
        };
    }

    private static DiskTable TableOf(ConfigSection section) => section.Text("partition-table-type") switch
    {
        "none" => DiskTable.None,
        "mbr" or "dos" => DiskTable.Mbr,
        "gpt" => DiskTable.Gpt,
        "hybrid" => DiskTable.Hybrid,
        null when section.Flag("partition-table") == false => DiskTable.None,
        null => section.Flag("gpt") == true ? DiskTable.Gpt : DiskTable.Mbr,
        var other => throw section.Wrong("partition-table-type", $"there is no partition table {other}", "use one of none, mbr, gpt, hybrid"),
    };

    private static uint Signed(ConfigSection section, Func<string, Guid> derive)
    {
        if (section.Text("disk-signature") is not { Length: > 0 } text)
            return 0;
        if (text == "random")
            return BitConverter.ToUInt32(derive("disk-signature").ToByteArray());
        return ConfigNumbers.Whole(text) is { } value and <= uint.MaxValue
            ? (uint)value
            : throw section.Wrong("disk-signature", $"disk-signature = {text} is no number of 32 bits", "write it as 0x12345678, or random");
    }
}
