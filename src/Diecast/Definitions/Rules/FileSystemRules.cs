using System.Globalization;
using System.Text;
using Diecast.Building;
using Diecast.Formats;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Swap;
using Diecast.Formats.Trees;
using Diecast.Planning;

namespace Diecast.Definitions.Rules;

/// <summary>Options of a file system: those of its own type only, names that there are, and values that go together.</summary>
internal static class FileSystemRules
{
    private const int LongestExtLabel = 16;
    private const int LongestFatLabel = 11;
    private const int LongestMountPoint = 63;
    private const int LeastBytesPerInode = 1024;
    private const int LeastExtBlock = 1024;
    private const int LargestExtBlock = 65536;

    /// <summary>One byte of the superblock's 16 ends it.</summary>
    internal const int LongestErofsLabel = 15;

    /// <summary>Characters that a FAT label may not have (Microsoft's FAT specification, 6.1, and what fsck.fat refuses).</summary>
    private const string NotInFatLabels = "\"*+,./:;<=>?[\\]|";

    /// <summary>Families of file systems, each with options of its own.</summary>
    [Flags]
    private enum Family
    {
        None = 0,
        Ext = 1,
        Fat = 2,
        Squashfs = 4,
        Erofs = 8,
        Swap = 16,
        Iso = 32,
        Btrfs = 64,
        Xfs = 128,
        F2fs = 256,
        Foreign = Btrfs | Xfs | F2fs,
    }

    /// <summary>Compressors of one file system that the other does not have.</summary>
    private static readonly FileSystemCompression[] OfSquashfs = [FileSystemCompression.Gzip, FileSystemCompression.Lzo, FileSystemCompression.Xz];

    private static readonly FileSystemCompression[] OfErofs = [FileSystemCompression.Lz4hc, FileSystemCompression.Lzma, FileSystemCompression.Deflate];

    /// <summary>The families as messages name them, each with one of its types.</summary>
    private static readonly (Family Family, string Name, string Type)[] Families =
        [(Family.Ext, "ext file systems", "ext4"), (Family.Fat, "FAT", "vfat"), (Family.Squashfs, "squashfs", "squashfs"), (Family.Erofs, "EROFS", "erofs"), (Family.Swap, "swap", "swap"), (Family.Iso, "ISO 9660", "iso9660"), (Family.Btrfs, "btrfs", "btrfs"), (Family.Xfs, "XFS", "xfs"), (Family.F2fs, "F2FS", "f2fs")];

