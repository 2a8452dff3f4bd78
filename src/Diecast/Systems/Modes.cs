namespace Diecast.Systems;

/// <summary>Permissions by what they are for.</summary>
internal static class Modes
{
    internal const int Directory = 0b111_101_101;
    internal const int PrivateDirectory = 0b111_000_000;
    internal const int File = 0b110_100_100;
    internal const int PrivateFile = 0b110_000_000;
    internal const int ReadOnlyFile = 0b100_100_100;
    internal const int ShadowFile = 0b110_100_000;
    internal const int SudoersFile = 0b100_100_000;

    /// <summary>The permissions of a directory where those of its files are given: who may read may also search.</summary>
    internal static int WithSearch(int mode) => (mode & ~0b001_001_001) | ((mode & ReadOnlyFile) >> 2);
}
