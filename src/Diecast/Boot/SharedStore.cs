using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Boot;

/// <summary>A directory that a machine's host shares with it by 9p, in place of content of the image.</summary>
/// <param name="Path">Absolute path, on the host and in the system.</param>
internal sealed record SharedStore(string Path)
{
    /// <summary>What a 9p mount tag may have (Linux include/uapi/linux/virtio_9p.h and QEMU's MAX_TAG_LEN, less the NUL).</summary>
    private const int LongestTag = 31;

    /// <summary>The name by which the host offers the directory and the initial RAM disk asks for it.</summary>
    /// <remarks>Guix's rule, by which its virtual machines share their store: TAG, then the path's SHA-1 in base 32 but for its first four characters.</remarks>
    internal string Tag { get; } = ("TAG" + Base32(Digest(Path))[4..])[..LongestTag];

    [SuppressMessage("Security", "CA5350", Justification = "It is a name, and the rule is another program's.")]
    private static byte[] Digest(string path) => SHA1.HashData(Encoding.UTF8.GetBytes(path));

    /// <summary>RFC 4648 in small letters, of whole groups of five bytes.</summary>
    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyz234567";
        var text = new StringBuilder();
        for (int bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            int window = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text.Append(Digits[(window >> (11 - (bit % 8))) & 31]);
        }

        return text.ToString();
    }
}
