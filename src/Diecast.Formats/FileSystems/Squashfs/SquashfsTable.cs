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
