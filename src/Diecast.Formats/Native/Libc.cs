using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Diecast.Formats.Native;

/// <summary>The C library's file calls that the base library does not have, or makes dearer than they are.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int Exclusive = 0x80;
    internal const int Truncate = 0x200;
    internal const int CloseOnExec = 0x80000;

    /// <summary>Of the flags in use only these two differ between architectures (arch/*/include/uapi/asm/fcntl.h).</summary>
    internal static int NoFollow => IsArm ? 0x8000 : 0x20000;

    internal static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    internal const int SymlinkNoFollow = 0x100;
    internal const int NoAutomount = 0x800;
    internal const uint StatBasic = 0x7ff;

    internal const int SeekEnd = 2;
    internal const int EmptyPath = 0x1000;

    internal const int SeekData = 3;
    internal const int SeekHole = 4;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int ENXIO = 6;
    internal const int EPERM = 1;
    internal const int ENOTTY = 25;
    internal const int EINVAL = 22;
    internal const int ENOSPC = 28;
    internal const int ERANGE = 34;
    internal const int ENOSYS = 38;
    internal const int ENODATA = 61;
    internal const int EOPNOTSUPP = 95;
    internal const int EDQUOT = 122;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    internal static unsafe partial int Open(byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static unsafe partial nint PositionalRead(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    internal static unsafe partial nint PositionalWrite(int descriptor, byte* buffer, nuint count, long offset);

    /// <summary>FICLONERANGE, as x86, Arm, RISC-V and s390 number it; elsewhere the kernel refuses it.</summary>
    internal const uint CloneRange = 0x4020940d;

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int Control(int descriptor, nuint request, FileCloneRange* range);

    /// <summary>FS_IOC_READ_VERITY_METADATA, which all architectures number alike.</summary>
    internal const uint ReadVerityMetadata = 0xC028_6687;

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int Control(int descriptor, nuint request, VerityMetadataRequest* metadata);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int SetLength(int descriptor, long length);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Allocate(int descriptor, int mode, long offset, long length);

    /// <summary>The magic number of ext2, ext3 and ext4 (include/uapi/linux/magic.h).</summary>
    internal const nint ExtMagic = 0xEF53;

    /// <summary>The kernel's <c>struct statfs</c> begins with the file system's magic number, as wide as a register.</summary>
    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    internal static unsafe partial int FileSystemStatus(int descriptor, nint* status);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(int descriptor, long offset, int origin);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    internal static unsafe partial int OpenAt(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    internal static unsafe partial int Stat(int directory, byte* path, int flags, uint mask, FileStatus* status);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    internal static unsafe partial nint ReadLinkAt(int directory, byte* path, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "llistxattr", SetLastError = true)]
    internal static unsafe partial nint ListXattrs(byte* path, byte* names, nuint size);

    [LibraryImport(Library, EntryPoint = "lgetxattr", SetLastError = true)]
    internal static unsafe partial nint GetXattr(byte* path, byte* name, byte* value, nuint size);

    /// <summary>listxattrat, of Linux 6.13 and later, the same number on every architecture in use; C libraries lack it.</summary>
    internal const nint ListXattrsAtNumber = 465;

    /// <summary>getdents64, which C libraries of systems still in use lack (arch/*/include/uapi/asm/unistd.h).</summary>
    internal static nint ListDirectoryNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 or Architecture.Arm => 217,
        Architecture.X86 or Architecture.S390x => 220,
        Architecture.Ppc64le => 202,
        _ => 61,
    };

    /// <summary>A call by its number: what takes five arguments at most, of which the second and the fourth are addresses.</summary>
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial nint SystemCall(nint number, nint first, byte* second, nint third, byte* fourth, nuint fifth);
}

/// <summary>The kernel's <c>struct fsverity_read_metadata_arg</c> (include/uapi/linux/fsverity.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VerityMetadataRequest
{
    /// <summary>FS_VERITY_METADATA_TYPE_DESCRIPTOR.</summary>
    internal const ulong Descriptor = 2;

    internal ulong Type;
    internal ulong Offset;
    internal ulong Length;
    internal ulong Buffer;
    internal ulong Reserved;
}

/// <summary>The kernel's <c>struct file_clone_range</c> (include/uapi/linux/fs.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileCloneRange
{
    internal long Source;
    internal ulong SourceOffset;
    internal ulong Length;
    internal ulong TargetOffset;
}
