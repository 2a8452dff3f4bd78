using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Native;

/// <summary>Ranges of a file that are stored, or are not.</summary>
internal static partial class FileRanges
{
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    /// <summary>Makes a range a hole, which reads as zeros; false where the file system has none.</summary>
    internal static bool TryPunch(SafeFileHandle file, long offset, long length) => Allocate(file, PunchHole | KeepSize, offset, length) == 0;

    /// <summary>Has blocks stored for a range, whose bytes stay as they are; false where that cannot be had.</summary>
    internal static bool TryReserve(SafeFileHandle file, long offset, long length) => Allocate(file, 0, offset, length) == 0;

    [LibraryImport("libc", EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
