using System.Globalization;

namespace Diecast.Genimage;

/// <summary>An option as it was last set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">One value, or those of a list.</param>
/// <param name="IsList">Whether it stands in braces.</param>
/// <param name="Position">Where its name stands.</param>
/// <param name="ValuePosition">Where its value does.</param>
internal sealed record ConfigOption(string Name, IReadOnlyList<string> Values, bool IsList, ConfigPosition Position, ConfigPosition ValuePosition)
{
    /// <summary>What is wrong with its value.</summary>
    internal ConfigException Wrong(string message, string? fix = null, string? rule = null) =>
        ValuePosition.Wrong(message, fix, rule, IsList ? null : Values[0]);
}

/// <summary>A section of a configuration: its options, and the sections in it.</summary>
internal sealed class ConfigSection(string name, string? title, ConfigPosition position)
{
    private readonly Dictionary<string, ConfigOption> _options = new(StringComparer.Ordinal);
    private readonly List<ConfigSection> _sections = [];
    private readonly List<string> _order = [];

    internal string Name => name;

    /// <summary>Its title; null where it has none.</summary>
    internal string? Title => title;

    internal ConfigPosition Position => position;

    internal IReadOnlyList<ConfigSection> Sections => _sections;

    /// <summary>The options in the order in which they were set first.</summary>
    internal IEnumerable<ConfigOption> Options => _order.Select(option => _options[option]);

    internal ConfigOption? Find(string option) => _options.GetValueOrDefault(option);

    internal IEnumerable<ConfigSection> All(string section) => _sections.Where(inner => inner.Name == section);

    internal void Add(ConfigSection section) => _sections.Add(section);

    /// <summary>Sets an option, or adds to it.</summary>
    internal void Set(ConfigOption option, bool adds)
    {
        if (!_options.TryGetValue(option.Name, out ConfigOption? before))
            _order.Add(option.Name);
        _options[option.Name] = adds && before is not null ? option with { Values = [.. before.Values, .. option.Values], IsList = true } : option;
    }

    /// <summary>A text; null where it is not set.</summary>
    internal string? Text(string option) => Find(option) is not { } set
        ? null
        : set.IsList ? throw set.Wrong($"{option} is one value, and a list is given", "leave the braces out") : set.Values[0];

    /// <summary>A text that must be set.</summary>
    internal string Required(string option, string fix) =>
        Text(option) is { Length: > 0 } value ? value : throw Wrong(option, $"{Name} has no {option}", fix);

    /// <summary>A list of texts, empty where it is not set; one text is a list of one.</summary>
    internal IReadOnlyList<string> List(string option) => Find(option)?.Values ?? [];

    internal bool? Flag(string option) => Text(option) is not { } value ? null : value.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => true,
        "FALSE" or "NO" or "OFF" or "0" => false,
        _ => throw Find(option)!.Wrong($"{option} = {value} is neither true nor false", "write true or false"),
    };

    /// <summary>A whole number, in decimal, 0x hexadecimal or 0 octal.</summary>
    internal long? Number(string option) => Text(option) is not { } value
        ? null
        : ConfigNumbers.Whole(value) ?? throw Find(option)!.Wrong($"{option} = {value} is no number", "write it as 131, 0x83 or 0203");

    /// <summary>Bytes, with k, M, G or s.</summary>
    internal long? Size(string option) => Text(option) is not { } value
        ? null
        : ConfigNumbers.Size(value) ?? throw Find(option)!.Wrong($"{option} = {value} is no size", "write bytes, or a number with k, M, G or s (sectors of 512 bytes)");

    /// <summary>A share of something, in percent; null where it is none, or not set.</summary>
    internal long? Share(string option) => Text(option) is not { } value || !value.EndsWith('%')
        ? null
        : ConfigNumbers.Whole(value[..^1]) is { } percent and >= 0 and <= 100_000 ? percent : throw Find(option)!.Wrong($"{option} = {value} is no share", "write it as 120%");

    /// <summary>An id.</summary>
    internal Guid? Id(string option) => Text(option) is not { } value
        ? null
        : Guid.TryParseExact(value, "D", out Guid id) ? id : throw Find(option)!.Wrong($"{option} = {value} is no UUID", "write it as 01234567-89ab-cdef-0123-456789abcdef");

    /// <summary>What is wrong with an option, or with the section where it is not set.</summary>
    internal ConfigException Wrong(string option, string message, string? fix = null, string? rule = null) =>
        Find(option) is { } set ? set.Wrong(message, fix, rule) : position.Wrong(message, fix, rule);
}

/// <summary>Numbers as genimage writes them.</summary>
internal static class ConfigNumbers
{
    /// <summary>A number as strtoull reads it with base 0; null where it is none.</summary>
    internal static long? Whole(string text)
    {
        text = text.Trim();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) && hex >= 0 ? hex : null;
        if (text.Length > 1 && text[0] == '0')
            return Octal(text);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    /// <summary>Bytes, 0 for an empty text; null where the text is no size, or more than there can be.</summary>
    internal static long? Size(string text)
    {
        if (text.Length == 0)
            return 0;
        // As in genimage M, MB and MiB are the same.
        ReadOnlySpan<char> number = text;
        if (text.Length > 1 && number[^1] is 'B' or 'b' && number[..^1].TrimEnd('i') is [.., 'k' or 'K' or 'M' or 'G'] prefix)
            number = prefix;
        long unit = number[^1] switch
        {
            'k' or 'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            's' => 512,
            _ => 0,
        };
        return Whole(new string(unit == 0 ? number : number[..^1])) is { } count && count <= long.MaxValue / 4 / Math.Max(unit, 1) ? count * Math.Max(unit, 1) : null;
    }

    private static long? Octal(string text)
    {
        long value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || value > long.MaxValue / 8)
                return null;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
