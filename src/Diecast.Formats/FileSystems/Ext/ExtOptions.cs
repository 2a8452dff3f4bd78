using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Which kind of C character the directory hash takes a name's bytes for; it matters from byte 0x80 on.</summary>
public enum ExtHashCharacters
{
    /// <summary>As mke2fs marks file systems on x86.</summary>
    Signed,

    /// <summary>As mke2fs marks file systems on Arm and Power.</summary>
    Unsigned,
}

/// <summary>Everything about an ext2, ext3 or ext4 file system that its tree does not say.</summary>
public sealed partial record ExtOptions
{
    private readonly int? _inodeSize;
    private readonly ExtCreator? _creator;

    /// <summary>The features. Default: <see cref="ExtProfile.Default"/>.</summary>
    public ExtProfile Profile { get; init; } = ExtProfile.Default;

    /// <summary>The volume's name: up to 16 bytes of UTF-8. Default: none.</summary>
    public string Label { get; init; } = "";

    /// <summary>The file system's UUID.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The secret of the directory hash. Default: derived from <see cref="Uuid"/>.</summary>
    public Guid? HashSeed { get; init; }

    /// <summary>When the file system was made, written and checked; the time of inodes that are not of the tree.</summary>
    public Timestamp Time { get; init; }

    /// <summary>
    /// The exact length in bytes; what is left after the last whole block stays unused. Default: null, the smallest
    /// that holds the tree and <see cref="FreeBytes"/>.
    /// </summary>
    public long? Size { get; init; }

    /// <summary>
    /// Without <see cref="Size"/>: the room that an ordinary user still has, as <c>df</c> shows it, which is without
    /// the blocks reserved for root and those the kernel keeps for itself. Default: 0, the tree and nothing else.
    /// </summary>
    public long FreeBytes { get; init; }

    /// <summary>Without <see cref="Size"/>: the least length in bytes. Default: 0.</summary>
    public long MinimumSize { get; init; }

    /// <summary>
    /// The number of inodes; it is rounded up to fill whole table blocks in every group. Default: null, one for each
    /// <see cref="BytesPerInode"/> of the size, and never less than the tree's and one for each of that many bytes
    /// that the tree leaves free.
    /// </summary>
    public long? InodeCount { get; init; }

    /// <summary>Bytes for which there is one inode. Default: 16384, as mke2fs has it.</summary>
    public int BytesPerInode { get; init; } = 16384;

    /// <summary>
    /// Whether, without <see cref="InodeCount"/>, there are no more inodes than the tree has, but for those that fill
    /// the tables. With no <see cref="FreeBytes"/> the result is then never larger than what <c>resize2fs -M</c> makes of
    /// a larger one; no file can be added before it grows. Default: no.
    /// </summary>
    public bool Minimize { get; init; }

    /// <summary>The share of blocks that only root may fill, in percent, 0 to 50. Default: 5, as mke2fs has it.</summary>
    public decimal ReservedPercent { get; init; } = 5;

    /// <summary>
    /// The journal's size in bytes, at least 1024 blocks; 0 for none. Default: null, what mke2fs gives a file system
    /// of this size, which is none below 2048 blocks.
    /// </summary>
    public long? JournalSize { get; init; }

    /// <summary>
    /// Bytes in a block: a power of two from 1024 to 65536. Default: 4096. The kernel mounts no larger ones than its
    /// pages, which are of 4096 bytes on most machines; from Linux 6.19 on, up to 65536.
    /// </summary>
    public int BlockSize { get; init; } = 4096;

    /// <summary>
    /// Bytes in an inode: 128, 256, 512 or 1024. Default: 256; 128 in the profile <c>hurd</c> and in the original
    /// revision.
    /// </summary>
    public int InodeSize
    {
        get => _inodeSize ?? (Revision == ExtRevision.Original ? ExtFormat.OldInodeSize : Profile.InodeSize);
        init => _inodeSize = value;
    }

    /// <summary>Where the file system was last mounted, up to 63 bytes. Default: nowhere.</summary>
    public string LastMounted { get; init; } = "";

    /// <summary>
    /// Whether there is a <c>lost+found</c> of 16 KiB, which e2fsck wants. One that the tree has is used. Default: yes.
    /// </summary>
    public bool LostAndFound { get; init; } = true;

    /// <summary>The directory hash's notion of a character. Default: signed.</summary>
    public ExtHashCharacters HashCharacters { get; init; }

    /// <summary>The seed in use: <see cref="HashSeed"/>, or one made of the UUID.</summary>
    internal Guid EffectiveHashSeed
    {
        get
        {
            if (HashSeed is { } seed)
                return seed;
            Span<byte> input = stackalloc byte[32];
            "ext4 hash seed:\0"u8.CopyTo(input);
            Uuid.TryWriteBytes(input[16..], bigEndian: true, out _);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(input, digest);
            return new Guid(digest[..16], bigEndian: true);
        }
    }

    internal void Check()
    {
        if (BlockSize is < 1024 or > 65536 || !BitOperations.IsPow2(BlockSize))
            throw Refused($"a block of {BlockSize} bytes; powers of two from 1024 to 65536 are possible");
        if (InodeSize is not (128 or 256 or 512 or 1024) || InodeSize > BlockSize)
            throw Refused($"an inode of {InodeSize} bytes; 128, 256, 512 and 1024 are possible");
        if (BytesPerInode < 1024)
            throw Refused($"an inode for each {BytesPerInode} bytes; 1024 is the least");
        if (ReservedPercent is < 0 or > 50)
            throw Refused($"{ReservedPercent} percent reserved; 0 to 50 are possible");
        if (!Fits(Label, ExtSuperblockLayout.VolumeName.Width))
            throw Refused($"the label '{Label}' is longer than 16 bytes or holds NUL");
        if (!Fits(LastMounted, ExtSuperblockLayout.LastMounted.Width - 1))
            throw Refused($"the mount point '{LastMounted}' is longer than 63 bytes or holds NUL");
        if (Size is < 0 || FreeBytes < 0 || MinimumSize < 0 || InodeCount is < 0 || JournalSize is < 0)
            throw Refused("sizes and counts cannot be negative");
        if (JournalSize is > 0 && JournalSize / BlockSize < ExtSizes.LeastJournalBlocks)
            throw Refused($"a journal of {JournalSize} bytes; {ExtSizes.LeastJournalBlocks} blocks are the least");
        if (InodeSize == ExtFormat.OldInodeSize && Profile.Features.Has(ExtFeature.ExtraInodeSize))
            throw Refused("inodes of 128 bytes have no extra fields: leave out extra_isize");
        if (InodeSize == ExtFormat.OldInodeSize && Profile.Features.Has(ExtFeature.InlineData))
            throw Refused("inodes of 128 bytes have no room for data: leave out inline_data");
        CheckQuotas();
        CheckCasefold();
        CheckVerity();
        CheckFormat();
        CheckMount();
    }

    private static bool Fits(string text, int bytes) =>
        Encoding.UTF8.GetByteCount(text) <= bytes && !text.Contains('\0', StringComparison.Ordinal);

    private static UnrepresentableException Refused(string what) => new(ExtFormat.Name, null, what);
}
