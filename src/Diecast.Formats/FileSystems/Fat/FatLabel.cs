namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Volume labels: eleven bytes of a code page.</summary>
internal static class FatLabel
{
    internal const int Length = 11;
    private const string Forbidden = "*?.,;:/\\|+=<>[]\"";

    /// <summary>What the boot sector holds when there is no label.</summary>
    internal static ReadOnlySpan<byte> None => "NO NAME    "u8;

    /// <summary>The label's bytes, padded with spaces, or null for an empty label.</summary>
    internal static byte[]? Encode(string label, FatCharacters characters)
    {
        if (label.Length == 0)
            return null;
        if (label.Length > Length)
            throw Refuse($"the label \"{label}\" has {label.Length} characters; there is room for {Length}");
        if (label[0] == ' ')
            throw Refuse($"the label \"{label}\" starts with a space");
        byte[] bytes = new byte[Length];
        bytes.AsSpan().Fill((byte)' ');
        for (int i = 0; i < label.Length; i++)
        {
            char upper = char.ToUpperInvariant(label[i]);
            if (upper < ' ' || upper == 0x7F || Forbidden.Contains(upper, StringComparison.Ordinal))
                throw Refuse($"the label \"{label}\" holds U+{(int)upper:X4}; it may not hold controls or any of {Forbidden}");
            if (!characters.Has(upper))
                throw Refuse($"the label \"{label}\" holds '{label[i]}', which code page {characters.Number} does not have in upper case");
            bytes[i] = characters.Encode(upper);
        }

        return bytes;
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(FatFileSystem.Format, null, FormattableString.Invariant(message));
}
