using System.Text;
using Diecast.Formats.Partitioning;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Output;

/// <summary>fstab and crypttab of the partitions, into the tree that is copied (<c>--generate-fstab=</c>, <c>--generate-crypttab=</c>).</summary>
internal static class MountTables
{
    // The marks by which an earlier run's lines are found; they are systemd-repart's.
    private const string Begin = "# Start section ↓ of automatically generated fstab by systemd-repart";
    private const string End = "# End section ↑ of automatically generated fstab by systemd-repart";

    /// <summary>Writes them before the tree is read, so that they are in the image.</summary>
    /// <exception cref="BuildException">One is there already and may not be replaced.</exception>
    internal static void Write(IReadOnlyList<RepartPartition> partitions, RepartContext context)
    {
        RepartOptions options = context.Options;
        if (options.GenerateFstab is { } fstab)
            WriteFstab(fstab, partitions, context);
        if (options.GenerateCrypttab is { } crypttab)
            WriteCrypttab(crypttab, partitions, context, mayReplace: false);
    }

    /// <summary>Writes what is known only when everything is made: the digests of volume keys.</summary>
    internal static void WriteLate(IReadOnlyList<RepartPartition> partitions, RepartContext context)
    {
        if (context.Options.GenerateCrypttab is { } crypttab)
            WriteCrypttab(crypttab, partitions, context, mayReplace: true);
    }

    /// <summary>The lines of an fstab, with the marks around them.</summary>
    internal static string Fstab(IEnumerable<RepartPartition> partitions)
    {
        var text = new StringBuilder().Append(Begin).Append('\n');
        foreach (RepartPartition partition in partitions.Where(IsMounted))
        {
            string what = partition.Settings.Format == "vfat"
                ? SeedUuids.FatVolumeId(partition.FileSystemId).ToString("X8", System.Globalization.CultureInfo.InvariantCulture).Insert(4, "-")
                : partition.FileSystemId.ToString();
            int pass = RepartTypes.RoleOf(partition.Type) == RepartTypes.Root ? 1 : 2;
            foreach ((string where, string? own) in partition.Settings.MountPoints)
            {
                string options = BaseOptions(partition) + (own is null ? "" : "," + own);
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"UUID={what} {where} {partition.Settings.Format} {options} 0 {pass}\n");
            }
        }

        return text.Append(End).Append('\n').ToString();
    }

    /// <summary>What is in a file apart from an earlier run's lines.</summary>
    internal static string WithoutOwn(string text)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
            return text;
        int end = text.IndexOf(End, begin, StringComparison.Ordinal);
        return text[..begin] + (end < 0 ? "" : text[(end + End.Length)..].TrimStart('\n'));
    }

    private static bool IsMounted(RepartPartition partition) =>
        partition is { IsForeign: false, IsDropped: false } && partition.Settings is { Format: not null, MountPoints.Count: > 0 };

    /// <summary>systemd's own choice of options for what is on such a partition.</summary>
    private static string BaseOptions(RepartPartition partition)
    {
        string role = RepartTypes.RoleOf(partition.Type);
        bool isBoot = RepartTypes.IsBoot(partition.Type);
        bool isFat = partition.Settings.Format == "vfat";
        var options = new List<string>();
        if (isBoot && isFat)
            options.AddRange(["fmask=0177", "dmask=0077"]);
        if (!isBoot)
            options.Add("discard");
        options.Add("rw");
        options.Add("nodev");
        options.Add(isBoot || role == "tmp" ? "nosuid" : "suid");
        options.Add(isBoot ? "noexec" : "exec");
        if (isBoot)
            options.Add("nosymfollow");
        return string.Join(',', options);
    }

    private static void WriteFstab(string path, IReadOnlyList<RepartPartition> partitions, RepartContext context)
    {
        if (!partitions.Any(IsMounted))
        {
            context.Log.Notice($"no definition has MountPoint=; {path} is not written");
            return;
        }

        string file = context.WritablePath(path);
        string text = Fstab(partitions);
        if (context.Options.AppendFstab == AppendMode.Auto && File.Exists(file))
            text += WithoutOwn(File.ReadAllText(file));
        Put(file, text, context, context.Options.AppendFstab != AppendMode.No);
    }

    private static void WriteCrypttab(string path, IReadOnlyList<RepartPartition> partitions, RepartContext context, bool mayReplace)
    {
        RepartPartition[] encrypted = [.. partitions.Where(p => p is { IsForeign: false, IsDropped: false } && p.Settings is { Encrypt: not EncryptMode.Off, EncryptedVolume: not null })];
        if (encrypted.Length == 0)
        {
            if (!mayReplace)
                context.Log.Notice($"no definition has Encrypt= and EncryptedVolume=; {path} is not written");
            return;
        }

        var text = new StringBuilder("# Automatically generated by systemd-repart\n\n");
        foreach (RepartPartition partition in encrypted)
        {
            EncryptedVolume volume = partition.Settings.EncryptedVolume!;
            string options = volume.Options ?? "";
            if (partition.VolumeKeyDigest is { } digest && volume.FixateVolumeKey)
                options = (options.Length == 0 ? "" : options + ",") + "fixate-volume-key=" + digest;
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{volume.Name ?? $"luks-{partition.LuksId}"} UUID={partition.LuksId} {(string.IsNullOrEmpty(volume.KeyFile) ? "-" : volume.KeyFile)} {options}\n");
        }

        Put(context.WritablePath(path), text.ToString(), context, mayReplace);
    }

    private static void Put(string file, string text, RepartContext context, bool mayReplace)
    {
        if (File.Exists(file) && !mayReplace)
            throw new BuildException($"{file} is there already", "delete it, or for an fstab say --append-fstab=auto or =replace");
        string temporary = $"{file}.{System.Environment.ProcessId}.part";
        File.WriteAllText(temporary, text);
        if (context.SourceEpoch is { } epoch)
            File.SetLastWriteTimeUtc(temporary, epoch.ToDateTimeOffset().UtcDateTime);
        File.Move(temporary, file, overwrite: true);
        context.Log.Info($"{file} is written");
    }
}
