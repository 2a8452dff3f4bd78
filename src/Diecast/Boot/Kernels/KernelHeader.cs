using System.Buffers.Binary;
using System.IO.Compression;
using Diecast.Formats.Blobs;

namespace Diecast.Boot;

/// <summary>Tells what a kernel image runs on from its first kilobyte.</summary>
internal static class KernelHeader
{
    private const int HeaderLength = 1024;

    // x86/boot.rst, "The Real-Mode Kernel Header".
    private const int X86Magic = 0x202;
    private const int X86Version = 0x206;
    private const int X86LoadFlags = 0x236;
    private const int X86LoadFlagsSince = 0x020c;
    private const int X86Kernel64 = 1;

    // arm64/booting.rst and riscv/boot-image-header.rst: both have their magic at 56.
    private const int ImageMagic = 56;

    // The zImage magic of arch/arm/boot/compressed/head.S.
    private const int ArmMagic = 0x24;
    private const uint ArmMagicValue = 0x016f2818;

    // PE: offset of the header, then machine (Microsoft PE/COFF 3.3).
    private const int PeOffset = 0x3c;

    /// <summary>The architecture of an image; unknown when the header is none that we know.</summary>
    internal static Architecture Read(Blob image)
    {
        byte[] header = new byte[HeaderLength];
        image.Read(0, header.AsSpan(0, (int)Math.Min(image.Length, header.Length)));
        if (header is [0x1f, 0x8b, ..])
            header = Inflate(image);
        return Read(header);
    }

    private static Architecture Read(ReadOnlySpan<byte> header)
    {
        if (header[X86Magic..].StartsWith("HdrS"u8))
        {
            bool flagged = BinaryPrimitives.ReadUInt16LittleEndian(header[X86Version..]) >= X86LoadFlagsSince;
            return flagged && (header[X86LoadFlags] & X86Kernel64) != 0 ? Architecture.Amd64 : Architecture.I386;
        }

        if (header[ImageMagic..].StartsWith("ARM\x64"u8))
            return Architecture.Arm64;
        if (header[ImageMagic..].StartsWith("RSC\x05"u8))
            return Architecture.RiscV64;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[ArmMagic..]) == ArmMagicValue)
            return Architecture.Arm;
        if (header.StartsWith("\u007fELF"u8))
            return ElfFile.MachineOf(header);
        return header.StartsWith("MZ"u8) ? ReadPe(header) : Architecture.Unknown;
    }

    /// <summary>An EFI image that unpacks itself ("zboot") says no more than its PE machine.</summary>
    private static Architecture ReadPe(ReadOnlySpan<byte> header)
    {
        int offset = BinaryPrimitives.ReadInt32LittleEndian(header[PeOffset..]);
        if (offset < 0 || offset > header.Length - 6 || !header[offset..].StartsWith("PE\0\0"u8))
            return Architecture.Unknown;
        return BinaryPrimitives.ReadUInt16LittleEndian(header[(offset + 4)..]) switch
        {
            0x8664 => Architecture.Amd64,
            0x014c => Architecture.I386,
            0xaa64 => Architecture.Arm64,
            0x01c2 or 0x01c4 => Architecture.Arm,
            0x5064 => Architecture.RiscV64,
            0x6264 => Architecture.LoongArch64,
            _ => Architecture.Unknown,
        };
    }

    private static byte[] Inflate(Blob image)
    {
        byte[] header = new byte[HeaderLength];
        try
        {
            using var stream = new GZipStream(image.OpenRead(), CompressionMode.Decompress);
            stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            return header;
        }
        catch (InvalidDataException)
        {
            return new byte[HeaderLength];
        }
    }
}
