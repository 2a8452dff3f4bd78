using System.Text;

namespace Diecast.Repart.Definitions;

/// <summary>Replaces <c>%x</c> in a text.</summary>
internal static class Specifiers
{
    /// <summary>Replaces every specifier that has a meaning; others stay as they are, and <c>%%</c> is a percent sign.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mostBytes">Bytes of UTF-8 that the result may have.</param>
    /// <param name="find">The meaning of a letter, or null.</param>
    /// <exception cref="InvalidOperationException">A specifier has a meaning that is not known here, or the result is too long.</exception>
    internal static string Expand(string text, int mostBytes, Func<char, string?> find)
    {
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            char letter = text[++i];
            if (letter == '%')
                result.Append('%');
            else
                result.Append(find(letter) ?? $"%{letter}");
        }

        string expanded = result.ToString();
        int length = Encoding.UTF8.GetByteCount(expanded);
        return length <= mostBytes
            ? expanded
            : throw new InvalidOperationException(FormattableString.Invariant($"it has {length} bytes, and {mostBytes} are the most"));
    }
}
