using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class SettingsTests
{
    private const string DefaultHosts =
        "127.0.0.1\tlocalhost\nOWN\n\n# The following lines are desirable for IPv6 capable hosts\n"
        + "::1     localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n";

    [Theory]
    [InlineData(null, "box", "127.0.1.1\tbox")]
    [InlineData("vignemale", "vignemale", "127.0.1.1\tvignemale")]
    [InlineData("mail.example.org", "mail", "127.0.1.1\tmail.example.org\tmail")]
    public void The_host_name_is_the_label_and_the_full_name_resolves(string? declared, string label, string line)
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { HostName = declared });

        Assert.Equal(label + "\n", tree.ReadText("/etc/hostname"));
        Assert.Equal(DefaultHosts.Replace("OWN", line), tree.ReadText("/etc/hosts"));
    }

    [Fact]
    public void Lines_of_the_base_in_hosts_stay_and_its_own_name_goes()
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/etc/hosts", "# mine\n127.0.0.1 localhost\n127.0.1.1 builder\n10.0.0.1 gate");

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Equal("# mine\n127.0.0.1 localhost\n127.0.1.1\tbox\n10.0.0.1 gate\n", tree.ReadText("/etc/hosts"));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-1", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a..b", false)]
    [InlineData("a_b", false)]
    [InlineData("a b", false)]
    [InlineData("abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefgh", true)]
    [InlineData("abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefghi", false)]
    [InlineData("abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdef.ab", true)]
    [InlineData("abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdefghij-abcdef.abc", false)]
    public void A_host_name_has_labels_of_63_and_64_in_all(string name, bool valid) => Assert.Equal(valid, HostName.IsValid(name));

    [Fact]
    public void The_time_zone_is_a_relative_link_and_timezone_is_written_where_it_is()
    {
        FileTree trixie = DebianTree.Make();
        FileTree bookworm = DebianTree.Make();
        DebianTree.Text(bookworm, "/etc/timezone", "Etc/UTC\n");
        OperatingSystem system = DebianTree.System() with { Timezone = "Europe/Paris" };

        DebianTree.Apply(trixie, system);
        DebianTree.Apply(bookworm, system);

        Assert.Equal("../usr/share/zoneinfo/Europe/Paris", ((SymlinkInode)trixie.Find("/etc/localtime")!).Target.ToString());
        Assert.Null(trixie.Find("/etc/timezone"));
        Assert.Equal("Europe/Paris\n", bookworm.ReadText("/etc/timezone"));
    }

    [Fact]
    public void Further_hosts_stand_behind_the_own_line()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with
        {
            Hosts = [new HostsEntry { Address = "192.0.2.7", Names = ["gate.example.org", "gate"] }, new HostsEntry { Address = "2001:db8::1", Names = ["six"] }],
        });

        Assert.Equal(DefaultHosts.Replace("OWN", "127.0.1.1\tbox") + "192.0.2.7\tgate.example.org gate\n2001:db8::1\tsix\n", tree.ReadText("/etc/hosts"));
    }

    [ToolFact("findmnt")]
    public void Further_file_systems_and_swap_are_lines_of_fstab()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with
        {
            FileSystems =
            [
                new FileSystem { Device = "tmpfs", MountPoint = "/var/cache", Type = "tmpfs", Flags = [MountFlag.NoDev, MountFlag.NoSuid], Options = "size=64M" },
                new FileSystem { Device = "LABEL=data", MountPoint = "/srv/data", Type = "ext4", Mount = false, MayFail = true },
                new FileSystem { Device = "/srv/data/logs", MountPoint = "/var/log", Flags = [MountFlag.BindMount, MountFlag.ReadOnly], CreateMountPoint = false },
                new FileSystem { Device = "nas:/export", MountPoint = "/mnt/nas", Type = "nfs4", Requires = ["network-online.target"] },
                new FileSystem { Device = "/dev/vdb", MountPoint = "/mnt/b", Check = false, Type = "xfs" },
            ],
            SwapDevices = [new SwapSpace { Device = "/swapfile" }, new SwapSpace { Device = "LABEL=swap", Priority = 5, Discard = SwapDiscard.Once, MayFail = true }],
        });

        Assert.Equal(
            """
            # <source> <mount point> <type> <options> <dump> <pass>
            tmpfs	/var/cache	tmpfs	nodev,nosuid,size=64M	0	0
            LABEL=data	/srv/data	ext4	noauto,nofail	0	2
            /srv/data/logs	/var/log	none	bind,ro	0	0
            nas:/export	/mnt/nas	nfs4	x-systemd.requires=network-online.target	0	0
            /dev/vdb	/mnt/b	xfs	defaults	0	0
            /swapfile	none	swap	sw	0	0
            LABEL=swap	none	swap	sw,pri=5,discard=once,nofail	0	0

            """,
            tree.ReadText("/etc/fstab"));
        Assert.IsType<DirectoryInode>(tree.Find("/srv/data"));
        Assert.IsType<DirectoryInode>(tree.Find("/mnt/nas"));
        using var directory = new TempDirectory();
        File.WriteAllText(directory["fstab"], tree.ReadText("/etc/fstab"));
        Assert.Equal("none", Tool.Check("findmnt", "--fstab", "-F", directory["fstab"], "-no", "FSTYPE", "/var/log").Trim());
        Assert.Equal(["e2fsprogs", "nfs-common", "xfsprogs"], SystemRequirements.Of(DebianTree.System() with
        {
            FileSystems = [.. new[] { "ext4", "nfs4", "xfs", "tmpfs" }.Select(type => new FileSystem { Device = "x", MountPoint = "/" + type, Type = type })],
        }).Packages);
    }

    [RootToolFact("setcap", "getfattr")]
    public void A_privileged_program_has_its_bits_and_the_capabilities_that_setcap_gives()
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/usr/bin/ping", "x");
        DebianTree.Text(tree, "/usr/bin/mount", "x");
        string[] names = ["cap_net_raw", "cap_net_bind_service", "cap_checkpoint_restore"];

        DebianTree.Apply(tree, DebianTree.System() with
        {
            PrivilegedPrograms =
            [
                new PrivilegedProgram { Program = "/usr/bin/ping", Capabilities = [.. names] },
                new PrivilegedProgram { Program = "/usr/bin/mount", SetUid = true, SetGid = true, Group = "shadow" },
            ],
        });

        Inode mount = tree.Find("/usr/bin/mount")!;
        Assert.Equal((0b110_110_100_100, 0U, 42U), (mount.Mode, mount.Uid, mount.Gid));
        using var directory = new TempDirectory();
        File.WriteAllText(directory["ping"], "x");
        Tool.Check("setcap", string.Join(',', names) + "=ep", directory["ping"]);
        string theirs = Tool.Check("getfattr", "--absolute-names", "-e", "hex", "-n", "security.capability", directory["ping"]).Split("security.capability=")[1];
        Xattr ours = Assert.Single(tree.Find("/usr/bin/ping")!.Xattrs);
        Assert.Equal("security.capability", ours.Name.ToString());
        Assert.Equal(theirs.Trim(), "0x" + Convert.ToHexStringLower(ours.Value.Span));
    }

    [Fact]
    public void A_privileged_program_that_is_not_there_is_an_error() =>
        Assert.Contains("/usr/bin/nothing is to be privileged", Assert.Throws<SystemConfigurationException>(() => DebianTree.Apply(
            DebianTree.Make(), DebianTree.System() with { PrivilegedPrograms = [new PrivilegedProgram { Program = "/usr/bin/nothing", SetUid = true }] })).Message);

    [Fact]
    public void Utc_needs_no_zone_files()
    {
        var tree = new FileTree();
        tree.Set("/etc/localtime", new SymlinkInode("/usr/share/zoneinfo/Europe/Berlin"));

        DebianTree.Apply(tree, DebianTree.System());

        Assert.Null(tree.Find("/etc/localtime"));
    }

    [Theory]
    [InlineData("Europe/Pariss", true, "the time zone Europe/Pariss is not in the base; did you mean Europe/Paris?")]
    [InlineData("US/Eastern", true, "the time zone US/Eastern is not in the base; add the package tzdata-legacy")]
    [InlineData("Europe/Rome", false, "the time zone Europe/Rome is not in the base; add the package tzdata to the base")]
    [InlineData("../../etc/passwd", true, "'../../etc/passwd' cannot be a time zone; ")]
    [InlineData("Europe", true, "the time zone Europe is not in the base; ")]
    public void A_zone_that_is_missing_is_an_error(string zone, bool database, string message)
    {
        FileTree tree = DebianTree.Make();
        if (database)
            DebianTree.Text(tree, "/usr/share/zoneinfo/tzdata.zi", "# version 2025b\nZ Europe/Paris 0:9:21 - LMT 1891\nL America/New_York US/Eastern\n");

        Assert.StartsWith(message, DebianTree.Error(tree, DebianTree.System() with { Timezone = zone }).ToString());
    }

    [Fact]
    public void The_locale_goes_where_each_release_looks_for_it()
    {
        FileTree trixie = DebianTree.Make();
        trixie.Set("/etc/default/locale", new SymlinkInode("../locale.conf"));
        DebianTree.Text(trixie, "/etc/locale.conf", "#  File generated by update-locale\n");
        FileTree bookworm = DebianTree.Make();
        DebianTree.Text(bookworm, "/etc/default/locale", "#  File generated by update-locale\n");
        FileTree fresh = DebianTree.Make();
        var other = new FileTree();

        foreach (FileTree tree in (FileTree[])[trixie, bookworm, fresh, other])
        {
            DebianTree.Apply(tree, DebianTree.System());
            Assert.Equal("LANG=C.UTF-8\n", tree.ReadText("/etc/locale.conf"));
        }

        Assert.IsType<SymlinkInode>(trixie.Find("/etc/default/locale"));
        Assert.IsType<FileInode>(bookworm.Find("/etc/default/locale"));
        Assert.Equal("LANG=C.UTF-8\n", bookworm.ReadText("/etc/default/locale"));
        Assert.Equal("../locale.conf", ((SymlinkInode)fresh.Find("/etc/default/locale")!).Target.ToString());
        Assert.Null(other.Find("/etc/default"));
    }

    [Fact]
    public void A_locale_must_be_in_the_base()
    {
        FileTree tree = DebianTree.Make();
        OperatingSystem french = DebianTree.System() with { Locale = "fr_FR.UTF-8" };
        Assert.StartsWith("the locale fr_FR.UTF-8 is not in the base", DebianTree.Error(tree, french).Message);

        tree.MakeDirectory("/usr/lib/locale/fr_FR.utf8");
        DebianTree.Apply(tree, french);

        Assert.Equal("LANG=fr_FR.UTF-8\n", tree.ReadText("/etc/locale.conf"));
    }

    [Fact]
    public void Musl_has_every_locale()
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/usr/lib/ld-musl-x86_64.so.1", "");

        DebianTree.Apply(tree, DebianTree.System() with { Locale = "fr_FR.UTF-8" });

        Assert.Equal("LANG=fr_FR.UTF-8\n", tree.ReadText("/etc/locale.conf"));
    }

    [Fact]
    public void The_keyboard_is_set_for_console_setup_and_systemd()
    {
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/usr/share/keymaps/i386/azerty/fr-oss.map.gz", "");
        OperatingSystem system = DebianTree.System() with { Keyboard = new Keyboard { Layout = "fr", Variant = "oss", Options = "compose:caps" } };

        DebianTree.Apply(tree, system);

        const string Xkb = "XKBMODEL=\"pc105\"\nXKBLAYOUT=\"fr\"\nXKBVARIANT=\"oss\"\nXKBOPTIONS=\"compose:caps\"\n";
        Assert.Equal(Xkb + "BACKSPACE=\"guess\"\n", tree.ReadText("/etc/default/keyboard"));
        Assert.Equal("KEYMAP=fr-oss\n" + Xkb, tree.ReadText("/etc/vconsole.conf"));
    }

    [Fact]
    public void The_link_from_vconsole_to_keyboard_stays()
    {
        FileTree tree = DebianTree.Make();
        tree.Set("/etc/vconsole.conf", new SymlinkInode("default/keyboard"));

        DebianTree.Apply(tree, DebianTree.System() with { Keyboard = new Keyboard { Layout = "us" } });

        Assert.Equal(tree.ReadText("/etc/default/keyboard"), tree.ReadText("/etc/vconsole.conf"));
        Assert.IsType<SymlinkInode>(tree.Find("/etc/vconsole.conf"));
    }

    [Fact]
    public void A_keyboard_cannot_write_further_lines() =>
        Assert.StartsWith(
            "the keyboard 'us\"",
            DebianTree.Error(DebianTree.Make(), DebianTree.System() with { Keyboard = new Keyboard { Layout = "us\"\nX=" } }).Message);

    [Fact]
    public void Fstab_lists_the_mounts_and_their_directories_are_made()
    {
        FileTree tree = DebianTree.Make();
        tree.Set("/data", new SymlinkInode("srv/data"));
        SystemContext context = DebianTree.Context() with
        {
            Mounts =
            [
                new MountEntry { Source = "UUID=1234", MountPoint = "/", Type = "ext4", Options = "rw,discard", Pass = 1 },
                new MountEntry { Source = "UUID=ABCD-EF01", MountPoint = "/boot/efi", Type = "vfat", Pass = 2 },
                new MountEntry { Source = "LABEL=my data", MountPoint = "/data/my disk", Type = "ext4", Dump = 1 },
                new MountEntry { Source = "UUID=5678", MountPoint = "none", Type = "swap", Options = "" },
            ],
        };

        DebianTree.Apply(tree, DebianTree.System(), context);

        Assert.Equal(
            """
            # <source> <mount point> <type> <options> <dump> <pass>
            UUID=1234	/	ext4	rw,discard	0	1
            UUID=ABCD-EF01	/boot/efi	vfat	defaults	0	2
            LABEL=my\040data	/data/my\040disk	ext4	defaults	1	0
            UUID=5678	none	swap	defaults	0	0

            """,
            tree.ReadText("/etc/fstab"));
        Assert.IsType<DirectoryInode>(tree.Find("/boot/efi"));
        Assert.IsType<DirectoryInode>(tree.Find("/srv/data/my disk"));
    }

    [ToolFact("findmnt")]
    public void Fstab_reads_back_with_foreign_eyes()
    {
        FileTree tree = DebianTree.Make();
        SystemContext context = DebianTree.Context() with
        {
            Mounts = [new MountEntry { Source = "LABEL=a#b\\c\td", MountPoint = "/m n", Type = "ext4", Pass = 2 }],
        };
        using var directory = new TempDirectory();

        DebianTree.Apply(tree, DebianTree.System(), context);
        File.WriteAllText(directory["fstab"], tree.ReadText("/etc/fstab"));

        Assert.Equal("/m n", Tool.Check("findmnt", "--fstab", "-F", directory["fstab"], "-rno", "TARGET").Trim().Replace("\\x20", " "));
        Assert.Equal("LABEL=a#b\\c\td", Tool.Check("findmnt", "--fstab", "-F", directory["fstab"], "-no", "SOURCE").TrimEnd('\n').Replace("\\x09", "\t"));
    }

    [Fact]
    public void Mounts_that_cannot_be_are_errors() =>
        Assert.Equal(
            ["two file systems are to be mounted at /a", "the mount point 'b' is no absolute path"],
            DebianTree.Errors(DebianTree.Make(), DebianTree.System(), DebianTree.Context() with
            {
                Mounts = [.. ((string[])["/a", "/a", "b"]).Select(point => new MountEntry { Source = "x", MountPoint = point, Type = "ext4" })],
            }).Select(error => error.Message));

    [Fact]
    public void Errors_of_different_parts_come_together() =>
        Assert.Equal(
            4,
            DebianTree.Errors(DebianTree.Make(), DebianTree.System() with
            {
                HostName = "a_b",
                Timezone = "Nowhere/Here",
                Locale = "xx_XX.UTF-8",
                Services = [new EnabledUnit("nosuch")],
            }).Length);

    [Fact]
    public void No_time_is_later_than_the_epoch_and_what_was_written_has_it()
    {
        FileTree tree = DebianTree.Make();
        var late = new Timestamp(DebianTree.EpochSeconds + 5, 3);
        var early = new Timestamp(5);
        tree.Root.ModifiedTime = late;
        DebianTree.Text(tree, "/srv/late", "").ModifiedTime = late;
        DebianTree.Text(tree, "/srv/early", "").ModifiedTime = early;

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada" }] });

        var epoch = new Timestamp(DebianTree.EpochSeconds);
        Assert.Equal(epoch, tree.Find("/srv/late")!.ModifiedTime);
        Assert.Equal(early, tree.Find("/srv/early")!.ModifiedTime);
        Assert.Equal(epoch, tree.Find("/etc/hostname")!.ModifiedTime);
        Assert.Equal(epoch, tree.Find("/home/ada")!.ModifiedTime);
        Assert.All(tree.Walk(), entry => Assert.True(entry.Inode.ModifiedTime <= epoch));
        Assert.Equal(epoch, tree.Root.ModifiedTime);
    }
}
