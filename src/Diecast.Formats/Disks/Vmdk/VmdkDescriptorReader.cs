using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>What a descriptor's line about an extent says.</summary>
/// <param name="Type">As in <c>SPARSE</c>.</param>
/// <param name="Length">Bytes of the disk.</param>
/// <param name="Name">The file's name, or empty for zeros.</param>
/// <param name="Offset">First byte in the file; other than zero only where the file is flat.</param>
internal sealed record VmdkExtent(string Type, long Length, string Name, long Offset);

/// <summary>What of a descriptor counts for reading.</summary>
/// <param name="CreateType">The kind of image, as in <c>monolithicSparse</c>; empty when it is not said.</param>
/// <param name="Extents">The parts of the disk in order.</param>
internal sealed record VmdkDescription(string CreateType, IReadOnlyList<VmdkExtent> Extents)
{
    private const string Format = VmdkDescriptor.Format;

    /// <summary>VMware's are under a kilobyte; a disk of 62 TiB in files of 2 GiB has one of 2 MiB.</summary>
    internal const long LargestBytes = 4L << 20;

    private const int LongestLine = 4096;

    /// <summary>Bytes of all extents.</summary>
    internal long Length { get; private init; }

    /// <summary>Whether a file starts as a descriptor does: comments and empty lines, then the version.</summary>
    internal static bool IsDescriptor(ReadOnlySpan<byte> start)
    {
        while (start.Length > 0)
        {
            int end = start.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? start : start[..end]).TrimStart(" \t\ufeff"u8).TrimEnd("\r \t"u8);
            if (line.Length > 0 && line[0] != '#')
                return line.StartsWith("version"u8) && line["version".Length..].TrimStart(" \t"u8).StartsWith("="u8);
            if (line.Length > 1 && line.IndexOf((byte)0) >= 0)
                return false;
            start = end < 0 ? [] : start[(end + 1)..];
        }

        return false;
    }

    /// <exception cref="InvalidImageException">The text is no descriptor, or that of a snapshot or of extents that cannot be read.</exception>
    internal static VmdkDescription Parse(ReadOnlySpan<byte> bytes)
    {
        int zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
            bytes = bytes[..zero];
        string createType = "";
        long length = 0;
        var extents = new List<VmdkExtent>();
        int number = 0;
        while (bytes.Length > 0)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? bytes : bytes[..end]).Trim(" \t\r"u8);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.Length > LongestLine)
                throw Fail($"line {number} of the descriptor has {line.Length} bytes");
            string text = Encoding.UTF8.GetString(line);
            if (text.StartsWith("RW ", StringComparison.Ordinal) || text.StartsWith("RDONLY ", StringComparison.Ordinal) || text.StartsWith("NOACCESS ", StringComparison.Ordinal))
            {
                VmdkExtent extent = ParseExtent(text, number);
                extents.Add(extent);
                if (extent.Length > long.MaxValue - length)
                    throw Fail($"the extents are longer than a disk can be");
                length += extent.Length;
                continue;
            }

            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            string value = text[(equals + 1)..].Trim().Trim('"');
            switch (text[..equals].Trim())
            {
                case "version" when value is not ("1" or "2" or "3"):
                    throw Fail($"the descriptor has version {Show(value)}; 1, 2 and 3 are known");
                case "createType":
                    createType = value;
                    break;
                case "parentCID" when !IsNoParent(value):
                    throw Fail($"this is a snapshot, whose parent has the content id {Show(value)}; snapshots are not read, so consolidate it first");
            }
        }

        return new VmdkDescription(createType, extents) { Length = length };
    }

    /// <summary><c>RW 4192256 SPARSE "disk-s001.vmdk"</c>, for flat files with the first sector behind the name.</summary>
    private static VmdkExtent ParseExtent(string text, int number)
    {
        int open = text.IndexOf('"', StringComparison.Ordinal);
        string[] words = (open < 0 ? text : text[..open]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3)
            throw Fail($"line {number} of the descriptor is no extent");
        if (words[0] == "NOACCESS")
            throw Fail($"line {number} of the descriptor forbids access to its extent");
        long length = Sectors(words[1], number);
        if (words[2] == "ZERO")
            return new VmdkExtent("ZERO", length, "", 0);
        if (words[2] is not ("FLAT" or "SPARSE" or "VMFS"))
            throw Fail($"line {number} of the descriptor has an extent of the type {Show(words[2])}; FLAT, SPARSE, VMFS and ZERO are read");
        int close = open < 0 ? -1 : text.IndexOf('"', open + 1);
        if (close < 0)
            throw Fail($"line {number} of the descriptor names no file");
        string name = text[(open + 1)..close];
        if (!VmdkDescriptor.IsPlainName(name))
            throw Fail($"line {number} of the descriptor names the file {Show(name)}, which is not one in the image's directory");
        string rest = text[(close + 1)..].Trim();
        long offset = rest.Length == 0 || words[2] == "SPARSE" ? 0 : Sectors(rest.Split([' ', '\t'])[0], number);
        return new VmdkExtent(words[2], length, name, offset);
    }

    private static long Sectors(string text, int number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long sectors) && sectors <= long.MaxValue / VmdkLayout.Sector
            ? sectors * VmdkLayout.Sector
            : throw Fail($"line {number} of the descriptor has {Show(text)} where a number of sectors belongs");

    private static bool IsNoParent(string value) =>
        value.Length == 0 || (uint.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint id) && id == uint.MaxValue);

    private static string Show(string value) =>
        "'" + string.Concat(value.Take(80).Select(c => char.IsControl(c) ? '?' : c)) + "'";

    private static InvalidImageException Fail(FormattableString message) => new(Format, FormattableString.Invariant(message));
}
