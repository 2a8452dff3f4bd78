using static System.FormattableString;

namespace Diecast.Formats.Executables;

/// <summary>Whether the stub can show a picture (systemd, src/boot/splash.c: what it takes of BMP files).</summary>
internal static class BmpCheck
{
    private const int FileHeaderLength = 14;
    private const int LeastInfoLength = 40;
    private const int MaximumSide = 1 << 15;

    /// <summary>Bytes that are looked at.</summary>
    internal const int HeadersLength = FileHeaderLength + LeastInfoLength;

    /// <summary>What is wrong with a picture; null for nothing.</summary>
    /// <param name="start">The first bytes, 54 of them where there are as many.</param>
    /// <param name="length">Bytes of the file.</param>
    internal static string? FindFault(ReadOnlySpan<byte> start, long length)
    {
        if (start.Length < FileHeaderLength + LeastInfoLength || !start.StartsWith("BM"u8))
            return "the splash picture is no BMP file";
        if (PeLayout.UInt32(start, 2) != length)
            return Invariant($"the splash picture has {length} bytes and says that it has {PeLayout.UInt32(start, 2)}");
        long width = PeLayout.UInt32(start, 18);
        // Rows stand from the last to the first; the other way, with a height below zero, is not taken.
        long height = PeLayout.UInt32(start, 22);
        if (width is 0 or > MaximumSide || height is 0 or > MaximumSide)
            return Invariant($"the splash picture is of {width} by {unchecked((int)height)} pixels; both are from 1 to {MaximumSide}");
        int depth = PeLayout.UInt16(start, 28);
        uint compression = PeLayout.UInt32(start, 30);
        if (depth is not (1 or 4 or 8 or 16 or 24 or 32) || !(compression == 0 || (compression == 3 && depth is 16 or 32)))
            return Invariant($"the splash picture has {depth} bits a pixel and compression {compression}; it has 1, 4, 8, 16, 24 or 32 and none");
        long row = ((depth * width) + 31) / 32 * 4;
        long offset = PeLayout.UInt32(start, 10);
        return offset > length || row * height > length - offset ? "the splash picture ends before its last row" : null;
    }
}
