using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The virtual disk of a VDI.</summary>
internal sealed class VdiDisk : MappedDisk
{
    private readonly VdiLayout.Header _header;
    private readonly TablePages _map;

    private VdiDisk(Blob file, VdiLayout.Header header, long size)
        : base(file, size)
    {
        _header = header;
        _map = new TablePages(file, header.MapOffset, (long)header.Blocks * VdiLayout.EntryBytes);
    }

    internal VdiInfo Info => new()
    {
        VirtualSize = Length,
        Allocation = _header.Type == VdiLayout.TypeFixed ? DiskAllocation.Fixed : DiskAllocation.Dynamic,
        BlockSize = _header.BlockSize,
        Blocks = _header.Blocks,
        AllocatedBlocks = _header.Allocated,
        ImageId = _header.ImageId,
        ModificationId = _header.ModificationId,
        Geometry = _header.Geometry,
        Creator = _header.Creator.TrimEnd('\n'),
        Comment = _header.Comment,
    };

    internal static VdiDisk Open(Blob file)
    {
        if (file.Length < VdiLayout.SectorSize)
            throw Invalid($"a file of {file.Length} bytes has no room for a header of {VdiLayout.SectorSize}");
        byte[] bytes = new byte[VdiLayout.SectorSize];
        file.Read(0, bytes);
        VdiLayout.Header header = VdiLayout.Read(bytes);
        if (header.Signature != VdiLayout.Signature)
            throw Invalid($"the signature is {header.Signature:x8}, not {VdiLayout.Signature:x8}");
        if (header.Version != VdiLayout.Version)
            throw Invalid($"the version is {header.Version >> 16}.{header.Version & 0xFFFF}; 1.1 is read");
        if (header.Type is VdiLayout.TypeDifferencing or VdiLayout.TypeUndo || header.LinkId != Guid.Empty || header.ParentId != Guid.Empty)
            throw Invalid($"a differencing image, which needs its parent {header.LinkId}; merge it into one image first");
        if (header.Type is not (VdiLayout.TypeDynamic or VdiLayout.TypeFixed))
            throw Invalid($"the image type is {header.Type}; 1 (dynamic) and 2 (fixed) are read");
        if (header.SectorBytes != VdiLayout.SectorSize)
            throw Invalid($"sectors of {header.SectorBytes} bytes; {VdiLayout.SectorSize} are read");
        if (header.BlockSize is 0 or > int.MaxValue || header.BlockSize % VdiLayout.SectorSize != 0)
            throw Invalid($"blocks of {header.BlockSize} bytes; they must be a multiple of {VdiLayout.SectorSize} below 2 GiB");
        if (header.BlockExtra != 0)
            throw Invalid($"blocks with {header.BlockExtra} bytes of data of their own before them, which nothing is known to write");
        if (header.MapOffset < VdiLayout.SectorSize || header.MapOffset % VdiLayout.SectorSize != 0)
            throw Invalid($"the block map is at {header.MapOffset}, which is inside the header or no multiple of {VdiLayout.SectorSize}");
        if (header.DataOffset % VdiLayout.SectorSize != 0)
            throw Invalid($"the blocks begin at {header.DataOffset}, which is no multiple of {VdiLayout.SectorSize}");
        long mapEnd = header.MapOffset + ((long)header.Blocks * VdiLayout.EntryBytes);
        if (mapEnd > file.Length)
            throw Invalid($"the map of {header.Blocks} blocks ends at {mapEnd}, past the file's end {file.Length}");
        long capacity = (long)header.Blocks * header.BlockSize;
        // VBoxManage can make disks of odd sizes; QEMU rounds them up too.
        if (header.DiskSize > (ulong)capacity || Units.RoundUp((long)header.DiskSize, VdiLayout.SectorSize) > capacity)
            throw Invalid($"a disk of {header.DiskSize} bytes, where {header.Blocks} blocks of {header.BlockSize} hold {capacity}");
        return new VdiDisk(file, header, Units.RoundUp((long)header.DiskSize, VdiLayout.SectorSize));
    }

    /// <inheritdoc/>
    protected override Extent Find(long offset)
    {
        long block = offset / _header.BlockSize;
        long inside = offset % _header.BlockSize;
        long length = Math.Min(_header.BlockSize - inside, Length - offset);
        uint entry = _map.UInt32LittleEndian(block);
        if (entry >= VdiLayout.Zero)
            return Extent.Hole(length);
        long position = _header.DataOffset + ((long)entry * _header.BlockSize) + inside;
        if (position > File.Length - length)
            throw Invalid($"block {block} lies at {position - inside}, past the file's end {File.Length}");
        return new Extent(position, length);
    }

    private static InvalidImageException Invalid(FormattableString message) =>
        new(Vdi.Format, FormattableString.Invariant(message));
}
