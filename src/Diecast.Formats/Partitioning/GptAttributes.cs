namespace Diecast.Formats.Partitioning;

/// <summary>GPT attribute bits (UEFI 2.10 table 5.6; Discoverable Partitions Specification for bits 59 to 63).</summary>
public static class GptAttributes
{
    /// <summary>Bit 0: the platform needs the partition; tools must keep it.</summary>
    public const ulong Required = 1UL << 0;

    /// <summary>Bit 1: firmware makes no block device of it.</summary>
    public const ulong NoBlockIo = 1UL << 1;

    /// <summary>Bit 2: a BIOS boot program may start it.</summary>
    public const ulong LegacyBoot = 1UL << 2;

    /// <summary>Bit 59: the file system is to be grown to the partition when it is mounted.</summary>
    public const ulong GrowFileSystem = 1UL << 59;

    /// <summary>Bit 60: to be mounted read-only.</summary>
    public const ulong ReadOnly = 1UL << 60;

    /// <summary>Bit 63: not to be mounted without being asked for.</summary>
    public const ulong NoAuto = 1UL << 63;
}
