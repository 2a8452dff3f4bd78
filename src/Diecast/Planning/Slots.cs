namespace Diecast.Planning;

/// <summary>The slots that later versions go into: empty partitions like those of the first.</summary>
internal static class Slots
{
    /// <summary>What systemd-sysupdate takes a partition for that holds no version.</summary>
    internal const string EmptyLabel = "_empty";

    /// <summary>Puts the empty slots behind the last partition that has some, a slot after the other.</summary>
    internal static ValueList<Partition> Expand(ValueList<Partition> partitions)
    {
        Partition[] declared = [.. partitions];
        int last = Array.FindLastIndex(declared, partition => partition is { Slots: > 1, SlotOf: null });
        // What is expanded already has its slots.
        if (last < 0 || declared.Any(partition => partition.SlotOf is not null))
            return partitions;
        IEnumerable<Partition> empty =
            from slot in Enumerable.Range(1, declared.Max(partition => partition.Slots) - 1)
            from index in Enumerable.Range(0, declared.Length)
            where declared[index].Slots > slot
            select Empty(declared[index], index);
        return [.. declared[..(last + 1)], .. empty, .. declared[(last + 1)..]];
    }

    private static Partition Empty(Partition model, int index) => new()
    {
        Type = model.Type,
        Label = EmptyLabel,
        Size = model.Size,
        Weight = 0,
        Alignment = model.Alignment,
        SlotOf = index,
        // A slot has no content that could be protected or grown; its attributes are those of what will be in it.
        ReadOnly = model.ReadOnly ?? (model.Verity is null ? null : true),
        NoAuto = model.NoAuto,
    };
}
