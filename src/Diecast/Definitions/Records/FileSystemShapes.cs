using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How file systems and their options are written.</summary>
internal static class FileSystemShapes
{
    internal static readonly RecordShape<FileAttributeRule> AttributeRule =
        new("a rule of attributes", () => new FileAttributeRule { Path = "" },
        [
            Field.Required(nameof(FileAttributeRule.Path), Texts.PathPattern, (FileAttributeRule r) => r.Path, (r, v) => r with { Path = v }),
            Field.Of(nameof(FileAttributeRule.Set), Attributes(), (FileAttributeRule r) => r.Set, (r, v) => r with { Set = v }),
            Field.Of(nameof(FileAttributeRule.Clear), Attributes(), (FileAttributeRule r) => r.Clear, (r, v) => r with { Clear = v }),
        ]);

    internal static readonly RecordShape<ProjectDirectory> Project =
        new("a project", () => new ProjectDirectory { Path = "", Id = 0 },
        [
            Field.Required(nameof(ProjectDirectory.Path), Texts.TreePath, (ProjectDirectory p) => p.Path, (p, v) => p with { Path = v }),
            Field.Required(nameof(ProjectDirectory.Id), new NumberShape<uint>("a project's number", 0, uint.MaxValue - 1),
                (ProjectDirectory p) => p.Id, (p, v) => p with { Id = v }),
            Field.Of(nameof(ProjectDirectory.Inherit), Scalars.Boolean, (ProjectDirectory p) => p.Inherit, (p, v) => p with { Inherit = v }),
        ]);

    internal static readonly RecordShape<Subvolume> Subvolume =
        new("a subvolume", () => new Subvolume { Path = "" },
        [
            Field.Required(nameof(Diecast.Subvolume.Path), Texts.TreePath, (Subvolume s) => s.Path, (s, v) => s with { Path = v }),
            Field.Of(nameof(Diecast.Subvolume.ReadOnly), Scalars.Boolean, (Subvolume s) => s.ReadOnly, (s, v) => s with { ReadOnly = v }),
            Field.Of(nameof(Diecast.Subvolume.Default), Scalars.Boolean, (Subvolume s) => s.Default, (s, v) => s with { Default = v }),
        ])
        { Shorthand = "path" };

