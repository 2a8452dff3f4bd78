using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A VHDX that is read.</summary>
internal sealed record VhdxImage(VhdxInfo Info, Blob Disk)
{
    private const uint HasParent = 2;
    private const uint LeaveBlocksAllocated = 1;

    internal static VhdxImage Open(Blob file)
    {
        if (file.Length < VhdxLayout.RegionUnit)
            throw Invalid($"a file of {file.Length} bytes has no room for its headers, which take {VhdxLayout.RegionUnit}");
        byte[] identifier = new byte[VhdxLayout.IdentifierBytes];
        file.Read(0, identifier);
        if (!identifier.AsSpan().StartsWith(VhdxLayout.FileSignature))
            throw Invalid($"it does not begin with vhdxfile");
        VhdxLayout.Header header = CurrentHeader(file);
        (file, int replayed) = VhdxLog.Replay(file, header);
        VhdxLayout.Region[] regions = Regions(file);
        VhdxLayout.Region metadata = Find(regions, VhdxLayout.MetadataRegion, "metadata");
        VhdxLayout.Region table = Find(regions, VhdxLayout.BlockTableRegion, "block table");
        foreach (VhdxLayout.Region region in regions)
        {
            if (region.IsRequired && region.Id != VhdxLayout.MetadataRegion && region.Id != VhdxLayout.BlockTableRegion)
                throw Invalid($"a region {region.Id} must be known to read it, and is not");
        }

        VhdxInfo info = ReadMetadata(file.Slice((long)metadata.Offset, metadata.Length)) with
        {
            FileWriteId = header.FileWriteId,
            DataWriteId = header.DataWriteId,
            Creator = VhdxLayout.ReadCreator(identifier),
            ReplayedLogEntries = replayed,
        };
        long entries = VhdxLayout.Entries(Units.Divide(info.VirtualSize, info.BlockSize), VhdxLayout.ChunkRatio(info.BlockSize, info.LogicalSectorSize));
        if (entries * VhdxLayout.EntryBytes > table.Length)
            throw Invalid($"a disk of {info.VirtualSize} bytes has {entries} table entries, where the region of {table.Length} bytes holds {table.Length / VhdxLayout.EntryBytes}");
        var pages = new TablePages(file, (long)table.Offset, entries * VhdxLayout.EntryBytes);
        return new VhdxImage(info, new VhdxDisk(file, pages, info));
    }

    private static VhdxLayout.Header CurrentHeader(Blob file)
    {
        byte[] first = new byte[VhdxLayout.HeaderBytes];
        byte[] second = new byte[VhdxLayout.HeaderBytes];
        file.Read(VhdxLayout.FirstHeader, first);
        file.Read(VhdxLayout.SecondHeader, second);
        VhdxLayout.Header? one = VhdxLayout.ReadHeader(first);
        VhdxLayout.Header? two = VhdxLayout.ReadHeader(second);
        if (one is { } a && two is { } b)
        {
            if (a.Sequence == b.Sequence && !first.AsSpan().SequenceEqual(second))
                throw Invalid($"both headers have the sequence number {a.Sequence} and differ");
            return a.Sequence > b.Sequence ? a : b;
        }

        return one ?? two ?? throw Invalid($"neither header has its signature, the version 1 and a right checksum");
    }

    private static VhdxLayout.Region[] Regions(Blob file)
    {
        byte[] bytes = new byte[VhdxLayout.RegionTableBytes];
        file.Read(VhdxLayout.FirstRegionTable, bytes);
        VhdxLayout.Region[]? regions = VhdxLayout.ReadRegions(bytes);
        if (regions is null)
        {
            file.Read(VhdxLayout.SecondRegionTable, bytes);
            regions = VhdxLayout.ReadRegions(bytes) ?? throw Invalid($"neither region table has its signature and a right checksum");
        }

        foreach (VhdxLayout.Region region in regions)
        {
            if (region.Offset < VhdxLayout.RegionUnit || region.Offset % VhdxLayout.RegionUnit != 0 || region.Length % VhdxLayout.RegionUnit != 0
                || region.Offset > (ulong)file.Length || (long)region.Offset > file.Length - region.Length)
            {
                throw Invalid($"a region of {region.Length} bytes at {region.Offset} is not on MiB or passes the file's end {file.Length}");
            }
        }

        return regions;
    }

