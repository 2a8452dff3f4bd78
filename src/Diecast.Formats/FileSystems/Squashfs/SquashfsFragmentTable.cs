namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Where the fragments are.</summary>
internal sealed class SquashfsFragmentTable(SquashfsVolume volume)
{
    private readonly SquashfsTable _table = new(
        volume, volume.Superblock.Place(SquashfsLayout.Superblock.FragmentTable), SquashfsLayout.Fragment.Size, "the table of fragments");

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
