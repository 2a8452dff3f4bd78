using System.Globalization;
using Diecast.Definitions.Records;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>
/// Reads a definition's file and those that it includes, and lays them over each other: included files in their order,
/// then the including one, so that a file can change what it starts from.
/// </summary>
internal sealed class IncludeLoader(Problems problems)
{
    private const long LongestFile = 4 << 20;
    private const int MostFiles = 100;
    private readonly List<DefinitionSource> _files = [];
    private readonly List<string> _open = [];
    private readonly List<YamlEntry> _profiles = [];

    /// <summary>The files that were read.</summary>
    internal ValueList<DefinitionSource> Files => _files.ToValueList();

    /// <summary>The profiles of all files, those of one name laid over each other as the files are.</summary>
    internal IReadOnlyList<YamlEntry> Profiles => _profiles;

    /// <summary>Whether a file could not be read at all, so that values are missing for a reason that is told already.</summary>
    internal bool HasLostText { get; private set; }

    /// <summary>Place of the next source in the order of reading.</summary>
    internal int NextOrder => _files.Count;

    internal DefinitionSource Add(string name, string text, string directory)
    {
        var source = DefinitionSource.File(name, text, directory, _files.Count);
        _files.Add(source);
        return source;
    }

    /// <summary>Reads a file; null after a fault.</summary>
    /// <param name="path">The path, to open and to show.</param>
    /// <param name="from">Where it is named; null for the definition itself.</param>
    /// <param name="key">The path of the value that names it.</param>
    internal DefinitionSource? Open(string path, SourcePosition? from, string key)
    {
        string resolved = Path.GetFullPath(path);
        byte[] bytes;
        try
        {
            if (Directory.Exists(resolved))
                return Lose(from, key, "directory where a definition file belongs", path, "a definition is a file", "name a file in it");
            using FileStream file = File.OpenRead(resolved);
            if (file.CanSeek && file.Length > LongestFile)
                return Lose(from, key, "too large", path, "a definition has at most 4 MiB", "put large texts into files and name them as source:");
            using var limited = new MemoryStream();
            byte[] buffer = new byte[64 << 10];
            int count;
            while ((count = file.Read(buffer)) > 0)
            {
                // A pipe has no length to ask for.
                if (limited.Length + count > LongestFile)
                    return Lose(from, key, "too large", path, "a definition has at most 4 MiB", "put large texts into files and name them as source:");
                limited.Write(buffer, 0, count);
            }

            bytes = limited.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Lose(from, key, "no such file", path, $"it is looked for as {resolved}", "correct the path");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Lose(from, key, "cannot be read", path, e.Message, "make it readable");
        }

        string? text = SourceText.Decode(bytes);
        DefinitionSource source = Add(path, text ?? "", Path.GetDirectoryName(resolved) ?? "/");
        if (text is not null)
            return source;
        SourceText.Place place = SourceText.FindInvalidByte(bytes);
        return Lose(new SourcePosition(source, place.Line, place.Column), "", "byte that is not UTF-8",
            string.Create(CultureInfo.InvariantCulture, $"0x{(int)place.Character:X2}"), "a definition is a text in UTF-8", "save the file as UTF-8");
    }

    /// <summary>Reads a file that nothing names by its path; the same source when it is read again, null after a fault.</summary>
    internal DefinitionSource? OpenOnce(string path) =>
        _files.Find(file => Path.GetFullPath(file.Name) == Path.GetFullPath(path)) ?? Open(path, null, "");

    /// <summary>Reads a source's values and lays them over those of the files that it includes; null when it is no map.</summary>
    internal YamlMapping? Load(DefinitionSource source)
    {
        YamlNode? node = YamlReader.Read(source, problems);
        if (node is null)
        {
            HasLostText = true;
            return null;
        }

        if (node.IsUnset)
            node = new YamlMapping(node.Position, []);
        if (node is not YamlMapping own)
        {
            Lose(node.Position, "", $"{node.Kind} where a definition belongs", (node as YamlScalar)?.Text,
                "a definition is a map of keys as in name, system and image", "write key: value lines");
            return null;
        }

        YamlMapping merged = new(own.Position, []);
        if (own.Find(DefinitionShape.Include) is { } include)
        {
            _open.Add(Identity(source));
            foreach (YamlScalar path in IncludedPaths(include))
            {
                if (LoadIncluded(source, path) is { } below)
                    merged = (YamlMapping)DefinitionShape.Shape.Merge(merged, below);
            }

            _open.RemoveAt(_open.Count - 1);
            own = Without(own, DefinitionShape.Include);
        }

        if (own.Find(DefinitionShape.Profiles) is { } profiles)
        {
            AddProfiles(profiles);
            own = Without(own, DefinitionShape.Profiles);
        }

        return new YamlMapping(own.Position, ((YamlMapping)DefinitionShape.Shape.Merge(merged, own)).Entries);
    }

