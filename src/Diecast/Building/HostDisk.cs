using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Building;

/// <summary>What the build machine's file systems have room for.</summary>
internal static class HostDisk
{
    /// <summary>Bytes that a user may still write where a path will stand, or null where that cannot be known.</summary>
    internal static long? FreeBytes(string path)
    {
        for (string? directory = Path.GetDirectoryName(Path.GetFullPath(path)); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (!Directory.Exists(directory))
                continue;
            try
            {
                return new DriveInfo(directory).AvailableFreeSpace;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether a write failed because there is no room or the user's quota is used up.</summary>
    internal static bool IsFull(IOException exception) => FileDescriptor.IsDiskFull(exception);

    /// <summary>Bytes that the file system stores for an open file.</summary>
    internal static long AllocatedBytes(SafeFileHandle file, string path)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        try
        {
            return FileDescriptor.AllocatedBytes((int)file.DangerousGetHandle(), path);
        }
        finally
        {
            file.DangerousRelease();
        }
    }
}
