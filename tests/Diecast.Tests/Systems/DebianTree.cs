using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

/// <summary>Small trees with the account files, units and settings that Debian's packages leave.</summary>
internal static class DebianTree
{
    internal const long EpochSeconds = 1_700_000_000;

    internal const string Epoch = "1700000000";

    // 1700000000 / 86400.
    internal const string EpochDay = "19675";

    internal const string Passwd =
        """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
        _apt:x:42:65534::/nonexistent:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
        systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin
        sshd:x:989:65534:sshd user:/run/sshd:/usr/sbin/nologin

        """;

    internal const string Group =
        """
        root:x:0:
        daemon:x:1:
        adm:x:4:
        sudo:x:27:
        www-data:x:33:
        shadow:x:42:
        video:x:44:
        users:x:100:
        nogroup:x:65534:
        systemd-journal:x:999:
        systemd-network:x:998:
        input:x:995:

        """;

    internal const string Shadow =
        """
        systemd-network:!*:20779:::::1:
        root:*:20779:0:99999:7:::
        daemon:*:19000:0:99999:7:::
        www-data:*:19000:0:99999:7:::
        _apt:*:19000:0:99999:7:::
        nobody:*:19000:0:99999:7:::
        sshd:!*:19000::::::

        """;

    internal const string GroupShadow =
        """
        root:*::
        daemon:*::
        adm:*::
        sudo:*::
        www-data:*::
        shadow:*::
        video:*::
        users:*::
        nogroup:*::
        systemd-journal:!*::
        systemd-network:!*::
        input:!*::

        """;

    internal const string LoginDefinitions =
        """
        # comment UID_MIN 5
        MAIL_DIR        /var/mail
        HOME_MODE	0700
        PASS_MAX_DAYS	99999
        PASS_MIN_DAYS	0
        PASS_WARN_AGE	7
        UID_MIN			 1000
        UID_MAX			60000
        #SYS_UID_MIN		  101
        SUB_UID_MIN		   100000
        SUB_UID_MAX		600100000
        SUB_UID_COUNT		    65536
        GID_MIN			 1000
        GID_MAX			60000
        SUB_GID_MIN		   100000
        SUB_GID_MAX		600100000
        SUB_GID_COUNT		    65536
        ENCRYPT_METHOD YESCRYPT
        USERGROUPS_ENAB yes

        """;

    internal static FileTree Make()
    {
        var tree = new FileTree();
        tree.MakeDirectory("/usr/bin");
        tree.MakeDirectory("/usr/sbin");
        tree.MakeDirectory("/usr/lib/systemd/system");
        tree.Set("/bin", new SymlinkInode("usr/bin"));
        tree.Set("/sbin", new SymlinkInode("usr/sbin"));
        tree.Set("/lib", new SymlinkInode("usr/lib"));
        Text(tree, "/etc/debian_version", "13.1\n");
        Text(tree, "/etc/passwd", Passwd);
        Text(tree, "/etc/group", Group);
        Text(tree, "/etc/shadow", Shadow, "0640", gid: 42);
        Text(tree, "/etc/gshadow", GroupShadow, "0640", gid: 42);
        Text(tree, "/etc/subuid", "");
        Text(tree, "/etc/subgid", "");
        Text(tree, "/etc/login.defs", LoginDefinitions);
        Text(tree, "/etc/skel/.bashrc", "# bashrc\n");
        Text(tree, "/etc/skel/.config/nested", "x", "0600");
        tree.Set("/etc/skel/link", new SymlinkInode(".bashrc"));
        tree.MakeDirectory("/etc/default");
        tree.MakeDirectory("/etc/systemd/system");
        tree.MakeDirectory("/root", Mode("0700"));
        tree.MakeDirectory("/home");
        foreach (string program in (string[])["/usr/bin/bash", "/usr/bin/sh", "/usr/sbin/nologin", "/usr/bin/sudo", "/usr/lib/systemd/systemd"])
            Text(tree, program, "#", "0755");
        Text(tree, "/usr/share/zoneinfo/Etc/UTC", "TZif2");
        Text(tree, "/usr/share/zoneinfo/Europe/Paris", "TZif2");
        return tree;
    }

    internal static void Apply(FileTree tree, OperatingSystem system, SystemContext? context = null) =>
        SystemConfigurator.Apply(tree, system, context ?? Context());

    internal static SystemContext Context() => new() { Name = "box", Epoch = new Timestamp(EpochSeconds) };

    internal static OperatingSystem System() => new() { Base = new TarBase { Path = "base.tar" } };

    internal static SystemConfigurationError[] Errors(FileTree tree, OperatingSystem system, SystemContext? context = null) =>
        [.. Assert.Throws<SystemConfigurationException>(() => Apply(tree, system, context)).Errors];

    internal static SystemConfigurationError Error(FileTree tree, OperatingSystem system, SystemContext? context = null) =>
        Assert.Single(Errors(tree, system, context));

    internal static FileInode Text(FileTree tree, string path, string text, string mode = "0644", uint gid = 0)
    {
        var file = new FileInode(Blob.FromText(text), Mode(mode)) { Gid = gid };
        tree.Set(path, file);
        return file;
    }

    internal static int Mode(string octal) => Convert.ToInt32(octal, 8);

    internal static string ModeOf(FileTree tree, string path) => Convert.ToString(tree.Find(path)!.Mode, 8);

    internal static string[] Lines(FileTree tree, string path) => tree.ReadText(path)!.TrimEnd('\n').Split('\n');

    /// <summary>Every link below a path as "path -> target".</summary>
    internal static string[] Links(FileTree tree, string below = "/etc/systemd/system/") =>
    [
        .. tree.Walk()
            .Where(entry => entry.Inode is SymlinkInode && entry.Path.StartsWith(below))
            .Select(entry => $"{entry.Path} -> {((SymlinkInode)entry.Inode).Target}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Writes a tree out for a foreign tool; owners and times are left to the host.</summary>
    internal static void WriteOut(FileTree tree, string directory)
    {
        foreach (TreeEntry entry in tree.Walk())
        {
            string path = directory + entry.Path;
            switch (entry.Inode)
            {
                case DirectoryInode:
                    Directory.CreateDirectory(path);
                    break;
                case FileInode file:
                    File.WriteAllBytes(path, file.Content.ToArray());
                    break;
                case SymlinkInode link:
                    File.CreateSymbolicLink(path, link.Target.ToString());
                    break;
            }
        }
    }
}
