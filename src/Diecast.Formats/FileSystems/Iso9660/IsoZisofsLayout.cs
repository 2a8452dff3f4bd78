namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The head of a compressed file, after which are the offsets of its blocks (zisofs_format.txt of libisofs).</summary>
internal static class IsoZisofsLayout
{
    internal const int HeaderLength = 16;
    internal const int LeastShift = 15;
    internal const int MostShift = 17;

    internal static readonly IsoField Size = new("uncompressed size", 8, 4);
    internal static readonly IsoField Header = new("header size in words", 12, 1);
    internal static readonly IsoField Shift = new("block size as a power", 13, 1);

    /// <summary>Version 2, whose sizes and offsets have 64 bits (zisofs2_format.txt).</summary>
    internal const int WideHeaderLength = 24;
    internal const int MostWideShift = 20;

    internal static ReadOnlySpan<byte> WideMagic => [0xef, 0x22, 0x55, 0xa1, 0xbc, 0x1b, 0x95, 0xa0];

    internal static ReadOnlySpan<byte> Magic => [0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07];
}
