namespace Diecast.Systems.Units;

/// <summary>The [Install] section of a unit with its drop-ins (systemd.unit(5)).</summary>
internal sealed class InstallSection
{
    internal List<string> Aliases { get; } = [];

    internal List<string> WantedBy { get; } = [];

    internal List<string> RequiredBy { get; } = [];

    internal List<string> UpheldBy { get; } = [];

    internal List<string> Also { get; } = [];

    internal string? DefaultInstance { get; private set; }

    /// <summary>Whether there is nothing to enable.</summary>
    internal bool IsEmpty =>
        Aliases.Count + WantedBy.Count + RequiredBy.Count + UpheldBy.Count + Also.Count == 0 && DefaultInstance is null;

    /// <summary>Reads a unit by name; null when it is not there or masked.</summary>
    internal static InstallSection? Read(UnitSearch search, string name) =>
        search.Find(name) is { IsMasked: false } unit ? Read(search, unit) : null;

    internal static InstallSection Read(UnitSearch search, FoundUnit unit)
    {
        var section = new InstallSection();
        var name = new UnitName(unit.Name);
        foreach (string text in (string[])[unit.Text, .. search.DropIns(name)])
            section.Parse(text, name);
        return section;
    }

    // systemd.syntax(7): a backslash at the end joins lines, comments between joined lines are skipped.
    private void Parse(string text, UnitName name)
    {
        bool inside = false;
        string joined = "";
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim(' ', '\t', '\r');
            if (line.Length > 0 && line[0] is '#' or ';')
                continue;
            if (line.EndsWith('\\'))
            {
                joined += line[..^1] + " ";
                continue;
            }

            line = (joined + line).Trim();
            joined = "";
            if (line.StartsWith('['))
                inside = line == "[Install]";
            else if (inside && line.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                Assign(line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart(), name);
        }
    }

    private void Assign(string key, string value, UnitName name)
    {
        switch (key)
        {
            case "Alias":
                Append(Aliases, value);
                break;
            case "WantedBy":
                Append(WantedBy, value);
                break;
            case "RequiredBy":
                Append(RequiredBy, value);
                break;
            case "UpheldBy":
                Append(UpheldBy, value);
                break;
            case "Also":
                Also.AddRange(Words(value));
                break;
            // Only a template's own enabling looks at it.
            case "DefaultInstance" when name.IsTemplate:
                DefaultInstance = value.Length == 0 ? null : value;
                break;
        }
    }

    // An empty value takes back what was said before it.
    private static void Append(List<string> list, string value)
    {
        if (value.Length == 0)
            list.Clear();
        else
            list.AddRange(Words(value));
    }

    private static IEnumerable<string> Words(string value) =>
        value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"', '\''));
}
