using Diecast.Boot;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>
/// Holds what a system of NixOS or Guix mounts against the partitions of its image. Such a system has its own fstab, and looks for
/// its root by it as soon as the kernel runs: what does not fit is found here instead.
/// </summary>
internal static class GenerationPlaces
{
    /// <summary>Without them a system does not come up, or its next generation is put where no boot loader looks.</summary>
    private static readonly string[] Needed = ["/boot", "/nix", "/nix/store", "/gnu", "/gnu/store"];

    /// <exception cref="BuildException">The system mounts something else than what the image has.</exception>
    internal static void Check(SystemGeneration generation, Image image, IdSource ids)
    {
        foreach (GenerationMount mount in generation.Mounts)
        {
            if (GenerationMounts.Identify(mount.Source) is not var (kind, value))
                continue;
            int there = image.Partitions.Index().Where(item => item.Item.MountPoint == mount.MountPoint && item.Item.FileSystem is not null).Select(item => item.Index).FirstOrDefault(-1);
            int named = Enumerable.Range(0, image.Partitions.Count).FirstOrDefault(i => Of(kind, image, ids, i) is { } own && Same(kind, own, value), -1);
            if (there >= 0 && (named < 0 || Of(kind, image, ids, there) is not { } found || !Same(kind, found, value)))
            {
                throw new BuildException(
                    $"the system mounts {mount.MountPoint} from {mount.Source}, and the image's partition there has {Describe(kind, Of(kind, image, ids, there))}",
                    Fix(kind, value, mount.MountPoint));
            }

            if (there < 0 && named >= 0 && image.Partitions[named] is { MountPoint: { } other, FileSystem: not null })
            {
                throw new BuildException(
                    $"the system mounts {mount.Source} at {mount.MountPoint}, and the image has it at {other}",
                    $"declare image.partitions with mountPoint: {mount.MountPoint} for it, or mount it at {other} in the system's configuration");
            }

            if (there < 0 && named < 0 && !mount.MayBeMissing && Needed.Contains(mount.MountPoint))
            {
                throw new BuildException(
                    $"the system mounts {mount.MountPoint} from {mount.Source}, and the image has no partition for it",
                    "take an image type that has one, or declare it among image.partitions");
            }
        }
    }

    private static string? Of(string kind, Image image, IdSource ids, int index)
    {
        Partition partition = image.Partitions[index];
        bool isGpt = (image.PartitionTable ?? PartitionTableType.Gpt) == PartitionTableType.Gpt;
        return kind switch
        {
            "label" => partition.FileSystem?.Label,
            "uuid" => partition.FileSystem is null ? null : ids.FileSystemName(index),
            "partlabel" => isGpt ? partition.Label ?? ids.Type(index).Name : null,
            _ => isGpt ? ids.Partition(index).ToString() : null,
        };
    }

    /// <summary>Labels are compared as they are, ids without regard to capitals.</summary>
    private static bool Same(string kind, string left, string right) =>
        string.Equals(left, right, kind.EndsWith("uuid", StringComparison.Ordinal) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static string Describe(string kind, string? found) => (kind, found) switch
    {
        ("label" or "partlabel", null) => "no label",
        ("label", _) => $"the label {found}",
        ("partlabel", _) => $"the name {found}",
        (_, null) => "no such id",
        ("uuid", _) => $"the UUID {found}",
        _ => $"the id {found}",
    };

    private static string Fix(string kind, string value, string mountPoint) => (kind, mountPoint) switch
    {
        ("label", "/") => $"add label: {value} to image:",
        ("label", _) => $"give the file system of the partition at {mountPoint} the label {value}, or name the image's in the system's configuration",
        ("uuid", "/") => $"add rootFileSystem: {{ uuid: {value} }} to image:, or have the system mount its root by its label",
        ("uuid", _) => $"give the file system of the partition at {mountPoint} the uuid {value}, or have the system mount it by its label",
        ("partlabel", _) => $"give the partition at {mountPoint} the label {value}, or have the system mount it by its file system's label",
        _ => $"give the partition at {mountPoint} the uuid {value}, or have the system mount it by its label",
    };
}
