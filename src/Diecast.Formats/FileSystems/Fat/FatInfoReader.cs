using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Reads what a FAT file system says of itself: its boot sector, its information sector and its label.</summary>
internal static class FatInfoReader
{
    internal static FatInfo Read(FatVolume volume, FatReadOptions options)
    {
        Span<byte> boot = stackalloc byte[FatLayout.BootSectorLength];
        volume.Image.Read(volume.BootOffset, boot);
        FatCharacters characters = FatCharacters.Of(options.CodePage);
        bool large = volume.Type == FatType.Fat32;
        int extended = large ? 64 : 36;
        int sectorSize = FatLayout.BytesPerSector(boot);
        // 0x28: the volume id alone; 0x29: the label and the type's name too.
        bool hasId = boot[extended + 2] is 0x28 or FatLayout.ExtendedSignature;
        string label = boot[extended + 2] == FatLayout.ExtendedSignature ? Text(boot.Slice(extended + 7, FatLabel.Length), characters) : "";
        return new FatInfo
        {
            Type = volume.Type,
            SectorSize = sectorSize,
            ClusterSize = volume.ClusterSize,
            ClusterCount = volume.LastCluster - 1,
            Length = FatLayout.TotalSectors(boot) * sectorSize,
            DataOffset = volume.DataOffset,
            Tables = FatLayout.Tables(boot),
            RootEntries = volume.RootEntries,
            Label = RootLabel(volume, characters) ?? (label == "NO NAME" ? "" : label),
            VolumeId = hasId ? BinaryPrimitives.ReadUInt32LittleEndian(boot[(extended + 3)..]) : null,
            Maker = Text(boot.Slice(3, 8), characters),
            HiddenSectors = BinaryPrimitives.ReadUInt32LittleEndian(boot[28..]),
            SectorsPerTrack = BinaryPrimitives.ReadUInt16LittleEndian(boot[24..]),
            Heads = BinaryPrimitives.ReadUInt16LittleEndian(boot[26..]),
            DriveNumber = boot[extended],
            FreeClusters = large ? Free(volume, boot, sectorSize) : null,
            IsClean = IsClean(volume),
            IsFromBackup = volume.BootOffset != 0,
        };
    }

    private static string Text(ReadOnlySpan<byte> bytes, FatCharacters characters)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte value in bytes)
            text.Append(characters.Decode(value));
        return text.ToString().TrimEnd(' ', '\0');
    }

    /// <summary>The first entry of the root that is a label; Linux and Windows go by it.</summary>
    private static string? RootLabel(FatVolume volume, FatCharacters characters)
    {
        var chains = new FatChains(volume);
        uint cluster = volume.RootCluster;
        byte[] buffer = new byte[Math.Max(FatLayout.EntryLength, volume.Type == FatType.Fat32 ? volume.ClusterSize : volume.RootEntries * FatLayout.EntryLength)];
        if (volume.Type == FatType.Fat32)
            chains.CheckFirst(cluster, FatPlace.Root);
        long offset = volume.Type == FatType.Fat32 ? volume.ClusterOffset(cluster) : volume.RootOffset;
        for (int entries = 0; entries <= FatTreeReader.MaximumEntries;)
        {
            if (offset + buffer.Length > volume.Image.Length)
                throw FatPlace.Root.Invalid($"the directory lies at {offset}, the image ends at {volume.Image.Length}");
            volume.Image.Read(offset, buffer);
            for (int at = 0; at < buffer.Length; at += FatLayout.EntryLength, entries++)
            {
                Span<byte> entry = buffer.AsSpan(at, FatLayout.EntryLength);
                if (entry[0] == 0)
                    return null;
                int attributes = FatLayout.Attributes(entry);
                if (entry[0] == FatLayout.DeletedMark || attributes == FatLayout.AttributeLongName || (attributes & FatLayout.AttributeVolume) == 0)
                    continue;
                if (entry[0] == FatLayout.EscapedDeletedMark)
                    entry[0] = FatLayout.DeletedMark;
                return Text(FatLayout.ShortName(entry), characters);
            }

            if (volume.Type != FatType.Fat32)
                return null;
            cluster = chains.Follow(cluster, FatPlace.Root);
            if (cluster == 0)
                return null;
            offset = volume.ClusterOffset(cluster);
        }

        return null;
    }

    private static long? Free(FatVolume volume, ReadOnlySpan<byte> boot, int sectorSize)
    {
        long offset = (long)BinaryPrimitives.ReadUInt16LittleEndian(boot[48..]) * sectorSize;
        Span<byte> info = stackalloc byte[FatLayout.BootSectorLength];
        if (offset == 0 || offset + info.Length > volume.Image.Length)
            return null;
        volume.Image.Read(offset, info);
        uint free = BinaryPrimitives.ReadUInt32LittleEndian(info[488..]);
        bool isInfo = info.StartsWith("RRaA"u8) && info[484..].StartsWith("rrAa"u8);
        return isInfo && free < volume.LastCluster ? free : null;
    }

    /// <summary>The highest bit of entry 1 (FAT16), the highest of its 28 (FAT32): set when it was unmounted.</summary>
    private static bool IsClean(FatVolume volume)
    {
        Span<byte> entry = stackalloc byte[4];
        switch (volume.Type)
        {
            case FatType.Fat16:
                volume.Image.Read(volume.TableOffset + 2, entry[..2]);
                return (entry[1] & 0x80) != 0;
            case FatType.Fat32:
                volume.Image.Read(volume.TableOffset + 4, entry);
                return (entry[3] & 0x08) != 0;
            default:
                return true;
        }
    }
}
