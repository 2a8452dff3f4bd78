using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>
/// What a system that is replaced as a whole has to know of itself: its name and version, how its disk grows at first boot, and
/// where each part of an update goes. All of it follows from the declaration of its partitions.
/// </summary>
internal static class ApplianceFiles
{
    internal const string RepartDirectory = "/usr/lib/repart.d";
    internal const string TransferDirectory = "/usr/lib/sysupdate.d";

    private const long LeastSize = 4096;

    private const string Timer = "systemd-sysupdate.timer";

    /// <summary>Debian's packages of what it takes at run time.</summary>
    internal static IEnumerable<string> Packages(Definition definition)
    {
        Image image = definition.Image;
        if (definition.System?.Kernel is null)
            yield break;
        if (image.Partitions.Any(partition => partition.Verity is { Role: VerityRole.Data } && partition.MountPoint is not null))
            yield return "dmsetup";
        if (image.Partitions.Any(partition => partition.Grow == true))
            yield return "systemd-repart";
        if (image.Partitions.Any(partition => partition is { Encrypt: not null, MountPoint: not null }))
            yield return Crypttab.Package((definition.System.Base as DebianBase)?.Suite);
        if (image.Appliance?.Updates is not { } updates)
            yield break;
        // systemd-sysupdate and what downloads for it; what says that a version has come up.
        yield return "systemd-container";
        yield return "systemd-boot";
        if (updates.Verify)
            yield return "gpgv";
    }

    /// <summary>Writes them into the system's tree.</summary>
    /// <param name="tree">The configured system.</param>
    /// <param name="definition">The definition, completed by its image type.</param>
    /// <param name="types">The partitions' types by name, in the order of the table.</param>
    /// <param name="epoch">Time of what is written.</param>
    internal static void Write(FileTree tree, Definition definition, IReadOnlyList<string> types, Timestamp epoch)
    {
        Image image = definition.Image;
        string name = image.Name ?? definition.Name;
        var edit = new TreeEditor(tree, epoch);
        if (image.Version is { } version)
            WriteRelease(edit, name, version);
        if (image.Partitions.Any(partition => partition.Grow == true))
            WriteGrowth(edit, image, types);
        if (image.Appliance?.Updates is { } updates)
        {
            foreach ((string file, string text) in UpdateTransfers.Of(image, name, types, updates))
                edit.WriteText($"{TransferDirectory}/{file}", text);
            new UnitEnabler(edit, new UnitSearch(edit.Tree)).Enable(Timer);
        }

        edit.ThrowIfErrors();
    }

    /// <summary>os-release(5): IMAGE_ID and IMAGE_VERSION tell versions of an image apart.</summary>
    private static void WriteRelease(TreeEditor edit, string name, string version)
    {
        const string Path = "/usr/lib/os-release";
        string[] lines = (edit.Tree.ReadText(Path) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder();
        foreach (string line in lines)
        {
            if (!line.StartsWith("IMAGE_ID=", StringComparison.Ordinal) && !line.StartsWith("IMAGE_VERSION=", StringComparison.Ordinal))
                text.Append(line).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"IMAGE_ID=\"{name}\"\nIMAGE_VERSION=\"{version}\"\n");
        edit.WriteText(Path, text.ToString());
    }

    /// <summary>
    /// repart.d(5): every partition has a definition, so that each is found again by its type and its turn. What does not grow has
    /// no weight and the least limits, which a partition that is there already keeps its size within; without limits 10 MiB would
    /// be its least size.
    /// </summary>
    private static void WriteGrowth(TreeEditor edit, Image image, IReadOnlyList<string> types)
    {
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            Partition partition = image.Partitions[i];
            bool grows = partition.Grow == true;
            var text = new StringBuilder("[Partition]\n");
            text.Append(CultureInfo.InvariantCulture, $"Type={types[i]}\n");
            if (partition.Label is { } label)
                text.Append(CultureInfo.InvariantCulture, $"Label={label.Replace("%", "%%", StringComparison.Ordinal)}\n");
            text.Append(CultureInfo.InvariantCulture, $"Weight={(grows ? Math.Max(1, partition.Weight) : 0)}\n");
            long? least = partition.Size.Exact?.Bytes ?? (grows ? partition.MinSize?.Bytes : LeastSize);
            long? most = partition.Size.Exact?.Bytes ?? (grows ? partition.MaxSize?.Bytes : LeastSize);
            if (least is not null)
                text.Append(CultureInfo.InvariantCulture, $"SizeMinBytes={least}\n");
            if (most is not null)
                text.Append(CultureInfo.InvariantCulture, $"SizeMaxBytes={most}\n");
            if (partition.Padding.Bytes > 0)
                text.Append(CultureInfo.InvariantCulture, $"PaddingMinBytes={partition.Padding.Bytes}\n");
            if (partition.PaddingWeight > 0)
                text.Append(CultureInfo.InvariantCulture, $"PaddingWeight={partition.PaddingWeight}\n");
            if (partition.Priority != 0)
                text.Append(CultureInfo.InvariantCulture, $"Priority={partition.Priority}\n");
            if (grows)
                text.Append("GrowFileSystem=yes\n");
            if (partition.FactoryReset)
                text.Append("FactoryReset=yes\n");
            if (partition.FileSystem is { } made && (grows || partition.FactoryReset))
                text.Append(CultureInfo.InvariantCulture, $"Format={made.Type.ToString().ToLowerInvariant()}\n");
            edit.WriteText(string.Create(CultureInfo.InvariantCulture, $"{RepartDirectory}/{(i + 1) * 10:D3}-{types[i]}.conf"), text.ToString());
        }
    }
}
