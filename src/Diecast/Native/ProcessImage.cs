using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Diecast.Native;

/// <summary>This process's own program.</summary>
internal static partial class ProcessImage
{
    /// <summary>
    /// Puts another program in the place of this one: it has the terminal, the signals and the exit code to itself. It does
    /// not return.
    /// </summary>
    /// <param name="program">Name, looked up on the PATH.</param>
    /// <param name="arguments">What follows the name.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static void Replace(string program, IReadOnlyList<string> arguments)
    {
        _ = Execute(program, [program, .. arguments, null]);
        throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
