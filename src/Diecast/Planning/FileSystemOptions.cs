using System.Globalization;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>What a definition says of a file system, as its writer takes it. What it leaves open is the writer's default.</summary>
internal static class FileSystemOptions
{
    /// <summary>Where mke2fs keeps 5 percent from ordinary users; an image's file system seldom has room to spare.</summary>
    internal const decimal DefaultReservedPercent = 1;

    /// <summary>A smaller ext gets no journal of itself (mke2fs's ext2fs_default_journal_size).</summary>
    internal const int LeastJournaledBlocks = 2048;

    /// <summary>The types of the ext family, each with its profiles; the first is meant where none is given.</summary>
    internal static readonly ExtType[] ExtTypes =
    [
        new(FileSystemType.Ext4, "ext4", [ExtProfile.Default, ExtProfile.Modern, ExtProfile.Compat]),
        new(FileSystemType.Ext3, "ext3", [ExtProfile.Ext3]),
        new(FileSystemType.Ext2, "ext2", [ExtProfile.Ext2, ExtProfile.Hurd]),
    ];

    internal static bool IsExt(FileSystemType type) => ExtTypes.Any(t => t.Type == type);

    /// <summary>Whether a file system's own mkfs makes it.</summary>
    internal static bool IsForeign(FileSystemType type) => type is FileSystemType.Btrfs or FileSystemType.Xfs or FileSystemType.F2fs;

    /// <summary>Whether a file system has a UUID, or a volume id, by which it can be found.</summary>
    internal static bool HasUuid(FileSystemType type) => type != FileSystemType.Squashfs;

    /// <summary>The profile with its changes.</summary>
    /// <exception cref="ArgumentException">A feature is not known, or does not go with another.</exception>
    internal static ExtProfile Profile(PartitionFileSystem declared)
    {
        ExtProfile profile = (declared.Profile is { } name ? ExtProfile.Find(name) : null)
            ?? ExtTypes.First(t => t.Type == declared.Type).Profiles[0];
        IEnumerable<string> changes = declared.Features;
        // What cannot be without the journal goes with it.
        if (declared.JournalSize is { Size: null })
            changes = [.. changes, .. (ReadOnlySpan<string>)["^orphan_file", "^has_journal"]];
        return changes.Any() ? profile.With(changes) : profile;
    }

    /// <summary>Options of ext2, ext3 and ext4, without size and times.</summary>
    internal static ExtOptions Ext(PartitionFileSystem declared, Guid uuid)
    {
        var defaults = new ExtOptions { Uuid = uuid };
        ExtOptions options = defaults with
        {
            Profile = Profile(declared),
            Label = declared.Label ?? "",
            HashSeed = declared.HashSeed,
            ReservedPercent = declared.ReservedPercent ?? DefaultReservedPercent,
            InodeCount = declared.Inodes,
            BytesPerInode = declared.BytesPerInode is { } bytes ? (int)Math.Min(bytes.Bytes, int.MaxValue) : defaults.BytesPerInode,
            JournalSize = declared.JournalSize is { } journal ? journal.Size?.Bytes ?? 0 : null,
            BlockSize = declared.BlockSize ?? defaults.BlockSize,
            HashCharacters = declared.HashCharacters == HashCharacters.Unsigned ? ExtHashCharacters.Unsigned : ExtHashCharacters.Signed,
            LastMounted = declared.LastMounted ?? "",
            LostAndFound = declared.LostAndFound ?? true,
            Minimize = declared.Minimize ?? false,
            GroupsPerFlex = declared.GroupsPerFlex ?? defaults.GroupsPerFlex,
            Stride = declared.Stride ?? 0,
            StripeWidth = declared.StripeWidth ?? 0,
            RootMode = declared.RootMode,
            RootOwner = declared is { RootUid: { } uid, RootGid: { } gid } ? new ExtOwner(uid, gid) : null,
            DefaultMountOptions = declared.DefaultMountOptions,
            MountOptions = declared.ExtendedMountOptions ?? "",
            Errors = declared.Errors switch
            {
                ErrorBehaviour.RemountReadOnly => ExtErrors.RemountReadOnly,
                ErrorBehaviour.Panic => ExtErrors.Panic,
                _ => ExtErrors.Continue,
            },
            MaxMountCount = declared.MaxMountCount ?? 0,
            CheckInterval = TimeSpan.FromDays(declared.CheckDays ?? 0),
            QuotaTypes = declared.Quotas?.Aggregate(ExtQuotaTypes.None, (types, type) => types | (ExtQuotaTypes)(1 << (int)type)),
            Projects = [.. declared.Projects.Select(p => new ExtProject(p.Path, p.Id) { Inherit = p.Inherit })],
            CasefoldedDirectories = declared.Casefold,
            CasefoldStrict = declared.CasefoldStrict ?? false,
            VerityFiles = declared.Verity,
            Verity = new VerityOptions { Algorithm = declared.VerityHash == VerityHash.Sha512 ? VerityAlgorithm.Sha512 : VerityAlgorithm.Sha256 },
        };
        // The profile says how large inodes are otherwise.
        return declared.InodeSize is { } inodeSize ? options with { InodeSize = inodeSize } : options;
    }

