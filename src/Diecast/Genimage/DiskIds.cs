namespace Diecast.Genimage;

/// <summary>The ids of a disk that its configuration does not give, drawn in the order in which genimage draws them.</summary>
/// <param name="Disk">The id of a GPT.</param>
/// <param name="Signature">The signature of an MBR, where a random one is asked for.</param>
/// <param name="Partitions">An id for each partition section; those that need none have none.</param>
internal sealed record DiskIds(Guid Disk, uint Signature, IReadOnlyList<Guid> Partitions)
{
    /// <summary>Draws the ids of an hdimage.</summary>
    /// <exception cref="ConfigException">The section is wrong.</exception>
    internal static DiskIds Draw(GenimageImage image, GenimageContext context)
    {
        DiskTable table = DiskSettings.TableOf(image.Type);
        Guid disk = image.Type.Find("disk-uuid") is null ? context.Draw(image.File, "disk") : Guid.Empty;
        uint signature = image.Type.Text("disk-signature") == DiskSettings.RandomSignature ? context.DrawNumber(image.File, "disk-signature") : 0;
        var partitions = new List<Guid>();
        int index = 0;
        foreach (ConfigSection section in image.Section.All("partition"))
        {
            bool isDrawn = table is DiskTable.Gpt or DiskTable.Hybrid && section.Flag("in-partition-table") != false && section.Find("partition-uuid") is null;
            partitions.Add(isDrawn ? context.Draw(image.File, FormattableString.Invariant($"partition {index}")) : Guid.Empty);
            index++;
        }

        return new DiskIds(disk, signature, partitions);
    }
}
