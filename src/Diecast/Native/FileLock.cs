using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Native;

/// <summary>Locks between processes, which the kernel drops when their holder ends in whatever way (flock(2)).</summary>
internal static partial class FileLock
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int EINTR = 4;
    private const int EWOULDBLOCK = 11;

    /// <summary>Takes the lock of an open file; false while someone else has it.</summary>
    /// <exception cref="IOException">The file system has no locks.</exception>
    internal static bool TryTake(SafeFileHandle file)
    {
        while (Flock(file, Exclusive | NonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == EWOULDBLOCK)
                return false;
            if (error != EINTR)
                throw new IOException($"cannot lock a file: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return true;
    }

    /// <summary>Opens the file of a lock, making it if need be. The base library's own opening takes locks of its own.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static SafeFileHandle Open(string path)
    {
        int descriptor = OpenFile(path, ReadWrite | Create | CloseOnExec, 0b110_110_110);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"cannot open the lock {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Whether a path still names an open file.</summary>
    internal static unsafe bool IsNamed(SafeFileHandle file, string path)
    {
        // struct statx: inode number at 32, device at 136 and 140.
        byte* open = stackalloc byte[256];
        byte* named = stackalloc byte[256];
        return Statx(file, "", EmptyPath, BasicStats, open) == 0
            && StatxPath(CurrentDirectory, path, 0, BasicStats, named) == 0
            && *(ulong*)(open + 32) == *(ulong*)(named + 32) && *(ulong*)(open + 136) == *(ulong*)(named + 136);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(SafeFileHandle file, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatxPath(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