    /// <summary>Options of FAT, without size, times and place.</summary>
    internal static FatOptions Fat(PartitionFileSystem declared, uint volumeId, int diskSector) => new()
    {
        Type = (FatType?)declared.FatType,
        ClusterSize = declared.ClusterSize is { } cluster ? (int)Math.Min(cluster.Bytes, int.MaxValue) : null,
        SectorSize = declared.SectorSize ?? diskSector,
        Label = declared.Label ?? "",
        CodePage = declared.CodePage == 850 ? FatCodePage.Oem850 : FatCodePage.Oem437,
        VolumeId = volumeId,
        SectorsPerTrack = declared.SectorsPerTrack,
        Heads = declared.Heads,
        DriveNumber = (byte)(declared.DriveNumber ?? 0x80),
        DataAlignment = declared.DataAlignment is { } alignment ? (int)Math.Min(alignment.Bytes, int.MaxValue) : null,
        UnsupportedFiles = declared.Unsupported == UnsupportedFiles.Skip ? FatUnsupportedFiles.Skip : FatUnsupportedFiles.Refuse,
        ReadOnlyFiles = declared.ReadOnlyFiles == ReadOnlyFiles.ByMode ? FatReadOnlyFiles.ByMode : FatReadOnlyFiles.None,
        Attributes = [.. declared.Attributes.Select(r => new FatAttributeRule { Path = r.Path, Set = Bits(r.Set), Clear = Bits(r.Clear) })],
    };

    /// <summary>Options of squashfs, without the time.</summary>
    internal static SquashfsOptions Squashfs(PartitionFileSystem declared)
    {
        var defaults = new SquashfsOptions();
        return defaults with
        {
            Compression = declared.Compression is { } compression ? Compressor(compression) : defaults.Compression,
            CompressionLevel = declared.CompressionLevel,
            WindowSize = declared.WindowSize ?? defaults.WindowSize,
            Strategies = (SquashfsGzipStrategies)Bits(declared.Strategies, s => (int)s),
            DictionarySize = declared.DictionarySize is { } dictionary ? (int)Math.Min(dictionary.Bytes, int.MaxValue) : null,
            Filters = (SquashfsXzFilters)Bits(declared.Filters, f => (int)f),
            HighCompression = declared.HighCompression ?? false,
            LzoAlgorithm = (SquashfsLzoAlgorithm?)declared.LzoAlgorithm ?? defaults.LzoAlgorithm,
            BlockSize = declared.BlockSize ?? defaults.BlockSize,
            Uncompressed = (SquashfsUncompressed)Bits(declared.Uncompressed, p => (int)p),
            Fragments = declared.Fragments is { } fragments and not FragmentUse.All ? (SquashfsFragments)fragments : defaults.Fragments,
            Duplicates = declared.Duplicates ?? true,
            Exports = declared.Exports ?? true,
            Xattrs = declared.Xattrs ?? true,
            HardLinks = (SquashfsHardLinks?)declared.HardLinks ?? defaults.HardLinks,
            Unsupported = declared.Unsupported == UnsupportedFiles.Skip ? SquashfsUnsupported.Adapt : SquashfsUnsupported.Refuse,
            AllRoot = declared.AllRoot ?? false,
            RootMode = declared.RootMode,
            RootUid = declared.RootUid,
            RootGid = declared.RootGid,
        };
    }

