using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>A table whose entries are in metadata blocks, and where those are in a list.</summary>
internal sealed class SquashfsTable(SquashfsVolume volume, long places, int entrySize, string name)
{
    /// <summary>A place from which the entry can be read.</summary>
    internal SquashfsCursor Find(long index)
    {
        long position = index * entrySize;
        Span<byte> place = stackalloc byte[sizeof(long)];
        volume.Read(places + (position / SquashfsLayout.MetadataSize * sizeof(long)), place, name);
        return new SquashfsCursor(volume, BinaryPrimitives.ReadInt64LittleEndian(place), (int)(position % SquashfsLayout.MetadataSize));
    }
}

/// <summary>Where the fragments are.</summary>
internal sealed class SquashfsFragmentTable(SquashfsVolume volume)
{
    private readonly SquashfsTable _table = new(
        volume, (long)volume.Superblock.Get(SquashfsLayout.Superblock.FragmentTable), SquashfsLayout.Fragment.Size, "the table of fragments");

    internal (long Place, uint Size) Find(uint fragment)
    {
        if (fragment >= volume.Superblock.Fragments)
            throw SquashfsSuperblock.Invalid($"there is no fragment {fragment}; there are {volume.Superblock.Fragments}");
        Span<byte> entry = stackalloc byte[SquashfsLayout.Fragment.Size];
        _table.Find(fragment).Read(entry);
        ulong place = SquashfsLayout.Fragment.Start.Get(entry);
        return place <= (ulong)volume.Superblock.BytesUsed
            ? ((long)place, SquashfsLayout.Fragment.Length.Get32(entry))
            : throw SquashfsSuperblock.Invalid($"the fragment {fragment} is at {place}, past the end, {volume.Superblock.BytesUsed}");
    }
}
