using System.Globalization;
using System.Numerics;

namespace Diecast.Repart.Definitions;

/// <summary>Values as systemd's settings and switches have them.</summary>
internal static class SystemdValues
{
    private const string Units = "KMGTPE";

    internal static bool? ParseBoolean(string text) => text.ToLowerInvariant() switch
    {
        "1" or "yes" or "y" or "true" or "t" or "on" => true,
        "0" or "no" or "n" or "false" or "f" or "off" => false,
        _ => null,
    };

    /// <summary>Bytes: a number with B, K, M, G, T, P or E (powers of 1024), or several of them from the largest on, as in <c>1G 512M</c>; null for none.</summary>
    internal static long? ParseSize(string text)
    {
        BigInteger sum = BigInteger.Zero;
        int least = Units.Length + 1;
        int at = 0;
        bool any = false;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
                break;
            int start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (at == start)
                return null;
            BigInteger whole = BigInteger.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture);
            BigInteger part = BigInteger.Zero;
            BigInteger scale = BigInteger.One;
            if (at < text.Length && text[at] == '.')
            {
                start = ++at;
                while (at < text.Length && char.IsAsciiDigit(text[at]))
                    at++;
                if (at > start)
                    part = BigInteger.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture);
                scale = BigInteger.Pow(10, at - start);
            }

            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            int unit = at < text.Length ? Units.IndexOf(text[at], StringComparison.Ordinal) + 1 : 0;
            if (unit > 0 || (at < text.Length && text[at] == 'B'))
                at++;
            else if (at < text.Length)
                return null;
            if (unit >= least)
                return null;
            least = unit;
            sum += ((whole * scale) + part) * BigInteger.Pow(1024, unit) / scale;
            any = true;
        }

        return any && sum <= long.MaxValue ? (long)sum : null;
    }

    /// <summary>A 128-bit id, with dashes or without.</summary>
    internal static Guid? ParseId(string text) =>
        Guid.TryParseExact(text, "D", out Guid id) || Guid.TryParseExact(text, "N", out id) ? id : null;

    /// <summary>A whole number: decimal, 0x, 0o or 0b.</summary>
    internal static ulong? ParseNumber(string text)
    {
        text = text.Trim();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : null;
        if (text.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out ulong binary) ? binary : null;
        if (text.StartsWith("0o", StringComparison.OrdinalIgnoreCase) || (text.Length > 1 && text[0] == '0'))
        {
            string digits = text.StartsWith("0o", StringComparison.OrdinalIgnoreCase) ? text[2..] : text[1..];
            ulong value = 0;
            foreach (char digit in digits)
            {
                if (digit is < '0' or > '7' || value > ulong.MaxValue >> 3)
                    return null;
                value = (value << 3) | (uint)(digit - '0');
            }

            return digits.Length == 0 ? null : value;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
    }

    /// <summary>A size as systemd shows it: with one decimal of its largest unit, cut and not rounded.</summary>
    internal static string FormatSize(long bytes)
    {
        for (int unit = Units.Length; unit > 0; unit--)
        {
            long factor = 1L << (10 * unit);
            if (bytes < factor)
                continue;
            long tenth = bytes / (factor >> 10) * 10 / 1024 % 10;
            return tenth > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}.{tenth}{Units[unit - 1]}")
                : string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{Units[unit - 1]}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }
}
