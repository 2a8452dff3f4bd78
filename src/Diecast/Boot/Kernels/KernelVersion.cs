namespace Diecast.Boot;

/// <summary>The order of kernel versions.</summary>
/// <remarks>
/// Digits and other characters are compared in turn as Debian compares them (deb-version(7)): letters before other
/// characters, <c>~</c> before the end, numbers by value. A release candidate or trunk build (<c>-rc</c>,
/// <c>-trunk</c>) comes before its release, as linux-version(1) has it.
/// </remarks>
internal sealed class KernelVersion : IComparer<string>
{
    private KernelVersion()
    {
    }

    /// <summary>The comparer.</summary>
    internal static KernelVersion Order { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        int order = CompareParts(Prerelease(x ?? ""), Prerelease(y ?? ""));
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    private static string Prerelease(string version) =>
        version.Replace("-rc", "~rc", StringComparison.Ordinal).Replace("-trunk", "~trunk", StringComparison.Ordinal);

    private static int CompareParts(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        while (a.Length > 0 || b.Length > 0)
        {
            while (Weight(a) is var left && Weight(b) is var right && (left != 0 || right != 0))
            {
                if (left != right)
                    return left.CompareTo(right);
                a = a[1..];
                b = b[1..];
            }

            ReadOnlySpan<char> m = TakeNumber(ref a);
            ReadOnlySpan<char> n = TakeNumber(ref b);
            if (m.Length != n.Length)
                return m.Length.CompareTo(n.Length);
            int order = m.SequenceCompareTo(n);
            if (order != 0)
                return order;
        }

        return 0;
    }

    /// <summary>The weight of the first character that is no digit; 0 at a digit and at the end.</summary>
    private static int Weight(ReadOnlySpan<char> text) => text switch
    {
        [] => 0,
        ['~', ..] => -1,
        [var c, ..] when char.IsAsciiDigit(c) => 0,
        [var c, ..] when char.IsAsciiLetter(c) => c,
        [var c, ..] => c + 0x10000,
    };

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = end < 0 ? text : text[..end];
        text = text[number.Length..];
        return number.TrimStart('0');
    }
}