    /// <summary>Options of EROFS, without the time.</summary>
    internal static ErofsOptions Erofs(PartitionFileSystem declared, Guid uuid)
    {
        var defaults = new ErofsOptions { Uuid = uuid };
        return defaults with
        {
            Label = declared.Label ?? "",
            BlockSize = declared.BlockSize ?? defaults.BlockSize,
            Times = declared.Times == InodeTimes.Build ? ErofsTimes.FileSystem : ErofsTimes.Keep,
            Owner = declared.AllRoot ?? false ? default(ErofsOwner) : null,
            HardLinks = declared.HardLinks == HardLinkUse.Ignore ? ErofsHardLinks.Separate : ErofsHardLinks.Keep,
            Tails = declared.InlineData ?? true ? ErofsTails.Inline : ErofsTails.Blocks,
            Placement = declared.Layout == ErofsLayout.Stable ? ErofsPlacement.Stable : ErofsPlacement.Dense,
            ChunkSize = declared.ChunkSize?.Bytes,
            Compression = declared.Compression is null or FileSystemCompression.None ? null : ErofsCompressor(declared),
        };
    }

    private static ErofsCompression ErofsCompressor(PartitionFileSystem declared) => new()
    {
        Algorithm = declared.Compression switch
        {
            FileSystemCompression.Lz4 => ErofsAlgorithm.Lz4,
            FileSystemCompression.Lz4hc => ErofsAlgorithm.Lz4Hc,
            FileSystemCompression.Lzma => ErofsAlgorithm.Lzma,
            FileSystemCompression.Deflate => ErofsAlgorithm.Deflate,
            _ => ErofsAlgorithm.Zstd,
        },
        Level = declared.CompressionLevel,
        ClusterSize = declared.CompressedCluster is { } cluster ? (int)Math.Min(cluster.Bytes, int.MaxValue) : null,
        Indexes = declared.Index == CompressedIndex.Full ? ErofsIndexes.Full : ErofsIndexes.Compact,
        TailPacking = declared.TailPacking ?? false,
        Fragments = declared.Fragments switch
        {
            FragmentUse.SmallFiles or FragmentUse.TailEnds => ErofsFragments.Tails,
            FragmentUse.All => ErofsFragments.All,
            _ => ErofsFragments.None,
        },
        Deduplicate = declared.Duplicates ?? false,
    };

    private static SquashfsCompression Compressor(FileSystemCompression compression) => compression switch
    {
        FileSystemCompression.Gzip => SquashfsCompression.Gzip,
        FileSystemCompression.Lzo => SquashfsCompression.Lzo,
        FileSystemCompression.Xz => SquashfsCompression.Xz,
        FileSystemCompression.Lz4 => SquashfsCompression.Lz4,
        FileSystemCompression.Zstd => SquashfsCompression.Zstd,
        _ => SquashfsCompression.None,
    };

    private static int Bits<T>(ValueList<T> values, Func<T, int> number) => values.Aggregate(0, (bits, value) => bits | (1 << number(value)));

    /// <summary>The volume id: the declared one, else the first 32 bits of the UUID.</summary>
    internal static uint VolumeId(PartitionFileSystem declared, Guid uuid) =>
        declared.VolumeId is { } text
            ? uint.Parse(text.Replace("-", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : SeedUuids.FatVolumeId(uuid);

    private static FatAttributes Bits(ValueList<FileAttribute> attributes) =>
        attributes.Aggregate(FatAttributes.None, (bits, attribute) => bits | attribute switch
        {
            FileAttribute.ReadOnly => FatAttributes.ReadOnly,
            FileAttribute.Hidden => FatAttributes.Hidden,
            FileAttribute.System => FatAttributes.System,
            _ => FatAttributes.Archive,
        });

    /// <summary>A type of the ext family.</summary>
    /// <param name="Type">The type.</param>
    /// <param name="Name">As mount(8) and fstab(5) name it.</param>
    /// <param name="Profiles">Its profiles; the first is meant where none is given.</param>
    internal sealed record ExtType(FileSystemType Type, string Name, ExtProfile[] Profiles);
}
