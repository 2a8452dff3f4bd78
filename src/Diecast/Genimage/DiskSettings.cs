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

    /// <summary>What stands for a signature that is drawn.</summary>
    internal const string RandomSignature = "random";

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

    /// <summary>Whether the signature of the MBR is not written, so that a boot loader can lie there.</summary>
    internal bool SkipsOptionals { get; init; }

    /// <summary>Bytes of the disk; 0 for as many as it takes.</summary>
    internal long Size { get; init; }

    internal bool HasGpt => Table is DiskTable.Gpt or DiskTable.Hybrid;

    /// <summary>Reads the section.</summary>
    /// <param name="section">The hdimage section.</param>
    /// <param name="size">Bytes of the disk, or 0.</param>
    /// <param name="ids">The ids that it does not give.</param>
    /// <exception cref="ConfigException">Options contradict each other, or a value is none.</exception>
    internal static DiskSettings Read(ConfigSection section, long size, DiskIds ids)
    {
        DiskTable table = TableOf(section);
        bool hasGpt = table is DiskTable.Gpt or DiskTable.Hybrid;
        if (!hasGpt && section.Find("disk-uuid") is not null)
            throw section.Wrong("disk-uuid", "disk-uuid is of a GPT, and the disk has none", "leave it out, or set partition-table-type = gpt; an MBR has a disk-signature");
        if (table is DiskTable.Gpt or DiskTable.None && section.Text("disk-signature") is not (null or RandomSignature))
            throw section.Wrong("disk-signature", "disk-signature is of an MBR, and the disk has none", "leave it out; a GPT has a disk-uuid");
        long align = section.Size("align") is { } given and > 0 ? given : table == DiskTable.None ? 1 : Sector;
        if (align < 1 || (table != DiskTable.None && align % Sector != 0))
            throw section.Wrong("align", $"align = {align} is no multiple of a sector of 512 bytes");
        long location = section.Size("gpt-location") is { } place and > 0 ? place : 2 * Sector;
        if (location % Sector != 0 || location < 2 * Sector)
            throw section.Wrong("gpt-location", $"gpt-location = {location}: the table begins at a sector, from the third one on (1k)");
        long slot = section.Number("extended-partition") ?? 0;
        if (slot is < 0 or > 4)
            throw section.Wrong("extended-partition", $"extended-partition = {slot}: an MBR has four slots", "write 1 to 4, or 0 for where it has to be");
        return new DiskSettings
        {
            Table = table,
            Align = align,
            Signature = SignatureOf(section, ids),
            Id = section.Id("disk-uuid") ?? ids.Disk,
            GptLocation = location,
            GptHasBackup = section.Flag("gpt-no-backup") != true,
            ExtendedSlot = (int)slot,
            Fill = section.Flag("fill") == true,
            SkipsOptionals = section.Flag("mbr-skip-optionals") == true,
            Size = size,
        };
    }

    /// <summary>The table that a section asks for.</summary>
    /// <exception cref="ConfigException">There is none of that name.</exception>
    internal static DiskTable TableOf(ConfigSection section) => section.Text("partition-table-type") switch
    {
        // The older options decide where they are set, as in genimage.
        _ when section.Flag("gpt") is { } gpt => gpt ? DiskTable.Gpt : DiskTable.Mbr,
        _ when section.Flag("partition-table") is { } any => any ? DiskTable.Mbr : DiskTable.None,
        "none" => DiskTable.None,
        null or "mbr" or "dos" => DiskTable.Mbr,
        "gpt" => DiskTable.Gpt,
        "hybrid" => DiskTable.Hybrid,
        var other => throw section.Wrong("partition-table-type", $"there is no partition table {other}", "use one of none, mbr, gpt, hybrid"),
    };

    private static uint SignatureOf(ConfigSection section, DiskIds ids)
    {
        if (section.Text("disk-signature") is not { Length: > 0 } text)
            return 0;
        if (text == RandomSignature)
            return ids.Signature;
        return ConfigNumbers.Whole(text) is { } value and <= uint.MaxValue
            ? (uint)value
            : throw section.Wrong("disk-signature", $"disk-signature = {text} is no number of 32 bits", "write it as 0x12345678, or random");
    }
}
