using System.Text;
using System.Text.RegularExpressions;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>
/// Patterns of paths as shells have them (glob(7)): <c>*</c> and <c>?</c> stand for characters of a name, <c>[a-z]</c> and
/// <c>[!a-z]</c> for one of a set, and where a whole path is matched <c>**</c> for names and directories.
/// </summary>
internal static class PathGlob
{
    private const RegexOptions Options =
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    // What may not be listed has nothing to find, as in a shell; names with a dot are left out below.
    private static readonly EnumerationOptions Listing = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    /// <summary>Whether a path of the host has characters that stand for others.</summary>
    internal static bool IsPattern(string path) => path.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    /// <summary>The paths of the host that a pattern stands for, in byte order; a name that starts with a dot is found by a pattern with one.</summary>
    /// <param name="directory">Directory that relative patterns start from.</param>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="IOException">A directory cannot be listed.</exception>
    internal static IReadOnlyList<string> Expand(string directory, string pattern)
    {
        string whole = Path.Combine(Path.GetFullPath(directory), pattern);
        List<string> found = ["/"];
        foreach (string part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsPattern(part))
            {
                found = [.. found.Select(path => Path.Combine(path, part)).Where(path => Path.Exists(path) || IsLink(path))];
                continue;
            }

            Regex form = Compile(part);
            found =
            [
                .. found.Where(Directory.Exists).SelectMany(path => Directory.EnumerateFileSystemEntries(path, "*", Listing))
                    .Where(path => (part[0] == '.' || Path.GetFileName(path)[0] != '.') && form.IsMatch(Path.GetFileName(path))),
            ];
        }

        return [.. found.Select(Path.GetFullPath).OrderBy(path => new FileName(path))];
    }

    /// <summary>Tells paths below a directory, each with a slash before it, that a pattern stands for: from the top with a slash before it, else by their names.</summary>
    internal static Predicate<string> Matcher(string pattern)
    {
        Regex form = Compile(pattern);
        return pattern.StartsWith('/') ? form.IsMatch : path => form.IsMatch(path[(path.LastIndexOf('/') + 1)..]);
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static Regex Compile(string pattern)
    {
        var text = new StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' && i + 2 < pattern.Length ? pattern.IndexOf(']', i + (pattern[i + 1] is '!' or '^' ? 3 : 2)) : -1;
            switch (pattern[i])
            {
                case '*' when i + 2 < pattern.Length && pattern[i + 1] == '*' && pattern[i + 2] == '/':
                    text.Append("(.*/)?");
                    i += 2;
                    break;
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    text.Append(".*");
                    i++;
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '[' when close > 0:
                    bool isOthers = pattern[i + 1] is '!' or '^';
                    string set = pattern[(i + (isOthers ? 2 : 1))..close];
                    text.Append(isOthers ? "[^/" : "[").Append(set.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)).Append(']');
                    i = close;
                    break;
                default:
                    text.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        try
        {
            return new Regex(text.Append("\\z").ToString(), Options);
        }
        catch (ArgumentException)
        {
            // A set that is none, as in [z-a], stands for itself.
            return new Regex($"^{Regex.Escape(pattern)}\\z", Options);
        }
    }
}
