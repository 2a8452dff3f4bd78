using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;

namespace Diecast.Planning;

/// <summary>An image with every choice made and nothing written: each partition, size and id.</summary>
/// <remarks>Its text is stable: two plans of the same inputs print the same lines, so that a changed byte shows as a changed line.</remarks>
public sealed class BuildPlan
{
    private readonly DiskPlan _disk;

    internal BuildPlan(
        Definition definition, DiskPlan disk, Blob content, long epoch, ValueList<string> codecs, Func<string, Guid> deriveId)
    {
        Definition = definition;
        _disk = disk;
        Content = content;
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

    /// <summary>Bytes of the whole disk.</summary>
    public long Length => _disk.Length;

    /// <summary>The partitions in the order of the table.</summary>
    public ValueList<PlannedPartition> Partitions => _disk.Partitions.Select(Describe).ToValueList();

    /// <summary>The whole disk.</summary>
    internal Blob Content { get; }

    /// <summary>The id of a role, from the image's seed.</summary>
    internal Func<string, Guid> DeriveId { get; }

    /// <summary>The plan as stable text, a fact a line, without the files in the file systems.</summary>
    public override string ToString() => ToText((fileSystem, writer) => fileSystem.PrintSummary(writer));

    /// <summary>The plan as stable text with the place of every file.</summary>
    public string ToDetailedText() => ToText((fileSystem, writer) => fileSystem.Print(writer));

    private string ToText(Action<FileSystemPlan, TextWriter> print)
    {
        var text = new StringBuilder();
        Line($"image {Definition.Name}");
        foreach (DiskFormat format in Definition.Image.Format)
            Line($"format {format.Name}{string.Concat(format.Options.Select(option => $" {option.Name}={option.Value}"))}");
        Line($"epoch {Epoch}");
        foreach (string codec in Codecs)
            Line($"codec {codec}");
        Line($"disk {_disk.Table.ToString().ToLowerInvariant()} {_disk.Length} bytes, sectors of {_disk.SectorSize}, id {_disk.Id}");
        foreach (PlannedBlob blob in _disk.Blobs)
            Line($"blob {blob.Name} at {blob.Offset}, {blob.Content.Length} bytes, from {blob.Source}");
        foreach (PartitionPlan partition in _disk.Partitions)
        {
            Line($"partition {partition.Number} {partition.Type} \"{partition.Label}\" at {partition.Offset}, {partition.Length} bytes, id {partition.Id}, attributes 0x{partition.Attributes:x}");
            if (partition.FileSystem is null)
                continue;
            using var details = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
            print(partition.FileSystem, details);
            foreach (string line in details.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Line($"  {line}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static PlannedPartition Describe(PartitionPlan partition) => new(
        partition.Number,
        partition.Type.Name,
        partition.Label,
        partition.Offset,
        partition.Length,
        partition.Declared.FileSystem?.Type,
        partition.FileSystemId,
        partition.Declared.MountPoint);
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
