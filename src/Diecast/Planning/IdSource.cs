using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>Every id of an image, each from the one seed and its role, as systemd-repart derives them.</summary>
/// <param name="seed">The seed.</param>
/// <param name="partitions">The partitions in the order of the table.</param>
/// <param name="architecture">Completes types as <c>root</c>; a name of <see cref="PartitionTypes.Architectures"/>, or null.</param>
internal sealed class IdSource(Guid seed, ValueList<Partition> partitions, string? architecture)
{
    private readonly SeedUuids _uuids = new(seed);

    /// <summary>The ids by their roles.</summary>
    internal SeedUuids Uuids => _uuids;

    /// <summary>The declared id of the disk; null for one from the seed.</summary>
    internal Guid? DeclaredDisk { get; init; }

    /// <summary>Id of the disk.</summary>
    internal Guid Disk => DeclaredDisk ?? _uuids.Disk;

    /// <summary>The type of a partition.</summary>
    /// <param name="index">Its place in the table, from 0.</param>
    /// <exception cref="BuildException">The type is not known.</exception>
    internal PartitionType Type(int index) => PartitionTypes.Find(partitions[index].Type, architecture)
        ?? throw new BuildException(
            $"partition {index + 1} has the type {partitions[index].Type}, which is no known name, GUID or MBR byte"
            + (architecture is null ? "; what the image runs on is not known, so root and usr need it in the name, as in root-x86-64" : ""));

    /// <summary>Id of a partition: the declared one, else by its type and how many of the same type are before it.</summary>
    /// <param name="index">Its place in the table, from 0.</param>
    internal Guid Partition(int index)
    {
        if (partitions[index].Uuid is { } declared)
            return declared;
        PartitionType type = Type(index);
        int before = Enumerable.Range(0, index).Count(other => Type(other) == type);
        return type.Guid is { } guid
            ? _uuids.Partition(guid, before)
            : _uuids.Derive(FormattableString.Invariant($"partition {type.Name} {before}"));
    }

    /// <summary>UUID of the file system in a partition: the declared one, else from the partition's id.</summary>
    /// <param name="index">The partition's place in the table, from 0.</param>
    internal Guid FileSystem(int index) => partitions[index].FileSystem?.Uuid ?? SeedUuids.FileSystem(Partition(index));

    /// <summary>The UUID as fstab and findfs spell it: for FAT the volume id as <c>XXXX-XXXX</c>.</summary>
    /// <param name="index">The partition's place in the table, from 0.</param>
    internal string FileSystemName(int index)
    {
        Guid id = FileSystem(index);
        if (partitions[index].FileSystem is not { Type: FileSystemType.Vfat } fat)
            return id.ToString();
        uint volume = FileSystemOptions.VolumeId(fat, id);
        return FormattableString.Invariant($"{volume >> 16:X4}-{volume & 0xffff:X4}");
    }

    /// <summary>An id of some other role.</summary>
    internal Guid Derive(string role) => _uuids.Derive(role);
}
