using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>The hash area of a dm-verity device, and the hash that vouches for it.</summary>
public sealed class DmVerityTree
{
    internal DmVerityTree(ReadOnlyMemory<byte> rootHash, Blob hash)
    {
        RootHash = rootHash;
        Hash = hash;
    }

    /// <summary>The root hash, as many bytes as the hash function gives. Whoever has it from a safe place can trust all data.</summary>
    public ReadOnlyMemory<byte> RootHash { get; }

    /// <summary>The root hash in small hexadecimal digits, as <c>veritysetup</c> and the kernel's command line have it.</summary>
    public string RootHashText => Convert.ToHexStringLower(RootHash.Span);

    /// <summary>
    /// What lies at <see cref="DmVerityOptions.HashOffset"/>: superblock and tree. It refers to the spool, where the tree
    /// went there.
    /// </summary>
    public Blob Hash { get; }
}
