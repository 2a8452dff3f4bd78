using System.Diagnostics.CodeAnalysis;

namespace Diecast.Bases;

/// <summary>A place that packages come from.</summary>
/// <param name="Uri">The archive's address, without a slash at its end.</param>
/// <param name="Suite">The suite, or for a flat archive a directory that ends with a slash.</param>
/// <param name="Components">Components; none for a flat archive.</param>
/// <param name="Options">What stands in brackets, without them, or nothing.</param>
/// <param name="Presence">Whether the suite must be there.</param>
[SuppressMessage("Design", "CA1054", Justification = "apt's own notation, passed on as it is")]
internal sealed record AptSource(
    string Uri, string Suite, ValueList<string> Components, string Options = "", AptPresence Presence = AptPresence.Required)
{
    /// <summary>The source as one line of sources.list.</summary>
    internal string Line => string.Join(' ', (string[])["deb", .. Options.Length > 0 ? [$"[{Options}]"] : Array.Empty<string>(), Uri, Suite, .. Components]);

    /// <summary>Addresses of the files that describe the archive's state, the signed one first (Debian RepositoryFormat).</summary>
    internal string[] StateFiles
    {
        get
        {
            string directory = Suite.EndsWith('/') ? $"{Uri}/{Suite.TrimEnd('/')}".TrimEnd('.', '/') : $"{Uri}/dists/{Suite}";
            return [directory + "/InRelease", directory + "/Release"];
        }
    }

    /// <summary>Reads one line of sources.list; null for comments, empty lines and sources of source code.</summary>
    /// <exception cref="FormatException">It is no such line.</exception>
    internal static AptSource? Parse(string line)
    {
        string text = line.Split('#')[0].Trim();
        if (text.Length == 0 || text.StartsWith("deb-src", StringComparison.Ordinal))
            return null;
        if (!text.StartsWith("deb ", StringComparison.Ordinal) && !text.StartsWith("deb\t", StringComparison.Ordinal))
            throw new FormatException($"'{line}' is no line of sources.list: it must start with deb");
        text = text[4..].Trim();
        string options = "";
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                throw new FormatException($"'{line}' has no ']' after its options");
            options = text[1..end].Trim();
            text = text[(end + 1)..].Trim();
        }

        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || (words.Length == 2) != words[1].EndsWith('/'))
            throw new FormatException($"'{line}' must name an address, a suite and components");
        return new AptSource(words[0].TrimEnd('/'), words[1], words[2..].ToValueList(), options);
    }
}

/// <summary>Whether a suite must be there.</summary>
internal enum AptPresence
{
    /// <summary>Its absence is an error.</summary>
    Required,

    /// <summary>It is left out where the archive does not have it.</summary>
    Optional,
}
