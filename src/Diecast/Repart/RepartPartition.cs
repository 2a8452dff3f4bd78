using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;
using Diecast.Repart.Definitions;

namespace Diecast.Repart;

/// <summary>A partition of a run: one that is to be, one that is on the disk, or both.</summary>
internal sealed class RepartPartition
{
    private readonly PartitionSettings? _settings;

    internal RepartPartition(PartitionSettings settings)
    {
        _settings = settings;
        Type = settings.Type;
    }

    internal RepartPartition(FoundPartition current)
    {
        Current = current;
        Type = current.Type;
        IsForeign = true;
    }

    /// <summary>What its definition says.</summary>
    internal PartitionSettings Settings => _settings ?? throw new InvalidOperationException("a partition of others has no definition");

    internal bool HasDefinition => _settings is not null;

    internal PartitionType Type { get; }

    /// <summary>What is on the disk already, or null.</summary>
    internal FoundPartition? Current { get; set; }

    internal Guid CurrentId => Current?.Id is { } id ? Guid.Parse(id) : Guid.Empty;

    /// <summary>Not to be touched: no definition takes it, or it could not be what its definition wants.</summary>
    internal bool IsForeign { get; set; }

    /// <summary>Given up for want of room, or merged into the one that it supplements.</summary>
    internal bool IsDropped { get; set; }

    internal Dictionary<VerityMode, RepartPartition> Siblings { get; } = [];

    internal RepartPartition? Supplement { get; set; }

    internal RepartPartition? SupplementTarget { get; set; }

    /// <summary>Whether <see cref="Supplement"/> is merged into this one.</summary>
    internal bool HasMerged { get; set; }

    /// <summary>The settings that count for its content: its own, then those of a supplement that is merged in.</summary>
    internal IEnumerable<PartitionSettings> Contents => HasMerged ? [Settings, Supplement!.Settings] : [Settings];

    internal Guid Id { get; set; }

    /// <summary>Whether the id is decided; that of verity partitions follows from the root hash.</summary>
    internal bool HasId { get; set; }

    internal string Label { get; set; } = "";

    internal Guid FileSystemId { get; set; }

    internal Guid LuksId { get; set; }

    /// <summary>What is copied into it or was laid out to know how large it is; null for nothing yet.</summary>
    internal Blob? Prepared { get; set; }

    /// <summary>Whether as much of an endless source is copied as there is room for.</summary>
    internal bool PreparedIsEndless { get; set; }

    /// <summary>Bytes of data that the hashes in it are of, where that decides its size; null for all that the data's partition has.</summary>
    internal long? HashedLength { get; set; }

    internal long? SizeMin { get; set; }

    internal long Offset { get; set; }

    internal long Size { get; set; }

    internal long Padding { get; set; }

    internal long? OldSize { get; set; }

    internal long? OldPadding { get; set; }

    /// <summary>Its number in the table, from 1.</summary>
    internal int Number { get; set; }

    internal bool IsNew => Current is null;

    /// <summary>What stands in it; null for nothing, or for what is there already.</summary>
    internal Blob? Content { get; set; }

    internal string? RootHash { get; set; }

    /// <summary>The digest of the volume key, for crypttab; null where there is none.</summary>
    internal string? VolumeKeyDigest { get; set; }

    internal string? SplitPath { get; set; }

    /// <summary>The path of its definition, or null.</summary>
    internal string? File => IsForeign ? null : Settings.Path;

    /// <summary>What it is called in messages.</summary>
    internal string Hint => File is { } path ? Path.GetFileName(path) : Label.Length > 0 ? Label : RepartTypes.Describe(Type);
}
