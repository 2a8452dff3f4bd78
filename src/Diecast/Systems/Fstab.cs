using System.Globalization;
using System.Text;

namespace Diecast.Systems;

/// <summary>/etc/fstab and the mount points.</summary>
internal static class Fstab
{
    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (context.Mounts.Count == 0)
            return;
        var text = new StringBuilder("# <source> <mount point> <type> <options> <dump> <pass>\n");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (MountEntry mount in context.Mounts)
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
                edit.Error($"two partitions are to be mounted at {mount.MountPoint}", "give one of them another mount point");
            edit.MakeDirectory(mount.MountPoint);
        }

        edit.WriteText("/etc/fstab", text.ToString());
    }

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
