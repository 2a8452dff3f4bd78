using System.Globalization;
using Diecast.Formats.Partitioning;
using Diecast.Planning;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>How a system finds and mounts the partitions of its image.</summary>
/// <param name="image">The image, completed by its type.</param>
/// <param name="ids">The ids of the image.</param>
/// <param name="hurdDisk">The disk as GNU/Hurd calls it, or null where Linux is the kernel.</param>
internal sealed class SystemMounts(Image image, IdSource ids, string? hurdDisk)
{
    /// <summary>fstab: the root first, then by mount point, each by the UUID that its file system gets.</summary>
    internal IEnumerable<MountEntry> Mounts() => image.Partitions
        .Select((partition, index) => (partition, index))
        // What dm-verity protects is mounted before fstab is read.
        .Where(item => item.partition is { MountPoint: not null, FileSystem: not null, Verity: null } or { FileSystem.Type: FileSystemType.Swap })
        .OrderBy(item => item.partition.MountPoint is null)
        .ThenBy(item => item.partition.MountPoint, StringComparer.Ordinal)
        .Select(item => new MountEntry
        {
            Source = SourceOf(item.index),
            MountPoint = item.partition.MountPoint ?? MountEntry.Nowhere,
            Type = MountTypes.NameOf(item.partition.FileSystem!.Type),
            Options = item.partition.Grow == true ? item.partition.MountOptions + ",x-systemd.growfs" : item.partition.MountOptions,
            Pass = item.partition switch
            {
                { MountPoint: null } => 0,
                // fsck.btrfs(8) and fsck.xfs(8) do nothing: the kernel repairs them as it mounts.
                { FileSystem.Type: FileSystemType.Btrfs or FileSystemType.Xfs } => 0,
                { MountPoint: "/" } => 1,
                _ => 2,
            },
        });

    /// <summary>crypttab: what is mounted and encrypted.</summary>
    internal IEnumerable<EncryptedDevice> EncryptedDevices() => image.Partitions
        .Select((partition, index) => (partition, index))
        .Where(item => item.partition is { Encrypt: not null, Label: not null, MountPoint: not null })
        .Select(item => new EncryptedDevice(
            item.partition.Label!, SeedUuids.Luks(ids.Partition(item.index)), item.partition.Encrypt!.Discard, item.partition.MountPoint == "/"));

    /// <summary>How a partition is found: by its file system's UUID, or by its own where the file system has none.</summary>
    internal string SourceOf(int index)
    {
        // GNU/Hurd mounts by device alone.
        if (hurdDisk is not null)
            return string.Create(CultureInfo.InvariantCulture, $"/dev/{hurdDisk}s{index + 1}");
        Partition partition = image.Partitions[index];
        if (partition.Encrypt is not null)
            return "/dev/mapper/" + partition.Label;
        if (partition is { MountBy: MountKey.PartitionLabel })
            return "PARTLABEL=" + (partition.Label ?? ids.Type(index).Name);
        if (partition.MountBy == MountKey.Uuid && FileSystemOptions.HasUuid(partition.FileSystem!.Type))
            return "UUID=" + ids.FileSystemName(index);
        return (image.PartitionTable ?? PartitionTableType.Gpt) switch
        {
            PartitionTableType.Gpt => $"PARTUUID={ids.Partition(index)}",
            // Linux makes an id of the disk's signature and the partition's number (block/partitions/msdos.c).
            PartitionTableType.Mbr => FormattableString.Invariant($"PARTUUID={SeedUuids.FatVolumeId(ids.Disk):x8}-{index + 1:x2}"),
            _ => throw new BuildException("a squashfs has no UUID, and an image without a partition table has no other id to mount it by", "leave its mountPoint out, or take a partition table"),
        };
    }
}
