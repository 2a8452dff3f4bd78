using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Genimage;

/// <content>Disks with partition tables.</content>
internal sealed partial class ImageMaker
{
    private Func<Blob> Disk(GenimageImage image)
    {
        var own = new ConfigProblems();
        ConfigSection[] sections = [.. image.Section.All("partition")];
        DiskSettings? disk = own.Try(() => DiskSettings.Read(image.Type, image.Size ?? 0, image.Ids ?? DiskIds.Draw(image, context)));
        if (disk is not null)
        {
            for (int i = 0; i < sections.Length; i++)
            {
                int index = i;
                own.Try(() => Entry(image, disk, sections[index], index, isChecked: true));
            }
        }

        ConfigSection[] stretched = [.. sections.Where(section => section.Flag("autoresize") == true)];
        if (stretched.Length > 1)
            own.Add(stretched[^1].Wrong("autoresize", "only one partition can fill the disk", "leave it out of the others"));
        foreach (ConfigSection section in stretched.Where(_ => disk is { Size: 0 }))
            own.Add(section.Wrong("autoresize", $"{section.Title} is to fill the disk, whose size is not given", "set size of the image"));
        own.MoveTo(problems);
        if (disk is null || own.Any)
            return () => Blob.Empty;
        return () =>
        {
            DiskEntry[] entries = [.. sections.Select((section, index) => Entry(image, disk, section, index, isChecked: false))];
            long length = DiskLayouter.Place(image.Section, disk, entries);
            return DiskTables.Compose(disk, entries, length);
        };
    }

    private DiskEntry Entry(GenimageImage image, DiskSettings disk, ConfigSection section, int index, bool isChecked)
    {
        bool isListed = disk.Table != DiskTable.None && section.Flag("in-partition-table") != false;
        long align = section.Size("align") is { } given and > 0 ? given : isListed || disk.Table == DiskTable.None ? disk.Align : 1;
        if (isListed && align % disk.Align != 0)
            throw section.Wrong("align", $"align = {align} of {section.Title} is no multiple of the disk's {disk.Align}", $"write a multiple of {disk.Align}, or leave it out");
        if (!disk.HasGpt && section.Find("partition-type-uuid") is not null)
            throw section.Wrong("partition-type-uuid", "partition-type-uuid is of a GPT, and the disk has none", "set partition-type, or partition-table-type = gpt");
        if (!disk.HasGpt && section.Find("partition-uuid") is not null)
            throw section.Wrong("partition-uuid", "partition-uuid is of a GPT, and the disk has none", "leave it out, or set partition-table-type = gpt");
        long type = section.Number("partition-type") ?? 0;
        if (type != 0 && disk.Table is DiskTable.Gpt or DiskTable.None)
            throw section.Wrong("partition-type", "partition-type is of an MBR, and the disk has none", "set partition-type-uuid, or partition-table-type = hybrid");
        if (type > byte.MaxValue)
            throw section.Wrong("partition-type", $"partition-type = {section.Text("partition-type")} does not fit a byte", "write a number up to 0xff");
        if (section.Text("image") is not { Length: > 0 } && section.Flag("in-partition-table") == false)
            throw section.Position.Wrong($"{section.Title} stands in no table, and has no image", "set image");
        (Blob? content, IReadOnlyList<(long, long)> holes) = isChecked ? (null, HolesOf(section)) : ContentOf(section);
        return new DiskEntry
        {
            Section = section,
            Content = content,
            Holes = holes,
            IsListed = isListed,
            Align = align,
            Autoresize = section.Flag("autoresize") == true,
            IsForcedPrimary = section.Flag("forced-primary") == true,
            MbrType = (byte)type,
            HasMbrType = type != 0,
            Type = disk.HasGpt && isListed ? PartitionKinds.Find(context, section, section.Text("partition-type-uuid") ?? "L") : Guid.Empty,
            Id = section.Id("partition-uuid") ?? image.Ids?.Partitions[index] ?? Guid.Empty,
            Attributes = AttributesOf(section),
            Bootable = section.Flag("bootable") == true,
            Fill = section.Flag("fill") == true,
            IsSparse = section.Flag("sparse") != false,
        };
    }

    private (Blob? Content, IReadOnlyList<(long, long)> Holes) ContentOf(ConfigSection section)
    {
        if (section.Text("image") is not { Length: > 0 } name)
            return (null, []);
        Blob content = ContentOf(name, section.Position);
        IReadOnlyList<(long Start, long End)> holes = images[name].Holes;
        long from = section.Size("imageoffset") ?? 0;
        if (from > content.Length)
            throw section.Wrong("imageoffset", $"{name} has {content.Length} bytes, none of them from {from} on");
        if (section.Find("holes") is not null)
            holes = HolesOf(section);
        return (content.Slice(from), [.. holes.Select(hole => (hole.Start - from, hole.End - from))]);
    }

    private static ulong AttributesOf(ConfigSection section)
    {
        const ulong LegacyBoot = 1UL << 2;
        const ulong Hidden = 1UL << 62;
        ulong attributes = 0;
        foreach ((string option, ulong bit) in (ReadOnlySpan<(string, ulong)>)
        [
            ("bootable", LegacyBoot),
            ("growfs", GptAttributes.GrowFileSystem),
            ("read-only", GptAttributes.ReadOnly),
            ("hidden", Hidden),
            ("no-automount", GptAttributes.NoAuto),
        ])
        {
            if (section.Flag(option) == true)
                attributes |= bit;
        }

        return attributes;
    }
}
