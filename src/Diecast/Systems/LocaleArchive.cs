using System.Buffers.Binary;
using System.Text;

namespace Diecast.Systems;

/// <summary>Reads the names in glibc's locale-archive, and brings names into its spelling.</summary>
/// <remarks>
/// glibc locale/locarchive.h: a header of fourteen 32-bit fields in the target's byte order, of which the third to
/// fifth are offset, used count and size of the name table; an entry is hash, offset of the name, offset of the record.
/// </remarks>
internal static class LocaleArchive
{
    private const uint Magic = 0xde020109;
    private const int HeaderSize = 14 * sizeof(uint);
    private const int NameTableOffset = 2 * sizeof(uint);
    private const int NameTableSize = 4 * sizeof(uint);
    private const int EntrySize = 3 * sizeof(uint);

    /// <summary>The locales in the archive in byte order, or null when the bytes are no archive or damaged.</summary>
    internal static IReadOnlyList<string>? ReadNames(ReadOnlySpan<byte> archive)
    {
        if (archive.Length < HeaderSize)
            return null;
        bool bigEndian = BinaryPrimitives.ReadUInt32BigEndian(archive) == Magic;
        if (!bigEndian && BinaryPrimitives.ReadUInt32LittleEndian(archive) != Magic)
            return null;
        long table = Field(archive, NameTableOffset, bigEndian);
        long count = Field(archive, NameTableSize, bigEndian);
        if (table + (count * EntrySize) > archive.Length)
            return null;
        var names = new List<string>();
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = archive.Slice((int)(table + (i * EntrySize)), EntrySize);
            uint name = Field(entry, sizeof(uint), bigEndian);
            if (Field(entry, 2 * sizeof(uint), bigEndian) == 0)
                continue;
            if (name >= archive.Length || archive[(int)name..].IndexOf((byte)0) is var length && length < 0)
                return null;
            names.Add(Encoding.UTF8.GetString(archive.Slice((int)name, length)));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>
    /// A locale's name with its character set as glibc looks it up: only letters and digits, lower case, <c>iso</c> in
    /// front when there are only digits (glibc intl/l10nflist.c).
    /// </summary>
    internal static string Normalize(string locale)
    {
        int dot = locale.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return locale;
        int at = locale.IndexOf('@', dot);
        int end = at < 0 ? locale.Length : at;
        string codeset = string.Concat(locale[(dot + 1)..end].Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        if (codeset.All(char.IsAsciiDigit))
            codeset = "iso" + codeset;
        return locale[..(dot + 1)] + codeset + locale[end..];
    }

    private static uint Field(ReadOnlySpan<byte> bytes, int offset, bool bigEndian) =>
        bigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
