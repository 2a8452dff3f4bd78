using System.Globalization;
using System.Text;

namespace Diecast.Planning;

/// <summary>An image with every choice made and nothing written: each partition, size and id, or each layer.</summary>
/// <remarks>Its text is stable: two plans of the same inputs print the same lines, so that a changed byte shows as a changed line.</remarks>
public sealed class BuildPlan
{
    internal BuildPlan(
        Definition definition, ImagePlan image, long epoch, ValueList<string> codecs, Func<string, Guid> deriveId)
    {
        Definition = definition;
        Image = image;
        Epoch = epoch;
        Codecs = codecs;
        DeriveId = deriveId;
    }

    /// <summary>The definition, completed by its image type.</summary>
    public Definition Definition { get; }

    /// <summary>Source epoch in seconds.</summary>
    public long Epoch { get; }

    /// <summary>Identities of the codecs whose bytes are in the image.</summary>
    public ValueList<string> Codecs { get; }

    /// <summary>Bytes of the whole disk, or of all files where the image is none.</summary>
    public long Length => Image.Length;

    /// <summary>The partitions in the order of the table; empty where the image is no disk.</summary>
    public ValueList<PlannedPartition> Partitions => Image.Partitions;

    /// <summary>What the image is made of.</summary>
    internal ImagePlan Image { get; }

    /// <summary>The id of a role, from the image's seed.</summary>
    internal Func<string, Guid> DeriveId { get; }

    /// <summary>The plan as stable text, a fact a line, without the files in it.</summary>
    public override string ToString() => ToText(PlanDetail.Summary);

    /// <summary>The plan as stable text with the place of every file.</summary>
    public string ToDetailedText() => ToText(PlanDetail.Files);

    private string ToText(PlanDetail detail)
    {
        var text = new StringBuilder();
        Line($"image {Definition.Name}");
        foreach (DiskFormat format in Definition.Image.Format)
            Line($"format {format.Name}{string.Concat(format.Options.Select(option => $" {option.Name}={option.Value}"))}");
        Line($"epoch {Epoch}");
        foreach (string codec in Codecs)
            Line($"codec {codec}");
        Image.Print(Line, detail);
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}

/// <summary>One partition of a plan.</summary>
/// <param name="Number">Number in the table, from 1.</param>
/// <param name="Type">Type by name, or its GUID or byte.</param>
/// <param name="Label">Name in the table.</param>
/// <param name="Offset">First byte on the disk.</param>
/// <param name="Length">Bytes.</param>
/// <param name="FileSystem">File system, or null.</param>
/// <param name="FileSystemId">The file system's UUID as fstab spells it, or null.</param>
/// <param name="MountPoint">Where the system mounts it, or null.</param>
public sealed record PlannedPartition(
    int Number,
    string Type,
    string Label,
    long Offset,
    long Length,
    FileSystemType? FileSystem,
    string? FileSystemId,
    string? MountPoint);
