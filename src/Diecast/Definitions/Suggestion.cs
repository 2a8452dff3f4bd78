namespace Diecast.Definitions;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class Suggestion
{
    private const int LongestName = 64;

    /// <summary>The nearest name when one is near enough: at most one slip in three letters, case apart.</summary>
    internal static string? Nearest(string text, IEnumerable<string> names)
    {
        if (text.Length is 0 or > LongestName)
            return null;
        string? nearest = null;
        int least = Math.Max(1, text.Length / 3) + 1;
        foreach (string name in names)
        {
            // Letters that differ in case only count as no slip, but an exact spelling elsewhere would have matched.
            int distance = Distance(text.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < least)
                (nearest, least) = (name, distance);
        }

        return nearest;
    }

    /// <summary>Damerau and Levenshtein's distance in its optimal-string-alignment form: a swap of neighbours is one slip.</summary>
    internal static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }
}
