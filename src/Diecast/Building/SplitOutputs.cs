using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>
/// The parts of an image as files of their own: partitions by their names, the unified kernel image, and the digests of all of
/// them, as systemd-sysupdate looks for them where they are published.
/// </summary>
internal static class SplitOutputs
{
    internal const string ChecksumFile = "SHA256SUMS";

    /// <summary>The parts of a plan by the names of their files, in the order of the table.</summary>
    internal static IEnumerable<SplitPart> Of(BuildPlan plan)
    {
        Image image = plan.Definition.Image;
        if (image.Split != true || plan.Image is not DiskImagePlan disk)
            yield break;
        string name = image.Name ?? plan.Definition.Name;
        string stem = image.Version is { } version ? $"{name}_{version}" : name;
        foreach (PartitionPlan partition in disk.Disk.Partitions)
        {
            if (partition.Declared.SplitName is not { } split)
                continue;
            string part = split.Replace("%U", partition.Id.ToString("N"), StringComparison.Ordinal).Replace("%t", partition.Type.Name, StringComparison.Ordinal);
            yield return new SplitPart($"{stem}.{part}.raw", WholeBlocks(partition.Content), image.SplitCompression ?? ImageCompression.None);
        }

        if (disk.KernelImage is { } kernel)
            yield return new SplitPart($"{stem}.efi", kernel, ImageCompression.None);
    }

    /// <summary>Adds the parts to what is written.</summary>
    /// <param name="set">The outputs.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="directory">Where they go: where the image goes.</param>
    /// <exception cref="BuildException">Two parts have one name.</exception>
    internal static void AddTo(OutputSet set, BuildPlan plan, string directory)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var paths = new List<string>();
        foreach (SplitPart part in Of(plan))
        {
            if (!names.Add(part.File))
            {
                throw new BuildException(
                    $"two parts of the image would be {part.File}", "give the partitions a splitName each; %U in it is the partition's UUID");
            }

            ImageFormat format = FormatOf(part.Compression);
            string path = Path.Combine(directory, part.File + SuffixOf(part.Compression));
            set.Add(path, format, ImageFormats.Values(format, new DiskFormat { Name = format.Name }), part.Content, plan.DeriveId);
            paths.Add(Path.GetFullPath(path));
        }

        if (paths.Count > 0)
            set.AddChecksums(Path.Combine(directory, ChecksumFile), paths);
    }

    private static ImageFormat FormatOf(ImageCompression compression) =>
        DiskFormats.Find("raw" + SuffixOf(compression)) ?? throw new InvalidOperationException("no raw format of that compression");

    private static string SuffixOf(ImageCompression compression) => compression switch
    {
        ImageCompression.Gzip => ".gz",
        ImageCompression.Xz => ".xz",
        ImageCompression.Zstd => ".zst",
        _ => "",
    };

    /// <summary>What is written into a partition has whole sectors.</summary>
    private static Blob WholeBlocks(Blob content)
    {
        const int Block = 4096;
        return Blob.Concat(content, Blob.Zeros(-content.Length & (Block - 1)));
    }
}

/// <summary>A part of an image.</summary>
/// <param name="File">Its file's name, without the end for its compression.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Compression">How the file is compressed.</param>
internal sealed record SplitPart(string File, Blob Content, ImageCompression Compression);
