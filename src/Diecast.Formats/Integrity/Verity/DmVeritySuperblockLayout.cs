using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>The superblock (cryptsetup, lib/verity/verity.c, <c>struct verity_sb</c>): little-endian, 512 bytes.</summary>
internal static class DmVeritySuperblockLayout
{
    internal const int Size = 512;

    internal const int SignatureAt = 0;
    internal const int VersionAt = 8;
    internal const int HashTypeAt = 12;
    internal const int UuidAt = 16;
    internal const int AlgorithmAt = 32;
    internal const int DataBlockSizeAt = 64;
    internal const int HashBlockSizeAt = 68;
    internal const int DataBlocksAt = 72;
    internal const int SaltSizeAt = 80;
    internal const int SaltAt = 88;

    private const int AlgorithmLength = 32;
    private const int Version = 1;

    private static readonly (DmVerityAlgorithm Algorithm, string Name)[] Names =
    [
        (DmVerityAlgorithm.Sha256, "sha256"),
        (DmVerityAlgorithm.Sha1, "sha1"),
        (DmVerityAlgorithm.Sha384, "sha384"),
        (DmVerityAlgorithm.Sha512, "sha512"),
    ];

    internal static ReadOnlySpan<byte> Signature => "verity\0\0"u8;

    internal static byte[] Make(DmVerityOptions options, long dataBlocks)
    {
        byte[] block = new byte[Size];
        Signature.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(HashTypeAt), (uint)options.HashType);
        _ = options.Uuid.TryWriteBytes(block.AsSpan(UuidAt), bigEndian: true, out _);
        System.Text.Encoding.ASCII.GetBytes(NameOf(options.Algorithm)).CopyTo(block, AlgorithmAt);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(DataBlockSizeAt), (uint)options.DataBlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(HashBlockSizeAt), (uint)options.HashBlockSize);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(DataBlocksAt), dataBlocks);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(SaltSizeAt), (ushort)options.Salt.Length);
        options.Salt.Span.CopyTo(block.AsSpan(SaltAt));
        return block;
    }

    /// <summary>The superblock at a place, checked.</summary>
    internal static DmVeritySuperblock Read(Blob device, long offset)
    {
        if (offset < 0 || offset > device.Length - Size)
            throw Invalid($"a device of {device.Length} bytes has no room for a superblock at {offset}");
        byte[] block = device.Slice(offset, Size).ToArray();
        if (!block.AsSpan(SignatureAt, Signature.Length).SequenceEqual(Signature))
            throw Invalid($"there is no superblock at {offset}");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(VersionAt));
        if (version != Version)
            throw Invalid($"a superblock of version {version}; {Version} is known");
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(HashTypeAt));
        if (type > (uint)DmVerityHashType.Normal)
            throw Invalid($"hash type {type}; 0 and 1 are known");
        uint dataBlockSize = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(DataBlockSizeAt));
        uint hashBlockSize = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(HashBlockSizeAt));
        if (!DmVerityOptions.IsBlockSize(dataBlockSize) || !DmVerityOptions.IsBlockSize(hashBlockSize))
            throw Invalid($"data blocks of {dataBlockSize} and hash blocks of {hashBlockSize} bytes");
        ulong blocks = BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(DataBlocksAt));
        if (blocks == 0 || blocks > (ulong)long.MaxValue / dataBlockSize)
            throw Invalid($"{blocks} data blocks of {dataBlockSize} bytes");
        int saltSize = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(SaltSizeAt));
        if (saltSize > DmVerityOptions.MaximumSaltSize)
            throw Invalid($"a salt of {saltSize} bytes; up to {DmVerityOptions.MaximumSaltSize} are possible");
        return new DmVeritySuperblock
        {
            Uuid = new Guid(block.AsSpan(UuidAt, 16), bigEndian: true),
            HashType = (DmVerityHashType)type,
            Algorithm = AlgorithmOf(block.AsSpan(AlgorithmAt, AlgorithmLength)),
            DataBlockSize = (int)dataBlockSize,
            HashBlockSize = (int)hashBlockSize,
            DataBlocks = (long)blocks,
            Salt = block.AsMemory(SaltAt, saltSize),
        };
    }

    internal static string NameOf(DmVerityAlgorithm algorithm) => Array.Find(Names, known => known.Algorithm == algorithm).Name;

    private static DmVerityAlgorithm AlgorithmOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        string name = System.Text.Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
        foreach ((DmVerityAlgorithm algorithm, string known) in Names)
        {
            if (name == known)
                return algorithm;
        }

        string shown = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '?'));
        throw Invalid($"the hash '{shown}'; {string.Join(", ", Names.Select(known => known.Name))} are known");
    }

    private static InvalidImageException Invalid(FormattableString message) =>
        new(DmVerityOptions.Format, FormattableString.Invariant(message));
}
