namespace Diecast.Genimage;

/// <summary>What a mke2fs.conf(5) says that decides what a file system is like.</summary>
internal sealed class Mke2fsConfig
{
    private const string DefaultsSection = "defaults";
    private const string TypesSection = "fs_types";
    private readonly Dictionary<string, Dictionary<string, string>> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _defaults = new(StringComparer.Ordinal);

    /// <summary>Reads a file: sections in brackets, then <c>name = value</c>, and types as <c>name = { ... }</c>.</summary>
    internal static Mke2fsConfig Read(string text)
    {
        var config = new Mke2fsConfig();
        string section = "";
        Dictionary<string, string>? type = null;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line.StartsWith('[') && line.Contains(']', StringComparison.Ordinal))
            {
                (section, type) = (line[1..line.IndexOf(']', StringComparison.Ordinal)], null);
            }
            else if (line.StartsWith('}'))
            {
                type = null;
            }
            else if (line.Split('=', 2) is [var name, var value])
            {
                (name, value) = (name.Trim(), value.Trim().Trim('"'));
                if (value == "{" && section == TypesSection)
                    config._types[name] = type = new Dictionary<string, string>(StringComparer.Ordinal);
                else if (type is not null)
                    type[name] = value;
                else if (section == DefaultsSection)
                    config._defaults[name] = value;
            }
        }

        return config;
    }

    /// <summary>A setting of a file system of some types: what the last of them says, or else the default.</summary>
    internal string? Find(string name, IEnumerable<string> types)
    {
        string? found = _defaults.GetValueOrDefault(name);
        foreach (string type in types)
            found = _types.GetValueOrDefault(type)?.GetValueOrDefault(name) ?? found;
        return found;
    }

    /// <summary>The features of a file system of some types.</summary>
    internal IReadOnlyList<string> Features(IEnumerable<string> types)
    {
        List<string> features = [.. Cut(Find("base_features", types))];
        foreach (string type in types)
            features.AddRange(Cut(_types.GetValueOrDefault(type)?.GetValueOrDefault("features")));
        return features;
    }

    private static string[] Cut(string? list) => (list ?? "").Split((char[])[',', ' '], StringSplitOptions.RemoveEmptyEntries);
}
