using System.Runtime.InteropServices;

namespace Diecast.Native;

/// <summary>
/// The mode of the terminal on standard input, given back when this is disposed. A child that is ended while it has the
/// terminal in raw mode leaves it so: nothing typed is seen then, and Ctrl-C is a letter.
/// </summary>
internal sealed partial class TerminalMode : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;

    /// <summary>Room for struct termios: 60 bytes with glibc and musl, on every architecture less than this.</summary>
    private const int Size = 256;

    private readonly byte[] _mode = new byte[Size];
    private readonly bool _isTerminal;

    private TerminalMode() => _isTerminal = GetAttributes(StandardInput, _mode) == 0;

    internal static TerminalMode Save() => new();

    public void Dispose()
    {
        if (_isTerminal)
            _ = SetAttributes(StandardInput, Now, _mode);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int file, [Out] byte[] mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int file, int when, byte[] mode);
}
