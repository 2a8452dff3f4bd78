using System.Globalization;
using System.Text;
using Diecast.Formats.FileSystems.Swap;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Content;

/// <summary>
/// What a definition, and <c>SYSTEMD_REPART_MKFS_OPTIONS_*</c>, say of a file system, as a definition of ours says it. Of the
/// options of the mkfs programs those are understood that our writers have; the others are refused by name.
/// </summary>
internal static partial class MkfsOptions
{
    private const int ExtLabelBytes = 16;
    private const int XfsLabelBytes = 12;
    private const int FatLabelLength = 11;
    private const string FatForbidden = "*?.,;:/\\|+=<>[]\"";

    /// <summary>The file system of a partition.</summary>
    /// <exception cref="BuildException">There is no writer for it, or it has no such option.</exception>
    internal static PartitionFileSystem Of(RepartPartition partition, RepartContext context, int fileSystemSector, int diskSector)
    {
        PartitionSettings settings = partition.Settings;
        string format = settings.Format!;
        var base_ = new PartitionFileSystem { Type = TypeOf(format, settings), Uuid = partition.FileSystemId };
        PartitionFileSystem fileSystem = base_.Type switch
        {
            FileSystemType.Ext2 or FileSystemType.Ext3 or FileSystemType.Ext4 => base_ with
            {
                Label = CutBytes(partition.Label, ExtLabelBytes),
                ReservedPercent = 0,
                InodeSize = 256,
                BlockSize = 4096,
                HashSeed = partition.FileSystemId,
                Features = partition.Contents.Any(content => content.CopyFiles.Exists(line => line.KeepVerity)) ? ["verity"] : [],
            },
            FileSystemType.Vfat => base_ with
            {
                Label = FatLabel(partition.Label),
                FatType = 32,
                SectorSize = settings.FileSystemSectorSize is { } sector ? Math.Max(sector, diskSector) : diskSector,
                Unsupported = UnsupportedFiles.Skip,
            },
            FileSystemType.Swap => base_ with { Label = CutBytes(partition.Label, SwapArea.MaximumLabelBytes) },
            FileSystemType.Squashfs => base_ with { Compression = FileSystemCompression.Gzip, Unsupported = UnsupportedFiles.Skip },
            FileSystemType.Erofs => base_ with { BlockSize = Math.Min(fileSystemSector, 4096) },
            FileSystemType.Xfs => base_ with { Label = CutBytes(partition.Label, XfsLabelBytes) },
            FileSystemType.Btrfs => base_ with { Label = partition.Label, Subvolumes = Subvolumes(partition) },
            _ => base_ with { Label = partition.Label },
        };
        fileSystem = WithCompression(fileSystem, settings);
        string variable = $"SYSTEMD_REPART_MKFS_OPTIONS_{format.ToUpperInvariant()}";
        if (context.Environment(variable) is not { } text)
            return fileSystem;
        string[] words = [.. Words.Split(text) ?? throw new BuildException($"{variable}={text}: a quote does not end")];
        return Apply(fileSystem, new MkfsWords(variable, words));
    }

    /// <summary>Whether a file system is known here.</summary>
    internal static FileSystemType TypeOf(string format, PartitionSettings settings) => format switch
    {
        "ext2" => FileSystemType.Ext2,
        "ext3" => FileSystemType.Ext3,
        "ext4" => FileSystemType.Ext4,
        "vfat" => FileSystemType.Vfat,
        "swap" => FileSystemType.Swap,
        "squashfs" => FileSystemType.Squashfs,
        "erofs" => FileSystemType.Erofs,
        "btrfs" => FileSystemType.Btrfs,
        "xfs" => FileSystemType.Xfs,
        "f2fs" => FileSystemType.F2fs,
        _ => throw new BuildException(
            $"{settings.Path}: Format={format}: there is no writer for it",
            "use one of ext2, ext3, ext4, vfat, swap, squashfs, erofs, btrfs, xfs, f2fs, empty"),
    };

    private static ValueList<Subvolume> Subvolumes(RepartPartition partition)
    {
        foreach (PartitionSettings content in partition.Contents)
        {
            if (content.Subvolumes.Find(subvolume => subvolume.NoDataCow) is { } odd)
                throw new BuildException($"{content.Path}: Subvolumes={odd.Path}:nodatacow: mkfs.btrfs is not told of inode flags here", "set it on the machine with chattr +C");
        }

        return partition.Contents.SelectMany(content => content.Subvolumes.Select(subvolume => new Subvolume
        {
            Path = subvolume.Path,
            ReadOnly = subvolume.ReadOnly,
            Default = subvolume.Path == content.DefaultSubvolume,
        })).ToValueList();
    }

    private static PartitionFileSystem WithCompression(PartitionFileSystem fileSystem, PartitionSettings settings)
    {
        if (settings.Compression is not { } name)
            return fileSystem;
        int? level = settings.CompressionLevel is { } text
            ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new BuildException($"{settings.Path}: CompressionLevel={text} is no number")
            : null;
        return Compress(fileSystem, name, level) ?? throw new BuildException($"{settings.Path}: Compression={name}: {settings.Format} is not compressed so");
    }

    private static PartitionFileSystem? Compress(PartitionFileSystem fileSystem, string name, int? level)
    {
        (FileSystemType[] types, FileSystemCompression compression) = name switch
        {
            "gzip" or "zlib" => ([FileSystemType.Squashfs, FileSystemType.Btrfs], FileSystemCompression.Gzip),
            "lzo" => ([FileSystemType.Squashfs, FileSystemType.Btrfs], FileSystemCompression.Lzo),
            "xz" => ([FileSystemType.Squashfs], FileSystemCompression.Xz),
            "zstd" => ([FileSystemType.Squashfs, FileSystemType.Btrfs, FileSystemType.Erofs], FileSystemCompression.Zstd),
            "lz4" => ([FileSystemType.Squashfs, FileSystemType.Erofs], FileSystemCompression.Lz4),
            "lz4hc" => ([FileSystemType.Erofs], FileSystemCompression.Lz4hc),
            "lzma" => ([FileSystemType.Erofs], FileSystemCompression.Lzma),
            "deflate" => ([FileSystemType.Erofs], FileSystemCompression.Deflate),
            _ => ((FileSystemType[])[], FileSystemCompression.None),
        };
        return types.Contains(fileSystem.Type) ? fileSystem with { Compression = compression, CompressionLevel = level } : null;
    }

    /// <summary>As many whole characters as there is room for.</summary>
    private static string CutBytes(string text, int most)
    {
        var cut = new StringBuilder();
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            length += rune.Utf8SequenceLength;
            if (length > most)
                break;
            cut.Append(rune.ToString());
        }

        return cut.ToString();
    }

    private static string FatLabel(string label)
    {
        var text = new StringBuilder();
        foreach (Rune rune in label.EnumerateRunes())
        {
            if (text.Length == FatLabelLength)
                break;
            bool isPlain = rune.Value is >= ' ' and < 0x7F && !FatForbidden.Contains((char)rune.Value, StringComparison.Ordinal);
            text.Append(isPlain ? char.ToUpperInvariant((char)rune.Value) : '_');
        }

        if (text.Length > 0 && text[0] == ' ')
            text[0] = '_';
        return text.ToString();
    }
}