    /// <summary>The options that not every family of file systems has.</summary>
    private static readonly (string Key, Family Owners, Func<PartitionFileSystem, bool> IsSet)[] Owned =
    [
        ("label", Family.Ext | Family.Fat | Family.Erofs | Family.Swap | Family.Foreign, f => f.Label is not null),
        ("uuid", Family.Ext | Family.Fat | Family.Erofs | Family.Swap | Family.Foreign, f => f.Uuid is not null),
        ("profile", Family.Ext, f => f.Profile is not null),
        ("features", Family.Ext, f => f.Features.Count > 0),
        ("reservedPercent", Family.Ext, f => f.ReservedPercent is not null),
        ("inodes", Family.Ext, f => f.Inodes is not null),
        ("bytesPerInode", Family.Ext, f => f.BytesPerInode is not null),
        ("journalSize", Family.Ext, f => f.JournalSize is not null),
        ("blockSize", Family.Ext | Family.Squashfs | Family.Erofs, f => f.BlockSize is not null),
        ("inodeSize", Family.Ext, f => f.InodeSize is not null),
        ("hashSeed", Family.Ext, f => f.HashSeed is not null),
        ("hashCharacters", Family.Ext, f => f.HashCharacters is not null),
        ("lastMounted", Family.Ext, f => f.LastMounted is not null),
        ("lostAndFound", Family.Ext, f => f.LostAndFound is not null),
        ("minimize", Family.Ext, f => f.Minimize is not null),
        ("groupsPerFlex", Family.Ext, f => f.GroupsPerFlex is not null),
        ("stride", Family.Ext, f => f.Stride is not null),
        ("stripeWidth", Family.Ext, f => f.StripeWidth is not null),
        ("rootMode", Family.Ext | Family.Squashfs, f => f.RootMode is not null),
        ("rootUid", Family.Ext | Family.Squashfs, f => f.RootUid is not null),
        ("rootGid", Family.Ext | Family.Squashfs, f => f.RootGid is not null),
        ("defaultMountOptions", Family.Ext, f => f.DefaultMountOptions is not null),
        ("extendedMountOptions", Family.Ext, f => f.ExtendedMountOptions is not null),
        ("errors", Family.Ext, f => f.Errors is not null),
        ("maxMountCount", Family.Ext, f => f.MaxMountCount is not null),
        ("checkDays", Family.Ext, f => f.CheckDays is not null),
        ("quotas", Family.Ext, f => f.Quotas is not null),
        ("projects", Family.Ext, f => f.Projects.Count > 0),
        ("casefold", Family.Ext, f => f.Casefold.Count > 0),
        ("casefoldStrict", Family.Ext, f => f.CasefoldStrict is not null),
        ("verity", Family.Ext, f => f.Verity.Count > 0),
        ("verityHash", Family.Ext, f => f.VerityHash is not null),
        ("fatType", Family.Fat, f => f.FatType is not null),
        ("clusterSize", Family.Fat, f => f.ClusterSize is not null),
        ("sectorSize", Family.Fat, f => f.SectorSize is not null),
        ("dataAlignment", Family.Fat, f => f.DataAlignment is not null),
        ("codePage", Family.Fat, f => f.CodePage is not null),
        ("volumeId", Family.Fat, f => f.VolumeId is not null),
        ("unsupported", Family.Fat | Family.Squashfs, f => f.Unsupported is not null),
        ("readOnlyFiles", Family.Fat, f => f.ReadOnlyFiles is not null),
        ("attributes", Family.Fat, f => f.Attributes.Count > 0),
        ("hiddenSectors", Family.Fat, f => f.HiddenSectors is not null),
        ("sectorsPerTrack", Family.Fat, f => f.SectorsPerTrack is not null),
        ("heads", Family.Fat, f => f.Heads is not null),
        ("driveNumber", Family.Fat, f => f.DriveNumber is not null),
        ("compression", Family.Squashfs | Family.Erofs | Family.Iso | Family.Btrfs, f => f.Compression is not null),
        ("compressionLevel", Family.Squashfs | Family.Erofs | Family.Iso | Family.Btrfs, f => f.CompressionLevel is not null),
        ("windowSize", Family.Squashfs, f => f.WindowSize is not null),
        ("strategies", Family.Squashfs, f => f.Strategies.Count > 0),
        ("dictionarySize", Family.Squashfs, f => f.DictionarySize is not null),
        ("filters", Family.Squashfs, f => f.Filters.Count > 0),
        ("highCompression", Family.Squashfs, f => f.HighCompression is not null),
        ("lzoAlgorithm", Family.Squashfs, f => f.LzoAlgorithm is not null),
        ("uncompressed", Family.Squashfs, f => f.Uncompressed.Count > 0),
        ("fragments", Family.Squashfs | Family.Erofs, f => f.Fragments is not null),
        ("duplicates", Family.Squashfs | Family.Erofs, f => f.Duplicates is not null),
        ("exports", Family.Squashfs, f => f.Exports is not null),
        ("xattrs", Family.Squashfs, f => f.Xattrs is not null),
        ("hardLinks", Family.Squashfs | Family.Erofs | Family.Foreign, f => f.HardLinks is not null),
        ("allRoot", Family.Squashfs | Family.Erofs, f => f.AllRoot is not null),
        ("compressedCluster", Family.Erofs, f => f.CompressedCluster is not null),
        ("tailPacking", Family.Erofs, f => f.TailPacking is not null),
        ("index", Family.Erofs, f => f.Index is not null),
        ("chunkSize", Family.Erofs, f => f.ChunkSize is not null),
        ("inlineData", Family.Erofs, f => f.InlineData is not null),
        ("times", Family.Erofs, f => f.Times is not null),
        ("layout", Family.Erofs, f => f.Layout is not null),
        ("pageSize", Family.Swap, f => f.PageSize is not null),
        ("subvolumes", Family.Btrfs, f => f.Subvolumes.Count > 0),
        ("mkfsOptions", Family.Foreign, f => f.MkfsOptions.Count > 0),
    ];

