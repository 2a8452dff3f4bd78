using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class FirstBootTests
{
    [Fact]
    public void The_machine_id_is_there_and_empty_so_that_presets_do_not_run()
    {
        FileTree tree = DebianTree.Make();
        tree.MakeDirectory("/var/lib/dbus");
        DebianTree.Text(tree, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Equal("", tree.ReadText("/etc/machine-id"));
        Assert.Equal("444", DebianTree.ModeOf(tree, "/etc/machine-id"));
        Assert.Equal("/etc/machine-id", ((SymlinkInode)tree.Find("/var/lib/dbus/machine-id")!).Target.ToString());
    }

    [Fact]
    public void Without_systemd_there_is_no_machine_id()
    {
        var tree = new FileTree();
        DebianTree.Text(tree, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        DebianTree.Text(tree, "/var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n");

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Null(tree.Find("/etc/machine-id"));
        Assert.Null(tree.Find("/var/lib/dbus/machine-id"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[Unit]\nConditionFirstBoot=yes\n[Install]\nWantedBy=ssh.service\n")]
    public void Host_keys_are_removed_and_a_unit_makes_them_at_boot(string? generator)
    {
        FileTree tree = WithSsh();
        if (generator is not null)
            DebianTree.Text(tree, "/usr/lib/systemd/system/sshd-keygen.service", generator);

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Null(tree.Find("/etc/ssh/ssh_host_rsa_key"));
        Assert.Null(tree.Find("/etc/ssh/ssh_host_rsa_key.pub"));
        Assert.NotNull(tree.Find("/etc/ssh/sshd_config"));
        Assert.Contains("ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key", DebianTree.Lines(tree, "/etc/systemd/system/ssh-host-keys.service"));
        Assert.Equal(
            [
                "/etc/systemd/system/ssh.service.wants/ssh-host-keys.service -> /etc/systemd/system/ssh-host-keys.service",
                "/etc/systemd/system/ssh.socket.wants/ssh-host-keys.service -> /etc/systemd/system/ssh-host-keys.service",
            ],
            DebianTree.Links(tree));
    }

    [Fact]
    public void A_generator_of_the_distribution_that_runs_at_any_boot_is_used()
    {
        FileTree tree = WithSsh();
        DebianTree.Text(tree, "/usr/lib/systemd/system/sshd-keygen.service", "[Unit]\nConditionPathExists=!/etc/ssh/x\n[Install]\nWantedBy=ssh.service\n");

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Null(tree.Find("/etc/systemd/system/ssh-host-keys.service"));
        Assert.Equal(["/etc/systemd/system/ssh.service.wants/sshd-keygen.service -> /usr/lib/systemd/system/sshd-keygen.service"], DebianTree.Links(tree));
    }

    [ToolFact("systemd-analyze")]
    public void The_unit_for_host_keys_is_without_fault()
    {
        FileTree tree = WithSsh();
        DebianTree.Apply(tree, DebianTree.System());
        using var directory = new TempDirectory();
        // The program's path is checked on the machine that runs the test.
        string text = tree.ReadText("/etc/systemd/system/ssh-host-keys.service")!.Replace("/usr/bin/ssh-keygen -A", "/bin/true");
        File.WriteAllText(directory["ssh-host-keys.service"], text);

        (_, string output) = Tool.Run("systemd-analyze", "verify", "--man=no", directory["ssh-host-keys.service"]);

        Assert.DoesNotContain("ssh-host-keys.service", output);
    }

    [Fact]
    public void Declared_host_keys_stay()
    {
        FileTree tree = WithSsh();

        DebianTree.Apply(tree, DebianTree.System() with { Files = [new SystemFile { Target = "/etc/ssh/ssh_host_ed25519_key", Text = "mine\n", Mode = DebianTree.Mode("0600") }] });

        Assert.Equal("mine\n", tree.ReadText("/etc/ssh/ssh_host_ed25519_key"));
    }

    [Fact]
    public void What_installing_left_is_removed()
    {
        FileTree tree = DebianTree.Make();
        string[] gone =
        [
            "/etc/passwd-", "/etc/gshadow-", "/etc/.pwd.lock", "/etc/issue.dpkg-old", "/var/cache/apt/pkgcache.bin", "/var/cache/apt/archives/a.deb",
            "/var/cache/apt/archives/partial/b.deb", "/var/lib/apt/lists/deb.debian.org_Packages", "/var/lib/dpkg/status-old", "/var/log/dpkg.log",
            "/var/log/apt/term.log", "/var/log/journal/0123/system.journal", "/var/cache/ldconfig/aux-cache", "/var/lib/systemd/random-seed",
            "/run/lock/x", "/tmp/y", "/var/tmp/z", "/etc/.resolv.conf.systemd-resolved.bak",
        ];
        string[] kept = ["/var/lib/dpkg/status", "/var/log/keep", "/var/lib/apt/extended_states", "/etc/fstab", "/var/lib/systemd/catalog/database"];
        foreach (string path in (string[])[.. gone, .. kept])
            DebianTree.Text(tree, path, "content");
        tree.MakeDirectory("/var/lib/apt/lists/partial", DebianTree.Mode("0700"));
        DebianTree.Text(tree, "/var/log/wtmp", "records", "0664", gid: 43);

        DebianTree.Apply(tree, DebianTree.System());

        Assert.All(gone, path => Assert.Null(tree.Find(path)));
        Assert.All(kept, path => Assert.NotNull(tree.Find(path)));
        Assert.Equal("700", DebianTree.ModeOf(tree, "/var/lib/apt/lists/partial"));
        Assert.Equal(0, tree.ResolveFile("/var/log/wtmp")!.Content.Length);
        Assert.Equal("664", DebianTree.ModeOf(tree, "/var/log/wtmp"));
        Assert.NotNull(tree.Find("/var/cache/apt/archives/partial"));
        Assert.All((string[])["/run/lock", "/tmp", "/var/tmp"], path => Assert.Equal(0, ((DirectoryInode)tree.Find(path)!).Count));
    }

    [Fact]
    public void The_day_of_a_password_is_not_later_than_the_epoch()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Equal(DebianTree.Shadow.Replace("20779", DebianTree.EpochDay), tree.ReadText("/etc/shadow"));
        Assert.Equal("640", DebianTree.ModeOf(tree, "/etc/shadow"));
    }

    [Theory]
    [InlineData(true, true, "../run/systemd/resolve/stub-resolv.conf")]
    [InlineData(true, false, null)]
    [InlineData(false, true, "file")]
    [InlineData(false, false, "file")]
    public void The_build_machines_resolver_is_not_kept_in_a_debian_base(bool debian, bool resolved, string? expected)
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/etc/resolv.conf", "nameserver 10.0.0.1\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/systemd-resolved.service", "[Install]\nWantedBy=sysinit.target\n");
        OperatingSystem system = DebianTree.System() with { Services = resolved ? [new EnabledUnit("systemd-resolved")] : [] };

        DebianTree.Apply(tree, debian ? system with { Base = new DebianBase { Suite = "trixie" } } : system);

        Assert.Equal(expected, tree.Find("/etc/resolv.conf") switch { SymlinkInode link => link.Target.ToString(), FileInode => "file", _ => null });
    }

    [Fact]
    public void A_declared_resolver_stays()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with
        {
            Base = new DebianBase { Suite = "trixie" },
            Files = [new SystemFile { Target = "/etc//resolv.conf", Text = "nameserver 9.9.9.9\n" }],
        });

        Assert.Equal("nameserver 9.9.9.9\n", tree.ReadText("/etc/resolv.conf"));
    }

    [Fact]
    public void Applying_twice_changes_nothing_more()
    {
        FileTree tree = WithSsh();
        OperatingSystem system = DebianTree.System() with
        {
            Users = [new UserAccount { Name = "ada", Groups = ["sudo"], Sudo = SudoPolicy.NoPassword }],
            Services = [new EnabledUnit("ssh")],
            Files = [new SystemFile { Target = "/etc/motd", Text = "hello\n", User = "ada" }],
        };

        DebianTree.Apply(tree, system);
        string[] first = Describe(tree);
        DebianTree.Apply(tree, system);

        Assert.Equal(first, Describe(tree));
    }

    private static FileTree WithSsh()
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/usr/sbin/sshd", "#", "0755");
        DebianTree.Text(tree, "/usr/bin/ssh-keygen", "#", "0755");
        DebianTree.Text(tree, "/etc/ssh/sshd_config", "");
        DebianTree.Text(tree, "/etc/ssh/ssh_host_rsa_key", "secret", "0600");
        DebianTree.Text(tree, "/etc/ssh/ssh_host_rsa_key.pub", "public");
        DebianTree.Text(tree, "/usr/lib/systemd/system/ssh.service", "[Install]\nWantedBy=multi-user.target\nAlias=sshd.service\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/ssh.socket", "[Install]\nWantedBy=sockets.target\n");
        return tree;
    }

    private static string[] Describe(FileTree tree) =>
    [
        .. tree.Walk().Select(entry => $"{entry.Path} {entry.Inode.FullMode} {entry.Inode.Uid} {entry.Inode.Gid} {entry.Inode.ModifiedTime} "
            + entry.Inode switch { FileInode file => Convert.ToHexString(file.Content.ToArray()), SymlinkInode link => link.Target.ToString(), _ => "" }),
    ];
}
