using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The attributes of all inodes: what is stored once, and what in inodes.</summary>
internal sealed class ErofsXattrTable
{
    private const int LargestSize = ErofsXattrHeaderLayout.Size + (65534 * ErofsXattrEntryLayout.Size);

    private readonly Dictionary<Xattrs, int> _places = [];
    private readonly List<Xattr> _shared = [];
    private readonly List<long> _sharedOffsets = [];

    internal List<ErofsXattrSet> Sets { get; } = [];

    /// <summary>Bytes of the shared area.</summary>
    internal long SharedSize { get; private set; }

    /// <summary>Counts an inode with attributes and returns their record plus one.</summary>
    internal int Add(Xattrs xattrs)
    {
        if (xattrs.Count == 0)
            return 0;
        if (!_places.TryGetValue(xattrs, out int place))
        {
            place = Sets.Count;
            Sets.Add(new ErofsXattrSet(xattrs));
            _places.Add(xattrs, place);
        }

        Sets[place].Users++;
        return place + 1;
    }

    /// <summary>Why an attribute cannot be held, or null.</summary>
    internal static FormattableString? Fault(Xattr xattr)
    {
        if (ErofsXattrNames.Split(xattr.Name.Span) is not { } split)
            return $"EROFS has no namespace for the attribute '{xattr.Name}'";
        if (xattr.Name.Length - split.Length > ErofsFormat.MaximumName)
            return $"the attribute's name '{xattr.Name}' is longer than {ErofsFormat.MaximumName} bytes after its namespace";
        if (xattr.Value.Length > ErofsFormat.MaximumXattrValue)
            return $"the attribute '{xattr.Name}' has {xattr.Value.Length} bytes; {ErofsFormat.MaximumXattrValue} are possible";
        return null;
    }

    /// <summary>Decides what is shared: what so many inodes have, as far as an inode can refer to it.</summary>
    internal void Lay(int leastUsers)
    {
        _places.Clear();
        var users = new SortedDictionary<Xattr, int>(Comparer<Xattr>.Create(Compare));
        foreach (ErofsXattrSet set in Sets)
        {
            foreach (Xattr xattr in set.Xattrs)
                users[xattr] = users.GetValueOrDefault(xattr) + set.Users;
        }

        var ids = new SortedDictionary<Xattr, int>(users.Comparer);
        foreach ((Xattr xattr, int count) in users)
        {
            if (leastUsers == 0 || count < leastUsers)
                continue;
            ids.Add(xattr, _shared.Count);
            _shared.Add(xattr);
            _sharedOffsets.Add(SharedSize);
            SharedSize += SizeOf(xattr);
        }

        foreach (ErofsXattrSet set in Sets)
        {
            int shared = 0;
            set.Size = ErofsXattrHeaderLayout.Size;
            for (int i = 0; i < set.Xattrs.Count; i++)
            {
                bool isShared = ids.TryGetValue(set.Xattrs[i], out int id) && shared < ErofsFormat.MaximumSharedXattrs;
                set.SharedIds[i] = isShared ? id : -1;
                shared += isShared ? 1 : 0;
                set.Size += isShared ? sizeof(uint) : SizeOf(set.Xattrs[i]);
            }
        }
    }

    /// <summary>Whether the attributes fit an inode.</summary>
    internal static bool Fits(ErofsXattrSet set) => set.Size <= LargestSize;

    /// <summary>Writes what stands behind an inode.</summary>
    /// <param name="set">The attributes.</param>
    /// <param name="area">So many bytes, all zero.</param>
    /// <param name="firstShared">Where the shared area begins, from the block on that ids count from.</param>
    internal void Write(ErofsXattrSet set, Span<byte> area, long firstShared)
    {
        int shared = 0;
        foreach (long place in set.SharedIds)
        {
            if (place < 0)
                continue;
            long id = (firstShared + _sharedOffsets[(int)place]) / ErofsXattrEntryLayout.Size;
            BinaryPrimitives.WriteUInt32LittleEndian(area[(ErofsXattrHeaderLayout.Size + (shared * sizeof(uint)))..], checked((uint)id));
            shared++;
        }

        ErofsXattrHeaderLayout.SharedCount.Set(area, (ulong)shared);
        int at = ErofsXattrHeaderLayout.Size + (shared * sizeof(uint));
        for (int i = 0; i < set.Xattrs.Count; i++)
        {
            if (set.SharedIds[i] >= 0)
                continue;
            WriteEntry(set.Xattrs[i], area[at..]);
            at += SizeOf(set.Xattrs[i]);
        }
    }

    /// <summary>Writes the shared area, which is all zero.</summary>
    internal void WriteShared(Span<byte> area)
    {
        for (int i = 0; i < _shared.Count; i++)
            WriteEntry(_shared[i], area[(int)_sharedOffsets[i]..]);
    }

    private static void WriteEntry(Xattr xattr, Span<byte> entry)
    {
        (int index, int length) = ErofsXattrNames.Split(xattr.Name.Span)!.Value;
        ReadOnlySpan<byte> suffix = xattr.Name.Span[length..];
        ErofsXattrEntryLayout.NameLength.Set(entry, (long)suffix.Length);
        ErofsXattrEntryLayout.NameIndex.Set(entry, (long)index);
        ErofsXattrEntryLayout.ValueSize.Set(entry, (long)xattr.Value.Length);
        suffix.CopyTo(entry[ErofsXattrEntryLayout.Size..]);
        xattr.Value.Span.CopyTo(entry[(ErofsXattrEntryLayout.Size + suffix.Length)..]);
    }

    private static int SizeOf(Xattr xattr) => (int)Units.RoundUp(
        ErofsXattrEntryLayout.Size + xattr.Name.Length - ErofsXattrNames.Split(xattr.Name.Span)!.Value.Length + xattr.Value.Length,
        ErofsXattrEntryLayout.Size);

    private static int Compare(Xattr a, Xattr b)
    {
        int order = a.Name.CompareTo(b.Name);
        return order != 0 ? order : a.Value.Span.SequenceCompareTo(b.Value.Span);
    }
}
