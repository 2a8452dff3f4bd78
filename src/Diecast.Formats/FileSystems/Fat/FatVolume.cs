using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Where the parts of somebody's FAT file system are, in bytes, as its boot sector tells.</summary>
/// <param name="Image">The file system.</param>
/// <param name="Type">Which FAT.</param>
/// <param name="ClusterSize">Bytes in a cluster.</param>
/// <param name="TableOffset">The table that is in use.</param>
/// <param name="RootOffset">The fixed root directory of FAT12 and FAT16.</param>
/// <param name="RootEntries">Entries of the fixed root directory; none for FAT32.</param>
/// <param name="RootCluster">The root directory's first cluster; 0 where it is fixed.</param>
/// <param name="DataOffset">Where cluster 2 is.</param>
/// <param name="LastCluster">The highest number of a cluster.</param>
/// <param name="BootOffset">The boot sector that was read: 0, or where FAT32 has its copy.</param>
internal sealed record FatVolume(
    Blob Image,
    FatType Type,
    int ClusterSize,
    long TableOffset,
    long RootOffset,
    int RootEntries,
    uint RootCluster,
    long DataOffset,
    uint LastCluster,
    long BootOffset)
{
    private const int LargestSector = 4096;

    internal long ClusterOffset(long cluster) => DataOffset + ((cluster - 2) * ClusterSize);

    /// <summary>Reads the boot sector, or FAT32's copy of it where the first is none.</summary>
    internal static FatVolume Parse(Blob image)
    {
        try
        {
            return ParseAt(image, 0);
        }
        catch (InvalidImageException)
        {
            if (FindBackup(image) is { } backup)
                return backup;
            throw;
        }
    }

    /// <summary>The copy is in sector 6, and says so; how long a sector is, only it knows.</summary>
    private static FatVolume? FindBackup(Blob image)
    {
        Span<byte> boot = stackalloc byte[FatLayout.BootSectorLength];
        for (int sectorSize = FatLayout.BootSectorLength; sectorSize <= LargestSector; sectorSize *= 2)
        {
            long offset = (long)FatLayout.BackupBootSector * sectorSize;
            if (offset + boot.Length > image.Length)
                return null;
            image.Read(offset, boot);
            if (!FatLayout.HasSignature(boot) || FatLayout.BytesPerSector(boot) != sectorSize
                || FatLayout.TableSectors16(boot) != 0 || FatLayout.BackupSector(boot) != FatLayout.BackupBootSector)
                continue;
            try
            {
                return ParseAt(image, offset);
            }
            catch (InvalidImageException)
            {
                // Neither of the two is one, and the first is the one to tell about.
                return null;
            }
        }

        return null;
    }

    /// <summary>Reads a boot sector.</summary>
    /// <remarks>
    /// What decides the type is what decides it for Linux: no 16-bit length of the tables makes a FAT32, of any size;
    /// otherwise it is the number of clusters (fs/fat/inode.c, fat_fill_super).
    /// </remarks>
    private static FatVolume ParseAt(Blob image, long bootOffset)
    {
        if (image.Length < FatLayout.BootSectorLength)
            throw FatFileSystem.Invalid($"an image of {image.Length} bytes has no boot sector");
        Span<byte> boot = stackalloc byte[FatLayout.BootSectorLength];
        image.Read(bootOffset, boot);
        int sectorSize = FatLayout.BytesPerSector(boot);
        int sectorsPerCluster = FatLayout.SectorsPerCluster(boot);
        long reserved = FatLayout.ReservedSectors(boot);
        int tables = FatLayout.Tables(boot);
        int media = FatLayout.MediaByte(boot);
        if (sectorSize < FatLayout.BootSectorLength || sectorSize > LargestSector || !BitOperations.IsPow2(sectorSize))
            throw FatFileSystem.Invalid($"sectors of {sectorSize} bytes; no FAT boot sector, or not one that is supported");
        if (sectorsPerCluster == 0 || !BitOperations.IsPow2(sectorsPerCluster))
            throw FatFileSystem.Invalid($"clusters of {sectorsPerCluster} sectors; no FAT boot sector");
        if (reserved == 0 || tables == 0 || (media != 0xF0 && media < FatLayout.Media))
            throw FatFileSystem.Invalid($"{reserved} reserved sectors, {tables} tables, media byte {media:X2}; no FAT boot sector");

        bool large = FatLayout.TableSectors16(boot) == 0;
        long tableSectors = large ? FatLayout.TableSectors32(boot) : FatLayout.TableSectors16(boot);
        int rootEntries = FatLayout.RootEntries(boot);
        if (tableSectors == 0 || (large && rootEntries != 0))
            throw FatFileSystem.Invalid($"tables of {tableSectors} sectors and {rootEntries} root entries");
        if (large && FatLayout.Version(boot) is var version and not 0)
            throw FatFileSystem.Invalid($"FAT32 of version {version >> 8}.{version & 0xff}; 0.0 is supported");
        int table = large ? FatLayout.ActiveTable(boot) : 0;
        if (table >= tables)
            throw FatFileSystem.Invalid($"table {table} is in use and there are {tables}");

        int rootSectors = ((rootEntries * FatLayout.EntryLength) + sectorSize - 1) / sectorSize;
        long rootOffset = (reserved + (tables * tableSectors)) * sectorSize;
        long dataSector = reserved + (tables * tableSectors) + rootSectors;
        long sectors = FatLayout.TotalSectors(boot);
        long clusters = (sectors - dataSector) / sectorsPerCluster;
        if (sectors < dataSector + sectorsPerCluster)
            throw FatFileSystem.Invalid($"{sectors} sectors, and the data area starts at {dataSector}");
        FatType type = large ? FatType.Fat32 : clusters > FatSizer.ClusterRange(FatType.Fat12).Most ? FatType.Fat16 : FatType.Fat12;
        long held = (tableSectors * sectorSize * 8 / (int)type) - 2;
        clusters = Math.Min(clusters, held);
        if (clusters < 1 || clusters > FatSizer.ClusterRange(type).Most)
            throw FatFileSystem.Invalid($"a FAT{(int)type} of {clusters} clusters; it has 1 to {FatSizer.ClusterRange(type).Most}");
        long tableOffset = (reserved + (table * tableSectors)) * sectorSize;
        if (tables > 1 && !(large && FatLayout.IsMirroringOff(boot)) && !StartsWell(image, tableOffset, type)
            && StartsWell(image, tableOffset + (tableSectors * sectorSize), type))
            tableOffset += tableSectors * sectorSize;
        long metadataEnd = Math.Max(tableOffset + ((((clusters + 2) * (int)type) + 7) / 8), rootOffset + ((long)rootEntries * FatLayout.EntryLength));
        if (metadataEnd > image.Length)
            throw FatFileSystem.Invalid($"the tables and the root directory end at {metadataEnd}, the image at {image.Length}");
        return new FatVolume(
            image,
            type,
            sectorSize * sectorsPerCluster,
            tableOffset,
            rootOffset,
            rootEntries,
            large ? FatLayout.RootClusterNumber(boot) : 0,
            dataSector * sectorSize,
            (uint)(clusters + 1),
            bootOffset);
    }

    /// <summary>
    /// Whether the first entry of a table is one: all ones but for the media byte. Of two tables fsck.fat takes the
    /// second where only that starts so (dosfstools, fat.c, read_fat).
    /// </summary>
    private static bool StartsWell(Blob image, long offset, FatType type)
    {
        Span<byte> entry = stackalloc byte[4];
        if (offset + entry.Length > image.Length)
            return false;
        image.Read(offset, entry);
        uint all = type switch
        {
            FatType.Fat12 => 0xFF8,
            FatType.Fat16 => 0xFFF8,
            _ => 0x0FFFFFF8,
        };
        return (BinaryPrimitives.ReadUInt32LittleEndian(entry) & all) == all;
    }
}
