using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Diecast.Formats.Archives.Nar;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Bases.Nix;

/// <summary>A SHA-256, in the forms that Nix writes it in.</summary>
internal sealed class NixHash : IEquatable<NixHash>
{
    private const int Size = 32;
    private const string Prefix = "sha256:";
    private const string IntegrityPrefix = "sha256-";
    private const int Base32Length = 52;
    private const string Base32Digits = "0123456789abcdfghijklmnpqrsvwxyz";

    private readonly byte[] _bytes;

    private NixHash(byte[] bytes) => _bytes = bytes;

    /// <summary>The hash of an inode's archive.</summary>
    internal static (NixHash Hash, long Size) OfNar(Inode inode, CancellationToken cancellation)
    {
        Blob archive = NarWriter.Write(inode);
        return (Of(archive, cancellation), archive.Length);
    }

    /// <summary>The hash of bytes.</summary>
    internal static NixHash Of(Blob bytes, CancellationToken cancellation)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobWriter.Digest(bytes, digest, cancellation);
        return new NixHash(digest.GetHashAndReset());
    }

    internal static NixHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new NixHash(bytes.ToArray()) : throw new ArgumentException("a SHA-256 has 32 bytes", nameof(bytes));

    /// <summary>Reads base 16, Nix's base 32 or base 64, with <c>sha256:</c> before it or not, or a <c>sha256-</c> of HTML's integrity.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out NixHash? hash)
    {
        hash = null;
        bool isIntegrity = text.StartsWith(IntegrityPrefix, StringComparison.Ordinal);
        string digits = isIntegrity || text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        byte[] bytes = new byte[Size];
        bool isRead = digits.Length switch
        {
            2 * Size when !isIntegrity => digits.All(char.IsAsciiHexDigit) && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done,
            Base32Length when !isIntegrity => TryDecode(digits, bytes),
            44 => digits[^1] == '=' && Convert.TryFromBase64String(digits, bytes, out int count) && count == Size,
            _ => false,
        };
        if (isRead)
            hash = new NixHash(bytes);
        return isRead;
    }

    internal ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Hexadecimal digits.</summary>
    internal string Base16 => Convert.ToHexStringLower(_bytes);

    /// <summary>As narinfo files and signatures have it.</summary>
    internal string Base32
    {
        get
        {
            // Nix numbers the digits from the end, each five bits of the whole as a little-endian number.
            var text = new char[Base32Length];
            for (int digit = 0; digit < Base32Length; digit++)
            {
                int bit = digit * 5;
                int value = _bytes[bit / 8] >> (bit % 8);
                if (bit % 8 > 3 && (bit / 8) + 1 < Size)
                    value |= _bytes[(bit / 8) + 1] << (8 - (bit % 8));
                text[Base32Length - 1 - digit] = Base32Digits[value & 31];
            }

            return new string(text);
        }
    }

    public bool Equals(NixHash? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as NixHash);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    public override string ToString() => Prefix + Base32;

    private static bool TryDecode(string digits, byte[] bytes)
    {
        for (int digit = 0; digit < Base32Length; digit++)
        {
            int value = Base32Digits.IndexOf(digits[Base32Length - 1 - digit], StringComparison.Ordinal);
            if (value < 0)
                return false;
            int bit = digit * 5;
            bytes[bit / 8] |= (byte)((value << (bit % 8)) & 0xff);
            int rest = value >> (8 - (bit % 8));
            if ((bit / 8) + 1 < Size)
                bytes[(bit / 8) + 1] |= (byte)rest;
            else if (rest != 0)
                return false;
        }

        return true;
    }
}
