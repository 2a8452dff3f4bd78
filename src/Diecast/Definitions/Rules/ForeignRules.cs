using System.Globalization;
using System.Text;
using Diecast.Building;

namespace Diecast.Definitions.Rules;

/// <summary>Options of file systems that their own mkfs makes.</summary>
internal static class ForeignRules
{
    internal const int LongestBtrfsLabel = 255;
    internal const int LongestXfsLabel = 12;
    internal const int LongestF2fsLabel = 512;

    private static readonly FileSystemCompression[] OfBtrfs =
        [FileSystemCompression.None, FileSystemCompression.Zstd, FileSystemCompression.Lzo, FileSystemCompression.Gzip];

    internal static void Check(PartitionFileSystem declared, FileSystemRules.Findings found)
    {
        string type = MountTypes.NameOf(declared.Type);
        int longest = declared.Type switch
        {
            FileSystemType.Btrfs => LongestBtrfsLabel,
            FileSystemType.Xfs => LongestXfsLabel,
            _ => LongestF2fsLabel,
        };
        if (declared.Label is { } label && Encoding.UTF8.GetByteCount(label) > longest)
            found.Add("label", $"label too long for {type}", label, $"it has {Encoding.UTF8.GetByteCount(label)} bytes of UTF-8; its label has at most {longest}", "shorten it");
        if (declared.Type != FileSystemType.Btrfs)
            return;
        CheckCompression(declared, found);
        for (int i = 0; i < declared.Subvolumes.Count; i++)
        {
            Subvolume subvolume = declared.Subvolumes[i];
            string at = string.Create(CultureInfo.InvariantCulture, $"subvolumes[{i}]");
            if (subvolume.Path.Trim('/').Length == 0)
                found.Add(at, "the root as a subvolume", subvolume.Path, $"the root is the top-level subvolume already", "remove it");
            if (declared.Subvolumes.Take(i).Any(other => other.Path.Trim('/') == subvolume.Path.Trim('/')))
                found.Add(at, "subvolume that is there already", subvolume.Path, $"a directory becomes one subvolume", "remove it");
            if (subvolume.Default && declared.Subvolumes.Take(i).Any(other => other.Default))
                found.Add(at, "second default subvolume", subvolume.Path, $"one subvolume is mounted where none is named", "leave default: out");
        }
    }

    private static void CheckCompression(PartitionFileSystem declared, FileSystemRules.Findings found)
    {
        if (declared.Compression is { } compression && !OfBtrfs.Contains(compression))
            found.Add("compression", "a compressor of another file system", compression.ToString().ToLowerInvariant(), $"btrfs has zstd, lzo and gzip", "take zstd");
        if (declared.CompressionLevel is not { } level)
            return;
        int most = declared.Compression switch
        {
            FileSystemCompression.Zstd => 15,
            FileSystemCompression.Gzip => 9,
            _ => 0,
        };
        if (level < 1 || level > most)
        {
            found.Add("compressionLevel", "no level of the compressor", level.ToString(CultureInfo.InvariantCulture),
                $"in btrfs zstd has 1 to 15, gzip 1 to 9, and others have none", "change it, or leave it out");
        }
    }
}
