namespace Diecast.Systems;

/// <summary>Finds what was probably meant by a name that is not there.</summary>
internal static class NearNames
{
    private const int Shown = 3;

    /// <summary>"did you mean …" with the nearest names, or the text given when none is near.</summary>
    internal static string Suggest(string name, IEnumerable<string> known, string otherwise)
    {
        string[] near = Find(name, known);
        return near.Length == 0 ? otherwise : $"did you mean {string.Join(" or ", near)}?";
    }

    /// <summary>The nearest names, at most three, nearest first.</summary>
    internal static string[] Find(string name, IEnumerable<string> known)
    {
        string stem = Stem(name);
        int limit = Math.Max(1, stem.Length / 3);
        return
        [
            .. known.Distinct(StringComparer.Ordinal)
                .Select(candidate => (Name: candidate, Distance: Distance(stem, Stem(candidate))))
                .Where(near => near.Distance <= limit)
                .OrderBy(near => near.Distance)
                .ThenBy(near => near.Name, StringComparer.Ordinal)
                .Take(Shown)
                .Select(near => near.Name),
        ];
    }

    private static string Stem(string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        int dot = file.LastIndexOf('.');
        return (dot > 0 ? file[..dot] : file).ToLowerInvariant();
    }

    // The edit distance in which two letters that change places count once; a name that only goes on counts as near.
    private static int Distance(string a, string b)
    {
        if (a.Length > 2 && (b.StartsWith(a, StringComparison.Ordinal) || b.EndsWith("-" + a, StringComparison.Ordinal)))
            return b.Length == a.Length ? 0 : 1;
        int[] before = new int[b.Length + 1];
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] next = new int[b.Length + 1];
            next[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                next[j] = Math.Min(changed, Math.Min(row[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
            }

            (before, row) = (row, next);
        }

        return row[^1];
    }
}
