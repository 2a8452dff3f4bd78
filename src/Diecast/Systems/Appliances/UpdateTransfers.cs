using System.Globalization;
using System.Text;

namespace Diecast.Systems;

/// <summary>
/// The transfer files of systemd-sysupdate (sysupdate.d(5)): for each part of a version what it is called where updates are
/// published, and where it goes on this disk. The unified kernel image comes last, so that nothing starts a version before all
/// of it is there.
/// </summary>
internal static class UpdateTransfers
{
    private const string Directory = "/EFI/Linux";

    /// <summary>The files by name, in the order in which they are carried out.</summary>
    internal static IEnumerable<(string File, string Text)> Of(Image image, string name, IReadOnlyList<string> types, UpdateSource updates)
    {
        int number = 0;
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            Partition partition = image.Partitions[i];
            if (partition.SplitName is not { } split || partition.Slots < 2)
                continue;
            string source = $"{name}_@v.{split.Replace("%U", "@u", StringComparison.Ordinal).Replace("%t", types[i], StringComparison.Ordinal)}.raw";
            var text = Start(updates, source, image.SplitCompression);
            text.Append(CultureInfo.InvariantCulture, $"""
                [Target]
                Type=partition
                Path=auto
                MatchPattern={name}_@v
                MatchPartitionType={types[i]}
                ReadOnly={(partition.ReadOnly ?? partition.Verity is not null ? "1" : "0")}
                InstancesMax={partition.Slots}

                """);
            yield return (File(++number, types[i]), text.ToString());
        }

        var kernel = Start(updates, $"{name}_@v.efi", null);
        kernel.Append(CultureInfo.InvariantCulture, $"""
            [Target]
            Type=regular-file
            Path={Directory}
            PathRelativeTo=esp
            MatchPattern={name}_@v+@l-@d.efi {name}_@v+@l.efi {name}_@v.efi
            Mode=0444
            TriesLeft={updates.Tries}
            TriesDone=0
            InstancesMax=2

            """);
        yield return (File(++number, "uki"), kernel.ToString());
    }

    private static StringBuilder Start(UpdateSource updates, string pattern, ImageCompression? compression)
    {
        bool isLocal = updates.Location.StartsWith("file://", StringComparison.Ordinal);
        string suffix = compression switch
        {
            ImageCompression.Gzip => ".gz",
            ImageCompression.Xz => ".xz",
            ImageCompression.Zstd => ".zst",
            _ => "",
        };
        return new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            [Transfer]
            ProtectVersion=%A
            Verify={(updates.Verify ? "yes" : "no")}

            [Source]
            Type={(isLocal ? "regular-file" : "url-file")}
            Path={(isLocal ? updates.Location["file://".Length..] : updates.Location)}
            MatchPattern={pattern}{suffix}


            """));
    }

    private static string File(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number * 10:D2}-{what}.transfer");
}
