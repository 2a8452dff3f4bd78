using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Running;

/// <summary>The programs that UEFI starts by itself, by which a PC's disk tells its firmware.</summary>
internal static class EfiPrograms
{
    private const string Directory = "EFI/BOOT/";

    /// <summary>
    /// UEFI where the disk has a program for it, of 32 bits where it has that alone, BIOS where it has a partition table and no EFI
    /// system partition. A disk that does not tell is for UEFI.
    /// </summary>
    internal static Firmware FirmwareOf(Blob disk)
    {
        if (DiskContents.Read(disk).Table is not { } table)
            return Firmware.Uefi;
        FoundPartition[] found = [.. table.Partitions.Where(partition => partition.Type.Name == "esp")];
        if (found.Length == 0)
            return Firmware.Bios;
        bool isNarrow = false;
        foreach (FoundPartition partition in found)
        {
            long start = Math.Min(partition.Offset, disk.Length);
            if (ReadFat(disk.Slice(start, Math.Min(partition.Length, disk.Length - start))) is not { } files)
                continue;
            if (Has(files, Platform.Amd64))
                return Firmware.Uefi;
            isNarrow |= Has(files, Platform.I386);
        }

        return isNarrow ? Firmware.Uefi32 : Firmware.Uefi;
    }

    private static FileTree? ReadFat(Blob partition)
    {
        try
        {
            return FatFileSystem.Read(partition);
        }
        catch (InvalidImageException)
        {
            // The firmware will say what it thinks of it.
            return null;
        }
    }

    /// <summary>FAT's names differ in more than case.</summary>
    private static bool Has(FileTree files, Platform platform) =>
        files.Walk().Any(entry => string.Equals(entry.Path.TrimStart('/'), Directory + platform.EfiBootName, StringComparison.OrdinalIgnoreCase));
}
