namespace Diecast.Systems.Accounts;

/// <summary>What names and fields of accounts may hold.</summary>
internal static class AccountRules
{
    private const int MaximumName = 32;

    /// <summary>
    /// The rule of shadow-utils (lib/chkname.c): letters, digits, underscore, dot and hyphen, not a hyphen first, a
    /// dollar only last, not all digits, at most 32.
    /// </summary>
    internal static bool IsName(string name)
    {
        string body = name.EndsWith('$') ? name[..^1] : name;
        return body.Length > 0 && name.Length <= MaximumName
            && body is not ("." or "..")
            && body[0] != '-'
            && body.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            && !body.All(char.IsAsciiDigit);
    }

    /// <summary>Whether a text can stand in a field: no colon and no control character.</summary>
    internal static bool IsField(string text) => !text.Any(c => c == ':' || char.IsControl(c));

    internal static bool IsPath(string text) => text.StartsWith('/') && IsField(text) && !text.Split('/').Contains("..");

    /// <summary>
    /// Whether a text is a password as crypt(5) stores it, is locked, or is empty for none. The thirteen characters of
    /// the old DES scheme are refused, because a plain password may look the same.
    /// </summary>
    internal static bool IsPasswordHash(string text)
    {
        string hash = text.TrimStart('!');
        if (hash.Length == 0 || hash == "*")
            return true;
        string[] parts = hash.Split('$');
        return parts.Length >= 4
            && parts[0].Length == 0
            && parts[1].Length > 0 && parts[1].All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && hash.All(c => c is > ' ' and < (char)127 && c is not (':' or '*' or '!' or '\\'));
    }

    /// <summary>Whether a text is one line of authorized_keys (sshd(8)) with a public key in it.</summary>
    internal static bool IsSshKey(string line)
    {
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int type = Array.FindIndex(words, word =>
            word.StartsWith("ssh-", StringComparison.Ordinal)
            || word.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
            || word.StartsWith("sk-", StringComparison.Ordinal));
        return !line.Any(c => char.IsControl(c) && c != '\t')
            && type >= 0 && type + 1 < words.Length
            && words[type + 1].StartsWith("AAAA", StringComparison.Ordinal)
            && Convert.TryFromBase64String(words[type + 1], new byte[words[type + 1].Length], out _);
    }
}
