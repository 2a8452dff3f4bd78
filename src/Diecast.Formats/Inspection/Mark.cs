using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Inspection;

/// <summary>Bytes by which something is known, and texts and ids beside them.</summary>
internal static class Mark
{
    internal static bool Is(Blob content, long offset, ReadOnlySpan<byte> mark)
    {
        if (offset > content.Length - mark.Length)
            return false;
        Span<byte> there = stackalloc byte[32];
        content.Read(offset, there[..mark.Length]);
        return there[..mark.Length].SequenceEqual(mark);
    }

    /// <summary>A text up to its end or the first zero, without what would disturb a terminal; null for none.</summary>
    internal static string? Text(Blob content, long offset, int length) =>
        offset > content.Length - length ? null : Text(Encoding.UTF8.GetString(content.Slice(offset, length).ToArray()));

    /// <summary>The same of UTF-16, little-endian.</summary>
    internal static string? WideText(Blob content, long offset, int length) =>
        offset > content.Length - length ? null : Text(Encoding.Unicode.GetString(content.Slice(offset, length).ToArray()));

    internal static string? Text(string text)
    {
        int end = text.IndexOf('\0', StringComparison.Ordinal);
        string shown = string.Concat((end < 0 ? text : text[..end]).Select(c => char.IsControl(c) ? '?' : c)).TrimEnd();
        return shown.Length == 0 ? null : shown;
    }

    /// <summary>A UUID in the order of its text; null for none.</summary>
    internal static string? Uuid(Blob content, long offset)
    {
        const int Bytes = 16;
        if (offset > content.Length - Bytes)
            return null;
        var id = new Guid(content.Slice(offset, Bytes).ToArray(), bigEndian: true);
        return id == Guid.Empty ? null : id.ToString();
    }
}
