using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>What a block of the journal is (journal.rst, "Block Header").</summary>
internal enum ExtJournalBlock
{
    /// <summary>Not a block of the transaction in question.</summary>
    None = 0,
    Descriptor = 1,
    Commit = 2,
    SuperblockVersion1 = 3,
    SuperblockVersion2 = 4,
    Revocation = 5,
}

/// <summary>One block that a descriptor announces.</summary>
/// <param name="Block">Where its content belongs.</param>
/// <param name="IsEscaped">Whether its first word, the journal's magic, was taken out.</param>
/// <param name="Checksum">Of its content, in the width that the tag has.</param>
internal readonly record struct ExtJournalTag(long Block, bool IsEscaped, uint Checksum);

/// <summary>A journal's superblock, and its blocks as that says they are. All numbers are big-endian.</summary>
internal sealed class ExtJournalFormat
{
    internal const int HeaderSize = 12;

    private const uint Magic = 0xc03b3998;
    private const uint CompatChecksum = 1;
    private const uint Revoke = 0x1;
    private const uint SixtyFourBit = 0x2;
    private const uint AsyncCommit = 0x4;
    private const uint ChecksumVersion2 = 0x8;
    private const uint ChecksumVersion3 = 0x10;
    private const uint FastCommit = 0x20;
    private const uint Known = Revoke | SixtyFourBit | AsyncCommit | ChecksumVersion2 | ChecksumVersion3 | FastCommit;
    private const int TagEscaped = 1;
    private const int TagSameUuid = 2;
    private const int TagLast = 8;
    private const int UuidSize = 16;
    private const int TailSize = 4;
    private const int CommitChecksumType = 12;
    private const int CommitChecksumSize = 13;
    private const int CommitChecksum = 16;
    private const int RevocationsStart = 16;
    private const int DefaultFastCommitBlocks = 256;

    private readonly uint _features;
    private readonly uint _seed;

    internal ExtJournalFormat(ReadOnlySpan<byte> superblock, int blockSize, long blocks)
    {
        var kind = (ExtJournalBlock)Number(superblock, JournalSuperblockLayout.Blocktype);
        if (Number(superblock, JournalSuperblockLayout.Magic) != Magic
            || kind is not (ExtJournalBlock.SuperblockVersion1 or ExtJournalBlock.SuperblockVersion2))
            throw Invalid("it has no superblock");
        bool hasFeatures = kind == ExtJournalBlock.SuperblockVersion2;
        _features = hasFeatures ? Number(superblock, JournalSuperblockLayout.FeatureIncompat) : 0;
        if ((_features & ~Known) != 0)
            throw Invalid($"its feature FEATURE_I{BitOperations.TrailingZeroCount(_features & ~Known)} cannot be read");
        HasOldChecksums = hasFeatures && !HasChecksums
            && (Number(superblock, JournalSuperblockLayout.FeatureCompat) & CompatChecksum) != 0;
        _seed = Crc32C.Append(uint.MaxValue, JournalSuperblockLayout.Uuid.Of(superblock));
        uint size = Number(superblock, JournalSuperblockLayout.Blocksize);
        if (size != blockSize)
            throw Invalid($"its blocks have {size} bytes, those of the file system {blockSize}");
        End = Number(superblock, JournalSuperblockLayout.Maxlen);
        First = Number(superblock, JournalSuperblockLayout.First);
        Start = Number(superblock, JournalSuperblockLayout.Start);
        Sequence = Number(superblock, JournalSuperblockLayout.FirstSequence);
        if (End > blocks)
            throw Invalid($"it claims {End} blocks and has {blocks}");
        if ((_features & FastCommit) != 0)
        {
            uint own = Number(superblock, JournalSuperblockLayout.NumFcBlks);
            End -= own == 0 ? DefaultFastCommitBlocks : own;
            // jbd2 leaves one block between the log and the fast commits.
            FastCommitPlace = own == 1 ? 0 : End + 1;
        }

        if (First == 0 || First >= End || (Start != 0 && (Start < First || Start >= End)))
            throw Invalid($"it claims to go from block {First} to {End}, and to begin at {Start}");
    }

    /// <summary>JBD2's magic, as escaped blocks have it.</summary>
    internal static byte[] MagicBytes { get; } = [0xc0, 0x3b, 0x39, 0x98];

    /// <summary>The first block of the log.</summary>
    internal long First { get; }

    /// <summary>The first block after the log.</summary>
    internal long End { get; }

    /// <summary>The first block to replay; 0 where there is none.</summary>
    internal long Start { get; }

    /// <summary>The number of the first transaction to replay.</summary>
    internal uint Sequence { get; }

    /// <summary>The first block of fast commits, or 0.</summary>
    internal long FastCommitPlace { get; }

    /// <summary>Whether commit blocks carry a CRC-32 of the whole transaction, as before metadata checksums.</summary>
    internal bool HasOldChecksums { get; }

    private bool HasChecksums => (_features & (ChecksumVersion2 | ChecksumVersion3)) != 0;

