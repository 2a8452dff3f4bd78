using System.Globalization;
using System.Text.Json.Nodes;

namespace Diecast.Definitions.Shapes;

/// <summary>Yes or no.</summary>
internal sealed class BooleanShape : ScalarShape<bool>
{
    internal override string Noun => "a yes or no";

    internal override string Reference => "`true` or `false`";

    internal override bool Placeholder => false;

    internal override string Rule => "it is true or false (yes, no, on and off are read too)";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["enum"] = new JsonArray(true, false, "true", "false", "yes", "no", "on", "off") };

    private protected override bool TryParse(string text, out bool value)
    {
        value = text is "true" or "yes" or "on";
        return value || text is "false" or "no" or "off";
    }

    private protected override string Format(bool value) => value ? "true" : "false";

    private protected override string Fix(string text) => "write true or false";
}

/// <summary>A size in bytes.</summary>
internal sealed class ByteSizeShape : ScalarShape<ByteSize>
{
    /// <summary>The form in a JSON schema.</summary>
    internal const string Pattern = @"[0-9]*\.?[0-9]+ *([KMGTPkmgtp]([iI][bB])?|[bB])?";

    internal override string Noun => "a size";

    internal override ByteSize Placeholder => default;

    internal override string Rule => "a size is a number of bytes, or one with K, M, G, T or P (powers of 1024), as in 512M or 1.5G";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Reference("size", static () => new JsonObject
        {
            ["description"] = "A number of bytes, or one with K, M, G, T or P (powers of 1024).",
            ["type"] = new JsonArray("integer", "string"),
            ["minimum"] = 0,
            ["pattern"] = $"^(?:{Pattern})$",
        });

    internal override void Check(ByteSize value, string path, Problems problems)
    {
        if (value.Bytes < 0)
            problems.Add(path, "negative size", Format(value), Rule, "give a size of zero or more");
    }

    internal static string FixOf(string text)
    {
        // 10MB is a tenth of a percent to five percent off what either reading would give, so it is not guessed.
        bool decimalUnit = text.Length > 2 && text[^1] is 'B' or 'b' && char.IsAsciiLetter(text[^2]);
        return decimalUnit && ByteSize.TryParse(text[..^1]) is { } binary
            ? $"write {binary} for powers of 1024, or the number of bytes"
            : "write a size as in 512M or 4G";
    }

    private protected override bool TryParse(string text, out ByteSize value)
    {
        ByteSize? size = ByteSize.TryParse(text);
        value = size ?? default;
        return size is not null;
    }

    private protected override string Format(ByteSize value) => value.ToString();

    private protected override string Fix(string text) => FixOf(text);
}

/// <summary>A size of more than zero, or a word that stands for none given.</summary>
/// <param name="word">The word, as in <c>auto</c>.</param>
/// <param name="example">A size for messages, as in <c>512M</c>.</param>
/// <param name="schema">The name of its JSON schema.</param>
/// <param name="make">From a size, or null for the word, to the value.</param>
/// <param name="sizeOf">The inverse.</param>
internal sealed class SizeOrWordShape<T>(
    string word, string example, string schema, Func<ByteSize?, T> make, Func<T, ByteSize?> sizeOf) : ScalarShape<T>
{
    internal override string Noun => $"a size or {word}";

    internal override string Reference => $"size or `{word}`";

    internal override T Placeholder => make(null);

    internal override string Rule => $"it is {word}, or a number of bytes, or one with K, M, G, T or P (powers of 1024), as in {example}";

    internal override JsonObject Schema(SchemaDefinitions definitions) => definitions.Reference(schema, () => new JsonObject
    {
        ["description"] = $"{word}, or a number of bytes, or one with K, M, G, T or P (powers of 1024).",
        ["type"] = new JsonArray("integer", "string"),
        ["minimum"] = 1,
        ["pattern"] = $"^(?:{word}|{ByteSizeShape.Pattern})$",
    });

    internal override void Check(T value, string path, Problems problems)
    {
        if (sizeOf(value) is { Bytes: <= 0 })
            problems.Add(path, "no room at all", Format(value), "a size is more than zero", $"write {word}, or a size as in {example}");
    }

    private protected override bool TryParse(string text, out T value)
    {
        ByteSize? size = ByteSize.TryParse(text);
        value = make(size);
        return size is not null || text == word;
    }

    private protected override string Format(T value) => sizeOf(value)?.ToString() ?? word;

    private protected override string Fix(string text) => ByteSizeShape.FixOf(text);
}

/// <summary>A share in percent.</summary>
internal sealed class PercentShape(int most) : ScalarShape<decimal>
{
    internal override string Noun => "a share in percent";

    internal override string Reference => string.Create(CultureInfo.InvariantCulture, $"0 to {most}");

    internal override decimal Placeholder => 0;

