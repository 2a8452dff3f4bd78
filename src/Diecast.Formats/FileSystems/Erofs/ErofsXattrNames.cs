namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The numbers that stand for the beginnings of attributes' names.</summary>
internal static class ErofsXattrNames
{
    /// <summary>Numbers 1 to 6; those without a dot at the end are whole names.</summary>
    private static readonly string[] Prefixes =
        ["user.", "system.posix_acl_access", "system.posix_acl_default", "trusted.", "lustre.", "security."];

    /// <summary>What a number stands for, or null.</summary>
    internal static string? PrefixOf(int index) => index >= 1 && index <= Prefixes.Length ? Prefixes[index - 1] : null;

    /// <summary>The number of a name's beginning and the bytes that it takes, or null where there is none.</summary>
    internal static (int Index, int Length)? Split(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Prefixes.Length; i++)
        {
            ReadOnlySpan<byte> prefix = System.Text.Encoding.ASCII.GetBytes(Prefixes[i]);
            bool isWhole = prefix[^1] != '.';
            if (isWhole ? name.SequenceEqual(prefix) : name.Length > prefix.Length && name.StartsWith(prefix))
                return (i + 1, prefix.Length);
        }

        return null;
    }
}
