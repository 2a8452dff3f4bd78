using System.Globalization;
using Diecast.Formats.Partitioning;
using Diecast.Repart.Definitions;

namespace Diecast.Repart;

/// <summary>Decides ids and labels.</summary>
internal static class RepartIds
{
    /// <summary>Gives every partition its id and label; those that are on the disk already stay as they are.</summary>
    internal static void Assign(IReadOnlyList<RepartPartition> partitions, Guid seed, RepartLog log)
    {
        var ids = new SeedUuids(seed);
        for (int i = 0; i < partitions.Count; i++)
        {
            RepartPartition partition = partitions[i];
            if (partition.IsForeign)
            {
                (partition.Id, partition.HasId) = (partition.CurrentId, true);
                partition.Label = partition.Current!.Label;
                continue;
            }

            Guid derivedFrom = AssignId(partition, partitions.Take(i), partitions, ids, log);
            partition.FileSystemId = SeedUuids.FileSystem(derivedFrom);
            partition.LuksId = SeedUuids.Luks(derivedFrom);
            partition.Label = partition.Current is { Label.Length: > 0 } current
                ? current.Label
                : partition.Settings.Label ?? FreeLabel(partition.Type, partitions.Take(i));
        }
    }

    /// <summary>The partition's id, and what those of its file system and container are derived from, which the root hash does not change.</summary>
    private static Guid AssignId(
        RepartPartition partition, IEnumerable<RepartPartition> earlier, IReadOnlyList<RepartPartition> all, SeedUuids ids, RepartLog log)
    {
        if (partition.CurrentId != Guid.Empty || partition.Settings.Id is not null)
        {
            partition.HasId = true;
            return partition.Id = partition.CurrentId != Guid.Empty ? partition.CurrentId : partition.Settings.Id!.Value;
        }

        Guid type = partition.Type.Guid!.Value;
        Guid id = ids.Partition(type, earlier.Count(other => other.Type.Guid == type));
        if (all.Any(other => other != partition && (other.CurrentId == id || (other.HasId && other.Id == id) || (other.HasDefinition && other.Settings.Id == id))))
        {
            // As if it were of no seed at all; but the same one in each run, where systemd takes a random one.
            log.Warning($"{partition.Settings.Path}: another partition has the UUID {id} that follows from the seed; it gets one of its own");
            for (int attempt = 1; all.Any(other => other.CurrentId == id || (other.HasId && other.Id == id)); attempt++)
                id = ids.Derive(string.Create(CultureInfo.InvariantCulture, $"partition {type} taken {attempt}"));
        }

        if (partition.Settings.Verity is not (VerityMode.Data or VerityMode.Hash))
            (partition.Id, partition.HasId) = (id, true);
        return id;
    }

    private static string FreeLabel(PartitionType type, IEnumerable<RepartPartition> earlier)
    {
        string name = RepartTypes.NameOf(type) ?? "linux";
        var taken = earlier.SelectMany(other => (IEnumerable<string>)[other.Label, other.Current?.Label ?? ""]).ToHashSet(StringComparer.Ordinal);
        string label = name;
        for (int number = 2; taken.Contains(label); number++)
            label = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        return label;
    }
}