    private static VhdxLayout.Region Find(VhdxLayout.Region[] regions, Guid id, string name)
    {
        VhdxLayout.Region[] found = [.. regions.Where(r => r.Id == id)];
        return found.Length == 1 ? found[0] : throw Invalid($"{found.Length} regions for the {name}, not one");
    }

    private static VhdxInfo ReadMetadata(Blob region)
    {
        if (region.Length < VhdxLayout.MetadataTableBytes)
            throw Invalid($"a metadata region of {region.Length} bytes has no room for its table");
        byte[] bytes = new byte[VhdxLayout.MetadataTableBytes];
        region.Read(0, bytes);
        VhdxLayout.Item[] items = VhdxLayout.ReadItems(bytes) ?? throw Invalid($"the metadata table has no signature or too many entries");
        ReadOnlySpan<Guid> known =
        [
            VhdxLayout.FileParameters, VhdxLayout.VirtualDiskSize, VhdxLayout.VirtualDiskId,
            VhdxLayout.LogicalSectorSize, VhdxLayout.PhysicalSectorSize, VhdxLayout.ParentLocator,
        ];
        foreach (VhdxLayout.Item item in items)
        {
            if (item.IsRequired && (item.IsUser || !known.Contains(item.Id)))
                throw Invalid($"a metadata item {item.Id} must be known to read it, and is not");
        }

        byte[] parameters = Value(region, items, VhdxLayout.FileParameters, 8);
        uint blockSize = BinaryPrimitives.ReadUInt32LittleEndian(parameters);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(parameters.AsSpan(4));
        if ((flags & HasParent) != 0)
            throw Invalid($"a differencing disk, which needs its parent; merge it into one image first");
        if (!BitOperations.IsPow2(blockSize) || blockSize < VhdxLayout.LeastBlockSize || blockSize > VhdxLayout.LargestBlockSize)
            throw Invalid($"blocks of {blockSize} bytes; they must be a power of two from {VhdxLayout.LeastBlockSize} to {VhdxLayout.LargestBlockSize}");
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(Value(region, items, VhdxLayout.VirtualDiskSize, 8));
        uint logical = BinaryPrimitives.ReadUInt32LittleEndian(Value(region, items, VhdxLayout.LogicalSectorSize, 4));
        uint physical = BinaryPrimitives.ReadUInt32LittleEndian(Value(region, items, VhdxLayout.PhysicalSectorSize, 4));
        if (logical is not (512 or 4096) || physical is not (512 or 4096))
            throw Invalid($"sectors of {logical} on {physical} bytes; each is 512 or 4096");
        if (size > VhdxLayout.MaximumSize || size % logical != 0)
            throw Invalid($"a disk of {size} bytes; it must be whole sectors of {logical} and at most 64 TiB");
        return new VhdxInfo
        {
            VirtualSize = (long)size,
            Allocation = (flags & LeaveBlocksAllocated) != 0 ? DiskAllocation.Fixed : DiskAllocation.Dynamic,
            BlockSize = blockSize,
            LogicalSectorSize = (int)logical,
            PhysicalSectorSize = (int)physical,
            DiskId = new Guid(Value(region, items, VhdxLayout.VirtualDiskId, 16)),
            FileWriteId = default,
            DataWriteId = default,
            Creator = "",
            ReplayedLogEntries = 0,
        };
    }

    private static byte[] Value(Blob region, VhdxLayout.Item[] items, Guid id, int length)
    {
        VhdxLayout.Item[] found = [.. items.Where(i => i.Id == id && !i.IsUser)];
        if (found.Length != 1)
            throw Invalid($"{found.Length} metadata items {id}, not one");
        if (found[0].Length < length || found[0].Offset < VhdxLayout.MetadataTableBytes || found[0].Offset > region.Length - length)
            throw Invalid($"the metadata item {id} has {found[0].Length} bytes at {found[0].Offset}; {length} are needed inside the region of {region.Length}");
        byte[] value = new byte[length];
        region.Read(found[0].Offset, value);
        return value;
    }

    internal static InvalidImageException Invalid(FormattableString message) =>
        new(Vhdx.Format, FormattableString.Invariant(message));
}
