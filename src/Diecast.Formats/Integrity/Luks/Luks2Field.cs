using System.Globalization;
using System.Text.Json;

namespace Diecast.Formats.Integrity;

/// <summary>A value in the JSON of a header, and where it is, for messages.</summary>
internal readonly struct Luks2Field
{
    private const int MostTextLength = 256;

    private readonly JsonElement _value;
    private readonly string _path;

    private Luks2Field(JsonElement value, string path)
    {
        _value = value;
        _path = path;
    }

    /// <summary>The value of a name that must be there.</summary>
    internal Luks2Field this[string name] => Find(name) ?? throw Fault($"has no '{name}'");

    internal static Luks2Field Root(JsonElement value) => new(value, "the JSON");

    internal Luks2Field? Find(string name)
    {
        if (_value.ValueKind != JsonValueKind.Object)
            throw Fault("is no object");
        return _value.TryGetProperty(name, out JsonElement value) ? new Luks2Field(value, $"{_path}, {name}") : null;
    }

    /// <summary>The values of an object whose names are numbers, in the order of these.</summary>
    internal IReadOnlyList<(int Number, Luks2Field Field)> Numbered(int most)
    {
        if (_value.ValueKind != JsonValueKind.Object)
            throw Fault("is no object");
        var all = new SortedDictionary<int, Luks2Field>();
        int count = 0;
        foreach (JsonProperty property in _value.EnumerateObject())
        {
            if (++count > most)
                throw Fault(FormattableString.Invariant($"has more than {most} values"));
            string name = NameOf(property);
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                throw Fault("has a name that is no number");
            all[number] = new Luks2Field(property.Value, $"{_path} {number.ToString(CultureInfo.InvariantCulture)}");
        }

        return [.. all.Select(pair => (pair.Key, pair.Value))];
    }

    internal string Text()
    {
        string text = TextOf(_value);
        return text.Length <= MostTextLength ? text : throw Fault("is too long");
    }

    internal IReadOnlyList<string> Texts(int most)
    {
        if (_value.ValueKind != JsonValueKind.Array || _value.GetArrayLength() > most)
            throw Fault(FormattableString.Invariant($"is no list of up to {most} texts"));
        var texts = new List<string>();
        foreach (JsonElement value in _value.EnumerateArray())
            texts.Add(new Luks2Field(value, _path).Text());
        return texts;
    }

    /// <summary>A number that is not negative, of 31 bits.</summary>
    internal int Int() => _value.ValueKind == JsonValueKind.Number && _value.TryGetInt32(out int number) && number >= 0
        ? number
        : throw Fault("is no number that it could be");

    /// <summary>A number that is not negative, of 63 bits, in a text.</summary>
    internal long Long() => long.TryParse(Text(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw Fault("is no number that it could be");

    internal byte[] Base64(int most)
    {
        string text = TextOf(_value);
        byte[] bytes = new byte[most];
        return text.Length <= most * 2 && Convert.TryFromBase64String(text, bytes, out int count) ? bytes[..count] : throw Fault("is no Base64 that it could be");
    }

    private string TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fault("is no text");
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair, or no UTF-8.
            throw Luks2Header.Invalid($"{_path} is no text", exception);
        }
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw Luks2Header.Invalid($"{_path} has a name that is no text", exception);
        }
    }

    private InvalidImageException Fault(string problem) => Luks2Header.Invalid($"{_path} {problem}");
}
