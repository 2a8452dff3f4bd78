namespace Diecast.Formats.Partitioning.Allocation;

/// <summary>A partition while the allocation works on it.</summary>
internal sealed class AllocationItem(int? index, PartitionDefinition? definition, ExistingPartition? existing, Grain grain)
{
    private const long LeastSize = 10L << 20;
    private const long LuksHeader = 32L << 20;
    private const long VeritySignatureSize = 16 * 1024;
    private const long NewSize = 4096;
    private const uint DefaultWeight = 1000;

    internal int? Index => index;

    internal PartitionDefinition? Definition => definition;

    internal ExistingPartition? Existing => existing;

    /// <summary>On the disk and not to be touched: no definition takes it, or its definition was given up.</summary>
    internal bool IsForeign { get; set; } = definition is null;

    /// <summary>Given up before it was made.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>A definition that was given up leaves nothing behind on its partition.</summary>
    private PartitionDefinition? Wanted => IsForeign ? null : definition;

    /// <summary>The supplement whose wishes count here too, and which gets no partition of its own meanwhile.</summary>
    internal AllocationItem? Supplement { get; set; }

    /// <summary>What this one is a supplement for.</summary>
    internal AllocationItem? Target { get; set; }

    /// <summary>Whether its wishes are another's, so that it gets no partition of its own.</summary>
    internal bool IsMerged => Target is not null && Target.Supplement == this;

    internal uint Weight => (Supplement ?? this).Wanted?.Weight ?? DefaultWeight;

    internal uint PaddingWeight => (Supplement ?? this).Wanted?.PaddingWeight ?? 0;

    /// <summary>Two least paddings count only where both are given: no wish is the largest number there is.</summary>
    internal long LeastPadding => Supplement is { } other
        ? Wanted?.MinimumPadding is { } own && other.Wanted?.MinimumPadding is { } added ? Math.Max(own, added) : 0
        : Wanted?.MinimumPadding ?? 0;

    internal long MostPadding => Math.Min(Wanted?.MaximumPadding ?? long.MaxValue, Supplement?.Wanted?.MaximumPadding ?? long.MaxValue);

    /// <summary>The least size asked for; with a supplement that asks for none it is none, as no wish is the largest number there is.</summary>
    private long? LeastAsked => Supplement is { } other && !(definition!.MinimumSize is { } own && other.Wanted?.MinimumSize <= own)
        ? other.Wanted?.MinimumSize
        : definition!.MinimumSize;

    private long MostAsked => Math.Min(definition!.MaximumSize ?? long.MaxValue, Supplement?.Wanted?.MaximumSize ?? long.MaxValue);

    /// <summary>The free room behind an existing partition.</summary>
    internal long Gap { get; set; }

    /// <summary>The area that a new partition lies in.</summary>
    internal FreeArea? Area { get; set; }

    internal long? Size { get; set; }

    internal long? Padding { get; set; }

    internal long Offset { get; set; } = existing?.Offset ?? 0;

    internal int Number { get; set; } = existing?.Number ?? 0;

    internal long Least
    {
        get
        {
            if (IsForeign)
                return existing!.Size;
            if (definition!.IsVeritySignature)
                return VeritySignatureSize;
            long least = existing?.Size ?? NewSize;
            if (existing is null)
                least = Math.Max(least, grain.Up(definition.ContentSize) + (definition.IsEncrypted ? LuksHeader : 0));
            return Math.Max(grain.Up(LeastAsked ?? (definition.IsReadOnlyImage ? 1 : LeastSize)), least);
        }
    }

    internal long Most
    {
        get
        {
            if (IsForeign)
                return existing!.Size;
            if (definition!.IsVeritySignature)
                return VeritySignatureSize;
            return MostAsked is var most and < long.MaxValue
                ? Math.Max(Least, Math.Max(existing?.Size ?? 0, grain.Down(most)))
                : long.MaxValue;
        }
    }

    /// <summary>The least room from the partition's start on; the next one starts on the grain.</summary>
    internal long LeastWithPadding
    {
        get
        {
            long least = Least + LeastPadding;
            return existing is null ? grain.Up(least) : grain.Up(existing.Offset + least) - existing.Offset;
        }
    }
}

/// <summary>A stretch of the disk that new partitions may lie in, after an existing partition or before all of them.</summary>
internal sealed class FreeArea(AllocationItem? owner, long size, Grain grain)
{
    internal AllocationItem? Owner => owner;

    internal long Size => size;

    internal long Allocated { get; set; }

    /// <summary>Where what is not yet allocated ends; counted from the area's start when it has no owner.</summary>
    internal long CurrentEnd => owner is null
        ? size - Allocated
        : grain.Up(owner.Existing!.Offset + owner.Existing.Size) + size - Allocated;

    /// <summary>Where the owner ends at the least.</summary>
    internal long LeastEnd => owner is null ? 0 : grain.Up(owner.Existing!.Offset + owner.LeastWithPadding);

    internal long Available => Math.Max(0, CurrentEnd - LeastEnd);
}

/// <summary>The unit of offsets and sizes.</summary>
internal readonly record struct Grain(long Bytes)
{
    internal long Down(long value) => value / Bytes * Bytes;

    internal long Up(long value) => Down(value + Bytes - 1);
}
