using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>Takes out of a base what the act of installing it left there: it varies, or belongs to one machine.</summary>
internal static class Cleanup
{
    private static readonly string[] Leftovers =
    [
        "/etc/.pwd.lock",
        "/etc/.resolv.conf.systemd-resolved.bak",
        "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
        "/var/cache/apt/pkgcache.bin", "/var/cache/apt/srcpkgcache.bin",
        "/var/cache/debconf/config.dat-old", "/var/cache/debconf/passwords.dat-old", "/var/cache/debconf/templates.dat-old",
        "/var/cache/ldconfig/aux-cache",
        "/var/lib/dpkg/available-old", "/var/lib/dpkg/diversions-old", "/var/lib/dpkg/statoverride-old", "/var/lib/dpkg/status-old",
        "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend",
        "/var/lib/apt/daily_lock",
        "/var/lib/systemd/credential.secret", "/var/lib/systemd/random-seed", "/var/lib/urandom/random-seed",
        "/var/log/alternatives.log", "/var/log/bootstrap.log", "/var/log/dpkg.log", "/var/log/fontconfig.log",
        "/var/log/apt/eipp.log.xz", "/var/log/apt/history.log", "/var/log/apt/term.log",
    ];

    // Their owners and permissions come from packages, their records from whoever logged in.
    private static readonly string[] LoginRecords =
        ["/var/log/btmp", "/var/log/faillog", "/var/log/lastlog", "/var/log/tallylog", "/var/log/wtmp"];

    private static readonly string[] Emptied =
        ["/tmp", "/var/cache/debconf/tmp.ci", "/var/lib/apt/lists", "/var/log/journal", "/var/tmp"];

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        foreach (string path in Leftovers)
        {
            if (edit.Find(path) is FileInode)
                edit.Remove(path);
        }

        foreach (string path in LoginRecords)
            edit.Truncate(path);
        if (edit.Tree.Resolve("/run") is DirectoryInode run)
            RemoveFiles(edit, run);
        foreach (string path in Emptied)
            edit.RemoveEntries(path, static entry => !IsAptPartial(entry));
        edit.RemoveEntries("/var/lib/apt/lists/partial", static entry => entry.Inode is FileInode);
        edit.RemoveEntries("/var/cache/apt/archives", static entry => entry.Inode is FileInode);
        edit.RemoveEntries("/var/cache/apt/archives/partial", static entry => entry.Inode is FileInode);
        // Made by update-alternatives and friends on the way; dpkg's own names for kept conffiles are the admin's.
        edit.RemoveEntries("/etc", static entry => entry.Inode is FileInode && entry.Name.Span.EndsWith(".dpkg-old"u8));
        ClampPasswordDays(edit);
    }

    // Directories stay: a container without systemd has no tmpfiles to make /run/lock again.
    private static void RemoveFiles(TreeEditor edit, DirectoryInode directory)
    {
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            if (entry.Inode is DirectoryInode below)
            {
                RemoveFiles(edit, below);
                continue;
            }

            directory.Remove(entry.Name);
            directory.ModifiedTime = edit.Epoch;
        }
    }

    // apt wants the directory with its owner.
    private static bool IsAptPartial(DirectoryEntry entry) =>
        entry.Inode is DirectoryInode && entry.Name.Span.SequenceEqual("partial"u8);

    // shadow(5) field 3 is the day on which the base was made; as every time, it is not later than the epoch.
    private static void ClampPasswordDays(TreeEditor edit)
    {
        if (Accounts.ColonFile.Load(edit.Tree, Accounts.AccountDatabase.ShadowPath) is not { Exists: true } shadow)
            return;
        foreach (string name in shadow.Names())
        {
            string[] fields = shadow.Find(name)!;
            if (fields.Length > 2 && long.TryParse(fields[2], System.Globalization.CultureInfo.InvariantCulture, out long day) && day > edit.EpochDay)
                shadow.Replace(name, [.. fields[..2], Accounts.AccountDatabase.Day(edit), .. fields[3..]]);
        }

        shadow.Save(edit, Modes.ShadowFile);
    }
}
