using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>All directories of one of the trees, written when they are read.</summary>
internal sealed class IsoDirectoriesBlob : Blob
{
    private readonly IsoDirectoryWriter _writer;
    private readonly List<IsoDirectory> _directories;
    private readonly long _shift;
    private readonly long _start;

    /// <summary>The directory that a reading ended in, which the next one is likely to begin in.</summary>
    private volatile Written? _last;

    /// <param name="writer">Which tree.</param>
    /// <param name="directories">The directories in their order, with their places.</param>
    /// <param name="shift">Sectors that this copy of the directories is behind the first one.</param>
    /// <param name="start">The sector that numbers of blocks are counted from.</param>
    internal IsoDirectoriesBlob(IsoDirectoryWriter writer, List<IsoDirectory> directories, long shift, long start)
        : base(SectorsOf(writer, directories) * IsoFormat.SectorSize) =>
        (_writer, _directories, _shift, _start) = (writer, directories, shift, start);

    /// <summary>The first directory's sector, in the first copy.</summary>
    internal long FirstSector => _writer.ExtentOf(_directories[0]).Sector;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        IsoDirectoryWriter writer = _writer.Another();
        for (int i = DirectoryAt(offset); destination.Length > 0; i++)
        {
            byte[] bytes = _last is { } last && last.Index == i ? last.Bytes : writer.Write(_directories[i], _shift, _start);
            int from = (int)(offset - ((_writer.ExtentOf(_directories[i]).Sector - FirstSector) * IsoFormat.SectorSize));
            int count = Math.Min(bytes.Length - from, destination.Length);
            bytes.AsSpan(from, count).CopyTo(destination);
            if (from + count < bytes.Length)
                _last = new Written(i, bytes);
            destination = destination[count..];
            offset += count;
        }
    }

    private static long SectorsOf(IsoDirectoryWriter writer, List<IsoDirectory> directories)
    {
        IsoExtent last = writer.ExtentOf(directories[^1]);
        return last.Sector + last.Sectors - writer.ExtentOf(directories[0]).Sector;
    }

    private int DirectoryAt(long offset)
    {
        long sector = FirstSector + (offset / IsoFormat.SectorSize);
        int low = 0;
        int high = _directories.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_writer.ExtentOf(_directories[middle]).Sector <= sector)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private sealed record Written(int Index, byte[] Bytes);
}
