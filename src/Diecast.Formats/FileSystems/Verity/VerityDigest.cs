using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems;

/// <summary>What the kernel takes a protected file for (<c>fsverity measure</c>): the hash of its descriptor, which holds its size and root hash.</summary>
public sealed class VerityDigest : IEquatable<VerityDigest>
{
    private readonly byte[] _bytes;

    internal VerityDigest(VerityAlgorithm algorithm, byte[] bytes)
    {
        Algorithm = algorithm;
        _bytes = bytes;
    }

    /// <summary>The hash.</summary>
    public VerityAlgorithm Algorithm { get; }

    /// <summary>Its value: 32 or 64 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>What a built-in signature signs (struct fsverity_formatted_digest).</summary>
    public ReadOnlyMemory<byte> SignedBytes
    {
        get
        {
            byte[] signed = new byte[12 + _bytes.Length];
            "FSVerity"u8.CopyTo(signed);
            BinaryPrimitives.WriteUInt16LittleEndian(signed.AsSpan(8), VerityHash.NumberOf(Algorithm));
            BinaryPrimitives.WriteUInt16LittleEndian(signed.AsSpan(10), (ushort)_bytes.Length);
            _bytes.CopyTo(signed.AsSpan(12));
            return signed;
        }
    }

    /// <inheritdoc/>
    public bool Equals(VerityDigest? other) =>
        other is not null && other.Algorithm == Algorithm && other._bytes.AsSpan().SequenceEqual(_bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerityDigest);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>As <c>fsverity</c> prints it: <c>sha256:</c> and hexadecimal digits.</summary>
    public override string ToString() =>
        (Algorithm == VerityAlgorithm.Sha256 ? "sha256:" : "sha512:") + Convert.ToHexStringLower(_bytes);
}
