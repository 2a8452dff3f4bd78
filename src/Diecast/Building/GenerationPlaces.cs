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
        CheckRoot(generation, image);
        CheckProtected(generation, image, "/", "root");
        CheckProtected(generation, image, "/usr", "usr");
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

    /// <summary>A root in memory needs no partition, and one that is on a partition is mounted from there.</summary>
    private static void CheckRoot(SystemGeneration generation, Image image)
    {
        bool isThere = image.Partitions.Any(partition => partition is { MountPoint: "/", FileSystem: not null });
        switch (generation.Mounts.FirstOrDefault(mount => mount.MountPoint == "/"))
        {
            case { IsInMemory: true } when isThere:
                throw new BuildException(
                    "the system's root is a file system in memory, and the image has a partition for it that nothing mounts",
                    "declare image.partitions with what the system mounts, or mount the root from a disk: fileSystems.\"/\"");
            case { IsInMemory: false } mount when !isThere:
                throw new BuildException(
                    $"the system mounts / from {mount.Source}, and no partition with a file system is mounted there",
                    "give one of image.partitions the mountPoint /, or make the root a tmpfs: fileSystems.\"/\".fsType");
            case null when !isThere:
                throw new BuildException(
                    "no partition with a file system is mounted on /, and a system with a kernel needs one",
                    "give one of image.partitions the mountPoint /, or say in the system's configuration that its root is a tmpfs: fileSystems.\"/\"");
            case { IsInMemory: true }:
                CheckState(generation, image);
                break;
        }
    }

    /// <summary>Below a root in memory stands what the system mounts, and nothing else.</summary>
    private static void CheckState(SystemGeneration generation, Image image)
    {
        if (image.Partitions.FirstOrDefault(partition => partition is { MountPoint: not null, FileSystem: not null, Verity: null, Type: not (BootPlaces.EspType or "xbootldr") }
            && !generation.Mounts.Any(mount => mount.MountPoint == partition.MountPoint)) is { } unseen)
        {
            throw new BuildException(
                $"the image has a partition for {unseen.MountPoint}, and the system mounts none there",
                $"set fileSystems.\"{unseen.MountPoint}\" = {{ device = \"/dev/disk/by-partlabel/{unseen.Label ?? unseen.Type}\"; fsType = \"{MountTypes.NameOf(unseen.FileSystem!.Type)}\"; }}, or declare image.partitions without it");
        }
    }

    /// <summary>What dm-verity protects is mounted from the device that the initial RAM disk makes of it, or nothing would be checked.</summary>
    private static void CheckProtected(SystemGeneration generation, Image image, string mountPoint, string name)
    {
        string device = "/dev/mapper/" + name;
        GenerationMount? mount = generation.Mounts.FirstOrDefault(mount => mount.MountPoint == mountPoint);
        Partition? partition = image.Partitions.FirstOrDefault(partition => partition.MountPoint == mountPoint && partition.FileSystem is not null);
        string type = partition is null ? "erofs" : MountTypes.NameOf(partition.FileSystem!.Type);
        string fix = $"set fileSystems.\"{mountPoint}\" = {{ device = \"{device}\"; fsType = \"{type}\"; options = [ \"ro\" ]; }}";
        switch (partition)
        {
            case { Verity.Role: VerityRole.Data } when mount is null && !generation.Default.Arguments.Contains("root=gpt-auto"):
                throw new BuildException($"the image protects {mountPoint} by dm-verity, and the system does not mount it", fix);
            case { Verity.Role: VerityRole.Data } when mount is not null && mount.Source != device:
                throw new BuildException($"the image protects {mountPoint} by dm-verity, and the system mounts {mount.Source} there", fix);
            case { Verity.Role: VerityRole.Data } when mount is not null && mount.Type is not ("" or "auto") && mount.Type != type:
                throw new BuildException($"the system mounts {mountPoint} as {mount.Type}, and the image's partition has {type}", fix);
            case { Verity: null, Encrypt: null } when mount?.Source == device:
                throw new BuildException(
                    $"the system mounts {mountPoint} from {device}, and the image's partition there is not protected by dm-verity",
                    $"add verity: {{ role: data, match: {name} }} to it, and a partition of type {name}-verity with verity: {{ role: hash, match: {name} }}");
            case null when mount?.Source == device && !mount.MayBeMissing:
                throw new BuildException(
                    $"the system mounts {mountPoint} from {device}, and the image has no partition for it",
                    $"add one of type {name} with mountPoint: {mountPoint} and verity: {{ role: data, match: {name} }}, and one of type {name}-verity with verity: {{ role: hash, match: {name} }}");
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
