using System.Buffers.Binary;
using System.Numerics;

namespace Diecast.Formats.FileSystems;

/// <summary>What leads the kernel to a file's tree (struct fsverity_descriptor); a signature follows it.</summary>
internal static class VerityDescriptor
{
    internal const int Size = 256;

    private const int Version = 1;
    private const int SignatureSizeOffset = 4;
    private const int DataSizeOffset = 8;
    private const int RootHashOffset = 16;
    private const int SaltOffset = 80;

    /// <summary>Fills a descriptor, which is zero; this reads the content where the tree has not been made.</summary>
    internal static void Write(VerityTree tree, int signatureSize, Span<byte> descriptor)
    {
        descriptor[0] = Version;
        descriptor[1] = VerityHash.NumberOf(tree.Hash.Algorithm);
        descriptor[2] = (byte)BitOperations.Log2((uint)tree.Hash.BlockSize);
        descriptor[3] = (byte)tree.Hash.Salt.Length;
        BinaryPrimitives.WriteInt32LittleEndian(descriptor[SignatureSizeOffset..], signatureSize);
        BinaryPrimitives.WriteInt64LittleEndian(descriptor[DataSizeOffset..], tree.ContentLength);
        tree.RootHash.CopyTo(descriptor[RootHashOffset..]);
        tree.Hash.Salt.Span.CopyTo(descriptor[SaltOffset..]);
    }

    /// <summary>The parameters that a descriptor tells of; with them the same content has the same digest.</summary>
    /// <exception cref="InvalidImageException">It is none, or of a kind that no kernel makes.</exception>
    internal static VerityOptions Read(ReadOnlySpan<byte> descriptor)
    {
        if (descriptor.Length < Size || descriptor[0] != Version || descriptor[1] is not (1 or 2) || descriptor[2] is < 10 or > 16 || descriptor[3] > VerityOptions.MaximumSaltSize)
            throw new InvalidImageException("fs-verity", "a descriptor is not one of version 1, with SHA-256 or SHA-512");
        return new VerityOptions
        {
            Algorithm = descriptor[1] == VerityHash.NumberOf(VerityAlgorithm.Sha256) ? VerityAlgorithm.Sha256 : VerityAlgorithm.Sha512,
            BlockSize = 1 << descriptor[2],
            Salt = descriptor.Slice(SaltOffset, descriptor[3]).ToArray(),
        };
    }

    /// <summary>The file's digest: the hash of the descriptor as it is without a signature (compute_file_digest).</summary>
    internal static VerityDigest Digest(VerityTree tree)
    {
        Span<byte> descriptor = stackalloc byte[Size];
        descriptor.Clear();
        Write(tree, 0, descriptor);
        byte[] hash = new byte[tree.Hash.Size];
        tree.Hash.Plain(descriptor, hash);
        return new VerityDigest(tree.Hash.Algorithm, hash);
    }
}
