using System.Globalization;
using System.Text;

namespace Diecast.Bases.Nix;

/// <summary>
/// The text that a store's paths are registered by (Nix, <c>nix-store --dump-db</c> and <c>--load-db</c>): for each its path,
/// hash, size, deriver, number of references and these, a line each. The form of <c>exportReferencesGraph</c> has neither hash
/// nor size.
/// </summary>
internal static class Registration
{
    private const int MostReferences = 1_000_000;

    /// <summary>Reads one.</summary>
    /// <exception cref="BuildException">It is none.</exception>
    internal static IReadOnlyList<StoreItemInfo> Parse(string text, string file)
    {
        string[] lines = text.Split('\n');
        int at = 0;
        var items = new List<StoreItemInfo>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (at < lines.Length && (lines[at].Length > 0 || at < lines.Length - 1))
        {
            string path = PathAt();
            NixHash? hash = null;
            long? size = null;
            if (at < lines.Length && NixHash.TryParse(lines[at], out hash))
            {
                at++;
                size = Number("a size in bytes", long.MaxValue);
            }

            string deriver = Line();
            if (deriver.Length > 0 && !StoreItemName.IsPath(deriver))
                throw Wrong("a deriver, or an empty line", at);
            int count = (int)Number("a number of references", MostReferences);
            var references = new SortedSet<string>(StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
                references.Add(PathAt());
            if (!seen.Add(path))
                throw new BuildException($"{file} registers {path} twice", "make it again");
            items.Add(new StoreItemInfo
            {
                Path = path,
                NarHash = hash,
                NarSize = size,
                Deriver = deriver.Length == 0 ? null : deriver,
                References = references.ToValueList(),
            });
        }

        return items.Count > 0 ? items : throw new BuildException($"{file} registers no paths", "make it with nix-store --dump-db, or take closureInfo's");

        string Line() => at < lines.Length ? lines[at++] : throw Wrong("more lines", at + 1);

        string PathAt()
        {
            string line = Line();
            return StoreItemName.IsPath(line) ? line : throw Wrong("a path of a store", at);
        }

        long Number(string what, long most) =>
            long.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most ? number : throw Wrong(what, at);

        BuildException Wrong(string what, int line) => new(
            string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {what} belongs here"), "make it with nix-store --dump-db, or take closureInfo's registration");
    }

    /// <summary>The text of what is registered, in order of the paths.</summary>
    internal static string Write(IEnumerable<StoreItemInfo> items)
    {
        var text = new StringBuilder();
        foreach (StoreItemInfo item in items.OrderBy(item => item.Path, StringComparer.Ordinal))
        {
            text.Append(item.Path).Append('\n')
                .Append(item.NarHash!.Base16).Append('\n')
                .Append(CultureInfo.InvariantCulture, $"{item.NarSize!.Value}\n")
                .Append(item.Deriver).Append('\n')
                .Append(CultureInfo.InvariantCulture, $"{item.References.Count}\n");
            foreach (string reference in item.References)
                text.Append(reference).Append('\n');
        }

        return text.ToString();
    }
}