    /// <param name="partition">A partition with a file system.</param>
    /// <param name="diskSector">Bytes in a sector of the disk.</param>
    /// <param name="path">The file system's path in the definition.</param>
    /// <param name="problems">Where faults go.</param>
    internal static void Check(Partition partition, int diskSector, string path, Problems problems)
    {
        PartitionFileSystem declared = partition.FileSystem!;
        Family family = FamilyOf(declared.Type);
        foreach ((string key, Family owners, Func<PartitionFileSystem, bool> isSet) in Owned)
        {
            if (family == Family.None || owners.HasFlag(family) || !isSet(declared))
                continue;
            (Family Family, string Name, string Type)[] having = [.. Families.Where(f => owners.HasFlag(f.Family))];
            problems.Add($"{path}.{key}", $"option of {Listed([.. having.Select(f => f.Name)])}", null,
                $"the file system's type is {MountTypes.NameOf(declared.Type)}, which has no {key}", $"remove it, or take type: {having[0].Type}");
        }

        var found = new Findings(path, problems);
        switch (family)
        {
            case Family.Ext:
                CheckExt(declared, diskSector, found);
                break;
            case Family.Fat:
                CheckFat(partition, declared, diskSector, found);
                break;
            case Family.Squashfs:
                CheckPacked(declared, OfErofs, () => FileSystemOptions.Squashfs(declared).Check(), found);
                break;
            case Family.Erofs:
                CheckPacked(declared, OfSquashfs, () => FileSystemOptions.Erofs(declared, default).Check(), found);
                break;
            case Family.Swap:
                CheckSwap(partition, declared, found);
                break;
            case Family.Iso:
                CheckIso(declared, found);
                break;
            case Family.Btrfs or Family.Xfs or Family.F2fs:
                ForeignRules.Check(declared, found);
                break;
        }
    }

    private static Family FamilyOf(FileSystemType type) => type switch
    {
        FileSystemType.Vfat => Family.Fat,
        FileSystemType.Squashfs => Family.Squashfs,
        FileSystemType.Erofs => Family.Erofs,
        FileSystemType.Swap => Family.Swap,
        FileSystemType.Iso9660 => Family.Iso,
        FileSystemType.Btrfs => Family.Btrfs,
        FileSystemType.Xfs => Family.Xfs,
        FileSystemType.F2fs => Family.F2fs,
        _ => FileSystemOptions.IsExt(type) ? Family.Ext : Family.None,
    };

    private static void CheckSwap(Partition partition, PartitionFileSystem declared, Findings found)
    {
        if (partition.Content is not null)
            found.Add("type", "content in a swap area", "swap", $"a swap area holds no files", "remove content, or take another type");
        if (partition.MountPoint is not null)
            found.Add("type", "swap area with a mount point", "swap", $"the system swaps to it without one", "remove mountPoint, or take another type");
        if (declared.Label is { } label && Encoding.UTF8.GetByteCount(label) > SwapArea.MaximumLabelBytes)
            found.Add("label", "label too long for swap", label, $"it has {Encoding.UTF8.GetByteCount(label)} bytes of UTF-8; a swap area's has at most {SwapArea.MaximumLabelBytes}", "shorten it");
        long least = SwapArea.LeastBytes(declared.PageSize ?? SwapOptions.DefaultPageSize);
        if (partition.Size.Exact is { Bytes: > 0 } size && size.Bytes < least)
            found.Add("type", "no room for a swap area", size.ToString(), $"the least is ten pages, {least} bytes", "enlarge the partition");
    }

    private static void CheckIso(PartitionFileSystem declared, Findings found)
    {
        const int MostZisofs = 9;
        if (declared.Compression is not (null or FileSystemCompression.None or FileSystemCompression.Gzip))
        {
            found.Add("compression", "a compressor that ISO 9660 does not have", declared.Compression?.ToString().ToLowerInvariant(),
                $"zisofs is gzip", "take gzip or none, or type: squashfs");
        }

        if (declared.CompressionLevel is { } level && (level is < 1 or > MostZisofs || declared.Compression == FileSystemCompression.None))
            found.Add("compressionLevel", "not a level of zisofs", Text(level), $"its levels are 1 to {MostZisofs}, where it compresses", "leave it out");
    }

    private static void CheckPacked(PartitionFileSystem declared, FileSystemCompression[] others, Action check, Findings found)
    {
        if (declared.Compression is { } compression && others.Contains(compression))
        {
            found.Add("compression", "a compressor of another file system", compression.ToString().ToLowerInvariant(),
                $"{MountTypes.NameOf(declared.Type)} does not have it", "take zstd");
        }

        if (declared is { Type: FileSystemType.Squashfs, Fragments: FragmentUse.All })
            found.Add("fragments", "a use of fragments of EROFS", "all", $"squashfs does not have it", "take tail-ends");
        if (found.Any)
            return;
        try
        {
            check();
        }
        catch (UnrepresentableException exception)
        {
            found.Add("", "options that do not go together", null, $"{exception.Message}", "change one of them");
        }
    }

