namespace Diecast.Repart.Sources;

/// <summary>The order of versions in labels (UAPI.10): numbers count as numbers, and <c>~</c> is before everything.</summary>
internal static class VersionOrder
{
    internal static int Compare(string left, string right)
    {
        ReadOnlySpan<char> a = left;
        ReadOnlySpan<char> b = right;
        while (true)
        {
            a = Skip(a);
            b = Skip(b);
            if (Mark('~', ref a, ref b) is { } early)
            {
                if (early != 0)
                    return early;
                continue;
            }

            if (a.IsEmpty || b.IsEmpty)
                return Math.Sign(a.Length.CompareTo(b.Length));
            int order = Mark('-', ref a, ref b) ?? Mark('^', ref a, ref b) ?? Mark('.', ref a, ref b) ?? Words(ref a, ref b);
            if (order != 0)
                return order;
        }
    }

    /// <summary>What is no part of a version is passed over.</summary>
    private static ReadOnlySpan<char> Skip(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length && !char.IsAsciiLetterOrDigit(text[at]) && text[at] is not ('~' or '-' or '^' or '.'))
            at++;
        return text[at..];
    }

    /// <summary>The order by a mark that one of them begins with, which is the lesser one then; null where neither does.</summary>
    private static int? Mark(char mark, ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        bool left = a.StartsWith([mark]);
        bool right = b.StartsWith([mark]);
        if (!left && !right)
            return null;
        if (left != right)
            return left ? -1 : 1;
        a = a[1..];
        b = b[1..];
        return 0;
    }

    /// <summary>The order by the digits, or else the letters, that they begin with.</summary>
    private static int Words(ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        if (!char.IsAsciiDigit(a[0]) && !char.IsAsciiDigit(b[0]))
            return Math.Sign(Take(ref a, char.IsAsciiLetter).SequenceCompareTo(Take(ref b, char.IsAsciiLetter)));
        ReadOnlySpan<char> left = Take(ref a, char.IsAsciiDigit).TrimStart('0');
        ReadOnlySpan<char> right = Take(ref b, char.IsAsciiDigit).TrimStart('0');
        return left.Length != right.Length ? Math.Sign(left.Length.CompareTo(right.Length)) : Math.Sign(left.SequenceCompareTo(right));
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        int length = 0;
        while (length < text.Length && belongs(text[length]))
            length++;
        ReadOnlySpan<char> taken = text[..length];
        text = text[length..];
        return taken;
    }
}
