using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Native;

/// <summary>Makes entries of directories by paths that are bytes, which the base library's are not. Paths end with NUL.</summary>
internal static partial class HostEntries
{
    // O_WRONLY, O_CREAT, O_EXCL, O_CLOEXEC: the same on every architecture in use.
    private const int WriteNew = 1 | 0x40 | 0x80 | 0x80000;
    private const uint OwnerOnly = 0b110_000_000;
    private const uint OwnerOnlyDirectory = 0b111_000_000;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;

    internal static void MakeDirectory(byte[] path) => Check(Mkdir(path, OwnerOnlyDirectory), "make the directory", path);

    /// <summary>Makes a file, which must not be there, for writing.</summary>
    internal static SafeFileHandle MakeFile(byte[] path)
    {
        int descriptor = Open(path, WriteNew, OwnerOnly);
        Check(descriptor < 0 ? -1 : 0, "make", path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <param name="target">The link's target, which ends with NUL.</param>
    /// <param name="path">The link.</param>
    internal static void MakeSymlink(byte[] target, byte[] path) => Check(Symlink(target, path), "make the link", path);

    internal static void MakeHardLink(byte[] file, byte[] path) => Check(Link(file, path), "make the name", path);

    internal static void SetAttribute(byte[] path, byte[] name, ReadOnlySpan<byte> value) =>
        Check(SetXattr(path, name, value, (nuint)value.Length, 0), "set an attribute of", path);

    /// <summary>Sets the time of modification and that of access, of a link itself too.</summary>
    internal static void SetTime(byte[] path, long seconds)
    {
        ReadOnlySpan<nint> times = [(nint)seconds, 0, (nint)seconds, 0];
        Check(SetTimes(CurrentDirectory, path, times, NoFollow), "set the time of", path);
    }

    private static void Check(int result, string verb, byte[] path)
    {
        if (result != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot {verb} {System.Text.Encoding.UTF8.GetString(path).TrimEnd('\0')}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    private static partial int Mkdir(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "symlink", SetLastError = true)]
    private static partial int Symlink(byte[] target, byte[] path);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true)]
    private static partial int Link(byte[] file, byte[] path);

    [LibraryImport("libc", EntryPoint = "lsetxattr", SetLastError = true)]
    private static partial int SetXattr(byte[] path, byte[] name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static partial int SetTimes(int directory, byte[] path, ReadOnlySpan<nint> times, int flags);
}