    private static void CheckExt(PartitionFileSystem declared, int diskSector, Findings found)
    {
        if (declared.Label is { } label && Encoding.UTF8.GetByteCount(label) > LongestExtLabel)
        {
            found.Add("label", "label too long for ext", label,
                $"it has {Encoding.UTF8.GetByteCount(label)} bytes of UTF-8; its label has at most {LongestExtLabel}", "shorten it");
        }

        FileSystemOptions.ExtType type = FileSystemOptions.ExtTypes.First(t => t.Type == declared.Type);
        string[] profiles = [.. type.Profiles.Select(p => p.Name)];
        if (declared.Profile is { } name && !found.Has("profile") && !profiles.Contains(name, StringComparer.Ordinal))
        {
            found.Add("profile", $"no profile of {type.Name}", name, $"its profiles are {string.Join(", ", profiles)}",
                Suggestion.Nearest(name, profiles) is { } near ? $"did you mean {near}?" : "take one of them");
        }

        CheckFeatures(declared, type, found);
        if (declared is { Inodes: not null, BytesPerInode: { } each })
            found.Add("bytesPerInode", "bytesPerInode beside inodes", each.ToString(), $"both say how many inodes there are", "remove one of them");
        if (declared.BytesPerInode is { } bytes && (bytes.Bytes < LeastBytesPerInode || bytes.Bytes > int.MaxValue))
            found.Add("bytesPerInode", "not a share that is possible", bytes.ToString(), $"an inode is for 1K to less than 2G", "take 16K");
        int block = declared.BlockSize ?? 4096;
        if (block > LargestExtBlock)
            found.Add("blockSize", "block too large for ext", Text(block), $"its blocks have at most {LargestExtBlock} bytes", "take 4096, or leave it out");
        if (block < LeastExtBlock)
            found.Add("blockSize", "block too small for ext", Text(block), $"its blocks have at least {LeastExtBlock} bytes", "take 4096, or leave it out");
        if (block < diskSector)
        {
            found.Add("blockSize", "block smaller than a sector", Text(block),
                $"the disk's sectors have {diskSector} bytes, and the kernel mounts no smaller blocks", $"take {Text(diskSector)}, or leave it out");
        }

        if (declared.JournalSize?.Size is { } journal && journal.Bytes > 0 && journal.Bytes / block < ExtSizes.LeastJournalBlocks)
        {
            found.Add("journalSize", "journal too small", journal.ToString(),
                $"a journal has at least {ExtSizes.LeastJournalBlocks} blocks, which are {new ByteSize((long)ExtSizes.LeastJournalBlocks * block)}",
                "enlarge it, write none, or leave it out");
        }

        if (declared.InodeSize is { } inode && inode > block)
            found.Add("inodeSize", "inode larger than a block", Text(inode), $"a block has {block} bytes", "enlarge blockSize, or shorten it");
        if (declared.RootUid is null != declared.RootGid is null)
        {
            found.Add(declared.RootUid is null ? "rootGid" : "rootUid", "half an owner", null, $"the root's user and group are given together",
                declared.RootUid is null ? "add rootUid:" : "add rootGid:");
        }

        if (declared.LastMounted is { } mounted && Encoding.UTF8.GetByteCount(mounted) > LongestMountPoint)
            found.Add("lastMounted", "path too long for ext", mounted, $"the superblock has room for {LongestMountPoint} bytes", "shorten it, or leave it out");
        if (found.Any)
            return;
        try
        {
            FileSystemOptions.Ext(declared, Guid.Empty).Check();
        }
        catch (UnrepresentableException exception)
        {
            found.Add("", "options that do not go together", null, $"{exception.Message}", "change one of them");
        }
    }

    private static void CheckFeatures(PartitionFileSystem declared, FileSystemOptions.ExtType type, Findings found)
    {
        string[] known = [.. ExtFeature.Supported.Select(f => f.Name)];
        for (int i = 0; i < declared.Features.Count; i++)
        {
            string bare = declared.Features[i].TrimStart('^');
            string at = string.Create(CultureInfo.InvariantCulture, $"features[{i}]");
            if (declared.Features[i] == "none" || known.Contains(bare, StringComparer.Ordinal) || found.Has(at))
                continue;
            found.Add(at, "no feature that can be made", declared.Features[i],
                $"{ExtRefusals.Of(bare)}; there are {string.Join(", ", known)}", Suggestion.Nearest(bare, known) is { } near ? $"did you mean {near}?" : "take one of them, or remove it");
        }

        if (found.Any)
            return;
        try
        {
            bool hasJournal = FileSystemOptions.Profile(declared).Features.Has(ExtFeature.HasJournal);
            if (!hasJournal && declared.JournalSize is { Size: { } size })
                found.Add("journalSize", "journal without the feature has_journal", size.ToString(), $"{type.Name} and the features asked for have none", "remove it, or take type: ext4");
        }
        catch (ArgumentException exception)
        {
            // The message's second half is the parameter's name.
            string rule = exception.Message.Split(" (Parameter", StringSplitOptions.None)[0];
            found.Add("features", "features that do not go together", string.Join(",", declared.Features), $"{rule}", "add what is missing, or remove one");
        }
    }

