using System.Numerics;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The identifiers that are taken in a directory. One set serves all directories, one after the other.</summary>
internal sealed class IsoNameSet
{
    private const int LeastSlots = 64;

    // Slots of directories before count as free, so that a small directory does not pay for the largest.
    private IsoNameSlot[] _slots = [];
    private int _directory;

    /// <summary>Begins a directory of so many identifiers.</summary>
    internal void Begin(int count)
    {
        _directory++;
        if (_slots.Length >= 2L * count)
            return;
        _slots = new IsoNameSlot[Math.Max(LeastSlots, (int)BitOperations.RoundUpToPowerOf2((uint)count * 2))];
        _directory = 1;
    }

    /// <summary>The slot of an identifier, or the free one that it may have; good while the directory lasts.</summary>
    /// <param name="key">The identifier, without what takes no part in the comparison.</param>
    internal ref IsoNameSlot Find(ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        int code = hash.ToHashCode();
        int mask = _slots.Length - 1;
        for (int i = code & mask; ; i = (i + 1) & mask)
        {
            ref IsoNameSlot slot = ref _slots[i];
            if (slot.Directory != _directory)
            {
                slot = new IsoNameSlot { Directory = _directory, Hash = code, KeyLength = key.Length };
                return ref slot;
            }

            if (slot.Hash == code && slot.Name is { } name && name.AsSpan(0, slot.KeyLength).SequenceEqual(key))
                return ref slot;
        }
    }
}

/// <summary>One identifier of a directory.</summary>
internal struct IsoNameSlot
{
    internal int Directory;

    internal int Hash;

    /// <summary>Bytes of the name that the comparison is about.</summary>
    internal int KeyLength;

    /// <summary>The last number that was given to a name that wanted to be this one.</summary>
    internal int LastNumber;

    /// <summary>The identifier; null as long as nothing has it.</summary>
    internal byte[]? Name;
}
