using System.Buffers.Binary;
using Diecast.Formats;

namespace Diecast.Boot;

/// <summary>GRUB for BIOS as it lies on a disk.</summary>
/// <param name="BootCode">The first 440 bytes of the disk; signature and partition table follow them.</param>
/// <param name="Core">The core image, whole sectors, for the sector that it was made for.</param>
internal sealed record GrubBios(ReadOnlyMemory<byte> BootCode, ReadOnlyMemory<byte> Core)
{
    /// <summary>Bytes in a sector: BIOS knows no others.</summary>
    internal const int SectorSize = 512;

    private const string Format = "GRUB";
    private const int BootCodeLength = 440;

    // Places in boot.img (grub include/grub/i386/pc/boot.h).
    private const int KernelSector = 0x5c;
    private const int DriveCheck = 0x66;
    private const int BootSignature = 0x1fe;

    // The core image's first sector ends with a list of ranges, from the end backwards: start (8 bytes), length
    // in sectors (2), segment to load at (2). The list ends with a length of zero.
    private const int FirstRangeStart = 0x1f4;
    private const int FirstRangeLength = 0x1fc;
    private const int SecondRangeLength = 0x1f0;

    /// <summary>Patches GRUB's images so that they find each other on the disk, as grub-install would.</summary>
    /// <param name="bootImage">boot.img of the platform i386-pc.</param>
    /// <param name="coreImage">What grub-mkimage made.</param>
    /// <param name="sector">Number of the 512-byte sector that the core image begins at; all of it lies in one run.</param>
    /// <exception cref="InvalidImageException">An image is not what grub-mkimage or the package has.</exception>
    internal static GrubBios Embed(ReadOnlySpan<byte> bootImage, ReadOnlySpan<byte> coreImage, long sector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sector, 1);
        CheckBootImage(bootImage);
        CheckCoreImage(coreImage);

        byte[] boot = bootImage[..BootCodeLength].ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(boot.AsSpan(KernelSector), sector);

        // Two NOPs in place of a jump let boot.img mistrust a drive number without bit 7, which some BIOSes give.
        boot[DriveCheck] = 0x90;
        boot[DriveCheck + 1] = 0x90;

        byte[] core = new byte[(coreImage.Length + SectorSize - 1) / SectorSize * SectorSize];
        coreImage.CopyTo(core);
        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(FirstRangeStart), sector + 1);
        return new GrubBios(boot, core);
    }

    private static void CheckBootImage(ReadOnlySpan<byte> image)
    {
        if (image.Length != SectorSize)
            throw new InvalidImageException(Format, $"boot.img has {image.Length} bytes, not one sector of {SectorSize}");
        if (BinaryPrimitives.ReadUInt16LittleEndian(image[BootSignature..]) != 0xaa55)
            throw new InvalidImageException(Format, "boot.img does not end with the boot signature 55 AA");
        if (BinaryPrimitives.ReadInt64LittleEndian(image[KernelSector..]) != 1 || image[DriveCheck] != 0xeb)
            throw new InvalidImageException(Format, "boot.img is of an unknown version: the sector at 0x5c is not 1, or 0x66 holds no jump");
    }

    private static void CheckCoreImage(ReadOnlySpan<byte> image)
    {
        if (image.Length <= SectorSize)
            throw new InvalidImageException(Format, $"the core image has {image.Length} bytes, not more than one sector");
        long listed = BinaryPrimitives.ReadUInt16LittleEndian(image[FirstRangeLength..]);
        long needed = (image.Length - 1) / SectorSize;
        if (listed != needed || BinaryPrimitives.ReadUInt16LittleEndian(image[(SecondRangeLength)..]) != 0)
            throw new InvalidImageException(Format, $"the core image's list has {listed} sectors in its first range, not all {needed}");
    }
}
