using System.Buffers.Binary;

namespace Diecast.Formats.Archives;

/// <summary>Accessors of a 512-byte tar header (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar, tar.h).</summary>
internal static class TarLayout
{
    internal const int BlockSize = 512;

    internal const byte OldFile = 0;
    internal const byte File = (byte)'0';
    internal const byte HardLink = (byte)'1';
    internal const byte Symlink = (byte)'2';
    internal const byte CharacterDevice = (byte)'3';
    internal const byte BlockDevice = (byte)'4';
    internal const byte Directory = (byte)'5';
    internal const byte Fifo = (byte)'6';
    internal const byte ContiguousFile = (byte)'7';
    internal const byte PaxGlobal = (byte)'g';
    internal const byte PaxLocal = (byte)'x';
    internal const byte SolarisPaxLocal = (byte)'X';
    internal const byte GnuLongName = (byte)'L';
    internal const byte GnuLongLink = (byte)'K';
    internal const byte GnuSparse = (byte)'S';
    internal const byte GnuDumpDirectory = (byte)'D';
    internal const byte GnuVolumeLabel = (byte)'V';

    internal static readonly Range Name = 0..100;
    internal static readonly Range Mode = 100..108;
    internal static readonly Range Uid = 108..116;
    internal static readonly Range Gid = 116..124;
    internal static readonly Range Size = 124..136;
    internal static readonly Range ModifiedTime = 136..148;
    internal static readonly Range Checksum = 148..156;
    internal const int TypeFlag = 156;
    internal static readonly Range LinkName = 157..257;
    internal static readonly Range Magic = 257..265;
    internal static readonly Range UserName = 265..297;
    internal static readonly Range GroupName = 297..329;
    internal static readonly Range DeviceMajor = 329..337;
    internal static readonly Range DeviceMinor = 337..345;
    internal static readonly Range Prefix = 345..500;

    // GNU's old sparse header: four regions of 12 + 12 digits, a flag for an extension block, the real size.
    internal const int GnuSparseRegions = 386;
    internal const int GnuSparseRegionsInHeader = 4;
    internal const int GnuSparseIsExtended = 482;
    internal static readonly Range GnuRealSize = 483..495;
    internal const int GnuSparseRegionsInExtension = 21;
    internal const int GnuExtensionIsExtended = 504;
    internal const int GnuSparseRegionSize = 24;

    internal static ReadOnlySpan<byte> UstarMagic => "ustar\0"u8;

    internal static ReadOnlySpan<byte> UstarMagicAndVersion => "ustar\000"u8;

    internal static ReadOnlySpan<byte> GnuMagic => "ustar  \0"u8;

    internal static long Padding(long size) => -size & (BlockSize - 1);

    /// <summary>The bytes of a text field up to its first NUL.</summary>
    internal static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>Whether the checksum field holds the sum of the header's bytes, as unsigned or (old systems) signed.</summary>
    internal static bool IsChecksumRight(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block[Checksum], out long stored))
            return false;
        (int unsigned, int signed) = Sums(block);
        return stored == unsigned || stored == signed;
    }

    /// <summary>The sums with the checksum field itself taken as eight spaces.</summary>
    internal static (int Unsigned, int Signed) Sums(ReadOnlySpan<byte> block)
    {
        int sum = 0;
        int high = 0;
        foreach (byte b in block)
        {
            sum += b;
            high += b >> 7;
        }

        foreach (byte b in block[Checksum])
        {
            sum += ' ' - b;
            high -= b >> 7;
        }

        return (sum, sum - (256 * high));
    }

    /// <summary>
    /// A number: octal digits between spaces and NULs, or GNU's base 256 (big-endian two's complement, first bit set).
    /// </summary>
    internal static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
            return TryBase256(field, out value);
        int i = 0;
        while (i < field.Length && field[i] == ' ')
            i++;
        for (; i < field.Length && field[i] is >= (byte)'0' and <= (byte)'7'; i++)
            value = (value << 3) | (uint)(field[i] - '0');
        for (; i < field.Length; i++)
        {
            if (field[i] == 0)
                return true;
            if (field[i] != ' ')
                return false;
        }

        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        // The first bit marks base 256, the second is the sign.
        value = 0;
        bool negative = (field[0] & 0x40) != 0;
        byte filler = negative ? (byte)0xff : (byte)0;
        Span<byte> digits = stackalloc byte[16];
        digits.Fill(filler);
        field.CopyTo(digits[^field.Length..]);
        digits[^field.Length] = negative ? field[0] : (byte)(field[0] & 0x7f);
        if (digits[..^8].ContainsAnyExcept(filler))
            return false;
        value = BinaryPrimitives.ReadInt64BigEndian(digits[^8..]);
        return value < 0 == negative;
    }
}
