using System.Globalization;

namespace Diecast.Formats.Disks;

/// <summary>The options that were set for one output, <c>key=value</c> each, typed as a format's writer asks for them.</summary>
public sealed class ImageFormatValues
{
    private const string BytesRule = "it is a number of bytes, as in 65536 or 64k";

    private readonly string _format;
    private readonly List<KeyValuePair<string, string>> _values;

    /// <summary>Checks the names.</summary>
    /// <param name="format">The format whose options they are.</param>
    /// <param name="values">Names and values; of two with the same name the last holds.</param>
    /// <exception cref="UnrepresentableException">The format has no such option.</exception>
    public ImageFormatValues(ImageFormat format, IEnumerable<KeyValuePair<string, string>> values)
    {
        _format = format.Name;
        _values = [.. values];
        foreach ((string name, _) in _values)
        {
            if (format.Options.All(option => option.Name != name))
            {
                string known = format.Options.Count == 0 ? "it has none" : $"it has {string.Join(", ", format.Options.Select(option => option.Name))}";
                throw new UnrepresentableException(_format, null, $"there is no option {name}; {known}");
            }
        }
    }

    /// <summary>The same values, with one more where it was not set.</summary>
    internal ImageFormatValues WithDefault(string name, string value) => Text(name) is not null ? this : new ImageFormatValues(_format, [.. _values, new(name, value)]);

    private ImageFormatValues(string format, List<KeyValuePair<string, string>> values) => (_format, _values) = (format, values);

    /// <summary>The text of an option, or null when it was not set.</summary>
    public string? Text(string name)
    {
        for (int i = _values.Count - 1; i >= 0; i--)
        {
            if (_values[i].Key == name)
                return _values[i].Value;
        }

        return null;
    }

    /// <summary>A number.</summary>
    /// <exception cref="UnrepresentableException">It is none, or out of range.</exception>
    public int Number(string name, int least, int most, int otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Refuse(name, text, string.Create(CultureInfo.InvariantCulture, $"it is a number from {least} to {most}"));
    }

    /// <summary>A number of bytes, with an optional suffix k, M, G or T for powers of 1024.</summary>
    /// <exception cref="UnrepresentableException">It is none, or above 2 GiB less one.</exception>
    public int Bytes(string name, int otherwise)
    {
        long bytes = LongBytes(name, otherwise);
        return bytes <= int.MaxValue ? (int)bytes : throw Refuse(name, Text(name)!, BytesRule);
    }

    /// <summary>A number of bytes, with an optional suffix k, M, G or T for powers of 1024.</summary>
    /// <exception cref="UnrepresentableException">It is none.</exception>
    public long LongBytes(string name, long otherwise)
    {
        if (Text(name) is not { Length: > 0 } text)
            return otherwise;
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        bool isNumber = long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        return isNumber && number <= long.MaxValue >> shift ? number << shift : throw Refuse(name, text, BytesRule);
    }

    /// <summary>on or off.</summary>
    /// <exception cref="UnrepresentableException">It is neither.</exception>
    public bool Switch(string name, bool otherwise) => Choice(name, otherwise, ("on", true), ("off", false));

    /// <summary>One of some names.</summary>
    /// <exception cref="UnrepresentableException">It is none of them.</exception>
    public T Choice<T>(string name, T otherwise, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Text(name) is not { } text)
            return otherwise;
        var names = new List<string>();
        foreach ((string choice, T value) in choices)
        {
            if (choice == text)
                return value;
            names.Add(choice);
        }

        throw Refuse(name, text, $"it is one of {string.Join(", ", names)}");
    }

    private UnrepresentableException Refuse(string name, string text, string rule) =>
        new(_format, null, $"{name}={text}: {rule}");
}
