using System.Globalization;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>Puts the values of <c>--set</c> and of flags into a definition's tree, by their paths.</summary>
internal static class OverrideSetter
{
    private const string PathRule = "a path is keys parted by dots, with [n] for an item of a list and [+] for one more, as in image.partitions[0].size; a key with a dot stands in double quotes";

    /// <summary>An index that stands for a further item.</summary>
    private const int Further = -1;

    internal static YamlMapping Apply(YamlMapping root, DefinitionOverrides overrides, IncludeLoader loader, string directory, Problems problems)
    {
        int order = loader.NextOrder;
        foreach (string assignment in overrides.Set)
        {
            var source = DefinitionSource.Flag("--set", assignment, directory, order++);
            int equals = EndOfPath(assignment);
            if (equals < 0)
            {
                problems.AddAt(new SourcePosition(source, 1, 1), "", "no value", assignment, "it is path=value, as in image.size=4G", "add =value");
                continue;
            }

            if (YamlReader.ReadFrom(source, equals + 1, problems) is { } value)
                root = Set(root, source, assignment[..equals].Trim(), value, problems);
        }

        foreach (FlagOverride flag in overrides.Flags)
        {
            var source = DefinitionSource.Flag(flag.Flag, flag.Value, directory, order++);
            root = Set(root, source, flag.Path, new YamlScalar(new SourcePosition(source, 1, 1), flag.Value), problems);
        }

        return root;
    }

    private static YamlMapping Set(YamlMapping root, DefinitionSource source, string path, YamlNode value, Problems problems)
    {
        var position = new SourcePosition(source, 1, 1);
        if (Parse(path) is not { } steps)
        {
            problems.AddAt(position, "", "not a path", path, PathRule, "correct the path");
            return root;
        }

        return Put(root, DefinitionShape.Shape, steps, 0, "", position, value, problems) as YamlMapping ?? root;
    }

    /// <summary>The tree with the value put below a node; null after a fault.</summary>
    private static YamlNode? Put(
        YamlNode? node, Shape? shape, List<Step> steps, int at, string path, SourcePosition position, YamlNode value, Problems problems)
    {
        if (at == steps.Count)
            return value;
        Step step = steps[at];
        if (node is { IsUnset: true })
            node = null;
        if (node is not null && shape is not null)
            node = shape.Expand(node);
        return step.Key is { } key
            ? PutEntry(node, shape, steps, at, DefinitionOrigins.Join(path, key), position, value, problems, key)
            : PutItem(node, shape, steps, at, path, position, value, problems);
    }

    private static YamlMapping? PutEntry(
        YamlNode? node, Shape? shape, List<Step> steps, int at, string path, SourcePosition position, YamlNode value, Problems problems, string key)
    {
        // A single value or a list gives way to the map; one that is no short form is told as a fault when it is read.
        YamlMapping mapping = node as YamlMapping ?? new YamlMapping(position, []);
        bool isUnion = shape is { IsChoice: true };
        YamlNode? inner = Put(mapping.Find(key), shape?.Entry(key), steps, at + 1, path, position, value, problems);
        if (inner is null)
            return null;
        var entry = new YamlEntry(new YamlScalar(position, key), inner);
        // Of several records only one is meant, so another one's key replaces.
        return isUnion && mapping.Find(key) is null ? new YamlMapping(position, [entry]) : mapping.With(entry);
    }

    private static YamlSequence? PutItem(
        YamlNode? node, Shape? shape, List<Step> steps, int at, string path, SourcePosition position, YamlNode value, Problems problems)
    {
        List<YamlNode> items = node is YamlSequence sequence ? [.. sequence.Items] : [];
        int index = steps[at].Index == Further ? items.Count : steps[at].Index;
        if (index > items.Count || (index == items.Count && steps[at].Index != Further))
        {
            problems.AddAt(position, path, "no such item", string.Create(CultureInfo.InvariantCulture, $"[{index}]"),
                string.Create(CultureInfo.InvariantCulture, $"the list has {items.Count} items in the files, counted from 0"), "correct the number, or write [+] for one more");
            return null;
        }

        Shape? item = shape?.Children.Select(c => c.Shape).FirstOrDefault();
        YamlNode? inner = Put(index < items.Count ? items[index] : null, item, steps, at + 1, path, position, value, problems);
        if (inner is null)
            return null;
        if (index == items.Count)
            items.Add(inner);
        else
            items[index] = inner;
        return new YamlSequence(node?.Position ?? position, items);
    }

    /// <summary>Where the path's equals sign is, outside of quotes; negative without one.</summary>
    private static int EndOfPath(string assignment)
    {
        bool isQuoted = false;
        for (int i = 0; i < assignment.Length; i++)
        {
            if (assignment[i] == '=' && !isQuoted)
                return i;
            isQuoted ^= assignment[i] == '"';
        }

        return -1;
    }

    private static List<Step>? Parse(string path)
    {
        var steps = new List<Step>();
        ReadOnlySpan<char> rest = path;
        do
        {
            if (steps.Count > 0)
            {
                // A dot between keys.
                if (rest[0] != '.')
                    return null;
                rest = rest[1..];
            }

            if (ReadKey(ref rest) is not { Length: > 0 } key)
                return null;
            steps.Add(new Step(key, 0));
            while (rest.Length > 0 && rest[0] == '[')
            {
                int close = rest.IndexOf(']');
                if (close < 2)
                    return null;
                ReadOnlySpan<char> number = rest[1..close];
                int index = Further;
                if (!number.SequenceEqual("+") && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index))
                    return null;
                steps.Add(new Step(null, index));
                rest = rest[(close + 1)..];
            }
        }
        while (rest.Length > 0);

        // The root is read by a loop of bounded depth.
        return steps.Count > 32 ? null : steps;
    }

    /// <summary>Takes a key off: letters, digits, hyphens and underscores, or anything in double quotes, as the names of labels are.</summary>
    private static string? ReadKey(ref ReadOnlySpan<char> rest)
    {
        int length = 0;
        string key;
        if (rest.Length > 0 && rest[0] == '"')
        {
            int end = rest[1..].IndexOf('"');
            if (end < 0)
                return null;
            key = rest.Slice(1, end).ToString();
            rest = rest[(end + 2)..];
            return key;
        }

        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '-' or '_'))
            length++;
        key = rest[..length].ToString();
        rest = rest[length..];
        return key;
    }

    private readonly record struct Step(string? Key, int Index);
}
