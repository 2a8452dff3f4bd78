using System.Runtime.InteropServices;

namespace Diecast.Native;

/// <summary>Permissions as they are asked for, whatever the umask.</summary>
internal static partial class FileModes
{
    /// <summary>The user who runs this.</summary>
    internal static uint UserId => GetUserId();

    internal static void MakeDirectory(string path, uint mode)
    {
        Directory.CreateDirectory(path);
        Set(path, mode);
    }

    /// <exception cref="IOException">They cannot be set.</exception>
    internal static void Set(string path, uint mode)
    {
        if (ChangeMode(path, mode) != 0)
            throw new IOException($"cannot set the permissions of {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUserId();
}
