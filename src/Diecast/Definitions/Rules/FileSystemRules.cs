using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
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

    /// <summary>Characters that a FAT label may not have (Microsoft's FAT specification, 6.1, and what fsck.fat refuses).</summary>
    private const string NotInFatLabels = "\"*+,./:;<=>?[\\]|";

    /// <summary>The options that only one family of file systems has.</summary>
    private static readonly (string Key, bool IsExt, Func<PartitionFileSystem, bool> IsSet)[] Owned =
    [
        ("profile", true, f => f.Profile is not null),
        ("features", true, f => f.Features.Count > 0),
        ("reservedPercent", true, f => f.ReservedPercent is not null),
        ("inodes", true, f => f.Inodes is not null),
        ("bytesPerInode", true, f => f.BytesPerInode is not null),
        ("journalSize", true, f => f.JournalSize is not null),
        ("blockSize", true, f => f.BlockSize is not null),
        ("inodeSize", true, f => f.InodeSize is not null),
        ("hashSeed", true, f => f.HashSeed is not null),
        ("hashCharacters", true, f => f.HashCharacters is not null),
        ("lastMounted", true, f => f.LastMounted is not null),
        ("lostAndFound", true, f => f.LostAndFound is not null),
        ("minimize", true, f => f.Minimize is not null),
        ("groupsPerFlex", true, f => f.GroupsPerFlex is not null),
        ("stride", true, f => f.Stride is not null),
        ("stripeWidth", true, f => f.StripeWidth is not null),
        ("rootMode", true, f => f.RootMode is not null),
        ("rootUid", true, f => f.RootUid is not null),
        ("rootGid", true, f => f.RootGid is not null),
        ("defaultMountOptions", true, f => f.DefaultMountOptions is not null),
        ("extendedMountOptions", true, f => f.ExtendedMountOptions is not null),
        ("errors", true, f => f.Errors is not null),
        ("maxMountCount", true, f => f.MaxMountCount is not null),
        ("checkDays", true, f => f.CheckDays is not null),
        ("quotas", true, f => f.Quotas is not null),
        ("projects", true, f => f.Projects.Count > 0),
        ("casefold", true, f => f.Casefold.Count > 0),
        ("casefoldStrict", true, f => f.CasefoldStrict is not null),
        ("verity", true, f => f.Verity.Count > 0),
        ("verityHash", true, f => f.VerityHash is not null),
        ("fatType", false, f => f.FatType is not null),
        ("clusterSize", false, f => f.ClusterSize is not null),
        ("sectorSize", false, f => f.SectorSize is not null),
        ("dataAlignment", false, f => f.DataAlignment is not null),
        ("codePage", false, f => f.CodePage is not null),
        ("volumeId", false, f => f.VolumeId is not null),
        ("unsupported", false, f => f.Unsupported is not null),
        ("readOnlyFiles", false, f => f.ReadOnlyFiles is not null),
        ("attributes", false, f => f.Attributes.Count > 0),
        ("hiddenSectors", false, f => f.HiddenSectors is not null),
        ("sectorsPerTrack", false, f => f.SectorsPerTrack is not null),
        ("heads", false, f => f.Heads is not null),
        ("driveNumber", false, f => f.DriveNumber is not null),
    ];

    /// <param name="partition">A partition with a file system.</param>
    /// <param name="diskSector">Bytes in a sector of the disk.</param>
    /// <param name="path">The file system's path in the definition.</param>
    /// <param name="problems">Where faults go.</param>
    internal static void Check(Partition partition, int diskSector, string path, Problems problems)
    {
        PartitionFileSystem declared = partition.FileSystem!;
        bool isExt = FileSystemOptions.IsExt(declared.Type);
        if (!isExt && declared.Type != FileSystemType.Vfat)
            return;
        foreach ((string key, bool forExt, Func<PartitionFileSystem, bool> isSet) in Owned)
        {
            if (forExt != isExt && isSet(declared))
            {
                string type = isExt ? FileSystemOptions.ExtTypes.First(t => t.Type == declared.Type).Name : "FAT";
                problems.Add($"{path}.{key}", forExt ? "option of ext file systems" : "option of FAT", null,
                    $"the file system's type is {(isExt ? type : "vfat")}, which has no {key}", forExt ? "remove it, or take type: ext4" : "remove it, or take type: vfat");
            }
        }

        var found = new Findings(path, problems);
        if (isExt)
            CheckExt(declared, diskSector, found);
        else
            CheckFat(partition, declared, diskSector, found);
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
    private sealed class Findings(string path, Problems problems)
    {
        /// <summary>Whether there is one, so that rules about the whole would only repeat it.</summary>
        internal bool Any => problems.HasAt(path);

        internal bool Has(string key) => problems.HasAt($"{path}.{key}");

        internal void Add(string key, string message, string? value, FormattableString rule, string fix)
        {
            problems.Add(key.Length == 0 ? path : $"{path}.{key}", message, value, rule.ToString(CultureInfo.InvariantCulture), fix);
        }
    }
}
