namespace Diecast.Definitions.Yaml;

/// <summary>A YAML value with its place; a value that was not read from a text has none. Immutable, so it may be shared.</summary>
internal abstract class YamlNode(SourcePosition? position)
{
    internal SourcePosition? Position => position;

    /// <summary>Number of nodes in it with aliases written out; saturates at <see cref="int.MaxValue"/>.</summary>
    internal abstract int Weight { get; }

    /// <summary>What it is, for messages: <c>a list</c>.</summary>
    internal abstract string Kind { get; }

    /// <summary>Whether nothing is given: <c>key:</c> or <c>key: ~</c>. It stands for the default.</summary>
    internal virtual bool IsUnset => false;
}

/// <summary>A scalar, kept as text.</summary>
internal sealed class YamlScalar(SourcePosition? position, string text, bool isPlain = false) : YamlNode(position)
{
    internal string Text => text;

    internal override int Weight => 1;

    internal override string Kind => IsUnset ? "nothing" : "a single value";

    internal override bool IsUnset => isPlain && text is ("" or "~");

    internal static YamlScalar Unset(SourcePosition? position = null) => new(position, "", isPlain: true);
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(SourcePosition? position, IReadOnlyList<YamlNode> items) : YamlNode(position)
{
    internal IReadOnlyList<YamlNode> Items => items;

    internal override int Weight { get; } = YamlWeight.Sum(items);

    internal override string Kind => "a list";
}

/// <summary>A map; no key is there twice.</summary>
internal sealed class YamlMapping(SourcePosition? position, IReadOnlyList<YamlEntry> entries) : YamlNode(position)
{
    internal IReadOnlyList<YamlEntry> Entries => entries;

    internal override int Weight { get; } = YamlWeight.Sum(entries.Select(e => e.Value));

    internal override string Kind => "a map";

    /// <summary>A map with one entry, where the value stands.</summary>
    internal static YamlMapping Of(string key, YamlNode value) =>
        new(value.Position, [new YamlEntry(new YamlScalar(value.Position, key), value)]);

    internal YamlNode? Find(string key)
    {
        foreach (YamlEntry entry in entries)
        {
            if (entry.Key.Text == key)
                return entry.Value;
        }

        return null;
    }

    /// <summary>The map with an entry put in the place of one with the same key, or at the end.</summary>
    internal YamlMapping With(YamlEntry entry)
    {
        var changed = new List<YamlEntry>(entries);
        int index = changed.FindIndex(e => e.Key.Text == entry.Key.Text);
        if (index < 0)
            changed.Add(entry);
        else
            changed[index] = entry;
        return new YamlMapping(Position, changed);
    }
}

/// <summary>A key and its value.</summary>
internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);

internal static class YamlWeight
{
    internal static int Sum(IEnumerable<YamlNode> nodes)
    {
        long sum = 1;
        foreach (YamlNode node in nodes)
            sum = Math.Min(int.MaxValue, sum + node.Weight);
        return (int)sum;
    }
}
