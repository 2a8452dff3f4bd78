using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The machines that a boot image is for; the values are those of El Torito and UEFI.</summary>
public enum IsoBootPlatform
{
    /// <summary>A PC with a BIOS.</summary>
    Bios = 0,

    /// <summary>A Power PC.</summary>
    PowerPc = 1,

    /// <summary>An old Macintosh.</summary>
    Mac = 2,

    /// <summary>A machine with UEFI: the image is a FAT file system.</summary>
    Efi = 0xef,
}

/// <summary>What a BIOS takes a boot image for; the values are El Torito's.</summary>
public enum IsoBootMedia
{
    /// <summary>A program that is loaded.</summary>
    NoEmulation = 0,

    /// <summary>A diskette of 1.2 MB.</summary>
    Diskette1200 = 1,

    /// <summary>A diskette of 1.44 MB.</summary>
    Diskette1440 = 2,

    /// <summary>A diskette of 2.88 MB.</summary>
    Diskette2880 = 3,

    /// <summary>A hard disk.</summary>
    HardDisk = 4,
}

/// <summary>What is written into a boot image, for its program to find the rest of itself.</summary>
[Flags]
public enum IsoBootPatches
{
    /// <summary>Nothing: the image is stored as it is.</summary>
    None = 0,

    /// <summary>The boot information table, 56 bytes at byte 8 (mkisofs <c>-boot-info-table</c>).</summary>
    InfoTable = 1,

    /// <summary>The sector number at byte 2548 that GRUB 2's cdboot.img wants (xorriso <c>--grub2-boot-info</c>).</summary>
    Grub = 2,
}

/// <summary>An entry of the boot catalogue. The image is one of: a file of the tree, content, an appended partition.</summary>
public sealed record IsoBootEntry
{
    /// <summary>For which machines. Default: PCs with a BIOS.</summary>
    public IsoBootPlatform Platform { get; init; }

    /// <summary>Path of the image in the tree. Default: null.</summary>
    public string? Path { get; init; }

    /// <summary>An image that has no name in the tree. Default: null.</summary>
    public Blob? Image { get; init; }

    /// <summary>The place in <see cref="IsoOptions.Partitions"/>, from 0, of the partition that is the image. Default: null.</summary>
    public int? Partition { get; init; }

    /// <summary>What it is loaded as. Default: a program.</summary>
    public IsoBootMedia Media { get; init; }

    /// <summary>Where a program is loaded to, as a real-mode segment. Default: 0, which stands for 0x7c0.</summary>
    public int LoadSegment { get; init; }

    /// <summary>
    /// Sectors of 512 bytes that are loaded, 0 to 65535. Default: null, 4 for a BIOS, 1 with an emulation, all for UEFI,
    /// or 0 where that is more than 65535, which firmware takes for all there is.
    /// </summary>
    public int? LoadSectors { get; init; }

    /// <summary>What is written into the image. Default: nothing.</summary>
    public IsoBootPatches Patches { get; init; }

    /// <summary>Who made it, up to 24 bytes of ASCII for the first entry and 28 for the others. Default: none.</summary>
    public string Id { get; init; } = "";
}