    internal override string Rule => string.Create(CultureInfo.InvariantCulture, $"it is a number from 0 to {most}, as in 2.5");

    internal override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = new JsonArray("number", "string"),
        ["minimum"] = 0,
        ["maximum"] = most,
        ["pattern"] = @"^[0-9]+(\.[0-9]+)?$",
    };

    internal override void Check(decimal value, string path, Problems problems)
    {
        if (value < 0 || value > most)
            problems.Add(path, "not a share that is possible", Format(value), Rule, "give a share within the limits");
    }

    private protected override bool TryParse(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private protected override string Format(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    private protected override string Fix(string text) => text.EndsWith('%') ? "leave the % out" : "give a number, as in 2.5";
}

/// <summary>A UUID.</summary>
internal sealed class GuidShape : ScalarShape<Guid>
{
    /// <summary>The form in a JSON schema.</summary>
    internal const string Pattern = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

    internal override string Noun => "a UUID";

    internal override Guid Placeholder => Guid.Empty;

    internal override string Rule => "a UUID is 8-4-4-4-12 hexadecimal digits, and not all zero";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Reference("uuid", static () => new JsonObject { ["type"] = "string", ["pattern"] = $"^(?:{Pattern})$" });

    internal override void Check(Guid value, string path, Problems problems)
    {
        // A GPT entry and a file system of UUID zero count as having none.
        if (value == Guid.Empty)
            problems.Add(path, "UUID of zeros", Format(value), Rule, "leave it out to have one from the seed, or take one of uuidgen");
    }

    private protected override bool TryParse(string text, out Guid value) => Guid.TryParseExact(text, "D", out value);

    private protected override string Format(Guid value) => value.ToString("D");

    private protected override string Fix(string text) => "leave it out to have one from the seed, or take one of uuidgen";
}

/// <summary>A time in seconds since 1970, written so or as an ISO 8601 date.</summary>
internal sealed class EpochShape : ScalarShape<long>
{
    // 9999-12-31T23:59:59Z, the last that a date of four-digit years can say.
    private const long Last = 253_402_300_799;
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    internal override string Noun => "a time";

    internal override string Reference => "seconds since 1970, or ISO 8601 date";

    internal override long Placeholder => 0;

    internal override string Rule => "a time is in seconds since 1970, or 2025-08-09, or 2025-08-09T12:00:00Z, from 1970 to 9999";

    internal override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = new JsonArray("integer", "string"),
        ["minimum"] = 0,
        ["maximum"] = Last,
        ["pattern"] = @"^(?:[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?)$",
    };

    internal override void Check(long value, string path, Problems problems)
    {
        if (value is < 0 or > Last)
            problems.Add(path, "time out of range", Format(value), Rule, "give a time from 1970 to 9999");
    }

    private protected override bool TryParse(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return true;
        bool isDate = DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date);
        value = isDate ? date.ToUnixTimeSeconds() : 0;
        return isDate;
    }

    private protected override string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    private protected override string Fix(string text) => "write it as 2025-08-09 or 2025-08-09T12:00:00Z, with its zone";
}

/// <summary>Permissions, in octal.</summary>
internal sealed class ModeShape : ScalarShape<int>
{
    internal override string Noun => "a mode";

    internal override string Reference => "octal mode";

    internal override int Placeholder => 0;

    internal override string Rule => "a mode is octal, from 0 to 7777, as in 0644";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^(?:(0o?)?[0-7]{1,4})$" };

    internal override void Check(int value, string path, Problems problems)
    {
        if (value is < 0 or > 0xFFF)
            problems.Add(path, "not a mode", Convert.ToString(value, 8), Rule, "give the permissions in octal, as in 0644");
    }

    private protected override bool TryParse(string text, out int value)
    {
        value = 0;
        ReadOnlySpan<char> digits = text.StartsWith("0o", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        if (digits.Length is 0 or > 5)
            return false;
        foreach (char c in digits)
        {
            if (c is < '0' or > '7')
                return false;
            value = (value * 8) + (c - '0');
        }

        return true;
    }

    private protected override string Format(int value) => "0" + Convert.ToString(value, 8).PadLeft(3, '0');

    private protected override string Fix(string text) => "give the permissions in octal, as in 0644";
}

/// <summary>Sixty-four bits, in hexadecimal or decimal.</summary>
internal sealed class BitsShape : ScalarShape<ulong>
{
    internal override string Noun => "a set of bits";

    internal override string Reference => "64 bits, as `0x…`";

    internal override ulong Placeholder => 0;

    internal override string Rule => "bits are a number of at most 64 bits, as in 0x1000000000000000";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = new JsonArray("integer", "string"), ["minimum"] = 0, ["pattern"] = "^(?:0x[0-9A-Fa-f]{1,16}|[0-9]+)$" };

    private protected override bool TryParse(string text, out ulong value) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private protected override string Format(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}