    private static void CheckFat(Partition partition, PartitionFileSystem declared, int diskSector, Findings found)
    {
        if (declared.Label is { } label)
            CheckFatLabel(label, found);
        int sector = declared.SectorSize ?? diskSector;
        if (sector < diskSector)
        {
            found.Add("sectorSize", "sector smaller than the disk's", Text(sector),
                $"image.sectorSize is {diskSector}, and kernels refuse a file system with smaller ones", "leave it out, or change image.sectorSize");
        }

        CheckPower(declared.ClusterSize, "clusterSize", "cluster", sector, FatSizer.MaximumClusterSize, found);
        CheckPower(declared.DataAlignment, "dataAlignment", "boundary", sector, FatSizer.MaximumAlignment, found);
        if (declared is { VolumeId: { } volume, Uuid: not null })
            found.Add("volumeId", "volumeId beside uuid", volume, $"the first 32 bits of the UUID are the volume id", "remove one of them");
        for (int i = 0; i < declared.Attributes.Count; i++)
        {
            FileAttributeRule rule = declared.Attributes[i];
            string at = string.Create(CultureInfo.InvariantCulture, $"attributes[{i}]");
            if (rule.Set.Count + rule.Clear.Count == 0)
                found.Add(at, "rule that does nothing", rule.Path, $"a rule sets or clears attributes", "add set: or clear:, or remove it");
            foreach (FileAttribute both in rule.Set.Intersect(rule.Clear))
                found.Add(at, "attribute set and cleared", both.ToString(), $"a rule does one or the other", "remove one of them");
        }

        if (partition.Size.Exact is { Bytes: > 0 } exact && exact.Bytes % sector != 0 && exact.Bytes % diskSector == 0)
            found.Add("sectorSize", "sector that the partition is no multiple of", Text(sector), $"the partition has {exact.Bytes} bytes", "change its size");
        if (found.Any || partition.Size.Exact is not { Bytes: > 0 } size || size.Bytes % sector != 0)
            return;
        try
        {
            // What is too small or large for the type and cluster is so whatever it holds.
            FatFileSystem.Plan(new FileTree(), FileSystemOptions.Fat(declared, 0, diskSector) with { Size = size.Bytes });
        }
        catch (Exception exception) when (exception is DoesNotFitException or UnrepresentableException)
        {
            found.Add("", "size that the file system cannot have", size.ToString(), $"{exception.Message}", "change the partition's size, or the options");
        }
    }

    private static void CheckPower(ByteSize? size, string key, string noun, int least, int most, Findings found)
    {
        if (size is not { } given || (given.Bytes >= least && given.Bytes <= most && long.IsPow2(given.Bytes)))
            return;
        found.Add(key, $"not a {noun} that is possible", given.ToString(),
            $"it is a power of two from {new ByteSize(least)} to {new ByteSize(most)}", "take one, or leave it out");
    }

    private static void CheckFatLabel(string label, Findings found)
    {
        string? wrong = label.Length > LongestFatLabel
            ? string.Create(CultureInfo.InvariantCulture, $"label too long for FAT by {label.Length - LongestFatLabel}")
            : label.Any(c => c is < ' ' or > '~' || NotInFatLabels.Contains(c, StringComparison.Ordinal)) ? "character that a FAT label cannot have"
            : label.StartsWith(' ') ? "FAT label that starts with a space" : null;
        if (wrong is not null)
            found.Add("label", wrong, label, $"a FAT label has at most 11 ASCII characters, none of {NotInFatLabels}, and no space first", "change it");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Faults of one file system.</summary>
    internal sealed class Findings(string path, Problems problems)
    {
        /// <summary>Whether there is one, so that rules about the whole would only repeat it.</summary>
        internal bool Any => problems.HasAt(path);

        internal bool Has(string key) => problems.HasAt($"{path}.{key}");

        internal void Add(string key, string message, string? value, FormattableString rule, string fix)
        {
            problems.Add(key.Length == 0 ? path : $"{path}.{key}", message, value, rule.ToString(CultureInfo.InvariantCulture), fix);
        }
    }

    private static string Listed(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
}
