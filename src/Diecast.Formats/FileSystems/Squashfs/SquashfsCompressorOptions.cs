using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Tells the options that a compressor has left behind the superblock (squashfs-tools NAME_wrapper.h).</summary>
internal static class SquashfsCompressorOptions
{
    private const int LongestOptions = 16;

    internal static IReadOnlyList<string> Describe(SquashfsCompression compression, Blob image)
    {
        byte[] header = new byte[sizeof(ushort) + LongestOptions];
        int there = (int)Math.Min(header.Length, image.Length - SquashfsLayout.Superblock.Size);
        if (there < sizeof(ushort))
            return [];
        image.Read(SquashfsLayout.Superblock.Size, header.AsSpan(0, there));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header) & ~SquashfsLayout.StoredMetadata;
        int[] numbers = new int[LongestOptions / sizeof(int)];
        int count = Math.Min(size, there - sizeof(ushort)) / sizeof(int);
        for (int i = 0; i < Math.Min(count, numbers.Length); i++)
            numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(sizeof(ushort) + (i * sizeof(int))));
        return compression switch
        {
            SquashfsCompression.Gzip when count >= 2 =>
            [
                Text($"Xcompression-level {numbers[0]}"),
                Text($"Xwindow-size {numbers[1] & 0xffff}"),
                .. Named("Xstrategy", numbers[1] >>> 16, ["default", "filtered", "huffman_only", "run_length_encoded", "fixed"]),
            ],
            SquashfsCompression.Lzo when count >= 2 =>
            [
                "Xalgorithm " + (numbers[0] switch { 0 => "lzo1x_1", 1 => "lzo1x_1_11", 2 => "lzo1x_1_12", 3 => "lzo1x_1_15", 4 => "lzo1x_999", int other => Text($"{other}") }),
                .. numbers[0] == (int)SquashfsLzoAlgorithm.Lzo1x999 ? new[] { Text($"Xcompression-level {numbers[1]}") } : [],
            ],
            SquashfsCompression.Xz when count >= 2 =>
            [
                Text($"Xdict-size {numbers[0]}"),
                .. Named("Xbcj", numbers[1], ["x86", "powerpc", "ia64", "arm", "armthumb", "sparc", "arm64", "riscv"]),
            ],
            SquashfsCompression.Lz4 when count >= 2 => (numbers[1] & 1) != 0 ? ["Xhc"] : [],
            SquashfsCompression.Zstd when count >= 1 => [Text($"Xcompression-level {numbers[0]}")],
            _ => [],
        };
    }

    private static IEnumerable<string> Named(string option, int bits, string[] names)
    {
        string[] set = [.. names.Where((_, bit) => (bits >> bit & 1) != 0)];
        return set.Length == 0 ? [] : [$"{option} {string.Join(',', set)}"];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
