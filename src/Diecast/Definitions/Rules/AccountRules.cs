using System.Globalization;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of groups and users.</summary>
internal static class AccountRules
{
    private const long LongestGroupFile = 1 << 20;

    internal static void Check(OperatingSystem system, string directory, Problems problems)
    {
        CheckTwice(system.Groups, "system.groups", "name", "group declared twice", g => g.Name.Length == 0 ? null : g.Name, problems);
        CheckTwice(system.Groups, "system.groups", "gid", "number of two groups", g => g.Gid?.ToString(CultureInfo.InvariantCulture), problems);
        CheckTwice(system.Users, "system.users", "name", "user declared twice", u => u.Name.Length == 0 ? null : u.Name, problems);
        CheckTwice(system.Users, "system.users", "uid", "number of two users", u => u.Uid?.ToString(CultureInfo.InvariantCulture), problems);

        HashSet<string> known = Known(system, directory);
        for (int i = 0; i < system.Users.Count; i++)
        {
            UserAccount user = system.Users[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"system.users[{i}]");
            if (user.Uid == 0 && user.Name != "root")
                problems.Add($"{path}.uid", "number of root", "0", "only root has the number 0", "take another number, or give the user sudo");
            if (user.Group is { } group)
                CheckGroup(group, $"{path}.group", known, problems);
            var member = new HashSet<string>(StringComparer.Ordinal);
            for (int j = 0; j < user.Groups.Count; j++)
            {
                string at = string.Create(CultureInfo.InvariantCulture, $"{path}.groups[{j}]");
                CheckGroup(user.Groups[j], at, known, problems);
                if (!member.Add(user.Groups[j]))
                    problems.Add(at, "group named twice", user.Groups[j], "a user is in a group once", "remove one");
            }
        }
    }

    private static void CheckGroup(string group, string path, HashSet<string> known, Problems problems)
    {
        if (group.Length == 0 || known.Contains(group))
            return;
        string declare = $"declare it with groups: [{group}] under system:";
        problems.Add(path, "unknown group", group,
            "a group is declared, the base's, or one that a known package makes (a package's other groups are declared too)",
            Suggestion.Nearest(group, known.Order(StringComparer.Ordinal)) is { } near ? $"did you mean {near}? if not, {declare}" : declare);
    }

    private static HashSet<string> Known(OperatingSystem system, string directory)
    {
        var known = new HashSet<string>(KnownGroups.All, StringComparer.Ordinal);
        known.UnionWith(system.Groups.Select(g => g.Name));
        // An account without a group of its own naming gets one of its name.
        known.UnionWith(system.Users.Where(u => u.Group is null).Select(u => u.Name));
        if (system.Base is DirectoryBase { Path.Length: > 0 } files && !files.Path.Contains('\0', StringComparison.Ordinal))
            known.UnionWith(ReadGroups(Path.Combine(directory, files.Path, "etc/group")));
        return known;
    }

    private static IEnumerable<string> ReadGroups(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= LongestGroupFile }
                ? [.. File.ReadLines(path).Select(line => line.Split(':')[0])]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The base's reader tells about a file that cannot be read.
            return [];
        }
    }

    private static void CheckTwice<T>(ValueList<T> items, string list, string key, string message, Func<T, string?> value, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            if (value(items[i]) is { } text && !first.TryAdd(text, i))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{list}[{i}].{key}"), message, text,
                    string.Create(CultureInfo.InvariantCulture, $"{list}[{first[text]}] has it already"), "change or remove one");
            }
        }
    }
}
