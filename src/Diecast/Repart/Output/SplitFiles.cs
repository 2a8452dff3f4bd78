using System.Globalization;
using Diecast.Building;
using Diecast.Formats.Blobs;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Repart.Output;

/// <summary>Every partition as a file of its own beside the image (<c>--split=</c>).</summary>
internal static class SplitFiles
{
    private const string Raw = ".raw";
    private const int MostNameBytes = 255;

    /// <summary>Decides the files' names.</summary>
    /// <exception cref="BuildException">Two would have one name, or one is there already.</exception>
    internal static void Name(IReadOnlyList<RepartPartition> partitions, RepartContext context)
    {
        string image = context.Options.Node!;
        string directory = Path.GetDirectoryName(image) ?? "";
        string name = Path.GetFileName(image);
        (string stem, string suffix) = name.EndsWith(Raw, StringComparison.Ordinal) ? (name[..^Raw.Length], Raw) : (name, "");
        var taken = new Dictionary<string, RepartPartition>(StringComparer.Ordinal);
        foreach (RepartPartition partition in partitions.Where(p => p is { IsDropped: false, IsForeign: false, Settings.SplitName: not null }))
        {
            string own = Specifiers.Expand(partition.Settings.SplitName!, MostNameBytes, letter => letter switch
            {
                't' => RepartTypes.Describe(partition.Type),
                'T' => partition.Type.Guid!.Value.ToString("N"),
                'U' => partition.Id.ToString("N"),
                'n' => (partition.Number - 1).ToString(CultureInfo.InvariantCulture),
                _ => context.Facts.Find(letter),
            });
            string path = Path.Combine(directory, $"{stem}.{own}{suffix}");
            if (!taken.TryAdd(path, partition))
                throw new BuildException($"{partition.Settings.Path} and {taken[path].Settings.Path} would both be split into {path}", "give them a SplitName= of their own, such as %t-%n, or - for none");
            partition.SplitPath = path;
        }
    }

    /// <summary>Writes the files from the image.</summary>
    internal static void Write(IReadOnlyList<RepartPartition> partitions, string image, Func<RepartPartition, bool> isDeferred, CancellationToken cancellation)
    {
        RepartPartition[] split = [.. partitions.Where(partition => partition.SplitPath is not null && !isDeferred(partition))];
        foreach (RepartPartition partition in split)
        {
            if (File.Exists(partition.SplitPath))
                throw new BuildException($"{partition.SplitPath} is there already", "delete it, or give the partition another SplitName=");
        }

        using RepartSource source = RepartSource.Open(image);
        foreach (RepartPartition partition in split)
        {
            Blob content = source.Content(source.Table.Partitions.First(found => found.Number == partition.Number));
            // The padding is of the partition; as a file it is a JSON document.
            if (RepartTypes.IsVeritySignature(partition.Type))
                content = content.Slice(0, Array.IndexOf([.. content.ToArray(), (byte)0], (byte)0));
            using OutputFile output = OutputFile.Create(partition.SplitPath!);
            BlobWriter.Write(content, output.Handle, partition.SplitPath!, null, cancellation);
            output.Publish();
        }
    }
}
