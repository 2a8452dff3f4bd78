using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>Every id of an image, each from the one seed and its role.</summary>
internal sealed class IdSource(Guid seed)
{
    private readonly SeedUuids _uuids = new(seed);

    /// <summary>Id of the disk.</summary>
    internal Guid Disk => _uuids.Disk;

    /// <summary>Id of a partition.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="index">How many of the same type are before it.</param>
    internal Guid Partition(PartitionType type, int index) =>
        type.Guid is { } guid ? _uuids.Partition(guid, index) : _uuids.Derive(FormattableString.Invariant($"partition {type.Name} {index}"));

    /// <summary>UUID of the file system in a partition.</summary>
    /// <param name="index">The partition's place in the table, from 0.</param>
    internal Guid FileSystem(int index) => Derive(FormattableString.Invariant($"file system {index}"));

    /// <summary>An id of some other role.</summary>
    internal Guid Derive(string role) => _uuids.Derive(role);
}
