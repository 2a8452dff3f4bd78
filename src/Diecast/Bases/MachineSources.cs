namespace Diecast.Bases;

/// <summary>The addresses that a Debian machine's own apt uses for Debian and its security updates.</summary>
/// <param name="Debian">The archive.</param>
/// <param name="Security">The security archive.</param>
internal sealed record MachineSources(string Debian, string Security)
{
    internal const string StandardDebian = "http://deb.debian.org/debian";
    internal const string StandardSecurity = "http://deb.debian.org/debian-security";

    /// <summary>Reads apt's configuration below a root; the standard addresses where it is not Debian or names none.</summary>
    internal static MachineSources Read(string root = "/")
    {
        if (!IsDebian(Path.Combine(root, "etc/os-release")))
            return new MachineSources(StandardDebian, StandardSecurity);
        string[] uris = [.. Files(Path.Combine(root, "etc/apt")).SelectMany(Uris)];
        return new MachineSources(
            Array.Find(uris, uri => LastName(uri) == "debian") ?? StandardDebian,
            Array.Find(uris, uri => LastName(uri) == "debian-security") ?? StandardSecurity);
    }

    private static bool IsDebian(string osRelease) =>
        File.Exists(osRelease) && File.ReadLines(osRelease).Any(line => line.Trim() is "ID=debian" or "ID=\"debian\"");

    private static string LastName(string uri) => uri[(uri.LastIndexOf('/') + 1)..];

    private static IEnumerable<string> Files(string directory)
    {
        string main = Path.Combine(directory, "sources.list");
        if (File.Exists(main))
            yield return main;
        string parts = Path.Combine(directory, "sources.list.d");
        if (!Directory.Exists(parts))
            yield break;
        foreach (string part in Directory.GetFiles(parts).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(part) is ".list" or ".sources")
                yield return part;
        }
    }

    private static IEnumerable<string> Uris(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }

        return Path.GetExtension(path) == ".sources" ? Deb822Uris(lines) : lines.Select(OneLine).OfType<AptSource>().Select(s => s.Uri);
    }

    private static AptSource? OneLine(string line)
    {
        try
        {
            return AptSource.Parse(line);
        }
        catch (FormatException)
        {
            // Apt complains about it; here it only means that nothing can be learnt from it.
            return null;
        }
    }

    /// <summary>deb822-style sources (sources.list(5)): stanzas of fields, continued by lines that start with a space.</summary>
    private static IEnumerable<string> Deb822Uris(string[] lines)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string field = "";
        foreach (string line in lines.Append(""))
        {
            if (line.StartsWith('#'))
                continue;
            if (line.Trim().Length == 0)
            {
                if (IsUsable(fields))
                {
                    foreach (string uri in Words(fields.GetValueOrDefault("URIs") ?? ""))
                        yield return uri.TrimEnd('/');
                }

                fields.Clear();
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (!char.IsWhiteSpace(line[0]) && colon > 0)
            {
                field = line[..colon];
                fields[field] = line[(colon + 1)..];
            }
            else if (fields.TryGetValue(field, out string? value))
            {
                fields[field] = value + " " + line.Trim();
            }
        }
    }

    private static bool IsUsable(Dictionary<string, string> fields) =>
        Words(fields.GetValueOrDefault("Types") ?? "deb").Contains("deb")
        && (fields.GetValueOrDefault("Enabled")?.Trim() ?? "yes").ToLowerInvariant() is not ("no" or "false" or "0" or "off" or "without" or "disable");

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
