using System.Buffers;
using System.Text;

namespace Diecast.Formats;

/// <summary>UTF-16 text.</summary>
internal static class Utf16
{
    /// <summary>Whether no half of a surrogate pair stands alone, so that the text has a UTF-8 form.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int length) != OperationStatus.Done)
                return false;
            text = text[length..];
        }

        return true;
    }
}
