using System.Globalization;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>What a definition says of a file system, as its writer takes it. What it leaves open is the writer's default.</summary>
internal static class FileSystemOptions
{
    /// <summary>Where mke2fs keeps 5 percent from ordinary users; an image's file system seldom has room to spare.</summary>
    internal const decimal DefaultReservedPercent = 1;

    /// <summary>The types of the ext family, each with the profile that stands for it.</summary>
    internal static readonly (FileSystemType Type, string Name, ExtProfile Profile)[] ExtTypes =
    [
        (FileSystemType.Ext4, "ext4", ExtProfile.Default),
    ];

    /// <summary>The names of profiles that may be asked for.</summary>
    internal static readonly string[] Profiles = ["default", "modern", "compat"];

    internal static bool IsExt(FileSystemType type) => ExtTypes.Any(t => t.Type == type);

    /// <summary>The profile with its changes.</summary>
    /// <exception cref="ArgumentException">A feature is not known, or does not go with another.</exception>
    internal static ExtProfile Profile(PartitionFileSystem declared)
    {
        ExtProfile profile = (declared.Profile is { } name ? ExtProfile.Find(name) : null)
            ?? ExtTypes.First(t => t.Type == declared.Type).Profile;
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
        return defaults with
        {
            Profile = Profile(declared),
            Label = declared.Label ?? "",
            HashSeed = declared.HashSeed,
            ReservedPercent = declared.ReservedPercent ?? DefaultReservedPercent,
            InodeCount = declared.Inodes,
            BytesPerInode = declared.BytesPerInode is { } bytes ? (int)Math.Min(bytes.Bytes, int.MaxValue) : defaults.BytesPerInode,
            JournalSize = declared.JournalSize is { } journal ? journal.Size?.Bytes ?? 0 : null,
            BlockSize = declared.BlockSize ?? defaults.BlockSize,
            InodeSize = declared.InodeSize ?? defaults.InodeSize,
            HashCharacters = declared.HashCharacters == HashCharacters.Unsigned ? ExtHashCharacters.Unsigned : ExtHashCharacters.Signed,
            LastMounted = declared.LastMounted ?? "",
            LostAndFound = declared.LostAndFound ?? true,
        };
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
}
