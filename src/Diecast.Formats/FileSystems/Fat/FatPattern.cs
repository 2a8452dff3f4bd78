namespace Diecast.Formats.FileSystems.Fat;

/// <summary>The form of a path, see <see cref="FatAttributeRule.Path"/>.</summary>
internal sealed class FatPattern
{
    private const char AnyInName = '\u0001';
    private const char Any = '\u0002';
    private const char AnyDirectories = '\u0003';
    private const char One = '\u0004';

    private readonly string _parts;

    internal FatPattern(string pattern) =>
        // Controls are in no FAT name, so they can stand for the wild cards.
        _parts = pattern.ToUpperInvariant()
            .Replace("**/", $"{AnyDirectories}", StringComparison.Ordinal)
            .Replace("**", $"{Any}", StringComparison.Ordinal)
            .Replace('*', AnyInName)
            .Replace('?', One);

    /// <summary>Whether a path has the form, in time proportional to the path's length and the pattern's.</summary>
    internal bool Matches(string path)
    {
        string text = path.ToUpperInvariant();
        // reached[i]: the parts so far can stand for the first i characters.
        bool[] reached = new bool[text.Length + 1];
        reached[0] = true;
        foreach (char part in _parts)
        {
            bool[] next = new bool[reached.Length];
            bool open = false;
            for (int i = 0; i <= text.Length; i++)
            {
                char? before = i == 0 ? null : text[i - 1];
                switch (part)
                {
                    case Any:
                        next[i] = open |= reached[i];
                        break;
                    case AnyDirectories:
                        next[i] = reached[i] || (open && before == '/');
                        open |= reached[i];
                        break;
                    case AnyInName:
                        next[i] = open = reached[i] || (open && before != '/');
                        break;
                    default:
                        next[i] = i > 0 && reached[i - 1] && (part == One ? before != '/' : before == part);
                        break;
                }
            }

            reached = next;
        }

        return reached[^1];
    }
}
