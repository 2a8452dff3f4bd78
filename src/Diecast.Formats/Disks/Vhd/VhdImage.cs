using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A VHD that is read.</summary>
internal sealed record VhdImage(VhdInfo Info, Blob Disk)
{
    /// <summary>A block that is larger than any maker's would need a bitmap that is read as one.</summary>
    private const uint LargestBlock = 256 * 1024 * 1024;

    internal static VhdImage Open(Blob file)
    {
        (VhdLayout.Footer footer, long dataEnd) = FindFooter(file);
        if (footer.Version >> 16 != VhdLayout.Version >> 16)
            throw Invalid($"the version is {footer.Version >> 16}.{footer.Version & 0xFFFF}; 1.x is read");
        if (footer.Type == VhdLayout.Differencing)
            throw Invalid($"a differencing disk, which needs its parent; merge it into one image first");
        if (footer.Type is not (VhdLayout.Fixed or VhdLayout.Dynamic))
            throw Invalid($"the disk type is {footer.Type}; 2 (fixed) and 3 (dynamic) are read");
        long size = VirtualSize(footer);
        if (footer.Type == VhdLayout.Fixed)
        {
            if (size > dataEnd)
                throw Invalid($"a fixed disk of {size} bytes, where {dataEnd} come before the footer");
            return new VhdImage(MakeInfo(footer, size, 0), file.Slice(0, size));
        }

        VhdLayout.DynamicHeader header = ReadHeader(file, footer);
        long tableEnd = (long)header.TableOffset + ((long)header.Entries * VhdLayout.EntryBytes);
        if (tableEnd > file.Length)
            throw Invalid($"the table of {header.Entries} blocks ends at {tableEnd}, past the file's end {file.Length}");
        if (size > (long)header.Entries * header.BlockSize)
            throw Invalid($"a disk of {size} bytes, where {header.Entries} blocks of {header.BlockSize} hold {(long)header.Entries * header.BlockSize}");
        return new VhdImage(MakeInfo(footer, size, header.BlockSize), new VhdDisk(file, header, size));
    }

    /// <summary>
    /// The footer at the end, or the copy that begins a dynamic disk when the end is damaged; and where it begins,
    /// that is where a fixed disk ends.
    /// </summary>
    private static (VhdLayout.Footer Footer, long DataEnd) FindFooter(Blob file)
    {
        bool damaged = false;
        Span<byte> bytes = stackalloc byte[VhdLayout.FooterBytes];
        foreach (int length in (ReadOnlySpan<int>)[VhdLayout.FooterBytes, VhdLayout.OldFooterBytes])
        {
            if (file.Length < length)
                break;
            bytes.Clear();
            file.Read(file.Length - length, bytes[..length]);
            VhdLayout.FooterState state = VhdLayout.Probe(bytes);
            if (state == VhdLayout.FooterState.Valid)
                return (VhdLayout.ReadFooter(bytes), file.Length - length);
            damaged |= state == VhdLayout.FooterState.Damaged;
        }

        if (file.Length >= VhdLayout.FooterBytes)
        {
            file.Read(0, bytes);
            VhdLayout.FooterState state = VhdLayout.Probe(bytes);
            // Of a fixed disk it would be the disk's own first sector.
            if (state == VhdLayout.FooterState.Valid && VhdLayout.ReadFooter(bytes).Type != VhdLayout.Fixed)
                return (VhdLayout.ReadFooter(bytes), 0);
            damaged |= state == VhdLayout.FooterState.Damaged;
        }

        throw damaged ? Invalid($"the footer's checksum is wrong") : Invalid($"there is no footer at the end nor its copy at the start");
    }

    /// <summary>
    /// Virtual PC, and QEMU unless it was told to keep a size, make disks that are as long as their geometry, whatever
    /// the size beside it says; all others go by the size (QEMU, block/vpc.c, since 10.0). The largest geometry stands
    /// for all larger disks.
    /// </summary>
    private static long VirtualSize(VhdLayout.Footer footer)
    {
        long sectors = footer.Geometry.TotalSectors;
        ulong size = footer.Application is "vpc" or "qemu" && sectors != VhdLayout.MaximumGeometrySectors
            ? (ulong)sectors * VhdLayout.SectorSize
            : footer.CurrentSize / VhdLayout.SectorSize * VhdLayout.SectorSize;
        return size <= VhdLayout.MaximumSize
            ? (long)size
            : throw Invalid($"a disk of {size} bytes; the format ends at {VhdLayout.MaximumSize} (2040 GiB)");
    }

    private static VhdLayout.DynamicHeader ReadHeader(Blob file, VhdLayout.Footer footer)
    {
        if (footer.DataOffset > long.MaxValue || (long)footer.DataOffset > file.Length - VhdLayout.DynamicHeaderBytes)
            throw Invalid($"the dynamic header is at {footer.DataOffset}, past the file's end {file.Length}");
        Span<byte> bytes = stackalloc byte[VhdLayout.DynamicHeaderBytes];
        file.Read((long)footer.DataOffset, bytes);
        VhdLayout.DynamicHeader header = VhdLayout.ReadDynamicHeader(bytes)
            ?? throw Invalid($"the dynamic header at {footer.DataOffset} has no cookie or a wrong checksum");
        if (header.Version >> 16 != VhdLayout.Version >> 16)
            throw Invalid($"the dynamic header's version is {header.Version >> 16}.{header.Version & 0xFFFF}; 1.x is read");
        if (!BitOperations.IsPow2(header.BlockSize) || header.BlockSize is < VhdLayout.SectorSize or > LargestBlock)
            throw Invalid($"blocks of {header.BlockSize} bytes; they must be a power of two from {VhdLayout.SectorSize} to {LargestBlock}");
        if (header.TableOffset > (ulong)file.Length)
            throw Invalid($"the block table is at {header.TableOffset}, past the file's end {file.Length}");
        return header;
    }

    private static VhdInfo MakeInfo(VhdLayout.Footer footer, long size, long blockSize) => new()
    {
        VirtualSize = size,
        CurrentSize = (long)Math.Min(footer.CurrentSize, long.MaxValue),
        OriginalSize = (long)Math.Min(footer.OriginalSize, long.MaxValue),
        Allocation = footer.Type == VhdLayout.Fixed ? DiskAllocation.Fixed : DiskAllocation.Dynamic,
        BlockSize = blockSize,
        Geometry = footer.Geometry,
        CreatorApplication = footer.Application,
        CreatorMajorVersion = (int)(footer.ApplicationVersion >> 16),
        CreatorMinorVersion = (int)(footer.ApplicationVersion & 0xFFFF),
        CreatorHost = footer.Host,
        Time = new Timestamp(VhdLayout.Epoch + footer.Time),
        UniqueId = footer.UniqueId,
    };

    internal static InvalidImageException Invalid(FormattableString message) =>
        new(Vhd.Format, FormattableString.Invariant(message));
}
