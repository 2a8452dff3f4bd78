using System.Buffers.Binary;
using System.Text;

namespace Diecast.Formats.Archives;

/// <summary>The header of a file in an archive that a disk format is made of: owned by root, mode 0644.</summary>
internal static class TarEntryHeader
{
    /// <summary>The latest time that the header's eleven octal digits hold, in the year 2242.</summary>
    internal const long LatestTime = 0x1_ffff_ffff;

    private const long LargestOctal = 0x1_ffff_ffff;

    /// <summary>POSIX's header. From 8 GiB on the size is in base 256, which GNU tar, libarchive and VMware's tools read in it.</summary>
    internal static byte[] Ustar(string name, long size, long modifiedTime)
    {
        byte[] header = Make(name, size, modifiedTime, TarLayout.File);
        TarLayout.UstarMagicAndVersion.CopyTo(header.AsSpan(TarLayout.Magic));
        Octal(header, TarLayout.DeviceMajor, 0);
        Octal(header, TarLayout.DeviceMinor, 0);
        return Seal(header);
    }

    /// <summary>GNU tar's old header, to be sealed when its map of a sparse file is in it.</summary>
    internal static byte[] OldGnu(string name, long size, long modifiedTime, byte type)
    {
        byte[] header = Make(name, size, modifiedTime, type);
        TarLayout.GnuMagic.CopyTo(header.AsSpan(TarLayout.Magic));
        return header;
    }

    /// <summary>Sets the checksum.</summary>
    internal static byte[] Seal(byte[] header)
    {
        (int sum, _) = TarLayout.Sums(header);
        Span<byte> field = header.AsSpan(TarLayout.Checksum);
        // Six digits, NUL, space.
        for (int i = 5; i >= 0; i--, sum >>= 3)
            field[i] = (byte)('0' + (sum & 7));
        field[6] = 0;
        field[7] = (byte)' ';
        return header;
    }

    /// <summary>A number as octal digits with a NUL or, where they do not hold it, in base 256.</summary>
    internal static void Number(Span<byte> field, long value)
    {
        if (value > LargestOctal)
        {
            field.Clear();
            BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
            field[0] = 0x80;
            return;
        }

        Octal(field, value);
    }

    private static byte[] Make(string name, long size, long modifiedTime, byte type)
    {
        byte[] header = new byte[TarLayout.BlockSize];
        Encoding.UTF8.GetBytes(name, header.AsSpan(TarLayout.Name));
        Octal(header, TarLayout.Mode, 0x1a4);
        Octal(header, TarLayout.Uid, 0);
        Octal(header, TarLayout.Gid, 0);
        Number(header.AsSpan(TarLayout.Size), size);
        Octal(header, TarLayout.ModifiedTime, modifiedTime);
        header[TarLayout.TypeFlag] = type;
        return header;
    }

    /// <summary>Octal digits that fill the field but for a NUL at its end.</summary>
    internal static void Octal(byte[] header, Range field, long value) => Octal(header.AsSpan(field), value);

    private static void Octal(Span<byte> field, long value)
    {
        Span<byte> digits = field[..^1];
        for (int i = digits.Length - 1; i >= 0; i--, value >>= 3)
            digits[i] = (byte)('0' + (value & 7));
    }
}
