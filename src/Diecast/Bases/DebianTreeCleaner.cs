using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Bases;

/// <summary>
/// Takes out of a fresh installation what depends on the moment or the machine of the installation, and not on what
/// was installed. docs/bases.md lists it.
/// </summary>
internal static class DebianTreeCleaner
{
    private const long SecondsInDay = 86_400;

    private static readonly string[] Files =
    [
        "/var/log/apt", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/bootstrap.log", "/var/log/faillog",
        "/var/cache/ldconfig/aux-cache", "/var/cache/apt/pkgcache.bin", "/var/cache/apt/srcpkgcache.bin",
        "/var/cache/debconf/config.dat-old", "/var/cache/debconf/templates.dat-old", "/var/cache/debconf/passwords.dat-old",
        "/var/cache/man", "/var/lib/systemd/random-seed", "/var/lib/systemd/credential.secret", "/var/lib/dbus/machine-id",
        "/var/lib/dpkg/status-old", "/var/lib/dpkg/diversions-old", "/var/lib/dpkg/statoverride-old", "/var/lib/dpkg/available-old",
        "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/etc/.pwd.lock",
        "/etc/apt/apt.conf.d/99mmdebstrap", "/etc/dpkg/dpkg.cfg.d/99mmdebstrap",
    ];

    // Directories whose content goes and which themselves stay.
    private static readonly string[] Emptied = ["/var/log/apt", "/var/cache/man", "/var/lib/apt/lists/auxfiles"];

    internal static void Clean(FileTree tree, long epoch, MachineSources? machine)
    {
        foreach (string path in Emptied)
        {
            if (tree.Find(path) is DirectoryInode directory)
            {
                foreach (DirectoryEntry entry in directory.Entries.ToArray())
                    directory.Remove(entry.Name);
            }
        }

        foreach (string path in Files.Except(Emptied))
            tree.Remove(path);
        RemoveHostKeys(tree);
        ClampPasswordDays(tree, epoch);
        if (machine is not null)
            NameTheStandardMirror(tree, machine);
    }

    /// <summary>Keys that every copy of an image would share are no secret; the system makes its own at its first boot.</summary>
    private static void RemoveHostKeys(FileTree tree)
    {
        if (tree.Find("/etc/ssh") is not DirectoryInode directory)
            return;
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            if (entry.Name.Span.StartsWith("ssh_host_"u8))
                directory.Remove(entry.Name);
        }
    }

    /// <summary>shadow(5), third field: the day of the last change, which is that of the installation.</summary>
    private static void ClampPasswordDays(FileTree tree, long epoch)
    {
        if (tree.Find("/etc/shadow") is not FileInode shadow || tree.ReadText("/etc/shadow") is not { } text)
            return;
        long today = epoch / SecondsInDay;
        var result = new StringBuilder();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out long day) && day > today)
                fields[2] = today.ToString(CultureInfo.InvariantCulture);
            result.AppendJoin(':', fields).Append('\n');
        }

        shadow.Content = Blob.FromText(result.ToString());
    }

    /// <summary>The build machine's own mirror may be reachable from nowhere else, and is no part of the declaration.</summary>
    private static void NameTheStandardMirror(FileTree tree, MachineSources machine)
    {
        if (tree.Find("/etc/apt/sources.list") is not FileInode list || tree.ReadText("/etc/apt/sources.list") is not { } text)
            return;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split(' ');
            for (int word = 0; word < words.Length; word++)
            {
                if (words[word] == machine.Security)
                    words[word] = MachineSources.StandardSecurity;
                else if (words[word] == machine.Debian)
                    words[word] = MachineSources.StandardDebian;
            }

            lines[i] = string.Join(' ', words);
        }

        list.Content = Blob.FromText(string.Join('\n', lines));
    }
}
