using System.Text;

namespace Diecast.Boot;

/// <summary>The lines of fstab(5) that a store's system was built with.</summary>
internal static class GenerationMounts
{
    /// <summary>What is mounted where; swap is left out.</summary>
    internal static IReadOnlyList<GenerationMount> Parse(string fstab) =>
    [
        .. from line in fstab.Split('\n')
           let fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
           where fields.Length >= 3 && !fields[0].StartsWith('#') && fields[1].StartsWith('/')
           let options = fields.Length > 3 ? fields[3].Split(',') : []
           select new GenerationMount(Unescape(fields[0]), Unescape(fields[1]))
           {
               Type = fields[2],
               IsBind = options.Contains("bind") || options.Contains("rbind"),
               MayBeMissing = options.Contains("nofail") || options.Contains("noauto"),
           },
    ];

    /// <summary>What a source names, and how: <c>label</c>, <c>uuid</c>, <c>partlabel</c>, <c>partuuid</c>; null for devices and all else.</summary>
    internal static (string Kind, string Value)? Identify(string source)
    {
        const string Links = "/dev/disk/by-";
        if (source.StartsWith(Links, StringComparison.Ordinal) && source[Links.Length..].Split('/', 2) is [var kind, var name])
            return kind is "label" or "uuid" or "partlabel" or "partuuid" ? (kind, Unmangle(name)) : null;
        return source.Split('=', 2) is [var tag, var value] && tag is "LABEL" or "UUID" or "PARTLABEL" or "PARTUUID"
            ? (tag.ToLowerInvariant(), value.Trim('"'))
            : null;
    }

    /// <summary>fstab writes blanks as <c>\040</c>.</summary>
    private static string Unescape(string text) => Decode(text, '\\', 3, 8);

    /// <summary>udev writes what may not be in a link's name as <c>\x20</c>.</summary>
    private static string Unmangle(string text) => text.Contains("\\x", StringComparison.Ordinal) ? Decode(text.Replace("\\x", "\\", StringComparison.Ordinal), '\\', 2, 16) : text;

    private static string Decode(string text, char mark, int digits, int radix)
    {
        if (!text.Contains(mark, StringComparison.Ordinal))
            return text;
        byte[] source = Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == mark && i + digits < source.Length && Number(source.AsSpan(i + 1, digits), radix) is { } value)
            {
                bytes.Add(value);
                i += digits;
            }
            else
            {
                bytes.Add(source[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static byte? Number(ReadOnlySpan<byte> digits, int radix)
    {
        int number = 0;
        foreach (byte c in digits)
        {
            int digit = char.IsAsciiHexDigit((char)c) ? Convert.ToInt32(((char)c).ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            number = (number * radix) + digit;
        }

        return number <= byte.MaxValue ? (byte)number : null;
    }
}
