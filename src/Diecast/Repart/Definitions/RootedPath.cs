namespace Diecast.Repart.Definitions;

/// <summary>Paths inside a directory that stands for a system's root: no link in it leads out of it.</summary>
internal static class RootedPath
{
    private const int MaximumLinks = 40;

    /// <summary>The host's path of a path below a root with every link followed, or null where there is nothing.</summary>
    /// <param name="root">The root, or null for the host's own.</param>
    /// <param name="path">The path; a leading slash means the root.</param>
    internal static string? Resolve(string? root, string path)
    {
        string top = Path.GetFullPath(root ?? "/");
        var names = new List<string>();
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (pending.TryPop(out string? name))
        {
            if (name == ".")
                continue;
            if (name == "..")
            {
                if (names.Count > 0)
                    names.RemoveAt(names.Count - 1);
                continue;
            }

            string candidate = Join(top, [.. names, name]);
            var entry = new FileInfo(candidate);
            if (entry.LinkTarget is { } target)
            {
                if (++links > MaximumLinks)
                    return null;
                if (target.StartsWith('/'))
                    names.Clear();
                foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    pending.Push(step);
                continue;
            }

            if (!entry.Exists && !Directory.Exists(candidate))
                return null;
            names.Add(name);
        }

        return Join(top, names);
    }

    /// <summary>The text of a file below a root, or null where there is none.</summary>
    internal static string? ReadText(string? root, string path) =>
        Resolve(root, path) is { } file && File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>An absolute path without doubled slashes and dots, or null where it is none; <c>..</c> is refused, as systemd does.</summary>
    internal static string? Simplify(string path, bool keepTrailingSlash = false)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            return null;
        string[] names = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".")];
        if (names.Contains(".."))
            return null;
        string simple = "/" + string.Join('/', names);
        return keepTrailingSlash && names.Length > 0 && path.EndsWith('/') ? simple + "/" : simple;
    }

    /// <summary>What is left of a path below another, without a leading slash; null where it is not below it.</summary>
    internal static string? Below(string path, string prefix)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] outer = prefix.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length < outer.Length || !names.AsSpan(0, outer.Length).SequenceEqual(outer))
            return null;
        return string.Join('/', names.Skip(outer.Length)) + (path.EndsWith('/') && names.Length > outer.Length ? "/" : "");
    }

    private static string Join(string top, IEnumerable<string> names) =>
        names.Aggregate(top, (path, name) => path.EndsWith('/') ? path + name : path + "/" + name);
}
