using System.Runtime.InteropServices;
using System.Text;
using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Diecast.Native;

/// <summary>Files that have no name until they are complete, and names that change places.</summary>
internal static partial class FileLinks
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int TemporaryFile = 0x400000;
    private const int CurrentDirectory = -100;
    private const int FollowLink = 0x400;
    private const uint Exchange = 2;

    /// <summary>An unnamed file in a directory, or null where the file system cannot make one.</summary>
    internal static SafeFileHandle? CreateUnnamed(string directory, uint mode)
    {
        int descriptor = Open(Encoding.UTF8.GetBytes(directory + '\0'), TemporaryFile | Libc.DirectoryOnly | ReadWrite | CloseOnExec, mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gives an unnamed file a name that must be free; false, with nothing done, where /proc is missing.</summary>
    internal static bool TryLink(SafeFileHandle file, string path)
    {
        byte[] source = Encoding.UTF8.GetBytes($"/proc/self/fd/{file.DangerousGetHandle()}\0");
        return LinkAt(CurrentDirectory, source, CurrentDirectory, Encoding.UTF8.GetBytes(path + '\0'), FollowLink) == 0;
    }

    /// <summary>Has two names change places in one step; false, with nothing done, where the C library or the file system cannot.</summary>
    internal static bool TryExchange(string first, string second)
    {
        try
        {
            return RenameAt(
                CurrentDirectory, Encoding.UTF8.GetBytes(first + '\0'), CurrentDirectory, Encoding.UTF8.GetBytes(second + '\0'), Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt(int sourceDirectory, byte[] source, int targetDirectory, byte[] target, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(int sourceDirectory, byte[] source, int targetDirectory, byte[] target, int flags);
}
