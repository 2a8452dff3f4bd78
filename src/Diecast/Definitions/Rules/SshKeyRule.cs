using System.Buffers.Binary;
using System.Text;

namespace Diecast.Definitions.Rules;

/// <summary>A line of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT).</summary>
internal static class SshKeyRule
{
    private static readonly string[] Types =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    /// <summary>What is wrong with a line, or null.</summary>
    internal static string? Test(string text)
    {
        if (text.Length == 0)
            return "empty";
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return "private key";
        if (text.Any(char.IsControl))
            return "more than one line";
        List<string> parts = Split(text);
        int type = parts.FindIndex(p => Array.IndexOf(Types, p) >= 0);
        // Options come before the type as one word.
        if (type is < 0 or > 1)
            return parts.Contains("ssh-dss") ? "DSA key, which OpenSSH no longer takes" : "no key type where one belongs";
        if (type + 1 >= parts.Count)
            return "key without its base64 part";
        return Matches(parts[type], parts[type + 1]) ? null : "base64 part that is damaged or of another type";
    }

    /// <summary>The key's bytes start with the type as a counted string (RFC 4253, 6.6).</summary>
    private static bool Matches(string type, string base64)
    {
        byte[] blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out int length) || length < 4)
            return false;
        uint counted = BinaryPrimitives.ReadUInt32BigEndian(blob);
        return counted == (uint)type.Length && length > 4 + type.Length
            && blob.AsSpan(4, type.Length).SequenceEqual(Encoding.ASCII.GetBytes(type));
    }

    /// <summary>Words parted by spaces outside double quotes; a backslash keeps a quote inside them.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == ' ' && !quoted)
            {
                if (part.Length > 0)
                    parts.Add(part.ToString());
                part.Clear();
                continue;
            }

            if (c == '"' && (i == 0 || text[i - 1] != '\\'))
                quoted = !quoted;
            part.Append(c);
        }

        if (part.Length > 0)
            parts.Add(part.ToString());
        return parts;
    }
}