    internal static ExtJournalBlock KindOf(ReadOnlySpan<byte> block, uint sequence) =>
        Word(block, 0) == Magic && Word(block, 8) == sequence ? (ExtJournalBlock)Word(block, 4) : ExtJournalBlock.None;

    /// <summary>Descriptors and revocations end with their checksum.</summary>
    internal bool HasValidTail(ReadOnlySpan<byte> block) =>
        !HasChecksums || SumWithout(block, block.Length - TailSize) == Word(block, block.Length - TailSize);

    internal bool IsValidCommit(ReadOnlySpan<byte> block, uint oldChecksum)
    {
        if (HasChecksums)
            return SumWithout(block, CommitChecksum) == Word(block, CommitChecksum);
        if (!HasOldChecksums)
            return true;
        (byte type, byte size, uint found) = (block[CommitChecksumType], block[CommitChecksumSize], Word(block, CommitChecksum));
        return (type == 1 && size == sizeof(uint) && found == oldChecksum) || (type == 0 && size == 0 && found == 0);
    }

    internal bool IsValidData(ReadOnlySpan<byte> block, uint sequence, uint checksum)
    {
        if (!HasChecksums)
            return true;
        uint sum = Crc32C.Append(Crc32C.Append(_seed, BinaryPrimitives.ReverseEndianness(sequence)), block);
        return checksum == ((_features & ChecksumVersion3) != 0 ? sum : sum & ushort.MaxValue);
    }

    /// <summary>Reads the tag at a place and steps over it; after the last one, no more.</summary>
    internal bool ReadTag(ReadOnlySpan<byte> block, ref int at, out ExtJournalTag tag)
    {
        tag = default;
        bool isVersion3 = (_features & ChecksumVersion3) != 0;
        bool isWide = (_features & SixtyFourBit) != 0;
        // As the kernel has it, two bytes that nothing uses come with version 2 of the checksums.
        int size = isVersion3 ? 16 : 8 + (isWide ? 4 : 0) + ((_features & ChecksumVersion2) != 0 ? 2 : 0);
        int end = block.Length - (HasChecksums ? TailSize : 0);
        if (at + size > end)
            return false;
        long target = Word(block, at);
        uint flags = isVersion3 ? Word(block, at + 4) : BinaryPrimitives.ReadUInt16BigEndian(block[(at + 6)..]);
        uint checksum = isVersion3 ? Word(block, at + 12) : BinaryPrimitives.ReadUInt16BigEndian(block[(at + 4)..]);
        if (isWide)
            target |= (long)Word(block, at + 8) << 32;
        tag = new ExtJournalTag(target, (flags & TagEscaped) != 0, checksum);
        at += size + ((flags & TagSameUuid) == 0 ? UuidSize : 0);
        if ((flags & TagLast) != 0)
            at = block.Length;
        return true;
    }

    internal void ReadRevocations(ReadOnlySpan<byte> block, List<long> revoked)
    {
        uint used = Word(block, HeaderSize);
        if (used < RevocationsStart || used > block.Length - (HasChecksums ? TailSize : 0))
            throw Invalid($"a revocation claims {used} bytes");
        int width = (_features & SixtyFourBit) != 0 ? sizeof(ulong) : sizeof(uint);
        for (int at = RevocationsStart; at + width <= used; at += width)
        {
            revoked.Add(width == sizeof(uint)
                ? Word(block, at)
                : (long)(BinaryPrimitives.ReadUInt64BigEndian(block[at..]) & long.MaxValue));
        }
    }

    /// <summary>CRC-32 from the highest bit on, as crc32_be: over descriptors and what they announce.</summary>
    internal static uint OldChecksum(uint state, ReadOnlySpan<byte> block)
    {
        foreach (byte b in block)
        {
            state ^= (uint)b << 24;
            for (int bit = 0; bit < 8; bit++)
                state = (state << 1) ^ ((state >> 31) * 0x04c11db7);
        }

        return state;
    }

    /// <summary>Whether fast commits go on where the transactions end (fast_commit.h, EXT4_FC_TAG_HEAD).</summary>
    internal static bool IsFastCommit(ReadOnlySpan<byte> block, uint sequence) =>
        BinaryPrimitives.ReadUInt16LittleEndian(block) == 9 && BinaryPrimitives.ReadUInt32LittleEndian(block[8..]) == sequence;

    private uint SumWithout(ReadOnlySpan<byte> block, int field)
    {
        uint state = Crc32C.Append(_seed, block[..field]);
        state = Crc32C.Append(state, 0u);
        return Crc32C.Append(state, block[(field + sizeof(uint))..]);
    }

    private static uint Word(ReadOnlySpan<byte> block, int at) => BinaryPrimitives.ReadUInt32BigEndian(block[at..]);

    private static uint Number(ReadOnlySpan<byte> block, LayoutField field) =>
        field.Width == 1 ? block[field.Offset] : Word(block, field.Offset);

    private static InvalidImageException Invalid(string what) => ExtReaderVolume.Invalid($"the journal: {what}");
}