    internal static readonly RecordShape<PartitionFileSystem> FileSystem =
        new("a file system", () => new PartitionFileSystem { Type = default },
        [
            Field.Required(nameof(PartitionFileSystem.Type), new ChoiceShape<FileSystemType>("a type of file system"),
                (PartitionFileSystem f) => f.Type, (f, v) => f with { Type = v }),
            Field.Optional(nameof(PartitionFileSystem.Label), Texts.VolumeLabel, (PartitionFileSystem f) => f.Label, (f, v) => f with { Label = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Uuid), Scalars.Uuid, (PartitionFileSystem f) => f.Uuid, (f, v) => f with { Uuid = v }),

            // ext2, ext3 and ext4.
            Field.Optional(nameof(PartitionFileSystem.Profile), Texts.FeatureProfile, (PartitionFileSystem f) => f.Profile, (f, v) => f with { Profile = v }),
            Field.Of(nameof(PartitionFileSystem.Features), new ListShape<string>(Texts.Feature, "features") { MayBeOneText = true },
                (PartitionFileSystem f) => f.Features, (f, v) => f with { Features = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.ReservedPercent), new PercentShape(50),
                (PartitionFileSystem f) => f.ReservedPercent, (f, v) => f with { ReservedPercent = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Inodes), new NumberShape<long>("a number of inodes", 16, uint.MaxValue),
                (PartitionFileSystem f) => f.Inodes, (f, v) => f with { Inodes = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.BytesPerInode), Scalars.Size,
                (PartitionFileSystem f) => f.BytesPerInode, (f, v) => f with { BytesPerInode = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.JournalSize), new SizeOrWordShape<SizeOrNone>(
                "none", "64M", "sizeOrNone", size => new SizeOrNone(size), size => size.Size),
                (PartitionFileSystem f) => f.JournalSize, (f, v) => f with { JournalSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.BlockSize), new NumberShape<int>("a block size", 512, 1048576, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576),
                (PartitionFileSystem f) => f.BlockSize, (f, v) => f with { BlockSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.InodeSize), new NumberShape<int>("an inode size", 128, 1024, 128, 256, 512, 1024),
                (PartitionFileSystem f) => f.InodeSize, (f, v) => f with { InodeSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.HashSeed), Scalars.Uuid, (PartitionFileSystem f) => f.HashSeed, (f, v) => f with { HashSeed = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.HashCharacters), new ChoiceShape<HashCharacters>("a kind of characters"),
                (PartitionFileSystem f) => f.HashCharacters, (f, v) => f with { HashCharacters = v }),
            Field.Optional(nameof(PartitionFileSystem.LastMounted), Texts.TreePath,
                (PartitionFileSystem f) => f.LastMounted, (f, v) => f with { LastMounted = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.LostAndFound), Scalars.Boolean,
                (PartitionFileSystem f) => f.LostAndFound, (f, v) => f with { LostAndFound = v }),

            Field.OptionalValue(nameof(PartitionFileSystem.Minimize), Scalars.Boolean, (PartitionFileSystem f) => f.Minimize, (f, v) => f with { Minimize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.GroupsPerFlex), new NumberShape<int>("a number of groups", 1, 65536),
                (PartitionFileSystem f) => f.GroupsPerFlex, (f, v) => f with { GroupsPerFlex = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Stride), new NumberShape<int>("a number of blocks", 0, ushort.MaxValue),
                (PartitionFileSystem f) => f.Stride, (f, v) => f with { Stride = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.StripeWidth), new NumberShape<int>("a number of blocks", 0, int.MaxValue),
                (PartitionFileSystem f) => f.StripeWidth, (f, v) => f with { StripeWidth = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.RootMode), new ModeShape(), (PartitionFileSystem f) => f.RootMode, (f, v) => f with { RootMode = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.RootUid), Scalars.Id, (PartitionFileSystem f) => f.RootUid, (f, v) => f with { RootUid = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.RootGid), Scalars.Id, (PartitionFileSystem f) => f.RootGid, (f, v) => f with { RootGid = v }),
            Field.Optional(nameof(PartitionFileSystem.DefaultMountOptions), new ListShape<string>(Texts.Feature, "mount options") { MayBeOneText = true },
                (PartitionFileSystem f) => f.DefaultMountOptions, (f, v) => f with { DefaultMountOptions = v }),
            Field.Optional(nameof(PartitionFileSystem.ExtendedMountOptions), Texts.MountOptions,
                (PartitionFileSystem f) => f.ExtendedMountOptions, (f, v) => f with { ExtendedMountOptions = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Errors), new ChoiceShape<ErrorBehaviour>("a behaviour"),
                (PartitionFileSystem f) => f.Errors, (f, v) => f with { Errors = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.MaxMountCount), new NumberShape<int>("a number of mounts", 0, short.MaxValue),
                (PartitionFileSystem f) => f.MaxMountCount, (f, v) => f with { MaxMountCount = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.CheckDays), new NumberShape<int>("a number of days", 0, 49710),
                (PartitionFileSystem f) => f.CheckDays, (f, v) => f with { CheckDays = v }),
            Field.Optional(nameof(PartitionFileSystem.Quotas), new ListShape<QuotaType>(new ChoiceShape<QuotaType>("a type of quota"), "types of quota") { MayBeOneText = true },
                (PartitionFileSystem f) => f.Quotas, (f, v) => f with { Quotas = v }),
            Field.Of(nameof(PartitionFileSystem.Projects), new ListShape<ProjectDirectory>(Project, "projects"),
                (PartitionFileSystem f) => f.Projects, (f, v) => f with { Projects = v }),
            Field.Of(nameof(PartitionFileSystem.Casefold), new ListShape<string>(Texts.TreePath, "directories"),
                (PartitionFileSystem f) => f.Casefold, (f, v) => f with { Casefold = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.CasefoldStrict), Scalars.Boolean,
                (PartitionFileSystem f) => f.CasefoldStrict, (f, v) => f with { CasefoldStrict = v }),
            Field.Of(nameof(PartitionFileSystem.Verity), new ListShape<string>(Texts.TreePath, "paths"),
                (PartitionFileSystem f) => f.Verity, (f, v) => f with { Verity = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.VerityHash), new ChoiceShape<VerityHash>("a hash"),
                (PartitionFileSystem f) => f.VerityHash, (f, v) => f with { VerityHash = v }),

            // FAT.
            Field.OptionalValue(nameof(PartitionFileSystem.FatType), new NumberShape<int>("a FAT type", 12, 32, 12, 16, 32),
                (PartitionFileSystem f) => f.FatType, (f, v) => f with { FatType = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.ClusterSize), Scalars.Size,
                (PartitionFileSystem f) => f.ClusterSize, (f, v) => f with { ClusterSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.SectorSize), new NumberShape<int>("a sector size", 512, 4096, 512, 1024, 2048, 4096),
                (PartitionFileSystem f) => f.SectorSize, (f, v) => f with { SectorSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.DataAlignment), Scalars.Size,
                (PartitionFileSystem f) => f.DataAlignment, (f, v) => f with { DataAlignment = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.CodePage), new NumberShape<int>("a code page", 437, 850, 437, 850),
                (PartitionFileSystem f) => f.CodePage, (f, v) => f with { CodePage = v }),
            Field.Optional(nameof(PartitionFileSystem.VolumeId), Texts.VolumeId, (PartitionFileSystem f) => f.VolumeId, (f, v) => f with { VolumeId = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Unsupported), new ChoiceShape<UnsupportedFiles>("a way to deal with them"),
                (PartitionFileSystem f) => f.Unsupported, (f, v) => f with { Unsupported = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.ReadOnlyFiles), new ChoiceShape<ReadOnlyFiles>("a choice of files"),
                (PartitionFileSystem f) => f.ReadOnlyFiles, (f, v) => f with { ReadOnlyFiles = v }),
            Field.Of(nameof(PartitionFileSystem.Attributes), new ListShape<FileAttributeRule>(AttributeRule, "rules of attributes"),
                (PartitionFileSystem f) => f.Attributes, (f, v) => f with { Attributes = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.HiddenSectors), new NumberShape<uint>("a number of sectors", 0, uint.MaxValue),
                (PartitionFileSystem f) => f.HiddenSectors, (f, v) => f with { HiddenSectors = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.SectorsPerTrack), new NumberShape<int>("a number of sectors", 1, 63),
                (PartitionFileSystem f) => f.SectorsPerTrack, (f, v) => f with { SectorsPerTrack = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Heads), new NumberShape<int>("a number of heads", 1, 255),
                (PartitionFileSystem f) => f.Heads, (f, v) => f with { Heads = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.DriveNumber), new NumberShape<int>("a drive number", 0, 255),
                (PartitionFileSystem f) => f.DriveNumber, (f, v) => f with { DriveNumber = v }),

            // squashfs.
            Field.OptionalValue(nameof(PartitionFileSystem.Compression), new ChoiceShape<FileSystemCompression>("a compressor"),
                (PartitionFileSystem f) => f.Compression, (f, v) => f with { Compression = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.CompressionLevel), new NumberShape<int>("a compression level", 0, 109),
                (PartitionFileSystem f) => f.CompressionLevel, (f, v) => f with { CompressionLevel = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.WindowSize), new NumberShape<int>("a number of bits", 8, 15),
                (PartitionFileSystem f) => f.WindowSize, (f, v) => f with { WindowSize = v }),
            Field.Of(nameof(PartitionFileSystem.Strategies), Several(new ChoiceShape<GzipStrategy>("a strategy of gzip"), "strategies"),
                (PartitionFileSystem f) => f.Strategies, (f, v) => f with { Strategies = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.DictionarySize), Scalars.Size,
                (PartitionFileSystem f) => f.DictionarySize, (f, v) => f with { DictionarySize = v }),
            Field.Of(nameof(PartitionFileSystem.Filters), Several(new ChoiceShape<XzFilter>("a filter of xz"), "filters"),
                (PartitionFileSystem f) => f.Filters, (f, v) => f with { Filters = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.HighCompression), Scalars.Boolean,
                (PartitionFileSystem f) => f.HighCompression, (f, v) => f with { HighCompression = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.LzoAlgorithm), new ChoiceShape<LzoAlgorithm>("an algorithm of lzo"),
                (PartitionFileSystem f) => f.LzoAlgorithm, (f, v) => f with { LzoAlgorithm = v }),
            Field.Of(nameof(PartitionFileSystem.Uncompressed), Several(new ChoiceShape<SquashfsPart>("a part of a squashfs"), "parts"),
                (PartitionFileSystem f) => f.Uncompressed, (f, v) => f with { Uncompressed = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Fragments), new ChoiceShape<FragmentUse>("a use of fragments"),
                (PartitionFileSystem f) => f.Fragments, (f, v) => f with { Fragments = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Duplicates), Scalars.Boolean,
                (PartitionFileSystem f) => f.Duplicates, (f, v) => f with { Duplicates = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Exports), Scalars.Boolean,
                (PartitionFileSystem f) => f.Exports, (f, v) => f with { Exports = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Xattrs), Scalars.Boolean, (PartitionFileSystem f) => f.Xattrs, (f, v) => f with { Xattrs = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.HardLinks), new ChoiceShape<HardLinkUse>("a use of hard links"),
                (PartitionFileSystem f) => f.HardLinks, (f, v) => f with { HardLinks = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.AllRoot), Scalars.Boolean,
                (PartitionFileSystem f) => f.AllRoot, (f, v) => f with { AllRoot = v }),

            // EROFS.
            Field.OptionalValue(nameof(PartitionFileSystem.CompressedCluster), Scalars.Size,
                (PartitionFileSystem f) => f.CompressedCluster, (f, v) => f with { CompressedCluster = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.TailPacking), Scalars.Boolean,
                (PartitionFileSystem f) => f.TailPacking, (f, v) => f with { TailPacking = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Index), new ChoiceShape<CompressedIndex>("a form of the index"),
                (PartitionFileSystem f) => f.Index, (f, v) => f with { Index = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.ChunkSize), Scalars.Size,
                (PartitionFileSystem f) => f.ChunkSize, (f, v) => f with { ChunkSize = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.InlineData), Scalars.Boolean,
                (PartitionFileSystem f) => f.InlineData, (f, v) => f with { InlineData = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Times), new ChoiceShape<InodeTimes>("times of inodes"),
                (PartitionFileSystem f) => f.Times, (f, v) => f with { Times = v }),
            Field.OptionalValue(nameof(PartitionFileSystem.Layout), new ChoiceShape<ErofsLayout>("a layout of EROFS"),
                (PartitionFileSystem f) => f.Layout, (f, v) => f with { Layout = v }),

            // Swap areas.
            Field.OptionalValue(nameof(PartitionFileSystem.PageSize), new NumberShape<int>("a page size", 4096, 65536, 4096, 8192, 16384, 65536),
                (PartitionFileSystem f) => f.PageSize, (f, v) => f with { PageSize = v }),

            // btrfs, XFS and F2FS.
            Field.Of(nameof(PartitionFileSystem.Subvolumes), new ListShape<Subvolume>(Subvolume, "subvolumes"),
                (PartitionFileSystem f) => f.Subvolumes, (f, v) => f with { Subvolumes = v }),
            Field.Of(nameof(PartitionFileSystem.MkfsOptions), new ListShape<string>(Texts.MkfsOption, "options of mkfs"),
                (PartitionFileSystem f) => f.MkfsOptions, (f, v) => f with { MkfsOptions = v }),
        ])
        { Shorthand = "type" };

    private static ListShape<FileAttribute> Attributes() => Several(new ChoiceShape<FileAttribute>("a FAT attribute"), "attributes");

    private static ListShape<T> Several<T>(ChoiceShape<T> choice, string plural)
        where T : struct, Enum => new(choice, plural) { MayBeOneText = true };
}