    private static YamlMapping Without(YamlMapping map, string key) =>
        new(map.Position, [.. map.Entries.Where(e => e.Key.Text != key)]);

    private void AddProfiles(YamlNode node)
    {
        if (node.IsUnset)
            return;
        if (node is not YamlMapping profiles)
        {
            Lose(node.Position, DefinitionShape.Profiles, $"{node.Kind} where profiles belong", (node as YamlScalar)?.Text,
                "profiles is a map of names, each with keys as in system and image", "write name: lines, with their keys below them");
            return;
        }

        foreach (YamlEntry entry in profiles.Entries)
        {
            string path = DefinitionOrigins.Join(DefinitionShape.Profiles, entry.Key.Text);
            if (!Forms.TypeNameForm.IsMatch(entry.Key.Text))
            {
                Lose(entry.Key.Position, path, "not a name", entry.Key.Text, "a profile's name has small letters, digits and hyphens, a letter first", "rename it");
                continue;
            }

            if (!entry.Value.IsUnset && entry.Value is not YamlMapping)
            {
                Lose(entry.Value.Position, path, $"{entry.Value.Kind} where a profile belongs", (entry.Value as YamlScalar)?.Text,
                    "a profile is a map of keys as in system and image", "write key: value lines below it");
                continue;
            }

            YamlNode value = entry.Value.IsUnset ? new YamlMapping(entry.Value.Position, []) : entry.Value;
            int at = _profiles.FindIndex(known => known.Key.Text == entry.Key.Text);
            if (at < 0)
                _profiles.Add(entry with { Value = value });
            else
                _profiles[at] = entry with { Value = DefinitionShape.Shape.Merge(_profiles[at].Value, value) };
        }
    }

    private static string Identity(DefinitionSource source) => Path.Combine(source.Directory, Path.GetFileName(source.Name));

    private YamlMapping? LoadIncluded(DefinitionSource from, YamlScalar path)
    {
        if (path.Text.Length == 0 || path.Text.Contains('\0', StringComparison.Ordinal))
        {
            Lose(path.Position, DefinitionShape.Include, "empty path", null, "include names definition files", "name a file");
            return null;
        }

        if (_files.Count >= MostFiles)
        {
            Lose(path.Position, DefinitionShape.Include, "too many files", path.Text, $"a definition includes at most {MostFiles} files in all", "join some");
            return null;
        }

        if (path.Text.StartsWith(BoardDefinitions.Prefix, StringComparison.Ordinal))
            return LoadBoard(from, path);

        // Shown relative to where the including file was shown, opened where that file is.
        string shown = Path.Combine(Path.GetDirectoryName(from.Name) ?? "", path.Text);
        string resolved = Path.GetFullPath(Path.Combine(from.Directory, path.Text));
        int cycle = _open.IndexOf(resolved);
        if (cycle >= 0)
        {
            Lose(path.Position, DefinitionShape.Include, "includes itself", path.Text,
                $"the files go in a circle: {string.Join(" > ", _open.Skip(cycle).Append(resolved))}", "remove one of these includes");
            return null;
        }

        return OpenAs(shown, resolved, path.Position) is { } source ? Load(source) : null;
    }

    private YamlMapping? LoadBoard(DefinitionSource from, YamlScalar path)
    {
        string name = path.Text[BoardDefinitions.Prefix.Length..];
        if (BoardDefinitions.Find(name) is { } text)
            return Load(Add(path.Text, text, from.Directory));
        Lose(path.Position, DefinitionShape.Include, "no such board", path.Text, $"the boards are {string.Join(", ", BoardDefinitions.Names)}",
            Suggestion.Nearest(name, BoardDefinitions.Names) is { } near ? $"did you mean {BoardDefinitions.Prefix}{near}?" : $"take one of them, or ./{path.Text} for a file of that name");
        return null;
    }

    private DefinitionSource? OpenAs(string shown, string resolved, SourcePosition? from) =>
        Path.GetFullPath(shown) == resolved
            ? Open(shown, from, DefinitionShape.Include)
            : Open(resolved, from, DefinitionShape.Include);

    private IEnumerable<YamlScalar> IncludedPaths(YamlNode include)
    {
        IReadOnlyList<YamlNode> items = include is YamlSequence sequence ? sequence.Items : include.IsUnset ? [] : [include];
        foreach (YamlNode item in items)
        {
            if (item is YamlScalar scalar)
                yield return scalar;
            else
                Lose(item.Position, DefinitionShape.Include, $"{item.Kind} where a path belongs", null, "include is a path or a list of paths", "write a path");
        }
    }

    private DefinitionSource? Lose(SourcePosition? position, string key, string message, string? value, string rule, string fix)
    {
        problems.AddAt(position, key, message, value, rule, fix);
        HasLostText = true;
        return null;
    }
}
