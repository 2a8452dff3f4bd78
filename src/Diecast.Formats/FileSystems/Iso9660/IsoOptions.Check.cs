using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Which options are out of range, or do not go together.</summary>
public sealed partial record IsoOptions
{
    private const int MostPartitions = 3;
    private const int MostBootEntries = 20;

    /// <summary>Refuses what no tree can make possible, all of it at once.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range.</exception>
    internal void Check()
    {
        var faults = new List<string>();
        CheckText(faults, "volume id", VolumeId, IsoVolumeLayout.VolumeId.Width);
        CheckText(faults, "system id", SystemId, IsoVolumeLayout.SystemId.Width);
        CheckText(faults, "volume set id", VolumeSetId, IsoVolumeLayout.VolumeSetId.Width);
        CheckText(faults, "publisher id", PublisherId, IsoVolumeLayout.PublisherId.Width);
        CheckText(faults, "preparer id", PreparerId, IsoVolumeLayout.PreparerId.Width);
        CheckText(faults, "application id", ApplicationId, IsoVolumeLayout.ApplicationId.Width);
        CheckTime(faults, "creation", CreationTime);
        CheckTime(faults, "modification", ModificationTime);
        CheckTime(faults, "expiration", ExpirationTime);
        CheckTime(faults, "effective", EffectiveTime);
        if (Level is < 1 or > 3)
            faults.Add(FormattableString.Invariant($"level {Level}; it is 1, 2 or 3"));
        if (DeepDirectories == IsoDeepDirectories.Relocate && !RockRidge)
            faults.Add("directories cannot be relocated without Rock Ridge, which says where they belong");
        if (Zisofs is not null && !RockRidge)
            faults.Add("files cannot be compressed without Rock Ridge, which says that they are");
        if (Zisofs is { } zisofs && (zisofs.Level is < 1 or > 9 || zisofs.BlockSize is not (0x8000 or 0x10000 or 0x20000)))
            faults.Add(FormattableString.Invariant($"zisofs at level {zisofs.Level} with blocks of {zisofs.BlockSize}; levels are 1 to 9, blocks 32, 64 or 128 KiB"));
        if (TailPadding < 0 || TailPadding % IsoFormat.SectorSize != 0)
            faults.Add(FormattableString.Invariant($"padding of {TailPadding} bytes; it must be a multiple of {IsoFormat.SectorSize}"));
        CheckDisk(faults);
        if (Boot.Count > MostBootEntries)
            faults.Add(FormattableString.Invariant($"{Boot.Count} boot images; the limit here is {MostBootEntries}"));
        for (int i = 0; i < Boot.Count; i++)
            CheckBoot(faults, Boot[i], i);
        if (faults.Count > 0)
            throw new UnrepresentableException(IsoFormat.Name, null, string.Join("; ", faults));
    }

    private void CheckDisk(List<string> faults)
    {
        if (SystemArea.Length > IsoFormat.SystemAreaLength)
            faults.Add(FormattableString.Invariant($"a system area of {SystemArea.Length} bytes; it has {IsoFormat.SystemAreaLength}"));
        if (SystemArea.Length > 0 && Hybrid is not null)
            faults.Add("a system area and a partition table, which both fill the first sectors");
        if (Partitions.Count > MostPartitions)
            faults.Add(FormattableString.Invariant($"{Partitions.Count} partitions; the limit is {MostPartitions}"));
        if (Hybrid is { PatchGrub: true } && (Boot.Count == 0 || Boot[0].Partition is not null))
            faults.Add("the place of the first boot image cannot be written into the boot code: there is none");
        foreach (IsoPartition partition in Partitions)
        {
            if (partition.Content.Length == 0)
                faults.Add($"the partition \"{partition.Name}\" is empty");
            if (Hybrid is { Table: IsoTable.Mbr } && partition.Type.MbrByte is null or 0)
                faults.Add($"the partition \"{partition.Name}\" is of the type {partition.Type.Name}, which has no MBR byte");
        }
    }

    private void CheckBoot(List<string> faults, IsoBootEntry entry, int index)
    {
        string who = FormattableString.Invariant($"boot image {index + 1}");
        int images = (entry.Path is null ? 0 : 1) + (entry.Image is null ? 0 : 1) + (entry.Partition is null ? 0 : 1);
        if (images != 1)
            faults.Add($"{who} must be one of: a file, content, a partition");
        if (entry.Partition is { } partition && (partition < 0 || partition >= Partitions.Count))
            faults.Add(FormattableString.Invariant($"{who} is partition {partition}; there are {Partitions.Count}, counted from 0"));
        if (entry.Partition is not null && entry.Patches != IsoBootPatches.None)
            faults.Add($"{who} is a partition, into which nothing is written");
        if (entry.Platform is not (IsoBootPlatform.Bios or IsoBootPlatform.PowerPc or IsoBootPlatform.Mac or IsoBootPlatform.Efi))
            faults.Add(FormattableString.Invariant($"{who} is for platform {(int)entry.Platform}"));
        if (entry.Media is < IsoBootMedia.NoEmulation or > IsoBootMedia.HardDisk)
            faults.Add(FormattableString.Invariant($"{who} emulates medium {(int)entry.Media}"));
        if (entry.LoadSegment is < 0 or > ushort.MaxValue || entry.LoadSectors is < 0 or > ushort.MaxValue)
            faults.Add(FormattableString.Invariant($"{who} loads {entry.LoadSectors} sectors to segment {entry.LoadSegment}; the limit of both is 65535"));
        CheckText(faults, $"id of {who}", entry.Id, index == 0 ? IsoBootLayout.Manufacturer.Width : IsoBootLayout.SectionId.Width);
    }

    private static void CheckText(List<string> faults, string what, string text, int limit)
    {
        if (text.Length > limit || text.Any(c => c is < ' ' or > '~'))
            faults.Add(FormattableString.Invariant($"the {what} \"{text}\"; it has at most {limit} characters of ASCII"));
    }

    private static void CheckTime(List<string> faults, string what, Timestamp? time)
    {
        if (time is { } given && !IsoTime.IsLong(given))
            faults.Add(FormattableString.Invariant($"the {what} time {given.Seconds}; it has the years 1 to 9999"));
    }
}
