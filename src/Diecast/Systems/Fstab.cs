using System.Globalization;
using System.Text;

namespace Diecast.Systems;

/// <summary>/etc/fstab and the mount points.</summary>
internal static class Fstab
{
    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        IReadOnlyList<MountEntry> mounts = [.. context.Mounts, .. system.FileSystems.Select(Entry), .. system.SwapDevices.Select(Entry)];
        if (mounts.Count == 0)
            return;
        HashSet<string> unmade = [.. system.FileSystems.Where(fileSystem => !fileSystem.CreateMountPoint).Select(fileSystem => fileSystem.MountPoint)];
        var text = new StringBuilder("# <source> <mount point> <type> <options> <dump> <pass>\n");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (MountEntry mount in mounts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Escape(mount.Source)}\t{Escape(mount.MountPoint)}\t{Escape(mount.Type)}\t")
                .Append(CultureInfo.InvariantCulture, $"{Escape(mount.Options.Length == 0 ? "defaults" : mount.Options)}\t{mount.Dump}\t{mount.Pass}\n");
            if (mount.MountPoint == MountEntry.Nowhere)
                continue;
            if (!mount.MountPoint.StartsWith('/') || mount.MountPoint.Split('/').Contains(".."))
            {
                edit.Error($"the mount point '{mount.MountPoint}' is no absolute path", "write it from the root on, as in /boot/efi");
                continue;
            }

            if (!seen.Add(mount.MountPoint))
                edit.Error($"two file systems are to be mounted at {mount.MountPoint}", "give one of them another mount point");
            if (!unmade.Contains(mount.MountPoint))
                edit.MakeDirectory(mount.MountPoint);
        }

        edit.WriteText("/etc/fstab", text.ToString());
    }

    private static MountEntry Entry(FileSystem fileSystem) => new()
    {
        Source = fileSystem.Device,
        MountPoint = fileSystem.MountPoint,
        Type = fileSystem.Flags.Contains(MountFlag.BindMount) && fileSystem.Type == "auto" ? "none" : fileSystem.Type,
        Options = Options(
            [.. fileSystem.Flags.Select(NameOf)],
            fileSystem.Options,
            fileSystem.Mount ? null : "noauto",
            fileSystem.MayFail ? "nofail" : null,
            fileSystem.Requires),
        Pass = fileSystem.Check && IsOnDisk(fileSystem.Device) && SystemRequirements.FileSystemPackage(fileSystem.Type) is not null ? 2 : 0,
    };

    private static MountEntry Entry(SwapSpace swap) => new()
    {
        Source = swap.Device,
        MountPoint = MountEntry.Nowhere,
        Type = "swap",
        Options = Options(
            ["sw", .. swap.Priority is { } priority ? [string.Create(CultureInfo.InvariantCulture, $"pri={priority}")] : Array.Empty<string>()],
            swap.Discard switch
            {
                SwapDiscard.Once => "discard=once",
                SwapDiscard.Pages => "discard=pages",
                SwapDiscard.Both => "discard",
                _ => "",
            },
            null,
            swap.MayFail ? "nofail" : null,
            swap.Requires),
    };

    private static string Options(IEnumerable<string> first, string own, string? automatic, string? failing, ValueList<string> requires) =>
        string.Join(',', [.. first, own, automatic ?? "", failing ?? "", .. requires.Select(unit => "x-systemd.requires=" + unit)])
            .Split(',', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } options ? string.Join(',', options) : "defaults";

    private static bool IsOnDisk(string device) =>
        device.StartsWith("/dev/", StringComparison.Ordinal) || device.Contains('=', StringComparison.Ordinal);

    private static string NameOf(MountFlag flag) => flag switch
    {
        MountFlag.ReadOnly => "ro",
        MountFlag.BindMount => "bind",
        MountFlag.NoDev => "nodev",
        MountFlag.NoSuid => "nosuid",
        MountFlag.NoExec => "noexec",
        MountFlag.NoAtime => "noatime",
        MountFlag.NoDiratime => "nodiratime",
        MountFlag.StrictAtime => "strictatime",
        MountFlag.LazyTime => "lazytime",
        _ => "shared",
    };

    // fstab(5): blanks are written as octal escapes; so then is the backslash itself, and # would start a comment.
    private static string Escape(string field)
    {
        var escaped = new StringBuilder();
        foreach (char c in field)
        {
            if (c is ' ' or '\t' or '\n' or '\\' or '#')
                escaped.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0'));
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }
}
