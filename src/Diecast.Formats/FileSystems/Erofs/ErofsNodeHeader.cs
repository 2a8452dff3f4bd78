using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>An inode as it is stored, in either size.</summary>
internal readonly struct ErofsNodeHeader
{
    private ErofsNodeHeader(ErofsVolume volume, ulong nid, long position, ReadOnlySpan<byte> bytes)
    {
        Nid = nid;
        Position = position;
        int format = (int)ErofsCompactInodeLayout.Format.Get(bytes);
        bool isWide = volume.Superblock.IsWide;
        if (format >> (isWide ? 5 : 4) != 0)
            throw ErofsFormat.Invalid($"inode {nid} is of a format that is not known ({format:x4})");
        Layout = (ErofsDataLayout)((format >> ErofsFormat.FormatLayoutShift) & ErofsFormat.FormatLayoutMask);
        if (!Enum.IsDefined(Layout))
            throw ErofsFormat.Invalid($"inode {nid} has the data layout {(int)Layout}, which is not known");
        bool isExtended = (format & ErofsFormat.FormatExtended) != 0;
        Size = isExtended ? ErofsExtendedInodeLayout.Size : ErofsCompactInodeLayout.Size;
        int xattrCount = (int)ErofsCompactInodeLayout.XattrCount.Get(bytes);
        XattrSize = xattrCount == 0 ? 0 : ErofsXattrHeaderLayout.Size + ((xattrCount - 1) * sizeof(uint));
        int mode = (int)ErofsCompactInodeLayout.Mode.Get(bytes);
        Type = (InodeType)(mode & 0xf000);
        Mode = mode & 0xfff;
        Union = (uint)ErofsCompactInodeLayout.Union.Get(bytes);
        uint nextBits = (uint)ErofsCompactInodeLayout.Links.Get(bytes);
        ulong size;
        if (isExtended)
        {
            size = ErofsExtendedInodeLayout.FileSize.Get(bytes);
            Uid = (uint)ErofsExtendedInodeLayout.Uid.Get(bytes);
            Gid = (uint)ErofsExtendedInodeLayout.Gid.Get(bytes);
            Links = (uint)ErofsExtendedInodeLayout.Links.Get(bytes);
            ModifiedTime = new Timestamp(
                unchecked((long)ErofsExtendedInodeLayout.ModifiedTime.Get(bytes)), (int)Math.Min(ErofsExtendedInodeLayout.ModifiedNanoseconds.Get(bytes), int.MaxValue));
        }
        else
        {
            size = ErofsCompactInodeLayout.FileSize.Get(bytes);
            Uid = (uint)ErofsCompactInodeLayout.Uid.Get(bytes);
            Gid = (uint)ErofsCompactInodeLayout.Gid.Get(bytes);
            bool hasOneLink = isWide && Type != InodeType.Directory && (format & ErofsFormat.FormatBit4) != 0;
            Links = hasOneLink ? 1 : nextBits;
            if (!hasOneLink)
                nextBits = 0;
            Timestamp epoch = volume.Superblock.Time;
            ulong later = ErofsCompactInodeLayout.ModifiedTime.Get(bytes);
            ModifiedTime = epoch with { Seconds = unchecked(epoch.Seconds + (long)later) };
        }

        if (size > long.MaxValue)
            throw ErofsFormat.Invalid($"inode {nid} claims {size} bytes");
        if (ModifiedTime.Nanoseconds >= 1_000_000_000)
            throw ErofsFormat.Invalid($"inode {nid} has a time with {ModifiedTime.Nanoseconds} nanoseconds");
        FileSize = (long)size;
        StartBlock = isWide ? Union | ((long)nextBits << 32) : Union;
    }

    internal ulong Nid { get; }

    /// <summary>From the image's start.</summary>
    internal long Position { get; }

    internal ErofsDataLayout Layout { get; }

    /// <summary>Bytes of the inode, without its attributes.</summary>
    internal int Size { get; }

    /// <summary>Bytes of the attributes behind it.</summary>
    internal int XattrSize { get; }

    internal InodeType Type { get; }

    internal int Mode { get; }

    internal uint Uid { get; }

    internal uint Gid { get; }

    internal uint Links { get; }

    internal long FileSize { get; }

    internal Timestamp ModifiedTime { get; }

    /// <summary>The first block of the content, where it has blocks.</summary>
    internal long StartBlock { get; }

    /// <summary>What the layout or the type makes of it.</summary>
    internal uint Union { get; }

    /// <summary>The first byte after the inode and its attributes.</summary>
    internal long End => Position + Size + XattrSize;

    internal static ErofsNodeHeader Read(ErofsVolume volume, ulong nid)
    {
        if (nid > (ulong)volume.Image.Length >> ErofsFormat.SlotBits)
            throw ErofsFormat.Invalid($"inode {nid} would be behind the image's end");
        long position = volume.Superblock.MetaStart + ((long)nid << ErofsFormat.SlotBits);
        Span<byte> bytes = stackalloc byte[ErofsExtendedInodeLayout.Size];
        volume.Read(position, bytes[..ErofsCompactInodeLayout.Size], "an inode");
        if ((ErofsCompactInodeLayout.Format.Get(bytes) & ErofsFormat.FormatExtended) != 0)
            volume.Read(position, bytes, "an inode");
        return new ErofsNodeHeader(volume, nid, position, bytes);
    }
}
