using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Reads a superblock for what it says, features that cannot be read included.</summary>
internal static class ExtInfoReader
{
    private const int LargestBlockLog = 6;
    private const int CleanState = 1;
    private const int ErrorState = 2;

    /// <summary>e2fsprogs, lib/e2p/feature.c: the names of each word's bits, the lowest first; empty for none.</summary>
    private static readonly string[][] Names =
    [
        [
            "dir_prealloc", "imagic_inodes", "has_journal", "ext_attr", "resize_inode", "dir_index", "lazy_bg", "snapshot_bitmap", "exclude_bitmap",
            "sparse_super2", "fast_commit", "stable_inodes", "orphan_file",
        ],
        [
            "compression", "filetype", "needs_recovery", "journal_dev", "meta_bg", "", "extent", "64bit", "mmp", "flex_bg", "ea_inode", "",
            "dirdata", "metadata_csum_seed", "large_dir", "inline_data", "encrypt", "casefold",
        ],
        [
            "sparse_super", "large_file", "", "huge_file", "uninit_bg", "dir_nlink", "extra_isize", "snapshot", "quota", "bigalloc", "metadata_csum",
            "replica", "read-only", "project", "shared_blocks", "verity", "orphan_present",
        ],
    ];

    internal static ExtInfo Read(Blob image)
    {
        if (image.Length < ExtFormat.SuperblockOffset + ExtSuperblockLayout.Size)
            throw Invalid($"an image of {image.Length} bytes has no room for a superblock");
        Span<byte> bytes = stackalloc byte[ExtSuperblockLayout.Size];
        image.Read(ExtFormat.SuperblockOffset, bytes);
        if (ExtSuperblockLayout.Magic.Get(bytes) != ExtFormat.SuperblockMagic)
            throw Invalid($"there is no superblock at byte 1024");
        ulong log = ExtSuperblockLayout.LogBlockSize.Get(bytes);
        if (log > LargestBlockLog)
            throw Invalid($"blocks of 2^{log} KiB");
        bool isDynamic = ExtSuperblockLayout.RevLevel.Get(bytes) >= ExtFormat.DynamicRevision;
        ExtFeatures features = isDynamic
            ? new ExtFeatures(
                (uint)ExtSuperblockLayout.FeatureCompat.Get(bytes),
                (uint)ExtSuperblockLayout.FeatureIncompat.Get(bytes),
                (uint)ExtSuperblockLayout.FeatureRoCompat.Get(bytes))
            : default;
        bool isWide = features.Has(ExtFeature.SixtyFourBit);
        int blockSize = 1024 << (int)log;
        long blocks = Count(bytes, ExtSuperblockLayout.BlocksCountLo, ExtSuperblockLayout.BlocksCountHi, isWide);
        if (blocks < 0 || blocks > long.MaxValue / blockSize)
            throw Invalid($"it claims {unchecked((ulong)blocks)} blocks of {blockSize} bytes");
        ulong state = ExtSuperblockLayout.State.Get(bytes);
        return new ExtInfo
        {
            Label = Text(ExtSuperblockLayout.VolumeName.Of(bytes)),
            Uuid = new Guid(ExtSuperblockLayout.Uuid.Of(bytes), bigEndian: true),
            Features = NamesOf(features),
            Type = TypeOf(features),
            BlockSize = blockSize,
            InodeSize = isDynamic ? (int)ExtSuperblockLayout.InodeSize.Get(bytes) : ExtFormat.OldInodeSize,
            BlockCount = blocks,
            FreeBlocks = Count(bytes, ExtSuperblockLayout.FreeBlocksCountLo, ExtSuperblockLayout.FreeBlocksCountHi, isWide),
            ReservedBlocks = Count(bytes, ExtSuperblockLayout.ReservedBlocksCountLo, ExtSuperblockLayout.ReservedBlocksCountHi, isWide),
            InodeCount = (long)ExtSuperblockLayout.InodesCount.Get(bytes),
            FreeInodes = (long)ExtSuperblockLayout.FreeInodesCount.Get(bytes),
            Length = blocks * blockSize,
            MadeTime = Time(bytes, ExtSuperblockLayout.MkfsTime, ExtSuperblockLayout.MkfsTimeHi),
            MountedTime = Time(bytes, ExtSuperblockLayout.MountTime, ExtSuperblockLayout.MountTimeHi),
            WrittenTime = Time(bytes, ExtSuperblockLayout.WriteTime, ExtSuperblockLayout.WriteTimeHi),
            CheckedTime = Time(bytes, ExtSuperblockLayout.LastCheck, ExtSuperblockLayout.LastCheckHi),
            LastMounted = Text(ExtSuperblockLayout.LastMounted.Of(bytes)),
            MountCount = (int)ExtSuperblockLayout.MountCount.Get(bytes),
            IsClean = (state & CleanState) != 0 && !features.Has(ExtFeature.NeedsRecovery),
            HasErrors = (state & ErrorState) != 0,
        };
    }

    /// <summary>util-linux, libblkid/src/superblocks/ext.c: what ext2 and ext3 do not have makes it an ext4, a journal an ext3.</summary>
    private static string TypeOf(ExtFeatures features)
    {
        ExtFeatures third = ExtFeatures.Of(
            ExtFeature.FileType, ExtFeature.NeedsRecovery, ExtFeature.MetaGroups, ExtFeature.SparseSuper, ExtFeature.LargeFile);
        bool isFourth = (features.Incompatible & ~third.Incompatible) != 0 || (features.ReadOnlyCompatible & ~(third.ReadOnlyCompatible | 4)) != 0;
        return isFourth ? "ext4" : features.Has(ExtFeature.HasJournal) ? "ext3" : "ext2";
    }

    private static string[] NamesOf(ExtFeatures features)
    {
        var names = new List<string>();
        uint[] words = [features.Compatible, features.Incompatible, features.ReadOnlyCompatible];
        for (int word = 0; word < words.Length; word++)
        {
            for (int bit = 0; bit < 32; bit++)
            {
                if ((words[word] & (1u << bit)) != 0)
                {
                    string name = bit < Names[word].Length ? Names[word][bit] : "";
                    names.Add(name.Length > 0 ? name : string.Create(CultureInfo.InvariantCulture, $"FEATURE_{"CIR"[word]}{bit}"));
                }
            }
        }

        return [.. names];
    }

    private static long Count(ReadOnlySpan<byte> bytes, LayoutField low, LayoutField high, bool isWide) =>
        unchecked((long)(low.Get(bytes) | (isWide ? high.Get(bytes) << 32 : 0)));

    private static Timestamp? Time(ReadOnlySpan<byte> bytes, LayoutField low, LayoutField high) =>
        (long)(low.Get(bytes) | (high.Get(bytes) << 32)) is var seconds and not 0 ? new Timestamp(seconds) : null;

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static InvalidImageException Invalid(FormattableString what) => new(ExtFormat.Name, FormattableString.Invariant(what));
}
