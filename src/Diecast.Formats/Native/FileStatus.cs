using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>The kernel's <c>struct statx</c>, the same on every architecture (include/uapi/linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    /// <summary>Whether fs-verity protects the file (STATX_ATTR_VERITY).</summary>
    internal const ulong VerityAttribute = 0x0010_0000;

    [FieldOffset(8)]
    internal ulong Attributes;

    [FieldOffset(16)]
    internal uint Links;

    [FieldOffset(20)]
    internal uint Uid;

    [FieldOffset(24)]
    internal uint Gid;

    [FieldOffset(28)]
    internal ushort FullMode;

    [FieldOffset(32)]
    internal ulong InodeNumber;

    [FieldOffset(40)]
    internal long Size;

    /// <summary>Blocks of 512 bytes.</summary>
    [FieldOffset(48)]
    internal long Blocks;

    [FieldOffset(112)]
    internal long ModifiedSeconds;

    [FieldOffset(120)]
    internal int ModifiedNanoseconds;

    [FieldOffset(128)]
    internal uint DeviceMajor;

    [FieldOffset(132)]
    internal uint DeviceMinor;

    [FieldOffset(136)]
    internal uint FileSystemMajor;

    [FieldOffset(140)]
    internal uint FileSystemMinor;
}
