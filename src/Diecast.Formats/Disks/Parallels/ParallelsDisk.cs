using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The virtual disk of a Parallels image.</summary>
internal sealed class ParallelsDisk : MappedDisk
{
    private readonly ParallelsLayout.Header _header;
    private readonly TablePages _table;
    private readonly long _cluster;

    private ParallelsDisk(Blob file, ParallelsLayout.Header header)
        : base(file, (long)header.Sectors * ParallelsLayout.SectorSize)
    {
        _header = header;
        _cluster = (long)header.Tracks * ParallelsLayout.SectorSize;
        _table = new TablePages(file, ParallelsLayout.HeaderBytes, (long)header.Entries * ParallelsLayout.EntryBytes);
    }

    internal ParallelsInfo Info => new()
    {
        VirtualSize = Length,
        ClusterSize = _cluster,
        Clusters = _header.Entries,
        IsOld = _header.IsOld,
        InUse = _header.InUse == ParallelsLayout.InUse,
        Geometry = new DiskGeometry((int)Math.Min(int.MaxValue, _header.Cylinders), (int)Math.Min(int.MaxValue, _header.Heads), Parallels.SectorsPerTrack),
    };

    /// <summary>Whether a file starts as such an image does.</summary>
    internal static bool HasMagic(Blob file)
    {
        if (file.Length < ParallelsLayout.HeaderBytes)
            return false;
        Span<byte> magic = stackalloc byte[ParallelsLayout.Magic.Length];
        file.Read(0, magic);
        return magic.SequenceEqual(ParallelsLayout.Magic) || magic.SequenceEqual(ParallelsLayout.OldMagic);
    }

    internal static ParallelsDisk Open(Blob file)
    {
        if (file.Length < ParallelsLayout.HeaderBytes)
            throw Invalid($"a file of {file.Length} bytes has no room for a header of {ParallelsLayout.HeaderBytes}");
        if (!HasMagic(file))
            throw Invalid($"the file does not start as an expandable image does");
        ParallelsLayout.Header header = ParallelsLayout.Read(file.Slice(0, ParallelsLayout.HeaderBytes).ToArray());
        if (header.Version != ParallelsLayout.Version)
            throw Invalid($"the version is {header.Version}; {ParallelsLayout.Version} is read");
        // The limit of QEMU: the bytes of a cluster are counted with 32 bits.
        if (header.Tracks is 0 or > int.MaxValue / ParallelsLayout.SectorSize)
            throw Invalid($"clusters of {header.Tracks} sectors");
        long tableEnd = ParallelsLayout.HeaderBytes + ((long)header.Entries * ParallelsLayout.EntryBytes);
        if (tableEnd > file.Length)
            throw Invalid($"the table of {header.Entries} clusters ends at {tableEnd}, past the file's end {file.Length}");
        ulong capacity = (ulong)header.Entries * header.Tracks;
        if (header.Sectors > capacity || header.Sectors > long.MaxValue / ParallelsLayout.SectorSize)
            throw Invalid($"a disk of {header.Sectors} sectors, where {header.Entries} clusters hold {capacity}");
        return new ParallelsDisk(file, header);
    }

    /// <inheritdoc/>
    protected override Extent Find(long offset)
    {
        if ((_header.Flags & ParallelsLayout.EmptyFlag) != 0)
            return Extent.Hole(Length - offset);
        long cluster = offset / _cluster;
        long inside = offset % _cluster;
        long length = Math.Min(_cluster - inside, Length - offset);
        long entry = _table.UInt32LittleEndian(cluster);
        if (entry == 0)
            return Extent.Hole(length);
        long place = entry * (_header.IsOld ? ParallelsLayout.SectorSize : _cluster);
        if (place > File.Length - inside - length)
            throw Invalid($"cluster {cluster} lies at {place}, past the file's end {File.Length}");
        return new Extent(place + inside, length);
    }

    private static InvalidImageException Invalid(FormattableString message) =>
        new(Parallels.Format, FormattableString.Invariant(message));
}
