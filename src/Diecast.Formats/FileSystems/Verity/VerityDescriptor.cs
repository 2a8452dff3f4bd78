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
