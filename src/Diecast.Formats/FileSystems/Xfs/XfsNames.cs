using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>
/// Stand-ins for names that a prototype cannot have: blanks end a word there, a colon starts a comment, a dollar sign ends
/// a directory.
/// </summary>
/// <remarks>
/// The index of a directory has the hash of a name (xfs_da_hashname): each byte is seven bits further than the next one. So
/// the lowest bit of a byte and the highest of the next cancel out, and a name with both of them turned has the same
/// length and hash: it can be replaced in its place.
/// </remarks>
internal static class XfsNames
{
    /// <summary>A name of the same length and hash that a prototype can have; mostly the name itself.</summary>
    /// <exception cref="UnrepresentableException">There is none.</exception>
    internal static FileName Alias(FileName name, string path)
    {
        byte[] bytes = name.Span.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (IsPlain(bytes, i))
                continue;
            if (!TryTurn(bytes, i) && !TryTurn(bytes, i - 1))
                throw new UnrepresentableException(XfsFinisher.Name, path, "mkfs.xfs cannot be given a name of blanks, a colon at its start or a dollar sign, and this one has no stand-in");
        }

        return new FileName(bytes);
    }

    /// <summary>Whether a symbolic link's target can stand in a prototype.</summary>
    internal static bool IsPlain(FileName target) => target.Length > 0 && target.Span[0] != ':' && target.Span.IndexOfAny(" \t\n"u8) < 0;

    private static bool IsPlain(byte[] name, int index) =>
        name[index] is not ((byte)' ' or (byte)'\t' or (byte)'\n') && !(index == 0 && (name[0] == ':' || (name[0] == '$' && name.Length == 1)));

    private static bool TryTurn(byte[] name, int index)
    {
        if (index < 0 || index + 1 >= name.Length)
            return false;
        (byte first, byte second) = (name[index], name[index + 1]);
        name[index] ^= 1;
        name[index + 1] ^= 0x80;
        if (IsFit(name, index) && IsFit(name, index + 1))
            return true;
        (name[index], name[index + 1]) = (first, second);
        return false;
    }

    // The second of the two is looked at next where it is still to come.
    private static bool IsFit(byte[] name, int index) => name[index] is not (0 or (byte)'/') && IsPlain(name, index);
}
